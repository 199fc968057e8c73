"""Drawings: an SVG file set into the page, so that it takes the page's colors and fonts."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Drawing(SphinxDirective):
    """``{drawing}``: SVG set into the page; with two files the second is for narrow screens."""

    required_arguments = 1
    optional_arguments = 1
    has_content = True
    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Inline the files and set the caption under them."""
        if not self.options.get("alt"):
            raise self.error("a drawing needs :alt:")
        figure = nodes.container(classes=["drawing"])
        for name, width in zip(self.arguments, ("wide", "narrow"), strict=False):
            _, path = self.env.relfn2path(name)
            self.env.note_dependency(path)
            svg = re.sub(r"<\?xml.*?\?>\s*", "", Path(path).read_text(encoding="utf-8"))
            kind = f"drawing-{width}" if len(self.arguments) == 2 else "drawing-only"
            label = html.escape(self.options["alt"])
            markup = f'<div class="{kind}" role="img" aria-label="{label}">{svg}</div>'
            figure += nodes.raw("", markup, format="html")
        if self.content:
            caption = nodes.container(classes=["drawing-caption"])
            self.state.nested_parse(self.content, self.content_offset, caption)
            figure += caption
        return [figure]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.add_directive("drawing", Drawing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
