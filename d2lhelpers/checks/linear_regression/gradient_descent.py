"""Checks for the exercises of Part 3 on gradient descent, with all samples or a few."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..bans import without_autograd
from ..core import Verdict, Wrong, as_tensor, compare, compare_values, normal

Function = Callable[..., Any]


def _start(d: int) -> tuple[Tensor, Tensor]:
    return normal(d, number=1), normal(1, number=2)


# Gradient descent


def steps_in_your_head(answers: dict[str, Any]) -> Verdict:
    """Two places after three steps, and the edge of the learning rates."""
    right = {"rate 0.5": 1, "rate 2": -8, "edge": 0.5}
    return compare_values(
        answers, right, hint="a step multiplies w by 1 - eta times the steepness, sign included"
    )


def largest_rate(function: Function) -> Verdict:
    """``function(X)`` against two over the largest eigenvalue of X.T @ X / n."""
    X = normal(40, 3)
    cases = [
        ("X = [[1], [1], [1], [1]]", (torch.ones(4, 1),)),
        ("X = [[2], [2]]", (torch.full((2, 1), 2.0),)),
        ("X = [[2, 0], [0, 1]]", (torch.tensor([[2.0, 0.0], [0.0, 1.0]]),)),
        ("random X of shape (40, 3)", (X,)),
        ("the same rows, each twice", (torch.cat([X, X]),)),
        ("the same with 3 added to every entry", (X + 3,)),
        ("random X of shape (2, 5)", (normal(2, 5),)),
    ]
    return compare(
        function,
        lambda X: 2 / torch.linalg.eigvalsh(X.T @ X / len(X))[-1],
        cases,
        hint="which matrix is the bowl of this loss, and which of its directions is the steepest?",
        rtol=1e-3,
    )


def one_step(function: Function) -> Verdict:
    """``function(w, b, X, y, lr)`` against autograd: the new weights, then the new bias."""

    def reference(w: Tensor, b: Tensor, X: Tensor, y: Tensor, lr: float) -> Tensor:
        w, b = w.requires_grad_(), b.requires_grad_()
        loss = 0.5 * ((X @ w + b - y) ** 2).mean()
        gw, gb = torch.autograd.grad(loss, [w, b])
        return torch.cat([w - lr * gw, b - lr * gb]).detach()

    one = torch.ones(1)
    cases = [
        ("X=[[1]], y=[1], w=[0], b=[0], lr=0.5", (0 * one, 0 * one, one[:, None], one, 0.5)),
        ("random X of shape (6, 2), lr=0.1", (*_start(2), normal(6, 2), normal(6), 0.1)),
        ("random X of shape (9, 3), lr=0.5", (*_start(3), normal(9, 3), normal(9), 0.5)),
    ]
    return compare(
        function, reference, cases, hint="where does the gradient of b see the new weights?"
    )


def backtrack(function: Function) -> Verdict:
    """``function(f, gradient, w, lr)``: the weights after one step that lowers the loss."""

    def reference(f: Function, gradient: Function, w: Tensor, lr: float) -> Tensor:
        while f(w - lr * gradient(w)) >= f(w):
            lr /= 2
        return w - lr * gradient(w)

    lam = torch.tensor([1.0, 8.0])
    bowl = (lambda w: 0.5 * (lam * w**2).sum()), (lambda w: lam * w)
    quartic = (lambda w: (w**4).sum()), (lambda w: 4 * w**3)
    even = (lambda w: 0.5 * (w**2).sum()), (lambda w: w)
    below = (lambda w: 0.5 * (lam * w**2).sum() - 100), (lambda w: lam * w)
    w = torch.tensor([-4.0, 1.0])
    cases = [
        ("a bowl of steepness 1 and 8, lr=0.2", (*bowl, w, 0.2)),
        ("the same bowl, lr=1", (*bowl, w, 1.0)),
        ("the same bowl, lr=100", (*bowl, w, 100.0)),
        ("the loss w^4, lr=1", (*quartic, w, 1.0)),
        ("the loss w^2 / 2, lr=2, which only changes the sign", (*even, w, 2.0)),
        ("the bowl of the first case, 100 lower, lr=1", (*below, w, 1.0)),
    ]
    return compare(
        function,
        reference,
        cases,
        hint="compare the loss after the step with the loss before, and halve as long as needed",
    )


# Minibatch stochastic gradient descent


def counting_updates(answers: dict[str, Any]) -> Verdict:
    """Updates, the size of the last batch, and a ratio of standard deviations."""
    right = {"updates": 80, "last batch": 40, "factor": 1 / 3}
    return compare_values(
        answers,
        right,
        hint="an epoch ends with whatever is left; the variance falls like 1 / B",
    )


def batch_gradient(function: Function) -> Verdict:
    """``function(X, y, w, b, batch)``, without autograd: the weights, then the bias."""

    def reference(X: Tensor, y: Tensor, w: Tensor, b: Tensor, batch: Tensor) -> Tensor:
        w, b = w.requires_grad_(), b.requires_grad_()
        loss = 0.5 * ((X[batch] @ w + b - y[batch]) ** 2).mean()
        return torch.cat(torch.autograd.grad(loss, [w, b]))

    X, y = normal(20, 3), normal(20, number=1)
    ones = torch.ones(2, 1), torch.ones(2), torch.zeros(1), torch.zeros(1)
    cases = [
        ("two samples x=1, y=1, zero weights, batch [0, 1]", (*ones, torch.tensor([0, 1]))),
        ("20 random samples, batch [4]", (X, y, *_start(3), torch.tensor([4]))),
        ("20 random samples, batch [7, 0, 12]", (X, y, *_start(3), torch.tensor([7, 0, 12]))),
        ("20 random samples, all of them", (X, y, *_start(3), torch.arange(20))),
    ]
    return compare(
        function,
        reference,
        cases,
        run=without_autograd,
        hint="error times input, averaged over the batch; the input of the bias is 1",
    )


def shuffled_pairs(function: Function) -> Verdict:
    """``function(X, y, batch_size)`` deals every pair once, in another random order each time."""

    def epochs(build: Function, n: int, batch_size: int, count: int) -> list[list]:
        y = torch.arange(1.0, n + 1)
        with _random_state():
            return [_dealt(build, torch.stack([y, 10 * y], 1), y, batch_size) for _ in range(count)]

    def sizes(build: Function, n: int, batch_size: int) -> Tensor:
        return torch.tensor([len(labels) for _, labels in epochs(build, n, batch_size, 1)[0]])

    def pairs(build: Function, n: int, batch_size: int) -> Tensor:
        (batches,) = epochs(build, n, batch_size, 1)
        inputs, labels = (torch.cat(part) for part in zip(*batches))
        together = torch.cat([inputs, labels[:, None]], dim=1)
        return together[together[:, 0].argsort()]

    def order(build: Function, n: int, batch_size: int) -> int:
        first, second = (
            torch.cat([labels for _, labels in batches])
            for batches in epochs(build, n, batch_size, 2)
        )
        # Chance keeps each of these counts near 1 or 2; 20 happen once in a million million.
        for labels in (first, second):
            steps = labels.diff().abs()
            kept = (labels == torch.arange(1.0, n + 1)).sum()
            along = torch.corrcoef(torch.stack([labels, torch.arange(1.0, n + 1)]))[0, 1]
            if kept > 20 or (steps == 1).sum() > 20 or along.abs() > 0.5:
                raise Wrong("the order still follows that of the data set")
        if (first == second).sum() > 20:
            raise Wrong("a second epoch comes in the order of the first")
        return 0

    looks = {"sizes": sizes, "pairs": pairs, "order": order}
    expected = {
        "sizes": lambda n, size: torch.tensor([len(b) for b in torch.arange(n).split(size)]),
        "pairs": lambda n, size: torch.arange(1.0, n + 1)[:, None] * torch.tensor([1, 10, 1]),
        "order": lambda n, size: 0,
    }
    cases = [
        ("sizes of the batches of 10 samples, 4 in each", (10, 4, "sizes")),
        ("inputs [i, 10 i] with label i, sorted by input, 4 samples", (4, 2, "pairs")),
        ("inputs [i, 10 i] with label i, sorted by input, 40 samples", (40, 7, "pairs")),
        ("two epochs of 200 samples in batches of 8", (200, 8, "order")),
        ("two epochs of 200 samples in one batch", (200, 200, "order")),
    ]
    return compare(
        function,
        lambda n, size, what: expected[what](n, size),
        cases,
        run=lambda build, n, size, what: looks[what](build, n, size),
        hint="follow one input and its label: are they still at the same place?",
    )


def _dealt(build: Function, X: Tensor, y: Tensor, batch_size: int) -> list[tuple[Tensor, Tensor]]:
    dealt = build(X, y, batch_size)
    if dealt is None:
        raise Wrong("your function returned nothing")
    batches = []
    for batch in islice(dealt, len(y) + 1):  # an iterator that never ends is cut
        try:
            inputs, labels = batch
            inputs, labels = as_tensor(inputs), as_tensor(labels)
        except (Wrong, TypeError, ValueError):
            raise Wrong("each batch should be a pair of inputs and labels") from None
        if inputs.ndim != 2 or labels.ndim != 1 or len(inputs) != len(labels):
            shapes = f"{tuple(inputs.shape)} and {tuple(labels.shape)}"
            raise Wrong(f"a batch of B samples has shapes (B, 2) and (B,), this one {shapes}")
        batches.append((inputs, labels))
    if not batches:
        raise Wrong("no batch came")
    return batches


@contextmanager
def _random_state() -> Iterator[None]:
    """The same luck at every check, whichever library draws; afterward all is as it was."""
    python, numpy = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        for start in (torch.manual_seed, np.random.seed, random.seed):
            start(0)
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)


def stop_epoch(function: Function) -> Verdict:
    """``function(losses, patience)``: the epoch after which training stops."""

    def reference(losses: list[float], patience: int) -> int:
        for epoch in range(1, len(losses) + 1):
            seen = losses[:epoch]
            if epoch - (seen.index(min(seen)) + 1) >= patience:
                return epoch
        return len(losses)

    told = [
        ([3.0, 2.0, 1.0, 1.5, 1.6, 1.7], 2),
        ([3.0, 2.0, 1.0, 1.5, 0.9, 1.2, 1.3], 2),
        ([3.0, 2.0, 2.0, 2.0, 1.0], 2),  # equal is no improvement
        ([3.0, 2.0, 1.0], 2),
        ([3.0, 2.0, 2.5, 1.0, 4.0], 1),
        ([3.0, 1.0, 2.5, 2.0, 1.5, 0.5], 3),  # better than the last epoch, not than the best
        ([1.0, 2.0, 1.0, 2.0, 1.0], 2),
        ([5.0, 4.0, 6.0, 3.0, 7.0, 2.0], 2),  # patience starts anew at each best
        ([-1.0, -2.0, -1.5, -1.7, -3.0], 2),
        ([9000.0, 8000.0, 7000.0, 7500.0], 2),
        ([2.0], 1),
    ]
    numbers = torch.randint(1, 6, (60, 8), generator=torch.Generator().manual_seed(0)).tolist()
    told += [([float(x) for x in row[: 2 + i % 7]], 1 + i % 4) for i, row in enumerate(numbers)]
    return compare(
        function,
        reference,
        [
            (f"losses {losses}, patience {patience}", (losses, patience))
            for losses, patience in told
        ],
        hint="remember the best loss and its epoch; an equal loss is no improvement",
        rtol=0,
        atol=0,
    )
