"""Checks for the exercises of Part 1, introduction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..bans import fold_only
from ..core import Verdict, compare, compare_values, normal, show

Function = Callable[..., Any]


# What deep learning is


def count_before(answers: dict[str, Any]) -> Verdict:
    """Numbers in a photograph, parameters of a linear score, pieces of a folded strip."""
    right = {
        "numbers in the photograph": 180_000,
        "parameters of the score": 180_001,
        "pieces after 8 layers": 256,
    }
    return compare_values(
        answers,
        right,
        hint="a pixel has three colors; a score has a weight for each number, and one number "
        "more; a layer doubles the pieces",
        rtol=0,
        atol=0.5,
    )


def one_leaf(answers: dict[str, Any]) -> Verdict:
    """The gradient for a single wet leaf, and its loss after one step with 0.05."""
    right = {
        "slope of the loss in a": -1.0,
        "slope of the loss in b": -2.0,
        "slope of the loss in c": -4.0,
        "loss after the step": 0.45,
    }
    return compare_values(
        answers,
        right,
        hint="write the loss as a function of a, b and c first: for this leaf it is minus the "
        "score; the step goes against the three slopes",
    )


def bag_of_pairs(function: Function) -> Verdict:
    """``function(sentence, pairs)``: how often each pair of words stands side by side."""
    animals = [("dog", "bites"), ("bites", "dog"), ("man", "bites")]
    cases = [
        ("'dog bites man'", ("dog bites man", animals)),
        ("'man bites dog'", ("man bites dog", animals)),
        ("'Dog BITES man'", ("Dog BITES man", animals)),
        ("'ha ha ha', a pair that occurs twice", ("ha ha ha", [("ha", "ha")])),
        ("'hotdog bites man', other words", ("hotdog bites man", animals)),
        ("'dog never bites', not side by side", ("dog never bites", animals)),
        ("a sentence of one word", ("dog", animals)),
        ("a sentence without a word", ("", animals)),
        ("'dog bites man bites dog bites man'", ("dog bites man bites dog bites man", animals)),
    ]

    def reference(sentence: str, pairs: list[tuple[str, str]]) -> Tensor:
        words = sentence.lower().split()
        side_by_side = [tuple(words[i : i + 2]) for i in range(len(words) - 1)]
        return torch.tensor([float(side_by_side.count(pair)) for pair in pairs])

    return compare(
        function,
        reference,
        cases,
        hint="words[i] and words[i + 1] are neighbors; one number for each pair asked for",
    )


def approach(function: Function) -> Verdict:
    """``function(w, goal)``: 60 steps that end at the lowest point of ``(w - goal)**2``."""
    cases = [
        ("w=3, goal=1", (torch.tensor([3.0]), torch.tensor([1.0]))),
        ("w=-2, goal=5", (torch.tensor([-2.0]), torch.tensor([5.0]))),
        ("four random weights and goals", (normal(4), normal(4, number=1))),
    ]
    return compare(
        function,
        lambda w, goal: goal,
        cases,
        hint="which way is downhill? And print w.grad after a second backward(): whose is it?",
        rtol=1e-3,
        atol=1e-3,
    )


def fold_in_three(function: Function) -> Verdict:
    """``function(x)`` on [0, 1]: up, down, up again, by sums, products and ``abs()`` alone."""
    cases = [
        (f"x={x:.4g}", (torch.tensor([x]),)) for x in (0.0, 1 / 6, 1 / 3, 1 / 2, 2 / 3, 5 / 6, 1.0)
    ]
    cases.append(("101 places from 0 to 1", (torch.linspace(0, 1, 101),)))

    def reference(x: Tensor) -> Tensor:
        return torch.where(x < 1 / 3, 3 * x, torch.where(x < 2 / 3, 2 - 3 * x, 3 * x - 2))

    return compare(
        function,
        reference,
        cases,
        run=fold_only,
        hint="stretch to three times the length; abs() folds the strip where its input is 0, and "
        "you may fold twice",
    )


# History and success stories


def steps_and_batches(answers: dict[str, Any]) -> Verdict:
    """A batch over many devices, and the steps of a pass over 60,000 images."""
    right = {
        "batch of 512 devices": 32_768,
        "steps with batches of 256": 235,
        "steps with batches of 32,768": 2,
    }
    return compare_values(
        answers,
        right,
        hint="what is left over after the full batches makes one more, smaller batch",
        rtol=0,
        atol=0.1,
    )


TASKS = ("classification", "regression", "detection")


def competitions(answers: dict[str, Any]) -> Verdict:
    """The type of task, one of three words, for each of five competitions."""
    right = {
        "Dogs vs. Cats": "classification",
        "House Prices": "regression",
        "Digit Recognizer": "classification",
        "Global Wheat Detection": "detection",
        "Bike Sharing Demand": "regression",
    }
    numbers = {name: TASKS.index(task) for name, task in right.items()}
    if isinstance(answers, dict):
        for name in right:
            answer = answers.get(name)
            if answer is None or answer is ...:
                continue
            word = answer.strip().lower() if isinstance(answer, str) else answer
            if not isinstance(word, str) or word not in TASKS:
                return Verdict(False, f"{name}: {show(answer)} is none of {', '.join(TASKS)}")
            answers = answers | {name: TASKS.index(word)}
    return compare_values(
        answers, numbers, hint="a name from a list, an amount, or a place in the picture?"
    )


def perceptron_round(function: Function) -> Verdict:
    """``function(w, X, y)``: the weights after one look at every row of ``X``, in order."""
    one = torch.tensor([[1.0, 2.0]])
    plus, minus = torch.tensor([1.0]), torch.tensor([-1.0])
    y = torch.tensor([1.0, -1, 1, 1, -1, -1, 1, -1])
    cases = [
        ("one point on the right side", (torch.tensor([1.0, 1.0]), one, plus)),
        ("one point on the wrong side", (torch.tensor([1.0, 1.0]), one, minus)),
        ("w = (0, 0), output exactly 0", (torch.zeros(2), one, minus)),
        ("eight random points", (torch.zeros(2), normal(8, 2), y)),
        ("eight random points in three dimensions", (torch.ones(3), normal(8, 3, number=1), y)),
    ]

    def reference(w: Tensor, X: Tensor, y: Tensor) -> Tensor:
        for i in range(len(y)):
            if y[i] * (X[i] @ w) <= 0:
                w = w + y[i] * X[i]
        return w

    return compare(
        function,
        reference,
        cases,
        hint="a mistake is label times output <= 0; the next row meets the new weights",
    )


def hebb_growth(answers: dict[str, Any]) -> Verdict:
    """Hebb's rule on one input of length 2 with step size 0.1: how the length grows."""
    right = {
        "factor of one update": 1.4,
        "length after three": 2.744,
        "updates until above 1,000": 21.0,
    }
    return compare_values(
        answers,
        right,
        hint="write w as c times x: what is the output, and what is added to c?",
        rtol=0,
        atol=0.01,
    )


def oja(function: Function) -> Verdict:
    """``function(w, x, lr)``: the weights after one update of Oja's rule."""
    cases = [
        ("w=(1, 0), x=(1, 0), lr=0.1: length 1 along x stays", _oja_case(1, 0, 1, 0)),
        ("w=(2, 0), x=(1, 0), lr=0.1: too long, must shrink", _oja_case(2, 0, 1, 0)),
        ("w=(1, 0), x=(0, 1), lr=0.1: output 0, nothing happens", _oja_case(1, 0, 0, 1)),
        ("w=(1, 1), x=(2, -1), lr=0.1", _oja_case(1, 1, 2, -1)),
        ("five random numbers, lr=0.02", (normal(5), normal(5, number=1), 0.02)),
    ]

    def reference(w: Tensor, x: Tensor, lr: float) -> Tensor:
        output = (w * x).sum()
        return w + lr * output * (x - output * w)

    return compare(
        function,
        reference,
        cases,
        hint="the output s is one number; what is subtracted is s times s times w",
    )


def _oja_case(w1: float, w2: float, x1: float, x2: float) -> tuple[Tensor, Tensor, float]:
    return torch.tensor([float(w1), w2]), torch.tensor([float(x1), x2]), 0.1
