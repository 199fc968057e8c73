"""The book's figure style, training curves, and grids of images."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from torch import Tensor

from .notebook import LiveOutput, draw_figures_as_images, in_notebook, shown_once
from .pictures import as_pictures, class_names
from .training import History


def use_book_style() -> None:
    """Draw and print like the book: its colors and sizes, and lines of at most 78 characters.

    The settings of the drawings lie in ``book.mplstyle`` beside this file; in a notebook figures
    have twice the pixel density. Those of the prints are torch's and NumPy's, and pandas' where
    it is imported before.
    """
    plt.style.use("d2lhelpers.book")
    torch.set_printoptions(linewidth=74)  # torch does not count the closing brackets
    np.set_printoptions(linewidth=78)
    if "pandas" in sys.modules:
        sys.modules["pandas"].set_option("display.width", 78)
    if in_notebook():
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("retina")


def plot_history(
    history: History, axes: Sequence[Axes] | None = None, *, test_name: str = "test"
) -> Figure:
    """Loss and accuracy against the epoch, training solid, test dashed.

    Args:
        history: with at least one epoch.
        axes: two axes to draw into; a new figure without.
        test_name: what the legend calls the dashed lines, for instance "validation".

    Returns:
        the figure; its right half is left out where there is no accuracy.

    First used in :doc:`/chapters/pytorch-workbench/training-loop`.
    """
    names = ["loss", "accuracy"] if history.train_accuracy else ["loss"]
    if axes is None:
        _, axes = plt.subplots(1, len(names), squeeze=False)
        axes = axes[0]
    for ax, name in zip(axes, names):
        for part, style, label in (("train", "-", "train"), ("test", "--", test_name)):
            values = getattr(history, f"{part}_{name}")
            if values:
                ax.plot(range(1, len(values) + 1), values, style, marker="o", label=label)
        ax.set(xlabel="epoch", ylabel=name)
        ax.xaxis.get_major_locator().set_params(integer=True)
    if history.test_loss:
        axes[0].legend(loc="upper right")
    return shown_once(axes[0].figure)


class LiveCurves:
    """A callback for :func:`~d2lhelpers.training.fit` that draws the curves as they grow.

    In a notebook every run has one output, updated in place, or drawn once at the end where the
    front end cannot update; elsewhere nothing is opened. ``figure`` holds the drawing of the last
    run, ready for ``savefig``.

    Args:
        seconds_between: redraw at most this often, in seconds, so that drawing does not slow
            the training. The last epoch is always drawn.
        test_name: what the legend calls the batches that ``fit`` evaluates on.

    >>> curves = LiveCurves()
    >>> times = {"seconds": [0.1, 0.1], "samples": [9, 9]}
    >>> curves(History(epochs=2, train_loss=[2.0, 1.0], **times))
    >>> curves.figure.axes[0].get_ylabel()
    'loss'
    """

    def __init__(self, seconds_between: float = 1.0, *, test_name: str = "test") -> None:
        self.figure: Figure | None = None
        self._test_name = test_name
        self._epochs = 0
        self._between = seconds_between

    def __call__(self, history: History) -> None:
        """Draw, unless the last drawing is too young."""
        epochs = len(history.seconds)
        if self.figure is None or epochs <= self._epochs:  # another run
            self.figure = Figure()  # not made by pyplot, which would show it a second time
            self.figure.subplots(1, 2 if history.train_accuracy else 1)
            self._output, self._next = LiveOutput(), 0.0
        self._epochs = epochs
        last = epochs >= history.epochs
        if last or time.monotonic() >= self._next:
            for ax in self.figure.axes:
                ax.clear()
            plot_history(history, self.figure.axes, test_name=self._test_name)
            if in_notebook():
                draw_figures_as_images()
                self._output.show(self.figure, last=last)
            self._next = time.monotonic() + self._between


def show_images(
    images: Tensor,
    labels: Tensor | None = None,
    predictions: Tensor | None = None,
    *,
    classes: Sequence[str] | None = None,
    columns: int = 8,
) -> Figure:
    """Images in a grid, each with its class and, if given, with what a model took it for.

    A wrong prediction stands below the image behind a ✗ and in color, so that color is not
    the only sign.

    Args:
        images: gray of shape (N, H, W), (N, 1, H, W) or (N, H, W, 1), any range, where each
            image uses the full gray scale; or colored of shape (N, 3, H, W) or (N, H, W, 3),
            whole numbers in 0..255 or floats in [0, 1]. Each colored image of another range is
            stretched to the full one. Tensors, arrays, or a list of them.
        labels, predictions: (N,), whole numbers.
        classes: names to print in the place of the numbers.
        columns: images in a row, at least 1.

    Raises:
        ValueError: images, labels and predictions differ in number or have another shape, there
            is no image, or a number has no name in ``classes``.

    Built in :doc:`/chapters/classification/softmax-regression`.
    """
    pictures = as_pictures(images)
    count = len(pictures)
    if count == 0:
        raise ValueError("images: expected at least one, found none")
    if columns < 1:
        raise ValueError(f"columns: expected at least 1, found {columns}")
    truth, guesses = (
        None if values is None else class_names(name, values, count, classes)
        for name, values in (("labels", labels), ("predictions", predictions))
    )
    columns = min(columns, count)
    rows = -(-count // columns)
    height = 0.8 + 0.15 * (truth is not None) + 0.15 * (guesses is not None)
    figure, grid = plt.subplots(
        rows, columns, figsize=(0.8 * columns, height * rows), squeeze=False
    )
    for ax in grid.flat:
        ax.axis("off")
    for i, ax in zip(range(count), grid.flat):
        ax.imshow(pictures[i].numpy())
        if truth is not None:
            ax.set_title(truth[i], fontsize=8, pad=2)
        if guesses is not None:
            right = truth is not None and guesses[i] == truth[i]
            text, color = ("✓", "#00694c") if right else (f"✗ {guesses[i]}", "#b34700")
            ax.text(0.5, -0.04, text, transform=ax.transAxes, ha="center", va="top",
                    fontsize=8, color=color)  # fmt: skip
    return shown_once(figure)


def draw_vectors(
    ax: Axes,
    vectors: Tensor,
    starts: Tensor | None = None,
    *,
    labels: Sequence[str] = (),
    colors: Sequence[str] = (),
) -> None:
    """Arrows in the plane, with one unit equally long on both axes.

    The axes' limits grow so that every arrow lies inside.

    Args:
        ax: where to draw.
        vectors: (N, 2), how far each arrow goes in x and y.
        starts: (N, 2), where each arrow begins; all at the origin without.
        labels: texts beside the middles of the arrows, one per arrow, "" for none. They stand
            on the side that faces away from the center of the drawing.
        colors: one per arrow; the style's cycle without.

    Raises:
        ValueError: vectors or starts have another shape.

    Built in :doc:`/chapters/preliminaries/vectors-and-norms`.
    """
    vectors = torch.as_tensor(vectors).detach().cpu().double()
    starts = torch.zeros_like(vectors) if starts is None else starts
    starts = torch.as_tensor(starts).detach().cpu().double()
    if vectors.ndim != 2 or vectors.shape[1] != 2 or starts.shape != vectors.shape:
        raise ValueError(
            f"vectors and starts: expected shape (N, 2) for both, "
            f"found {tuple(vectors.shape)} and {tuple(starts.shape)}"
        )
    ends = starts + vectors
    center = torch.cat([starts, ends]).mean(dim=0)
    for i, (start, end) in enumerate(zip(starts.tolist(), ends.tolist())):
        color = colors[i] if colors else f"C{i}"
        ax.annotate(
            "", end, start,
            arrowprops={"arrowstyle": "-|>", "color": color, "lw": 1.8, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        if i < len(labels) and labels[i]:
            middle = (starts[i] + ends[i]) / 2
            side = torch.stack([-vectors[i, 1], vectors[i, 0]])  # a quarter turn to the left
            side = side / side.norm().clamp(min=1e-9)
            x, y = (-side if side @ (center - middle) > 0 else side).tolist()
            ax.annotate(
                labels[i], middle.tolist(), (4 * x, 4 * y), textcoords="offset points", color=color,
                ha="left" if x > 0.4 else "right" if x < -0.4 else "center",
                va="bottom" if y > 0.4 else "top" if y < -0.4 else "center",
            )  # fmt: skip
    ax.plot(*torch.cat([starts, ends]).T.tolist(), ls="none")  # arrows alone move no limits
    ax.set_aspect("equal", adjustable="datalim")


def draw_contours(
    ax: Axes,
    function: Callable[[Tensor, Tensor], Tensor],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    *,
    levels: int | Sequence[float] = 12,
    steps: int = 101,
) -> ContourSet:
    """Lines of equal value of a function of two variables.

    Args:
        ax: where to draw.
        function: takes x and y, both (steps, steps), and returns the values, same shape.
        x_range, y_range: smallest and largest coordinate.
        levels: how many lines, or the values they stand for, rising.
        steps: grid points in each direction.

    Returns:
        the lines, dark where the function is low, for instance for ``ax.clabel``.

    Built in :doc:`/chapters/preliminaries/gradients-and-jacobians`.
    """
    y, x = torch.meshgrid(
        torch.linspace(*y_range, steps), torch.linspace(*x_range, steps), indexing="ij"
    )
    with torch.no_grad():
        values = function(x, y)
    colors = matplotlib.colormaps["viridis"].resampled(10)(range(7))  # the last are too pale
    cmap = LinearSegmentedColormap.from_list("contours", colors)
    return ax.contour(x, y, values.cpu(), levels=levels, cmap=cmap, linewidths=1.2)
