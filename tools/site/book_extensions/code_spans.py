"""Code: what has no color of its own is not marked, and what has one is marked in few letters.

Names, signs and blanks were half of all the elements of a page, and a browser measures each;
``chapters/_static/book.css`` gives their color to the whole block. A dot is too small for a color.
"""

from __future__ import annotations

import re
from typing import Any

from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES, Text
from sphinx.application import Sphinx

MARK = re.compile(r'<span class="([\w-]+)">([^<]*)</span>')
# An empty mark keeps an empty first line, where there is one.
NO_MARK = re.compile(r"(?<=<pre>)<span></span>(?!\n)")
BLOCK = re.compile(r"<pre>.*?</pre>", re.DOTALL)


def plain_classes(styles: list[str]) -> set[str]:
    """Classes of the tokens that every one of the styles draws as plain text."""
    loaded = [get_style_by_name(style) for style in styles]
    return {
        name
        for token, name in STANDARD_TYPES.items()
        if name
        and all(style.style_for_token(token) == style.style_for_token(Text) for style in loaded)
    }


def thin_spans(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Unwrap the plain tokens of a page's blocks of code."""
    options = app.config.html_theme_options
    plain = plain_classes([options["pygments_light_style"], options["pygments_dark_style"]])

    def short(mark: re.Match[str]) -> str:
        kind, text = mark.groups()
        return text if kind in plain or text == "." else f"<i class={kind}>{text}</i>"

    if "body" in context:
        context["body"] = BLOCK.sub(
            lambda block: MARK.sub(short, NO_MARK.sub("", block[0])), context["body"]
        )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("html-page-context", thin_spans)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
