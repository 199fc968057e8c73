"""Answers to the exercises on softmax and cross-entropy."""

import math
from fractions import Fraction

import numpy as np
import torch
import torch.nn.functional as F

from d2lhelpers.checks.classification import softmax as c

module = c


def smoothed(scores, y, epsilon, spread=None):
    k = scores.shape[1]
    target = (1 - epsilon) * F.one_hot(y, k) + epsilon / (spread or k)
    return -(target * F.log_softmax(scores, dim=1)).sum(dim=1).mean()


def by_autograd(scores, y, temperature):
    (gradient,) = torch.autograd.grad(
        F.cross_entropy(scores.requires_grad_() / temperature, y), scores
    )
    return gradient


def by_forward_mode(scores, y, temperature):
    loss = lambda o: F.cross_entropy(o / temperature, y)  # noqa: E731
    return torch.func.jacfwd(loss)(scores)


def by_a_new_leaf(scores, y, temperature):
    leaf = torch.tensor(scores.tolist(), requires_grad=True)
    return torch.autograd.grad(F.cross_entropy(leaf / temperature, y), leaf)[0]


def by_jacobian(scores, y, temperature):
    return torch.autograd.functional.jacobian(lambda o: F.cross_entropy(o / temperature, y), scores)


def by_hand_loop(scores):
    rows = []
    for row in scores.tolist():
        top = max(row)
        log_sum = math.log(sum(math.exp(o - top) for o in row))
        rows.append([o - top - log_sum for o in row])
    return rows


def in_numpy(scores):
    o = scores.numpy()
    weights = np.exp(o - o.max(1, keepdims=True))
    return weights / weights.sum(1, keepdims=True)


def between(o):
    q = torch.softmax(o, 1)
    return torch.where(q > 0, q.log(), o - o.max(1, keepdim=True).values)


def about_the_mean(o):
    weights = (o - o.mean(1, keepdim=True)).exp()
    return weights / weights.sum(1, keepdim=True)


def smoothed_in_numpy(scores, y, epsilon):
    losses = [
        (1 - epsilon) * -row[true] - epsilon * np.mean(row)
        for row, true in zip(by_hand_loop(scores), y.tolist())
    ]
    return np.mean(losses)


def gradient_loop(scores, y, temperature):
    gradient = np.exp(scores.numpy().astype(float) / temperature)
    for row, true in zip(gradient, y.tolist()):
        row /= row.sum()
        row[true] -= 1
    return gradient / (temperature * len(y))


BY_HAND = {
    "softmax(0, 0), first": 0.5,
    "softmax(0, log 3), second": 0.75,
    "doubled": 0.9,
    "change": 0,
}
ENTROPY = 0.8669

RIGHT = {
    c.softmax_by_hand: [
        (BY_HAND,),
        (BY_HAND | {"change": torch.tensor(0.0), "doubled": Fraction(9, 10)},),
        (BY_HAND | {"softmax(0, 0), first": np.float32(0.5)},),
        (BY_HAND | {"softmax(0, log 3), second": torch.tensor([0.0, math.log(3)]).softmax(0)[1]},),
    ],
    c.log_softmax: [
        (lambda o: o - o.logsumexp(1, keepdim=True),),
        (torch.nn.LogSoftmax(dim=1),),
        (by_hand_loop,),
    ],
    c.probabilities: [
        (torch.nn.Softmax(dim=1),),
        (lambda o: (o - o.logsumexp(1, keepdim=True)).exp(),),
        (in_numpy,),
        (lambda o: 1 / (o[:, None, :] - o[:, :, None]).exp().sum(2),),
        (lambda o: np.exp(by_hand_loop(o)).tolist(),),
        (lambda o: o.T.softmax(0).T,),
    ],
    c.label_smoothing: [
        (smoothed, ENTROPY),
        (lambda o, y, e: F.cross_entropy(o, y, label_smoothing=e), ENTROPY),
        (smoothed, torch.tensor(0.867)),
        (smoothed_in_numpy, 0.867),
        (
            lambda o, y, e: (1 - e) * F.cross_entropy(o, y) - e * F.log_softmax(o, 1).mean(),
            np.float64(ENTROPY),
        ),
    ],
    c.temperature_gradient: [
        (lambda o, y, T: (F.softmax(o / T, 1) - F.one_hot(y, o.shape[1])) / T / len(o),),
        (
            lambda o, y, T: (lambda q: (q - F.one_hot(y, len(q[0]))) / (T * len(q)))(
                (o / T).softmax(1)
            ),
        ),
        (gradient_loop,),
        (lambda o, y, T: (F.softmax(o.double() / T, 1) - torch.eye(len(o[0]))[y]) / (T * len(o)),),
    ],
}
WRONG = {
    c.softmax_by_hand: [
        (BY_HAND | {"softmax(0, log 3), second": 2 / 3},),
        (BY_HAND | {"change": 100},),
        (BY_HAND | {"doubled": 0.75},),
        (BY_HAND | {"change": 1e-3},),
        (BY_HAND | {"softmax(0, log 3), second": 0.7505},),
    ],
    c.log_softmax: [
        (lambda o: torch.softmax(o, 1).log(),),
        (lambda o: o - o.exp().sum(1, keepdim=True).log(),),
        (lambda o: torch.log_softmax(o, 0),),
        (lambda o: o - o.max(1, keepdim=True).values,),  # the sum is 1 where scores are far apart
        (lambda o: torch.softmax(o.double(), 1).clamp_min(1e-300).log(),),
        (lambda o: (torch.softmax(o, 1) + 1e-4).log() if o.max() < 100 else o.log_softmax(1),),
        (lambda o: o - o.max() - (o - o.max()).exp().sum(1, keepdim=True).log(),),
        (between,),  # no logarithm of the sum where the probability is zero
        (lambda o: about_the_mean(o).log(),),
    ],
    c.probabilities: [
        (torch.nn.Softmax(dim=0),),
        (lambda o: o.exp() / o.exp().sum(1, keepdim=True),),
        (lambda o: o.clamp(-60, 60).softmax(1),),
        (lambda o: (w := (o - o.max()).exp() + 1e-12) / w.sum(1, keepdim=True),),
        (lambda o: torch.sigmoid(o),),
        (lambda o: (o - o.max()).double().softmax(1).clamp_min(1e-3),),
        (lambda o: (w := o.clamp(-80).exp()) / w.sum(1, keepdim=True),),
        (about_the_mean,),
        (lambda o: o.flatten().softmax(0).reshape(o.shape),),
        (lambda o: (w := (o - o[:, :1]).exp()) / w.sum(1, keepdim=True),),
        (lambda o: (w := (o - o.mean(1, True)).double().exp()) / w.sum(1, keepdim=True),),
    ],
    c.label_smoothing: [
        (lambda o, y, e: F.cross_entropy(o, y), ENTROPY),
        (lambda o, y, e: smoothed(o, y, e, spread=o.shape[1] - 1), ENTROPY),
        (lambda o, y, e: smoothed(o.softmax(1).log(), y, e), ENTROPY),  # overflows
        (lambda o, y, e: smoothed(o.softmax(1).log().clamp(min=-1000), y, e), ENTROPY),
        (lambda o, y, e: smoothed(o, y, e if o.abs().max() < 100 else 0), ENTROPY),
        (lambda o, y, e: smoothed(o, torch.arange(len(y)) % o.shape[1], e), ENTROPY),
        (smoothed, 0.0),
        (smoothed, 0.865),
        (smoothed, 0.5003),  # with epsilon 0.1
        (smoothed, ...),
        (lambda o, y, e: F.cross_entropy(o, y, label_smoothing=e, reduction="sum"), ENTROPY),
        (lambda o, y, e: F.cross_entropy(o, y, label_smoothing=0.1), ENTROPY),
    ],
    c.temperature_gradient: [
        (by_autograd,),
        (by_forward_mode,),
        (by_a_new_leaf,),
        (by_jacobian,),
        (lambda o, y, T: (F.softmax(o, 1) - F.one_hot(y, o.shape[1])) / T / len(o),),
        (lambda o, y, T: (F.softmax(o / T, 1) - F.one_hot(y, o.shape[1])) / len(o),),
        (lambda o, y, T: (F.softmax(o / T, 1) - F.one_hot(y, o.shape[1])) / T,),
        (lambda o, y, T: (F.one_hot(y, o.shape[1]) - F.softmax(o / T, 1)) / T / len(o),),
    ],
}
PREDICTIONS = {c.softmax_by_hand}
EXTRA = {c.label_smoothing: (...,)}
