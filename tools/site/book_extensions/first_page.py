"""``index.html``: the first page itself, where Jupyter Book writes a page that leads to it.

A page that leads on costs a reader another wait. The address of the first page stays too.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from book_extensions.page_head import site_address


def as_seen_from_root(page: str, name: str) -> str:
    """The page, with addresses that lead from the root of the site."""
    folder = name.rpartition("/")[0]
    depth = len(folder.split("/")) if folder else 0

    def moved(found: re.Match[str]) -> str:
        attribute, address = found.groups()
        up = 0
        while address.startswith("../"):
            address, up = address[3:], up + 1
        kept = folder.split("/")[: depth - up]
        return f'{attribute}="{"/".join([*kept, address])}"'

    address = r'(?!#|/|[a-z]+:)([^"]*)'
    page = re.sub(rf'\b(href|src|action)="{address}"', moved, page)
    return page.replace(f'data-content_root="{"../" * depth}"', 'data-content_root="./"')


def write_first_page(app: Sphinx, error: Exception | None) -> None:
    """Write the copy at the root; where the site's address is known, it names the original."""
    root = app.config.root_doc
    site = Path(app.outdir)
    if error or app.builder.name != "html" or root == "index":
        return
    page = as_seen_from_root((site / f"{root}.html").read_text(encoding="utf-8"), root)
    if address := site_address(app):
        link = f'<link rel="canonical" href="{address}{root}.html" />'
        page = re.sub(r'<link rel="canonical"[^>]*>', "", page).replace("</head>", f"{link}</head>")
    (site / "index.html").write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("build-finished", write_first_page, priority=970)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
