"""Figures that everybody can read."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator

from PIL import Image, UnidentifiedImageError
from stored.facts import (
    count_figures,
    count_words,
)

from rules.page import Page
from rules.rule import rule

ALT_WORDS, CAPTION_WORDS = 5, (5, 60)


@rule(
    20,
    "a figure is one PNG with an alternative text, a caption and a name",
    "cell metadata: mystnb.image.alt says what is seen, mystnb.figure.caption what to notice, "
    "mystnb.figure.name is fig-...; one figure a cell",
)
def figures(page: Page) -> Iterator[str]:
    for cell in page.code:
        pictures = [k for o in cell.outputs for k in o.get("data", {}) if k.startswith("image/")]
        settings = cell.node.metadata.get("mystnb", {})
        alt = settings.get("image", {}).get("alt")
        if alt and not pictures:
            yield f"{cell} has an alternative text and no figure"
        if not pictures:
            continue
        if set(pictures) != {"image/png"}:
            yield f"{cell}: a figure is stored as {sorted(set(pictures))}, expected PNG alone"
        if count_figures(cell.node) > 1:
            yield f"{cell} stores {count_figures(cell.node)} figures, expected one"
        if problem := _poor_alt(alt):
            yield f"{cell}: {problem}"
        figure = settings.get("figure", {})
        words = count_words(figure.get("caption", ""))
        if not CAPTION_WORDS[0] <= words <= CAPTION_WORDS[1]:
            yield f"{cell}: the caption has {words} words, expected {CAPTION_WORDS}"
        elif not figure["caption"].rstrip("*$").endswith((".", "?")) or figure["caption"] == alt:
            yield f"{cell}: a caption is a sentence, and another one than the alternative text"
        if not re.fullmatch(r"fig-[a-z0-9-]+", figure.get("name", "")):
            yield f"{cell}: the figure has no name of the form fig-..., for {{numref}}"
    for cell in page.markdown:
        for alt in re.findall(r"!\[([^\]]*)\]\(", cell.source):
            if problem := _poor_alt(alt):
                yield f"{cell}: {problem}"
        for body in re.findall(r"(?ms)^([:`]{3,})\{figure\}(.*?)^\1\s*$", cell.source):
            given = re.search(r"(?m)^:alt:\s*(.*)$", body[1])
            if problem := _poor_alt(given and given[1]):
                yield f"{cell}: {problem}"


@rule(
    37,
    "a stored figure carries the version of matplotlib that the stamp names",
    "make execute NOTEBOOK=<path>; do not save a picture again with another program",
)
def drawn_by_the_version_of_the_stamp(page: Page) -> Iterator[str]:
    version = page.nb.metadata.get("stamp", {}).get("versions", {}).get("matplotlib")
    expected = re.compile(rf"Matplotlib version{re.escape(str(version))}(?![\d.])")
    for cell in page.code:
        for output in cell.outputs:
            if "image/png" not in output.get("data", {}):
                continue
            found = _signature(output.data["image/png"])
            if not expected.match(found):
                yield (
                    f"{cell}: its figure is signed {found[:60]!r}, and the stamp names "
                    f"matplotlib {version}"
                )


def _signature(encoded: str) -> str:
    """What a PNG says that it was drawn by; empty where it says nothing."""
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(encoded)))
    except (binascii.Error, UnidentifiedImageError):
        return ""
    return str(picture.info.get("Software", ""))


def _poor_alt(alt: str | None) -> str | None:
    if not alt or not alt.strip():
        return "a figure has no alternative text"
    if re.search(r"\.(?:png|svg|jpe?g)\s*$", alt):
        return f"the alternative text is a file name: {alt!r}"
    if len(alt.split()) < ALT_WORDS:
        return f"the alternative text has fewer than {ALT_WORDS} words: {alt!r}"
    return None
