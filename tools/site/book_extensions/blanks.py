"""Blanks: indentation and empty lines of the templates, which no browser shows."""

from __future__ import annotations

import re
from typing import Any

from built_pages import read_pages, write_page
from sphinx.application import Sphinx

# Where blanks count, and are kept.
KEPT = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL)


def without_blanks(page: str) -> str:
    """The page with one line break for each run of blanks that holds one."""
    parts = KEPT.split(page)  # text, kept block, its tag, text, ...
    parts[::3] = [re.sub(r"\s*\n\s*", "\n", text) for text in parts[::3]]
    del parts[2::3]
    return "".join(parts)


def drop_blanks(app: Sphinx, error: Exception | None) -> None:
    """Write the pages without them."""
    if not error and app.builder.name == "html":
        for path, page in read_pages(app).items():
            write_page(path, page, without_blanks(page))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("build-finished", drop_blanks, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
