"""Checks for the exercises of Part 2 on autograd in PyTorch."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, Wrong, compare, compare_values, show

Function = Callable[..., Any]


def grad_by_hand(answers: dict[str, Any]) -> Verdict:
    """What is in ``.grad`` after each of three lines."""
    return compare_values(
        answers,
        {"after the first": 6, "after the second": 12, "after the third": 15},
        hint="backward() adds to what is there; a detached tensor counts as a constant",
        rtol=0,
    )


def slopes_in_advance(answers: dict[str, Any]) -> Verdict:
    """Slopes of a loop, of two weighted results and of a branch, before any run."""
    return compare_values(
        answers,
        {"slope of the loop": 1024, "slope of the slope": 3584, "w.grad": 124, "at the seam": 3},
        hint="which power of x does the loop make? the weights 1 and 10 make one sum of the two; "
        "which branch runs at 1?",
        rtol=0,
    )


def slope_of(function: Function) -> Verdict:
    """``function(f, x)``: the gradient of ``f`` at ``x``, which stays as it was."""

    def run(function: Function, f: Function, x: Tensor, tracked: bool, held: bool) -> Any:
        x.requires_grad_(tracked)
        x.grad = torch.full_like(x, 7.0) if held else None
        before = x.detach().clone()
        found = function(f, x)
        if found is None:
            raise Wrong("your function returned nothing; only a leaf has a .grad")
        found = found.detach().clone() if isinstance(found, Tensor) else found
        if (x.grad is not None) != held or (held and (x.grad != 7).any()):
            raise Wrong("x.grad was changed")
        if x.requires_grad != tracked or not torch.equal(x.detach(), before):
            raise Wrong("x is not as it was before the call")
        return found

    def right(f: Function, x: Tensor, tracked: bool, held: bool) -> Tensor:
        copy = x.detach().clone().requires_grad_()
        return torch.autograd.grad(f(copy), copy)[0]

    functions = {
        "sum of squares": lambda x: (x**2).sum(),
        "product of all entries": lambda x: x.prod(),
        "log of the sum of exp": lambda x: x.exp().sum().log(),
    }
    marks = {
        "without requires_grad": (False, False),
        "with requires_grad": (True, False),
        "with requires_grad and a .grad of sevens": (True, True),
    }
    return compare(
        function,
        right,
        [
            (f"{text} at {show(x)}, {mark}", (f, x, tracked, held))
            for x in (torch.tensor([0.5, -1.0, 2.0]), torch.tensor([[1.0, -2.0], [3.0, 0.5]]))
            for text, f in functions.items()
            for mark, (tracked, held) in marks.items()
        ],
        run=run,
        hint="work on a copy that is cut from the graph of x and starts a graph of its own",
    )


def fit_scale(function: Function) -> Verdict:
    """``function(x, y, steps)``: the weight after some steps of descent on a mean square."""

    def right(x: Tensor, y: Tensor, steps: int) -> float:
        w = 0.0
        for _ in range(steps):
            w -= 0.1 * (2 * (w * x - y) * x).mean().item()
        return w

    def run(function: Function, x: Tensor, y: Tensor, steps: int) -> Any:
        with warnings.catch_warnings():  # .grad of a tensor that is no leaf
            warnings.simplefilter("ignore")
            return function(x, y, steps)

    x = torch.tensor([1.0, 2.0, -1.0])
    return compare(
        function,
        right,
        [
            (f"x={x.tolist()}, y = {slope:g} x, after {steps} step{'s' * (steps > 1)}", case)
            for slope in (3.0, -0.5)
            for steps in (1, 2, 20)
            for case in [(x, slope * x, steps)]
        ],
        run=run,
        hint="print w.grad before each backward(): what should be in it, and what is?",
    )


def jacobian(function: Function) -> Verdict:
    """``function(f, x)``: the Jacobian, by one sweep for each output."""

    def run(function: Function, f: Function, x: Tensor) -> Any:
        sweeps, outputs = [], len(f(x))

        def swept(x: Tensor) -> Tensor:
            if getattr(x, "requires_grad", False):
                x = x * 1.0  # a value of this call alone, so that every sweep passes it once
                x.register_hook(sweeps.append)
            return f(x)

        found = function(swept, x)
        if found is not None and len(sweeps) != outputs:
            raise Wrong(f"for {outputs} outputs {outputs} sweeps were expected, not {len(sweeps)}")
        return found

    A = torch.tensor([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]])
    functions = {
        "A x with A of shape (2, 3)": (lambda x: A @ x, 3),
        "the squares of x": (lambda x: x**2, 4),
        "the running sums of x": (lambda x: x.cumsum(0), 3),
        "(sum, product, largest) of x": (lambda x: torch.stack([x.sum(), x.prod(), x.max()]), 5),
        "one output, as a vector": (lambda x: (x**3).sum()[None], 2),
        "five outputs of two inputs": (lambda x: torch.cat([x, x**2, x.prod()[None]]), 2),
    }
    return compare(
        function,
        lambda f, x: torch.autograd.functional.jacobian(f, x),
        [
            (f"{text}, x of shape ({d},)", (f, torch.arange(1.0, d + 1) / 2))
            for text, (f, d) in functions.items()
        ],
        run=run,
        hint="a sweep that starts from (0, ..., 1, ..., 0) gives one row; keep the graph for the "
        "next sweep, or build it anew",
    )
