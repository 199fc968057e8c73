"""Answers to the exercises on softmax and cross-entropy."""

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


BY_HAND = {"softmax(0, 0), first": 0.5, "softmax(0, log 3), second": 0.75, "change": 0}
ENTROPY = 0.5003

RIGHT = {
    c.softmax_by_hand: [(BY_HAND,), (BY_HAND | {"change": 0.0},)],
    c.log_softmax: [(lambda o: o - o.logsumexp(1, keepdim=True),), (torch.nn.LogSoftmax(dim=1),)],
    c.probabilities: [
        (torch.nn.Softmax(dim=1),),
        (lambda o: (o - o.logsumexp(1, keepdim=True)).exp(),),
    ],
    c.label_smoothing: [(smoothed, ENTROPY), (smoothed, torch.tensor(0.5))],
    c.temperature_gradient: [
        (lambda o, y, T: (F.softmax(o / T, 1) - F.one_hot(y, o.shape[1])) / T / len(o),),
        (
            lambda o, y, T: (lambda q: (q - F.one_hot(y, len(q[0]))) / (T * len(q)))(
                (o / T).softmax(1)
            ),
        ),
    ],
}
WRONG = {
    c.softmax_by_hand: [
        (BY_HAND | {"softmax(0, log 3), second": 2 / 3},),
        (BY_HAND | {"change": 100},),
    ],
    c.log_softmax: [
        (lambda o: torch.softmax(o, 1).log(),),
        (lambda o: o - o.exp().sum(1, keepdim=True).log(),),
        (lambda o: torch.log_softmax(o, 0),),
        (lambda o: o - o.max() - (o - o.max()).exp().sum(1, keepdim=True).log(),),
    ],
    c.probabilities: [
        (torch.nn.Softmax(dim=0),),
        (lambda o: o.exp() / o.exp().sum(1, keepdim=True),),
        (lambda o: o.clamp(-60, 60).softmax(1),),
        (lambda o: (w := (o - o.max()).exp() + 1e-12) / w.sum(1, keepdim=True),),
        (lambda o: torch.sigmoid(o),),
    ],
    c.label_smoothing: [
        (lambda o, y, e: F.cross_entropy(o, y), ENTROPY),
        (lambda o, y, e: smoothed(o, y, e, spread=o.shape[1] - 1), ENTROPY),
        (lambda o, y, e: smoothed(o.softmax(1).log(), y, e), ENTROPY),  # overflows
        (smoothed, 0.0),
        (smoothed, ...),
        (lambda o, y, e: F.cross_entropy(o, y, label_smoothing=e, reduction="sum"), ENTROPY),
    ],
    c.temperature_gradient: [
        (by_autograd,),
        (lambda o, y, T: (F.softmax(o / T, 1) - F.one_hot(y, o.shape[1])) / len(o),),
        (lambda o, y, T: (F.softmax(o / T, 1) - F.one_hot(y, o.shape[1])) / T,),
        (lambda o, y, T: (F.one_hot(y, o.shape[1]) - F.softmax(o / T, 1)) / T / len(o),),
    ],
}
PREDICTIONS = {c.softmax_by_hand}
EXTRA = {c.label_smoothing: (...,)}
