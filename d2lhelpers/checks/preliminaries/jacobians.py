"""Checks for the exercises of Part 2 on gradients, Jacobians and the vector chain rule."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import torch
from torch import Tensor
from torch.func import jacrev

from ..bans import is_tracked, without_autograd
from ..core import Verdict, Wrong, compare, compare_values, normal

Function = Callable[..., Any]


def _random(*shape: int) -> Tensor:
    return normal(*shape, dtype=torch.float64)


# Gradients and Jacobians


def gradients_by_hand(answers: dict[str, Any]) -> Verdict:
    """Partial derivatives at a point, and sizes of Jacobians."""
    right = {
        "d/dx1 at (3, 2)": 12,
        "d/dx2 at (3, 2)": 9,
        "largest slope at (3, 2)": 15,
        "columns of the Jacobian": 5,
        "numbers in dY/dX": 120,
    }
    return compare_values(
        answers,
        right,
        hint="hold the other variable fixed; the steepest way is the gradient's own; "
        "one row per output, one column per input",
    )


def half_as_steep(answers: dict[str, Any]) -> Verdict:
    """Slopes at a point with the gradient (2, 4), and directions in degrees."""
    steepest = math.degrees(math.atan2(4, 2))
    right = {
        "slope to the northwest": 2 / math.sqrt(2),
        "level at": steepest + 90,
        "half as steep at": steepest + 60,
    }
    return compare_values(
        answers,
        right,
        hint="a slope is the gradient's length times the cosine of the angle to it; "
        "where does the gradient point?",
        rtol=0.005,
        atol=0.01,
    )


def quadratic_gradient(function: Function) -> Verdict:
    """``function(A, x)``, the derivative of ``x @ A @ x`` as an (n,) tensor."""
    cases = [
        (f"A={A}, x={x}", (torch.tensor(A).double(), torch.tensor(x).double()))
        for A, x in [
            ([[1.0, 0.0], [0.0, 2.0]], [1.0, 1.0]),
            ([[0.0, 1.0], [0.0, 0.0]], [3.0, 5.0]),
            ([[0.0, 1.0], [-1.0, 0.0]], [3.0, 5.0]),
        ]
    ]
    cases.append(("random A of shape (4, 4)", (_random(4, 4), _random(4))))
    cases.append(
        ("A=[[3.0]], x=[2.0]", (torch.tensor([[3.0]]).double(), torch.tensor([2.0]).double()))
    )
    return compare(
        function,
        lambda A, x: (A + A.T) @ x,
        cases,
        hint="write it as <u, v> with u = x and v = Ax; A need not be symmetric",
    )


def slope_towards(function: Function) -> Verdict:
    """``function(gradient, direction)``, the slope per unit of length walked."""
    cases = [
        (f"gradient {g}, direction {d}", (torch.tensor(g).double(), torch.tensor(d).double()))
        for g, d in [
            ([2.0, 4.0], [1.0, 0.0]),
            ([2.0, 4.0], [10.0, 0.0]),
            ([2.0, 4.0], [1.0, 2.0]),
            ([2.0, 4.0], [-2.0, 1.0]),
            ([3.0, 0.0, 4.0], [0.0, 0.0, -0.5]),
        ]
    ]
    return compare(
        function,
        lambda gradient, direction: gradient @ direction / direction.norm(),
        cases,
        hint="a slope is rise over run; how long is the run?",
    )


def numerical_jacobian(function: Function) -> Verdict:
    """``function(f, x)`` against ``jacrev``, to three digits; it may take no derivative itself."""

    def run(function: Function, f: Function, x: Tensor) -> Any:
        def watched(x: Tensor) -> Tensor:
            if is_tracked(x):
                raise Wrong("this takes a derivative by rule; secants are asked for")
            return f(x)

        return function(watched, x)

    A = _random(2, 3)
    functions = {
        "Ax, A of shape (2, 3)": (lambda x: A.to(x) @ x, 3),
        "exp(x) of 4 numbers": (torch.exp, 4),
        "(x1 x2, x1, x2**2)": (lambda x: torch.stack([x[0] * x[1], x[0], x[1] ** 2]), 2),
        "the sum of the squares of 3 numbers": (lambda x: (x**2).sum()[None], 3),
    }
    cases = [(name, (f, _random(n))) for name, (f, n) in functions.items()]
    return compare(
        function,
        lambda f, x: jacrev(f)(x),
        cases,
        run=run,
        hint="moving x[j] alone, by a small h, changes all outputs: that is one column",
        rtol=1e-3,
        atol=1e-3,
    )


# The vector chain rule


def dominoes(answers: dict[str, Any]) -> Verdict:
    """Sizes of Jacobians in a chain of 5, 4 and 3 numbers and one loss."""
    right = {
        "rows of do/dh": 3,
        "columns of do/dh": 4,
        "numbers in dl/dx": 5,
        "multiplications from the left": 32,
        "multiplications from the right": 75,
    }
    return compare_values(
        answers,
        right,
        hint="(a, b) times (b, c) has a c entries, and each takes b multiplications",
    )


def a_path_around(answers: dict[str, Any]) -> Verdict:
    """Entries of BA + I."""
    return compare_values(
        answers,
        {"dy1/dx1": 2, "dy2/dx1": 2, "dy2/dx2": 3},
        hint="one product of Jacobians for the way by h, one Jacobian for the way around; "
        "what arrives by different paths adds up",
    )


def mean_square_gradient(function: Function) -> Verdict:
    """``function(X, y, w)``, the gradient of the mean squared error, (d, 1)."""
    cases = [
        (
            "X=[[1], [1]], y=[0, 0], w=[3]",
            (torch.ones(2, 1).double(), torch.zeros(2, 1).double(), 3 * torch.ones(1, 1).double()),
        )
    ]
    cases += [
        (f"random X of shape ({n}, {d})", (_random(n, d), _random(n, 1), _random(d, 1)))
        for n, d in [(5, 3), (2, 4), (8, 1)]
    ]
    return compare(
        function,
        lambda X, y, w: 2 * X.T @ (X @ w - y) / len(X),
        cases,
        run=without_autograd,
        hint="same shape as w; and it is the mean over the n samples, without one half",
    )


def jacobian_of_layers(function: Function) -> Verdict:
    """``function(A, B, x)``, the Jacobian of ``B @ torch.sin(A @ x)``."""
    eye = torch.eye(2).double()
    known = "A = [[π, 0], [0, π]], B = [[1, 0], [0, 1]], x = [0, 1]"
    cases = [(known, (math.pi * eye, eye, eye[1]))]
    cases += [
        (f"A of shape {tuple(A.shape)}, B of shape {tuple(B.shape)}", (A, B, _random(A.shape[1])))
        for A, B in [
            (_random(3, 3), _random(3, 3)),
            (_random(4, 3), _random(2, 4)),
            (_random(1, 3), _random(2, 1)),
        ]
    ]
    return compare(
        function,
        lambda A, B, x: jacrev(lambda x: B @ torch.sin(A @ x))(x),
        cases,
        hint="at which numbers was the sine taken on the way forward?",
    )


def chain_jacobian(function: Function) -> Verdict:
    """``function(functions, x)``, the Jacobian of one function after the other."""
    A, B = _random(4, 3), _random(2, 4)
    steps = {
        "one function, Ax": [lambda x: A @ x],
        "Ax, then sin": [lambda x: A @ x, torch.sin],
        "Ax, then sin, then B": [lambda x: A @ x, torch.sin, lambda u: B @ u],
        "exp, then x times its sum": [torch.exp, lambda u: u * u.sum()],
        "exp of the sine of the squares": [torch.square, torch.sin, torch.exp],
    }

    def run(function: Function, functions: list[Function], x: Tensor) -> Any:
        tracked: list[Tensor] = []

        def watch(f: Function) -> Function:
            def watched(x: Tensor) -> Tensor:
                if any(x is output for output in tracked):
                    raise Wrong("a derivative went through two functions at once")
                value = f(x)
                if is_tracked(x):
                    tracked.append(value)
                return value

            return watched

        return function([watch(f) for f in functions], x)

    def reference(functions: list[Function], x: Tensor) -> Tensor:
        return jacrev(lambda x: reduce(lambda value, f: f(value), functions, x))(x)

    return compare(
        function,
        reference,
        [(name, (functions, _random(3))) for name, functions in steps.items()],
        run=run,
        hint="take each Jacobian at the value that reaches it; the first function acts last",
    )
