"""Real image sets as tensors, and mini-batches of tensors that already lie in memory.

Where a set comes from, and how its files are checked, is the matter of
:mod:`d2lhelpers.download`. Where no copy can be had, 1,797 real handwritten digits that come
with scikit-learn stand in, and a line says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from . import download
from .download import SHA256, DataUnavailable, is_available

__all__ = [
    "SHA256",
    "Batches",
    "DataUnavailable",
    "ImageSet",
    "is_available",
    "load_digits",
    "load_fashion_mnist",
    "load_mnist",
]

DIGITS = tuple("0123456789")
CLOTHES = (
    "T-shirt", "trousers", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class ImageSet:
    """Images with their labels.

    Attributes:
        images: (N, 1, 28, 28), float32 in [0, 1].
        labels: (N,), int64 in 0..len(classes) - 1.
        classes: the name of each class.
        name: what the data really are, for instance ``"Fashion-MNIST"`` or ``"digits"``.

    Raises:
        ValueError: images and labels differ in number, or a label names no class.
    """

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    name: str

    def __post_init__(self) -> None:
        _check_pairs(self.images, self.labels)
        _check_labels(self.labels, len(self.classes))

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        size = " x ".join(str(side) for side in self.images.shape[1:])
        return f"{self.name}: {len(self):,} images of {size}, {len(self.classes)} classes"

    def to(self, device: torch.device | str) -> ImageSet:
        """The same set on ``device``."""
        return ImageSet(self.images.to(device), self.labels.to(device), self.classes, self.name)


class Batches:
    """Mini-batches of tensors that already lie in memory (or on the GPU).

    A shuffled batch is one ``index_select``; an unshuffled one is a view. No worker process,
    no copy per image. Every pass over it (every epoch) shuffles anew.

    Args:
        X: (N, ...), the inputs.
        y: (N, ...), the labels, on the same device.
        batch_size: samples in a batch, at least 1; the last batch may be smaller.
        shuffle: draw a new order for every pass.
        num_classes: if given, labels must be whole numbers in 0..num_classes - 1.

    Yields:
        pairs ``X[batch], y[batch]``.

    Raises:
        ValueError: lengths differ, the batch size is below 1, or a label names no class.

    Built in :doc:`/chapters/pytorch-workbench/datasets-and-dataloaders`.

    >>> X, y = torch.arange(10.), torch.arange(10)
    >>> [len(labels) for _, labels in Batches(X, y, batch_size=4)]
    [4, 4, 2]
    """

    def __init__(
        self,
        X: Tensor,
        y: Tensor,
        batch_size: int,
        *,
        shuffle: bool = False,
        num_classes: int | None = None,
    ) -> None:
        _check_pairs(X, y)
        if not isinstance(batch_size, int) or batch_size < 1:
            raise ValueError(
                f"batch_size: expected a whole number of at least 1, found {batch_size!r}; "
                "a power of two such as 256 is a good start"
            )
        if num_classes is not None:
            _check_labels(y, num_classes)
        self.X, self.y, self.batch_size, self.shuffle = X, y, batch_size, shuffle

    def __len__(self) -> int:
        """The number of batches in one pass."""
        return -(-len(self.y) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        count = len(self.y)
        order = torch.randperm(count).to(self.y.device) if self.shuffle else None
        for start in range(0, count, self.batch_size):
            part = slice(start, start + self.batch_size)
            if order is None:
                yield self.X[part], self.y[part]
            else:
                yield self.X.index_select(0, order[part]), self.y.index_select(0, order[part])


def load_fashion_mnist(*, strict: bool = False) -> tuple[ImageSet, ImageSet]:
    """Fashion-MNIST (Xiao, Rasul, Vollgraf, 2017): 60,000 + 10,000 pictures of clothes.

    Args:
        strict: raise where the set cannot be had, instead of giving the digits.

    Returns:
        training set and test set.

    Raises:
        DataUnavailable: with ``strict=True``, when no copy can be had;
            it lists where was looked and how to get one.
    """
    return _load("Fashion-MNIST", CLOTHES, strict)


def load_mnist(*, strict: bool = False) -> tuple[ImageSet, ImageSet]:
    """MNIST (LeCun, Bottou, Bengio, Haffner, 1998): 60,000 + 10,000 handwritten digits.

    Arguments, result and errors as in :func:`load_fashion_mnist`.
    """
    return _load("MNIST", DIGITS, strict)


def load_digits() -> tuple[ImageSet, ImageSet]:
    """1,797 handwritten digits that come with scikit-learn, enlarged from 8 x 8 to 28 x 28.

    Never downloads. The source is the test part of Alpaydin and Kaynak's "Optical Recognition
    of Handwritten Digits" (UCI, 1998).

    Returns:
        training set (1,500) and test set (297), in a fixed shuffled order.
    """
    from sklearn import datasets

    digits = datasets.load_digits()
    small = torch.from_numpy(digits.images).float().unsqueeze(1) / 16  # (1797, 1, 8, 8)
    images = torch.nn.functional.interpolate(small, (28, 28), mode="bilinear")
    labels = torch.from_numpy(digits.target).long()
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    train, test = order[:1_500], order[1_500:]
    return (
        ImageSet(images[train], labels[train], DIGITS, "digits"),
        ImageSet(images[test], labels[test], DIGITS, "digits"),
    )


def _load(name: str, classes: tuple[str, ...], strict: bool) -> tuple[ImageSet, ImageSet]:
    folder, trail = download.locate(name)
    for warning in trail.warnings:
        print(warning)
    if folder is None:
        advice = (
            "For the real set connect to the network, or set D2LHELPERS_DATA to a folder "
            f"that holds {download.FOLDERS[name]}/raw."
        )
        if strict:
            raise DataUnavailable(f"{name} cannot be had. {advice}\n{trail}")
        print(f"{name} cannot be had here: 1,797 handwritten digits stand in. {advice}")
        return load_digits()

    from torchvision.datasets.mnist import read_image_file, read_label_file

    def read(images: str, labels: str) -> ImageSet:
        pixels = read_image_file(str(folder / images)).unsqueeze(1)
        return ImageSet(pixels / 255, read_label_file(str(folder / labels)), classes, name)

    train_images, train_labels, test_images, test_labels = download.FILES
    return read(train_images, train_labels), read(test_images, test_labels)


def _check_pairs(X: Tensor, y: Tensor) -> None:
    if len(X) != len(y):
        raise ValueError(
            f"X and y: expected one label per sample, found {len(X):,} samples and "
            f"{len(y):,} labels; check that both were cut the same way"
        )


def _check_labels(labels: Tensor, num_classes: int) -> None:
    if labels.is_floating_point():
        raise ValueError(f"labels: expected whole numbers, found {labels.dtype}; use .long()")
    if len(labels) and (labels.min() < 0 or labels.max() >= num_classes):
        wrong = labels[(labels < 0) | (labels >= num_classes)][0].item()
        raise ValueError(
            f"labels: expected values in 0..{num_classes - 1}, found {wrong}; "
            "classes are counted from 0"
        )
