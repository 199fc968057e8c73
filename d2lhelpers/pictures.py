"""What ``show_images`` takes: images and labels in the forms that readers have them in."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .inputs import as_tensor


def as_pictures(images: Tensor) -> Tensor:
    """(N, H, W) for gray images, (N, H, W, 3) in [0, 1] for colored ones."""
    images = as_tensor(images, "images").detach().cpu()
    shape = tuple(images.shape)
    if images.ndim == 4 and shape[1] in (1, 3):
        images = images.movedim(1, -1)
    if images.ndim not in (3, 4) or (images.ndim == 4 and images.shape[-1] not in (1, 3)):
        raise ValueError(
            "images: expected shape (N, H, W), (N, 1, H, W) or (N, 3, H, W), with three numbers "
            f"for red, green and blue, found {shape}; one image alone is image[None]"
        )
    values = images.float()
    if values.ndim == 3 or values.shape[-1] == 1:
        return values.reshape(values.shape[:3])
    if not images.is_floating_point():
        values = values / 255
    low, high = (extreme((1, 2, 3), keepdim=True) for extreme in (values.amin, values.amax))
    stretched = (values - low) / (high - low).clamp(min=1e-12)
    return torch.where((low < 0) | (high > 1), stretched, values)


def class_names(name: str, values: Tensor, count: int, classes: Sequence[str] | None) -> list[str]:
    """What to print for each label: the name of its class, or the number."""
    values = as_tensor(values, name)
    if values.ndim == 0 or len(values) != count:
        found = len(values) if values.ndim else "a single number"
        raise ValueError(f"{name}: expected one per image ({count}), found {found}")
    if values.ndim != 1:
        raise ValueError(
            f"{name}: expected shape ({count},), found {tuple(values.shape)}; "
            "for scores or one-hot rows use .argmax(dim=1)"
        )
    numbers = [int(value) for value in values.tolist()]
    if classes is None:
        return [str(number) for number in numbers]
    if not all(0 <= number < len(classes) for number in numbers):
        raise ValueError(
            f"{name}: expected numbers in 0..{len(classes) - 1}, one for each of the classes, "
            f"found {min(numbers)}..{max(numbers)}"
        )
    return [classes[number] for number in numbers]
