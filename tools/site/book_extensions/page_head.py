"""Head of a page: a policy that forbids every other host, a description, and a preview."""

from __future__ import annotations

import html
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

POLICY = (
    "default-src 'none'; script-src 'self' file: 'unsafe-inline'; "
    "style-src 'self' file: 'unsafe-inline'; img-src 'self' file: data:; "
    "font-src 'self' file: data:; connect-src 'self' file:; "
    "form-action 'self' file:; base-uri 'none'"
)


def site_address(app: Sphinx) -> str:
    """Where the site is published, with a slash at the end; "" where that is not set."""
    address = app.config.html_baseurl
    return f"{address.rstrip('/')}/" if address else ""


def preview_tags(app: Sphinx, pagename: str, title: str, description: str) -> str:
    """What a link to the page shows elsewhere; the image needs the address of the site."""
    tags = {
        "og:site_name": app.config.html_title,
        "og:type": "website" if pagename == app.config.root_doc else "article",
        "og:title": title,
        "og:description": description,
    }
    if address := site_address(app):
        tags["og:url"] = f"{address}{pagename}.html"
        tags["og:image"] = f"{address}_static/preview.png"
        tags["og:image:alt"] = f"Regions of three classes, and the title {app.config.html_title}"
    return "".join(
        f'<meta property="{name}" content="{html.escape(value)}" />\n'
        for name, value in tags.items()
    )


def describe_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Add the content policy, a description (the page's first paragraph), and a preview."""
    paragraphs = doctree.findall(nodes.paragraph) if doctree else iter(())
    first = next(paragraphs, None)
    text = " ".join(first.astext().split()) if first is not None else f"{app.config.html_title}."
    title = html.unescape(re.sub(r"<[^>]+>", "", context.get("title", "")))
    context["metatags"] = (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />\n'
        f'<meta name="description" content="{html.escape(text[:300])}" />\n'
        + preview_tags(app, pagename, title, text[:300])
        + context.get("metatags", "")
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("html-page-context", describe_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
