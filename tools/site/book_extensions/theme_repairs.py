"""What the theme and its extensions get wrong in the pages, mended after a build."""

from __future__ import annotations

import re
from typing import Any

import pydata_sphinx_theme
from built_pages import read_pages, write_page
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)


# What the theme and its extensions get wrong, as (pattern, replacement, trace). The trace is a
# wider pattern that matches nowhere once the page is mended: where a newer theme writes the same
# fault in other words, the pattern misses it and the trace fails the build. An older theme, as
# Python 3.10 has it, is left as it comes.
THEME = tuple(map(int, pydata_sphinx_theme.__version__.split(".")[:2]))
MENDED_THEME = (0, 17)
MENDED = (
    # The icons come from a font that the theme loads anyway; its 1.5 MB script draws them again.
    (r"\s*<script[^>]*fontawesome\.js[^>]*></script>", "", r"<script[^>]*fontawesome"),
    # A label for screen readers that hides what the summary says.
    (r'<summary aria-label="Toggle hidden content">', "<summary>",
     r"<summary[^>]*Toggle hidden content"),
    # A button without a name.
    (r'<summary><span class="toctree-toggle"', '<summary aria-label="Pages of this part"><span'
     ' class="toctree-toggle"', r"<summary(?![^>]*aria-label)[^>]*>\s*<span[^>]*toctree-toggle"),
    # A list for screen readers whose entries are not list items.
    (r'<div role="list" class="citation-list">', '<div class="citation-list">',
     r"<(?=[^>]*citation-list)[^>]*role="),
    # A list of definitions, without a word that is defined: the parameters of a signature.
    (r'<dd>(<em class="sig-param">.*)</dd>', r"<div>\1</div>",
     r"<d[dt][^>]*>\s*<em[^>]*sig-param"),
    (r'<dl>\s*((?:<div><em class="sig-param">.*\n)+)</dl>', r'<div class="sig-params">\n\1</div>',
     r"<dl[^>]*>\s*<div[^>]*>\s*<em[^>]*sig-param"),
)  # fmt: skip


def mend_pages(app: Sphinx, error: Exception | None) -> None:
    """Mend the built pages, and warn where a repair does not fit any more."""
    if error or app.builder.name != "html":
        return
    for page, before in read_pages(app).items():
        after = before
        for pattern, replacement, _ in MENDED:
            after = re.sub(pattern, replacement, after)
        for pattern, _, trace in MENDED if THEME >= MENDED_THEME else ():
            if left := re.search(trace, after):
                logger.warning(
                    "%s: the repair %s does not fit any more; left in the page: %s",
                    page.relative_to(app.outdir), pattern, left.group(0),
                )  # fmt: skip
        write_page(page, before, after)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("build-finished", mend_pages, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
