"""Checks for the exercises on backpropagation by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..bans import without_autograd
from ..core import Verdict, Wrong, as_tensor, compare, compare_values, normal, show

Function = Callable[..., Any]


def backprop_pencil(answers: dict[str, Any]) -> Verdict:
    """The slopes of one affine unit for two samples: four whole numbers."""
    right = {"dW, first": 49, "dW, second": 2, "db": 13, "dX[1, 0]": 36}
    hint = "first both z, then their slopes; both samples use the same weights"
    return compare_values(answers, right, hint=hint, rtol=0)


def backprop_cost(answers: dict[str, Any]) -> Verdict:
    """Multiplications of an image in a network 784-128-64-10, forward and back."""
    products = (784 * 128, 128 * 64, 64 * 10)
    right = {"forward": sum(products), "backward": 2 * sum(products) - products[0]}
    hint = "one product for each layer forward, two back, one of which nobody asks for"
    return compare_values(answers, right, hint=hint, rtol=0)


def softmax_backward(function: Function) -> Verdict:
    """``function(P, dP)``: slopes at the scores from those at the probabilities, no autograd."""

    def reference(P: Tensor, dP: Tensor) -> Tensor:
        return P * (dP - (P * dP).sum(dim=1, keepdim=True))

    cases = []
    for B, k in ((1, 2), (1, 3), (3, 3), (4, 5), (6, 2)):
        P = (2 * normal(B, k, number=1, dtype=torch.float64)).softmax(dim=1)
        cases.append((f"{B} x {k}", (P, normal(B, k, number=2, dtype=torch.float64))))
    hint = "each score moves all probabilities of its own row; add up what comes back"
    return compare(function, reference, cases, hint=hint, run=without_autograd)


def gradient_check(function: Function) -> Verdict:
    """``function(f, gradient, w)``: whether a claimed gradient agrees with difference quotients."""

    def run(function: Function, f: Function, gradient: Tensor, w: Tensor, right: bool) -> float:
        before = w.clone()
        found = without_autograd(function, f, gradient, w)
        if not torch.equal(w, before):
            raise Wrong("w is not as it was before the call")
        verdict = None if found is None else as_tensor(found)
        if verdict is None or verdict.numel() != 1 or verdict.item() not in (0, 1):
            raise Wrong(f"expected True or False, you returned {show(found)}")
        return verdict.item()

    hint = "look at every entry, at its size as well as its sign, with one h up and one h down"
    return compare(function, lambda f, g, w, right: float(right), _claims(), hint=hint, run=run)


def _claims() -> list[tuple[str, tuple]]:
    """Gradients of a small loss and of a cubic: right ones, and each with one fault."""
    X, y = normal(8, 3, dtype=torch.float64), normal(8, dtype=torch.float64)

    def loss(v: Tensor) -> Tensor:
        v = torch.as_tensor(v)
        return ((X @ v[:3] + v[3] - y) ** 2).mean() / 2

    def cubic(v: Tensor) -> Tensor:
        return (torch.as_tensor(v) ** 3).sum()

    w = normal(4, number=3, dtype=torch.float64)
    slope = X @ w[:3] + w[3] - y
    right = torch.cat([X.T @ slope, slope.sum()[None]]) / len(y)
    bias = right.clone()
    bias[3] /= len(y)
    first = right.clone()
    first[0] += 0.01
    v = torch.tensor([2.0, -1.0, 0.5], dtype=torch.float64)
    forward = (cubic(v + 0.01) - cubic(v)) / 0.01
    claims = [
        ("a right gradient", loss, right, w, True),
        ("a right gradient of a cubic", cubic, 3 * v**2, v, True),
        ("a right gradient of one number", cubic, 3 * v[:1] ** 2, v[:1], True),
        ("one bias, divided by B once more", loss, bias, w, False),
        ("everything times B", loss, right * len(y), w, False),
        ("the other sign", loss, -right, w, False),
        ("only the first entry is off, by 0.01", loss, first, w, False),
        ("zeros", loss, torch.zeros_like(w), w, False),
        ("entries in another order", loss, right.flip(0), w, False),
        ("a cubic's gradient, one in a hundred too large", cubic, 3.03 * v**2, v, False),
        ("the same number everywhere", cubic, forward.expand(3).clone(), v, False),
    ]
    return [(text, tuple(rest)) for text, *rest in claims]
