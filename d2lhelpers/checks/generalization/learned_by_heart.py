"""Checks for the exercises on what a network learns by heart."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, Wrong, compare, compare_values, normal, numbers_of

Function = Callable[..., Any]


def parameters(function: Function) -> Verdict:
    """``function(sizes)``: the weights and biases of a multilayer perceptron."""

    def reference(sizes: list[int]) -> int:
        return sum(before * after + after for before, after in pairwise(sizes))

    cases = [
        (f"sizes {sizes}", (sizes,))
        for sizes in (
            [784, 256, 10],
            [784, 10],
            [2, 1],
            [3, 3, 3],
            [784, 512, 256, 10],
            [5, 4, 3, 2, 1],
            [1, 7, 1, 7, 1, 7],
        )
    ]
    hint = "count layer by layer: a unit has a weight for each number it gets, and one bias"
    return compare(function, reference, cases, hint=hint)


def exam(answers: dict[str, Any]) -> Verdict:
    """What an exam with random labels measures, and what follows from a measurement."""
    right = {
        "always right": 0.73,
        "accuracy on true labels": 0.82,
        "share, ten classes": 0.4,
        "share, four classes": 0.4,
    }
    hint = "(1 - p) a + p / k, with the number of classes k; which of the four numbers is unknown?"
    return compare_values(answers, right, hint=hint, rtol=0, atol=1e-3)


def throw_away(answers: dict[str, Any]) -> Verdict:
    """The places of four networks on the test pictures, 1 for the highest accuracy."""
    names = ("all true", "half thrown away", "half random, stopped", "half random, last")
    right = {name: place for place, name in enumerate(names, start=1)}
    hint = "what does a random label do to a network, early in training and late?"
    return compare_values(answers, right, hint=hint, rtol=0, atol=0)


def randomize(function: Function) -> Verdict:
    """``function(y, share, classes)``: some labels drawn anew among all classes."""

    def run(function: Function, y: Tensor, share: float, classes: int) -> float:
        first, second = (_labels(function(y.clone(), share, classes), y) for _ in range(2))
        given = y.clone()
        function(given, share, classes)
        if not torch.equal(given, y):
            raise Wrong("y itself has been changed")
        for new in (first, second):
            if new.min() < 0 or new.max() >= classes:
                raise Wrong(f"labels from {new.min():g} to {new.max():g} for {classes} classes")
        _judge(first, second, y, share, classes)
        return 0.0

    few = torch.arange(10) % 3
    many = (normal(20_000).abs() * 3).long().clamp(max=9)  # some classes are frequent
    ordered = torch.arange(20_000) % 5
    cases = [
        ("ten labels, share 0", (few, 0.0, 3)),
        ("one class only", (torch.zeros(10).long(), 0.5, 1)),
        ("20,000 labels, a quarter", (many, 0.25, 10)),
        ("20,000 labels, all of them", (many, 1.0, 10)),
        ("20,000 labels of five classes, half of them", (ordered, 0.5, 5)),
        ("20,000 labels, all the same, half of them", (torch.full((20_000,), 3), 0.5, 4)),
        ("two classes, a tenth of 20,000", (ordered % 2, 0.1, 2)),
        ("900 labels among a billion classes, half of them", (torch.arange(900), 0.5, 10**9)),
        ("900 labels among a billion classes, 0.6339", (torch.arange(900), 0.6339, 10**9)),
        ("20,000 labels from 0 to 2 among five classes, all", (torch.arange(20_000) % 3, 1.0, 5)),
    ]
    hint = "choose places first, then draw for each of them among all classes, its old one too"
    # What is right leaves nothing to compare.
    return compare(function, lambda *arguments: 0.0, cases, hint=hint, run=run)


def _labels(found: Any, y: Tensor) -> Tensor:
    new = numbers_of(found, f"{len(y)} labels")
    if new.shape != y.shape:
        raise Wrong(f"expected shape {tuple(y.shape)}, you returned shape {tuple(new.shape)}")
    if (new != new.round()).any():
        raise Wrong("labels must be whole numbers")
    return new.long()


def _judge(first: Tensor, second: Tensor, y: Tensor, share: float, classes: int) -> None:
    """Counts that a right answer misses by six standard deviations at most."""
    n, replaced = len(y), round(share * len(y))
    changed = first != y
    expected, room = _binomial(replaced, 1 - 1 / classes)
    if abs(changed.sum().item() - expected) > room:
        raise Wrong(
            f"{changed.sum():,} of {n:,} labels differ from y, expected about {expected:,.0f}"
        )
    if n < 1000 or not replaced:
        return
    half, room = _binomial(changed.sum().item(), 0.5)
    if abs(changed[: n // 2].sum().item() - half) > room and share < 1:
        raise Wrong("the places are not spread over all of y")
    both, room = _binomial(n, (share * (1 - 1 / classes)) ** 2)
    if share < 1 and (changed & (second != y)).sum().item() > both + room:
        raise Wrong("another call chooses the same places")
    if torch.equal(first, second):
        raise Wrong("another call returns the same labels")
    for label in range(classes):  # what the changed labels have become
        origin = changed & (y != label)
        possible = (y != label).sum().item()
        expected, room = _binomial(possible, share / classes)
        if abs((first[origin] == label).sum().item() - expected) > room:
            raise Wrong(f"label {label} has been drawn too often or too rarely")


def _binomial(n: float, p: float) -> tuple[float, float]:
    """Mean and six standard deviations of a count."""
    return n * p, 6 * (n * p * (1 - p)) ** 0.5
