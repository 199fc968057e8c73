"""Files beside the pages: a changed one reaches the site, and what no page needs is deleted."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from built_pages import read_pages
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

TEXTS = (".css", ".js")


def follow_static_files(app: Sphinx, env: BuildEnvironment, *_: Any) -> list[str]:
    """Read the first page again when a style sheet or the like changed: a build copies them then.

    Sphinx copies static files only in a build that has pages to write.
    """
    files = sorted((Path(app.srcdir) / "chapters" / "_static").iterdir())
    state = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    before, env.static_files = getattr(env, "static_files", state), state
    return [] if before == state else [app.config.root_doc]


def trim(app: Sphinx, error: Exception | None) -> None:
    """Delete the files that no page, style sheet or script names."""
    if error or app.builder.name != "html":
        return
    # GitHub Pages leaves out folders such as _static where this file is missing.
    Path(app.outdir, ".nojekyll").touch()
    paths = sorted(Path(app.outdir, "_static").rglob("*"), reverse=True)
    unnamed = {path for path in paths if path.is_file()}
    texts = list(read_pages(app).values())
    while texts:
        text = texts.pop()
        named = {path for path in unnamed if path.name in text and path.suffix != ".map"}
        texts += [path.read_text(encoding="utf-8") for path in named if path.suffix in TEXTS]
        unnamed -= named
    for path in paths:
        if path in unnamed:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("env-get-outdated", follow_static_files)
    app.connect("build-finished", trim, priority=980)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
