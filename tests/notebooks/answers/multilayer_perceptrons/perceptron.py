"""Answers to the exercises on the perceptron."""

import math

import numpy as np
import torch

from d2lhelpers.checks.multilayer_perceptrons import perceptron as c

module = c

CARDS = {"presses": 5, "first weight": 2, "second weight": -2, "bias": 1}
BOUNDS = {"gamma 0.5, rate 1": 200, "gamma 0.5, rate 4": 125, "gamma 0, rate 4": 100}


def averaged(X, y, passes, *, wrong=lambda score: score <= 0, early=False, restart=False):
    w = total = torch.zeros(X.shape[1])
    for _ in range(passes):
        w = torch.zeros(X.shape[1]) if restart else w
        for x, label in zip(X, y):
            before = w
            if wrong(label * (x @ w)):
                w = w + label * x
            total = total + (before if early else w)
    return total / (passes * len(X))


def by_survival(X, y, passes):
    X, y = X.numpy(), y.numpy()
    w = total = np.zeros(X.shape[1])
    stay = 0
    for i in list(range(len(X))) * passes:
        if y[i] * (X[i] @ w) <= 0:
            total, stay, w = total + stay * w, 0, w + y[i] * X[i]
        stay += 1
    return (total + stay * w) / (passes * len(X))


def after_presses_only(X, y, passes):
    w, kept = torch.zeros(X.shape[1]), []
    for x, label in list(zip(X, y)) * passes:
        if label * (x @ w) <= 0:
            w = w + label * x
            kept.append(w)
    return torch.stack(kept).mean(dim=0)


def ends_of_passes(X, y, passes):
    w, kept = torch.zeros(X.shape[1]), []
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (x @ w) <= 0:
                w = w + label * x
        kept.append(w)
    return torch.stack(kept).mean(dim=0)


def last(X, y, passes):
    w = torch.zeros(X.shape[1])
    for x, label in list(zip(X, y)) * passes:
        if label * (x @ w) <= 0:
            w = w + label * x
    return w


def close_pair():
    return [[1.0, 0.0], [0.99, 0.0]], [1, -1]


def pair_and_company():
    X = torch.tensor([[1.0, 0.0], [0.99, 0.0], [-0.5, 0.5], [-0.5, -0.5]])
    return X, torch.tensor([1.0, -1.0, -1.0, -1.0])


def four_on_the_rim():
    angles = torch.tensor([0.0, 0.02, 0.04, 3.0])
    return torch.stack([angles.cos(), angles.sin()], dim=1), torch.tensor([1.0, -1.0, -1.0, -1.0])


def ten_kinds(W, x, kind):
    scores = W @ x
    rivals = [k for k in range(len(W)) if k != kind]
    rival = max(rivals, key=lambda k: scores[k].item())
    if scores[rival] >= scores[kind]:
        change = torch.zeros_like(W)
        change[kind], change[rival] = x, -x
        return W + change
    return W


def ten_kinds_in_arrays(W, x, kind):
    W, x = W.numpy().copy(), x.numpy()
    scores = W @ x
    own, scores[kind] = scores[kind], -math.inf
    rival = scores.argmax()
    if own <= scores[rival]:
        W[kind] += x
        W[rival] -= x
    return W


def by_argmax(W, x, kind):
    guess = int((W @ x).argmax())
    W = W.clone()
    if guess != kind:
        W[kind] += x
        W[guess] -= x
    return W


def only_the_kind(W, x, kind):
    W = W.clone()
    if (W @ x).argmax() != kind:
        W[kind] += x
    return W


def all_others(W, x, kind):
    scores, W = W @ x, W.clone()
    for k in range(len(W)):
        if k != kind and scores[k] >= scores[kind]:
            W[kind] += x
            W[k] -= x
    return W


def softmax_step(W, x, kind):
    p = (W @ x).softmax(dim=0)
    p[kind] -= 1
    return W - torch.outer(p, x)


def always(W, x, kind):
    scores, W = W @ x, W.clone()
    scores[kind] = -torch.inf
    W[kind] += x
    W[scores.argmax()] -= x
    return W


RIGHT = {
    c.three_cards: [(CARDS,)],
    c.pressing_more: [(BOUNDS,)],
    c.averaged: [(averaged,), (by_survival,)],
    c.adversary: [
        (close_pair,),
        (pair_and_company,),
        (lambda: (np.array([[0.6, 0.8], [0.59, 0.8]]), np.array([-1, 1])),),
    ],
    c.ten_kinds: [(ten_kinds,), (ten_kinds_in_arrays,)],
}
WRONG = {
    c.three_cards: [
        (CARDS | {"presses": 3},),  # stopped after one pass
        (CARDS | {"bias": 2},),
        ({"presses": 3, "first weight": 1, "second weight": -1, "bias": 1},),  # 0 taken as right
    ],
    c.pressing_more: [
        (BOUNDS | {"gamma 0.5, rate 4": 200},),  # the rate forgotten
        (BOUNDS | {"gamma 0.5, rate 1": 150},),  # gamma once, not twice
        (BOUNDS | {"gamma 0, rate 4": 1600},),
    ],
    c.averaged: [
        (after_presses_only,),
        (ends_of_passes,),
        (last,),
        (lambda X, y, passes: averaged(X, y, passes, wrong=lambda score: score < 0),),
        (lambda X, y, passes: averaged(X, y, passes, early=True),),
        (lambda X, y, passes: averaged(X, y, passes, restart=True),),
        (lambda X, y, passes: averaged(X, y, passes) * passes * len(X),),  # the sum
        (lambda X, y, passes: averaged(X, y, 1),),
        (lambda X, y, passes: averaged(X, y, passes, wrong=lambda score: score == score),),
    ],
    c.adversary: [
        (lambda: ([[1.0, 0.0], [-1.0, 0.0]], [1, -1]),),  # two presses
        (four_on_the_rim,),  # a small margin alone is not enough
        (lambda: ([[1.0, 0.0], [1.0, 0.0]], [1, -1]),),  # never ends
        (lambda: ([[0.5, 0.5], [-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5]], [1, 1, -1, -1]),),  # XOR
        (lambda: ([[100.0, 0.0], [99.0, 0.0]], [1, -1]),),  # too far out
        (lambda: ([[1.0, 0.0], [0.99, 0.0]], [1, 0]),),  # a label of 0
        (lambda: ([[k / 5, 0.0] for k in range(5)], [1, 1, 1, 1, -1]),),  # five points
        (lambda: [[1.0, 0.0], [0.99, 0.0]],),  # no labels
        (lambda: ([[math.nan, 0.0], [0.99, 0.0]], [1, -1]),),
    ],
    c.ten_kinds: [
        (by_argmax,),
        (only_the_kind,),
        (all_others,),
        (softmax_step,),
        (always,),
        (lambda W, x, kind: W,),
    ],
}
PREDICTIONS = {c.three_cards, c.pressing_more}
