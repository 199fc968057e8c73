"""Compare what a notebook shows with what it showed: text line by line, numbers with a
tolerance, pictures by their worst region (``figure_distance.md`` says how that was chosen).
"""

import base64
import difflib
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

FIGURE_THRESHOLD = 0.07
MOVE, REGION, SIZE_SLACK = 2, 8, 2  # pixels

_TOKEN = re.compile(
    r"""
    torch\.Size\(\[[^\]]*\]\)                    # shapes are exact even if integers are not,
    | (?<![\w.])\d+(?:\.\d+){2,}[\w.+-]*         # so are versions
    | (?<![\w.]) (?P<number> [-+−]? (?:          # conv2d and layer.0 hold no number
        (?i:nan|inf) (?!\w)
        | (?: \d{1,3} (?:,\d{3})+ (?!\d) | \d+ )       # 60,000 or 60000
          (?: \.\d+ | \.(?=[\])},eE]|[ ]+[-\d\]]) )?   # 1. of a tensor, not of a sentence
          (?: [eE][-+]\d+ | [eE]\d+(?!\w) )?
        | \.\d+ ) )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Tolerance:
    """How far outputs may differ; a cell sets its own in ``metadata["nbval"]``: numbers agree if
    ``|found - expected| <= atol + rtol * |expected|``, integers if equal unless ``integers``.
    """

    rtol: float = 1e-3
    atol: float = 1e-4
    integers: bool = False
    figure: float = FIGURE_THRESHOLD
    timeout: float | None = None
    why: str = ""


def split_numbers(line: str) -> tuple[str, list[str]]:
    """Take the numbers out of a line, with the blanks that pad them to some width.

    >>> split_numbers("loss  0.5, batch [ 1.,  -2.] of conv2d")
    ('loss\\x00, batch [\\x00,\\x00] of conv2d', ['0.5', '1.', '-2.'])
    """
    tokens = [token for token in _TOKEN.finditer(line) if token["number"]]
    cuts = [0, *(place for token in tokens for place in token.span()), len(line)]
    text = "\0".join(line[start:end] for start, end in zip(cuts[::2], cuts[1::2]))
    return re.sub(" *\0 *", "\0", text), [token["number"] for token in tokens]


def number_difference(expected: str, found: str, tolerance: Tolerance) -> str:
    """Say how two printed numbers differ; the empty string where they agree."""
    integers = [re.fullmatch(r"[-+−]?[\d,]+", number) is not None for number in (expected, found)]
    wanted, got = (float(n.replace(",", "").replace("−", "-")) for n in (expected, found))
    if any(integers) and not tolerance.integers:
        same, rule = expected == found, "integers are compared exactly"
    elif not math.isfinite(wanted):
        same, rule = str(wanted) == str(got), "only the same agrees"
    else:
        allowed = tolerance.atol + tolerance.rtol * abs(wanted)
        same = abs(got - wanted) <= allowed
        rule = f"tolerance {allowed:.3g} (atol {tolerance.atol:g}, rtol {tolerance.rtol:g})"
    return "" if same else f"difference {abs(got - wanted):.3g}, {rule}"


def text_differences(expected: str, found: str, tolerance: Tolerance) -> list[str]:
    """List how two texts differ, an entry per number or block of lines; empty if they agree."""
    differences = list(_line_differences(expected.splitlines(), found.splitlines(), tolerance))
    # numbers of another width may wrap a row after another comma
    unwrapped = [re.sub(r",\s*\n\s*", ", ", text).splitlines() for text in (expected, found)]
    return differences if differences and any(_line_differences(*unwrapped, tolerance)) else []


def _line_differences(a: list[str], b: list[str], tolerance: Tolerance) -> Iterator[str]:
    split_a, split_b = [split_numbers(line) for line in a], [split_numbers(line) for line in b]
    texts = [[text for text, _ in lines] for lines in (split_a, split_b)]
    blocks = [("equal", 0, len(a), 0, len(b))]
    if texts[0] != texts[1]:
        blocks = difflib.SequenceMatcher(None, *texts, autojunk=False).get_opcodes()
    for kind, start, end, start_b, end_b in blocks:
        if kind != "equal":
            expected, found = "\n      ".join(a[start:end]), "\n      ".join(b[start_b:end_b])
            yield f"line {start + 1}: expected\n      {expected}\n    found\n      {found}"
            continue
        for i, j in zip(range(start, end), range(start_b, end_b)):
            for expected, found in zip(split_a[i][1], split_b[j][1]):
                if difference := number_difference(expected, found, tolerance):
                    yield f"line {i + 1}: expected {expected}, found {found}, {difference}"


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


def drawn_by(encoded: str) -> list[bytes]:
    """Return what drew a PNG, as far as its minor version: another one has other fonts."""
    return re.findall(rb"Software\0\D*\d+\.\d+", base64.b64decode(encoded))[:1]


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
