"""Answers to the exercises on GoogLeNet."""

import torch
from torch import nn

from d2lhelpers.checks.modern_cnns import googlenet as c

module = c

BLOCK = {
    "channels": 90,
    "weights of path 2": 1_750,
    "multiply-adds": 2_028_600,
    "channels then": 170,
}
PAYS = {
    "equal, 5 x 5": 154.84,
    "equal, 3 x 3": 164.57,
    "large K": 192,
    "routes": 262_144,
    "widest": 715,
}


# Three readers, one layer


def of(layers):
    merged = nn.Conv2d(layers[0].in_channels, sum(part.out_channels for part in layers), 1)
    with torch.no_grad():
        merged.weight.copy_(torch.cat([part.weight for part in layers]))
        merged.bias.copy_(torch.cat([part.bias for part in layers]))
    return merged


def by_position(block):
    return of([block.paths[0][0], block.paths[1][0][0], block.paths[2][0][0]])


def by_search(block):
    """Every first convolution of a path that has no pooling in front."""
    first = []
    for path in block.paths:
        parts = [part for part in path.modules() if isinstance(part, (nn.Conv2d, nn.MaxPool2d))]
        if isinstance(parts[0], nn.Conv2d):
            first.append(parts[0])
    return of(first)


def by_parameters(block):
    layers = [block.paths[0][0], block.paths[1][0][0], block.paths[2][0][0]]
    weight = torch.cat([part.weight.detach().clone() for part in layers])
    merged = nn.Conv2d(weight.shape[1], len(weight), (1, 1))
    merged.weight = nn.Parameter(weight)
    merged.bias = nn.Parameter(torch.cat([part.bias.detach().clone() for part in layers]))
    return merged


def in_double(block):
    return by_position(block).double()


def all_four(block):
    first = [block.paths[0][0], block.paths[1][0][0], block.paths[2][0][0], block.paths[3][1][0]]
    return of(first)


def other_order(block):
    return of([block.paths[1][0][0], block.paths[0][0], block.paths[2][0][0]])


def with_relu(block):
    return nn.Sequential(by_position(block), nn.ReLU())


def no_bias(block):
    merged = by_position(block)
    nn.init.zeros_(merged.bias)
    return merged


def one_bias(block):
    """Right where all biases are equal."""
    merged = by_position(block)
    with torch.no_grad():
        merged.bias.fill_(block.paths[0][0].bias[0])
    return merged


def shared(block):
    """Moves the block's own numbers into the new layer, and back views of it."""
    merged, start = by_position(block), 0
    for part in (block.paths[0][0], block.paths[1][0][0], block.paths[2][0][0]):
        stop = start + part.out_channels
        part.weight.data = merged.weight.data[start:stop]
        start = stop
    return merged


def takes_the_block_apart(block):
    merged = by_position(block)
    nn.init.zeros_(block.paths[0][0].weight)
    return merged


def a_function(block):
    layers = [block.paths[0][0], block.paths[1][0][0], block.paths[2][0][0]]
    return lambda X: torch.cat([part(X) for part in layers], dim=1)


# The first row of the table


def color_by_color():
    return nn.Sequential(
        nn.Conv2d(3, 24, 7, stride=2, padding=3, groups=3, bias=False),
        nn.Conv2d(24, 64, 1, bias=False),
    )


def nested():
    first = nn.Conv2d(3, 24, (7, 7), (2, 2), (3, 3), groups=3, bias=False)
    return nn.Sequential(nn.Sequential(first), nn.Conv2d(24, 64, 1, bias=False).double().float())


def all_double():
    return color_by_color().double()


def plain():
    return nn.Sequential(nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False))


def with_biases():
    return nn.Sequential(
        nn.Conv2d(3, 24, 7, stride=2, padding=3, groups=3), nn.Conv2d(24, 64, 1, bias=False)
    )


def with_a_relu():
    first, second = color_by_color()
    return nn.Sequential(first, nn.ReLU(), second)


def unmixed():
    """The colors never meet."""
    return nn.Sequential(
        nn.Conv2d(3, 24, 7, stride=2, padding=3, groups=3, bias=False),
        nn.Conv2d(24, 64, 1, groups=8, bias=False),
    )


def small_windows():
    return nn.Sequential(
        nn.Conv2d(3, 24, 3, stride=2, padding=1, groups=3, bias=False),
        nn.Conv2d(24, 64, 1, bias=False),
    )


def stride_late():
    """The right weights, at four times the places."""
    return nn.Sequential(
        nn.Conv2d(3, 24, 7, padding=3, groups=3, bias=False),
        nn.Conv2d(24, 64, 1, stride=2, bias=False),
    )


def nine_a_color():
    return nn.Sequential(
        nn.Conv2d(3, 27, 7, stride=2, padding=3, groups=3, bias=False),
        nn.Conv2d(27, 64, 1, bias=False),
    )


PREDICTIONS = {c.block_by_pencil, c.reduction_pays}
TYPED = {c.merged, c.first_row}  # they return layers

RIGHT = {
    c.block_by_pencil: [(BLOCK,), ({name: float(n) for name, n in BLOCK.items()},)],
    c.reduction_pays: [(PAYS,), (PAYS | {"equal, 5 x 5": 153_600 / 992, "widest": 715.0},)],
    c.merged: [(by_position,), (by_search,), (by_parameters,), (in_double,)],
    c.first_row: [(color_by_color,), (nested,), (all_double,)],
}
WRONG = {
    c.block_by_pencil: [
        (BLOCK | {"channels": 85},),  # the reductions in place of the windows
        (BLOCK | {"weights of path 2": 1_250},),  # without the 1x1 layer
        (BLOCK | {"weights of path 2": 1_765},),  # with biases
        (BLOCK | {"multiply-adds": 10_350},),  # one place
        (BLOCK | {"multiply-adds": 1_636_600},),  # without path 3
        (BLOCK | {"channels then": 90},),
    ],
    c.reduction_pays: [
        (PAYS | {"equal, 5 x 5": 154},),
        (PAYS | {"equal, 3 x 3": 154.84},),
        (PAYS | {"large K": 128},),
        (PAYS | {"routes": 36},),
        (PAYS | {"widest": 395},),
        (PAYS | {"widest": 714},),
        (PAYS | {"widest": 75},),
    ],
    c.merged: [
        (all_four,),
        (other_order,),
        (with_relu,),
        (no_bias,),
        (one_bias,),
        (shared,),
        (takes_the_block_apart,),
        (a_function,),
    ],
    c.first_row: [
        (plain,),
        (with_biases,),
        (with_a_relu,),
        (unmixed,),
        (small_windows,),
        (stride_late,),
        (nine_a_color,),
    ],
}
