"""The font of the formulas: of Latin Modern Math the signs that the book's formulas use.

Other fonts lack signs or the measures that a browser needs to set formulas, and differ from one
computer to the next. The whole font has 730 kB, the part about 35.
"""

from __future__ import annotations

import html
import re
import unicodedata
from pathlib import Path
from typing import Any

from built_pages import read_pages
from fontTools import subset
from fontTools.misc.transform import Offset
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

SOURCE = Path(__file__).parents[1] / "fonts" / "latinmodern-math.otf"
FENCES = "()[]{}⌈⌉⌊⌋⟨⟩"
# A letter alone is set in italics: a browser takes it from the block of mathematical letters.
ITALICS = {
    chr(int(unicodedata.decomposition(chr(code)).split()[1], 16)): chr(code)
    for code in (*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C))
    if unicodedata.decomposition(chr(code))
} | {"h": "ℎ"}
INVISIBLE = "\u2061\u2062\u2063\ufe00"


def signs(page: str) -> set[str]:
    """The characters that a page's formulas are set in."""
    found: set[str] = set()
    for formula in re.findall(r"<math.*?</math>", page, re.DOTALL):
        alone = {html.unescape(one) for one in re.findall(r"<mi>([^<]+)</mi>", formula)}
        found |= {ITALICS.get(one, one) for one in alone if len(one) == 1}
        found |= set(html.unescape(re.sub(r"<[^>]*>", "", formula)))
        found |= {"√"} if "<msqrt" in formula or "<mroot" in formula else set()
    return {sign for sign in found if sign.isprintable() and sign not in INVISIBLE}


def narrow_fences(font: TTFont) -> None:
    """Give the tall forms of a bracket the width of its third.

    Chromium gives every bracket that grows the room of its widest form, and sets the form that it
    draws in the middle: gaps of half a letter. The ink of the wide forms is hardly wider than that.
    """
    math, widths, glyphs = font["MATH"].table.MathVariants, font["hmtx"], font.getGlyphSet()
    outlines = font["CFF "].cff.topDictIndex[0].CharStrings
    fences = {font.getBestCmap()[ord(sign)] for sign in FENCES if ord(sign) in font.getBestCmap()}
    forms: dict[str, int] = {}
    for name, made in zip(math.VertGlyphCoverage.glyphs, math.VertGlyphConstruction, strict=True):
        if name in fences:
            variants = [record.VariantGlyph for record in made.MathGlyphVariantRecord]
            parts = (
                [part.glyph for part in made.GlyphAssembly.PartRecords]
                if made.GlyphAssembly
                else []
            )
            forms |= dict.fromkeys([*variants, *parts], widths[variants[3]][0])
    drawn = {}
    for name, width in forms.items():
        before, left = widths[name]
        if before > width:
            pen = T2CharStringPen(width, glyphs)
            shift = round((width - before) / 2)
            glyphs[name].draw(TransformPen(pen, Offset(shift, 0)))
            drawn[name] = pen.getCharString(outlines[name].private, outlines[name].globalSubrs)
            widths[name] = width, left + shift
    for name, outline in drawn.items():
        outlines[name] = outline


def part_of_font(wanted: set[str]) -> TTFont:
    """The font with the wanted characters and all the sizes that they grow to."""
    font = TTFont(SOURCE)
    options = subset.Options(
        layout_features=[], hinting=False, desubroutinize=True, name_IDs=[0, 13, 14]
    )
    options.drop_tables += ["FFTM"]
    part = subset.Subsetter(options)
    part.populate(unicodes=map(ord, wanted))
    part.subset(font)
    narrow_fences(font)
    # Its license asks that a changed font bear another name.
    font["CFF "].cff.fontNames = ["BookFormulas"]
    font.flavor = "woff"
    return font


def write_font(app: Sphinx, error: Exception | None) -> None:
    """Write the part of the font that the pages need beside them."""
    if error or app.builder.name != "html":
        return
    wanted: set[str] = set()
    for page in read_pages(app).values():
        wanted |= signs(page)
    if not wanted:
        return
    font = part_of_font(wanted)
    if missing := {sign for sign in wanted if ord(sign) not in font.getBestCmap()}:
        logger.warning("the font of the formulas lacks %s", " ".join(sorted(missing)))
    font.save(Path(app.outdir) / "_static" / "formulas.woff")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("build-finished", write_font, priority=910)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
