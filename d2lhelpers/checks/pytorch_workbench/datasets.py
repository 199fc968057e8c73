"""Checks for the exercises of Part 4 on data sets and data loaders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..core import Verdict, compare, compare_values, normal

Function = Callable[..., Any]


def count_batches(answers: dict[str, Any]) -> Verdict:
    """50,000 pictures of 3 x 32 x 32 numbers of four bytes, in batches of 128."""
    right = {
        "batches in an epoch": 391,
        "pictures in the last batch": 80,
        "batches with drop_last": 390,
        "bytes in a full batch": 1_572_864,
        "times as much": 1.6,
        "probability to sit out": 0.0016,
    }
    hint = "how often does 128 fit into 50,000, what remains, and how many numbers has a picture?"
    return compare_values(answers, right, hint=hint, rtol=1e-3, atol=0)


def windows(dataset: Function) -> Verdict:
    """``dataset(series, length)``: its length, and every item, against slices written out."""

    def answer(dataset: Function, series: Tensor, length: int, i: int | None) -> Any:
        made = dataset(series, length)
        return len(made) if i is None else made[i]

    def reference(series: Tensor, length: int, i: int | None) -> Any:
        if i is None:
            return len(series) - length
        return series[i : i + length], series[i + length]

    cases = []
    for text, series, length in [
        ("the series 0, 1, ..., 5 and length=2", torch.arange(6.0), 2),
        ("the series 0, 1, ..., 5 and length=5", torch.arange(6.0), 5),
        ("a random series of 9 and length=1", normal(9), 1),
        ("a random series of 30 and length=7", normal(30), 7),
    ]:
        cases.append((f"{text}, number of items", (series, length, None)))
        cases += [(f"{text}, item {i}", (series, length, i)) for i in range(len(series) - length)]
    hint = "the last window must still have a number behind it; write out length=2 by hand"
    return compare(dataset, reference, cases, run=answer, hint=hint)


def prepare(function: Function) -> Verdict:
    """``function(train, test)``, both standardized by the training pictures' channels.

    A standard deviation that divides by n and not by n - 1 is accepted.
    """

    def reference(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
        of = train.transpose(0, 1).flatten(1)
        mean, std = of.mean(1)[:, None, None], of.std(1)[:, None, None]
        return (train - mean) / std, (test - mean) / std

    scale, shift = torch.tensor([1.0, 5.0, 0.2]), torch.tensor([2.0, 2.0, -3.0])
    cases = []
    for n, m, c in [(8, 4, 1), (10, 6, 3), (5, 1, 3), (4, 4, 2)]:
        train, test = normal(n, c, 4, 4), 0.7 * normal(m, c, 4, 4, number=1) + 1
        pair = [x * scale[:c, None, None] + shift[:c, None, None] for x in (train, test)]
        cases.append((f"{n} training and {m} test pictures, channels: {c}", tuple(pair)))
    hint = "which pictures may the numbers come from, and how many numbers per channel?"
    return compare(function, reference, cases, hint=hint, rtol=1e-2, atol=5e-3)


def pad(function: Function) -> Verdict:
    """``function(samples)`` for pairs of a sequence and a label: (B, longest) and (B,)."""

    def reference(samples: list[tuple[Tensor, int]]) -> tuple[Tensor, Tensor]:
        padded = nn.utils.rnn.pad_sequence([x for x, _ in samples], batch_first=True)
        return padded, torch.tensor([label for _, label in samples])

    cases = [
        (f"sequences of lengths {lengths}", ([(normal(n) - 9, 7 * n + i) for i, n in pairs],))
        for lengths in ([3], [2, 2], [1, 4, 2], [5, 1, 1, 3], [2, 0, 3])
        for pairs in [list(enumerate(lengths))]
    ]
    hint = "the longest one of the batch decides; zeros go behind the others"
    return compare(function, reference, cases, hint=hint)
