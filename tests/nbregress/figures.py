"""Are two pictures the same? ``figure_distance.md`` says how the distance was chosen."""

import base64
import io
import re
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

FIGURE_THRESHOLD = 0.07
MOVE, REGION, SIZE_SLACK = 2, 8, 2  # pixels


def figure_distance(expected: np.ndarray, found: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the largest local difference of two pictures, (H, W, 3) in [0, 1], and its map.

    A pixel differs by as much as it lies outside the values that the other picture has within
    ``MOVE`` pixels: edges that are smoothed otherwise, or moved that far, cost nothing. The
    distance is the largest mean over ``REGION`` x ``REGION`` pixels. What one picture has more
    at the right and below is cut.
    """
    height, width = np.minimum(expected.shape[:2], found.shape[:2])
    near, outside = (2 * MOVE + 1, 2 * MOVE + 1, 1), np.zeros((height, width))
    for a, b in ((expected, found), (found, expected)):
        a, b = a[:height, :width], b[:height, :width]
        above, below = a - ndimage.maximum_filter(b, near), ndimage.minimum_filter(b, near) - a
        outside = np.maximum(outside, np.maximum(above, below).max(axis=2))
    return float(ndimage.uniform_filter(outside, REGION).max()), outside


def read_picture(encoded: str) -> np.ndarray:
    """Decode base64 to (H, W, 3) in [0, 1]; what is transparent becomes white."""
    image = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA")
    page = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(page, image).convert("RGB"), np.float32) / 255


def drawn_by(encoded: str) -> str:
    """Return what drew a picture, as far as its minor version ("Matplotlib version3.11").

    Another version has other fonts. Empty where the picture does not say it.
    """
    try:
        drawn = Image.open(io.BytesIO(base64.b64decode(encoded))).info.get("Software", "")
    except (OSError, ValueError):
        return ""
    signature = re.match(r"[^\d\0]{1,40}\d{1,4}\.\d{1,4}", drawn)
    return signature[0] if signature else ""


def picture_differences(expected: str, found: str, threshold: float, stem: Path) -> list[str]:
    """Compare base64 pictures; write those that differ to ``stem-expected.png`` and so on."""
    if expected == found:
        return []
    try:
        pictures = {"expected": read_picture(expected), "found": read_picture(found)}
    except (OSError, ValueError) as error:
        return [f"a picture cannot be read: {error}"]
    sizes = [picture.shape[1::-1] for picture in pictures.values()]
    if np.abs(np.subtract(*sizes)).max() > SIZE_SLACK:
        problem = "size {} x {} expected, {} x {} found".format(*sizes[0], *sizes[1])
    else:
        distance, where = figure_distance(*pictures.values())
        if distance <= threshold:
            return []
        problem = f"figures differ: distance {distance:.3f}, allowed {threshold:g}"
        pictures["difference"] = 1 - where[..., None] * [0, 1, 1]
    stem.parent.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        Image.fromarray((picture * 255).astype(np.uint8)).save(f"{stem}-{name}.png")
    return [f"{problem}; see {stem}-*.png"]
