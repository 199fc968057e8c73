"""Checks for the exercises of Part 2, vectors and matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, compare, compare_values, normal, show

Function = Callable[..., Any]


# Vectors and norms


def lengths_by_hand(answers: dict[str, Any]) -> Verdict:
    """Norms of (3, -4, 0), and its dot product with (4, 3, 9)."""
    right = {"L1 of a": 7, "L2 of a": 5, "L-infinity of a": 4, "L2 of -2a": 10, "a dot b": 0}
    return compare_values(
        answers, right, hint="add the sizes, ask Pythagoras, take the largest; signs count in a dot"
    )


def coin_vectors(answers: dict[str, Any]) -> Verdict:
    """Places, cosines and a ratio of lengths for 1,000 entries made by tossing coins."""
    right = {
        "both 1": 250,
        "cosine": 1 / 2,
        "straight over detour": 3**0.5 / 2,
        "cosine of signs": 0,
    }
    return compare_values(
        answers,
        right,
        rtol=0,
        atol=0.0101,
        hint="how often do two coins both show heads? a sum's squared length can be multiplied out",
    )


def angle(function: Function) -> Verdict:
    """``function(a, b)`` in degrees."""

    def reference(a: Tensor, b: Tensor) -> float:
        a, b = a.double(), b.double()
        return (a @ b / (a.norm() * b.norm())).clamp(-1, 1).acos().rad2deg().item()

    east, slanted = torch.tensor([2.0, 0.0]), torch.tensor([3.0, 3.0])
    cases = [
        ("a=(2, 0), b=(3, 3)", (east, slanted)),
        ("a=(2, 0), b=(0, 5)", (east, torch.tensor([0.0, 5.0]))),
        ("a=(2, 0), b=(-3, 0)", (east, torch.tensor([-3.0, 0.0]))),
        ("random vectors with 6 entries", (normal(6), normal(6, number=1))),
        ("a random vector with 6 entries and minus itself", (normal(6), -3 * normal(6))),
    ]
    # One of a hundred random vectors is enough for rounding to push a cosine above 1.
    cases += [("a vector of 7 entries and itself", (a, a.clone())) for a in 10 * normal(100, 7)]
    return compare(
        function,
        reference,
        cases,
        hint="the cosine is the dot product over both lengths; keep it between -1 and 1",
        atol=0.1,  # near 0 degrees an error of 1e-7 in the cosine is 0.03 degrees
    )


def unit_rows(function: Function) -> Verdict:
    """``function(X)`` divides every row by its own length and leaves rows of zeros."""

    def reference(X: Tensor) -> Tensor:
        lengths = X.norm(dim=1, keepdim=True)
        return X / torch.where(lengths > 0, lengths, 1.0)

    rows = torch.tensor([[3.0, 4.0], [0.0, 2.0]])
    cases = [
        ("X = [[3, 4], [0, 2]]", (rows,)),
        ("random X of shape (5, 3)", (normal(5, 3),)),
        ("random X of shape (4, 4)", (normal(4, 4),)),
        ("X = [[3, 4], [0, 0]]", (torch.tensor([[3.0, 4.0], [0.0, 0.0]]),)),
        ("X = [[0.0003, -0.0004]]", (torch.tensor([[3e-4, -4e-4]]),)),
    ]
    return compare(
        function,
        reference,
        cases,
        hint="one length per row, in a shape that divides its own row; and what is 0 / 0?",
    )


def split(function: Function) -> Verdict:
    """``function(b, a)`` returns the projection of b onto a, and the rest."""

    def reference(b: Tensor, a: Tensor) -> Tensor:
        shadow = (a @ b) / (a @ a) * a
        return torch.stack([shadow, b - shadow])

    b = torch.tensor([2.0, 1.0])
    cases = [
        (f"b=(2, 1), a={show(a)}", (b, torch.tensor(a)))
        for a in ([1.0, 0.0], [10.0, 0.0], [0.0, -3.0], [1.0, 1.0])
    ]
    cases += [
        (f"random vectors with {d} entries", (normal(d), 4 * normal(d, number=1))) for d in (5, 1)
    ]
    return compare(
        function,
        reference,
        cases,
        hint="the shadow is a multiple of a; which factor makes the rest orthogonal to a?",
    )


def nearest(function: Function) -> Verdict:
    """``function(points, query, p)`` returns the index of the nearest point."""
    shelves = torch.tensor([[0.0, 11.0], [4.0, 9.0], [8.0, 8.0]])
    cases = [
        (f"the three shelves, from the corner, p={p}", (shelves, torch.zeros(2), p))
        for p in (1, 2, torch.inf)
    ]
    cases += [
        (f"30 random points of 4 entries, p={p}", (normal(30, 4), normal(4, number=number), p))
        for number, p in enumerate((1, 2, torch.inf))
    ]
    return compare(
        function,
        lambda points, query, p: (
            torch.linalg.vector_norm(points - query, ord=p, dim=1).argmin().item()
        ),
        cases,
        hint="a distance is the length of a difference; broadcasting takes the query off every row",
    )


# Matrices


def products_by_hand(answers: dict[str, Any]) -> Verdict:
    """An entry of a product, its size and its cost, and two norms."""
    right = {
        "first entry": -1,
        "entries": 10,
        "multiplications": 30,
        "spectral norm": 5,
        "Frobenius norm": 5,
    }
    return compare_values(
        answers,
        right,
        rtol=0,
        hint="row times column; the outer two numbers of the shapes stay; a norm has no sign",
    )


def move(function: Function) -> Verdict:
    """``function(A, points)`` applies A to every row of points."""
    quarter_turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    shear = torch.tensor([[1.0, 1.0], [0.0, 1.0]])
    cases = [
        ("a quarter turn of the point (1, 0)", (quarter_turn, torch.tensor([[1.0, 0.0]]))),
        ("the shear of (1, 0) and (0, 1)", (shear, torch.eye(2))),
        ("a random matrix and 6 random points", (normal(2, 2), normal(6, 2))),
    ]
    return compare(
        function,
        lambda A, points: points @ A.T,
        cases,
        hint="A is made for columns; what does (A x), read as a row, equal?",
    )


def thirteenth_arrow(answers: dict[str, Any]) -> Verdict:
    """Rounds until the part along (1, 1), a millionth of the other at first, is the longer one."""
    right = {"(2, 1), (1, 2)": 13, "(5, 4), (4, 5)": 7, "(20, 10), (10, 20)": 13}
    return compare_values(
        answers,
        right,
        hint="each round multiplies the ratio of the two parts by the ratio of two eigenvalues; "
        "when has it grown a million times?",
    )


def strongest_stretch(function: Function) -> Verdict:
    """``function(A, b, rounds)`` returns the last factor of a power iteration."""

    def reference(A: Tensor, b: Tensor, rounds: int) -> float:
        for _ in range(rounds):
            b = A @ (b / b.norm())
        return b.norm().item()

    page = torch.tensor([[2.0, 1.0], [1.0, 2.0]])
    east, negative = torch.tensor([1.0, 0.0]), torch.tensor([-4.0, 1.0])
    R = normal(4, 4)
    cases = [
        (f"[[2, 1], [1, 2]], b=(2, 0), {n} round{'s' * (n > 1)}", (page, 2 * east, n))
        for n in (1, 2)
    ]
    cases += [
        ("[[2, 1], [1, 2]], b=(1, 0), 300 rounds", (page, east, 300)),
        ("diag(-4, 1), b=(1, 1), 301 rounds", (torch.diag(negative), torch.ones(2), 301)),
        ("[[0.02, 0.01], [0.01, 0.02]], b=(1, 0), 300 rounds", (0.01 * page, east, 300)),
        ("a random symmetric 4 x 4 matrix, 3 rounds", (R + R.T, torch.ones(4), 3)),
        ("a random symmetric 4 x 4 matrix, 500 rounds", (R + R.T, torch.ones(4), 500)),
    ]
    return compare(
        function,
        reference,
        cases,
        rtol=1e-3,
        hint="bring b back to length 1 before each round; the last length then is the factor",
    )


def is_positive_definite(function: Function) -> Verdict:
    """``function(A)`` for square matrices, symmetric or not."""

    def reference(A: Tensor) -> bool:
        return bool((torch.linalg.eigvalsh((A + A.T) / 2) > 1e-6).all())

    matrices = [
        [[2.0, 1.0], [1.0, 2.0]],
        [[1.0, 1.0], [1.0, 1.0]],
        [[1.0, 2.0], [2.0, 1.0]],
        [[2.0, -1.0], [-1.0, 2.0]],
        [[-1.0, 0.0], [0.0, -1.0]],
        [[1.0, 3.0], [-3.0, 1.0]],
        [[1.0, 5.0], [0.0, 1.0]],
        [[3.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]],  # determinant and trace positive
        [[1.0, 2.0, 2.0], [2.0, 1.0, 2.0], [2.0, 2.0, 1.0]],  # and the diagonal too
        [
            [3.0, -2.0, 3.0, 0.0],
            [-2.0, 2.0, 0.0, -3.0],
            [3.0, 0.0, 1.0, -1.0],
            [0.0, -3.0, -1.0, 3.0],
        ],
        [[2.0, -1.0, 0.0], [-1.0, 2.0, -1.0], [0.0, -1.0, 2.0]],
        [[0.0, 1.0], [-1.0, 0.0]],
        [[0.7475 if i == j else -0.2525 for j in range(4)] for i in range(4)],  # -0.01 once
        [[2.0]],
        [[-2.0]],
        [[1.0, 0.0], [0.0, 1e-8]],
        [[1.0, 0.0], [0.0, 1e-4]],
    ]
    return compare(
        function,
        reference,
        [(show(torch.tensor(matrix)), (torch.tensor(matrix),)) for matrix in matrices],
        hint="which part of A contributes to the expression, and what do its eigenvalues say?",
    )
