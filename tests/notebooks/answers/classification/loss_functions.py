"""Answers to the exercises on loss functions."""

from functools import partial

import numpy as np
import torch
import torch.nn.functional as F

from d2lhelpers.checks.classification import loss_functions as c

module = c


def pull_by_autograd(prediction, y, delta):
    prediction = prediction.clone().requires_grad_()
    F.huber_loss(prediction, y, delta=delta, reduction="sum").backward()
    return -prediction.grad


def pull_by_func(prediction, y, delta):
    total = partial(F.huber_loss, delta=delta, reduction="sum")
    return -torch.func.grad(total)(prediction, y)


def pull_by_parameter(prediction, y, delta):
    leaf = torch.nn.Parameter(prediction.clone())
    torch.autograd.backward(F.huber_loss(leaf, y, delta=delta, reduction="sum"))
    return -leaf.grad


def pull_by_jacobian(prediction, y, delta):
    total = partial(F.huber_loss, target=y, delta=delta, reduction="sum")
    return -torch.autograd.functional.jacobian(total, prediction)


def pull_by_loop(prediction, y, delta):
    out = torch.zeros(prediction.numel())
    for i, (p, label) in enumerate(zip(prediction.flatten(), y.flatten(), strict=True)):
        out[i] = max(-delta, min(delta, float(label - p)))
    return out.reshape(prediction.shape)


def counted(prediction, y):
    return prediction - y * prediction.log()


def counted_in_a_loop(prediction, y):
    pairs = zip(prediction.flatten().tolist(), y.flatten().tolist(), strict=True)
    return np.reshape([p - y * np.log(p) for p, y in pairs], prediction.shape)


PENCIL = {"pull of y = 6 on 4": 0.5, "best for 2, 3, 7": 4.0}

GUESSES = {
    "squared, with 88": 20,
    "absolute, with 88": 4,
    "Huber, with 88": 5.5,
    "squared, with 888": 180,
    "absolute, with 888": 4,
    "Huber, with 888": 5.5,
}

RIGHT = {
    c.best_guesses: [
        (GUESSES,),
        ({name: torch.tensor(float(value)) for name, value in GUESSES.items()},),
        (GUESSES | {"Huber, with 88": np.float64(22) / 4},),
    ],
    c.huber_pull: [
        (lambda p, y, d: np.clip((y - p).numpy(), -d, d),),
        (lambda p, y, d: torch.where((y - p).abs() <= d, y - p, d * (y - p).sign()),),
        (pull_by_loop,),
        (lambda p, y, d: (y - p) * (d / (y - p).abs()).clamp(max=1),),  # shortened to delta
    ],
    c.count_loss: [
        (counted, PENCIL),
        (lambda p, y: F.poisson_nll_loss(p, y, log_input=False, reduction="none"), PENCIL),
        (
            lambda p, y: p.numpy() - y.numpy() * np.log(p.numpy()),
            {**PENCIL, "best for 2, 3, 7": 12 / 3},
        ),
        (lambda p, y: F.poisson_nll_loss(p.log(), y, reduction="none"), PENCIL),
        (counted_in_a_loop, {name: torch.tensor(value) for name, value in PENCIL.items()}),
    ],
    c.quantile_loss: [
        (lambda p, y, q: (y - p) * (q - (y < p).float()),),
        (lambda p, y, q: torch.maximum(q * (y - p), (q - 1) * (y - p)),),
        (lambda p, y, q: q * (y - p).relu() + (1 - q) * (p - y).relu(),),
        (lambda p, y, q: np.where(p < y, q * (y - p), (1 - q) * (p - y)),),
    ],
}
WRONG = {
    c.best_guesses: [
        (GUESSES | {"squared, with 88": 4},),
        (GUESSES | {"absolute, with 888": 180},),
        (GUESSES | {"Huber, with 888": 14},),
        (GUESSES | {"Huber, with 88": 3},),  # the mean of the four near ones
        (GUESSES | {"squared, with 888": 180.1},),  # the answers are exact
    ],
    c.huber_pull: [
        (lambda p, y, d: (p - y).clamp(-d, d),),  # the slope, not the pull
        (lambda p, y, d: (y - p).clamp(-1, 1),),  # delta ignored
        (lambda p, y, d: (y - p).clamp(max=d),),  # right for labels above only
        (lambda p, y, d: d * (y - p).sign(),),  # right for far labels only
        (lambda p, y, d: torch.where((y - p).abs() <= d, y - p, (y - p).sign()),),
        (lambda p, y, d: (y - p).clamp(-d, d).mean(),),  # one number
        (pull_by_autograd,),
        (pull_by_func,),
        (pull_by_parameter,),
        (pull_by_jacobian,),
        (lambda p, y, d: (y - p).clamp(-d, d).flatten(),),  # the shape is lost
    ],
    c.count_loss: [
        (lambda p, y: -torch.distributions.Poisson(p).log_prob(y), PENCIL),  # log y! is in it
        (lambda p, y: counted(p, y).mean(), PENCIL),
        (lambda p, y: -counted(p, y), PENCIL),  # the log-likelihood
        (lambda p, y: p - y * torch.log10(p), PENCIL),
        (lambda p, y: F.poisson_nll_loss(p, y, reduction="none"), PENCIL),  # takes logarithms
        (lambda p, y: -y * p.log(), PENCIL),  # a factor forgotten
        (lambda p, y: -torch.log(torch.exp(-p) * p**y), PENCIL),  # the factors underflow
        (lambda p, y: p - 6 * p.log() if y.numel() == 1 else counted(p, y), PENCIL),
        (lambda p, y: 0.5 * (y - p) ** 2, PENCIL),
        (counted, PENCIL | {"pull of y = 6 on 4": -0.5}),  # the slope
        (counted, PENCIL | {"best for 2, 3, 7": 3}),  # the median
        (counted, {"pull of y = 6 on 4": ..., "best for 2, 3, 7": ...}),
    ],
    c.quantile_loss: [
        (lambda p, y, q: torch.maximum((1 - q) * (y - p), q * (p - y)),),  # the other side
        (lambda p, y, q: q * (y - p).abs(),),
        (lambda p, y, q: torch.maximum(q * (y - p), (q - 1) * (y - p)).mean(),),
        (lambda p, y, q: q * (y - p).relu(),),  # nothing for too much
        (lambda p, y, q: torch.where(p < y, q, 1 - q),),  # the distance forgotten
        (lambda p, y, q: 2 * torch.maximum(q * (y - p), (q - 1) * (y - p)),),
        (lambda p, y, q: torch.maximum(0.9 * (y - p), 0.1 * (p - y)),),  # one q only
    ],
}
PREDICTIONS = {c.best_guesses}
EXTRA = {c.count_loss: (dict.fromkeys(PENCIL, ...),)}
