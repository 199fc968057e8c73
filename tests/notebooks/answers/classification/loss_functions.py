"""Answers to the exercises on loss functions."""

import torch
import torch.nn.functional as F

from d2lhelpers.checks.classification import loss_functions as c

module = c


def right_huber(prediction, y, delta):
    e = (prediction - y).abs()
    return torch.where(e < delta, 0.5 * e * e, delta * e - 0.5 * delta**2)


GUESSES = {
    "squared, with 88": 20,
    "absolute, with 88": 4,
    "Huber, with 88": 5.5,
    "squared, with 888": 180,
    "absolute, with 888": 4,
    "Huber, with 888": 5.5,
}

RIGHT = {
    c.best_guesses: [(GUESSES,)],
    c.huber_loss: [
        (right_huber,),
        (lambda p, y, d: d * F.smooth_l1_loss(p, y, beta=d, reduction="none"),),
    ],
    c.mean_squared_error: [
        (lambda p, y: ((p.flatten() - y) ** 2).mean().item(),),  # a number, not a tensor
        (lambda p, y: ((p.double().reshape(-1) - y) ** 2).mean(),),
        (lambda p, y: F.mse_loss(p.squeeze(-1) if p.ndim > 1 else p, y),),
    ],
    c.quantile_loss: [
        (lambda p, y, q: (y - p) * (q - (y < p).float()),),
        (lambda p, y, q: torch.maximum(q * (y - p), (q - 1) * (y - p)),),
    ],
}
WRONG = {
    c.best_guesses: [
        (GUESSES | {"squared, with 88": 4},),
        (GUESSES | {"absolute, with 888": 180},),
    ],
    c.huber_loss: [
        (lambda p, y, d: F.huber_loss(p, y, reduction="none"),),  # delta ignored
        (lambda p, y, d: torch.where((p - y).abs() < d, (p - y) ** 2 / 2, (p - y).abs() - d / 2),),
        (lambda p, y, d: F.huber_loss(p, y, delta=d),),  # averaged
        (lambda p, y, d: F.smooth_l1_loss(p, y, beta=d, reduction="none"),),
    ],
    c.mean_squared_error: [
        (lambda p, y: F.mse_loss(p[:, 0], y) if p.ndim > 1 else 0.0,),
        (lambda p, y: ((p - y) ** 2).mean(),),
        (lambda p, y: ((p - y[:, None]) ** 2).mean(),),  # right for (n, 1) only
        (lambda p, y: 0.5 * F.mse_loss(p.reshape(y.shape), y),),
    ],
    c.quantile_loss: [
        (lambda p, y, q: torch.maximum((1 - q) * (y - p), q * (p - y)),),  # the other side
        (lambda p, y, q: q * (y - p).abs(),),
        (lambda p, y, q: torch.maximum(q * (y - p), (q - 1) * (y - p)).mean(),),
    ],
}
PREDICTIONS = {c.best_guesses}
