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


def backprop_zero_start(answers: dict[str, Any]) -> Verdict:
    """What a comparison finds where all weights are zero, and without the division by B."""
    right = {"gradients not zero": 1, "wrong programs that pass": 3, "relative error": 63}
    hint = "which hidden rows come out of zero weights, and what goes back through them?"
    return compare_values(answers, right, hint=hint, rtol=0)


def backprop_cost(answers: dict[str, Any]) -> Verdict:
    """Multiplications of an image in a network 784-128-64-10, forward and back."""
    products = (784 * 128, 128 * 64, 64 * 10)
    right = {"forward": sum(products), "backward": 2 * sum(products) - products[0]}
    hint = "one product for each layer forward, two back, one of which nobody asks for"
    return compare_values(answers, right, hint=hint, rtol=0)


def skip_layer(answer: Function) -> Verdict:
    """A class for ``X + inner(X)`` with ``forward`` and ``backward``, around a layer with both."""

    def run(answer: Function, X: Tensor, dZ: Tensor, depth: int, after: Any) -> tuple:
        before = X.clone(), dZ.clone()
        affine = _Affine(X.shape[1])
        layer: Any = _Chain(affine, after()) if after else affine
        for _ in range(depth):
            layer = answer(layer)
        Z = layer.forward(X)
        found = Z, layer.backward(dZ), affine.dW
        if not torch.equal(X, before[0]):
            raise Wrong("X is not as it was before the call, and the inner layer has kept it")
        if not torch.equal(dZ, before[1]):
            raise Wrong("dZ is not as it was before the call")
        return found

    cases = []
    for B, d, depth, after in (
        (1, 1, 1, None),
        (1, 3, 1, None),
        (4, 3, 1, _Square),
        (5, 2, 2, _Square),
        (4, 3, 1, _Sigmoid),
    ):
        text = f"{B} x {d}, " + ("a skip around a skip" if depth > 1 else "one skip")
        X = normal(B, d, number=1, dtype=torch.float64)
        dZ = normal(B, d, number=2, dtype=torch.float64)
        cases.append((text, (X, dZ, depth, after)))
    hint = "X goes two ways, so it receives two slopes"
    return compare(answer, lambda *case: run(_Skip, *case), cases, hint=hint, run=run)


class _Affine:
    def __init__(self, d: int) -> None:
        self.W = normal(d, d, number=7, dtype=torch.float64) + 1

    def forward(self, X: Tensor) -> Tensor:
        self.kept = X
        return X @ self.W.T

    def backward(self, dZ: Tensor) -> Tensor:
        self.dW = as_tensor(dZ).T @ as_tensor(self.kept)
        return dZ @ self.W


class _Square:
    def forward(self, X: Tensor) -> Tensor:
        self.kept = X
        return X * X

    def backward(self, dZ: Tensor) -> Tensor:
        return 2 * dZ * self.kept


class _Sigmoid:
    """Returns the very tensor that it keeps."""

    def forward(self, X: Tensor) -> Tensor:
        self.kept = torch.sigmoid(X)
        return self.kept

    def backward(self, dZ: Tensor) -> Tensor:
        return dZ * self.kept * (1 - self.kept)


class _Chain:
    def __init__(self, *layers: Any) -> None:
        self.layers = layers

    def forward(self, X: Tensor) -> Tensor:
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def backward(self, slope: Tensor) -> Tensor:
        for layer in reversed(self.layers):
            slope = layer.backward(slope)
        return slope


class _Skip:
    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def forward(self, X: Tensor) -> Tensor:
        return X + self.inner.forward(X)

    def backward(self, dZ: Tensor) -> Tensor:
        return dZ + self.inner.backward(dZ)


def softmax_backward(function: Function) -> Verdict:
    """``function(P, dP)``: slopes at the scores from those at the probabilities, no autograd."""

    def reference(P: Tensor, dP: Tensor) -> Tensor:
        return P * (dP - (P * dP).sum(dim=1, keepdim=True))

    cases = []
    for B, k in ((1, 2), (1, 3), (3, 3), (4, 5), (6, 2)):
        P = (2 * normal(B, k, number=1, dtype=torch.float64)).softmax(dim=1)
        cases.append((f"{B} x {k}", (P, normal(B, k, number=2, dtype=torch.float64))))
    sure = torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]], dtype=torch.float64)
    cases.append(("probabilities of exactly 0 and 1", (sure, normal(2, 3, dtype=torch.float64))))
    hint = "each score moves all probabilities of its own row; add up what comes back"
    return compare(function, reference, cases, hint=hint, run=without_autograd)


def gradient_check(function: Function) -> Verdict:
    """``function(f, gradient, w)``: whether a claimed gradient agrees with difference quotients."""

    def run(function: Function, f: Function, gradient: Tensor, w: Tensor, right: bool) -> float:
        before = w.clone()
        found = without_autograd(function, f, gradient, w)
        if not torch.equal(w, before):
            raise Wrong("w is not exactly as it was before the call")
        verdict = None if found is None else as_tensor(found)
        if verdict is None or verdict.numel() != 1 or verdict.item() not in (0, 1):
            raise Wrong(f"expected True or False, you returned {show(found)}")
        return verdict.item()

    hint = "look at every entry, at its size as well as its sign, with one h up and one h down"
    return compare(function, lambda f, g, w, right: float(right), _claims(), hint=hint, run=run)


def _claims() -> list[tuple[str, tuple]]:
    """Gradients of five functions: right ones, and each with one fault."""
    X, y = normal(8, 3, dtype=torch.float64), normal(8, dtype=torch.float64)

    def loss(v: Tensor) -> Tensor:
        v = torch.as_tensor(v)
        return ((X @ v[:3] + v[3] - y) ** 2).mean() / 2

    def cubic(v: Tensor) -> Tensor:
        return (torch.as_tensor(v) ** 3).sum()

    def steep(v: Tensor) -> Tensor:  # the quotient of one side is off, however small its h
        return 1e8 * (torch.as_tensor(v) ** 2).sum()

    def uneven(v: Tensor) -> Tensor:
        v = torch.as_tensor(v)
        return 1e4 * v[0] + 0.02 * v[1] ** 2

    w = normal(4, number=3, dtype=torch.float64)
    slope = X @ w[:3] + w[3] - y
    right = torch.cat([X.T @ slope, slope.sum()[None]]) / len(y)
    bias = right.clone()
    bias[3] /= len(y)

    def faint(v: Tensor) -> Tensor:
        return 1e-3 * loss(v)

    one_off = [right + 0.01 * torch.eye(4, dtype=torch.float64)[i] for i in range(4)]
    v = torch.tensor([2.0, -1.0, 0.5], dtype=torch.float64)
    near = torch.tensor([1e-8, -2e-8], dtype=torch.float64)
    pair = torch.tensor([1e-4, -1.0], dtype=torch.float64)
    small = torch.tensor([1e4, -0.04], dtype=torch.float64)
    off = torch.tensor([1e4, -0.03], dtype=torch.float64)
    claims = [
        ("a right gradient", loss, right, w, True),
        ("a right gradient of a cubic", cubic, 3 * v**2, v, True),
        ("a right gradient of one number", cubic, 3 * v[:1] ** 2, v[:1], True),
        ("a right gradient close to the bottom of a steep bowl", steep, 2e8 * near, near, True),
        ("a right gradient, one entry large and one small", uneven, small, pair, True),
        ("one bias, divided by B once more", loss, bias, w, False),
        ("everything times B", loss, right * len(y), w, False),
        ("the other sign", loss, -right, w, False),
        *((f"only entry {i} is off, by 0.01", loss, g, w, False) for i, g in enumerate(one_off)),
        ("a right gradient of small slopes", faint, 1e-3 * right, w, True),
        ("small slopes, claimed half as large again", faint, 1.5e-3 * right, w, False),
        ("zeros", loss, torch.zeros_like(w), w, False),
        ("entries in another order", loss, right.flip(0), w, False),
        ("a cubic's gradient, three in two thousand too large", cubic, 3.0045 * v**2, v, False),
        ("the large entry is right, the small one is not", uneven, off, pair, False),
    ]
    return [(text, tuple(rest)) for text, *rest in claims]
