"""Answers to the exercises on the way from dense layers to convolution."""

import numpy as np
import torch
import torch.nn.functional as F

from d2lhelpers.checks.convolutional_networks import shared_weights as c

module = c

PICTURES = {"dense": 64, "near": 25, "shared": 8, "both": 2}
WORK = {
    "conv parameters": 208,
    "conv multiplications": 115_200,
    "dense parameters": 100_480,
    "dense multiplications": 100_352,
    "layers of 3 by 3": 10,
}


# The matrix of a convolution


def by_unit_pictures(kernel, n):
    """Column by column, the answers to a picture with a single bright pixel."""
    pictures = torch.eye(n * n).reshape(-1, 1, n, n)
    return F.conv2d(pictures, kernel.float()[None, None]).flatten(1).T


def with_numpy(kernel, n):
    kernel = np.asarray(kernel)
    K = len(kernel)
    m = n - K + 1
    W = np.zeros((m * m, n * n))
    for i, j, a, b in np.ndindex(m, m, K, K):
        W[m * i + j, n * (i + a) + j + b] = kernel[a, b]
    return W


def as_lists(kernel, n):
    return with_numpy(kernel, n).tolist()


def flipped(kernel, n):
    return with_numpy(torch.as_tensor(kernel).flip(0, 1), n)


def transposed_kernel(kernel, n):
    return with_numpy(torch.as_tensor(kernel).T, n)


def rows_by_n(kernel, n):
    """The next row of answers begins where n answers would have ended."""
    K = len(kernel)
    m = n - K + 1
    W = torch.zeros(m * m, n * n)
    first = with_numpy(kernel, n)[0]
    for row in range(m * m):
        W[row] = torch.as_tensor(np.roll(first, row))
    return W


def columns_by_m(kernel, n):
    K = len(kernel)
    m = n - K + 1
    W = torch.zeros(m * m, n * n)
    for i, j, a, b in np.ndindex(m, m, K, K):
        W[m * i + j, m * (i + a) + j + b] = kernel[a, b]
    return W


def of_shape_four(kernel, n):
    m = n - len(kernel) + 1
    return with_numpy(kernel, n).reshape(m, m, n, n)


# Is it a convolution?


def rebuilt(w, K):
    kernel = w[0, 0, :K, :K]
    again = torch.as_tensor(with_numpy(kernel, w.shape[-1])).reshape(w.shape)
    return kernel if torch.allclose(w.double(), again, rtol=0, atol=1e-6) else None


def by_offsets(w, K):
    """Weight by weight: what it should be follows from its offset."""
    w = w.tolist()
    m, n = len(w), len(w[0][0])
    for i, j, k, l in np.ndindex(m, m, n, n):  # noqa: E741
        a, b = k - i, l - j
        inside = 0 <= a < K and 0 <= b < K
        if abs(w[i][j][k][l] - (w[0][0][a][b] if inside else 0)) > 1e-6:
            return None
    return [row[:K] for row in w[0][0][:K]]


def only_shared(w, K):
    m = w.shape[0]
    blocks = [w[i, j, i : i + K, j : j + K] for i in range(m) for j in range(m)]
    return blocks[0] if all(torch.allclose(block, blocks[0]) for block in blocks) else None


def only_near(w, K):
    mask = torch.as_tensor(with_numpy(np.ones((K, K)), w.shape[-1])).reshape(w.shape)
    return None if (w * (1 - mask)).abs().max() > 1e-5 else w[0, 0, :K, :K]


def exactly(w, K):
    again = torch.as_tensor(with_numpy(w[0, 0, :K, :K], w.shape[-1])).reshape(w.shape)
    return w[0, 0, :K, :K] if torch.equal(w, again.to(w.dtype)) else None


def sums_only(w, K):
    """Compares the sums of the rows."""
    again = torch.as_tensor(with_numpy(w[0, 0, :K, :K], w.shape[-1])).reshape(w.shape)
    same = torch.allclose(w.double().sum((2, 3)), again.sum((2, 3)), atol=1e-4)
    return w[0, 0, :K, :K] if same else None


def middle(w, K):
    i = w.shape[0] // 2
    return rebuilt(w, K) if torch.allclose(w[i, i], w[i, i]) and w.shape[0] > 1 else None


def near_blocks_and_sums(w, K):
    kernel = w[0, 0, :K, :K]
    m = w.shape[0]
    for i in range(m):
        for j in range(m):
            if (w[i, j, i : i + K, j : j + K] - kernel).abs().max() > 1e-5:
                return None
            if abs(w[i, j].sum() - kernel.sum()) > 1e-4:
                return None
    return kernel


def coarsely(w, K):
    kernel, m = w[0, 0, :K, :K], w.shape[0]
    full = torch.zeros_like(w)
    for i in range(m):
        for j in range(m):
            full[i, j, i : i + K, j : j + K] = kernel
    return kernel if (w - full).abs().max() < 1e-2 else None


def by_library(kernel, n):
    pictures = torch.eye(n * n).reshape(n * n, 1, n, n)
    return torch.nn.functional.conv2d(pictures, kernel[None, None]).flatten(1).T


RIGHT = {
    c.how_many_pictures: [(PICTURES,)],
    c.weights_and_work: [(WORK,)],
    c.dense_weights: [(by_unit_pictures,), (with_numpy,), (as_lists,), (by_library,)],
    c.kernel_of: [(rebuilt,), (by_offsets,)],
}
WRONG = {
    c.how_many_pictures: [
        (PICTURES | {"dense": 100},),
        (PICTURES | {"near": 2},),
        (PICTURES | {"shared": 7},),
        (PICTURES | {"shared": 7.5625},),
        (PICTURES | {"shared": 11},),  # 13 * 13 weights, as on the page
        (PICTURES | {"both": 1},),
        (PICTURES | {"near": 9},),
    ],
    c.weights_and_work: [
        (WORK | {"conv parameters": 200},),
        (WORK | {"conv parameters": 201},),
        (WORK | {"conv multiplications": 14_400},),  # one kernel
        (WORK | {"conv multiplications": 156_800},),  # 28 * 28 places
        (WORK | {"dense parameters": 100_352},),
        (WORK | {"dense multiplications": 100_480},),
        (WORK | {"layers of 3 by 3": 7},),  # 21 / 3
        (WORK | {"layers of 3 by 3": 9},),
    ],
    c.dense_weights: [
        (flipped,),
        (transposed_kernel,),
        (rows_by_n,),
        (columns_by_m,),
        (of_shape_four,),
        (lambda kernel, n: with_numpy(kernel, n).T,),
    ],
    c.kernel_of: [
        (only_shared,),
        (only_near,),
        (exactly,),
        (sums_only,),
        (middle,),
        (lambda w, K: w[0, 0, :K, :K],),
        (lambda w, K: rebuilt(w, K) is not None,),
        (near_blocks_and_sums,),
        (coarsely,),
    ],
}
PREDICTIONS = {c.how_many_pictures, c.weights_and_work}
