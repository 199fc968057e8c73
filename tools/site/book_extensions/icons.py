"""Icons: of the theme's three icon fonts, 300 kB, the few signs that the style sheet names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

# The faces of the icon fonts, and within them the addresses of their files.
FACE = re.compile(r"@font-face\{[^}]*fontawesome[^}]*\}")
FILE = re.compile(r'url\("([^"]*)/(fa-[\w-]+)\.\w+"\)')
SIGN = re.compile(r"\\([ef][0-9a-f]{3})\b|([\ue000-\uf8ff])")


def signs_named(sheet: str) -> set[int]:
    """Code points of the signs, which a style sheet writes as they are or as ``\\f0c9``."""
    return {int(code, 16) if code else ord(sign) for code, sign in SIGN.findall(sheet)}


def part_of_font(source: Path, wanted: set[int]) -> TTFont | None:
    """The font with the wanted signs alone, None if it has none of them."""
    font = TTFont(source)
    if not wanted & set(font.getBestCmap()):
        return None
    options = subset.Options(layout_features=[], hinting=False, name_IDs=[0, 13, 14])
    part = subset.Subsetter(options)
    part.populate(unicodes=wanted)
    part.subset(font)
    font.flavor = "woff"
    return font


def shrink_icons(app: Sphinx, error: Exception | None) -> None:
    """Write the parts of the fonts, and name them in the style sheet."""
    static = Path(app.outdir) / "_static"
    sheet_file = static / "site.css"
    if error or not sheet_file.exists():
        return
    sheet = sheet_file.read_text(encoding="utf-8")
    wanted = signs_named(sheet)

    def smaller(found: re.Match[str]) -> str:
        folder, name = FILE.search(found[0]).groups()
        font = part_of_font(static / folder / f"{name}.ttf", wanted)
        if font is None:
            return ""
        font.save(static / f"{name}.woff")
        return re.sub(r"src:[^;}]*", f'src:url("{name}.woff") format("woff")', found[0])

    sheet_file.write_text(FACE.sub(smaller, sheet), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("build-finished", shrink_icons, priority=930)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
