"""Answers to the exercises on what came before AlexNet."""

import math

import numpy as np
import torch

from d2lhelpers.checks.modern_cnns import before_alexnet as c

module = c

GRAM = {"gigabytes": 28.8, "largest n": 3535, "memory": 100, "time": 1000}
CONTEST = {
    "pixels": "same",
    "orientations": "falls",
    "kernel": "same",
    "by lot": "falls",
    "trained": "falls",
}


# One cell


def in_numpy(dx, dy, bins):
    dx, dy = (np.asarray(part, dtype=float) for part in (dx, dy))
    angle = np.arctan2(dy, dx) % np.pi
    return np.histogram(angle, bins=bins, range=(0, np.pi), weights=np.hypot(dx, dy))[0]


def in_a_loop(dx, dy, bins):
    sums = [0.0] * bins
    for a, b in zip(dx.flatten().tolist(), dy.flatten().tolist()):
        angle = math.atan2(b, a)
        if angle < 0:
            angle += math.pi
        if angle >= math.pi:
            angle -= math.pi
        sums[min(int(bins * angle / math.pi), bins - 1)] += math.sqrt(a * a + b * b)
    return sums


def of_angle(angle, weight, bins):
    return torch.histogram(angle.flatten(), bins, range=(0, torch.pi), weight=weight.flatten()).hist


def signed(dx, dy, bins):
    angle = (torch.atan2(dy, dx) + torch.pi) / 2
    return of_angle(angle, torch.hypot(dx, dy), bins)


def counted(dx, dy, bins):
    return of_angle(torch.atan2(dy, dx) % torch.pi, (torch.hypot(dx, dy) > 0).float(), bins)


def last_at_180(dx, dy, bins):
    angle = torch.atan2(dy, dx)
    angle = torch.where(angle < 0, angle + torch.pi, angle).clamp(max=torch.pi)
    return of_angle(angle, torch.hypot(dx, dy), bins)


def eight(dx, dy, bins):
    return torch.as_tensor(in_a_loop(dx, dy, 8))


def by_slope(dx, dy, bins):
    angle = torch.atan(dy / dx) % torch.pi
    return of_angle(angle, torch.hypot(dx, dy), bins)


# Features behind a kernel


def in_a_list(x):
    a, b = (float(part) for part in x)
    return [a * a, b * b, math.sqrt(2) * a * b, 2**0.5 * b, 2**0.5 * a, 1]


def by_outer(x):
    one = torch.cat([torch.ones(1), torch.as_tensor(x)])
    square = torch.outer(one, one)
    r, s = torch.triu_indices(3, 3)
    return square[r, s] * torch.where(r == s, 1.0, 2**0.5)


RIGHT = {
    c.gram_by_hand: [(GRAM,), (GRAM | {"gigabytes": 60_000**2 * 8 / 1e9},)],
    c.histogram: [(in_numpy,), (in_a_loop,), (by_slope,)],
    c.kernel_features: [(in_a_list,), (by_outer,), (lambda x: -by_outer(x).numpy(),)],
    c.shuffled_contest: [(CONTEST,), (dict(reversed(CONTEST.items())),)],
}
WRONG = {
    c.gram_by_hand: [
        (GRAM | {"gigabytes": 14.4},),  # each pair once
        (GRAM | {"largest n": 3536},),  # does not fit
        (GRAM | {"largest n": 5000},),
        (GRAM | {"memory": 10},),
        (GRAM | {"time": 100},),
    ],
    c.histogram: [
        (signed,), (counted,), (last_at_180,), (eight,),
        (lambda dx, dy, bins: in_numpy(dx, dy, bins) ** 0.5,),
        (lambda dx, dy, bins: in_numpy(dy, dx, bins),),
        (lambda dx, dy, bins: in_numpy(dx[:4], dy[:4], bins),),
    ],
    c.kernel_features: [
        (lambda x: [1, x[0], x[1], x[0] * x[1], x[0] ** 2, x[1] ** 2],),  # no root of 2
        (lambda x: [1, 2 * x[0], 2 * x[1], 2 * x[0] * x[1], x[0] ** 2, x[1] ** 2],),
        (lambda x: [0, 2**0.5 * x[0], 2**0.5 * x[1], 2**0.5 * x[0] * x[1], x[0] ** 2, x[1] ** 2],),
        (lambda x: [1, x[0], x[1]],),
        (lambda x: [(1 + x[0]) ** 2, 0, 0, 0, 0, 0],),
    ],
    c.shuffled_contest: [
        (CONTEST | {"pixels": "falls"},),
        (CONTEST | {"by lot": "same"},),
        (CONTEST | {"orientations": "same"},),
        (CONTEST | {"trained": ...},),
        (CONTEST | {"kernel": True},),
    ],
}  # fmt: skip
PREDICTIONS = {c.gram_by_hand, c.shuffled_contest}
TYPED = {c.histogram}  # its text names tensors
EXTRA = {}
