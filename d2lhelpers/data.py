"""Real image sets as tensors, data from a known line, and mini-batches of tensors in memory.

Where a set comes from, and how its files are checked, is the matter of
:mod:`d2lhelpers.files.download`. Where no copy can be had, 1,797 real handwritten digits that come
with scikit-learn stand in, and a line says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .batches import Batches, as_pairs, check_labels
from .files import download
from .files.download import SHA256, DataUnavailable, is_available
from .files.idx import IdxError, read_idx

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
        images: (N, C, H, W), floats in [0, 1]; C is 1 for grey and 3 for colored pictures.
        labels: (N,), whole numbers in 0..len(classes) - 1, kept as int64.
        classes: the name of each class.
        name: what the data really are, for instance ``"Fashion-MNIST"`` or ``"digits"``.

    Raises:
        ValueError: images have another shape or dtype, images and labels differ in number,
            or a label names no class.
    """

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    name: str

    def __post_init__(self) -> None:
        images, labels = as_pairs(self.images, self.labels)
        _check_images(images)
        check_labels(labels, len(self.classes))
        object.__setattr__(self, "images", images)
        object.__setattr__(self, "labels", labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        size = " x ".join(str(side) for side in self.images.shape[1:])
        return f"{self.name}: {len(self):,} images of {size}, {len(self.classes)} classes"

    def to(self, device: torch.device | str) -> ImageSet:
        """The same set on ``device``."""
        return ImageSet(self.images.to(device), self.labels.to(device), self.classes, self.name)


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


def _load(name: str, classes: tuple[str, ...], strict: bool) -> tuple[ImageSet, ImageSet]:
    contents, trail = download.load(name)
    for warning in trail.warnings:
        print(warning)
    if contents is None:
        advice = download.advice(name, trail.missing)
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


def _check_images(images: Tensor) -> None:
    found = f"found {images.dtype} of shape {tuple(images.shape)}"
    if images.ndim != 4:
        raise ValueError(
            f"images: expected shape (N, C, H, W), {found}; "
            "images.unsqueeze(1) gives grey pictures their channel"
        )
    if images.shape[3] in (1, 3) and images.shape[1] not in (1, 3):
        raise ValueError(
            f"images: expected shape (N, C, H, W), {found}; "
            "images.permute(0, 3, 1, 2) brings the channels forward"
        )
    if not images.is_floating_point():
        raise ValueError(f"images: expected floats in [0, 1], {found}; use images.float() / 255")
