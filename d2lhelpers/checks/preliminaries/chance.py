"""Checks for the exercises of Part 2 on probability."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, compare, compare_values, normal, show

Function = Callable[..., Any]


def _first_fault(*verdicts: Verdict) -> Verdict:
    """Of verdicts on parts of an answer, with tolerances of their own."""
    return next((v for v in verdicts if not v), Verdict(True, "right, all answers"))


def before_running(answers: dict[str, Any]) -> Verdict:
    """The spread of sums and means of 100 and 400 dice, and what lies beyond two of them."""
    variance = 35 / 12
    right = {
        "sums of 100": math.sqrt(100 * variance),
        "means of 100": math.sqrt(variance / 100),
        "means of 400": math.sqrt(variance / 400),
    }
    hint = "variances of independent dice add; a mean is a sum divided by n"
    verdict = compare_values(answers, right, rtol=0.02, atol=0, hint=hint)
    # Between what the bell says and what a run of 20,000 counts.
    share = compare_values(
        answers,
        {"share beyond two": 0.046},
        rtol=0,
        atol=0.008,
        hint="the page printed how much of a bell lies beyond two standard deviations",
    )
    return _first_fault(verdict, share)


def thrown_again(answers: dict[str, Any]) -> Verdict:
    """Labby's dice: how far two pairs of faces are off, and how rarely luck reaches there."""
    error = math.sqrt(2 / 9 / (12 * 26_306))
    far_off = (0.1686 + 0.1688 - 1 / 3) / error
    right = {
        "fives and sixes": (0.1655 + 0.1688 - 1 / 3) / error,
        "ones and sixes": far_off,
    }
    hint = "a share of n throws has the standard error sqrt(p (1 - p) / n)"
    # Wide enough for 0.3333 in the place of a third: the smaller one moves by 0.04.
    verdict = compare_values(answers, right, rtol=0.03, atol=0.05, hint=hint)
    # Wide enough for 4.8 or 4.85 in the place of 4.847, too narrow for one side alone.
    rarity = compare_values(
        answers,
        {"one experiment in": 1 / math.erfc(far_off / math.sqrt(2))},
        rtol=0.3,
        atol=0,
        hint="one divided by the area of the bell beyond that, on both sides",
    )
    return _first_fault(verdict, rarity)


def waiting_for_a_hit(answers: dict[str, Any]) -> Verdict:
    """Maximum likelihood for the number of throws until the first hit."""
    right = {
        "best p for 3, 8, 1, 12": 1 / 6,
        "best p for 1, 1, 2": 3 / 4,
        "derivative at 1/2": -32.0,
    }
    return compare_values(
        answers, right, hint="a wait of k is k - 1 misses and a hit: how many of each in all?"
    )


def standard_error(function: Function) -> Verdict:
    """``function(draws, population=None)`` against NumPy's way of writing it."""

    def reference(draws: Tensor, population: int | None = None) -> float:
        values = draws.double().numpy()
        left = 1 if population is None else 1 - len(values) / population
        return math.sqrt(values.var(ddof=1) / len(values) * left)

    # float64, so that any order of the sums will do where the mean is large.
    few = torch.tensor([2.0, 4.0, 9.0]).double()
    many = 100 + normal(400).double()
    cases = [
        ("draws [2, 4, 9]", (few,)),
        ("draws [5, 5]", (torch.tensor([5.0, 5.0]).double(),)),
        ("400 draws around 100", (many,)),
        ("draws [2, 4, 9] out of 4", (few, 4)),
        ("draws [2, 4, 9] out of 3", (few, 3)),
        ("400 draws out of 500", (many, 500)),
        ("400 draws out of 80,000", (many, 80_000)),
    ]
    return compare(
        function,
        reference,
        cases,
        hint="divide by n - 1 for the variance of one draw, and once more by n for the mean",
        rtol=1e-3,
    )


def log_likelihood(function: Function) -> Verdict:
    """``function(p, counts)`` against ``torch.xlogy``."""
    fair = torch.full((6,), 1 / 6).double()
    cases = [
        (f"p={show(p)}, counts={counts}", (torch.tensor(p).double(), torch.tensor(counts)))
        for p, counts in [
            ([0.5, 0.5], [1, 2]),
            ([0.2, 0.3, 0.5], [4, 0, 1]),
            ([0.5, 0.5, 0.0], [3, 2, 0]),
            ([0.5, 0.5, 0.0], [3, 2, 1]),
            ([0.01, 0.99, 0.0], [5_000, 495_000, 0]),
        ]
    ]
    cases.append(("p=1/6 each, counts of 100,000", (fair, torch.full((6,), 100_000))))
    return compare(
        function,
        lambda p, counts: torch.xlogy(counts.double(), p).sum().item(),
        cases,
        hint="add logarithms, multiply nothing; and what is 0 * log(0) to a computer?",
    )
