"""Formulas: MathML made at build time, which a browser draws without any script.

The TeX source stays with each formula as ``alttext``: it is what gets copied, and what a reader
hears whose program does not know MathML.
"""

from __future__ import annotations

import html
import re
from typing import Any

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)
TO_MATHML = LatexToMathML(fancy_error=False)
# What the library writes and a browser draws otherwise than TeX, as (pattern, replacement).
MENDED = (
    # A bracket of a given size grows only as what stands before or after, and on a line of its own.
    (r"<mo( minsize=[^>]*>[(\[{⟨⌈⌊])", r'<mo form="prefix"\1'),
    (r"<mo( minsize=[^>]*>[)\]}⟩⌉⌋])", r'<mo form="postfix"\1'),
    (r"(<m(?:sub|sup|subsup)>)(<mo [^>]*minsize=[^>]*>[^<]*</mo>)", r"\1<mrow>\2</mrow>"),
    # An empty group, and the start of a cell after "&": a sign beside it stands between two things.
    (r"<mrow></mrow>", "<mi></mi>"),
    (r"(padding-left: 0;\">)(<mo>)", r"\1<mi></mi>\2"),
    # A prime is drawn small and high as it is.
    (r"<msup>(<mi>[^<]*</mi>)(<mo>[′″‴]</mo>)</msup>", r"<mrow>\1\2</mrow>"),
    # The sign of a root hangs from the line above it: over a low letter it would sink.
    (r"<msqrt>", '<msqrt><mspace height=".68em"/>'),
)  # fmt: skip

IN_LINE = re.compile(r"([^\s<>]*)(<math(?![^>]*display=)[^>]*>.*?</math>)([^\s<]*)", re.DOTALL)


def mathml(node: nodes.Element, display: bool) -> str:
    """The formula of a node; one that cannot be read is a warning, and so fails the build."""
    tex = " ".join(node.astext().split())
    rows = re.sub(r"\\\\\[[\d.]+(?:pt|em|ex)\]", r"\\\\", tex)  # the library knows no gaps
    try:
        formula = TO_MATHML.convert_with_local_state(rows, displaystyle=display)
    except LatexError as error:
        logger.warning("the formula %s cannot be read: %s", tex, error, location=node)
        return f"<code>{html.escape(tex)}</code>"
    for pattern, replacement in MENDED:
        formula = re.sub(pattern, replacement, formula)
    return formula.replace("<math", f'<math alttext="{html.escape(tex)}"', 1)


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    self.body.append(mathml(node, display=False))
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula of its own line, its number before it, as Sphinx does."""
    self.body.append(self.starttag(node, "div", "", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(f"{mathml(node, display=True)}</div>\n")
    raise nodes.SkipNode


def keep_together(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Keep a formula on one line with what stands right beside it: its full stop, its brackets."""

    def kept(found: re.Match[str]) -> str:
        before, formula, after = found.groups()
        return f"<span class=nobr>{found[0]}</span>" if before or after else formula

    if "body" in context:
        context["body"] = IN_LINE.sub(kept, context["body"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("html-page-context", keep_together)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
