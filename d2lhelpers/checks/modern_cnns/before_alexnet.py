"""Checks for the exercises on what came before AlexNet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..core import (
    NOT_TRIED,
    Verdict,
    Wrong,
    compare,
    compare_values,
    difference,
    normal,
    numbers_of,
)

Function = Callable[..., Any]


def gram_by_hand(answers: dict[str, Any]) -> Verdict:
    """Memory for Gram matrices, and how memory and time grow."""
    right = {"gigabytes": 28.8, "largest n": 3535, "memory": 100, "time": 1000}
    hint = "n times n numbers of 8 bytes each, and n is a whole number that must still fit"
    return compare_values(answers, right, hint=hint, rtol=0, atol=5e-3)


def histogram(function: Function) -> Verdict:
    """``function(dx, dy, bins)``: lengths of gradients, summed by their unsigned angle."""

    def reference(dx: Tensor, dy: Tensor, bins: int) -> Tensor:
        angle = torch.atan2(dy.double(), dx.double()) % torch.pi
        place = (bins * angle / torch.pi).long() % bins
        sums = torch.zeros(bins, dtype=torch.float64)
        return sums.index_add(0, place.flatten(), torch.hypot(dx, dy).double().flatten())

    def cell(angle: float, length: float = 1.0) -> tuple[Tensor, Tensor]:
        turn = torch.full((4, 4), angle).deg2rad()
        return length * turn.cos(), length * turn.sin()

    left = -torch.ones(4, 4), torch.zeros(4, 4)
    cases = [
        ("a ramp at 0 degrees, 8 bins", (torch.ones(4, 4), torch.zeros(4, 4), 8)),
        ("a ramp at 180 degrees (dx = -1, dy = 0)", (*left, 8)),
        ("a ramp at 55 degrees", (*cell(55), 8)),
        ("a ramp at -125 degrees, the opposite of 55", (*cell(-125), 8)),
        ("a ramp at 100 degrees of length 3", (*cell(100, 3), 8)),
        ("a ramp at 100 degrees, 5 bins", (*cell(100), 5)),
        ("an even cell", (torch.zeros(4, 4), torch.zeros(4, 4), 8)),
        ("a row of 7 random gradients, 6 bins", (normal(7), normal(7, number=1), 6)),
        ("a cell of 8 x 8 random gradients, 9 bins", (normal(8, 8), normal(8, 8, number=1), 9)),
    ]
    hint = "atan2 gives angles from -180 to 180 degrees; add lengths, not ones"
    return compare(function, reference, cases, hint=hint)


def kernel_features(function: Function) -> Verdict:
    """``function(x)``: six features whose products make up (1 + x z)^2."""

    def run(function: Function, x: Tensor, z: Tensor) -> Any:
        rows = [numbers_of(function(point), "six numbers").flatten() for point in (x, z)]
        if any(len(row) != 6 for row in rows):
            raise Wrong(f"expected six numbers, you returned {len(rows[0])}")
        alone = numbers_of(function(x), "six numbers").flatten()
        if difference(alone, rows[0], 1e-6, 1e-6):
            raise Wrong("the same point got other features the second time")
        return rows[0] @ rows[1]

    def reference(x: Tensor, z: Tensor) -> Tensor:
        return (1 + x.double() @ z.double()) ** 2

    zero = torch.zeros(2)
    cases = [
        ("x = z = (0, 0)", (zero, zero)),
        ("x = z = (1, 0)", (torch.tensor([1.0, 0]), torch.tensor([1.0, 0]))),
        ("x = (1, 0), z = (0, 1)", (torch.tensor([1.0, 0]), torch.tensor([0.0, 1]))),
        ("x = (1, 2), z = (3, -1)", (torch.tensor([1.0, 2]), torch.tensor([3.0, -1]))),
        ("x = (-1, 1), z = (-2, 2)", (torch.tensor([-1.0, 1]), torch.tensor([-2.0, 2]))),
        *((f"two random points ({k})", (normal(2, number=k), normal(2, number=9 + k)))
          for k in (1, 2)),
    ]  # fmt: skip
    hint = "the square of a sum of three terms has six kinds of products; where does a 2 go?"
    return compare(function, reference, cases, run=run, hint=hint)


def shuffled_contest(answers: dict[str, Any]) -> Verdict:
    """Which of five keep their accuracy when all pixels change places."""
    same = {"pixels", "kernel"}
    names = ("pixels", "orientations", "kernel", "by lot", "trained")
    given = {name: answers.get(name, ...) for name in names}
    if all(answer is ... for answer in given.values()):
        return NOT_TRIED
    for name, answer in given.items():
        if answer is ...:
            return Verdict(False, f"{name}: no answer yet")
        if answer not in ("same", "falls"):
            return Verdict(False, f'{name}: answer "same" or "falls"')
        if (answer == "same") != (name in same):
            hint = "does it matter to it which pixels are neighbors?"
            return Verdict(False, f"{name}: {answer!r} is not it\n  Hint: {hint}")
    return Verdict(True, "right, all answers")
