"""Answers to the exercises of Part 2 on derivatives and subgradients."""

import numpy as np
import torch

from d2lhelpers.checks.preliminaries import derivatives as c

module = c


AT_ZERO = {
    "2 * F.relu(x) - x": -1,
    "torch.maximum(x, 2 * x)": 1.5,
    "torch.where(x > 0, 3 * x, x)": 1,
    "F.relu(x) - 2 * F.relu(-x)": 0,
}
SLOPES = {"x**3 at 2": 12, "x * exp(x) at 0": 1, "log(3 * x) at 2": 0.5, "(x**2 + 1)**3 at 1": 24}

RIGHT = {
    c.slopes_by_hand: [(SLOPES,), (SLOPES | {"log(3 * x) at 2": 1 / 2},)],
    c.slopes_at_zero: [(AT_ZERO,)],
    c.symmetric_slope: [
        (lambda f, x, h: (f(x + h) - f(x - h)) / h / 2,),
        (lambda f, x, h: 0.5 * ((f(x + h) - f(x)) / h + (f(x) - f(x - h)) / h),),
        (lambda f, x, h: np.diff([float(f(x - h)), float(f(x + h))]) / (2 * h),),
    ],
    c.chain_slope: [
        (lambda outer, do, inner, di, x: torch.func.grad(lambda x: outer(inner(x)))(x),),
        (lambda outer, do, inner, di, x: [float(di(x)) * float(do(inner(x)))],),
    ],
    c.fan_of_distances: [
        (lambda x, y: (x - y).sign().sum() + (x == y).sum() * torch.tensor([-1.0, 1.0]),),
        (
            lambda x, y: torch.tensor(
                [(x > y).sum() - (x <= y).sum(), (x >= y).sum() - (x < y).sum()]
            ),
        ),
    ],
}
WRONG = {
    c.slopes_by_hand: [
        (SLOPES | {"x**3 at 2": 8},),
        (SLOPES | {"log(3 * x) at 2": 1 / 6},),
        (SLOPES | {"(x**2 + 1)**3 at 1": 12},),
    ],
    c.slopes_at_zero: [
        (AT_ZERO | {"2 * F.relu(x) - x": 0},),  # the middle of the fan
        (AT_ZERO | {"torch.maximum(x, 2 * x)": 1},),
        (AT_ZERO | {"F.relu(x) - 2 * F.relu(-x)": 1.5},),
    ],
    c.symmetric_slope: [
        (lambda f, x, h: (f(x + h) - f(x - h)) / h,),
        (lambda f, x, h: (f(x + h) - f(x)) / h,),
        (lambda f, x, h: (f(x - h) - f(x + h)) / (2 * h),),
        (lambda f, x, h: torch.func.grad(f)(x),),  # right for the parabola
    ],
    c.chain_slope: [
        (lambda outer, do, inner, di, x: do(x) * di(x),),
        (lambda outer, do, inner, di, x: do(di(x)),),
        (lambda outer, do, inner, di, x: do(inner(x)),),
        (lambda outer, do, inner, di, x: do(outer(x)) * di(x),),
    ],
    c.fan_of_distances: [
        (lambda x, y: (x - y).sign().sum() * torch.ones(2),),  # no fan at a house
        (lambda x, y: (y - x).sign().sum() + (x == y).sum() * torch.tensor([-1.0, 1.0]),),
        (lambda x, y: (x - y).sign().sum() + torch.tensor([-1.0, 1.0]),),
        (lambda x, y: (x - y).sign().sum() + (x in y) * torch.tensor([-1.0, 1.0]),),  # one house
        (lambda x, y: (x - y).sign().sum() + (x == y).sum() * torch.tensor([1.0, -1.0]),),
        (lambda x, y: 2 * torch.searchsorted(y, x) - len(y) + torch.tensor([0, 2 * (x in y)]),),
    ],
}
PREDICTIONS = {c.slopes_by_hand, c.slopes_at_zero}
