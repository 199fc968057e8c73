"""The drawings that open parts 1 to 4, wide and narrow; see ``draw_figures.py``."""

from __future__ import annotations

import math
from collections.abc import Callable

from svg import ANSWER, TROUBLE, arrow, card, dot, grid, line, square, svg, text

Point = tuple[float, float]


def labeled_card(x: float, y: float, width: float, height: float, lines: list[str]) -> str:
    """A rounded box with centered words."""
    top = y + height / 2 + 5 - 8 * (len(lines) - 1)
    return card(x, y, width, height) + text(x + width / 2, top, lines, "name")


# Introduction: who writes the rule?

BY_HAND = [["image"], ["a rule that", "people wrote"], ["answer"]]
LEARNED = [["images and", "their answers"], ["learning"], ["a rule"]]


def introduction_wide() -> str:
    """Two rows of three boxes: a rule written by people, a rule found from examples."""
    parts = []
    for y, names, row in ((26, BY_HAND, "programming"), (126, LEARNED, "programming with data")):
        parts.append(text(1, y - 10, [row], "small", "start"))
        for number, lines in enumerate(names):
            x = 1 + 200 * number
            parts.append(labeled_card(x, y, 140, 56, lines))
            if number < 2:
                parts.append(arrow([(x + 146, y + 28), (x + 194, y + 28)]))
    parts.append(arrow([(471, 120), (471, 100), (270, 100), (270, 88)], ANSWER))
    parts.append(text(371, 116, ["takes its place"], "small"))
    return svg(544, 184, parts)


def introduction_narrow() -> str:
    """The same, the rows as columns."""
    parts = []
    rows = ((1, BY_HAND, ["programming"]), (165, LEARNED, ["programming", "with data"]))
    for x, names, row in rows:
        parts.append(text(x + 66, 14, row, "small"))
        for number, lines in enumerate(names):
            y = 42 + 90 * number
            parts.append(labeled_card(x, y, 132, 54, lines))
            if number < 2:
                parts.append(arrow([(x + 66, y + 58), (x + 66, y + 86)]))
    parts.append(arrow([(161, 249), (149, 249), (149, 159), (139, 159)], ANSWER))
    return svg(300, 290, parts)


# Preliminaries: seven ideas


def idea(kind: str, x: float, y: float) -> str:
    """A picture of 60 x 60 units with its upper left corner at (x, y)."""

    def at(points: list[Point]) -> list[Point]:
        return [(x + a, y + b) for a, b in points]

    if kind == "tensors":
        sheets = [square(x + 16 - 8 * i, y + 8 * i, 40) for i in range(2)]
        return "".join(sheets) + grid(x, y + 18, 13.3, 3, {(0, 1): 0.7, (1, 1): 0.7, (2, 1): 0.7})
    if kind == "vectors":
        heads = slanted(x + 4, y + 56, x + 52, y + 40) + slanted(x + 52, y + 40, x + 38, y + 6)
        return heads + slanted(x + 4, y + 56, x + 38, y + 6, ANSWER)
    if kind == "matrices":
        lines = []
        for step in range(4):
            lines.append(line(at([(4 + 13 * step, 56), (17 + 13 * step, 14)])))
            lines.append(
                line(at([(4 + 4.4 * step, 56 - 14 * step), (43 + 4.4 * step, 56 - 14 * step)]))
            )
        return "".join(lines)
    if kind == "slopes":
        curve = [(t, 56 - 0.016 * t * t) for t in range(0, 57, 4)]
        return line(at(curve)) + line(at([(16, 58), (58, 12)]), ANSWER) + dot(x + 36, y + 36)
    if kind == "gradients":
        rings = "".join(ring(x + 28, y + 34, r, 0.62 * r) for r in (10, 19, 28))
        return rings + slanted(x + 41, y + 22, x + 56, y + 0, ANSWER)
    if kind == "chance":
        bars = [(8, 6), (17, 20), (26, 38), (35, 36), (44, 18), (53, 8)]
        steps = "".join(line(at([(a - 4, 56), (a - 4, 56 - h), (a + 4, 56 - h), (a + 4, 56)]))
                        for a, h in bars)  # fmt: skip
        bell = [(t, 56 - 44 * math.exp(-(((t - 30) / 14) ** 2) / 2)) for t in range(0, 61, 3)]
        return steps + line(at(bell), ANSWER)
    nodes = [(8, 12), (8, 48), (32, 30), (54, 30)]
    links = [line(at([a, nodes[2]])) for a in nodes[:2]] + [line(at([nodes[2], nodes[3]]))]
    back = arrow(at([(54, 38), (54, 57), (22, 57)]), ANSWER)
    return "".join(links) + "".join(dot(x + a, y + b, radius=6) for a, b in nodes) + back


def slanted(x0: float, y0: float, x: float, y: float, color: str = "currentColor") -> str:
    """An arrow in any direction."""
    angle = math.atan2(y - y0, x - x0)
    wings = [(x - 9 * math.cos(angle + d), y - 9 * math.sin(angle + d)) for d in (0.45, -0.45)]
    return line([(x0, y0), (x, y)], color) + line([wings[0], (x, y), wings[1]], color)


def ring(x: float, y: float, width: float, height: float) -> str:
    """An ellipse around (x, y)."""
    return (
        f'<ellipse cx="{x:g}" cy="{y:g}" rx="{width:g}" ry="{height:g}" fill="none" '
        'stroke="currentColor" stroke-opacity="0.55"/>'
    )


IDEAS = {
    "tensors": ["where the", "numbers lie"],
    "vectors": ["lengths", "and angles"],
    "matrices": ["a plane", "is moved"],
    "slopes": ["curves", "and corners"],
    "gradients": ["which way", "is up"],
    "autograd": ["slopes of", "a program"],
    "chance": ["how far", "luck reaches"],
}


def preliminaries_wide() -> str:
    """Seven pictures from left to right."""
    parts = []
    for number, (name, words) in enumerate(IDEAS.items()):
        x = 22 + 98 * number
        parts += [idea(name, x, 8), text(x + 30, 96, [name], "name")]
        parts.append(text(x + 30, 114, words, "small"))
        if number < len(IDEAS) - 1:
            parts.append(arrow([(x + 68, 40), (x + 88, 40)]))
    return svg(690, 140, parts)


def preliminaries_narrow() -> str:
    """Two columns, the last idea in the first."""
    parts = []
    for number, (name, words) in enumerate(IDEAS.items()):
        x, y = 40 + 150 * (number % 2), 8 + 150 * (number // 2)
        parts += [idea(name, x, y), text(x + 30, y + 88, [name], "name")]
        parts.append(text(x + 30, y + 106, words, "small"))
    return svg(300, 600, parts)


# Linear regression: three ways down

WAYS: dict[str, tuple[list[str], list[Point]]] = {
    "closed form": (["an equation,", "solved at once"], [(-62, -28), (0, 0)]),
    "gradient descent": (
        ["few steps,", "all data in each"],
        [(-62, -28), (-40, 6), (-24, -6), (-13, 3), (0, 0)],
    ),
    "mini-batches": (
        ["many steps, some", "samples in each"],
        [(-62, -28), (-52, -10), (-46, -18), (-36, 2), (-30, -9), (-21, 5), (-17, -6), (-9, 4),
         (-8, -4), (-2, 2), (2, -2)],
    ),
}  # fmt: skip


def way(name: str, x: float, y: float) -> str:
    """Rings around the lowest point, with a path to it; the center at (x, y)."""
    words, path = WAYS[name]
    points = [(x + a, y + b) for a, b in path]
    rings = "".join(ring(x, y, 22 * r, 11 * r) for r in (1, 2, 3, 4))
    head = slanted(*points[-2], *points[-1], ANSWER) if len(points) == 2 else ""
    steps = "".join(dot(a, b, radius=2.6) for a, b in points)
    labels = text(x, y + 68, [name], "name") + text(x, y + 86, words, "small")
    return rings + line(points, ANSWER) + head + steps + labels


def linear_regression_wide() -> str:
    """Three bowls side by side."""
    return svg(640, 166, [way(name, 106 + 214 * i, 52) for i, name in enumerate(WAYS)])


def linear_regression_narrow() -> str:
    """Three bowls from top to bottom."""
    return svg(240, 486, [way(name, 120, 52 + 162 * i) for i, name in enumerate(WAYS)])


# The workbench: what is always the same

LOOP = [["data set"], ["batch"], ["network"], ["loss"]]


def workbench_wide() -> str:
    """Four boxes in a row, and the way back through the gradient to the weights."""
    parts = []
    for number, lines in enumerate(LOOP):
        x = 1 + 160 * number
        parts.append(labeled_card(x, 12, 108, 50, lines))
        if number < len(LOOP) - 1:
            parts.append(arrow([(x + 114, 37), (x + 154, 37)]))
    parts.append(arrow([(535, 68), (535, 104), (375, 104), (375, 68)], TROUBLE))
    parts.append(text(455, 123, ["backward, step, reset"], "trouble"))
    parts.append(arrow([(375, 104), (215, 104), (215, 68)]))
    parts.append(text(290, 123, ["next batch"], "small"))
    return svg(592, 134, parts)


def workbench_narrow() -> str:
    """The same from top to bottom."""
    parts = []
    for number, lines in enumerate(LOOP):
        y = 1 + 86 * number
        parts.append(labeled_card(10, y, 120, 46, lines))
        if number < len(LOOP) - 1:
            parts.append(arrow([(70, y + 50), (70, y + 82)]))
    parts.append(arrow([(134, 282), (160, 282), (160, 196), (136, 196)], TROUBLE))
    parts.append(text(168, 232, ["backward,", "step, reset"], "trouble", "start"))
    parts.append(arrow([(160, 196), (160, 110), (136, 110)]))
    parts.append(text(168, 156, ["next batch"], "small", "start"))
    return svg(270, 312, parts)


DRAWINGS: dict[str, Callable[[], str]] = {
    "introduction.svg": introduction_wide,
    "introduction-narrow.svg": introduction_narrow,
    "preliminaries.svg": preliminaries_wide,
    "preliminaries-narrow.svg": preliminaries_narrow,
    "linear-regression.svg": linear_regression_wide,
    "linear-regression-narrow.svg": linear_regression_narrow,
    "workbench.svg": workbench_wide,
    "workbench-narrow.svg": workbench_narrow,
}
