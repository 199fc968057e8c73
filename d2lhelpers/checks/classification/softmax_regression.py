"""Checks for the exercises on softmax regression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core import Verdict, Wrong, as_tensor, compare, compare_values, normal, show

Function = Callable[..., Any]


def count_parameters(answers: dict[str, Any]) -> Verdict:
    """Parameters and multiplications for 3 x 32 x 32 images and 100 classes, exactly."""
    right = {"parameters": 307_300, "multiplications": 307_200}
    return compare_values(
        answers,
        right,
        rtol=0,
        atol=0,
        hint="flatten: how many inputs does a class weigh, and what does it add?",
    )


def training_step(function: Function) -> Verdict:
    """Losses and weights after some calls, against PyTorch's own loop.

    Among the cases are an optimizer with momentum, one that moves the weights but not the bias,
    and scores so large that a probability is rounded to zero.
    """
    X, y = normal(8, 5), torch.arange(8) % 3

    def after(step: Function, what: str, steps: int, kind: str, scale: float) -> Any:
        net = nn.Linear(5, 3)
        with torch.no_grad():
            net.weight.copy_(scale * normal(3, 5))
            net.bias.zero_()
        moved = [net.weight] if kind == "weights alone" else net.parameters()
        optimizer = torch.optim.SGD(moved, lr=0.5, momentum=0.9 * (kind == "momentum"))
        losses = [step(net, optimizer, X, y) for _ in range(steps)]
        if any(loss is None for loss in losses):
            raise Wrong("your function returned nothing; the loss is expected")
        return {"losses": losses, "weights": net.weight.detach(), "bias": net.bias.detach()}[what]

    def right(net: nn.Module, optimizer: torch.optim.Optimizer, X: Tensor, y: Tensor) -> float:
        optimizer.zero_grad()
        loss = F.cross_entropy(net(X), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    runs = [(f"{n} step{'s' * (n > 1)}", (n, "plain", 1.0)) for n in (1, 2, 3)]
    runs += [
        ("3 steps with momentum", (3, "momentum", 1.0)),
        ("3 steps, the optimizer holds the weights alone", (3, "weights alone", 1.0)),
        ("2 steps, scores in the hundreds", (2, "plain", 300.0)),
    ]
    cases = [
        (f"{what}, {text}", (what, *run))
        for text, run in runs
        for what in ("losses", "weights", "bias")
    ]
    return compare(
        function,
        lambda *case: after(right, *case),
        cases,
        run=after,
        hint="what does each line expect to find, and what does it leave for the next call?",
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
    many = torch.tensor([1] * 2051 + [0] * 3)  # more than a byte or a float16 can count
    cases.append(("y is 2,051 ones and three zeros, all predictions 0, k=2", (many, 0 * many, 2)))
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
    wide = torch.tensor([[0.0, -200.0, -300.0], [0.0, -300.0, -200.0], [400.0, 600.0, 0.0]])
    cases.append((f"scores {show(wide)}, y=[1, 1, 0], n=2", (wide, torch.tensor([1, 1, 0]), 2)))
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
