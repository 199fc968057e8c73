"""Checks for the exercises on softmax and cross-entropy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..bans import without_autograd
from ..core import Verdict, compare, compare_values, difference, normal

Function = Callable[..., Any]


def softmax_by_hand(answers: dict[str, Any]) -> Verdict:
    """Four numbers: entries of softmax, and what a stretch and a shift of the scores do."""
    right = {
        "softmax(0, 0), first": 0.5,
        "softmax(0, log 3), second": 0.75,
        "doubled": 0.9,
        "change": 0.0,
    }
    hint = "write e to the power of each score, then share out"
    return compare_values(answers, right, hint=hint, rtol=0, atol=1e-5)


def log_softmax(function: Function) -> Verdict:
    """``function(scores)`` against ``torch.log_softmax`` along the classes."""
    cases = [
        ("scores [[1, 2, 3]]", (torch.tensor([[1.0, 2.0, 3.0]]),)),
        ("random scores of shape (4, 5)", (3 * normal(4, 5),)),
        ("scores [[20, 0], [0, 15]]", (torch.tensor([[20.0, 0.0], [0.0, 15.0]]),)),
        ("scores [[10000, 0], [500, 0]]", (torch.tensor([[10_000.0, 0.0], [500.0, 0.0]]),)),
        ("scores [[-10000, -10001]]", (torch.tensor([[-10_000.0, -10_001.0]]),)),
        ("scores [[10000, 0], [-10000, 0]]", (torch.tensor([[1e4, 0.0], [-1e4, 0.0]]),)),
        ("scores [[10000, 10000, 0]]", (torch.tensor([[1e4, 1e4, 0.0]]),)),
    ]

    def close_enough(function: Function, scores: Tensor) -> Any:
        size = scores.abs().max().item()
        right = torch.log_softmax(scores, dim=1)
        found = function(scores.clone())
        # float32 holds a number near 10,000 to about 0.001, so that much is forgiven there.
        return right if difference(found, right, 1e-5, 1e-6 + 2e-7 * size) is None else found

    return compare(
        function,
        lambda scores: torch.log_softmax(scores, dim=1),
        cases,
        hint="subtract each row's largest score, and never form a probability",
        run=close_enough,
        rtol=1e-5,
        atol=1e-6,
    )


def probabilities(function: Function) -> Verdict:
    """``function(scores)`` against ``torch.softmax`` along the classes."""
    cases = [
        ("scores [[0, 0], [0, 0], [0, 0]]", (torch.zeros(3, 2),)),
        ("random scores of shape (4, 5)", (3 * normal(4, 5),)),
        ("scores [[1, 2, 3]]", (torch.tensor([[1.0, 2.0, 3.0]]),)),
        ("scores [[1000, 990], [0, -5]]", (torch.tensor([[1_000.0, 990.0], [0.0, -5.0]]),)),
        ("scores [[-1000, -1001]]", (torch.tensor([[-1_000.0, -1_001.0]]),)),
        ("scores [[1000, 0], [0, 1]]", (torch.tensor([[1_000.0, 0.0], [0.0, 1.0]]),)),
        ("scores [[0, 1000], [1, 0]]", (torch.tensor([[0.0, 1_000.0], [1.0, 0.0]]),)),
        ("scores [[9999, 0], [0, -9999]]", (torch.tensor([[9_999.0, 0.0], [0.0, -9_999.0]]),)),
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
        (f"random scores of shape ({b}, {k}), epsilon={epsilon}", (3 * normal(b, k), y, epsilon))
        for b, k, epsilon in [(4, 3, 0.0), (4, 3, 0.1), (6, 10, 0.1), (2, 2, 0.5), (1, 4, 1.0)]
        for y in [(2 * torch.arange(b) + 1) % k]
    ]
    cases.append(
        (
            "scores [[1000, 0, 900], [-700, 0, 500]], epsilon=0.1",
            (torch.tensor([[1e3, 0.0, 9e2], [-7e2, 0.0, 5e2]]), torch.tensor([0, 0]), 0.1),
        )
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
    answer = compare_values(
        {"smallest": smallest},
        {"smallest": -0.82 * math.log(0.82) - 0.18 * math.log(0.02)},
        hint="which forecast has the smallest loss when the target itself is uncertain?",
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
        (f"scores of shape ({b}, {k}), T={t}", (3 * normal(b, k), (2 * torch.arange(b) + 1) % k, t))
        for b, k, t in [(1, 2, 1.0), (5, 3, 1.0), (5, 3, 2.0), (4, 10, 0.5), (3, 4, 20.0)]
    ]
    return compare(
        function,
        reference,
        cases,
        hint="T enters twice: inside softmax, and by the chain rule; the mean adds 1 / B",
        run=without_autograd,
    )
