"""Checks for the exercises on loss functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..bans import without_autograd
from ..core import Verdict, compare, compare_values, normal

Function = Callable[..., Any]


def best_guesses(answers: dict[str, Any]) -> Verdict:
    """Best guesses of three losses for two lists of five numbers."""
    right = {
        "squared, with 88": 20,
        "absolute, with 88": 4,
        "Huber, with 88": 5.5,
        "squared, with 888": 180,
        "absolute, with 888": 4,
        "Huber, with 888": 5.5,
    }
    return compare_values(
        answers,
        right,
        hint="a mean, a median, and a point where five pulls sum to zero",
        rtol=1e-5,
    )


def huber_pull(function: Function) -> Verdict:
    """``function(prediction, y, delta)``: minus the slope of Huber's loss, entry by entry."""
    cases = [
        (f"prediction {p}, y={y}, delta={delta}", (torch.tensor([p]), torch.tensor([y]), delta))
        for p, y, delta in [
            (0.0, 0.5, 1.0),
            (0.0, 3.0, 1.0),
            (0.0, -3.0, 1.0),
            (5.0, 2.0, 2.0),
            (5.0, 2.0, 4.0),
            (0.2, 0.0, 0.1),
            (7.0, 7.0, 0.1),
        ]
    ]
    cases.append(
        (
            "random entries of shape (4, 5), delta=1.5",
            (3 * normal(4, 5), 3 * normal(4, 5, number=1), 1.5),
        )
    )
    return compare(
        function,
        lambda prediction, y, delta: (y - prediction).clamp(-delta, delta),
        cases,
        run=without_autograd,
        hint="the distance y - prediction, with its sign, and never more than delta either way",
    )


def count_loss(function: Function, answers: Any) -> Verdict:
    """``function(prediction, y)``, Poisson's loss per entry, and two numbers by hand."""
    cases = [
        (f"prediction {p}, y={y}", (torch.tensor([p]), torch.tensor([y])))
        for p, y in [(4.0, 6.0), (1.0, 3.0), (0.5, 2.0), (2.5, 0.0), (200.0, 180.0)]
    ]
    counts = (3 * normal(4, 5)).abs().round()
    cases.append(("random entries of shape (4, 5)", (normal(4, 5, number=1).exp(), counts)))
    verdict = compare(
        function,
        lambda prediction, y: prediction - y * prediction.log(),
        cases,
        hint="take the logarithm of the three factors one by one, then change the sign",
    )
    if not verdict:
        return verdict
    numbers = compare_values(
        answers,
        {"pull of y = 6 on 4": 0.5, "best for 2, 3, 7": 4},
        hint="the pull is minus the derivative by the prediction; at the best, pulls sum to zero",
    )
    if numbers:
        return verdict
    return numbers if numbers.tried else Verdict(False, "the two numbers: no answer yet")


def quantile_loss(function: Function) -> Verdict:
    """``function(prediction, y, q)``, one loss per entry."""

    def reference(prediction: Tensor, y: Tensor, q: float) -> Tensor:
        return torch.where(prediction < y, q * (y - prediction), (1 - q) * (prediction - y))

    cases = [
        (f"prediction {p}, y=10, q={q}", (torch.tensor([p]), torch.tensor([10.0]), q))
        for p, q in [(8.0, 0.5), (8.0, 0.9), (12.0, 0.9), (10.0, 0.9)]
    ]
    cases.append(
        (
            "random entries of shape (4, 5), q=0.25",
            (3 * normal(4, 5), 3 * normal(4, 5, number=1), 0.25),
        )
    )
    return compare(
        function, reference, cases, hint="at q = 0.9, two too few cost 1.8 and two too many 0.2"
    )
