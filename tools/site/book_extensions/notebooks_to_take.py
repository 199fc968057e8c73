"""The notebooks that a reader takes from the site: plain copies, and the package they need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from plain_copies import ROOT, WHEEL, build_wheel, plain_copy, write
from plain_markdown import Book
from pybtex.database import BibliographyData, parse_file
from sphinx.application import Sphinx

from book_extensions.page_head import site_address

BRANCH = "notebooks"  # of the repository: there the workflow `site` keeps the plain copies


def write_copies(app: Sphinx, error: Exception | None) -> None:
    """Put plain copies in the place of the sources that Sphinx copied, and the wheel beside."""
    if error or app.builder.name != "html":
        return
    out = Path(app.outdir)
    titles = {name: title.astext() for name, title in app.env.titles.items()}
    files = [Path(app.srcdir) / name for name in app.config.bibtex_bibfiles]
    sources = BibliographyData()
    for path in filter(Path.exists, files):
        sources.add_entries(parse_file(path).entries.items())
    book = Book(Path(app.srcdir), site_address(app), titles, sources)
    for path in (out / "_sources").rglob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if "plain_copy" not in notebook["metadata"]:
            name = path.relative_to(out / "_sources").with_suffix("").as_posix()
            write(plain_copy(notebook, name, book), path)
    package = [path.stat().st_mtime for path in (ROOT / "d2lhelpers").rglob("*.*")]
    wheel = out / WHEEL
    if not wheel.exists() or wheel.stat().st_mtime < max(package):
        build_wheel(out)


def launch_copies(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let Colab and Binder open the plain copies: their branch, not that of the sources."""
    services = app.config.html_theme_options.get("launch_buttons", {})
    addresses = tuple(filter(None, (services.get("colab_url"), services.get("binderhub_url"))))
    branch = app.config.html_theme_options.get("repository_branch") or "main"
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if addresses and button.get("url", "").startswith(addresses):
                button["url"] = button["url"].replace(f"/{branch}", f"/{BRANCH}", 1)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("html-page-context", launch_copies, priority=900)
    app.connect("build-finished", write_copies)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
