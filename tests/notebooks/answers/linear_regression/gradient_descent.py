"""Answers to the exercises of Part 3 on gradient descent, with all samples or a few."""

import random

import numpy as np
import torch

from d2lhelpers.checks.linear_regression import gradient_descent as c

module = c


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


def stop(losses, patience, better=lambda new, old: new < old, late=0, reset=True):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(losses, 1):
        best, waited = (loss, waited * (not reset)) if better(loss, best) else (best, waited + 1)
        if waited >= patience + late:
            return epoch
    return len(losses)


def against_the_epoch_before(losses, patience):
    waited = 0
    for epoch in range(2, len(losses) + 1):
        waited = 0 if losses[epoch - 1] < losses[epoch - 2] else waited + 1
        if waited >= patience:
            return epoch
    return len(losses)


def by_window(losses, patience):
    for epoch in range(patience + 1, len(losses) + 1):
        if min(losses[epoch - patience : epoch]) >= min(losses[: epoch - patience]):
            return epoch
    return len(losses)


def loader(X, y, batch_size):
    data = torch.utils.data.TensorDataset(X, y)
    return torch.utils.data.DataLoader(data, batch_size, shuffle=True)


def same_each_time(X, y, batch_size):
    torch.manual_seed(7)
    return dealt(X, y, batch_size)


def endless(X, y, batch_size):
    while True:
        yield from dealt(X, y, batch_size)


def by_autograd(w, b, X, y, lr):
    w, b = w.requires_grad_(), b.requires_grad_()
    (0.5 * ((X @ w + b - y) ** 2).mean()).backward()
    return torch.cat([w - lr * w.grad, b - lr * b.grad])


def poll(v, X, y):
    return 0.5 * ((X @ v[:-1] + v[-1] - y) ** 2).mean()


def with_backward(X, y, w, b, batch):
    v = torch.cat([w, b]).requires_grad_()
    poll(v, X[batch], y[batch]).backward()
    return v.grad


def with_grad(X, y, w, b, batch):
    v = torch.cat([w, b])
    v.requires_grad = True
    return torch.autograd.grad(poll(v, X[batch], y[batch]), v)[0]


def down(f, gradient, w, lr):
    if f(w - lr * gradient(w)) < f(w):
        return w - lr * gradient(w)
    return down(f, gradient, w, lr / 2)


def wandering(f, gradient, w, lr):
    before = f(w)
    w = w - lr * gradient(w)
    while f(w) >= before:
        lr /= 2
        w = w - lr * gradient(w)
    return w


def spectral(X):
    return 2 * len(X) / torch.linalg.matrix_norm(X, 2) ** 2


COUNTS = {"updates": 80, "last batch": 40, "factor": 1 / 3}
STEPS = {"rate 0.5": 1, "rate 2": -8, "edge": 0.5}

RIGHT = {
    c.steps_in_your_head: [(STEPS,)],
    c.largest_rate: [
        (spectral,),
        (lambda X: spectral(X).item(),),
        (lambda X: 2 / np.linalg.eigvals(X.numpy().T @ X.numpy() / len(X)).max(),),
    ],
    c.one_step: [
        (step,),
        (lambda *a: step(*a).tolist(),),
        (lambda w, b, X, y, lr: by_autograd(w, b, X, y, lr),),
    ],
    c.backtrack: [(halving,), (lambda *a: halving(*a).numpy(),), (down,)],
    c.counting_updates: [(COUNTS,), (COUNTS | {"factor": 0.3333},)],
    c.batch_gradient: [
        (errors_times_inputs,),
        (lambda *a: errors_times_inputs(*a).tolist(),),
        (
            lambda X, y, w, b, i: (
                np.c_[X[i], np.ones(len(i))].T @ (X[i] @ w + b - y[i]).numpy() / len(i)
            ),
        ),
    ],
    c.shuffled_pairs: [
        (dealt,),
        (lambda X, y, B: list(dealt(X, y, B)),),
        (lambda X, y, B: dealt(X.numpy(), y.numpy(), B, np.random.permutation(len(y)).tolist()),),
        (lambda X, y, B: dealt(X, y, B, random.sample(range(len(y)), len(y))),),
        (lambda X, y, B: dealt(X, y, B, torch.rand(len(y)).argsort().tolist()),),
        (loader,),
    ],
    c.stop_epoch: [
        (stop,),
        (lambda losses, patience: torch.tensor(stop(losses, patience)),),
        (by_window,),
    ],
}
WRONG = {
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
        (lambda X: 2 / (X**2).mean(dim=0).max(),),  # right for columns that are orthogonal
        (lambda X: 2 / torch.linalg.eigvals(X.T @ X / len(X)),),  # complex
        (lambda X: 2 / torch.linalg.eigvalsh(torch.cov(X.T).reshape(X.shape[1], -1)).max(),),
    ],
    c.one_step: [
        (lambda *a: step(*a, bias_after=True),),
        (lambda *a: step(*a, scale=2.0),),  # without the half
        (lambda *a: step(*a, scale=-1.0),),
        (lambda *a: step(*a)[None],),
        (lambda w, b, X, y, lr: torch.cat([w - lr * (X @ w + b - y) @ X / len(y), b]),),
    ],
    c.backtrack: [
        (lambda f, g, w, lr: w - lr * g(w),),
        (lambda f, g, w, lr: halving(f, g, w, lr, tries=1),),  # if in the place of while
        (lambda f, g, w, lr: halving(f, g, w, lr / 2),),
        (lambda *a: halving(*a, good=lambda new, old: new <= old),),  # equal is not lower
        (lambda f, g, w, lr: w,),
        (wandering,),  # not from the same place
        (lambda *a: halving(*a, good=lambda new, old: new < 0.5 * old),),  # asks for more
        (lambda *a: halving(*a, good=lambda new, old: new.abs() < abs(old)),),  # not the size
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
        (with_backward,),
        (with_grad,),
        (lambda X, y, w, b, i: torch.func.grad(poll)(torch.cat([w, b]), X[i], y[i]),),
        (lambda X, y, w, b, i: torch.func.jacfwd(poll)(torch.cat([w, b]), X[i], y[i]),),
        (
            lambda X, y, w, b, i: torch.autograd.functional.jacobian(
                lambda v: poll(v, X[i], y[i]), torch.cat([w, b])
            ),
        ),
    ],
    c.shuffled_pairs: [
        (lambda X, y, B: zip(X[torch.randperm(len(X))].split(B), y.split(B)),),
        (lambda X, y, B: dealt(X, y, B, order=list(range(len(y)))),),  # not shuffled
        (lambda X, y, B: dealt(X, y, B, drop=3),),  # the last batch is lost
        (lambda X, y, B: dealt(X, y, B, list(range(len(y)))[::-1]),),
        (lambda X, y, B: dealt(X, y, B, [1, 0, *range(2, len(y))]),),  # two swapped
        (lambda X, y, B: dealt(X, y, B, np.random.RandomState(0).permutation(len(y)).tolist()),),
        (same_each_time,),
        (
            lambda X, y, B: dealt(
                X, y, B, np.roll(np.arange(len(y)), torch.randint(9, ())).tolist()
            ),
        ),
        (lambda X, y, B: dealt(X, y, B, torch.randint(len(y), y.shape).tolist()),),  # some twice
        (
            lambda X, y, B: random.sample(
                list(dealt(X, y, B, list(range(len(y))))), -(-len(y) // B)
            ),
        ),
        (endless,),
        (lambda X, y, B: [X[torch.randperm(len(y))], y],),
        (lambda X, y, B: [1, 2],),
        (lambda X, y, B: [],),
    ],
    c.stop_epoch: [
        (lambda *a: stop(*a, better=lambda new, old: new <= old),),
        (lambda *a: stop(*a, late=1),),
        (lambda losses, patience: losses.index(min(losses)) + 1,),
        (lambda *a: stop(*a) - 1,),  # counted from 0
        (against_the_epoch_before,),
        (lambda *a: stop(*a, reset=False),),
        (lambda losses, patience: stop([100.0, *losses], patience) - 1,),
        (lambda losses, patience: stop(losses, patience) if patience > 1 else len(losses),),
        (lambda losses, patience: stop(losses, 2),),
    ],
}
PREDICTIONS = {c.steps_in_your_head, c.counting_updates}
