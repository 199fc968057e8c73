"""Answers to the exercises on XOR and the hidden layer."""

import math
from fractions import Fraction

import numpy as np
import torch

from d2lhelpers.checks.multilayer_perceptrons import xor as c

module = c

PLATEAUS = {
    "AND, four silent": 0.562,
    "eight rows, two silent": 0.173,
    "eight rows, three silent": 0.239,
}
SILENT = {"-1 and +1": 1 / 12, "0 and 1": 13 / 48, "one of two": 0.468}


EXACT = {  # one quarter of the square after the other
    "-1 and +1": Fraction(1, 2) * Fraction(1, 6),
    "0 and 1": Fraction(1, 2) * (Fraction(1, 4) + 2 * Fraction(1, 4) / 2 + Fraction(1, 4) / 6),
    "one of two": 1 - Fraction(35, 48) ** 2,
}
IN_TORCH = {
    name: torch.nn.functional.binary_cross_entropy(torch.full((n,), k / n), torch.eye(n)[:k].sum(0))
    * n
    / rows
    for name, n, k, rows in [
        ("AND, four silent", 4, 1, 4),
        ("eight rows, two silent", 2, 1, 8),
        ("eight rows, three silent", 3, 1, 8),
    ]
}


def zigzag(b2=-0.5, w2=(1.0, -2.0, 2.0), b1=(0.0, -1.0, -2.0), units=3):
    def network():
        return torch.ones(units, 3), torch.tensor(b1), torch.tensor(w2), torch.tensor(b2)

    return network


def another_each_time():
    """A constant score of the sign that the next row needs."""
    burns = iter([0, 1, 1, 0, 1, 0, 0, 1])

    def network():
        return torch.ones(1, 3), torch.zeros(1), torch.zeros(1), 2.0 * next(burns) - 1

    return network


def from_above():
    """Counts the switches that are down."""
    return -np.ones((3, 3)), np.array([3.0, 2, 1]), np.array([-1.0, 2, -2]), [0.5]


def four_units():
    W1 = [[1, -1, -1], [-1, 1, -1], [-1, -1, 1], [1, 1, 1]]
    return torch.tensor(W1).float(), torch.tensor([0, 0, 0, -2.0]), torch.ones(4), -0.5


def linear_for_two_rows():
    """A flat sheet: right where at most one switch is up."""
    return torch.ones(1, 3), torch.zeros(1), torch.ones(1), -0.5


def forward(layers):
    W, b = layers[0]
    for next_W, next_b in layers[1:]:
        W, b = next_W @ W, next_W @ b + next_b
    return W, b


def backward(layers):
    W, b = layers[-1]
    for before_W, before_b in layers[-2::-1]:
        W, b = W @ before_W, W @ before_b + b
    return W, b


def probed(layers):
    def run(X):
        for W, b in layers:
            X = X @ W.T + b
        return X

    n = layers[0][0].shape[1]
    b = run(torch.zeros(n))
    return (run(torch.eye(n)) - b).T, b


def in_numpy(layers):
    W, b = (np.asarray(part) for part in layers[0])
    for next_W, next_b in layers[1:]:
        next_W = np.asarray(next_W)
        W, b = next_W @ W, next_W @ b + np.asarray(next_b)
    return [W, b]


def at_one_point(layers):
    """Right at x = 1 only: the whole effect is put into the bias."""
    x = torch.ones(layers[0][0].shape[1], dtype=layers[0][0].dtype)
    for W, b in layers:
        x = W @ x + b
    return torch.zeros(len(x), layers[0][0].shape[1], dtype=x.dtype), x


def without_biases(layers):
    W, b = forward(layers)
    return W, torch.zeros_like(b)


def biases_added(layers):
    W, b = layers[0]
    for next_W, next_b in layers[1:]:
        W = next_W @ W
        b = next_b if len(next_b) != len(b) else b + next_b
    return W, b


def wrong_order(layers):
    W, b = layers[0]
    for next_W, next_b in layers[1:]:
        W, b = W @ next_W, next_W @ b + next_b
    return W, b


def entropies(groups, y, log=math.log, over="rows"):
    total, names = 0.0, sorted(set(groups))
    for name in names:
        labels = [label for g, label in zip(groups, y) if g == name]
        p = sum(labels) / len(labels)
        price = -sum(q * log(q) for q in (p, 1 - p) if q)
        total += price * (len(labels) if over == "rows" else 1)
    return total / (len(y) if over == "rows" else len(names))


def with_tensors(groups, y):
    _, place = torch.unique(torch.tensor(groups), return_inverse=True)
    y = torch.tensor(y, dtype=torch.float64)
    p = torch.stack([y[place == g].mean() for g in range(int(place.max()) + 1)])[place]
    return torch.nn.functional.binary_cross_entropy(p, y)


def neighbors_only(groups, y):
    """Takes a group for a run of neighbors."""
    starts = [i for i in range(len(y)) if i == 0 or groups[i] != groups[i - 1]]
    runs = [sum(i >= s for s in starts) for i in range(len(y))]
    return entropies(runs, y)


def two_groups_at_most(groups, y):
    """Takes the first row's group, and all others for one."""
    return entropies([g == groups[0] for g in groups], y)


def naive(groups, y):
    g, y = np.array(groups), np.array(y)
    p = np.array([y[g == k].mean() for k in g])
    with np.errstate(all="ignore"):
        return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()


RIGHT = {
    c.predict_plateaus: [(PLATEAUS,), (IN_TORCH,)],
    c.three_switches: [(zigzag(),), (from_above,), (zigzag(b2=-0.3),)],
    c.collapse: [(forward,), (backward,), (probed,), (in_numpy,)],
    c.least_loss: [(entropies,), (with_tensors,)],
    c.silent_at_the_start: [
        (SILENT,),
        (EXACT,),
        (SILENT | {"0 and 1": 0.271, "one of two": 0.469},),  # from the rounded one
    ],
}
WRONG = {
    c.predict_plateaus: [
        (PLATEAUS | {"AND, four silent": 0.693},),
        (PLATEAUS | {"eight rows, two silent": 0.347},),
        (PLATEAUS | {"eight rows, three silent": 0.477},),
    ],
    c.three_switches: [
        (another_each_time(),),
        (four_units,),  # right, with one unit too many
        (zigzag(b2=0.0),),
        (zigzag(b2=-0.95),),  # the signs are right, the distance is not
        (zigzag(w2=(1.0, -2.0), b1=(0.0, -1.0), units=2),),  # wrong for three switches up
        (linear_for_two_rows,),
        (lambda: zigzag()()[:3],),
        (lambda: (torch.ones(3, 3), torch.zeros(1), torch.ones(3), 0.0),),
        (lambda: tuple(part * math.nan for part in zigzag()()),),
    ],
    c.collapse: [
        (biases_added,),
        (without_biases,),
        (at_one_point,),
        (wrong_order,),
        (lambda layers: forward(layers[::-1]),),
        (lambda layers: (forward(layers)[0], layers[-1][1]),),
        (lambda layers: forward(layers[:2]),),
        (lambda layers: forward(layers)[::-1],),
    ],
    c.least_loss: [
        (lambda groups, y: entropies(groups, y, log=math.log2),),
        (lambda groups, y: entropies(groups, y, over="groups"),),
        (lambda groups, y: entropies([0] * len(y), y),),
        (neighbors_only,),
        (two_groups_at_most,),
        (naive,),
        (lambda groups, y: len(y) * entropies(groups, y),),
    ],
    c.silent_at_the_start: [
        (SILENT | {"-1 and +1": 1 / 6},),
        (SILENT | {"0 and 1": 1 / 12},),
        (SILENT | {"one of two": 26 / 48},),
    ],
}
PREDICTIONS = {c.predict_plateaus, c.silent_at_the_start}
