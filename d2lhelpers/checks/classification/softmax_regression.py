"""Checks for the exercises on softmax regression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core import Verdict, as_tensor, compare, compare_values, normal, show

Function = Callable[..., Any]


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
        (f"random scores of shape (40, 10), n={n}", (3 * normal(40, 10), torch.arange(40) % 10, n))
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
