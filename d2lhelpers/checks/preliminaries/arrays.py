"""Checks for the exercises on NumPy arrays, in Part 2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..bans import without_loops
from ..core import Verdict, bytes_on_arrays, compare, compare_values, normal, on_arrays

Function = Callable[..., Any]


def _random(*shape: int) -> Tensor:
    return normal(*shape, dtype=torch.float64)


def _photo(height: int, width: int) -> Tensor:
    """(height, width, 3), whole numbers in 0..255."""
    generator = torch.Generator().manual_seed(height + width)
    return torch.randint(256, (height, width, 3), generator=generator, dtype=torch.uint8)


# NumPy essentials


def arrays_by_hand(answers: dict[str, Any]) -> Verdict:
    """An entry, a sum over a mask, the size of a broadcast result, and two turns of a clock."""
    right = {"picked": 8, "masked": 15, "size": 12, "darkens from": 156, "additions": 64}
    return compare_values(
        answers,
        right,
        rtol=0,
        atol=1e-6,
        hint="rows and columns are counted from 0; uint8 counts modulo 256",
    )


def gray(function: Function) -> Verdict:
    """``function(photo)``: (H, W, 3) to (H, W), weights 0.299, 0.587 and 0.114; no loop."""

    def reference(photo: Tensor) -> Tensor:
        weights = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64)
        return photo.double() @ weights

    cases = [
        (f"one pixel {pixel}", (torch.tensor([[pixel]], dtype=torch.uint8),))
        for pixel in ([100, 100, 100], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255])
    ]
    cases += [
        (f"a random photo of shape ({h}, {w}, 3)", (_photo(h, w),)) for h, w in [(4, 5), (3, 3)]
    ]
    return compare(
        function,
        reference,
        cases,
        run=without_loops(on_arrays),
        hint="three numbers per pixel, three weights: which product sums over the last axis?",
        atol=1e-3,
    )


def center(function: Function) -> Verdict:
    """``function(X)``: each column minus its mean."""
    cases = [
        ("X [[1, 2], [3, 6]]", (torch.tensor([[1.0, 2.0], [3.0, 6.0]], dtype=torch.float64),)),
        ("random X of shape (3, 3)", (_random(3, 3),)),
        ("random X of shape (5, 2)", (_random(5, 2),)),
        ("random X of shape (1, 4)", (_random(1, 4),)),
    ]
    return compare(
        function,
        lambda X: X - X.mean(dim=0),
        cases,
        run=on_arrays,
        hint="a mean over axis 0 goes down the rows; print the shape of the mean",
    )


def brighten(function: Function) -> Verdict:
    """``function(photo, amount)``: added without wrapping around, still ``uint8``."""

    def reference(photo: Tensor, amount: int) -> Tensor:
        return (photo.int() + amount).clamp(0, 255)

    cases = [
        (
            f"one pixel {pixel}, amount={amount}",
            (torch.tensor([[pixel]], dtype=torch.uint8), amount),
        )
        for pixel, amount in [
            ([10, 20, 30], 50),
            ([100, 200, 250], 100),
            ([100, 200, 250], -120),
            ([0, 128, 255], 0),
            ([0, 128, 255], 300),
            ([0, 128, 255], -300),
        ]
    ]
    cases.append(("a random photo of shape (4, 5, 3), amount=60", (_photo(4, 5), 60)))
    return compare(
        function,
        reference,
        cases,
        run=bytes_on_arrays,
        hint="compute in a type that can hold 355 and -120, and come back only at the end",
    )


def distances(function: Function) -> Verdict:
    """``function(A, B)``: the distance of each row of A, (n, d), from each row of B, (m, d)."""
    cases = [
        (
            "A [[0, 0]], B [[3, 4], [0, 2]]",
            (
                torch.zeros(1, 2, dtype=torch.float64),
                torch.tensor([[3.0, 4.0], [0.0, 2.0]], dtype=torch.float64),
            ),
        )
    ]
    cases += [
        (f"random A of shape ({n}, {d}), B of shape ({m}, {d})", (_random(n, d), _random(m, d)))
        for n, m, d in [(4, 6, 2), (6, 4, 3), (3, 5, 3), (1, 7, 5)]
    ]
    return compare(
        function,
        lambda A, B: torch.cdist(A, B),
        cases,
        run=on_arrays,
        hint="all pairs of differences have shape (n, m, d): where does each array need a 1?",
    )
