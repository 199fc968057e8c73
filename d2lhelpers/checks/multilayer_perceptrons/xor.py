"""Checks for the exercises on XOR and the hidden layer."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, Wrong, as_tensor, compare, compare_values, normal, show

Function = Callable[..., Any]


def _entropy(p: float) -> float:
    return -sum(q * math.log(q) for q in (p, 1 - p) if q > 0)


def predict_plateaus(answers: dict[str, Any]) -> Verdict:
    """The losses that silent rows leave: three numbers, each within 0.0006."""
    right = {
        "AND, four silent": _entropy(1 / 4),
        "eight rows, two silent": 2 / 8 * _entropy(1 / 2),
        "eight rows, three silent": 3 / 8 * _entropy(1 / 3),
    }
    hint = "which share of the silent rows burns, and which share of all rows is silent?"
    return compare_values(answers, right, hint=hint, rtol=0, atol=6e-4)


def three_switches(function: Function) -> Verdict:
    """``function()`` returns ``W1, b1, w2, b2`` of a ReLU network for the parity of three bits."""

    network: list[Tensor] = []  # the one that the first call returned, for all rows

    def score(function: Function, row: Tensor) -> None:
        if not network:
            network.extend(_network(function()))
        W1, b1, w2, b2 = network
        found = float(w2 @ (W1 @ row + b1).relu() + b2)
        lit = row.sum() % 2 == 1
        if not (found if lit else -found) >= 0.1 - 1e-6:
            wanted = "at least 0.1, it is lit" if lit else "at most -0.1, it is dark"
            raise Wrong(f"expected a score of {wanted}; yours is {show(found)}")

    cases = [
        (f"switches {row}", (torch.tensor(row, dtype=torch.float64),))
        for row in product([0, 1], repeat=3)
    ]
    hint = "how many switches are up decides; draw the score you need against that number"
    # A right row leaves nothing to compare.
    run = lambda function, row: score(function, row) or 0.0  # noqa: E731
    return compare(function, lambda row: 0.0, cases, hint=hint, run=run)


def _network(found: Any) -> list[Tensor]:
    """The four parts as float64, of shapes that belong together, with at most three units."""
    if not isinstance(found, (list, tuple)) or len(found) != 4:
        raise Wrong(f"expected W1, b1, w2, b2, you returned {show(found)}")
    parts = []
    for name, part in zip(("W1", "b1", "w2", "b2"), found):
        try:
            parts.append(as_tensor(part))
        except Wrong as other:
            raise Wrong(f"{name}: expected numbers, found {other}") from None
    W1, b1, w2, b2 = parts
    if W1.ndim != 2 or W1.shape[1] != 3:
        raise Wrong(f"W1: expected shape (m, 3), found {tuple(W1.shape)}")
    m = len(W1)
    if m > 3:
        raise Wrong(f"the network has {m} hidden units, at most three are allowed")
    for name, part in (("b1", b1), ("w2", w2)):
        if part.shape != (m,):
            raise Wrong(f"{name}: expected shape ({m},), found {tuple(part.shape)}")
    if b2.numel() != 1:
        raise Wrong(f"b2: expected one number, found shape {tuple(b2.shape)}")
    return [W1, b1, w2, b2.reshape(())]


def collapse(function: Function) -> Verdict:
    """``function(layers)``: the pair ``(W, b)`` of a chain of affine maps."""

    def reference(layers: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
        W, b = layers[0]
        for next_W, next_b in layers[1:]:
            W, b = next_W @ W, next_W @ b + next_b
        return W, b

    cases = []
    for sizes in ([3, 2], [2, 2, 2], [2, 5, 3], [4, 1, 4], [2, 6, 3, 5, 1], [3, 3, 3, 3]):
        layers = [
            (normal(after, before, number=place), normal(after, number=place))
            for place, (before, after) in enumerate(pairwise(sizes))
        ]
        cases.append((f"sizes {' -> '.join(map(str, sizes))}", (layers,)))
    hint = "what does the second layer do to the first one's W x, and what to its b?"
    return compare(function, reference, cases, hint=hint)


def least_loss(function: Function) -> Verdict:
    """``function(groups, y)``: the lower limit of the mean cross-entropy with common scores."""

    def reference(groups: list[int], y: list[int]) -> float:
        total = 0.0
        for group in set(groups):
            labels = [label for g, label in zip(groups, y) if g == group]
            total += len(labels) * _entropy(sum(labels) / len(labels))
        return total / len(y)

    cases = [
        (f"groups {groups}, y {y}", (groups, y))
        for groups, y in [
            ([0, 0, 0, 0], [0, 1, 1, 0]),
            ([0, 1, 2, 3], [0, 1, 1, 0]),
            ([0, 0, 1, 2], [0, 1, 1, 0]),
            ([0, 1, 0, 0], [0, 1, 1, 0]),
            ([0, 1, 1, 0], [0, 1, 1, 0]),
            ([7, 3, 7, 3, 7, 3, 7, 9], [1, 0, 0, 0, 1, 1, 1, 1]),
            ([1, 1, 1, 1, 1, 4], [0, 0, 0, 0, 1, 0]),
        ]
    ]
    hint = "each group pays its own entropy for each of its rows; the mean is over all rows"
    return compare(function, reference, cases, hint=hint)


def silent_at_the_start(answers: dict[str, Any]) -> Verdict:
    """Three probabilities, each within 0.0012, so that three digits may follow from three."""
    unit = 13 / 48
    right = {"-1 and +1": 1 / 12, "0 and 1": unit, "one of two": 1 - (1 - unit) ** 2}
    hint = "first the sign of b; for 0 and 1, draw the (w1, w2) square and its four quarters"
    return compare_values(answers, right, hint=hint, rtol=0, atol=1.2e-3)
