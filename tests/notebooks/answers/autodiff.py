"""Answers to the exercises on automatic differentiation and autograd, in Part 2."""

import math
from dataclasses import dataclass

import torch

from d2lhelpers.checks import autodiff as c

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


def slope_of_the_input(f, x):
    x.requires_grad_()
    f(x).backward()
    return x.grad


def slope_that_empties(f, x):
    marked = x.requires_grad
    x.requires_grad_()
    x.grad = None
    f(x).backward()
    found, x.grad = x.grad, None
    return found, x.requires_grad_(marked)


def scale(x, y, steps, before=lambda w: None, between=lambda w: None):
    w = torch.tensor(0.0, requires_grad=True)
    for _ in range(steps):
        before(w)
        ((w * x - y) ** 2).mean().backward()
        between(w)
        with torch.no_grad():
            w -= 0.1 * w.grad
    return w.item()


def empty(w):
    w.grad = None


def scale_as_found(x, y, steps):
    w = torch.tensor(0.0, requires_grad=True)
    for _ in range(steps):
        ((w * x - y) ** 2).mean().backward()
        w = w - 0.1 * w.grad
    return w.item()


def scale_by_grad(x, y, steps):
    w = torch.tensor(0.0, requires_grad=True)
    for _ in range(steps):
        (gradient,) = torch.autograd.grad(((w * x - y) ** 2).mean(), w)
        w = (w - 0.1 * gradient).detach().requires_grad_()
    return w


def rows(f, x, wanted=lambda y: range(len(y))):
    found = []
    for i in wanted(f(x)):
        leaf = x.clone().requires_grad_()
        f(leaf)[i].backward()
        found.append(leaf.grad)
    return torch.stack(found)


def rows_that_pile_up(f, x):
    x.requires_grad_()
    y, found = f(x), []
    for i in range(len(y)):
        y[i].backward(retain_graph=True)
        found.append(x.grad.clone())
    return torch.stack(found)


BY_HAND = {"dz/da": 5, "dz/db": -8, "paths from a": 2}
GRADS = {"after the first": 6, "after the second": 12, "after the third": 15}

RIGHT = {
    c.sweep_by_hand: [(BY_HAND,), (BY_HAND | {"dz/da": 5.0},)],
    c.divide: [(lambda a, b: (a * b**-1, [b**-1, -a * b**-2]),)],
    c.gradients: [(sweep,), (along_every_path,)],
    c.dual_numbers: [(Dual,)],
    c.grad_by_hand: [(GRADS,), (GRADS | {"after the third": 15.0},)],
    c.slope_of: [
        (lambda f, x: torch.func.grad(f)(x.detach()),),
        (lambda f, x: slope_of_the_input(f, x.detach()),),  # a leaf of its own, same memory
        (lambda f, x: torch.autograd.functional.jacobian(f, x.detach()),),
    ],
    c.fit_scale: [(lambda *a: scale(*a, before=empty),), (scale_by_grad,)],
    c.jacobian: [(rows,), (torch.autograd.functional.jacobian,)],
}
WRONG = {
    c.sweep_by_hand: [
        (BY_HAND | {"dz/da": 4},),  # the direct path forgotten
        (BY_HAND | {"paths from a": 3},),
        (dict.fromkeys(BY_HAND, ...),),
    ],
    c.divide: [
        (lambda a, b: (a / b, (1 / b, a / b**2)),),
        (lambda a, b: (a / b, (b, -a)),),
        (lambda a, b: a / b,),
    ],
    c.gradients: [
        (lambda *a: sweep(*a, combine=lambda old, share: share),),  # as in the stub
        (lambda *a: sweep(*a, turn=list),),  # from the inputs on
        (lambda *a: sweep(*a, combine=lambda old, share: old * share),),
    ],
    c.dual_numbers: [(ProductOfSlopes,), (TanhOfSlope,), (NoChainRule,)],
    c.grad_by_hand: [
        (GRADS | {"after the second": 6},),
        (GRADS | {"after the third": 18},),  # as without detach
    ],
    c.slope_of: [
        (slope_of_the_input,),
        (lambda f, x: slope_that_empties(f, x)[0],),  # what was in .grad is lost
        (lambda f, x: slope_of_the_input(f, x.clone()),),  # of a copy that is no leaf
        (lambda f, x: f(x.detach()),),
    ],
    c.fit_scale: [
        (scale_as_found,),
        (scale,),  # never emptied
        (lambda *a: scale(*a, between=lambda w: w.grad.zero_()),),  # emptied before the step
    ],
    c.jacobian: [
        (lambda f, x: rows(f, x).T,),
        (rows_that_pile_up,),
        (lambda f, x: rows(f, x).sum(0),),  # the gradient of the sum of all outputs
    ],
}
PREDICTIONS = {c.sweep_by_hand, c.grad_by_hand}
