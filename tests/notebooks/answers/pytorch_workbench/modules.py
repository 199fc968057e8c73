"""Answers to the exercises of Part 4 on modules and layers."""

from itertools import pairwise

import torch
from torch import nn

from d2lhelpers.checks.pytorch_workbench import modules as c

module = c


def tried(layers, first=1):
    for side in range(first, 1_000):
        left = side
        for k, P, S in layers:
            left = 0 if left < 1 else (left + 2 * P - k) // S + 1
        if left >= 1:
            return side


def grown(layers, floor=1):
    side = 1
    for k, P, S in layers[::-1]:
        side = max(floor, (side - 1) * S + k - 2 * P)
    return max(side, 1)


class Stack(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]

    def forward(self, X):
        for layer in self.layers[:-1]:
            X = layer(X).relu()
        return self.layers[-1](X)


class Parameters(Stack):
    def __init__(self, sizes):
        super().__init__(sizes)
        self.weights = nn.ParameterList([torch.zeros(a, b) for a, b in pairwise(sizes)])
        self.biases = nn.ParameterList([torch.zeros(b) for b in sizes[1:]])

    def forward(self, X):
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases)):
            X = (X if i == 0 else X.clamp(min=0)) @ weight + bias
        return X


class Decoration(Stack):
    """Knows of modules that are not those it computes with."""

    def __init__(self, sizes):
        super().__init__(sizes)
        self.known = nn.ModuleList([nn.Linear(a, b) for a, b in pairwise(sizes)])


class NamedStack(Stack):
    def __init__(self, sizes):
        super().__init__(sizes)
        for number, layer in enumerate(self.layers):
            self.add_module(f"layer{number}", layer)


class ReluEverywhere(NamedStack):
    def forward(self, X):
        for layer in self.layers:
            X = layer(X).relu()
        return X


class Standardize(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.keep("mean", mean)
        self.keep("std", std)

    def keep(self, name, values):
        self.register_buffer(name, values.reshape(-1, 1, 1))

    def forward(self, X):
        return (X - self.mean) / self.std


class Plain(Standardize):
    def keep(self, name, values):
        setattr(self, name, values.reshape(-1, 1, 1))


class Learned(Standardize):
    def keep(self, name, values):
        setattr(self, name, nn.Parameter(values.reshape(-1, 1, 1)))


class Unstored(Standardize):
    def keep(self, name, values):
        self.register_buffer(name, values.reshape(-1, 1, 1), persistent=False)


class TwoCopies(Standardize):
    """Stores the numbers and computes with others."""

    def __init__(self, mean, std):
        super().__init__(mean, std)
        self.numbers = mean[:, None, None].clone(), std[:, None, None].clone()

    def forward(self, X):
        return (X - self.numbers[0]) / self.numbers[1]


class OtherNames(Standardize):
    def __init__(self, mean, std):
        nn.Module.__init__(self)
        self.register_buffer("m", mean[None, :, None, None])
        self.register_buffer("s", std[None, :, None, None])

    def forward(self, X):
        return (X - self.m) / self.s


class Rows(Standardize):
    def keep(self, name, values):
        self.register_buffer(name, values)

    def forward(self, X):
        return torch.stack([(X[:, c] - self.mean[c]) / self.std[c] for c in range(3)], dim=1)


class LastAxis(Standardize):
    def keep(self, name, values):
        self.register_buffer(name, values)


SHAPES = {
    "side after the first convolution": 28,
    "side after pooling": 14,
    "side after the second convolution": 5,
    "inputs of the linear layer": 500,
    "parameters": 11_150,
}

RIGHT = {
    c.predict_shapes: [(SHAPES,)],
    c.smallest_side: [
        (tried,),
        (lambda layers: torch.tensor(float(tried(layers))),),
        (lambda layers: grown(layers),),
    ],
    c.stack: [
        (NamedStack,),
        (Parameters,),
        (
            lambda s: nn.Sequential(
                *[m for a, b in pairwise(s) for m in (nn.Linear(a, b), nn.ReLU())][:-1]
            ),
        ),
    ],
    c.standardize: [(Standardize,), (OtherNames,), (lambda mean, std: Rows(mean, std),)],
}
WRONG = {
    c.predict_shapes: [
        (SHAPES | {"side after the first convolution": 26},),
        (SHAPES | {"side after the second convolution": 6},),
        (SHAPES | {"parameters": 11_108},),  # no biases
    ],
    c.smallest_side: [
        (lambda layers: sum(k - 1 for k, _, _ in layers) + 1,),
        (lambda layers: tried([(k, 0, S) for k, P, S in layers]),),  # padding forgotten
        (lambda layers: max(k for k, _, _ in layers),),
        (lambda layers: grown(layers, floor=-99),),  # as if padding could help another layer
        (lambda layers: tried([(k, P, 1) for k, P, S in layers]),),  # stride forgotten
        (lambda layers: grown(layers[::-1]),),  # right for one layer
    ],
    c.stack: [
        (Stack,),
        (Decoration,),
        (lambda s: nn.Sequential(nn.Linear(s[0], s[1]), nn.ReLU(), nn.Linear(s[1], s[-1])),),
        (lambda s: nn.ModuleList([nn.Linear(a, b) for a, b in pairwise(s)]),),
        (lambda s: [nn.Linear(a, b) for a, b in pairwise(s)],),
        (ReluEverywhere,),
        (lambda s: nn.Sequential(*[nn.Linear(a, b) for a, b in pairwise(s)]),),
    ],
    c.standardize: [
        (Plain,),
        (Learned,),
        (LastAxis,),
        (Unstored,),
        (TwoCopies,),
        (lambda mean, std: lambda X: (X - mean[:, None, None]) / std[:, None, None],),
    ],
}
PREDICTIONS = {c.predict_shapes}
TYPED = {c.stack, c.standardize}
