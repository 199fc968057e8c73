"""Checks for the exercises on labelings, and on the VC dimension."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from ..core import Verdict, Wrong, compare, compare_values, numbers_of, show

Function = Callable[..., Any]


def count_before(answers: dict[str, Any]) -> Verdict:
    """How many labelings straight borders produce: on a line, and in three dimensions."""
    right = {"four points on a line": 8, "tetrahedron": 16, "tetrahedron and center": 30}
    hint = "on a line a border is one cut; in space, which labelings of the center are lost?"
    return compare_values(answers, right, hint=hint)


def by_circles(function: Function) -> Verdict:
    """``function(X)``: how many labelings of the points in the rows of ``X`` circles produce."""

    def reference(X: np.ndarray) -> int:
        return sum(_circle_exists(X, y) for y in product([-1, 1], repeat=len(X)))

    cases = [
        (text, (np.array(points, dtype=float),))
        for text, points in [
            ("one point", [[3, 1]]),
            ("a triangle", [[0, 0], [1, 0], [0, 1]]),
            ("three points on a line", [[0, 0], [1, 1], [2, 2]]),
            (
                "four points, one inside the triangle of the others",
                [[0, 0], [4, 0], [0, 4], [1, 1]],
            ),
            ("four points on no circle", [[0, 0], [2, 0], [0, 2], [3, 3]]),
            ("four points on a circle: a square", [[0, 0], [1, 0], [0, 1], [1, 1]]),
            ("a square far from the origin", [[5, 5], [6, 5], [5, 6], [6, 6]]),
            ("four points on a line", [[0, 0], [1, 0], [2, 0], [3, 0]]),
            ("three points, two of them the same", [[0, 0], [1, 1], [1, 1]]),
            ("five points", [[0, 0], [3, 0], [0, 2], [4, 4], [1, 1]]),
        ]
    ]
    hint = "multiply out (x1 - c1)² + (x2 - c2)² < r²: in which columns is it linear?"
    return compare(function, reference, cases, hint=hint)


def _circle_exists(X: np.ndarray, y: tuple[int, ...]) -> bool:
    from scipy.optimize import linprog

    columns = np.column_stack([X, (X**2).sum(axis=1), np.ones(len(X))])
    signed = np.array(y)[:, None] * columns
    answer = linprog(np.zeros(4), A_ub=-signed, b_ub=-np.ones(len(X)), bounds=[(None, None)] * 4)
    return answer.status == 0


def one_number(function: Function) -> Verdict:
    """``function(labels)``: a ``w`` with ``sign(sin(w * 10**-i))`` equal to label ``i``."""

    def run(function: Function, labels: list[int]) -> float:
        found = as_found(function(list(labels)))
        for i, label in enumerate(labels, start=1):
            value = math.sin(found * 10.0**-i)
            if not value * label > 0:
                x = f"{10.0**-i:.{i}f}"
                raise Wrong(
                    f"w = {show(found)}: at x = {x} the sign is wrong, sin(w x) = {show(value)}"
                )
        return 0.0

    def as_found(found: Any) -> float:
        number = numbers_of(found, "a number")
        if number.numel() != 1 or not math.isfinite(number.item()):
            raise Wrong(f"expected one finite number, you returned {show(found)}")
        return number.item()

    small = [list(labels) for n in (1, 2, 3) for labels in product([1, -1], repeat=n)]
    long = [[-1, 1, -1, 1, -1, 1, -1], [1, 1, 1, -1, -1, -1, -1], [-1] * 7, [1] * 7]
    cases = [(f"labels {labels}", (labels,)) for labels in small + long + [[1, -1, 1, 1, -1]]]
    hint = "what does an added multiple of π · 10^i do to sin(w x) at x = 10^-i, and at the others?"
    # A right w leaves nothing to compare.
    return compare(function, lambda labels: 0.0, cases, hint=hint, run=run)


def enough(function: Function) -> Verdict:
    """``function(d, share)``: samples until luck is bounded by 0.05."""

    def reference(d: int, share: float) -> int:
        n = 1
        while math.log2(_count(2 * n, d)) - share * n > math.log2(0.05):
            n += 1
        return n

    cases = [
        (f"d = {d}, share {share}", (d, share))
        for d, share in [(2, 0.1), (2, 0.5), (2, 1.0), (1, 0.1), (9, 0.1), (2, 0.03), (20, 0.3)]
    ]
    hint = "is it C(2n) or C(n), with which d, and does your search begin at n = 1?"
    return compare(function, reference, cases, hint=hint)


def _count(n: int, d: int) -> int:
    """Labelings of ``n`` points in general position by straight borders with ``d`` inputs."""
    return 2 * sum(math.comb(n - 1, k) for k in range(d + 1))
