"""Checks for the exercises on what a network learns by heart, and on the VC dimension."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

import numpy as np

from ..core import Verdict, Wrong, compare, compare_values, numbers_of, show

Function = Callable[..., Any]


def count_before(answers: dict[str, Any]) -> Verdict:
    """How many labelings straight borders produce: on a line, and in three dimensions."""
    right = {"four points on a line": 8, "tetrahedron": 16, "tetrahedron and center": 30}
    hint = "on a line a border is one cut; in space, which labelings of the center are lost?"
    return compare_values(answers, right, hint=hint)


def parameters(function: Function) -> Verdict:
    """``function(sizes)``: the weights and biases of a multilayer perceptron."""

    def reference(sizes: list[int]) -> int:
        return sum(before * after + after for before, after in pairwise(sizes))

    cases = [
        (f"sizes {sizes}", (sizes,))
        for sizes in (
            [784, 256, 10],
            [784, 10],
            [2, 1],
            [3, 3, 3],
            [784, 512, 256, 10],
            [5, 4, 3, 2, 1],
            [1, 7, 1, 7, 1, 7],
        )
    ]
    hint = "count layer by layer: a unit has a weight for each number it gets, and one bias"
    return compare(function, reference, cases, hint=hint)


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
