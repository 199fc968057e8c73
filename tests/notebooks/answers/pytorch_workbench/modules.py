"""Answers to the exercises of Part 4 on modules and layers."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn

from d2lhelpers.checks.pytorch_workbench import modules as c

module = c


def owners(B, n, m):
    rows = np.repeat(np.arange(B), n).reshape(-1, m)
    return np.sum(rows.min(axis=1) != rows.max(axis=1))


def bordered(B, n, m):
    """Counts the rows with a border between two pictures inside."""
    return len({place // m for place in range(n, B * n, n) if place % m})


def sliced(B, n, m):
    numbers = [picture for picture in range(B) for _ in range(n)]
    return sum(len(set(numbers[i : i + m])) > 1 for i in range(0, len(numbers), m))


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
        self.register_buffer(name, values.clone())

    def forward(self, X):
        return (X - self.mean) / self.std


class Plain(Standardize):
    def keep(self, name, values):
        setattr(self, name, values.clone())


class Learned(Standardize):
    def keep(self, name, values):
        setattr(self, name, nn.Parameter(values.clone()))


class Unstored(Standardize):
    def keep(self, name, values):
        self.register_buffer(name, values.clone(), persistent=False)


class TwoCopies(Standardize):
    """Stores the numbers and computes with others."""

    def __init__(self, mean, std):
        super().__init__(mean, std)
        self.numbers = mean.clone(), std.clone()

    def forward(self, X):
        return (X - self.numbers[0]) / self.numbers[1]


class OtherNames(Standardize):
    def __init__(self, mean, std):
        nn.Module.__init__(self)
        self.register_buffer("m", mean[None])
        self.register_buffer("s", std[None])

    def forward(self, X):
        return (X - self.m) / self.s


class Rows(Standardize):
    def keep(self, name, values):
        self.register_buffer(name, values)

    def forward(self, X):
        return torch.stack([(X[:, c] - self.mean[c]) / self.std[c] for c in range(3)], dim=1)


class OfTheBatch(Standardize):
    """Keeps the numbers and takes others."""

    def forward(self, X):
        return (X - X.mean(dim=0)) / X.std(dim=0)


class Variance(Standardize):
    def forward(self, X):
        return (X - self.mean) / self.std**2


SHAPES = {
    "rows": 8,
    "tensors in the state dict": 4,
    "numbers in the state dict": 79_510,
    "rows of the view": 16,
    "widest hidden layer": 125,
    "smallest batch": 100,
}


class Compact(nn.Sequential):
    def __init__(self, sizes):
        layers = [m for a, b in pairwise(sizes) for m in (nn.Linear(a, b), nn.ReLU())]
        super().__init__(*layers[:-1])


RIGHT = {
    c.predict_shapes: [(SHAPES,), ({name: float(value) for name, value in SHAPES.items()},)],
    c.mixed_rows: [
        (owners,),
        (bordered,),
        (sliced,),
        (lambda B, n, m: torch.tensor(owners(B, n, m)),),
    ],
    c.stack: [(NamedStack,), (Parameters,), (Compact,), (lambda sizes: Compact(sizes),)],
    c.standardize: [(Standardize,), (OtherNames,), (lambda mean, std: Rows(mean, std),)],
}
WRONG = {
    c.predict_shapes: [
        (SHAPES | {"numbers in the state dict": 79_400},),  # no biases
        (SHAPES | {"widest hidden layer": 126},),
        (SHAPES | {"smallest batch": 400},),  # some batch, not the smallest
        (SHAPES | {"rows": 6272},),
    ],
    c.mixed_rows: [
        (lambda B, n, m: B - 1,),  # each border in a row of its own
        (lambda B, n, m: sum(place % m > 0 for place in range(n, B * n, n)),),  # counts borders
        (lambda B, n, m: len({place // m for place in range(n, B * n, n)}),),
        (lambda B, n, m: B * n // m - B,),
        (lambda B, n, m: min(B - 1, B * n // m) if n % m else 0,),
        (lambda B, n, m: owners(B, n, m) if n > m else B * n // m,),
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
        (OfTheBatch,),
        (Variance,),
        (Unstored,),
        (TwoCopies,),
        (lambda mean, std: lambda X: (X - mean) / std,),
    ],
}
PREDICTIONS = {c.predict_shapes}
TYPED = {c.stack, c.standardize}
