"""What a loss averages over, and what it asks of scores and labels."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Loss = Callable[[Tensor, Tensor], Tensor]


def is_classification(scores: Tensor, y: Tensor) -> bool:
    """Whether ``scores`` (B, C, ...) has one number per class for each label in ``y`` (B, ...)."""
    return (
        scores.ndim == y.ndim + 1
        and scores.shape[:1] + scores.shape[2:] == y.shape
        and scores.shape[1] > 1
        and _counts_classes(y)
    )


class MeanLoss:
    """A loss that says what its mean is a mean over, and explains its mistakes.

    The losses of torch average over all labels, with two exceptions: ``cross_entropy`` and
    ``nll_loss`` leave out the labels that equal ``ignore_index`` and weigh each of the others
    by the ``weight`` of its class. A function of the reader's own must average over all labels
    but those of -100; whether it does is tried on parts of the first batch.

    Args:
        loss: takes scores (B, ...) and labels (B, ...), gives one number.

    Raises:
        ValueError: the loss is not such a mean, or scores and labels do not fit together.
    """

    def __init__(self, loss: Loss) -> None:
        if not callable(loss) or isinstance(loss, type):
            raise ValueError(_no_number(getattr(loss, "__name__", type(loss).__name__)))
        core, options = loss, {}
        while isinstance(core, partial):
            core, options = core.func, core.keywords | options
        self._loss = loss
        self._by_class = core in (F.cross_entropy, F.nll_loss) or isinstance(
            core, (nn.CrossEntropyLoss, nn.NLLLoss)
        )
        self._from_torch = self._by_class or (
            type(core).__module__ == "torch.nn.modules.loss"
            or getattr(core, "__module__", "") == "torch.nn.functional"
        )
        margin = core is F.multi_margin_loss or isinstance(core, nn.MultiMarginLoss)
        self._elementwise = self._from_torch and not (self._by_class or margin)
        self._tried = self._from_torch
        self._weights = self._option(core, options, "weight", None) if self._by_class else None
        self.ignored: int = self._option(core, options, "ignore_index", -100)
        if self._option(core, options, "reduction", "mean") == "sum":
            raise ValueError(
                "loss: expected the mean over a batch, found reduction='sum', which grows with "
                "the batch; leave the reduction out"
            )

    def _option(self, core: Loss, options: dict, name: str, default: object) -> object:
        return options.get(name, getattr(core, name, default) if self._from_torch else default)

    def __call__(self, scores: Tensor, y: Tensor) -> Tensor:
        """The loss of one batch, (), after a look at the shapes."""
        self._check_shapes(scores, y)
        try:
            value = self._loss(scores, y)
        except IndexError as error:
            self._explain_labels(scores, y, error)
            raise
        if not isinstance(value, Tensor) or value.numel() != 1:
            found = type(value).__name__
            raise ValueError(
                _no_number(f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else found)
            )
        if not self._tried:
            self._try_parts(scores.detach(), y, float(value))
            self._tried = True
        return value if value.ndim == 0 else value.reshape(())

    def count(self, y: Tensor) -> tuple[int | Tensor, int | Tensor]:
        """How many labels of a batch count, and the weight of its mean among other means."""
        if self._elementwise or not _counts_classes(y):
            return y.numel(), y.numel()
        kept = y != self.ignored
        labels = kept.count_nonzero()
        if self._weights is None:
            return labels, labels
        return labels, (self._weights.to(y.device)[torch.where(kept, y, 0)] * kept).sum()

    def _check_shapes(self, scores: Tensor, y: Tensor) -> None:
        if not isinstance(scores, Tensor):
            raise ValueError(
                f"net: expected a tensor of scores, found {type(scores).__name__}; "
                "wrap the network in a module that returns the one tensor that the loss needs"
            )
        if self._by_class:
            fits = is_classification(scores, y) or (
                scores.shape == y.shape and not _counts_classes(y)  # probabilities
            )
        else:
            fits = scores.shape == y.shape or (
                not self._elementwise
                and (is_classification(scores, y) or not _all_with_all(scores, y))
            )
        if not fits:
            expected = "(B, classes, ...) and (B, ...)" if self._by_class else "the same shape"
            raise ValueError(
                f"scores and labels: expected {expected}, found {tuple(scores.shape)} and "
                f"{tuple(y.shape)}; {_remedy(scores, y, self._by_class)}"
            )

    def _explain_labels(self, scores: Tensor, y: Tensor, error: IndexError) -> None:
        classes = scores.shape[1] if is_classification(scores, y) else math.inf
        counted = y[y != self.ignored]
        if counted.numel() and (counted.min() < 0 or counted.max() >= classes):
            raise ValueError(
                f"labels: expected classes in 0..{classes - 1}, because the network gives "
                f"{classes} scores, found {counted.min().item()}..{counted.max().item()}"
            ) from error

    def _try_parts(self, scores: Tensor, y: Tensor, whole: float) -> None:
        if len(scores) != len(y) or y.is_complex() or not math.isfinite(whole):
            return
        by_label = y.reshape(len(y), -1).sum(dim=1).argsort()  # so that weights of classes differ
        parts = [(scores[rows], y[rows]) for rows in by_label.tensor_split(min(4, len(y)))]
        weights = [float(self.count(labels)[1]) for _, labels in parts]
        with torch.no_grad():
            means = [float(self._loss(*part)) if w else 0.0 for part, w in zip(parts, weights)]
        if not sum(weights):
            return
        together = sum(mean * weight for mean, weight in zip(means, weights)) / sum(weights)
        room = 1e-4 if scores.dtype in (torch.float32, torch.float64) else 2e-2
        if not abs(whole - together) <= room * max(map(abs, means)) + 1e-7:  # nan is not either
            raise ValueError(
                f"loss: expected the mean over the labels of a batch, found {whole:.4g} for one "
                f"batch and {together:.4g} as the mean of its parts, so that the result would "
                "depend on the batch size; divide a sum by the number of labels, and for class "
                "weights or ignored labels give nn.CrossEntropyLoss(...) itself"
            )


def _no_number(found: str) -> str:
    return (
        "loss: expected a function that gives one number, the mean over a batch, found "
        f"{found}; write nn.MSELoss() with parentheses, and no reduction='none'"
    )


def _counts_classes(y: Tensor) -> bool:
    return not (y.is_floating_point() or y.is_complex() or y.dtype == torch.bool)


def _remedy(scores: Tensor, y: Tensor, by_class: bool) -> str:
    if by_class and scores.shape == y.shape:
        return "labels are the numbers of the classes; for one-hot labels use y.argmax(dim=1)"
    if by_class and not _counts_classes(y):
        return f"labels are whole numbers, these are {y.dtype}; use y.long()"
    if by_class and y.ndim == scores.ndim and y.shape[1] == 1:
        return "use y.squeeze(1)"
    if by_class:
        return "the classes, at least two, lie on axis 1; try scores.movedim(-1, 1)"
    if scores.numel() == y.numel():
        shape = ", ".join(str(size) for size in (-1, *scores.shape[1:]))
        return f"each score would be compared with every label; use y.reshape({shape})"
    return "the network must give as many numbers as there are labels (for classes: cross_entropy)"


def _all_with_all(scores: Tensor, y: Tensor) -> bool:
    """Whether arithmetic would repeat one of the two along the other's batch axis."""
    shapes = [scores.shape, y.shape]
    if len(scores) == len(y):
        if scores.ndim == y.ndim:
            return False
        batch = 1 + scores.numel()  # a size that no other axis has, or one may fit by chance
        shapes = [(batch, *shape[1:]) for shape in shapes]
    try:
        torch.broadcast_shapes(*shapes)
    except RuntimeError:
        return False
    return True
