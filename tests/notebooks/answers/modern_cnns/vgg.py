"""Answers to the exercises on VGG."""

import torch

from d2lhelpers.checks.modern_cnns import vgg as c

module = c

NUMBERS = {
    "middle": 10,
    "t": 3,
    "share": 0.551,
    "layers of 3 x 3": 54,
    "layers of 5 x 5": 18,
}


# The ruler


def backwards(layers):
    first, last = 0, 0  # the pixels of one output
    for K, S in layers[::-1]:
        first, last = first * S, last * S + K - 1
    return last - first + 1


def ruler(before=True, strides=True, start=1):
    def receptive_field(layers):
        width, step = start, 1
        for K, S in layers:
            if not before:
                step *= S
            width += (K - 1) * step
            if before and strides:
                step *= S
        return width

    return receptive_field


# Cutting


def cells(kernel):
    """Nine moves; each cell goes to the first move that reaches it."""
    first = torch.zeros(9, 1, 3, 3, dtype=kernel.dtype)
    second = torch.zeros(1, 9, 3, 3, dtype=kernel.dtype)
    taken = set()
    for m in range(9):
        i, j = divmod(m, 3)
        first[m, 0, i, j] = 1
        for r in range(3):
            for s in range(3):
                if (i + r, j + s) not in taken:
                    taken.add((i + r, j + s))
                    second[0, m, r, s] = kernel[i + r, j + s]
    return first, second


def corners(kernel, share=False, swapped=False, moves=((0, 0), (0, 2), (2, 0), (2, 2))):
    kernel = kernel.clone()
    first = torch.zeros(len(moves), 1, 3, 3, dtype=kernel.dtype)
    second = torch.zeros(1, len(moves), 3, 3, dtype=kernel.dtype)
    for m, (i, j) in enumerate(moves):
        first[m, 0, j if swapped else i, i if swapped else j] = 1
        second[0, m] = kernel[i : i + 3, j : j + 3]
        if not share:
            kernel[i : i + 3, j : j + 3] = 0
    return first, second


def averaged(kernel):
    """Cells that several pieces share are divided among them."""
    times = torch.zeros(5, 5)
    moves = [(0, 0), (0, 2), (2, 0), (2, 2)]
    for i, j in moves:
        times[i : i + 3, j : j + 3] += 1
    return corners(kernel / times, share=True)


def spoils(kernel):
    first, second = corners(kernel)
    kernel.zero_()
    return first, second


def many(kernel):
    first, second = torch.zeros(25, 1, 3, 3), torch.zeros(1, 25, 3, 3)
    for m in range(25):
        i, j = divmod(m, 5)
        r, s = min(i, 2), min(j, 2)
        first[m, 0, r, s] = 1
        second[0, m, i - r, j - s] = kernel[i, j]
    return first, second


RIGHT = {
    c.by_hand: [(NUMBERS,), (NUMBERS | {"share": 27 / 49, "t": 3.0},)],
    c.receptive_field: [(ruler(),), (backwards,)],
    c.two_layers: [(corners,), (cells,), (averaged,), (lambda k: [p.numpy() for p in corners(k)],)],
}
WRONG = {
    c.by_hand: [
        (NUMBERS | {"middle": 11},),  # ap + bq
        (NUMBERS | {"middle": 24},),
        (NUMBERS | {"t": 9},),
        (NUMBERS | {"share": 49 / 27},),
        (NUMBERS | {"layers of 3 x 3": 36},),  # a variance of 1
        (NUMBERS | {"layers of 5 x 5": 9},),  # the root forgotten on one side
    ],
    c.receptive_field: [
        (ruler(before=False),),
        (ruler(strides=False),),
        (ruler(start=0),),
        (lambda layers: 1 + sum(K - 1 for K, S in layers),),
        (lambda layers: backwards(layers[::-1]),),
        (lambda layers: 212,),
    ],
    c.two_layers: [
        (lambda kernel: corners(kernel, share=True),),  # the cross is counted twice
        (lambda kernel: corners(kernel, swapped=True),),
        (lambda kernel: corners(kernel, moves=((0, 0), (2, 2))),),
        (lambda kernel: corners(kernel, moves=((1, 1),)),),
        (spoils,),
        (many,),
        (lambda kernel: corners(kernel)[::-1],),
        (lambda kernel: corners(kernel)[0],),
    ],
}
PREDICTIONS = {c.by_hand}
TYPED = {c.receptive_field}  # a list of pairs
