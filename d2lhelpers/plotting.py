"""The book's figure style, training curves, and grids of images."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import matplotlib
import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from torch import Tensor

from .progress import in_notebook
from .training import History


def use_book_style() -> None:
    """Draw like the book: its colors and sizes, and in a notebook twice the pixel density.

    The settings lie in ``book.mplstyle`` beside this file.
    """
    plt.style.use("d2lhelpers.book")
    if in_notebook():
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("retina")


def plot_history(history: History, axes: Sequence[Axes] | None = None) -> Figure:
    """Loss and accuracy against the epoch, training solid, test dashed.

    Args:
        history: with at least one epoch.
        axes: two axes to draw into; a new figure without.

    Returns:
        the figure; its right half is left out where there is no accuracy.

    First used in :doc:`/chapters/pytorch-workbench/training-loop`.
    """
    names = ["loss", "accuracy"] if history.train_accuracy else ["loss"]
    if axes is None:
        _, axes = plt.subplots(1, len(names), squeeze=False)
        axes = axes[0]
    for ax, name in zip(axes, names):
        for part, style in (("train", "-"), ("test", "--")):
            values = getattr(history, f"{part}_{name}")
            if values:
                ax.plot(range(1, len(values) + 1), values, style, marker="o", label=part)
        ax.set(xlabel="epoch", ylabel=name)
        ax.xaxis.get_major_locator().set_params(integer=True)
    if history.test_loss:
        axes[0].legend(loc="upper right")
    return axes[0].figure


class LiveCurves:
    """A callback for :func:`~d2lhelpers.training.fit` that draws the curves as they grow.

    In a notebook there is one output, updated in place; elsewhere nothing is opened, and
    ``figure`` holds the drawing, ready for ``savefig``.

    Args:
        seconds_between: redraw at most this often, in seconds, so that drawing does not slow
            the training. The last epoch is always drawn.

    >>> curves = LiveCurves()
    >>> curves(History(epochs=2, train_loss=[2.0, 1.0], seconds=[0.1, 0.1], samples=[9, 9]))
    >>> curves.figure.axes[0].get_ylabel()
    'loss'
    """

    def __init__(self, seconds_between: float = 1.0) -> None:
        self.figure: Figure | None = None
        self._between = seconds_between
        self._next = 0.0
        self._handle = None

    def __call__(self, history: History) -> None:
        """Draw, unless the last drawing is too young."""
        last = len(history.seconds) >= history.epochs
        if last or time.monotonic() >= self._next:
            self._draw(history)
            self._next = time.monotonic() + self._between

    def _draw(self, history: History) -> None:
        if self.figure is None:
            self.figure = Figure()  # not made by pyplot, which would show it a second time
            self.figure.subplots(1, 2 if history.train_accuracy else 1)
        for ax in self.figure.axes:
            ax.clear()
        plot_history(history, self.figure.axes)
        if in_notebook():
            from IPython.display import display

            if self._handle is None:
                self._handle = display(self.figure, display_id=True)
            else:
                self._handle.update(self.figure)


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
        images: (N, 1, H, W) or (N, H, W), any range; each image uses the full gray scale.
        labels, predictions: (N,), whole numbers.
        classes: names to print in the place of the numbers.
        columns: images in a row.

    Raises:
        ValueError: images, labels and predictions differ in number, or there is no image.

    Built in :doc:`/chapters/classification/softmax-regression`.
    """
    count = len(images)
    for name, values in (("labels", labels), ("predictions", predictions)):
        if values is not None and len(values) != count:
            raise ValueError(f"{name}: expected one per image ({count}), found {len(values)}")
    if count == 0:
        raise ValueError("images: expected at least one, found none")

    def call(values: Tensor, i: int) -> str:
        number = int(values[i])
        return classes[number] if classes else str(number)

    columns = min(columns, count)
    rows = -(-count // columns)
    height = 0.8 + 0.15 * (labels is not None) + 0.15 * (predictions is not None)
    figure, grid = plt.subplots(
        rows, columns, figsize=(0.8 * columns, height * rows), squeeze=False
    )
    for ax in grid.flat:
        ax.axis("off")
    for i, ax in zip(range(count), grid.flat):
        ax.imshow(images[i].squeeze().numpy(force=True))
        if labels is not None:
            ax.set_title(call(labels, i), fontsize=8, pad=2)
        if predictions is not None:
            right = labels is not None and int(labels[i]) == int(predictions[i])
            text, color = ("✓", "#00694c") if right else (f"✗ {call(predictions, i)}", "#b34700")
            ax.text(0.5, -0.04, text, transform=ax.transAxes, ha="center", va="top",
                    fontsize=8, color=color)  # fmt: skip
    return figure


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
