"""Answers to the exercises on the multilayer perceptron as a classifier."""

import itertools
import math

import numpy as np
import torch
from torch import nn

from d2lhelpers.checks.multilayer_perceptrons import classifier as c

module = c

COUNTS = {"784-256-10": 203_530, "784-128-2-64-10": 101_580, "128-64-2": 8_386}
FLOORS = {"sigmoid": 1.461, "tanh": 0.797, "ReLU": 0}


def by_formula(budget, inputs, outputs, depth):
    a, b = depth - 1, inputs + outputs + depth
    rest = budget - outputs
    if rest < a + b:
        return 0
    m = rest // b if a == 0 else int((-b + math.sqrt(b * b + 4 * a * rest)) / (2 * a))
    while a * m * m + b * m > rest:
        m -= 1
    while a * (m + 1) ** 2 + b * (m + 1) <= rest:
        m += 1
    return m


def by_modules(budget, inputs, outputs, depth):
    def numbers(m):
        widths = [inputs] + [m] * depth + [outputs]
        with torch.device("meta"):
            layers = [nn.Linear(*pair) for pair in itertools.pairwise(widths)]
        return sum(p.numel() for layer in layers for p in layer.parameters())

    low, high = 0, budget  # halve the interval
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if numbers(middle) <= budget else (low, middle - 1)
    return torch.tensor(low)


def counted(numbers, start=0):
    """The widest m whose ``numbers`` are within the budget, by trying."""

    def width(budget, *shape):
        m = start
        while numbers(m + 1, *shape) <= budget:
            m += 1
        return m

    return width


def all_numbers(m, inputs, outputs, depth):
    return inputs * m + m + (depth - 1) * (m * m + m) + m * outputs + outputs


def floored(budget, inputs, outputs, depth):
    """The formula, which goes below 0 where nothing fits."""
    a, b, rest = depth - 1, inputs + outputs + depth, budget - outputs
    return rest // b if a == 0 else math.floor((math.sqrt(b * b + 4 * a * rest) - b) / (2 * a))


RIGHT = {
    c.count: [(COUNTS,), ({name: float(n) for name, n in COUNTS.items()},)],
    c.floors: [
        (FLOORS,),
        ({"sigmoid": math.log(1 + 9 / math.e), "tanh": np.log(1 + 9 * np.exp(-2)), "ReLU": 0.0},),
    ],
    c.width_for: [(by_formula,), (by_modules,), (counted(all_numbers),)],
}
WRONG = {
    c.count: [
        (COUNTS | {"784-256-10": 203_264},),  # no biases
        (COUNTS | {"784-128-2-64-10": 101_376},),
        (COUNTS | {"128-64-2": 8_450},),  # a bias for each input of a layer
        (COUNTS | {"784-128-2-64-10": 109_386},),  # the two numbers forgotten: 784-128-64-10
    ],
    c.floors: [
        (FLOORS | {"sigmoid": 0},),
        (FLOORS | {"sigmoid": 2.303},),
        (FLOORS | {"tanh": 1.461},),
        (FLOORS | {"ReLU": 2.303},),
        (FLOORS | {"tanh": 0.127},),  # log(1 + e^-2): one other class instead of nine
    ],
    c.width_for: [
        (counted(lambda m, n, k, d: n * m + (d - 1) * m * m + m * k),),  # no biases
        (counted(lambda m, n, k, d: all_numbers(m, n, k, 1)),),  # any depth as one
        (counted(lambda m, n, k, d: all_numbers(m, n, k, d + 1)),),  # a layer too many
        (counted(all_numbers, start=1),),  # width 1 where nothing fits
        (lambda budget, *shape: counted(all_numbers)(budget - 1, *shape),),  # below, not within
        (lambda budget, *shape: counted(all_numbers)(budget, *shape) + 1,),
        (lambda budget, n, k, d: (budget - k) // (n + k + d),),  # right for depth 1 only
        (lambda budget, n, k, d: (budget - k) / (n + k + d) if d == 1 else 41,),
        (lambda budget, *shape: min(counted(all_numbers)(budget, *shape), 256),),
        (lambda budget, *shape: min(counted(all_numbers)(budget, *shape), 1000),),
        (floored,),
    ],
}
PREDICTIONS = {c.count, c.floors}
