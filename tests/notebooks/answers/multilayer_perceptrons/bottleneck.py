"""Answers to the exercises on bottlenecks."""

import math

import numpy as np
import torch
from torch import nn

from d2lhelpers.checks.multilayer_perceptrons import bottleneck as c

module = c

SILENT = {
    "equal: loss": 2.303,
    "equal: accuracy": 0.1,
    "half: loss": 1.792,
    "half: accuracy": 0.5,
}
WAY = torch.tensor([2.0, -1.0, 2.0])


def by_layer(z):
    layer = nn.Linear(1, 3)
    with torch.no_grad():
        layer.weight.copy_(WAY[:, None] / 3)
        layer.bias.copy_(torch.tensor([-1.0, 1.0, 0.0]))
    return layer(z[:, None])


def scaled(P):
    """The same borders: shifted and halved scores."""
    W = torch.as_tensor(P).double().T
    return W, 7 - W.square().sum(dim=0) / 2


def in_numpy(P):
    P = np.asarray(P)
    return 2 * P.T, -(P**2).sum(axis=1)


def in_lists(P):
    rows = P.tolist()
    W = [[2 * row[i] for row in rows] for i in range(len(rows[0]))]
    return [W, [-sum(number * number for number in row) for row in rows]]


def centered(P):
    """Distances from the mean place, written back."""
    middle = P.mean(dim=0)
    Q = P - middle
    return 2 * Q.T, -Q.square().sum(dim=1) - 2 * Q @ middle


RIGHT = {
    c.silent_bottleneck: [
        (SILENT,),
        (
            SILENT
            | {"equal: loss": math.log(10), "half: loss": math.log(6), "half: accuracy": 1 / 2},
        ),
    ],
    c.decode: [
        (lambda z: torch.stack([2 * z / 3 - 1, 1 - z / 3, 2 * z / 3], dim=1),),
        (lambda z: torch.outer(z - 3, WAY) / 3 + torch.tensor([1.0, 0.0, 2.0]),),
        (lambda z: [[2 * a / 3 - 1, 1 - a / 3, 2 * a / 3] for a in z.tolist()],),
        (lambda z: np.array([-1, 1, 0]) + z.numpy()[:, None] * np.array([2, -1, 2]) / 3,),
        (by_layer,),
    ],
    c.nearest_place: [(scaled,), (in_numpy,), (in_lists,), (centered,)],
}
WRONG = {
    c.silent_bottleneck: [
        (SILENT | {"half: loss": 2.303},),
        (SILENT | {"half: accuracy": 0.1},),
        (SILENT | {"half: loss": 0.693},),
        (SILENT | {"equal: loss": 0.0},),
        (SILENT | {"equal: accuracy": 0.0},),
    ],
    c.decode: [
        (lambda z: z[:, None] * WAY / 3,),  # the line does not pass the origin
        (lambda z: torch.tensor([1.0, 0.0, 2.0]) + z[:, None] * WAY,),  # z taken for t
        (lambda z: torch.tensor([1.0, 0.0, 2.0]) + (z[:, None] - 3) * WAY,),
        (lambda z: torch.tensor([1.0, 0.0, 2.0]) + (z[:, None] - 3) / 9 * WAY,),
        (lambda z: z[:, None].expand(-1, 3) / 3,),  # right sums, other points
        (lambda z: torch.tensor([[1.0, 0.0, 2.0]]).expand(len(z), 3),),  # right at t = 0
        (lambda z: torch.tensor([1.0, 0.0, 2.0]) + (z[0] - 3) / 3 * WAY,),  # one point only
        (lambda z: torch.stack([2 * z / 3 - 1, 1 - z / 3, 2 * z / 3]),),  # (3, B)
    ],
    c.nearest_place: [
        (lambda P: (2 * P.T, torch.zeros(len(P))),),  # right on a circle around 0
        (lambda P: (P.T, -P.square().sum(dim=1)),),  # the 2 forgotten
        (lambda P: (2 * P.T, -P.abs().sum(dim=1)),),
        (lambda P: (-2 * P.T, P.square().sum(dim=1)),),  # the farthest place
        (lambda P: (2 * P, -P.square().sum(dim=1)),),  # W not transposed
        (
            lambda P: (
                2 * torch.arange(len(P)).expand(P.shape[1], -1),
                -(torch.arange(len(P)) ** 2),
            ),
        ),
        (lambda P: 2 * P.T,),  # no bias returned
        (lambda P: (2 * (P - P.mean(dim=0)).T, -(P - P.mean(dim=0)).square().sum(dim=1)),),
    ],
}
PREDICTIONS = {c.silent_bottleneck}
