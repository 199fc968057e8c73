"""Checks for the exercises on VGG."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core import Verdict, Wrong, as_tensor, compare, compare_values, normal

Function = Callable[..., Any]


def by_hand(answers: dict[str, Any]) -> Verdict:
    """Kernels that two layers make, weights of a stack, and the spread of paths."""
    right = {
        "middle": 10,
        "t": 3,
        "share": 27 / 49,
        "layers of 3 x 3": 54,
        "layers of 5 x 5": 18,
    }
    hint = "(ap, aq + bp, bq); and what is the variance of one step, what that of L steps?"
    return compare_values(answers, right, hint=hint, rtol=0, atol=2e-3)


def receptive_field(function: Function) -> Verdict:
    """``function(layers)``: the width of the receptive field of a stack of (K, S)."""

    def reference(layers: list[tuple[int, int]]) -> int:
        width = 1
        for K, S in reversed(layers):  # from the last map back to the picture
            width = (width - 1) * S + K
        return width

    vgg16 = [layer for n in (2, 2, 3, 3, 3) for layer in [*n * [(3, 1)], (2, 2)]]
    alexnet = [(11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)]
    cases = [
        ("no layer", ([],)),
        ("[(3, 1)]", ([(3, 1)],)),
        ("[(3, 1), (3, 1)]", ([(3, 1), (3, 1)],)),
        ("[(5, 3)]", ([(5, 3)],)),
        ("[(2, 2), (3, 1)]", ([(2, 2), (3, 1)],)),
        ("[(3, 1), (2, 2)]", ([(3, 1), (2, 2)],)),
        ("[(1, 2), (1, 2), (2, 1)]", ([(1, 2), (1, 2), (2, 1)],)),
        ("the convolutions and poolings of VGG-16", (vgg16,)),
        ("those of AlexNet", (alexnet,)),
    ]
    hint = "how many pixels lie between neighbors of a map, before and after a layer with stride?"
    return compare(function, reference, cases, hint=hint)


def two_layers(function: Function) -> Verdict:
    """``function(kernel)``: two layers of 3 x 3 that are one of 5 x 5."""
    x = normal(1, 1, 9, 11, number=7)

    def run(function: Function, kernel: Tensor) -> Any:
        given, found = kernel.clone(), function(kernel)
        if found is None:
            raise Wrong("your function returned nothing")
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            raise Wrong("expected two tensors, first and second")
        if not torch.equal(given, kernel):
            raise Wrong("the given kernel has changed")
        first, second = (as_tensor(part) for part in found)
        m = first.shape[0] if first.dim() else 0
        if first.shape != (m, 1, 3, 3) or second.shape != (1, m, 3, 3):
            shapes = f"{tuple(first.shape)} and {tuple(second.shape)}"
            raise Wrong(f"expected shapes (m, 1, 3, 3) and (1, m, 3, 3), you returned {shapes}")
        if not 1 <= m <= 9:
            raise Wrong(f"m is {m}, at most 9 are allowed")
        return F.conv2d(F.conv2d(x.double(), first), second)

    def reference(kernel: Tensor) -> Tensor:
        return F.conv2d(x.double(), kernel.double()[None, None])

    middle, corner, cross = torch.zeros(3, 5, 5)
    middle[2, 2] = 1
    corner[0, 4], corner[4, 0] = 1, 2
    cross[2], cross[:, 2] = 1, 1
    cases = [
        ("1 in the middle", (middle,)),
        ("1 and 2 in two corners", (corner,)),
        ("a cross", (cross,)),
        ("0 to 24", (torch.arange(25.0).reshape(5, 5),)),
        ("random numbers", (normal(5, 5, number=1),)),
        ("random numbers in float64", (normal(5, 5, number=2).double(),)),
    ]
    hint = "which cells do the four pieces in the corners share, and who takes them?"
    return compare(function, reference, cases, run=run, hint=hint, rtol=1e-3, atol=1e-4)
