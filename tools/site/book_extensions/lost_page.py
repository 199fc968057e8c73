"""The page that a server gives for an address without one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx

from book_extensions.page_head import site_address


def lost_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the page that a server gives for an address without one."""
    start = f"{app.config.root_doc}.html"
    body = f"""<section><h1>Page not found</h1>
<p>There is no page at this address.
Begin at the <a href="{start}">first page</a>, look into the <a href="genindex.html">index</a>,
or <a href="search.html">search the book</a>.</p></section>"""
    yield "404", {"title": "Page not found", "body": body}, "page.html"


def lead_from_anywhere(app: Sphinx, page: str) -> str:
    """The lost page with addresses that begin at the root: it is shown at any depth."""
    root = urlsplit(site_address(app)).path or "/"
    return re.sub(
        r'\b(href|src|action|data-content_root)="(?![#/]|[a-z]+:)(?:\./)?', rf'\1="{root}', page
    )


def finish(app: Sphinx, error: Exception | None) -> None:
    """Give the lost page its addresses, after all that changes pages."""
    page = Path(app.outdir) / "404.html"
    if not error and page.exists():
        text = lead_from_anywhere(app, page.read_text(encoding="utf-8"))
        page.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("html-collect-pages", lost_page)
    app.connect("build-finished", finish, priority=990)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
