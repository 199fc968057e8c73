"""Checks for the exercises on cross-correlation and kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, Wrong, as_tensor, compare, compare_values, difference, normal

Function = Callable[..., Any]


def slide_by_hand(answers: dict[str, Any]) -> Verdict:
    """Three numbers of a cross-correlation, and the shape of another."""
    right = {"first": 4, "right of it": 3, "below it": 2, "rows": 474, "columns": 638}
    hint = "lay the kernel on the window and add the pixels under its ones; count the windows"
    return compare_values(answers, right, hint=hint)


def what_is_told(answers: dict[str, Any]) -> Verdict:
    """Ranks of the windows of four pictures."""
    right = {"even gray": 1, "chessboard": 2, "slope": 2, "one bright pixel": 9}
    hint = "write down two or three windows; is the next one a sum of multiples of these?"
    return compare_values(answers, right, hint=hint)


def _composed(A: Tensor, B: Tensor) -> Tensor:
    C = torch.zeros(A.shape[0] + B.shape[0] - 1, A.shape[1] + B.shape[1] - 1)
    for a in range(A.shape[0]):
        for b in range(A.shape[1]):
            C[a : a + B.shape[0], b : b + B.shape[1]] += A[a, b] * B
    return C


def compose(function: Function) -> Verdict:
    """``function(A, B)``: the one kernel that does what A and then B do."""

    def run(function: Function, A: Tensor, B: Tensor) -> Any:
        found = function(A, B)
        right, turned = _composed(A, B), _composed(A, B.flip(0, 1))
        if difference(found, right, 1e-4, 1e-5) and not difference(found, turned, 1e-4, 1e-5):
            raise Wrong("this is A and then B turned by half a turn")
        return found

    cases = [
        ("A = (1, -1), B = (1, 2)", (torch.tensor([[1.0, -1]]), torch.tensor([[1.0, 2]]))),
        ("a column and a row", (torch.tensor([[1.0], [2], [3]]), torch.tensor([[4.0, 5, 6]]))),
        ("B is one number", (normal(2, 2), torch.tensor([[3.0]]))),
        ("A is one number", (torch.tensor([[-2.0]]), normal(3, 3))),
        ("3 x 3 and 3 x 3", (normal(3, 3), normal(3, 3, number=1))),
        ("2 x 4 and 3 x 2", (normal(2, 4), normal(3, 2))),
        ("5 x 1 and 1 x 5", (normal(5, 1), normal(1, 5))),
    ]
    hint = "A looks a rows further down, B looks c rows further: how far is it from X to the end?"
    return compare(function, _composed, cases, run=run, hint=hint)


def two_passes(function: Function) -> Verdict:
    """``function(kernel)``: a column and a row whose product is the kernel, or None."""

    def run(function: Function, kernel: Tensor, possible: bool) -> float:
        found = function(kernel)
        if not possible:
            if found is not None:
                raise Wrong("no column times a row is this kernel, and you returned something")
            return 1.0
        if found is None:
            raise Wrong("there is such a pair, and you returned None")
        if not isinstance(found, (list, tuple)) or len(found) != 2:
            raise Wrong("expected a column and a row")
        column, row = (as_tensor(part) for part in found)
        k_h, k_w = kernel.shape
        if column.shape != (k_h, 1) or row.shape != (1, k_w):
            raise Wrong(
                f"expected shapes {(k_h, 1)} and {(1, k_w)}, you returned {tuple(column.shape)} "
                f"and {tuple(row.shape)}"
            )
        if problem := difference(column * row, kernel, 0, 1e-5):
            raise Wrong(f"their product: {problem}")
        return 1.0

    blur = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
    sobel = torch.tensor([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    sharpen = torch.tensor([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]])
    edges = torch.tensor([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    hole = torch.tensor([[0.0, 0, 0], [0, 3, -6], [0, 1, -2]])
    traceless = torch.tensor([[0.0, 1], [1, 0]])
    cases = [
        ("blur", (blur, True)),
        ("Sobel", (sobel, True)),
        ("all ones, 2 x 4", (torch.ones(2, 4), True)),
        ("zeros in the first row and column", (hole, True)),
        ("all numbers negative", (-blur, True)),
        ("a random column times a random row, 5 x 3", (normal(5, 1) @ normal(1, 3), True)),
        ("one row of four", (normal(1, 4), True)),
        ("whole numbers", (torch.tensor([[2.0, 4], [3, 6]]), True)),
        ("sharpen", (sharpen, False)),
        ("edges", (edges, False)),
        ("0, 1 above 1, 0", (traceless, False)),
        ("blur with one corner changed by 0.01", (blur + 0.01 * torch.eye(3)[2:].T
                                                  @ torch.eye(3)[2:], False)),
        ("blur with one corner changed by 0.0001", (blur + 1e-4 * torch.eye(3)[2:].T
                                                    @ torch.eye(3)[2:], False)),
        ("a random kernel", (normal(3, 3), False)),
    ]  # fmt: skip
    hint = "in such a kernel all rows are multiples of one row; which row is safe to divide by?"
    return compare(function, lambda *given: 1.0, cases, run=run, hint=hint)
