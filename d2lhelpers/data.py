"""Real image sets as tensors, data from a known line, and mini-batches of tensors in memory.

Where a set comes from, and how its files are checked, is the matter of
:mod:`d2lhelpers.download`. Where no copy can be had, 1,797 real handwritten digits that come
with scikit-learn stand in, and a line says so.
"""

from __future__ import annotations

import math
import struct
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
    "IdxError",
    "ImageSet",
    "is_available",
    "linear_data",
    "load_digits",
    "load_fashion_mnist",
    "load_mnist",
    "read_idx",
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


def linear_data(
    w: Tensor, b: float, n: int, *, noise_std: float = 0.1, seed: int = 0
) -> tuple[Tensor, Tensor]:
    """Inputs from a standard normal distribution, and labels ``X @ w + b`` plus Gaussian noise.

    The same arguments give the same numbers: the generator is the function's own, so the state
    of ``torch.manual_seed`` neither matters nor changes.

    Args:
        w: (d,) for labels of shape (n,), or (d, k) for labels of shape (n, k); floating point.
        b: added to every label; a number, or a tensor that broadcasts.
        n: number of samples, at least 1.
        noise_std: standard deviation of the noise, in the unit of the labels, at least 0.
        seed: of the generator.

    Returns:
        X of shape (n, d) and the labels, with the dtype of ``w`` and on its device.

    Raises:
        ValueError: ``w`` has another shape or dtype, ``n`` is below 1, ``noise_std`` below 0.

    Built in :doc:`/chapters/linear-regression/minibatch-sgd`.

    >>> X, y = linear_data(torch.tensor([2.0, -1.0]), 3.0, n=5, noise_std=0.0)
    >>> torch.allclose(y, 2 * X[:, 0] - X[:, 1] + 3)
    True
    """
    if w.ndim not in (1, 2) or not w.is_floating_point():
        raise ValueError(
            f"w: expected floats of shape (d,) or (d, k), found {w.dtype} of shape "
            f"{tuple(w.shape)}; write for instance torch.tensor([2.0, -1.0])"
        )
    if not isinstance(n, int) or n < 1:
        raise ValueError(f"n: expected a whole number of at least 1, found {n!r}")
    if noise_std < 0:
        raise ValueError(f"noise_std: expected at least 0, found {noise_std!r}; 0 is no noise")
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(n, len(w), generator=generator, dtype=w.dtype).to(w.device)
    y = X @ w + b
    noise = torch.randn(y.shape, generator=generator, dtype=w.dtype).to(w.device)
    return X, y + noise_std * noise


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


class IdxError(ValueError):
    """These bytes are not an IDX file of unsigned bytes."""


def read_idx(content: bytes) -> Tensor:
    """The array in an IDX file, the format of MNIST.

    Such a file is two zero bytes, 8 for "unsigned bytes", the number of dimensions, the size of
    each in four bytes, and the values (LeCun, Cortes, Burges, 1998).

    Args:
        content: the whole file, unpacked.

    Returns:
        uint8, of the one to three sizes that the file names, none of them 0.

    Raises:
        IdxError: ``content`` is anything else.

    >>> read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]))
    tensor([7, 8, 9], dtype=torch.uint8)
    """
    if content[:3] != b"\0\0\x08" or content[3:4] not in (b"\1", b"\2", b"\3"):
        raise IdxError(
            "content: expected an IDX file of unsigned bytes, which begins with 00 00 08 and 01, "
            f"02 or 03, found {content[:4].hex(' ') or 'nothing'}; is it unpacked?"
        )
    dimensions = content[3]
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise IdxError(f"content: expected {start} bytes of header, found {len(content)}")
    sizes = struct.unpack_from(f">{dimensions}I", content, 4)
    if 0 in sizes or math.prod(sizes) != len(content) - start:
        shape = " x ".join(str(size) for size in sizes)
        raise IdxError(f"content: expected {shape} values, found {len(content) - start:,}")
    return torch.frombuffer(bytearray(content), dtype=torch.uint8, offset=start).reshape(sizes)


def _load(name: str, classes: tuple[str, ...], strict: bool) -> tuple[ImageSet, ImageSet]:
    contents, trail = download.load(name)
    for warning in trail.warnings:
        print(warning)
    if contents is None:
        advice = (
            "For the real set connect to the network, or set D2LHELPERS_DATA to a folder "
            f"that holds {download.FOLDERS[name]}/raw."
        )
        if strict:
            raise DataUnavailable(f"{name} cannot be had. {advice}\n{trail}")
        print(f"{name} cannot be had here: 1,797 handwritten digits stand in. {advice}")
        return load_digits()

    def read(images: str, labels: str) -> ImageSet:
        # the file's bytes are let go, and the division makes no second copy: a third less memory
        pixels = read_idx(contents.pop(images)).unsqueeze(1).float().div_(255)
        return ImageSet(pixels, read_idx(contents.pop(labels)).long(), classes, name)

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
