"""Files beside the pages: a changed one reaches the site, and what no page needs is deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

# Files of the theme that no page asks for.
UNUSED = ("*.map", "fontawesome.js*", "fa-*.ttf", "*webpack-macros.html", "*.po")


def follow_static_files(app: Sphinx, *_: Any) -> list[str]:
    """Read the first page again when a style sheet or the like changed: a build copies them then.

    Sphinx copies static files only in a build that has pages to write.
    """
    built = Path(app.outdir) / "_static"
    for source in (Path(app.srcdir) / "chapters" / "_static").iterdir():
        copy = built / source.name
        if copy.exists() and copy.read_bytes() != source.read_bytes():
            return [app.config.root_doc]
    return []


def trim(app: Sphinx, error: Exception | None) -> None:
    """Delete the files that no page needs."""
    if error or app.builder.name != "html":
        return
    # GitHub Pages leaves out folders such as _static where this file is missing.
    (Path(app.outdir) / ".nojekyll").touch()
    static = Path(app.outdir) / "_static"
    unused = [path for pattern in UNUSED for path in static.rglob(pattern)]
    for path in unused:
        path.unlink(missing_ok=True)
    for folder in sorted(static.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("env-get-outdated", follow_static_files)
    app.connect("build-finished", trim, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
