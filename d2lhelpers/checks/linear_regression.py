"""Checks for the exercises of Part 3, linear regression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .core import Verdict, compare, compare_values

Function = Callable[..., Any]


def _random(*shape: int, number: int = 0) -> Tensor:
    """Standard normal entries; another ``number``, other entries."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(number))


# The linear model and its closed form


def house_by_hand(answers: dict[str, Any]) -> Verdict:
    """A price, the change of a price, and a number of columns."""
    right = {"price": 294, "rise": 7, "weights": 8}
    return compare_values(
        answers,
        right,
        hint="write the weighted sum down; what goes as well, when the bathroom comes?",
    )


def closed_form(function: Function) -> Verdict:
    """``function(X, y)``: the weights and, last, the bias."""

    def reference(X: Tensor, y: Tensor) -> Tensor:
        ones = torch.ones(len(X), 1, dtype=X.dtype)
        return torch.linalg.lstsq(torch.cat([X, ones], dim=1), y).solution

    line = torch.arange(4.0)[:, None]
    X = _random(30, 3)
    cases = [
        ("points (0, 1), (1, 3), (2, 5), (3, 7)", (line, 2 * line[:, 0] + 1)),
        ("points (0, 5), (1, 5), (2, 5), (3, 5)", (line, torch.full((4,), 5.0))),
        ("30 random samples of 3 columns", (X, _random(30, number=1))),
        ("the same, with columns that have a mean of 10", (X + 10, _random(30, number=1))),
    ]
    return compare(
        function,
        reference,
        cases,
        hint="the bias is the weight of a column that your X does not have yet",
        rtol=1e-2,
        atol=1e-2,
    )


def region_columns(function: Function) -> Verdict:
    """``function(t, s, r, k)``: columns whose best fit predicts the spot prices."""
    t, s = _random(60).abs(), torch.arange(60) % 4 + 0.0

    def fitted(build: Function, prices: Tensor) -> Tensor | None:
        k = len(prices)
        r = torch.randint(k, (60,), generator=torch.Generator().manual_seed(k))
        p = 0.05 * t + 0.3 * s + prices[r]
        columns = build(t.clone(), s.clone(), r, k)
        if not isinstance(columns, Tensor) or columns.ndim != 2 or len(columns) != 60:
            return columns
        columns = columns.double()
        solution = torch.linalg.lstsq(columns, p.double(), driver="gelsd").solution
        return (columns @ solution).float()

    def right(t: Tensor, s: Tensor, r: Tensor, k: int) -> Tensor:
        return torch.cat([t[:, None], s[:, None], F.one_hot(r, k)], dim=1)

    cases = [
        ("predictions for zone prices 1, 2, 3", (torch.tensor([1.0, 2, 3]),)),
        ("predictions for zone prices 1, 5, 2", (torch.tensor([1.0, 5, 2]),)),
        ("predictions for zone prices 4, 1, 1, 3, 1", (torch.tensor([4.0, 1, 1, 3, 1]),)),
    ]
    return compare(
        lambda prices: fitted(function, prices),
        lambda prices: fitted(right, prices),
        cases,
        hint="a weight times the number of the zone puts all zones on one straight line",
        rtol=1e-3,
        atol=1e-3,
    )


def fit_parabola(function: Function) -> Verdict:
    """``function(x, y)``: a, b, c of the best parabola."""

    def reference(x: Tensor, y: Tensor) -> Tensor:
        columns = torch.stack([x**2, x, torch.ones_like(x)], dim=1)
        return torch.linalg.lstsq(columns, y).solution

    x = torch.linspace(-2, 2, 9)
    cases = [
        ("nine points on the curve y = x^2", (x, x**2)),
        ("nine points on the line y = 3 - x", (x, 3 - x)),
        ("nine points on y = 2x^2 - 3x + 1", (x, 2 * x**2 - 3 * x + 1)),
        ("twenty random points", (_random(20), _random(20, number=1))),
    ]
    return compare(
        function,
        reference,
        cases,
        hint="the model is linear in a, b and c; which three columns do they multiply?",
        rtol=1e-3,
        atol=1e-3,
    )


# Gradient descent


def steps_in_your_head(answers: dict[str, Any]) -> Verdict:
    """Two places after three steps, and the edge of the learning rates."""
    right = {"rate 0.5": 1, "rate 2": -8, "edge": 0.5}
    return compare_values(
        answers, right, hint="a step multiplies w by 1 - eta times the steepness, sign included"
    )


def largest_rate(function: Function) -> Verdict:
    """``function(X)`` against two over the largest eigenvalue of X.T @ X / n."""
    X = _random(40, 3)
    cases = [
        ("X = [[1], [1], [1], [1]]", (torch.ones(4, 1),)),
        ("X = [[2], [2]]", (torch.full((2, 1), 2.0),)),
        ("X = [[2, 0], [0, 1]]", (torch.tensor([[2.0, 0.0], [0.0, 1.0]]),)),
        ("random X of shape (40, 3)", (X,)),
        ("the same rows, each twice", (torch.cat([X, X]),)),
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
        ("random X of shape (6, 2), lr=0.1", (*_start(2), _random(6, 2), _random(6), 0.1)),
        ("random X of shape (9, 3), lr=0.5", (*_start(3), _random(9, 3), _random(9), 0.5)),
    ]
    return compare(
        function, reference, cases, hint="where does the gradient of b see the new weights?"
    )


def _start(d: int) -> tuple[Tensor, Tensor]:
    return _random(d, number=1), _random(1, number=2)


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
    w = torch.tensor([-4.0, 1.0])
    cases = [
        ("a bowl of steepness 1 and 8, lr=0.2", (*bowl, w, 0.2)),
        ("the same bowl, lr=1", (*bowl, w, 1.0)),
        ("the same bowl, lr=100", (*bowl, w, 100.0)),
        ("the loss w^4, lr=1", (*quartic, w, 1.0)),
        ("the loss w^2 / 2, lr=2, which only changes the sign", (*even, w, 2.0)),
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
    """``function(X, y, w, b, batch)`` against autograd: the weights, then the bias."""

    def reference(X: Tensor, y: Tensor, w: Tensor, b: Tensor, batch: Tensor) -> Tensor:
        w, b = w.requires_grad_(), b.requires_grad_()
        loss = 0.5 * ((X[batch] @ w + b - y[batch]) ** 2).mean()
        return torch.cat(torch.autograd.grad(loss, [w, b]))

    X, y = _random(20, 3), _random(20, number=1)
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
        hint="error times input, averaged over the batch; the input of the bias is 1",
    )


def shuffled_pairs(function: Function) -> Verdict:
    """``function(X, y, batch_size)`` yields batches in which every input keeps its label."""

    def sizes(batches: list) -> Tensor:
        return torch.tensor([len(labels) for _, labels in batches])

    def pairs(batches: list) -> Tensor:
        inputs, labels = (torch.cat(part) for part in zip(*batches))
        together = torch.cat([inputs, labels[:, None]], dim=1)  # label i belongs to input i
        return together[together[:, 0].argsort()]

    def order(batches: list) -> float:
        labels = torch.cat([labels for _, labels in batches])
        return float(torch.equal(labels, labels.sort().values))

    def dealt(build: Function, n: int, batch_size: int, look: Function) -> Tensor | float | None:
        X, y = torch.arange(1.0, n + 1)[:, None].repeat(1, 2), torch.arange(1.0, n + 1)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            batches = build(X, y, batch_size)
            return batches if batches is None else look(list(batches))

    def right(X: Tensor, y: Tensor, batch_size: int) -> list:
        chosen = torch.randperm(len(y)).split(batch_size)
        return [(X[batch], y[batch]) for batch in chosen]

    cases = [
        ("sizes of the batches of 10 samples, 4 in each", (10, 4, sizes)),
        ("inputs [i, i] with label i, sorted by input, 4 samples", (4, 2, pairs)),
        ("inputs [i, i] with label i, sorted by input, 40 samples", (40, 7, pairs)),
        ("1 where 40 samples come out unshuffled, else 0", (40, 8, order)),
    ]
    return compare(
        lambda *case: dealt(function, *case),
        lambda *case: dealt(right, *case),
        cases,
        hint="follow one input and its label: are they still at the same place?",
    )


def stop_epoch(function: Function) -> Verdict:
    """``function(losses, patience)``: the epoch after which training stops."""

    def reference(losses: list[float], patience: int) -> int:
        for epoch in range(1, len(losses) + 1):
            seen = losses[:epoch]
            if epoch - (seen.index(min(seen)) + 1) >= patience:
                return epoch
        return len(losses)

    cases = [
        (f"losses {losses}, patience {patience}", (losses, patience))
        for losses, patience in [
            ([3.0, 2.0, 1.0, 1.5, 1.6, 1.7], 2),
            ([3.0, 2.0, 1.0, 1.5, 0.9, 1.2, 1.3], 2),
            ([3.0, 2.0, 2.0, 2.0, 1.0], 2),
            ([3.0, 2.0, 1.0], 2),
            ([3.0, 2.0, 2.5, 1.0, 4.0], 1),
        ]
    ]
    return compare(
        function,
        reference,
        cases,
        hint="remember the best loss and its epoch; an equal loss is no improvement",
    )
