"""Checks for the exercises on pooling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from ..core import NOT_TRIED, Verdict, Wrong, as_tensor, compare, compare_values, normal, untouched

Function = Callable[..., Any]


def by_hand(answers: dict[str, Any]) -> Verdict:
    """One padded window, the side of a map, and the parameters of a layer."""
    right = {"max": -1, "average": -10 / 9, "side": 13, "parameters": 0}
    hint = "what stands around the map, and does it count? How often does the window fit?"
    return compare_values(answers, right, hint=hint, rtol=0, atol=2e-3)


def max_pool_1d(function: Function) -> Verdict:
    """``function(x)``: the larger of each pair, by sums and ReLU."""

    def run(function: Function, x: Tensor) -> Any:
        found = function(x)
        if not _is_linear(function):
            raise Wrong("sums and torch.relu are enough; yours compares numbers in another way")
        return found

    def reference(x: Tensor) -> Tensor:
        return x.reshape(-1, 2).amax(dim=1)

    cases = [
        ("x = [1, 2]", (torch.tensor([1.0, 2]),)),
        ("x = [2, 1]", (torch.tensor([2.0, 1]),)),
        ("x = [-3, -1, -1, -3]", (torch.tensor([-3.0, -1, -1, -3]),)),
        ("x = [-2, 5, 4, -7]", (torch.tensor([-2.0, 5, 4, -7]),)),
        ("equal pairs", (torch.tensor([4.0, 4, -4, -4, 0, 0]),)),
        ("20 random numbers", (normal(20),)),
    ]
    hint = "the larger number is the second one plus something that is never negative"
    return compare(function, reference, cases, run=run, hint=hint)


class _NoReLU(TorchFunctionMode):
    """Inside it ReLU hands on its input as it is."""

    def __torch_function__(
        self, func: Function, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        if getattr(func, "__name__", "") in ("relu", "relu_"):
            return args[0] if args else (kwargs or {})["input"]
        return func(*args, **(kwargs or {}))


def _is_linear(function: Function) -> bool:
    """Whether nothing but ReLU bends it: without ReLU, sums go to sums.

    Whatever compares numbers by other means, in PyTorch, NumPy or plain Python, does not pass.
    What is no numbers at all passes, and is the matter of the comparison.
    """
    x, y = normal(8, number=1), normal(8, number=2)
    try:
        with _NoReLU():
            one, other, both = (as_tensor(function(z)) for z in (x.clone(), y.clone(), x + y))
    except Wrong:
        return True
    return one.shape != both.shape or torch.allclose(one + other, both, atol=1e-4)


def unnoticed(function: Function) -> Verdict:
    """``function(K)``: the chance that a step to one of eight neighbors stays in the window."""

    def reference(K: int) -> float:
        places = range(K)
        steps = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b]
        stay = sum(r + a in places and c + b in places
                   for r in places for c in places for a, b in steps)  # fmt: skip
        return stay / (8 * K * K)

    cases = [(f"K = {K}", (K,)) for K in (2, 1, 3, 4, 7, 10)]
    hint = "for each direction, from how many of the K x K cells does the step stay inside?"
    return compare(function, reference, cases, hint=hint)


def blur_pool(function: Function, predicted: Any) -> Verdict:
    """``function(x)`` on a ring: maximum, blur, every second; and two results by pencil."""

    def reference(x: Tensor) -> Tensor:
        largest = torch.maximum(x, x.roll(-1))
        return ((largest.roll(1) + 2 * largest + largest.roll(-1)) / 4)[::2]

    if untouched(function):
        return NOT_TRIED
    square = torch.tensor([0.0, 0, 1, 1, 0, 0, 1, 1])
    cases = [
        ("x = [0, 1, 0, 1]", (torch.tensor([0.0, 1, 0, 1]),)),
        ("one bright pixel at place 3 of 8", (torch.eye(8)[3],)),
        ("one bright pixel at place 4 of 8", (torch.eye(8)[4],)),
        ("one bright pixel at place 0 of 8", (torch.eye(8)[0],)),
        ("one bright pixel at place 7 of 8", (torch.eye(8)[7],)),
        ("x = [0, 0, 1, 1, 0, 0, 1, 1]", (square,)),
        ("the same, one step to the right", (square.roll(1),)),
        ("a dark pixel among bright ones", (1 - torch.eye(6)[2],)),
        ("12 random numbers", (normal(12),)),
    ]
    hint = "the maximum at every place first, then the blur, and only then every second"
    verdict = compare(function, reference, cases, hint=hint)
    if not verdict:
        return verdict
    right = {"before": reference(square), "after": reference(square.roll(1))}
    pencil = compare_values(predicted, right, hint="write the eight maxima down first")
    if not pencil.tried:
        return Verdict(False, "blur_pool is right; your prediction is still missing")
    return verdict if pencil else pencil
