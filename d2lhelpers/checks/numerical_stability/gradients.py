"""Checks for the exercises on exploding and vanishing gradients."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..core import Verdict, Wrong, compare, compare_values, normal, numbers_of, show

Function = Callable[..., Any]


def many_stages(answers: dict[str, Any]) -> Verdict:
    """Stages until a signal leaves float16, and the gains of layers and lines."""
    right = {
        "first stage above 65504": 28,
        "first stage below 6e-8": 11,
        "smallest gain": 10 ** (-6 / 50),
        "gain of the layer": 1.0,
    }
    hint = "a line of k stages multiplies by gain ** k; take logarithms to find k"
    return compare_values(answers, right, hint=hint, rtol=7e-4, atol=0)


def carry_back(function: Function) -> Verdict:
    """``function(weights, gates, gradient)``: from the last hidden vector back to the inputs.

    Every layer has gates (m_l,) and weights (m_l, m_(l-1)), the first layer first.
    """

    def reference(weights: list[Tensor], gates: list[Tensor], gradient: Tensor) -> Tensor:
        for W, gate in zip(reversed(weights), reversed(gates)):
            gradient = W.T @ (gate * gradient)
        return gradient

    cases = []
    for sizes in ([2, 2], [3, 2], [2, 3, 4], [5, 3, 4, 2], [4, 4, 4], [1, 6, 1, 3]):
        weights = [normal(b, a) for a, b in itertools.pairwise(sizes)]
        gates = [torch.sigmoid(normal(b, number=1)) for b in sizes[1:]]
        text = f"widths {', '.join(map(str, sizes))}, the inputs first"
        cases.append((text, (weights, gates, normal(sizes[-1], number=2))))
    hint = "one layer multiplies by its gates, then by its matrix; which layer comes first?"
    return compare(function, reference, cases, hint=hint)


def log10_growth(function: Function) -> Verdict:
    """``function(matrices, v)``: log10 of how much longer a product of matrices makes ``v``."""

    def reference(matrices: list[Tensor], v: Tensor) -> float:
        total, v = 0.0, v.double()
        for A in matrices:
            before, v = v.norm(), A.double() @ v
            total += math.log10(v.norm() / before)
            v = v / v.norm()
        return total

    def many(count: int, size: int, factor: float) -> list[Tensor]:
        return [factor * normal(size, size, number=number) for number in range(count)]

    v = torch.tensor([3.0, 4.0])
    cases = [
        ("no matrix", ([], v)),
        ("one matrix, ten times the identity", ([10 * torch.eye(2)], v)),
        ("two matrices that do not commute", ([torch.tensor([[0.0, 5], [1, 0]]),
                                               torch.tensor([[2.0, 0], [0, 7]])], v)),
        ("a matrix that is not square", ([normal(5, 2), normal(3, 5)], v)),
        ("10 matrices of 4 rows", (many(10, 4, 1.0), normal(4))),
        ("2,000 matrices of 8 rows, growing", (many(2_000, 8, 1.0), normal(8))),
        ("2,000 matrices of 8 rows, shrinking", (many(2_000, 8, 0.1), normal(8))),
    ]  # fmt: skip
    hint = "keep the vector at length 1, and add up the logarithms of what you divide by"
    return compare(function, reference, cases, hint=hint, rtol=1e-3, atol=1e-3)


class _Scale(nn.Module):
    """Multiplies by a factor, or puts a number in one place."""

    def __init__(self, factor: float = 1.0, put: float | None = None) -> None:
        super().__init__()
        self.factor, self.put = factor, put

    def forward(self, x: Tensor) -> Tensor:
        x = x * self.factor
        if self.put is None:
            return x
        place = torch.arange(x.numel()).reshape(x.shape) == x.numel() - 1
        return torch.where(place, self.put, x)


class _Dividing(nn.Module):
    """A part whose layer is finite, and which then divides by zero itself."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = _Scale()

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x) / 0


class _Swapped(nn.Module):
    """Calls its layers in another order than it names them."""

    def __init__(self) -> None:
        super().__init__()
        self.late = _Scale(put=math.nan)
        self.inner = nn.Sequential(nn.Linear(3, 3), _Scale(put=math.inf))

    def forward(self, x: Tensor) -> Tensor:
        return self.late(self.inner(x))


def _hooks(net: nn.Module) -> int:
    kept = [part._forward_hooks for part in net.modules()]
    kept += [part._forward_pre_hooks for part in net.modules()]
    shared = nn.modules.module
    kept += [shared._global_forward_hooks, shared._global_forward_pre_hooks]
    return sum(map(len, kept))


def first_nonfinite(function: Function) -> Verdict:
    """``function(net, X)``: the name of the first layer whose output is not finite, or None."""

    def run(function: Function, net: nn.Module, X: Tensor, expected: str | None) -> float:
        before = _hooks(net)
        found = function(net, X)
        if found is not None and not isinstance(found, str):
            raise Wrong(f"expected a name or None, you returned {show(found)}")
        if found != expected:
            raise Wrong(f"expected {expected!r}, you returned {found!r}")
        if _hooks(net) > before:
            raise Wrong("the name is right, and your hooks are still in the network")
        return 1.0

    def layers(put: dict[int, float]) -> nn.Module:
        return nn.Sequential(*(_Scale(put=put.get(i)) for i in range(6)))

    large = nn.Sequential(nn.Flatten(), *(_Scale(1e15) for _ in range(4)))
    X = 1 + normal(4, 3).abs()
    cases = [
        ("six layers, an inf at layer 3", (layers({3: math.inf}), X, "3")),
        ("six layers, a nan at layer 0", (layers({0: math.nan}), X, "0")),
        ("six layers, all finite", (layers({}), X, None)),
        ("minus infinity at layer 2, nan at layer 4",
         (layers({2: -math.inf, 4: math.nan}), X, "2")),
        ("four layers that multiply by 1e15 each", (large, X, "3")),
        ("large numbers whose sum is not finite",
         (nn.Sequential(nn.Identity(), nn.Flatten()), torch.full((4, 3), 3e38), None)),
        ("a part that divides by zero, with a layer that does not",
         (nn.Sequential(_Dividing()), X, None)),
        ("a layer inside a layer, called before one that is named first",
         (_Swapped(), X, "inner.1")),
        ("inputs that hold an inf, which the first layer hides",
         (nn.Sequential(nn.Sigmoid(), nn.Linear(3, 2)), torch.full((2, 3), math.inf), None)),
    ]  # fmt: skip
    hint = "a hook is called with the layer, its inputs and its output, in the order of the pass"
    return compare(function, lambda *given: 1.0, cases, run=run, hint=hint)


def safe_log(function: Function) -> Verdict:
    """``function(x)``: log(x) where x > 0, else 0, with a gradient that is finite everywhere."""

    def run(function: Function, x: Tensor) -> tuple[Tensor, Tensor]:
        x = x.clone().requires_grad_()
        found = function(x)
        values = numbers_of(found, f"numbers of shape {tuple(x.shape)}")
        if not isinstance(found, Tensor) or not found.requires_grad:
            raise Wrong("the result has lost its graph, so nothing can be learned through it")
        if values.shape != x.shape:
            raise Wrong(f"expected shape {tuple(x.shape)}, you returned {tuple(values.shape)}")
        (slope,) = torch.autograd.grad(found.sum(), x)
        for what, numbers in (("value", values), ("gradient", slope)):
            bad = numbers.isfinite().logical_not().nonzero()
            if len(bad):
                at = x[tuple(bad[0])].item()
                raise Wrong(f"the {what} at {show(at)} is {numbers[tuple(bad[0])].item()}")
        return values, slope

    def reference(x: Tensor) -> tuple[Tensor, Tensor]:
        positive = x > 0
        inside = torch.where(positive, x, 1.0)
        return inside.log(), torch.where(positive, 1 / inside, 0.0)

    cases = [
        ("x = 2", (torch.tensor([2.0]),)),
        ("x = -1", (torch.tensor([-1.0]),)),
        ("x = 0", (torch.tensor([0.0]),)),
        ("x = -1, 0, 2", (torch.tensor([-1.0, 0.0, 2.0]),)),
        ("x = 1e-6, 0.1 and 1,000", (torch.tensor([1e-6, 0.1, 1_000.0]),)),
        ("x = 1e-30", (torch.tensor([1e-30]),)),
        ("a table of nine", (normal(3, 3),)),
    ]
    hint = "log takes part in the way back with every x that it was given"
    return compare(function, reference, cases, run=run, hint=hint, rtol=1e-3, atol=1e-3)
