"""Answers to the exercises of Part 3, linear regression."""

import numpy as np
import torch
import torch.nn.functional as F

from d2lhelpers.checks import linear_regression as c

module = c


def ones(X):
    return torch.cat([X, torch.ones(len(X), 1)], dim=1)


def centered(X, y):
    """Fit without the means, then find the bias that brings them back."""
    w = torch.linalg.pinv(X - X.mean(0)) @ (y - y.mean())
    return torch.cat([w, (y.mean() - X.mean(0) @ w)[None]])


def step(w, b, X, y, lr, scale=1.0, bias_after=False):
    e = X @ w + b - y
    w = w - scale * lr * e @ X / len(y)
    e = X @ w + b - y if bias_after else e
    return torch.cat([w, b - scale * lr * e.mean()])


def halving(f, gradient, w, lr, tries=1_000, good=lambda new, old: new < old):
    before, g = f(w).item(), gradient(w)
    for _ in range(tries):
        if good(f(w - lr * g), before):
            break
        lr *= 0.5
    return w - lr * g


def errors_times_inputs(X, y, w, b, batch, divide=True, bias=True):
    total = torch.zeros(X.shape[1] + 1)
    for i in batch:
        total += (X[i] @ w + b - y[i]) * torch.cat([X[i], torch.ones(1)])
    total = total / len(batch) if divide else total
    return total if bias else total[:-1]


def dealt(X, y, batch_size, order=None, drop=0):
    order = torch.randperm(len(y)).tolist() if order is None else order
    while len(order) > drop:
        batch, order = order[:batch_size], order[batch_size:]
        yield X[batch], y[batch]


def stop(losses, patience, better=lambda new, old: new < old, late=0):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(losses, 1):
        best, waited = (loss, 0) if better(loss, best) else (best, waited + 1)
        if waited >= patience + late:
            return epoch
    return len(losses)


def spectral(X):
    return 2 * len(X) / torch.linalg.matrix_norm(X, 2) ** 2


HOUSE = {"price": 294, "rise": 7, "weights": 8}
COUNTS = {"updates": 80, "last batch": 40, "factor": 1 / 3}
STEPS = {"rate 0.5": 1, "rate 2": -8, "edge": 0.5}

RIGHT = {
    c.house_by_hand: [(HOUSE,), ({"price": 294.0, "rise": 7.0, "weights": 8},)],
    c.closed_form: [(centered,), (lambda X, y: torch.linalg.pinv(ones(X)) @ y,)],
    c.region_columns: [
        (lambda t, s, r, k: torch.cat([F.one_hot(r, k), torch.stack([t, s], 1)], 1),),
        (lambda t, s, r, k: ones(torch.cat([t[:, None], s[:, None], F.one_hot(r, k)], 1)),),
        (lambda t, s, r, k: ones(torch.stack([t, s, *(r == i for i in range(k - 1))], 1)),),
    ],
    c.fit_parabola: [
        (lambda x, y: torch.from_numpy(np.polyfit(x.numpy(), y.numpy(), 2)),),
        (lambda x, y: torch.linalg.pinv(torch.stack([x**2, x, x**0], 1)) @ y,),
    ],
    c.steps_in_your_head: [(STEPS,)],
    c.largest_rate: [(spectral,), (lambda X: spectral(X).item(),)],
    c.one_step: [(step,)],
    c.backtrack: [(halving,)],
    c.counting_updates: [(COUNTS,), (COUNTS | {"factor": 0.3333},)],
    c.batch_gradient: [(errors_times_inputs,)],
    c.shuffled_pairs: [(dealt,), (lambda X, y, B: list(dealt(X, y, B)),)],
    c.stop_epoch: [(stop,)],
}
WRONG = {
    c.house_by_hand: [
        (HOUSE | {"price": 254},),  # the base forgotten
        (HOUSE | {"rise": 15},),  # the bedroom is still counted
        (HOUSE | {"rise": -13},),  # as if ten square meters were lost too
        (HOUSE | {"weights": 3},),
    ],
    c.closed_form: [
        (lambda X, y: torch.linalg.lstsq(X, y).solution,),  # no bias
        (lambda X, y: torch.linalg.lstsq(ones(X), y).solution.roll(1),),  # bias first
        (lambda X, y: torch.linalg.lstsq(ones(X), y).solution[:-1],),
        (lambda X, y: torch.cat([torch.linalg.lstsq(X, y).solution, y.mean()[None]]),),
    ],
    c.region_columns: [
        (lambda t, s, r, k: torch.stack([t, s, r.float()], 1),),
        (lambda t, s, r, k: torch.cat([t[:, None], s[:, None], F.one_hot(r, k)[:, 1:]], 1),),
        (lambda t, s, r, k: F.one_hot(r, k).float(),),  # time and server forgotten
    ],
    c.fit_parabola: [
        (lambda x, y: torch.linalg.lstsq(torch.stack([x**2, x], 1), y).solution,),
        (lambda x, y: torch.linalg.lstsq(torch.stack([x**0, x, x**2], 1), y).solution,),
        (lambda x, y: torch.linalg.lstsq(torch.stack([2 * x, x, x**0], 1), y).solution,),
    ],
    c.steps_in_your_head: [
        (STEPS | {"rate 2": 8},),
        (STEPS | {"rate 2": 0},),
        (STEPS | {"edge": 4},),  # 2 over the smallest
        (STEPS | {"edge": 0.25},),
    ],
    c.largest_rate: [
        (lambda X: spectral(X) / 2,),  # the fastest for one direction, not the edge
        (lambda X: spectral(X) / len(X),),  # of the sum
        (lambda X: 2 / torch.linalg.eigvalsh(X.T @ X / len(X))[0],),
        (lambda X: 2 * len(X) / (X**2).sum(),),  # trace in the place of the eigenvalue
    ],
    c.one_step: [
        (lambda *a: step(*a, bias_after=True),),
        (lambda *a: step(*a, scale=2.0),),  # without the half
        (lambda *a: step(*a, scale=-1.0),),
        (lambda w, b, X, y, lr: torch.cat([w - lr * (X @ w + b - y) @ X / len(y), b]),),
    ],
    c.backtrack: [
        (lambda f, g, w, lr: w - lr * g(w),),
        (lambda f, g, w, lr: halving(f, g, w, lr, tries=1),),  # if in the place of while
        (lambda f, g, w, lr: halving(f, g, w, lr / 2),),
        (lambda *a: halving(*a, good=lambda new, old: new <= old),),  # equal is not lower
        (lambda f, g, w, lr: w,),
    ],
    c.counting_updates: [
        (COUNTS | {"updates": 5},),
        (COUNTS | {"updates": 78.125},),
        (COUNTS | {"factor": 1 / 9},),
        (COUNTS | {"last batch": 64},),
    ],
    c.batch_gradient: [
        (lambda *a: errors_times_inputs(*a, divide=False),),
        (lambda *a: errors_times_inputs(*a, bias=False),),
        (lambda *a: -errors_times_inputs(*a),),
        (lambda X, y, w, b, batch: errors_times_inputs(X, y, w, b, range(len(y))),),
    ],
    c.shuffled_pairs: [
        (lambda X, y, B: zip(X[torch.randperm(len(X))].split(B), y.split(B)),),
        (lambda X, y, B: dealt(X, y, B, order=list(range(len(y)))),),  # not shuffled
        (lambda X, y, B: dealt(X, y, B, drop=3),),  # the last batch is lost
    ],
    c.stop_epoch: [
        (lambda *a: stop(*a, better=lambda new, old: new <= old),),
        (lambda *a: stop(*a, late=1),),
        (lambda losses, patience: losses.index(min(losses)) + 1,),
        (lambda *a: stop(*a) - 1,),  # counted from 0
    ],
}
PREDICTIONS = {c.house_by_hand, c.steps_in_your_head, c.counting_updates}
