"""Answers to the exercises on capacity and overfitting."""

from fractions import Fraction

import numpy as np
import torch

from d2lhelpers.checks.generalization import capacity as c

module = c

PAID = {"training error": 0.1875, "error on fresh readings": 0.3125, "degree with gap 0.1": 7}
PAID_EXACT = {
    "training error": Fraction(3, 16),
    "error on fresh readings": Fraction(5, 16),
    "degree with gap 0.1": Fraction(7),
}
TWICE = {"coefficients at the peak": 30, "readings with the smaller error": 15}


def by_product(x, y, t):
    level = torch.zeros_like(t)
    for i in range(len(x)):
        others = torch.cat([x[:i], x[i + 1 :]])
        level += y[i] * ((t[:, None] - others) / (x[i] - others)).prod(dim=1)
    return level


def by_powers(x, y, t):
    x, y, t = x.numpy(), y.numpy(), t.numpy()
    return np.vander(t, len(x)) @ np.linalg.solve(np.vander(x, len(x)), y)


def by_newton(x, y, t):
    """Adds one reading after the other."""
    level, zeros = torch.zeros_like(t), torch.ones_like(t)
    for i in range(len(x)):
        so_far = by_product(x[:i], y[:i], x[i : i + 1])[0]
        scale = (y[i] - so_far) / (x[i] - x[:i]).prod()
        level, zeros = level + scale * zeros, zeros * (t - x[i])
    return level


def upside_down(x, y, t):
    level = torch.zeros_like(t)
    for i in range(len(x)):
        others = torch.cat([x[:i], x[i + 1 :]])
        level += y[i] * ((x[i] - others) / (t[:, None] - others)).prod(dim=1)
    return level


def with_itself(x, y, t):
    return ((t[:, None, None] - x) / (x[:, None] - x)).prod(dim=2) @ y


def only_the_sum(x, y, t):
    return by_product(x, torch.ones_like(y), t)


def one_degree_less(x, y, t):
    n = max(len(x) - 1, 1)
    return np.vander(t, n) @ np.linalg.lstsq(np.vander(x, n), y, rcond=None)[0]


def only_the_middle(x, y, t):
    return by_product(x, torch.where(torch.arange(len(x)) == len(x) // 2, y, 0), t)


def in_order_of_time(x, y, t):
    return by_product(x.sort().values, y, t)


def piece_by_piece(x, y, t):
    order = x.argsort()
    return np.interp(t, x[order], y[order])


RIGHT = {
    c.paid_twice: [(PAID,), (PAID_EXACT,)],
    c.twice_the_readings: [(TWICE,), (TWICE | {"coefficients at the peak": 31},)],
    c.through_all: [(by_product,), (by_powers,), (by_newton,)],
}
WRONG = {
    c.paid_twice: [
        (PAID | {"training error": 0.75},),  # a variance of 1
        (PAID | {"training error": 0.25 * (1 - 9 / 40)},),  # the degree for the number
        (PAID | {"error on fresh readings": 0.25},),
        (PAID | {"degree with gap 0.1": 8},),
        (PAID | {"degree with gap 0.1": 15},),  # paid once
    ],
    c.twice_the_readings: [
        (TWICE | {"coefficients at the peak": 15},),
        (TWICE | {"coefficients at the peak": 60},),
        (TWICE | {"coefficients at the peak": 29},),  # the degree for the number
        (TWICE | {"readings with the smaller error": 30},),
        (TWICE | {"readings with the smaller error": 14},),
    ],
    c.through_all: [
        (upside_down,),
        (with_itself,),
        (only_the_sum,),
        (one_degree_less,),
        (only_the_middle,),
        (in_order_of_time,),
        (piece_by_piece,),
    ],
}
PREDICTIONS = {c.paid_twice, c.twice_the_readings}
