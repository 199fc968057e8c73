"""Draw the picture that stands beside a link to the book: softmax regions of three classes.

    python tools/drawings/draw_preview.py

Writes chapters/_static/preview.png, 1200 x 630 pixels, the size that sites for sharing ask for.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

STATIC = Path(__file__).resolve().parents[2] / "chapters" / "_static"
INK, PAPER = "#0b5a8a", "#ffffff"
COLORS = np.array([[0, 114, 178], [230, 159, 0], [0, 158, 115]]) / 255
WEIGHTS = np.array([[-2.6, -1.0], [2.8, -1.2], [0.2, 3.0]])
CENTERS = np.array([[-0.55, -0.3], [0.55, -0.3], [0.0, 0.6]])


def regions(side: int = 630) -> np.ndarray:
    """(side, side, 3): class colors mixed by their probabilities."""
    axis = np.linspace(-1.2, 1.2, side)
    x, y = np.meshgrid(axis, axis[::-1])
    scores = np.stack([x, y], axis=-1) @ WEIGHTS.T  # (side, side, 3)
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    sure = probabilities.max(axis=-1, keepdims=True)
    return (probabilities @ COLORS) * sure + (1 - sure)


def main() -> None:
    """Write the picture."""
    figure = plt.figure(figsize=(12, 6.3), dpi=100, facecolor=INK)
    ax = figure.add_axes((570 / 1200, 0, 630 / 1200, 1))
    ax.imshow(regions(), extent=(-1.2, 1.2, -1.2, 1.2))
    generator = np.random.default_rng(0)
    for center, color in zip(CENTERS, COLORS):
        points = center + 0.2 * generator.standard_normal((16, 2))
        ax.plot(*points.T, "o", color=color, markersize=11, markeredgecolor=PAPER)
    ax.set(xlim=(-1.2, 1.2), ylim=(-1.2, 1.2))
    ax.axis("off")
    mark = figure.add_axes((0.045, 0.68, 0.1, 0.19))
    mark.plot([12, 20, 28, 52], [-30, -39, -46, -18], "-", color=PAPER, linewidth=7,
              solid_capstyle="round", clip_on=False)  # fmt: skip
    mark.plot([12, 20, 28], [-30, -39, -46], "o", color=PAPER, markersize=13, clip_on=False)
    mark.set_aspect("equal")
    mark.axis("off")
    title = "Deep Learning,\nRun and Checked"
    promise = "From tensors to object detection\nin PyTorch, one small\nexperiment at a time"
    figure.text(0.05, 0.39, title, color=PAPER, size=34, weight="bold")
    figure.text(0.05, 0.17, promise, color=PAPER, size=19, linespacing=1.4)
    figure.savefig(STATIC / "preview.png", metadata={"Software": None})


if __name__ == "__main__":
    main()
