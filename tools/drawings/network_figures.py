"""The drawings that open parts 6 to 10, wide and narrow; see ``draw_figures.py``."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

from svg import ANSWER, CARD, TROUBLE, arrow, dot, line, square, svg, text

Point = tuple[float, float]


# Multilayer perceptrons: from one border to two


def lamp(x: float, y: float, borders: list[list[Point]], color: str) -> str:
    """The four corners of XOR in 100 x 100 units, with borders between them."""
    corners = [(18, 18, True), (82, 82, True), (82, 18, False), (18, 82, False)]
    lines = [line([(x + a, y + b) for a, b in border], color) for border in borders]
    return "".join(lines) + "".join(dot(x + a, y + b, full, 7) for a, b, full in corners)


def hidden_layer(x: float, y: float) -> str:
    """Two inputs, two hidden units and one output in 100 x 100 units."""
    layers = [[(12, 22), (12, 78)], [(50, 22), (50, 78)], [(88, 50)]]
    links = [
        line([(x + a, y + b), (x + c, y + d)])
        for left, right in itertools.pairwise(layers)
        for a, b in left
        for c, d in right
    ]
    units = "".join(
        f'<circle cx="{x + a:g}" cy="{y + b:g}" r="10" fill="{ANSWER if middle else CARD}" '
        'stroke="currentColor"/>'
        for middle, layer in zip((False, True, False), layers)
        for a, b in layer
    )
    return "".join(links) + units


def multilayer_panels(places: list[Point]) -> list[str]:
    """One border, a hidden layer, two borders, each with its words, at three places."""
    (x0, y0), (x1, y1), (x2, y2) = places
    two = [[(36, -4), (104, 64)], [(-4, 36), (64, 104)]]
    return [
        lamp(x0, y0, two[:1], TROUBLE),
        text(x0 + 50, y0 + 124, ["one border"], "name"),
        text(x0 + 50, y0 + 142, ["always a corner", "on the wrong side"], "trouble small"),
        hidden_layer(x1, y1),
        text(x1 + 50, y1 + 124, ["a hidden layer"], "name"),
        text(x1 + 50, y1 + 142, ["two units, a border", "each, and a third"], "small"),
        lamp(x2, y2, two, ANSWER),
        text(x2 + 50, y2 + 124, ["two borders"], "name"),
        text(x2 + 50, y2 + 142, ["the lamp burns", "between them"], "small"),
    ]


def multilayer_wide() -> str:
    """Three panels from left to right."""
    parts = multilayer_panels([(22, 8), (222, 8), (422, 8)])
    arrows = [arrow([(x, 58), (x + 56, 58)]) for x in (144, 344)]
    return svg(544, 176, parts + arrows)


def multilayer_narrow() -> str:
    """The same from top to bottom."""
    parts = multilayer_panels([(70, 8), (70, 212), (70, 416)])
    arrows = [arrow([(120, y), (120, y + 26)]) for y in (174, 378)]
    return svg(240, 584, parts + arrows)


# Generalization: what was seen, and what comes

SEEN = [(6, 74), (22, 38), (38, 50), (54, 22), (70, 46), (86, 40), (102, 78)]
NEW = [(14, 54), (30, 36), (47, 30), (62, 32), (79, 36), (95, 60)]


def through(points: list[Point], x: float) -> float:
    """The polynomial through all points, by Lagrange's formula."""
    return sum(y * math.prod((x - a) / (at - a) for a, _ in points if a != at) for at, y in points)


FITS: dict[str, tuple[list[str], Callable[[float], float]]] = {
    "too stiff": (["misses what it saw", "and what comes"], lambda x: 46),
    "about right": (["close to what it saw,", "and to what comes"],
                    lambda x: 32 + 0.0176 * (x - 54) ** 2),
    "too free": (["hits all it saw,", "misses what comes"], lambda x: through(SEEN, x)),
}  # fmt: skip


def fitted(name: str, x: float, y: float) -> str:
    """Points that a curve was fitted to (filled), new ones (rings), and the curve."""
    words, curve = FITS[name]
    path = [(x + 6 + step, y + curve(6 + step)) for step in range(97)]
    color = ANSWER if name == "about right" else TROUBLE
    dots = [dot(x + a, y + b, radius=4) for a, b in SEEN]
    rings = [dot(x + a, y + b, filled=False, radius=3.6) for a, b in NEW]
    labels = text(x + 54, y + 124, [name], "name") + text(x + 54, y + 142, words, "small")
    return line(path, color) + "".join(dots + rings) + labels


def generalization_wide() -> str:
    """Three fits side by side."""
    return svg(544, 176, [fitted(name, 22 + 196 * i, 8) for i, name in enumerate(FITS)])


def generalization_narrow() -> str:
    """Three fits from top to bottom."""
    return svg(240, 584, [fitted(name, 66, 8 + 204 * i) for i, name in enumerate(FITS)])


# Numerical stability: a wave that passes layers

GAINS = {
    "gain below 1": (0.62, "the signal fades"),
    "gain of 1": (1.0, "it arrives"),
    "gain above 1": (1.6, "it leaves the range"),
}


def passing(name: str, x: float, y: float) -> str:
    """A wave through six layers, each of which multiplies its height."""
    gain, words = GAINS[name]
    start = 30 * min(1.0, gain**-5.4) if gain != 1 else 15
    path = []
    for step in range(281):
        height = start * gain ** (step // 40)
        path.append((x + step / 2, y + 46 + height * math.sin(2 * math.pi * step / 40)))
    path = [point for point in path if abs(point[1] - y - 46) <= 44]
    bars = [
        line([(x + 20 * i, y + 8), (x + 20 * i, y + 84)], stroke_opacity="0.35")
        for i in range(1, 7)
    ]
    color = ANSWER if gain == 1 else TROUBLE
    labels = text(x + 70, y + 114, [name], "name") + text(x + 70, y + 132, [words], "small")
    return "".join(bars) + line(path, color) + labels


def stability_wide() -> str:
    """Three lines of layers side by side."""
    return svg(544, 152, [passing(name, 4 + 198 * i, 6) for i, name in enumerate(GAINS)])


def stability_narrow() -> str:
    """Three lines of layers from top to bottom."""
    return svg(240, 500, [passing(name, 50, 6 + 170 * i) for i, name in enumerate(GAINS)])


# Convolutional networks: from many weights to few

WINDOW = [{"color": ANSWER}, {"color": "currentColor", "stroke_dasharray": "5 3"},
          {"color": TROUBLE}]  # fmt: skip
LINKS = {
    "dense": ["24 weights"],
    "only near": ["12 weights"],
    "both": ["3 weights"],
}


def linked(name: str, x: float, y: float) -> str:
    """Six pixels on the left, four answers on the right, and the weights between them."""
    parts = []
    for i in range(4):
        for k in range(6):
            ends = [(x + 22, y + 9 + 24 * k), (x + 104, y + 33 + 24 * i)]
            if name == "both" and 0 <= k - i <= 2:
                parts.append(line(ends, **WINDOW[k - i]))
            elif name == "dense" or (name == "only near" and 0 <= k - i <= 2):
                parts.append(line(ends, stroke_opacity="0.5"))
    parts += [square(x + 2, y + 24 * k, 18, "currentColor", 0.15) for k in range(6)]
    parts += [dot(x + 112, y + 33 + 24 * i, radius=7) for i in range(4)]
    parts.append(text(x + 62, y + 164, [name], "name"))
    return "".join(parts) + text(x + 62, y + 182, LINKS[name], "small")


def convolutional_wide() -> str:
    """Three layers side by side."""
    return svg(544, 200, [linked(name, 26 + 184 * i, 6) for i, name in enumerate(LINKS)])


def convolutional_narrow() -> str:
    """Three layers from top to bottom."""
    return svg(240, 648, [linked(name, 58, 6 + 216 * i) for i, name in enumerate(LINKS)])


# Modern convolutional networks: layers and errors of four years

NETWORKS = [
    ("AlexNet", 2012, 8, "15.3 %"),
    ("VGG", 2014, 19, "7.3 %"),
    ("GoogLeNet", 2014, 22, "6.7 %"),
    ("ResNet", 2015, 152, "3.6 %"),
]


def stack(number: int, x: float) -> str:
    """The layers of one network, a line each, above its name, year and error."""
    name, year, layers, error = NETWORKS[number]
    dashes = (  # one stroke from the bottom to the top, as wide as the stack, a dash for each layer
        f'<path d="M{x:g} 277v{-1.65 * layers:g}" stroke="{ANSWER}" stroke-width="48" '
        'stroke-dasharray="1 0.65"/>'
    )
    top = text(x, 270 - 1.65 * layers, [f"{layers} layers"], "small")
    return dashes + top + text(x, 298, [name], "name") + text(x, 315, [f"{year}", error])


def modern_wide() -> str:
    """Four stacks side by side."""
    return svg(544, 338, [stack(number, 74 + 132 * number) for number in range(4)])


def modern_narrow() -> str:
    """The same, closer together."""
    return svg(316, 338, [stack(number, 40 + 79 * number) for number in range(4)])


DRAWINGS: dict[str, Callable[[], str]] = {
    "multilayer-perceptrons.svg": multilayer_wide,
    "multilayer-perceptrons-narrow.svg": multilayer_narrow,
    "generalization.svg": generalization_wide,
    "generalization-narrow.svg": generalization_narrow,
    "numerical-stability.svg": stability_wide,
    "numerical-stability-narrow.svg": stability_narrow,
    "convolutional-networks.svg": convolutional_wide,
    "convolutional-networks-narrow.svg": convolutional_narrow,
    "modern-cnns.svg": modern_wide,
    "modern-cnns-narrow.svg": modern_narrow,
}
