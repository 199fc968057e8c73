"""Checks for the exercises of Part 3 on the linear model and its closed form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, Wrong, compare, compare_values, normal, numbers_of

Function = Callable[..., Any]


def house_by_hand(answers: dict[str, Any]) -> Verdict:
    """A price, the change of a price, and two weights in another unit."""
    right = {"price": 294, "rise": 7, "square foot": 2 / 10.764, "bathroom": 15}
    return compare_values(
        answers,
        right,
        hint="write the weighted sum down; what goes as well, when the bathroom comes? the price "
        "of a house does not depend on the unit of its area",
    )


def noise_widths(answers: dict[str, Any]) -> Verdict:
    """The most probable width of two kinds of noise."""
    return compare_values(
        answers,
        {"sigma": 20, "s": 16},
        hint="set each derivative to zero; n drops out",
    )


def closed_form(function: Function) -> Verdict:
    """``function(X, y)``: the weights and, last, the bias."""

    def reference(X: Tensor, y: Tensor) -> Tensor:
        ones = torch.ones(len(X), 1, dtype=X.dtype)
        return torch.linalg.lstsq(torch.cat([X, ones], dim=1), y).solution

    line = torch.arange(4.0)[:, None]
    X = normal(30, 3)
    cases = [
        ("points (0, 1), (1, 3), (2, 5), (3, 7)", (line, 2 * line[:, 0] + 1)),
        ("points (0, 5), (1, 5), (2, 5), (3, 5)", (line, torch.full((4,), 5.0))),
        ("30 random samples of 3 columns", (X, normal(30, number=1))),
        ("the same, with columns that have a mean of 10", (X + 10, normal(30, number=1))),
        ("4 random samples of 3 columns", (normal(4, 3, number=2), normal(4, number=3))),
    ]
    return compare(
        function,
        reference,
        cases,
        hint="the bias is the weight of a column that your X does not have yet",
        rtol=1e-2,
        atol=1e-2,
    )


def region_columns(function: Function) -> Verdict:
    """``function(t, s, r, k)``: columns whose best fit predicts the prices of other samples."""

    def samples(prices: Tensor, number: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        n, k = 60, len(prices)
        t, s = normal(n, number=number).abs(), torch.arange(n) % 4 + 0.0
        # The new samples lack the last zone.
        r = torch.randint(k - number, (n,), generator=torch.Generator().manual_seed(k))
        return t, s, r, 0.05 * t + 0.3 * s + prices[r]

    def predicted(build: Function, prices: Tensor) -> Tensor:
        (*old, p), (*new, _) = samples(prices, 0), samples(prices, 1)
        columns = []
        for given in (old, new):
            table = build(*(part.clone() for part in given), len(prices))
            table = numbers_of(table, "columns of numbers")
            if table.ndim != 2 or len(table) != len(p):
                raise Wrong(f"expected a row for each of 60 samples, found {tuple(table.shape)}")
            columns.append(table)
        fit, ask = columns
        if fit.shape != ask.shape:
            raise Wrong(
                f"other samples give {ask.shape[1]} columns, the first ones gave {fit.shape[1]}; "
                "not every zone occurs everywhere"
            )
        return ask @ (torch.linalg.pinv(fit) @ p.double())

    cases = [
        (
            f"predictions for zone prices {', '.join(map(str, prices))}",
            (torch.tensor(prices) * 1.0,),
        )
        for prices in ([1, 2, 3], [1, 5, 2], [4, 1, 1, 3, 1])
    ]
    return compare(
        function,
        lambda prices: samples(prices, 1)[-1],
        cases,
        run=predicted,
        hint="a weight times the number of the zone puts all zones on one straight line",
        rtol=1e-3,
        atol=1e-3,
    )


def fit_parabola(function: Function) -> Verdict:
    """``function(x, y)``: a, b, c of the best parabola."""

    def reference(x: Tensor, y: Tensor) -> Tensor:
        columns = torch.stack([x**2, x, torch.ones_like(x)], dim=1)
        return torch.linalg.lstsq(columns, y).solution

    x = torch.linspace(-2, 2, 9)
    cases = [
        ("nine points on the curve y = x^2", (x, x**2)),
        ("nine points on the line y = 3 - x", (x, 3 - x)),
        ("nine points on y = 2x^2 - 3x + 1", (x, 2 * x**2 - 3 * x + 1)),
        ("twenty random points", (normal(20), normal(20, number=1))),
    ]
    return compare(
        function,
        reference,
        cases,
        hint="the model is linear in a, b and c; which three columns do they multiply?",
        rtol=1e-3,
        atol=1e-3,
    )
