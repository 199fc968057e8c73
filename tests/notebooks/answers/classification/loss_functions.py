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
    c.mean_squared_error: [
        (lambda p, y: ((p.flatten() - y) ** 2).mean().item(),),  # a number, not a tensor
        (lambda p, y: ((p.double().reshape(-1) - y) ** 2).mean(),),
        (lambda p, y: F.mse_loss(p.squeeze(-1) if p.ndim > 1 else p, y),),
        (lambda p, y: float(np.square(p.numpy().ravel() - y.numpy()).mean()),),
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
    c.mean_squared_error: [
        (lambda p, y: F.mse_loss(p[:, 0], y) if p.ndim > 1 else 0.0,),
        (lambda p, y: ((p - y) ** 2).mean(),),
        (lambda p, y: ((p - y[:, None]) ** 2).mean(),),  # right for (n, 1) only
        (lambda p, y: 0.5 * F.mse_loss(p.reshape(y.shape), y),),
        (lambda p, y: F.mse_loss(p.reshape(y.shape), y, reduction="sum"),),
        (lambda p, y: F.l1_loss(p.reshape(y.shape), y),),
        (lambda p, y: (p.mean() - y.mean()) ** 2,),  # right where all miss by the same
        (lambda p, y: F.mse_loss(p.flatten().sort().values, y.sort().values),),
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
