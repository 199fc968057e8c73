"""Figures: the same pixels in fewer bytes, their size said beforehand, loaded when they come near.

A figure whose size the page does not say pushes the text down when it arrives.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from built_pages import read_pages, write_page
from PIL import Image
from sphinx.application import Sphinx

FIGURE = re.compile(r'<img(?=[^>]*\bsrc="([^"]*_images/[^"]*\.(?:png|webp))")[^>]*>')


def smaller(png: Path, kept: Path) -> str:
    """Name of the picture as lossless WebP beside it; a picture once made lies in ``kept``."""
    name = f"{png.stem[:16]}.webp"
    if not (kept / name).exists():
        kept.mkdir(exist_ok=True)
        with Image.open(png) as picture:
            picture.save(kept / name, lossless=True, quality=40, method=2)
    (png.parent / name).write_bytes((kept / name).read_bytes())
    return name


def tag(found: re.Match[str], name: str, size: tuple[int, int]) -> str:
    """The image with its smaller file, its size and the word that it may wait."""
    text = found[0].replace(found[1].rpartition("/")[2], name)
    styled = re.search(r"width: (\d+)px; height: (\d+)px", text)
    width, height = styled.groups() if styled else size
    text = re.sub(r'\s+(?:style|width|height|loading|decoding)="[^"]*"', "", text)
    more = f'width="{width}" height="{height}" loading="lazy"'
    return text.replace("<img", f"<img {more}", 1)


def shrink_figures(app: Sphinx, error: Exception | None) -> None:
    """Write the smaller files, name them on the pages, and delete the larger."""
    images = Path(app.outdir) / "_images"
    if error or app.builder.name != "html":
        return
    kept = Path(app.doctreedir) / "figures"
    names = {png.name: smaller(png, kept) for png in images.glob("*.png")}
    sizes = {name: Image.open(images / name).size for name in names.values()}

    def shrunk(found: re.Match[str]) -> str:
        name = names.get(found[1].rpartition("/")[2])
        return tag(found, name, sizes[name]) if name else found[0]

    for path, page in read_pages(app).items():
        after = FIGURE.sub(shrunk, page)
        for png, name in names.items():  # a figure leads to its file, to be seen in full
            after = after.replace(f"_images/{png}", f"_images/{name}") if png in after else after
        write_page(path, page, after)
    for png in names:
        (images / png).unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("build-finished", shrink_figures, priority=945)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
