"""Answers to the exercises on cross-correlation and kernels."""

import numpy as np
import torch
import torch.nn.functional as F

from d2lhelpers.checks.convolutional_networks import kernels as c

module = c

SLIDE = {"first": 4, "right of it": 3, "below it": 2, "rows": 474, "columns": 638}
TOLD = {"even gray": 1, "chessboard": 2, "slope": 2, "one bright pixel": 9}


# Two kernels in a row


def by_padding(A, B):
    """Cross-correlation of the padded A with B turned by half a turn."""
    h, w = B.shape
    padded = F.pad(A, (w - 1, w - 1, h - 1, h - 1))
    return F.conv2d(padded[None, None], B.flip(0, 1)[None, None])[0, 0]


def with_loops(A, B):
    A, B = np.asarray(A), np.asarray(B)
    C = np.zeros(np.add(A.shape, B.shape) - 1)
    for a, b in np.ndindex(A.shape):
        for i, j in np.ndindex(B.shape):
            C[a + i, b + j] += A[a, b] * B[i, j]
    return C.tolist()


def not_turned(A, B):
    h, w = B.shape
    padded = F.pad(A, (w - 1, w - 1, h - 1, h - 1))
    return F.conv2d(padded[None, None], B[None, None])[0, 0]


def product(A, B):
    return A @ B if A.shape[1] == B.shape[0] else A * B


def squares_only(A, B):
    return by_padding(A, B) if A.shape == B.shape else A


def upside_down(A, B):
    return by_padding(A, B).flip(0, 1)


# Down, then across


def by_svd(kernel, least=1e-6):
    U, s, Vh = torch.linalg.svd(kernel.double())
    if len(s) > 1 and s[1] > least:
        return None
    return U[:, :1] * s[0], Vh[:1]


def with_numpy(kernel):
    kernel = np.asarray(kernel, dtype=float)
    if np.linalg.matrix_rank(kernel, tol=1e-6) > 1:
        return None
    row = kernel[np.abs(kernel).sum(1).argmax()]
    return [(kernel @ row / (row @ row))[:, None], row[None]]


def first_row(kernel):
    kernel = kernel.double()
    row, column = kernel[:1], kernel[:, :1] / kernel[0, 0]
    return None if not torch.allclose(column * row, kernel, atol=1e-6) else (column, row)


def flat(kernel):
    found = by_svd(kernel)
    return found and (found[0].flatten(), found[1].flatten())


def always(kernel):
    U, s, Vh = torch.linalg.svd(kernel.double())
    return U[:, :1] * s[0], Vh[:1]


def no_size(kernel):
    found = by_svd(kernel)
    return found and (found[0] / found[0].norm(), found[1])


def coarse(kernel):
    U, s, Vh = torch.linalg.svd(kernel.double())
    return None if len(s) > 1 and s[1] > 0.1 else (U[:, :1] * s[0], Vh[:1])


def by_sums(kernel):
    """Row sums times column sums, over the sum of all."""
    kernel = kernel.double()
    column, row = kernel.sum(1, keepdim=True), kernel.sum(0, keepdim=True) / kernel.sum()
    return (column, row) if torch.allclose(column * row, kernel, atol=1e-6) else None


def singular(kernel):
    """Takes a determinant of zero for rank 1."""
    square = kernel.shape[0] == kernel.shape[1]
    if square and torch.linalg.det(kernel.double()).abs() > 1e-6:
        return None
    return always(kernel)


RIGHT = {
    c.slide_by_hand: [(SLIDE,)],
    c.what_is_told: [(TOLD,)],
    c.compose: [(by_padding,), (with_loops,)],
    c.two_passes: [(by_svd,), (with_numpy,)],
}
WRONG = {
    c.slide_by_hand: [
        (SLIDE | {"first": 5},),
        (SLIDE | {"right of it": 2, "below it": 3},),
        (SLIDE | {"rows": 473},),
        (SLIDE | {"rows": 478, "columns": 634},),
    ],
    c.what_is_told: [
        (TOLD | {"even gray": 0},),
        (TOLD | {"chessboard": 9},),
        (TOLD | {"slope": 3},),
        (TOLD | {"slope": 9},),
        (TOLD | {"one bright pixel": 1},),
    ],
    c.compose: [(not_turned,), (product,), (squares_only,), (upside_down,)],
    c.two_passes: [
        (first_row,),
        (lambda kernel: by_svd(kernel, 1e-2),),
        (flat,),
        (always,),
        (no_size,),
        (coarse,),
        (by_sums,),
        (singular,),
    ],
}
PREDICTIONS = {c.slide_by_hand, c.what_is_told}
