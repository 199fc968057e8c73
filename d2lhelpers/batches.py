"""Mini-batches of tensors in memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from .inputs import as_tensor


class Batches:
    """Mini-batches of tensors that already lie in memory (or on the GPU).

    A shuffled batch is one ``index_select``; an unshuffled one is a view. No worker process,
    no copy per image. Every pass over it (every epoch) shuffles anew.

    Args:
        X: (N, ...), the inputs; a tensor, or an array, table or list, whose float64
            becomes float32.
        y: (N, ...), the labels, on the same device; whole numbers become int64.
        batch_size: samples in a batch, at least 1; the last batch may be smaller.
        shuffle: draw a new order for every pass.
        drop_last: leave out a last batch that is smaller. Batch normalization
            cannot learn from a batch of one sample.
        num_classes: if given, labels must be whole numbers in 0..num_classes - 1.

    Yields:
        pairs ``X[batch], y[batch]``.

    Raises:
        ValueError: ``X`` or ``y`` holds no numbers, lengths or devices differ, the batch size is
            below 1 (or with ``drop_last`` above N), or a label names no class.

    Built in :doc:`/chapters/pytorch-workbench/datasets-and-dataloaders`.

    >>> X, y = torch.arange(10.), torch.arange(10)
    >>> [len(labels) for _, labels in Batches(X, y, batch_size=4)]
    [4, 4, 2]
    >>> len(Batches(X, y, batch_size=4, drop_last=True))
    2
    """

    def __init__(
        self,
        X: Tensor | np.ndarray,
        y: Tensor | np.ndarray,
        batch_size: int,
        *,
        shuffle: bool = False,
        drop_last: bool = False,
        num_classes: int | None = None,
    ) -> None:
        X, y = as_pairs(X, y)
        if not isinstance(batch_size, int) or batch_size < 1:
            raise ValueError(
                f"batch_size: expected a whole number of at least 1, found {batch_size!r}; "
                "a power of two such as 256 is a good start"
            )
        if drop_last and 0 < len(y) < batch_size:
            raise ValueError(
                f"batch_size: expected at most the {len(y):,} samples there are, found "
                f"{batch_size:,}; with drop_last=True no batch would be left"
            )
        if num_classes is not None:
            check_labels(y, num_classes)
        self.X, self.y, self.batch_size, self.shuffle = X, y, batch_size, shuffle
        self.drop_last = drop_last

    def __len__(self) -> int:
        """The number of batches in one pass."""
        whole, rest = divmod(len(self.y), self.batch_size)
        return whole if self.drop_last or not rest else whole + 1

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        order = torch.randperm(len(self.y)).to(self.y.device) if self.shuffle else None
        for batch in range(len(self)):
            part = slice(batch * self.batch_size, (batch + 1) * self.batch_size)
            if order is None:
                yield self.X[part], self.y[part]
            else:
                yield self.X.index_select(0, order[part]), self.y.index_select(0, order[part])


def as_pairs(X: Tensor | np.ndarray, y: Tensor | np.ndarray) -> tuple[Tensor, Tensor]:
    """Inputs and labels as tensors that go together: one label per sample, on one device.

    Raises:
        ValueError: one of them holds no numbers, or lengths or devices differ.
    """
    X, y = as_tensor(X, "X"), as_tensor(y, "y")
    for name, values in (("X", X), ("y", y)):
        if values.ndim == 0:
            raise ValueError(f"{name}: expected one row per sample, found a single number")
    if len(X) != len(y):
        raise ValueError(
            f"X and y: expected one label per sample, found {len(X):,} samples and "
            f"{len(y):,} labels; check that both were cut the same way"
        )
    if X.device != y.device:
        raise ValueError(
            f"X and y: expected both on one device, found {X.device} and {y.device}; "
            f"use y.to({str(X.device)!r})"
        )
    if y.dtype != torch.bool and not y.is_floating_point() and not y.is_complex():
        y = y.long()  # what the losses of PyTorch take
    return X, y


def check_labels(labels: Tensor, num_classes: int) -> None:
    """Raise a ValueError unless ``labels`` are whole numbers in 0..num_classes - 1."""
    if labels.is_floating_point():
        raise ValueError(f"labels: expected whole numbers, found {labels.dtype}; use .long()")
    if len(labels) and (labels.min() < 0 or labels.max() >= num_classes):
        wrong = labels[(labels < 0) | (labels >= num_classes)][0].item()
        raise ValueError(
            f"labels: expected values in 0..{num_classes - 1}, found {wrong}; "
            "classes are counted from 0"
        )
