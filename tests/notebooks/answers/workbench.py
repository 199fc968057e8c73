"""Answers to the exercises of Part 4, the PyTorch workbench."""

from itertools import pairwise

import torch
from torch import nn
from torch.utils.data import Dataset

from d2lhelpers.checks import workbench as c

module = c


def tried(layers, first=1):
    for side in range(first, 1_000):
        left = side
        for k, P, S in layers:
            left = 0 if left < 1 else (left + 2 * P - k) // S + 1
        if left >= 1:
            return side


class Stack(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]

    def forward(self, X):
        for layer in self.layers[:-1]:
            X = layer(X).relu()
        return self.layers[-1](X)


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


class LastAxis(Standardize):
    def keep(self, name, values):
        self.register_buffer(name, values)


class Windows(Dataset):
    shift, short = 0, 0

    def __init__(self, series, k):
        self.series, self.k = series, k

    def __len__(self):
        return len(self.series) - self.k - self.short

    def __getitem__(self, i):
        end = i + self.k
        return self.series[i:end], self.series[min(end + self.shift, len(self.series) - 1)].item()


class OneTooMany(Windows):
    short = -1


class OneTooFew(Windows):
    short = 1


class SameNumber(Windows):
    shift = -1


def prepared(train, test, axes=(0, 2, 3), source=0, correction=1):
    of = (train, test)[source]
    mean = of.mean(dim=axes, keepdim=True)
    std = of.std(dim=axes, keepdim=True, correction=correction)
    return [(train - mean) / std, (test - mean) / std]


def each_by_itself(train, test):
    return prepared(train, train)[0], prepared(test, test)[0]


def padded(samples, width=None, front=False):
    width = width or max(len(x) for x, _ in samples)
    rows = torch.zeros(len(samples), width)
    for row, (x, _) in zip(rows, samples):
        row[(width - len(x)) * front :][: len(x)] = x
    return rows, torch.tensor([label for _, label in samples])


def clipped(parameters, limit, always=False):
    length = sum((p.grad**2).sum() for p in parameters) ** 0.5
    if length > limit or always:
        for p in parameters:
            p.grad *= limit / length


def each_alone(parameters, limit):
    for p in parameters:
        clipped([p], limit)


def each_entry(parameters, limit):
    for p in parameters:
        p.grad.clamp_(-limit, limit)


def sum_of_lengths(parameters, limit):
    length = sum(p.grad.norm() for p in parameters)
    for p in parameters:
        p.grad *= min(1, limit / length)


def epoch(net, optimizer, batches, loss, clear="each", weigh=True):
    total = samples = 0
    optimizer.zero_grad()
    for X, y in batches:
        if clear == "each":
            optimizer.zero_grad()
        value = loss(net(X), y)
        value.backward()
        if clear == "late":
            optimizer.zero_grad()
        optimizer.step()
        size = len(y) if weigh else 1
        total, samples = total + value.detach() * size, samples + size
    return total / samples


def big(
    net, optimizer, batches, loss, weight=lambda size, samples, count: size / samples, clear=True
):
    samples = sum(len(y) for _, y in batches)
    for X, y in batches:
        (loss(net(X), y) * weight(len(y), samples, len(batches))).backward()
    optimizer.step()
    if clear:
        optimizer.zero_grad()


SHAPES = {
    "side after the first convolution": 28,
    "side after pooling": 14,
    "side after the second convolution": 5,
    "inputs of the linear layer": 500,
    "parameters": 11_150,
}
BATCHES = {
    "batches in an epoch": 391,
    "pictures in the last batch": 80,
    "batches with drop_last": 390,
    "bytes in a full batch": 1_572_864,
}
MOMENTUM = {
    "w after 1 step": -0.1,
    "w after 2 steps": -0.29,
    "w after 3 steps": -0.561,
    "length of a late step": 1,
}

RIGHT = {
    c.predict_shapes: [(SHAPES,)],
    c.smallest_side: [(tried,)],
    c.stack: [
        (NamedStack,),
        (lambda s: nn.Sequential(*[
            m for a, b in pairwise(s) for m in (nn.Linear(a, b), nn.ReLU())][:-1]),),
    ],
    c.standardize: [(Standardize,)],
    c.count_batches: [(BATCHES,)],
    c.windows: [(Windows,)],
    c.prepare: [
        (prepared,),
        (lambda train, test: tuple(prepared(train, test)),),
        (lambda train, test: prepared(train, test, correction=0),),
    ],
    c.pad: [(padded,), (lambda s: (padded(s)[0], [label for _, label in s]),)],
    c.momentum_by_hand: [(MOMENTUM,)],
    c.clip: [(clipped,)],
    c.train_epoch: [(epoch,), (lambda *given: epoch(*given).item(),)],
    c.big_step: [
        (big,),
        (lambda net, o, batches, loss: epoch(
            net, o, [[torch.cat(part) for part in zip(*batches)]], loss),),
    ],
}  # fmt: skip
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
    ],
    c.stack: [
        (Stack,),
        (ReluEverywhere,),
        (lambda s: nn.Sequential(*[nn.Linear(a, b) for a, b in pairwise(s)]),),
    ],
    c.standardize: [(Plain,), (Learned,), (LastAxis,)],
    c.count_batches: [
        (BATCHES | {"batches in an epoch": 390},),
        (BATCHES | {"pictures in the last batch": 128},),
        (BATCHES | {"bytes in a full batch": 393_216},),  # numbers, not bytes
    ],
    c.windows: [(OneTooMany,), (OneTooFew,), (SameNumber,)],
    c.prepare: [
        (each_by_itself,),
        (lambda train, test: prepared(train, test, axes=(0,)),),  # per pixel
        (lambda train, test: prepared(train, test, axes=(0, 1, 2, 3)),),  # one for all channels
        (lambda train, test: prepared(train, test, source=1),),
    ],
    c.pad: [
        (lambda samples: padded(samples, front=True),),
        (lambda samples: padded(samples, width=10),),
        (lambda samples: padded(samples)[0],),
    ],
    c.momentum_by_hand: [
        (MOMENTUM | {"w after 2 steps": -0.2},),  # no momentum
        (MOMENTUM | {"w after 2 steps": -0.19},),  # only the old velocity
        (MOMENTUM | {"length of a late step": 0.1},),
    ],
    c.clip: [
        (each_alone,),
        (each_entry,),
        (sum_of_lengths,),
        (lambda parameters, limit: clipped(parameters, limit, always=True),),
    ],
    c.train_epoch: [
        (lambda *given: epoch(*given, clear="once"),),
        (lambda *given: epoch(*given, clear="late"),),
        (lambda *given: epoch(*given, weigh=False),),
    ],
    c.big_step: [
        (epoch,),  # a step for each
        (lambda *given: big(*given, weight=lambda size, samples, count: 1),),
        (lambda *given: big(*given, weight=lambda size, samples, count: 1 / count),),
        (lambda *given: big(*given, clear=False),),
    ],
}
PREDICTIONS = {c.predict_shapes, c.count_batches, c.momentum_by_hand}
