"""Answers to the exercises of Part 2 on automatic differentiation."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from d2lhelpers.checks.preliminaries import autodiff as c

module = c


def order_of(result):
    order = []

    def visit(value):
        if value not in order:
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(result)
    return order


def sweep(result, inputs, combine=lambda old, share: old + share, turn=reversed):
    result.grad = 1.0
    for value in turn(order_of(result)):
        for parent, slope in zip(value.parents, value.slopes):
            parent.grad = combine(parent.grad, slope * value.grad)
    return torch.tensor([value.grad for value in inputs])


def along_every_path(result, inputs):
    def slope(value, of):
        if value is of:
            return 1.0
        return sum(s * slope(parent, of) for parent, s in zip(value.parents, value.slopes))

    return torch.tensor([slope(result, of) for of in inputs], dtype=torch.float64)


@dataclass(frozen=True)
class Dual:
    value: float
    slope: float = 0.0

    def __add__(self, other):
        return type(self)(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        slope = other.value * self.slope + other.slope * self.value
        return type(self)(self.value * other.value, slope)

    def tanh(self):
        return type(self)(math.tanh(self.value), self.slope / math.cosh(self.value) ** 2)


class ProductOfSlopes(Dual):
    def __mul__(self, other):
        return type(self)(self.value * other.value, self.slope * other.slope)


class TanhOfSlope(Dual):
    def tanh(self):
        return type(self)(math.tanh(self.value), math.tanh(self.slope))


class NoChainRule(Dual):
    def tanh(self):
        return type(self)(math.tanh(self.value), 1 - math.tanh(self.value) ** 2)


def breadth_first(result, inputs, again=False):
    result.grad, waiting, done = 1.0, [result], []
    while waiting:
        value = waiting.pop(0)
        if value in done and not again:
            continue
        done.append(value)
        for parent, slope in zip(value.parents, value.slopes):
            parent.grad += slope * value.grad
            waiting.append(parent)
    return torch.tensor([value.grad for value in inputs])


def by_counting_users(result, inputs):
    """Hands a value's gradient on as soon as all its users have handed theirs in."""
    users = {}
    for value in order_of(result):
        for parent in value.parents:
            users[id(parent)] = users.get(id(parent), 0) + 1
    result.grad, ready = 1.0, [result]
    while ready:
        value = ready.pop()
        for parent, slope in zip(value.parents, value.slopes):
            parent.grad += slope * value.grad
            users[id(parent)] -= 1
            if not users[id(parent)]:
                ready.append(parent)
    return np.array([value.grad for value in inputs])


class PairOfNumbers:
    def __init__(self, value, slope=0.0):
        self.value, self.slope = np.float64(value), torch.tensor(slope, dtype=torch.float64)

    def __add__(self, other):
        return PairOfNumbers(self.value + other.value, (self.slope + other.slope).item())

    def __mul__(self, other):
        slope = self.slope * other.value + self.value * other.slope
        return PairOfNumbers(self.value * other.value, slope.item())

    def tanh(self):
        t = np.tanh(self.value)
        return PairOfNumbers(t, (self.slope * (1 - t**2)).item())


class OldValue(Dual):
    def tanh(self):
        return type(self)(self.value, self.slope * (1 - math.tanh(self.value) ** 2))


class InPlace:
    def __init__(self, value, slope=0.0):
        self.value, self.slope = value, slope

    def __add__(self, other):
        self.value, self.slope = self.value + other.value, self.slope + other.slope
        return self

    __mul__, tanh = Dual.__mul__, Dual.tanh


class Untyped(Dual):
    def __add__(self, other):
        return self.value + other.value, self.slope + other.slope


BY_HAND = {"dz/da": 5, "dz/db": -8, "paths from a": 2}

BILL = {
    "forward": 102_000,
    "reverse": 14_000,
    "kept, tanh(x) + 1": 10,
    "kept, 3 * x + 1": 0,
}

RIGHT = {
    c.bill_in_advance: [(BILL,), (BILL | {"reverse": 14_000.0},)],
    c.sweep_by_hand: [(BY_HAND,), (BY_HAND | {"dz/da": 5.0},)],
    c.divide: [
        (lambda a, b: (a * b**-1, [b**-1, -a * b**-2]),),
        (lambda a, b: [torch.tensor(a / b), np.array([1 / b, -a / b / b])],),
    ],
    c.gradients: [
        (sweep,),
        (along_every_path,),
        (lambda *a: along_every_path(*a).tolist(),),
        (by_counting_users,),
    ],
    c.dual_numbers: [(Dual,), (PairOfNumbers,)],
}
WRONG = {
    c.bill_in_advance: [
        (BILL | {"forward": 14_000, "reverse": 102_000},),
        (BILL | {"kept, tanh(x) + 1": 20},),
        (BILL | {"kept, 3 * x + 1": 10},),
        (BILL | {"reverse": 4_000},),  # the second product forgotten
    ],
    c.sweep_by_hand: [
        (BY_HAND | {"dz/da": 4},),  # the direct path forgotten
        (BY_HAND | {"paths from a": 3},),
        (BY_HAND | {"dz/db": 8},),
    ],
    c.divide: [
        (lambda a, b: (a / b, (1 / b, a / b**2)),),
        (lambda a, b: (a / b, (b, -a)),),
        (lambda a, b: a / b,),
        (lambda a, b: (a / b, (1 / b, -a / b)),),  # right for b = 1
        (lambda a, b: (a / b, 1 / b, -a / b**2),),  # no pair
        (lambda a, b: (a / b, (-a / b**2, 1 / b)),),
        (lambda a, b: (a // b, (1 / b, -a / b**2)),),
    ],
    c.gradients: [
        (lambda *a: sweep(*a, combine=lambda old, share: share),),  # as in the stub
        (lambda *a: sweep(*a, turn=list),),  # from the inputs on
        (breadth_first,),
        (lambda *a: breadth_first(*a, again=True),),
        (lambda result, inputs: sweep(result, sorted(inputs, key=lambda v: -v.data)),),
        (lambda *a: sweep(*a)[None],),
        (lambda *a: sweep(*a, combine=lambda old, share: old * share),),
    ],
    c.dual_numbers: [
        (ProductOfSlopes,),
        (TanhOfSlope,),
        (NoChainRule,),
        (OldValue,),
        (InPlace,),
        (Untyped,),
    ],
}
PREDICTIONS = {c.sweep_by_hand, c.bill_in_advance}
