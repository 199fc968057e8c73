"""Answers to the exercises on pooling."""

import numpy as np
import torch
import torch.nn.functional as F

from d2lhelpers.checks.convolutional_networks import pooling as c

module = c

NUMBERS = {"max": -1, "average": -10 / 9, "side": 13, "parameters": 0}
PENCIL = {"before": [0.5, 1, 0.5, 1], "after": [0.75] * 4}


# The maximum of pairs


def pairs(x):
    a, b = x.reshape(-1, 2).unbind(dim=1)
    return a + torch.relu(b - a)


def in_a_loop(x):
    return [x[i] + F.relu(x[i + 1] - x[i]) for i in range(0, len(x), 2)]


def with_a_module(x):
    a, b = x[0::2], x[1::2]
    return a - torch.nn.ReLU()(a - b) + torch.relu(b - a) + torch.relu(a - b)


def in_a_while_loop(x):
    found, i = [], 0
    while i < len(x):
        found.append(float(x[i + 1] + torch.relu(x[i] - x[i + 1])))
        i += 2
    return torch.tensor(found)


def relu_of_both(x):
    a, b = x[::2], x[1::2]
    return torch.relu(b + torch.relu(a - b))


def not_back(x):
    a, b = x[::2], x[1::2]
    return torch.relu(a) + torch.relu(b - a)


def the_smaller(x):
    a, b = x[::2], x[1::2]
    return a - torch.relu(a - b)


def halves(x):
    a, b = x[: len(x) // 2], x[len(x) // 2 :]
    return b + torch.relu(a - b)


def by_abs(x):
    a, b = x[::2], x[1::2]
    return (a + b + (a - b).abs()) / 2


def plain(x):
    numbers = x.tolist()
    return [a if a > b else b for a, b in zip(numbers[::2], numbers[1::2])]


def by_steep_sigmoid(x):
    a, b = x[::2], x[1::2]
    return b + (a - b) * torch.sigmoid(1e9 * (a - b))


def relu_by_hand(x):
    return torch.tensor([b + (a - b if a > b else 0) for a, b in x.reshape(-1, 2).tolist()])


def in_numpy(x):
    numbers = x.numpy() if hasattr(x, "numpy") else np.asarray(x)
    return np.maximum(numbers[::2], numbers[1::2])


# Steps that nobody notices


def by_counting(K):
    return sum(
        0 <= r + a < K and 0 <= c + b < K
        for r in range(K) for c in range(K)
        for a in (-1, 0, 1) for b in (-1, 0, 1) if (a, b) != (0, 0)
    ) / (8 * K**2)  # fmt: skip


# Maximum, blur, every second


def in_steps(x):
    n = len(x)
    largest = [max(float(x[i]), float(x[(i + 1) % n])) for i in range(n)]
    return [largest[i - 1] / 4 + largest[i] / 2 + largest[(i + 1) % n] / 4 for i in range(0, n, 2)]


def as_convolution(x):
    x = torch.as_tensor(x).float()
    largest = torch.maximum(x, torch.roll(x, -1))
    ring = F.pad(largest[None, None], (1, 1), mode="circular")
    return F.conv1d(ring, torch.tensor([[[0.25, 0.5, 0.25]]]), stride=2)[0, 0]


def right_neighbors(x):
    return torch.maximum(x, x.roll(-1))


def blurred(x):
    return (x.roll(1) + 2 * x + x.roll(-1)) / 4


def no_ring(x):
    padded = F.pad(right_neighbors(x)[None, None], (1, 1))
    return F.conv1d(padded, torch.tensor([[[0.25, 0.5, 0.25]]]), stride=2)[0, 0]


RIGHT = {
    c.by_hand: [(NUMBERS,), (NUMBERS | {"average": -1.111},)],
    c.max_pool_1d: [(pairs,), (in_a_loop,), (in_a_while_loop,), (with_a_module,)],
    c.unnoticed: [
        (by_counting,),
        (lambda K: (2 * K - 1) * (K - 1) / (2 * K * K),),
        (lambda K: ((3 * K - 2) ** 2 - K**2) / (8 * K**2),),
    ],
    c.blur_pool: [(in_steps, PENCIL), (as_convolution, PENCIL)],
}
WRONG = {
    c.by_hand: [
        (NUMBERS | {"max": 0},),  # zeros around
        (NUMBERS | {"average": -2.5},),  # padding not counted
        (NUMBERS | {"side": 14},),  # rounded up
        (NUMBERS | {"side": 26},),  # stride 1
        (NUMBERS | {"parameters": 576},),
    ],
    c.max_pool_1d: [
        (relu_of_both,), (not_back,), (the_smaller,), (halves,), (by_abs,), (plain,), (in_numpy,),
        (lambda x: F.max_pool1d(x[None], 2)[0],),
        (lambda x: torch.maximum(x[::2], x[1::2]),),
        (lambda x: x[:-1] + torch.relu(x[1:] - x[:-1]),),  # stride 1
        (by_steep_sigmoid,), (relu_by_hand,),
        (lambda x: x.reshape(-1, 2).quantile(1.0, dim=1),),
        (lambda x: x[1::2] + F.elu(x[::2] - x[1::2], alpha=0.0),),
        (lambda x: x[1::2] + F.softplus(x[::2] - x[1::2], beta=1e6),),
        (lambda x: (x[::2] + x[1::2] + (x[::2] - x[1::2]).pow(2).sqrt()) / 2,),
        (lambda x: (x[::2] + x[1::2] + torch.hypot(x[::2] - x[1::2], 0 * x[::2])) / 2,),
    ],
    c.unnoticed: [
        (lambda K: 3 / 8,),
        (lambda K: (K - 1) / K,),
        (lambda K: ((K - 1) / K) ** 2,),
        (lambda K: ((3 * K - 2) ** 2 - K**2) / (9 * K**2),),  # staying put as a ninth step
        (lambda K: (3 * (K - 1) / K + K - 2) / 4,),
    ],
    c.blur_pool: [
        (lambda x: right_neighbors(x)[::2], PENCIL),  # no blur
        (lambda x: blurred(right_neighbors(x))[1::2], PENCIL),
        (lambda x: right_neighbors(blurred(x))[::2], PENCIL),  # the other order
        (lambda x: blurred(right_neighbors(x)[::2]), PENCIL),  # blurred too late
        (lambda x: blurred(torch.maximum(x, x.roll(1)))[::2], PENCIL),  # the left neighbor
        (lambda x: blurred(right_neighbors(x)), PENCIL),
        (no_ring, PENCIL),
        (in_steps, PENCIL | {"after": [1, 1, 1, 1]}),
        (in_steps, PENCIL | {"before": [0, 1, 0, 1]}),
    ],
}  # fmt: skip
PREDICTIONS = {c.by_hand}
TYPED = {c.max_pool_1d, c.blur_pool}  # their texts name a tensor
EXTRA = {c.blur_pool: (dict.fromkeys(PENCIL, ...),)}
