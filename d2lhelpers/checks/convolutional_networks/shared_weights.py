"""Checks for the exercises on the way from dense layers to convolution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, Wrong, compare, compare_values, difference, normal

Function = Callable[..., Any]


def how_many_pictures(answers: dict[str, Any]) -> Verdict:
    """Pictures that four layers need to learn a box with windows of 5 by 5."""
    right = {"dense": 64, "near": 25, "shared": 8, "both": 2}
    hint = "count the weights that have to be found together, and the equations of one picture"
    return compare_values(answers, right, hint=hint)


def weights_and_work(answers: dict[str, Any]) -> Verdict:
    """Parameters and multiplications of two layers, and how far stacked layers reach."""
    right = {
        "conv parameters": 208,
        "conv multiplications": 115_200,
        "dense parameters": 100_480,
        "dense multiplications": 100_352,
        "layers of 3 by 3": 10,
    }
    hint = "how often is each weight used for one picture? And what does one more layer add?"
    return compare_values(answers, right, hint=hint, rtol=0, atol=0.1)


def _striped(kernel: Tensor, n: int) -> Tensor:
    """Weights (m, m, n, n) of a convolution."""
    K = len(kernel)
    m = n - K + 1
    w = torch.zeros(m, m, n, n, dtype=kernel.dtype)
    for i in range(m):
        for j in range(m):
            w[i, j, i : i + K, j : j + K] = kernel
    return w


def dense_weights(function: Function) -> Verdict:
    """``function(kernel, n)``: the matrix of the dense layer that does what a convolution does."""

    def run(function: Function, kernel: Tensor, n: int) -> Any:
        found = function(kernel, n)
        try:
            turned = difference(found, _striped(kernel.flip(0, 1), n).flatten(2).flatten(0, 1),
                                1e-4, 1e-5)  # fmt: skip
        except RuntimeError:
            turned = "another shape"
        if len(kernel) > 1 and turned is None:
            raise Wrong("the kernel lies in your rows turned by half a turn")
        return found

    def reference(kernel: Tensor, n: int) -> Tensor:
        return _striped(kernel, n).flatten(2).flatten(0, 1)

    cases = [
        ("kernel 2 x 2, n = 3", (torch.tensor([[1.0, 2], [3, 4]]), 3)),
        ("kernel 1 x 1, n = 3", (torch.tensor([[5.0]]), 3)),
        ("kernel as large as the picture, n = 2", (torch.tensor([[1.0, 2], [3, 4]]), 2)),
        ("kernel 3 x 3, n = 8", (normal(3, 3), 8)),
        ("kernel 3 x 3 of whole numbers, n = 5", (torch.arange(9.0).reshape(3, 3), 5)),
        ("kernel 4 x 4, n = 7", (normal(4, 4), 7)),
    ]
    hint = "give the weights four indices first; which block of pixels does answer (i, j) see?"
    return compare(function, reference, cases, run=run, hint=hint)


def kernel_of(function: Function) -> Verdict:
    """``function(w, K)``: the kernel of weights (m, m, n, n), or None if they have none."""

    def run(function: Function, w: Tensor, K: int, expected: Tensor | None) -> float:
        found = function(w, K)
        if expected is None:
            if found is not None:
                raise Wrong("these weights are no convolution, and you returned something")
            return 1.0
        if found is None:
            raise Wrong("these weights are a convolution, and you returned None")
        if problem := difference(found, expected, 1e-4, 1e-4):
            raise Wrong(problem)
        return 1.0

    def tampered(n: int, K: int, place: tuple[int, int, int, int], by: float = 0.5) -> Tensor:
        w = _striped(normal(K, K), n)
        w[place] += by
        return w

    far = torch.zeros(4, 4, 6, 6)  # the same everywhere, where there is room, and not near
    for i in range(4):
        for j in range(4):
            far[i, j, i, j] = 1.0
            if j + 4 < 6:
                far[i, j, i, j + 4] = -1.0
    balanced = tampered(6, 3, (1, 2, 5, 5))
    balanced[1, 2, 1, 2] -= 0.5
    cancelled = tampered(6, 3, (2, 1, 0, 5))
    cancelled[2, 1, 5, 5] -= 0.5
    near = _striped(torch.ones(3, 3), 6) * normal(4, 4, 1, 1)
    noisy = _striped(normal(3, 3), 7) + 1e-7 * normal(5, 5, 7, 7)
    zero = torch.zeros(3, 3)
    cases = [
        ("a convolution, K = 3, n = 8", (_striped(normal(3, 3), 8), 3, normal(3, 3))),
        ("a convolution, K = 2, n = 4", (_striped(normal(2, 2), 4), 2, normal(2, 2))),
        ("rounding errors of 1e-7 in all weights", (noisy, 3, normal(3, 3))),
        ("all weights zero", (torch.zeros(4, 4, 6, 6), 3, zero)),
        ("one answer only", (normal(1, 1, 3, 3), 3, normal(1, 1, 3, 3)[0, 0])),
        ("random weights", (normal(4, 4, 6, 6), 3, None)),
        ("near, with a factor of its own for each answer", (near, 3, None)),
        ("the same everywhere, and not near", (far, 3, None)),
        ("one weight of the last answer changed", (tampered(6, 3, (3, 3, 4, 4)), 3, None)),
        ("one far weight of the first answer changed", (tampered(6, 3, (0, 0, 5, 0)), 3, None)),
        ("a far weight more by 0.5, a near one less", (balanced, 3, None)),
        ("a far weight more by 0.5, another far one less", (cancelled, 3, None)),
        ("one weight changed by 0.0001", (tampered(6, 3, (2, 2, 3, 3), 1e-4), 3, None)),
        ("the rows of answers in another order",
         (_striped(normal(3, 3), 6).flip(0), 3, None)),
    ]  # fmt: skip
    hint = "which is the only kernel it could be? Build all weights from it, and compare"
    return compare(function, lambda *given: 1.0, cases, run=run, hint=hint)
