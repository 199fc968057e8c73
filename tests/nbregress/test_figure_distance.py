"""Measure the distance of figures that should pass and of figures that should fail.

``python tests/nbregress/test_figure_distance.py`` prints the table of ``figure_distance.md``.
"""

from __future__ import annotations

import functools
import io
import math
from collections.abc import Callable
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image
from scipy import ndimage
from sklearn.datasets import load_digits

from nbregress.figures import FIGURE_THRESHOLD, SIZE_SLACK, figure_distance

pytestmark = pytest.mark.skipif(
    tuple(map(int, matplotlib.__version__.split(".")[:2])) < (3, 11),
    reason="measured with the fonts of matplotlib 3.11; an older one hints them otherwise",
)
RECORD = Path(__file__).with_name("figure_distance.md")
CLASSES = ("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag")


def rendered(figure: Figure, margin: float = 0) -> np.ndarray:
    """Draw as a notebook does: 200 dots per inch, cut to what is drawn, plus ``margin`` pixels."""
    file = io.BytesIO()
    figure.savefig(file, dpi=200, bbox_inches="tight", pad_inches=0.1 + margin / 200)
    return np.asarray(Image.open(file).convert("RGB"), np.float32) / 255


def curves(
    labels=("train loss", "validation loss", "validation accuracy"),
    colors=("C0", "C1", "C2"),
    styles=("-", "-", "-"),
    drawn=(0, 1, 2),
    factor=1.0,
    peak=0.0,
    noise=0.0,
    margin=0.0,
    **axes,
) -> np.ndarray:
    rng = np.random.default_rng(0)
    x = np.linspace(0, 10, 60)
    train = np.exp(-x / 3) + 0.05 + 0.01 * rng.normal(size=60)
    train[30] += peak
    validation = factor * (np.exp(-x / 4) + 0.12 + 0.01 * rng.normal(size=60))
    figure = Figure(figsize=(6, 3))
    ax = figure.subplots()
    for i, y in enumerate((train, validation, 1 - 0.6 * np.exp(-x / 2))):
        if i in drawn:
            y = y * (1 + noise * rng.normal(size=60))
            ax.plot(x, y, color=colors[i], linestyle=styles[i], label=labels[i])
    ax.grid(alpha=0.3)
    ax.legend(loc="center right")
    ax.set(**{"xlabel": "epoch", "ylabel": "loss", "xlim": (-0.5, 10.5), "ylim": (0, 1.25), **axes})
    return rendered(figure, margin)


def images(changed=None, moved=None, title=None, cmap="gray", noise=0.0, margin=0.0) -> np.ndarray:
    digits = load_digits().images / 16
    figure = Figure(figsize=(6, 2))
    for i, ax in enumerate(figure.subplots(2, 8).flat):
        picture = ndimage.zoom(digits[40 if i == changed else i], 3.5, order=1)
        picture = np.roll(picture, 1, axis=1) if i == moved else picture
        picture = picture + noise * np.random.default_rng(i).normal(size=picture.shape)
        ax.imshow(picture, cmap=cmap, vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
        ax.set_title(CLASSES[(i + (i == title)) % len(CLASSES)], fontsize=9)
    return rendered(figure, margin)


def regions(turn=0.0, missing=None, moved=None, cmap="RdBu", noise=0.0, margin=0.0) -> np.ndarray:
    points = np.random.default_rng(1).normal(size=(40, 2))
    if moved is not None:
        points[moved] += 0.3
    points = points + noise * np.random.default_rng(2).normal(size=points.shape)
    points = np.delete(points, [] if missing is None else [missing], axis=0)
    x, y = np.meshgrid(np.linspace(-3, 3, 200), np.linspace(-3, 3, 200))
    figure = Figure(figsize=(4, 3))
    ax = figure.subplots()
    ax.contourf(x, y, np.sin(x + turn) + y, levels=10, cmap=cmap, alpha=0.5)
    ax.scatter(*points.T, c="k", s=20)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-3, 3), ylim=(-3, 3))
    return rendered(figure, margin)


@functools.cache
def original(draw: Callable[..., np.ndarray]) -> np.ndarray:
    return draw()


RENDERING = {
    "text.hinting: none": {"text.hinting": "none"},
    "text.hinting: no_autohint": {"text.hinting": "no_autohint"},
    "text.antialiased: False": {"text.antialiased": False},
    "lines.antialiased: False": {"lines.antialiased": False},
    "patch.antialiased: False": {"patch.antialiased": False},
    "path.simplify: False": {"path.simplify": False},
    "path.simplify_threshold: 1": {"path.simplify_threshold": 1.0},
    "path.snap: False": {"path.snap": False},
    "agg.path.chunksize: 100": {"agg.path.chunksize": 100},
}
SAME_DATA = {
    "a margin wider by 1 pixel in all": {"margin": 0.5},
    "a margin wider by 2 pixels in all": {"margin": 1.0},
    "values off by 0.1 %": {"noise": 1e-3},
}
SAME = [
    (draw, name, settings, {})
    for draw in (curves, images, regions)
    for name, settings in RENDERING.items()
] + [
    (draw, name, {}, arguments)
    for draw in (curves, images, regions)
    for name, arguments in SAME_DATA.items()
]
WRONG = [
    (draw, name, {}, arguments)
    for draw, name, arguments in [
        (curves, "one curve 3 % higher", {"factor": 1.03}),
        (curves, "a peak in one curve, 5 % of the axis", {"peak": 0.06}),
        (curves, "a missing line", {"drawn": (0, 2)}),
        (curves, "a dashed line", {"styles": ("-", "--", "-")}),
        (curves, "two colors swapped", {"colors": ("C1", "C0", "C2")}),
        (curves, "another color", {"colors": ("C0", "C1", "C3")}),
        (
            curves,
            "two labels swapped",
            {"labels": ("validation loss", "train loss", "validation accuracy")},
        ),
        (
            curves,
            "two similar labels swapped",
            {"labels": ("train loss", "validation accuracy", "validation loss")},
        ),
        (curves, "another label of the y axis", {"ylabel": "error"}),
        (curves, "one letter more in the x axis", {"xlabel": "epochs"}),
        (curves, "another range of x", {"xlim": (-0.5, 10.3)}),
        (curves, "another range of y", {"ylim": (0, 1.28)}),
        (curves, "tick labels of another unit", {"xticks": [0, 5, 10]}),
        (images, "another image", {"changed": 3}),
        (images, "an image moved by one of its 28 pixels", {"moved": 3}),
        (images, "another title", {"title": 4}),
        (images, "an inverted color map", {"cmap": "gray_r"}),
        (regions, "a region moved by 2 % of the axis", {"turn": 0.1}),
        (regions, "a missing point", {"missing": 4}),
        (regions, "a moved point", {"moved": 4}),
        (regions, "another color map", {"cmap": "PuOr"}),
    ]
]


def measured(draw, settings, arguments) -> float:
    """The distance to the original figure; infinite if the size differs."""
    with matplotlib.rc_context(settings):
        other = draw(**arguments)
    expected = original(draw)
    if np.abs(np.subtract(other.shape, expected.shape)).max() > SIZE_SLACK:
        return math.inf
    return figure_distance(expected, other)[0]


@pytest.mark.parametrize(("draw", "name", "settings", "arguments"), SAME)
def test_a_figure_that_is_drawn_otherwise_passes_with_room_to_spare(
    draw, name, settings, arguments
):
    assert measured(draw, settings, arguments) < FIGURE_THRESHOLD / 1.5


@pytest.mark.parametrize(("draw", "name", "settings", "arguments"), WRONG)
def test_a_figure_that_shows_something_else_fails_with_room_to_spare(
    draw, name, settings, arguments
):
    assert measured(draw, settings, arguments) > FIGURE_THRESHOLD * 1.5


def test_the_record_has_each_figure_and_the_threshold():
    record = RECORD.read_text(encoding="utf-8")
    assert f"**{FIGURE_THRESHOLD:g}**" in record
    for draw, name, _, _ in SAME + WRONG:
        assert f"| {draw.__name__}: {name} |" in record


if __name__ == "__main__":
    for title, cases in (("should pass", SAME), ("should fail", WRONG)):
        print(f"\n| {title} | distance |\n|---|---|")
        rows = [(measured(d, s, a), f"{d.__name__}: {name}") for d, name, s, a in cases]
        for distance, name in sorted(rows, reverse=title == "should pass"):
            print(f"| {name} | {distance:.3f} |")
