"""Checks for the exercises of Part 2 on derivatives and subgradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import grad

from ..core import Verdict, compare, compare_values

Function = Callable[..., Any]


def slopes_by_hand(answers: dict[str, Any]) -> Verdict:
    """Four derivatives from the table and the rules."""
    right = {
        "x**3 at 2": 12,
        "x * exp(x) at 0": 1,
        "log(3 * x) at 2": 0.5,
        "(x**2 + 1)**3 at 1": 24,
    }
    return compare_values(
        answers,
        right,
        hint="a product has two terms; for a function inside a function, "
        "ask where each factor is taken",
    )


def slopes_at_zero(answers: dict[str, Any]) -> Verdict:
    """What PyTorch gives as slope at a kink, for four programs."""
    programs = {
        "2 * F.relu(x) - x": lambda x: 2 * F.relu(x) - x,
        "torch.maximum(x, 2 * x)": lambda x: torch.maximum(x, 2 * x),
        "torch.where(x > 0, 3 * x, x)": lambda x: torch.where(x > 0, 3 * x, x),
        "F.relu(x) - 2 * F.relu(-x)": lambda x: F.relu(x) - 2 * F.relu(-x),
    }
    right = {name: grad(program)(torch.tensor(0.0)) for name, program in programs.items()}
    return compare_values(
        answers,
        right,
        hint="take the program apart: which slope does each operation give at 0, and what do the "
        "rules make of them?",
    )


def symmetric_slope(function: Function) -> Verdict:
    """``function(f, x, h)``, the slope of the secant from x - h to x + h."""
    functions = {
        "x**2": lambda x: x**2,
        "x**3": lambda x: x**3,
        "exp": torch.exp,
        "sin": torch.sin,
        "abs": torch.abs,
    }
    cases = [
        (f"function {name}, x={x}, h={h}", (functions[name], torch.tensor(x).double(), h))
        for name, x, h in [
            ("x**2", 1.0, 1.0),
            ("x**2", 1.0, 0.5),
            ("exp", 0.0, 0.5),
            ("sin", 2.0, 0.25),
            ("abs", 0.0, 0.5),
            ("abs", -0.25, 0.5),
            ("x**3", -1.0, 2.0),
        ]
    ]
    return compare(
        function,
        lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
        cases,
        hint="rise over run; how long is the run from x - h to x + h?",
    )


def chain_slope(function: Function) -> Verdict:
    """``function(outer, d_outer, inner, d_inner, x)``, the derivative of ``outer(inner(x))``."""

    def square(x: Tensor) -> Tensor:
        return x**2

    def twice(x: Tensor) -> Tensor:
        return 2 * x

    pairs = {
        "sin(x**2)": (torch.sin, torch.cos, square, twice),
        "sin(x)**2": (square, twice, torch.sin, torch.cos),
        "exp(sin(x))": (torch.exp, torch.exp, torch.sin, torch.cos),
    }
    cases = [
        (f"{name} at x={x}", (*pair, torch.tensor(x).double()))
        for name, pair in pairs.items()
        for x in (0.5, 2.0)
    ]
    return compare(
        function,
        lambda outer, d_outer, inner, d_inner, x: d_outer(inner(x)) * d_inner(x),
        cases,
        hint="the outer function never sees x; what does it see?",
    )


def fan_of_distances(function: Function) -> Verdict:
    """``function(x, y)``, least and largest subgradient of ``(x - y).abs().sum()``."""

    def reference(x: float, y: Tensor) -> Tensor:
        # The slopes just left and just right of x; the houses lie at multiples of one half.
        steps = torch.tensor([-0.125, 0.125], dtype=torch.float64)
        return torch.stack([(x + step - y).sign().sum() for step in steps])

    houses = torch.tensor([1.0, 2.0, 4.0, 5.0, 88.0]).double()
    cases = [
        (f"houses {[int(h) for h in y]}, x={x}", (x, y))
        for x, y in [
            (3.0, houses),
            (4.0, houses),
            (5.0, houses),
            (0.0, houses),
            (100.0, houses),
            (2.0, torch.tensor([2.0, 2.0, 7.0]).double()),
            (3.0, torch.tensor([9.0, 3.0, 1.0, 5.0]).double()),
            (6.0, torch.tensor([6.0, 6.0, 6.0]).double()),
        ]
    ]
    return compare(
        function,
        reference,
        cases,
        hint="each house adds a slope of -1 or +1, and a house at x adds anything between",
    )
