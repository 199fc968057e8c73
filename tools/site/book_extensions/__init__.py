"""The book's own Sphinx extensions, one concept a module, all switched on by this one."""

from __future__ import annotations

import gc
import pkgutil
from typing import Any

from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Switch on every module of this package."""
    gc.disable()  # nothing of a book is thrown away while it is built, and it takes seconds to look
    for module in pkgutil.iter_modules(__path__):
        app.setup_extension(f"{__name__}.{module.name}")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
