"""Checks for the exercises on capacity and overfitting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, compare, compare_values, difference, normal

Function = Callable[..., Any]


def paid_twice(answers: dict[str, Any]) -> Verdict:
    """What 10 of 40 directions of the waves cost, and the degree with a gap of 0.1."""
    right = {
        "training error": 0.25 * (1 - 10 / 40),
        "error on fresh readings": 0.25 * (1 + 10 / 40),
        "degree with gap 0.1": 7,
    }
    hint = "a polynomial of degree d has d + 1 coefficients; the waves have variance 0.25, not 1"
    return compare_values(answers, right, hint=hint)


def twice_the_readings(answers: dict[str, Any]) -> Verdict:
    """Where the error of 30 readings is largest, and after which it is smaller."""
    peak = "coefficients at the peak"
    right = {peak: 30, "readings with the smaller error": 15}
    found = answers
    # 31 is the peak of many single draws.
    if isinstance(answers, dict) and not difference(answers.get(peak), 31.0, 0, 1e-3):
        found = answers | {peak: 30}
    hint = "at which number is there one single curve through all the readings?"
    return compare_values(found, right, hint=hint)


def through_all(function: Function) -> Verdict:
    """``function(x, y, t)``: the polynomial through the readings ``y`` at ``x``, at times ``t``."""

    def reference(x: Tensor, y: Tensor, t: Tensor) -> Tensor:
        powers = torch.arange(len(x))
        return t[:, None] ** powers @ torch.linalg.solve(x[:, None] ** powers, y)

    even = torch.linspace(-1, 1, 15, dtype=torch.float64)
    lifted = torch.eye(15, dtype=torch.float64)[7]
    cases = [
        (text, tuple(torch.as_tensor(part, dtype=torch.float64) for part in given))
        for text, given in [
            ("a line through two readings", ([0, 1], [2, 5], [0.5, 2, -1])),
            ("a single reading", ([3], [4], [0, 3, 10])),
            ("three readings of x²", ([-1, 2, 3], [1, 4, 9], [0, 1, 5, -4])),
            ("at the times of the readings", ([2, -1, 0.5], [7, 3, -2], [2, -1, 0.5])),
            ("times in no order", ([0.4, -0.9, 1, 0], normal(4), [-1, -0.3, 0.1, 0.8, 1.2])),
            ("fifteen readings, the middle one lifted", (even, lifted, [-0.95, -0.2, 0.9])),
            ("fifteen readings", (even, normal(15, number=1), [-0.97, -0.5, 0.25, 0.99])),
        ]
    ]
    hint = "r_i is 1 at x_i and 0 at the others: how much of each goes into the curve?"
    return compare(function, reference, cases, hint=hint)
