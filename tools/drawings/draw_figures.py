"""Draw the SVG figures of the front page and of the part openers, and the logo.

    python tools/drawings/draw_figures.py

Text and lines take the color of the page around them, so one file serves the light and the dark
theme; each figure is drawn for wide and for narrow screens.
"""

from __future__ import annotations

import math
from pathlib import Path

import network_figures
import part_figures
from svg import ANSWER, CARD, TROUBLE, arrow, card, dot, grid, line, square, svg, text

STATIC = Path(__file__).resolve().parents[2] / "chapters" / "_static"

ROAD = [
    ("line", ["Softmax", "regression"], []),
    ("xor", ["Multilayer", "perceptron"], ["cannot draw the", "border of XOR"]),
    ("kernel", ["Convolution"], ["a photo needs", "billions of weights"]),
]
BRANCHES = [
    ("padding", "Padding", ["the image shrinks", "at every layer"]),
    ("stride", "Stride", ["it shrinks", "too slowly"]),
    ("pooling", "Pooling", ["a small shift", "changes too much"]),
    ("channels", "Channels", ["many patterns", "to find at once"]),
]
NETWORKS = [
    ("LeNet", ["the first", "that worked"]),
    ("AlexNet", ["larger, ReLU,", "dropout"]),
    ("VGG", ["one block,", "repeated"]),
    ("NiN", ["no dense", "layers"]),
    ("GoogLeNet", ["four paths", "side by side"]),
    ("BatchNorm", ["keeps scales", "in range"]),
    ("ResNet", ["each block", "adds a bit"]),
    ("Detection", ["where, not", "only what"]),
]


def pictogram(kind: str, x: float, y: float) -> str:
    """The idea in a drawing of 44 x 44 units, upper left corner at (x, y)."""
    if kind == "line":
        first = [(10, 14), (20, 8), (8, 28), (21, 20)]
        second = [(26, 36), (37, 26), (36, 38), (39, 14)]
        return (
            "".join(dot(x + a, y + b) for a, b in first)
            + "".join(dot(x + a, y + b, filled=False) for a, b in second)
            + line([(x + 4, y + 42), (x + 40, y + 2)])
        )
    if kind == "xor":
        return (
            dot(x + 8, y + 8)
            + dot(x + 36, y + 36)
            + dot(x + 36, y + 8, filled=False)
            + dot(x + 8, y + 36, filled=False)
            + line([(x + 22, y), (x + 44, y + 22)])
            + line([(x, y + 22), (x + 22, y + 44)])
        )
    if kind == "kernel":
        return grid(x, y, 11, 4, {(1, 1): 0.7, (1, 2): 0.7, (2, 1): 0.7, (2, 2): 0.7})
    if kind == "padding":
        rim = (
            f'<rect x="{x:g}" y="{y:g}" width="44" height="44" fill="none" stroke="currentColor" '
            'stroke-dasharray="4 3"/>'
        )
        inside = {(row, column): 0.5 for row in range(2) for column in range(2)}
        return rim + grid(x + 11, y + 11, 11, 2, inside)
    if kind == "stride":
        return grid(x, y, 11, 4, {(0, 0): 0.8, (0, 2): 0.8, (2, 0): 0.8, (2, 2): 0.8})
    if kind == "pooling":
        shades = {(0, 0): 0.25, (0, 1): 0.9, (1, 0): 0.55, (1, 1): 0.15}
        marked = {
            (row, column): shades[row // 2, column // 2] for row in range(4) for column in range(4)
        }
        return grid(x, y, 11, 4, marked)
    sheets = [(14, 0, 0.25), (7, 7, 0.5), (0, 14, 0.8)]
    return "".join(
        square(x + a, y + b, 30, CARD) + square(x + a, y + b, 30, ANSWER, opacity)
        for a, b, opacity in sheets
    )


def roadmap_wide() -> str:
    """Three models from left to right, four repairs below the last, eight networks in a row."""
    parts = []
    for number, (kind, names, trouble) in enumerate(ROAD):
        x = 277 * number
        parts += [card(x + 1, 1, 164, 70), pictogram(kind, x + 13, 14)]
        parts.append(text(x + 68, 33 if len(names) == 2 else 41, names, "name", "start"))
        if trouble:
            parts.append(text(x - 56, 24, trouble, "trouble small"))
            parts.append(arrow([(x - 107, 50), (x - 5, 50)]))
    parts.append(line([(636, 71), (636, 92), (82, 92)]))
    for number, (kind, name, trouble) in enumerate(BRANCHES):
        x = 2 + 180 * number
        middle = x + 80
        parts.append(line([(middle, 92), (middle, 102)]))
        parts.append(text(middle, 117, trouble, "trouble small"))
        parts.append(arrow([(middle, 139), (middle, 153)]))
        parts += [card(x - 1, 157, 160, 70), pictogram(kind, x + 12, 170)]
        parts.append(text(x + 70, 197, [name], "name", "start"))
        parts.append(line([(middle, 227), (middle, 246)]))
    parts.append(line([(622, 246), (46, 246)]))
    parts.append(arrow([(46, 246), (46, 274)]))
    parts.append(line([(46, 283), (669, 283)]))
    for number, (name, lesson) in enumerate(NETWORKS):
        x = 46 + 89 * number
        parts.append(dot(x, 283, radius=6))
        parts.append(text(x, 309, [name], "name"))
        parts.append(text(x, 327, lesson, "small"))
    return svg(720, 352, parts)


def roadmap_narrow() -> str:
    """The same road from top to bottom."""
    parts, y = [], 1.0
    for kind, names, trouble in ROAD:
        if trouble:
            parts.append(arrow([(36, y), (36, y + 40)]))
            parts.append(text(54, y + 24, [" ".join(trouble)], "trouble", "start"))
            y += 46
        parts += [card(1, y, 318, 64), pictogram(kind, 14, y + 10)]
        parts.append(text(76, y + 37, [" ".join(names)], "name", "start"))
        y += 64
    top = y
    for kind, name, trouble in BRANCHES:
        parts.append(text(54, y + 26, [" ".join(trouble)], "trouble", "start"))
        y += 38
        parts.append(arrow([(18, y + 30), (40, y + 30)]))
        parts += [card(46, y, 273, 60), pictogram(kind, 58, y + 8)]
        parts.append(text(120, y + 35, [name], "name", "start"))
        y += 60
    bottom = y + 40
    parts.append(arrow([(18, top), (18, bottom - 8)]))
    y = bottom
    parts.append(line([(18, y), (18, y + 30 * (len(NETWORKS) - 1))]))
    for name, lesson in NETWORKS:
        parts.append(dot(18, y, radius=6))
        parts.append(text(36, y + 5, [name], "name", "start"))
        parts.append(text(128, y + 5, [" ".join(lesson)], "", "start"))
        y += 30
    return svg(320, y - 10, parts)


CLASSES = ["coat", "sneaker", "bag"]
SCORES = [0.3, 1.4, 0.3]
SHARES = [math.exp(score) / sum(map(math.exp, SCORES)) for score in SCORES]
PRICE = -math.log(SHARES[1])


def shoe(x: float, y: float, scale: float) -> str:
    """A small sneaker."""
    path = (
        "M2 20 L2 8 Q6 12 12 10 L18 5 Q24 14 34 16 Q42 17 43 22 L43 25 L2 25 Z M2 21 L43 22 "
        "M18 11 L22 8 M22 14 L26 11"
    )
    return (
        f'<path d="{path}" transform="translate({x:g} {y:g}) scale({scale:g})" fill="{ANSWER}" '
        'fill-opacity="0.3" stroke="currentColor" stroke-width="1.2"/>'
    )


def bars(x: float, y: float, values: list[float], unit: float, names: bool = False) -> str:
    """Three horizontal bars with their numbers, ``unit`` per 1, the true class filled."""
    parts = []
    for row, value in enumerate(values):
        top, length = y + 24 * row, unit * value
        opacity = 0.85 if row == 1 else 0.3
        parts.append(
            f'<rect x="{x:g}" y="{top:g}" width="{length:g}" height="15" fill="{ANSWER}" '
            f'fill-opacity="{opacity:g}"/>'
        )
        parts.append(text(x + length + 5, top + 12, [f"{value:.2g}"], "small", "start"))
        if names:
            parts.append(text(x - 6, top + 12, [CLASSES[row]], "small", "end"))
    return "".join(parts)


def classification_wide() -> str:
    """Image, scores, probabilities, price from left to right; the gradient comes back."""
    parts = [
        card(1, 30, 92, 84),
        shoe(14, 44, 1.5),
        arrow([(99, 72), (158, 72)]),
        text(128, 60, ["XW + b"], "small"),
        bars(218, 36, SCORES, 30, names=True),
        arrow([(296, 72), (368, 72)]),
        text(331, 60, ["softmax"], "small"),
        bars(384, 36, SHARES, 100),
        arrow([(486, 72), (572, 72)]),
        text(528, 60, [f"−log {SHARES[1]:.2g}"], "small"),
        card(579, 44, 80, 56),
        text(619, 78, [f"{PRICE:.2f}"], "name"),
    ]
    for name, x in (("image", 47), ("scores", 222), ("probabilities", 424), ("price", 619)):
        parts.append(text(x, 18, [name], "name"))
    parts.append(arrow([(619, 100), (619, 142), (222, 142), (222, 116)], TROUBLE))
    parts.append(text(420, 161, ["gradient: probabilities minus label"], "trouble"))
    return svg(662, 172, parts)


def classification_narrow() -> str:
    """The same from top to bottom."""
    parts = [
        card(92, 1, 92, 72),
        shoe(105, 10, 1.5),
        text(80, 40, ["image"], "name", "end"),
        arrow([(138, 78), (138, 108)]),
        text(150, 98, ["XW + b"], "small", "start"),
        text(62, 124, ["scores"], "name", "end"),
        bars(132, 118, SCORES, 45, names=True),
        arrow([(138, 192), (138, 222)]),
        text(150, 212, ["softmax"], "small", "start"),
        bars(92, 232, SHARES, 120),
        text(82, 270, ["proba-", "bilities"], "name", "end"),
        arrow([(138, 306), (138, 336)]),
        text(150, 326, [f"−log {SHARES[1]:.2g}"], "small", "start"),
        card(92, 342, 92, 44),
        text(138, 369, [f"{PRICE:.2f}"], "name"),
        text(80, 369, ["price"], "name", "end"),
        arrow([(184, 364), (268, 364), (268, 150), (240, 150)], TROUBLE),
        text(262, 240, ["gradient:", "probabilities", "minus label"], "trouble small", "end"),
    ]
    return svg(280, 390, parts)


def logo() -> str:
    """Measured points that fall, then a tick."""
    points = [(12, 30), (20, 39), (28, 46), (52, 18)]
    path = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="4.5" fill="#ffffff"/>' for x, y in points[:3])
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">'
        '<rect width="64" height="64" rx="13" fill="#0b5a8a"/>'
        f'<polyline points="{path}" fill="none" stroke="#ffffff" stroke-width="5" '
        f'stroke-linecap="round" stroke-linejoin="round"/>{dots}</svg>\n'
    )


DRAWINGS = {
    "roadmap.svg": roadmap_wide,
    "roadmap-narrow.svg": roadmap_narrow,
    "classification.svg": classification_wide,
    "classification-narrow.svg": classification_narrow,
    "logo.svg": logo,
    **part_figures.DRAWINGS,
    **network_figures.DRAWINGS,
}


def main() -> None:
    """Write every drawing."""
    for name, draw in DRAWINGS.items():
        (STATIC / name).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
