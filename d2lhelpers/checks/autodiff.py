"""Checks for the exercises on automatic differentiation and autograd, in Part 2."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .core import Verdict, compare, compare_values

Function = Callable[..., Any]


# Automatic differentiation


@dataclass(eq=False)
class _Value:
    """The parts of the page's ``Value`` that a sweep needs."""

    data: float
    parents: tuple[_Value, ...] = ()
    slopes: tuple[float, ...] = ()
    grad: float = 0.0

    def __add__(self, other: _Value) -> _Value:
        return _Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: _Value) -> _Value:
        return _Value(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self) -> _Value:
        t = math.tanh(self.data)
        return _Value(t, (self,), (1 - t * t,))


def _winding(a: Any, b: Any) -> Any:
    for _ in range(4):
        a, b = (a * b + a).tanh(), (a + b).tanh()
    return a * b


_PROGRAMS: dict[str, Callable[[Any, Any], Any]] = {
    "a + b": lambda a, b: a + b,
    "a * b": lambda a, b: a * b,
    "a * a": lambda a, b: a * a,
    "(a * b + a) * b": lambda a, b: (a * b + a) * b,
    "tanh(a * b) * tanh(a)": lambda a, b: (a * b).tanh() * a.tanh(),
    "four turns of a loop": _winding,
}


def _program_cases() -> list[tuple[str, tuple]]:
    return [
        (f"{text} at a={a:g}, b={b:g}", (program, a, b))
        for text, program in _PROGRAMS.items()
        for a, b in [(0.5, -1.5)]
    ]


def _true_gradients(program: Function, a: float, b: float) -> Tensor:
    inputs = torch.tensor([a, b], dtype=torch.float64, requires_grad=True)
    value = program(inputs[0], inputs[1])
    return torch.autograd.grad(value, inputs)[0]


def sweep_by_hand(answers: dict[str, Any]) -> Verdict:
    """Two gradients and a number of paths in a graph of three operators."""
    return compare_values(
        answers,
        {"dz/da": 5, "dz/db": -8, "paths from a": 2},
        hint="write the gradient into every box, from the right; a is used in two places",
        rtol=0,
    )


def divide(function: Function) -> Verdict:
    """``function(a, b)``: the quotient and its two local derivatives."""

    def flat(rule: Function) -> Function:
        def run(a: float, b: float) -> Tensor | None:
            answer = rule(a, b)
            if answer is None:
                return None
            result, (for_a, for_b) = answer
            return torch.tensor([float(result), float(for_a), float(for_b)])

        return run

    return compare(
        flat(function),
        flat(lambda a, b: (a / b, (1 / b, -a / b**2))),
        [
            (f"[quotient, slope of a, slope of b] at a={a:g}, b={b:g}", (a, b))
            for a, b in [(6.0, 2.0), (1.0, -4.0), (-3.0, 0.5), (0.0, 2.0)]
        ],
        hint="a / b is a times b to the power -1; the result is (quotient, (slope, slope))",
    )


def gradients(function: Function) -> Verdict:
    """``function(result, inputs)``: the gradients of programs that use values several times."""

    def run(program: Function, a: float, b: float) -> Tensor | None:
        inputs = [_Value(a), _Value(b)]
        return function(program(*inputs), inputs)

    return compare(
        run,
        _true_gradients,
        _program_cases(),
        hint="a * a hands its operand two shares; what becomes of the first one?",
    )


def dual_numbers(cls: Function) -> Verdict:
    """``cls(value, slope)`` with ``+``, ``*`` and ``tanh``: both slopes of several programs."""

    def run(program: Function, a: float, b: float) -> Tensor | None:
        slopes = []
        for direction in [(1.0, 0.0), (0.0, 1.0)]:
            inputs = [cls(value, slope) for value, slope in zip((a, b), direction)]
            result = None if None in inputs else program(*inputs)
            if result is None:
                return None
            slopes.append(float(result.slope))
        return torch.tensor(slopes, dtype=torch.float64)

    return compare(
        run,
        _true_gradients,
        _program_cases(),
        hint="the product rule for *, the chain rule for tanh; return a Dual every time",
    )


# Autograd in PyTorch


def grad_by_hand(answers: dict[str, Any]) -> Verdict:
    """What is in ``.grad`` after each of three lines."""
    return compare_values(
        answers,
        {"after the first": 6, "after the second": 12, "after the third": 15},
        hint="backward() adds to what is there; a detached tensor counts as a constant",
        rtol=0,
    )


def slope_of(function: Function) -> Verdict:
    """``function(f, x)``: the gradient of ``f`` at ``x``, which stays as it was."""

    def run(f: Function, x: Tensor, tracked: bool) -> Tensor | None:
        x.requires_grad_(tracked)
        if tracked:
            x.grad = torch.full_like(x, 7.0)
        before = x.detach().clone()
        called = []
        found = function(lambda inputs: called.append(True) or f(inputs), x)
        if called and found is None:
            raise ValueError("f was called, and the answer is None: only a leaf has a .grad")
        if tracked and found is not None and (x.grad is None or (x.grad != 7).any()):
            raise ValueError("x.grad was changed")
        if x.requires_grad != tracked or not torch.equal(x.detach(), before):
            raise ValueError("x is not as it was before the call")
        if isinstance(found, Tensor) and found.requires_grad:
            raise ValueError("the answer is still part of a graph")
        return found

    def right(f: Function, x: Tensor, tracked: bool) -> Tensor:
        copy = x.detach().clone().requires_grad_()
        return torch.autograd.grad(f(copy), copy)[0]

    functions = {
        "sum of squares": lambda x: (x**2).sum(),
        "product of all entries": lambda x: x.prod(),
        "log of the sum of exp": lambda x: x.exp().sum().log(),
    }
    x = torch.tensor([0.5, -1.0, 2.0])
    return compare(
        run,
        right,
        [
            (f"{text} at {x.tolist()}, {'with' if tracked else 'without'} requires_grad", case)
            for text, f in functions.items()
            for tracked in (False, True)
            for case in [(f, x, tracked)]
        ],
        hint="work on a copy that is cut from the graph of x and starts a graph of its own",
    )


def fit_scale(function: Function) -> Verdict:
    """``function(x, y, steps)``: the weight after some steps of descent on a mean square."""

    def right(x: Tensor, y: Tensor, steps: int) -> float:
        w = 0.0
        for _ in range(steps):
            w -= 0.1 * (2 * (w * x - y) * x).mean().item()
        return w

    def run(x: Tensor, y: Tensor, steps: int) -> Any:
        with warnings.catch_warnings():  # .grad of a tensor that is no leaf
            warnings.simplefilter("ignore")
            return function(x, y, steps)

    x = torch.tensor([1.0, 2.0, -1.0])
    return compare(
        run,
        right,
        [
            (f"x={x.tolist()}, y = {slope:g} x, after {steps} step{'s' * (steps > 1)}", case)
            for slope in (3.0, -0.5)
            for steps in (1, 2, 20)
            for case in [(x, slope * x, steps)]
        ],
        hint="print w.grad before each backward(): what should be in it, and what is?",
    )


def jacobian(function: Function) -> Verdict:
    """``function(f, x)``: the Jacobian, one row per output, against PyTorch's own."""
    A = torch.tensor([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]])
    functions = {
        "A x with A of shape (2, 3)": (lambda x: A @ x, 3),
        "the squares of x": (lambda x: x**2, 4),
        "the running sums of x": (lambda x: x.cumsum(0), 3),
        "(sum, product, largest) of x": (lambda x: torch.stack([x.sum(), x.prod(), x.max()]), 5),
        "one output, as a vector": (lambda x: (x**3).sum()[None], 2),
    }
    return compare(
        function,
        lambda f, x: torch.autograd.functional.jacobian(f, x),
        [
            (f"{text}, x of shape ({d},)", (f, torch.arange(1.0, d + 1) / 2))
            for text, (f, d) in functions.items()
        ],
        hint="a sweep that starts from (0, ..., 1, ..., 0) gives one row; keep the graph for the "
        "next sweep, or build it anew",
    )
