"""Checks for the exercises on the perceptron."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, Wrong, as_tensor, compare, compare_values, normal

Function = Callable[..., Any]


def three_cards(answers: dict[str, Any]) -> Verdict:
    """Presses and final dials for three cards, worked out by hand."""
    right = {"presses": 5, "first weight": 2, "second weight": -2, "bias": 1}
    return compare_values(
        answers, right, hint="a score of exactly 0 is wrong; go on until a pass has no press"
    )


def averaged(function: Function) -> Verdict:
    """``function(X, y, passes)``, the mean of the weights after every card of every pass."""

    def reference(X: Tensor, y: Tensor, passes: int) -> Tensor:
        w = total = torch.zeros(X.shape[1], dtype=X.dtype)
        for _ in range(passes):
            for x, label in zip(X, y):
                if label * (x @ w) <= 0:
                    w = w + label * x
                total = total + w
        return total / (passes * len(X))

    whole = (4 * normal(12, 3)).round()  # sums of whole numbers are exact, so are ties
    labels = (whole @ torch.tensor([2.0, -1.0, 1.0])).sign()
    labels[labels == 0] = 1.0
    cases = [
        ("one card, one pass", (torch.tensor([[1.0, 2.0]]), torch.tensor([-1.0]), 1)),
        (
            "two cards, the second is right as soon as the first is",
            (torch.tensor([[2.0, 0.0], [1.0, 0.0]]), torch.tensor([1.0, 1.0]), 1),
        ),
        (
            "the second card has a score of exactly 0",
            (torch.tensor([[2.0, 0.0], [0.0, 3.0]]), torch.tensor([1.0, -1.0]), 1),
        ),
        (
            "two cards that disagree, two passes",
            (torch.tensor([[3.0, 1.0], [2.0, 1.0]]), torch.tensor([1.0, -1.0]), 2),
        ),
        ("twelve cards with three numbers, four passes", (whole, labels, 4)),
    ]
    return compare(
        function,
        reference,
        cases,
        hint="every card counts, pressed or not, with the weights after it; passes go on from "
        "where the last one ended",
    )


def pressing_more(answers: dict[str, Any]) -> Verdict:
    """Three bounds for an operator who presses up to a score of gamma."""
    right = {"gamma 0.5, rate 1": 200, "gamma 0.5, rate 4": 125, "gamma 0, rate 4": 100}
    return compare_values(
        answers,
        right,
        hint="a press adds rate times y x: what is the most that |w|² can grow by now, and the "
        "least that w · w* does?",
    )


FEW, PRESSES, PATIENCE = 4, 100, 100_000


def adversary(function: Function) -> Verdict:
    """``function()``, two to four separable points that cost the perceptron 100 presses."""
    found = ""

    def run(function: Function) -> float:
        nonlocal found
        X, y = _points(function())
        margin = _best_margin(X, y)
        if margin < 1e-9:
            raise Wrong("no line separates these points, or the points are too close together")
        bound = (max(x[0] ** 2 + x[1] ** 2 for x in X) + 1) / margin**2
        number = _presses(X, y)
        count = f"{number}" if number < PATIENCE else f"more than {PATIENCE:,}"
        found = f"presses: {count}, your margin: {margin:.2g}, bound: {bound:,.0f}"
        if number < PRESSES:
            raise Wrong(found)
        return 1.0

    verdict = compare(
        function,
        lambda: 1.0,
        [("your points", ())],
        run=run,
        hint=f"at least {PRESSES} are asked for; the bound must leave room for them",
    )
    return Verdict(True, found) if verdict else verdict


def _points(answer: Any) -> tuple[list[list[float]], list[float]]:
    if answer is None:
        raise Wrong("your function returned nothing")
    if not isinstance(answer, (list, tuple)) or len(answer) != 2:
        raise Wrong("expected two results, the points and their labels")
    try:
        X, y = as_tensor(answer[0]), as_tensor(answer[1])
    except Wrong as other:
        raise Wrong(f"expected numbers, you returned {other}") from None
    if X.ndim != 2 or X.shape[1] != 2 or not 2 <= len(X) <= FEW:
        raise Wrong(f"expected two to four points, shape (n, 2), found {tuple(X.shape)}")
    if y.shape != X.shape[:1] or not bool((y.abs() == 1).all()):
        raise Wrong(f"expected {len(X)} labels, each -1 or +1")
    if not bool((X.norm(dim=1) <= 1 + 1e-6).all()):  # also refuses NaN
        raise Wrong("a point is further than 1 from the origin")
    return X.tolist(), y.tolist()


def _presses(X: list[list[float]], y: list[float]) -> int:
    """Presses of the perceptron from zero, with a bias, in plain numbers."""
    u = v = b = 0.0
    number, quiet = 0, False
    while not quiet and number < PATIENCE:
        quiet = True
        for (p, q), label in zip(X, y):
            if label * (u * p + v * q + b) <= 0:
                u, v, b = u + label * p, v + label * q, b + label
                number, quiet = number + 1, False
    return number


def _best_margin(X: list[list[float]], y: list[float]) -> float:
    """The largest margin of any unit (w, b); 0 where no line separates.

    It is the distance of the points y (x, 1) from the origin, as a convex hull. The nearest point
    of the hull lies inside a face, where it is the nearest of the face's whole plane.
    """
    corners = torch.tensor([[c * p, c * q, c] for (p, q), c in zip(X, y)], dtype=torch.float64)
    nearest = corners.norm(dim=1).min().item()
    for size in range(2, len(X) + 1):
        for chosen in combinations(range(len(X)), size):
            first, *others = corners[list(chosen)]
            edges = torch.stack(others) - first
            shares = torch.linalg.lstsq(edges.T, -first[:, None], driver="gelsd").solution[:, 0]
            if shares.min() >= 0 and shares.sum() <= 1:
                nearest = min(nearest, (first + shares @ edges).norm().item())
    return nearest


def ten_kinds(function: Function) -> Verdict:
    """``function(W, x, kind)``, the weights of all kinds after one card."""

    def reference(W: Tensor, x: Tensor, kind: int) -> Tensor:
        scores = W @ x
        others = scores.clone()
        others[kind] = -torch.inf
        rival = others.argmax()
        if scores[kind] <= scores[rival]:
            W = W.clone()
            W[kind] += x
            W[rival] -= x
        return W

    W = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    big = (3 * normal(10, 5)).round()
    cases = [
        ("the kind has the largest score", (W, torch.tensor([3.0, 1.0]), 0)),
        ("kind 2 has the smallest of three scores", (W, torch.tensor([3.0, 1.0]), 2)),
        ("kind 1 comes second", (W, torch.tensor([3.0, 1.0]), 1)),
        ("kind 0 shares the largest score with kind 1", (W, torch.tensor([2.0, 2.0]), 0)),
        ("all weights are zero, kind 0", (torch.zeros(3, 2), torch.tensor([1.0, 2.0]), 0)),
        ("ten kinds, five numbers", (big, (3 * normal(5)).round(), 7)),
    ]
    return compare(
        function,
        reference,
        cases,
        hint="the rival is the best of the *other* kinds; two rows move, or none",
    )
