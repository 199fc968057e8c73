"""Answers to the exercises on padding and stride."""

import numpy as np
import torch
from torch import nn

from d2lhelpers.checks.convolutional_networks import padding_and_stride as c

module = c

SIZES = {"28": 28, "7": 4, "8": 4, "227": 55, "10": 4}
WHITE = {"one 5 x 5": 25, "five 3 x 3": 121, "five on 5 x 5": 25, "five without padding": 1}
PATCHES = {
    "unread of 224": 1,
    "smallest P for n/4": 2,
    "largest P for n/4": 3,
    "worst with P = 2": 1,
    "smallest P that reads all": 3,
}


# Unread columns


def by_gradient(n, layers):
    net = nn.Sequential(*[nn.Conv1d(1, 1, K, stride=S, padding=P) for K, S, P in layers]).double()
    for parameter in net.parameters():
        nn.init.ones_(parameter)
    x = torch.ones(1, 1, n, dtype=torch.float64, requires_grad=True)
    net(x).sum().backward()
    return (x.grad == 0).sum()


def by_sets(n, layers):
    """Which pixels each column depends on, layer after layer."""
    columns = [{j} for j in range(n)]
    for K, S, P in layers:
        padded = [set()] * P + columns + [set()] * P
        starts = range(0, len(padded) - K + 1, S)
        columns = [set().union(*padded[start : start + K]) for start in starts]
    return np.int64(n - len(set().union(*columns)))


def forwards(n, layers):
    """From what is left over, with the slack of the last window in the padding."""
    K, S, P = layers[0]
    if len(layers) == 1:
        return max((n + 2 * P - K) % S - P, 0)
    m = (n + 2 * P - K) // S + 1
    end = S * (m - 1 - forwards(m, layers[1:])) - P + K
    return max(n - end, 0)


def no_padding(n, layers):
    return by_sets(n, [(K, S, 0) for K, S, _ in layers])


def first_layer(n, layers):
    return by_sets(n, layers[:1])


def last_layer(n, layers):
    for K, S, P in layers[:-1]:
        n = (n + 2 * P - K) // S + 1
    return by_sets(n, layers[-1:])


def without_widths(n, layers):
    total = 0
    for K, S, P in layers:
        total += max((n + 2 * P - K) % S - P, 0)
        n = (n + 2 * P - K) // S + 1
    return total


def without_slack(n, layers):
    """Right unless the last window of an earlier layer ends in the padding."""
    total, width = 0, 1
    for K, S, P in layers:
        total += width * max((n + 2 * P - K) % S - P, 0)
        n, width = (n + 2 * P - K) // S + 1, width * S
    return total


def negative(n, layers):
    last = None
    sizes = [n]
    for K, S, P in layers:
        sizes.append((sizes[-1] + 2 * P - K) // S + 1)
    last = sizes[-1] - 1
    for K, S, P in layers[::-1]:
        last = S * last - P + K - 1
    return n - 1 - last


def remainder_of_n(n, layers):
    stride = 1
    for _, S, _ in layers:
        stride *= S
    return n % stride


# Sizes that fit


def by_trial(m, layers):
    found = []
    for n in range(1, 1500):
        size = n
        for K, S, P in layers:
            size = (size + 2 * P - K) // S + 1
            if size < 1:
                break
        if size == m:
            found.append(n)
    return [found[0], found[-1]]


def with_array(m, layers):
    both = np.array([m, m])
    for K, S, P in layers[::-1]:
        both = S * (both - 1) + K - 2 * P + np.array([0, S - 1])
    return both


def last_floor_only(m, layers):
    low = high = m
    for number, (K, S, P) in enumerate(reversed(layers)):
        low, high = S * (low - 1) + K - 2 * P, S * (high - 1) + K - 2 * P
        if number == len(layers) - 1:
            high += S - 1
    return low, high


def one_side(m, layers):
    low = high = m
    for K, S, P in reversed(layers):
        low, high = S * (low - 1) + K - P, S * high - 1 + K - P
    return low, high


def not_reversed(m, layers):
    return with_array(m, layers[::-1])


def exact_only(m, layers):
    low = with_array(m, layers)[0]
    return low, low


def cut_at_the_end(n, layers):
    sizes = [n]
    for K, S, P in layers:
        sizes.append((sizes[-1] + 2 * P - K) // S + 1)
    last = sizes[-1] - 1
    for K, S, P in reversed(layers):
        last = S * last - P + K - 1
    return max(0, n - 1 - last)


RIGHT = {
    c.predict_sizes: [(SIZES,), ({name: float(n) for name, n in SIZES.items()},)],
    c.predict_white: [(WHITE,), ({name: torch.tensor(n) for name, n in WHITE.items()},)],
    c.pencil_patches: [(PATCHES,), (PATCHES | {"unread of 224": 1.0},)],
    c.unread: [(by_gradient,), (by_sets,), (forwards,)],
    c.sizes_that_fit: [(by_trial,), (with_array,)],
}
WRONG = {
    c.predict_sizes: [
        (SIZES | {"8": 5},),  # rounded up
        (SIZES | {"7": 3},),
        (SIZES | {"227": 54},),
        (SIZES | {"10": 8},),  # dilation forgotten
    ],
    c.predict_white: [
        (WHITE | {"one 5 x 5": 9},),
        (WHITE | {"five 3 x 3": 9},),
        (WHITE | {"five on 5 x 5": 121},),
        (WHITE | {"five without padding": 121},),
    ],
    c.pencil_patches: [
        (PATCHES | {"unread of 224": 0},),
        (PATCHES | {"smallest P for n/4": 3},),
        (PATCHES | {"largest P for n/4": 2},),
        (PATCHES | {"worst with P = 2": 3},),
        (PATCHES | {"smallest P that reads all": 2},),
    ],
    c.unread: [
        (no_padding,),
        (first_layer,),
        (last_layer,),
        (without_widths,),
        (without_slack,),
        (negative,),
        (cut_at_the_end,),
        (remainder_of_n,),
        (lambda n, layers: list(range(by_sets(n, layers))),),
    ],
    c.sizes_that_fit: [
        (last_floor_only,),
        (one_side,),
        (not_reversed,),
        (exact_only,),
        (lambda m, layers: with_array(m, layers)[::-1],),
        (lambda m, layers: with_array(m, layers)[0],),
    ],
}
PREDICTIONS = {c.predict_sizes, c.predict_white, c.pencil_patches}
