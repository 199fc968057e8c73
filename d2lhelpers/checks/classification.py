"""Checks for the exercises of Part 5, classification."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .bans import without_autograd
from .core import Verdict, as_tensor, compare, compare_values, show

Function = Callable[..., Any]


def _random(rows: int, columns: int, number: int = 0) -> Tensor:
    """(rows, columns), normal with standard deviation 3; another ``number``, other entries."""
    generator = torch.Generator().manual_seed(100 * rows + number)
    return 3 * torch.randn(rows, columns, generator=generator)


def best_guesses(answers: dict[str, Any]) -> Verdict:
    """Best guesses of three losses for two lists of five numbers."""
    right = {
        "squared, with 88": 20,
        "absolute, with 88": 4,
        "Huber, with 88": 5.5,
        "squared, with 888": 180,
        "absolute, with 888": 4,
        "Huber, with 888": 5.5,
    }
    return compare_values(
        answers, right, hint="a mean, a median, and a point where five slopes sum to zero"
    )


def huber_loss(function: Function) -> Verdict:
    """``function(prediction, y, delta)``, one loss per entry, against PyTorch."""
    cases = [
        (f"prediction {e}, y=0, delta={delta}", (torch.tensor([e]), torch.zeros(1), delta))
        for e, delta in [(0.5, 1.0), (3.0, 1.0), (-3.0, 1.0), (3.0, 2.0), (3.0, 5.0), (0.2, 0.1)]
    ]
    cases.append(
        ("random entries of shape (4, 5), delta=1.5", (_random(4, 5), _random(4, 5, 1), 1.5))
    )
    return compare(
        function,
        lambda prediction, y, delta: F.huber_loss(prediction, y, delta=delta, reduction="none"),
        cases,
        hint="one loss per entry (torch.where chooses); both pieces depend on delta",
    )


def mean_squared_error(function: Function) -> Verdict:
    """``function(prediction, y)`` for predictions of shape (n, 1) and (n,)."""
    y = torch.tensor([1.0, 2.0, 4.0])
    cases = [
        ("prediction of shape (3,), each too low by 3", (y - 3, y)),
        ("prediction of shape (3, 1), all right", (y[:, None].clone(), y)),
        ("prediction of shape (3, 1), each too high by 2", (y[:, None] + 2, y)),
        ("random prediction of shape (5, 1)", (_random(5, 1), _random(1, 5)[0])),
    ]
    return compare(
        function,
        lambda prediction, y: F.mse_loss(prediction.reshape(y.shape), y),
        cases,
        hint="print (prediction - y).shape; and it is the mean, without one half",
    )


def quantile_loss(function: Function) -> Verdict:
    """``function(prediction, y, q)``, one loss per entry."""

    def reference(prediction: Tensor, y: Tensor, q: float) -> Tensor:
        return torch.where(prediction < y, q * (y - prediction), (1 - q) * (prediction - y))

    cases = [
        (f"prediction {p}, y=10, q={q}", (torch.tensor([p]), torch.tensor([10.0]), q))
        for p, q in [(8.0, 0.5), (8.0, 0.9), (12.0, 0.9), (10.0, 0.9)]
    ]
    cases.append(
        ("random entries of shape (4, 5), q=0.25", (_random(4, 5), _random(4, 5, 1), 0.25))
    )
    return compare(
        function, reference, cases, hint="at q = 0.9, two too few cost 1.8 and two too many 0.2"
    )


# Softmax and cross-entropy


def softmax_by_hand(answers: dict[str, Any]) -> Verdict:
    """Three numbers: two entries of softmax, and the effect of a shift."""
    right = {"softmax(0, 0), first": 0.5, "softmax(0, log 3), second": 0.75, "change": 0.0}
    return compare_values(answers, right, hint="write e to the power of each score, then share out")


def log_softmax(function: Function) -> Verdict:
    """``function(scores)`` against ``torch.log_softmax`` along the classes."""
    cases = [
        ("scores [[1, 2, 3]]", (torch.tensor([[1.0, 2.0, 3.0]]),)),
        ("random scores of shape (4, 5)", (_random(4, 5),)),
        ("scores [[10000, 0], [500, 0]]", (torch.tensor([[10_000.0, 0.0], [500.0, 0.0]]),)),
        ("scores [[-10000, -10001]]", (torch.tensor([[-10_000.0, -10_001.0]]),)),
        ("scores [[10000, 0], [-10000, 0]]", (torch.tensor([[1e4, 0.0], [-1e4, 0.0]]),)),
    ]
    return compare(
        function,
        lambda scores: torch.log_softmax(scores, dim=1),
        cases,
        hint="subtract each row's largest score, and never form a probability",
        atol=2e-3,  # float32 holds a number near 10,000 to about 0.001
    )


def probabilities(function: Function) -> Verdict:
    """``function(scores)`` against ``torch.softmax`` along the classes."""
    cases = [
        ("scores [[0, 0], [0, 0], [0, 0]]", (torch.zeros(3, 2),)),
        ("random scores of shape (4, 5)", (_random(4, 5),)),
        ("scores [[1000, 990], [0, -5]]", (torch.tensor([[1_000.0, 990.0], [0.0, -5.0]]),)),
    ]
    return compare(
        function,
        lambda scores: torch.softmax(scores, dim=1),
        cases,
        hint="each sample is a row; ask of every reduction over what it runs",
    )


def label_smoothing(function: Function, smallest: Any) -> Verdict:
    """``function(scores, y, epsilon)`` against PyTorch, and the least value of the loss."""
    cases = [
        (f"random scores of shape ({b}, {k}), epsilon={epsilon}", (_random(b, k), y, epsilon))
        for b, k, epsilon in [(4, 3, 0.0), (4, 3, 0.1), (6, 10, 0.1), (2, 2, 0.5)]
        for y in [torch.arange(b) % k]
    ]
    cases.append(
        ("scores [[1000, 0]], epsilon=0.1", (torch.tensor([[1e3, 0.0]]), torch.tensor([0]), 0.1))
    )
    verdict = compare(
        function,
        lambda scores, y, epsilon: F.cross_entropy(scores, y, label_smoothing=epsilon),
        cases,
        hint="every class gets epsilon / k, the true one too; log-softmax keeps it stable",
    )
    if not verdict:
        return verdict
    if smallest is None or smallest is ...:
        return Verdict(False, "smallest: no answer yet")
    least = -0.91 * math.log(0.91) - 0.09 * math.log(0.01)
    answer = compare_values(
        {"smallest": smallest},
        {"smallest": least},
        hint="which forecast is cheapest when the target itself is uncertain?",
        rtol=0,
        atol=6e-4,
    )
    return verdict if answer else answer


def temperature_gradient(function: Function) -> Verdict:
    """``function(scores, y, T)`` against autograd."""

    def reference(scores: Tensor, y: Tensor, temperature: float) -> Tensor:
        scores.requires_grad_()
        F.cross_entropy(scores / temperature, y).backward()
        return scores.grad

    cases = [
        (f"scores of shape ({b}, {k}), T={t}", (_random(b, k), torch.arange(b) % k, t))
        for b, k, t in [(1, 2, 1.0), (5, 3, 1.0), (5, 3, 2.0), (4, 10, 0.5)]
    ]
    return compare(
        function,
        reference,
        cases,
        hint="T enters twice: inside softmax, and by the chain rule; the mean adds 1 / B",
        run=without_autograd,
    )


# Softmax regression


def count_parameters(answers: dict[str, Any]) -> Verdict:
    """Parameters and multiplications for 3 x 32 x 32 images and 100 classes."""
    right = {"parameters": 307_300, "multiplications": 307_200}
    return compare_values(
        answers,
        right,
        rtol=0,
        atol=0.5,
        hint="flatten: how many inputs does a class weigh, and what does it add?",
    )


def training_step(function: Function) -> Verdict:
    """The weights after one, two and three calls, against PyTorch's own loop."""
    generator = torch.Generator().manual_seed(0)
    X, y = torch.randn(8, 4, generator=generator), torch.arange(8) % 3

    def after(step: Function, steps: int) -> Tensor | None:
        net = nn.Linear(4, 3)
        nn.init.zeros_(net.weight)
        nn.init.zeros_(net.bias)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
        results = [step(net, optimizer, X, y) for _ in range(steps)]
        return None if any(result is None for result in results) else net.weight.detach()

    def right(net: nn.Module, optimizer: torch.optim.Optimizer, X: Tensor, y: Tensor) -> float:
        optimizer.zero_grad()
        loss = F.cross_entropy(net(X), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return compare(
        function,
        lambda steps: after(right, steps),
        [(f"the weights after {steps} step{'s' * (steps > 1)}", (steps,)) for steps in (1, 2, 3)],
        run=after,
        hint="what does cross_entropy want, scores or probabilities? What is in .grad already?",
    )


def confusion_matrix(function: Function) -> Verdict:
    """``function(y, predictions, k)`` against a loop."""

    def reference(y: Tensor, predictions: Tensor, k: int) -> Tensor:
        counts = torch.zeros(k, k, dtype=torch.long)
        for true, predicted in zip(y.tolist(), predictions.tolist()):
            counts[true, predicted] += 1
        return counts

    generator = torch.Generator().manual_seed(0)
    cases = [
        (f"y={y.tolist()}, predictions={p.tolist()}, k={k}", (y, p, k))
        for y, p, k in [
            (torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1]), 2),
            (torch.tensor([2, 2, 2, 0]), torch.tensor([1, 1, 2, 0]), 3),
            (torch.tensor([0, 1]), torch.tensor([1, 0]), 12),
            (*torch.randint(5, (2, 12), generator=generator), 5),
        ]
    ]
    return compare(
        function,
        reference,
        cases,
        hint="true classes are rows; one number per pair (true, predicted) can be counted at once",
    )


def top_accuracy(function: Function) -> Verdict:
    """``function(scores, y, n)`` against a sort."""

    def reference(scores: Tensor, y: Tensor, n: int) -> float:
        ranks = (scores > scores[range(len(y)), y][:, None]).sum(dim=1)
        return (ranks < n).double().mean().item()

    scores = torch.tensor([[0.1, 0.9, 0.5], [0.8, 0.3, 0.6]])
    cases = [
        (f"scores {show(scores)}, y=[2, 1], n={n}", (scores, torch.tensor([2, 1]), n))
        for n in (1, 2, 3)
    ]
    cases += [
        (f"random scores of shape (40, 10), n={n}", (_random(40, 10), torch.arange(40) % 10, n))
        for n in (1, 5)
    ]
    return compare(function, reference, cases, hint="topk along the classes gives (B, n) indices")


def shuffle_weights(function: Function) -> Verdict:
    """Scores of shuffled pixels with shuffled weights against the original scores."""
    generator = torch.Generator().manual_seed(0)
    X, W = torch.randn(5, 784, generator=generator), torch.randn(784, 10, generator=generator)
    orders = {
        "pixels reversed": torch.arange(783, -1, -1),
        "pixels moved on by one": torch.arange(784).roll(-1),
        "pixels in random order": torch.randperm(784, generator=generator),
    }

    def scores(function: Function, order: Tensor) -> Tensor | None:
        weights = function(W.clone(), order)
        return None if weights is None else X[:, order] @ as_tensor(weights).float()

    return compare(
        function,
        lambda order: X @ W,
        [(text, (order,)) for text, order in orders.items()],
        run=scores,
        hint="follow one pixel: where does it go, and which row of W must go with it?",
        rtol=1e-3,
        atol=1e-3,
    )
