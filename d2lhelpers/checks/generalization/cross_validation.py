"""Checks for the exercises on cross-validation: folds of groups, of time, and leaks."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, Wrong, as_tensor, compare, compare_values, difference, normal, show

Function = Callable[..., Any]


def torn_pairs(answers: dict[str, Any]) -> Verdict:
    """How often a relative of a judging picture trains, the fits, and a deviation that lasts."""
    right = {
        "partner trains, K = 2": 0.5,
        "partner trains, K = 10": 0.9,
        "a relative trains, K = 5": 0.96,
        "fits": 2001.0,
        "deviation": math.sqrt(1.2**2 / (1 - 0.8**2)),
    }
    found = answers
    if isinstance(answers, dict):
        # 1,200 pictures in equal folds: the partner is one of 1,199 others, which adds a little.
        near = [
            name
            for name in right
            if name != "fits" and not difference(answers.get(name), right[name], 0, 0.0101)
        ]
        found = answers | {name: right[name] for name in near}
    return compare_values(
        found,
        right,
        hint="in which fold may the partner lie? A variance that lasts is the same a day later",
        rtol=1e-4,
    )


def group_folds(function: Function) -> Verdict:
    """``function(groups, K)``: K folds of whole groups, as many groups in each as can be."""

    def run(function: Function, groups: Tensor, K: int) -> float:
        folds = [_numbers(fold, len(groups)) for fold in _parts(function(groups, K), K, "folds")]
        _once_each(folds, len(groups))
        if not all(folds):
            raise Wrong("a fold is empty")
        of_fold = [set(groups[fold].tolist()) for fold in folds]
        for group in groups.unique().tolist():
            homes = [number for number, found in enumerate(of_fold) if group in found]
            if len(homes) > 1:
                raise Wrong(f"group {group} is in folds {homes[0]} and {homes[1]}")
        sizes = [len(found) for found in of_fold]
        if max(sizes) - min(sizes) > 1:
            raise Wrong(f"the folds hold {show(sizes)} groups; two differ by more than one")
        return 1.0

    lumpy = torch.tensor([4] * 9 + [0, 7, 7, 1, 2, 3])
    cases = [
        ("groups [0, 0, 1, 1, 2, 2], K=3", (torch.tensor([0, 0, 1, 1, 2, 2]), 3)),
        ("groups [0, 1, 2, 0, 1, 2], K=3", (torch.tensor([0, 1, 2, 0, 1, 2]), 3)),
        ("seven groups of one sample each, K=3", (torch.arange(7), 3)),
        ("groups with the names 40, -6 and 8, K=2", (torch.tensor([40, -6, 8, 40, 8]), 2)),
        ("six groups, one with nine of 15 samples, K=2", (lumpy, 2)),
        ("23 groups in no order, K=5", (torch.arange(200) * 7 % 23, 5)),
        ("15 groups in no order, K=10", (torch.arange(61) * 4 % 15, 10)),
    ]
    return compare(
        function,
        lambda groups, K: 1.0,
        cases,
        run=run,
        hint="deal out the groups, not the samples, and look up afterwards who belongs to them",
    )


def forward_splits(function: Function) -> Verdict:
    """``function(n, K)``: K pairs of all blocks before, and the next block."""

    def reference(n: int, K: int) -> list[tuple[list[int], list[int]]]:
        edges = [0]
        for number in range(K + 1):
            edges.append(edges[-1] + n // (K + 1) + (number < n % (K + 1)))
        return [(list(range(start)), list(range(start, end))) for start, end in pairwise(edges[1:])]

    def run(function: Function, n: int, K: int) -> float:
        pairs = _parts(function(n, K), K, "pairs")
        for number, (pair, right) in enumerate(zip(pairs, reference(n, K)), start=1):
            names = ("training", "validation")
            for name, part, expected in zip(names, _parts(pair, 2, "parts of a pair"), right):
                found = _numbers(part, n)
                if name == "training" and found and max(found) >= right[1][0]:
                    raise Wrong(f"pair {number} trains on moment {max(found)}, which is not past")
                if sorted(found) != expected:
                    raise Wrong(
                        f"pair {number}, {name}: expected {show(expected)}, "
                        f"you returned {show(found)}"
                    )
        return 1.0

    cases = [
        (f"n={n}, K={K}", (n, K)) for n, K in [(6, 2), (2, 1), (7, 2), (11, 3), (12, 5), (103, 9)]
    ]
    return compare(
        function,
        lambda n, K: 1.0,
        cases,
        run=run,
        hint="K + 1 blocks, of which the first only trains",
    )


def choose_and_validate(function: Function) -> Verdict:
    """``function(choose, score, X, y, folds)``: the columns are chosen within each fit."""

    def best(X: Tensor, y: Tensor) -> Tensor:
        return ((X - X.mean(dim=0)) * (y - y.mean())[:, None]).sum(dim=0).abs().topk(3).indices

    def nearest_mean(X: Tensor, y: Tensor, new_X: Tensor, new_y: Tensor) -> float:
        means = torch.stack([X[y == label].mean(dim=0) for label in (0, 1)])
        return (torch.cdist(new_X, means).argmin(dim=1) == new_y).double().mean().item()

    def reference(X: Tensor, y: Tensor, folds: list[Tensor]) -> float:
        scores = []
        for fold in folds:
            rest = torch.cat([other for other in folds if other is not fold])
            columns = best(X[rest], y[rest])
            scores.append(nearest_mean(X[rest][:, columns], y[rest], X[fold][:, columns], y[fold]))
        return sum(scores) / len(scores)

    def run(function: Function, table: Tensor, tosses: Tensor, folds: list[Tensor]) -> Any:
        chosen: list[set[int]] = []
        keys = {tuple(numbers): row for row, numbers in enumerate(table.tolist())}

        # The names of the parameters are those of the task: readers may call by them.
        def choose(X: Any, y: Any) -> Tensor:
            given, labels = as_tensor(X), as_tensor(y)
            if given.shape[1] != table.shape[1]:
                raise Wrong("choose is to pick from all columns of the table")
            if len(given) != len(labels):
                raise Wrong(f"choose got {len(given)} rows and {len(labels)} labels")
            chosen.append({keys.get(tuple(numbers), -1) for numbers in given.tolist()})
            return best(given, labels)

        def score(X: Any, y: Any, new_X: Any, new_y: Any) -> float:
            given, labels, new, new_labels = (as_tensor(part) for part in (X, y, new_X, new_y))
            if given.shape[1] != 3 or new.shape[1] != 3:
                raise Wrong("score is to get the chosen columns only, in both tables")
            return nearest_mean(given, labels, new, new_labels)

        found = function(choose, score, table, tosses, folds)
        for fold in folds:
            rows = set(fold.tolist())
            if not any(seen.isdisjoint(rows) for seen in chosen):
                raise Wrong(
                    f"rows {show(sorted(rows))} are a fold, and every choice of columns saw labels "
                    "of theirs"
                )
        return found

    cases = []
    for n, d, K in [(12, 6, 2), (20, 40, 4), (30, 400, 5), (23, 60, 3)]:
        y = torch.arange(n) * 3 // 2 % 2
        folds = list((torch.arange(n) * 7 % n).chunk(K))
        cases.append((f"{n} rows, {d} columns, {K} folds", (normal(n, d, dtype=torch.float64),
                                                            y.double(), folds)))  # fmt: skip
    return compare(
        function,
        reference,
        cases,
        run=run,
        hint="whose labels may choose the columns of the fit that this fold judges?",
    )


def _parts(answer: Any, number: int, what: str) -> list[Any]:
    """The members of a list, or of anything that can be gone through."""
    if answer is None:
        raise Wrong("your function returned nothing")
    try:
        parts = list(answer)
    except TypeError:
        raise Wrong(f"expected {number} {what}, you returned {show(answer)}") from None
    if len(parts) != number:
        raise Wrong(f"expected {number} {what}, you returned {len(parts)}")
    return parts


def _numbers(part: Any, n: int) -> list[int]:
    """Whole numbers from 0 to n - 1, in any container."""
    try:
        values = as_tensor(part).reshape(-1)
    except Wrong as other:
        raise Wrong(f"expected the numbers of samples, you returned {other}") from None
    found = [round(value) for value in values.tolist()]
    if any(a != b for a, b in zip(found, values.tolist())):
        raise Wrong(f"expected whole numbers, you returned {show(part)}")
    if any(not 0 <= value < n for value in found):
        raise Wrong(f"sample {next(v for v in found if not 0 <= v < n)} does not exist")
    return found


def _once_each(folds: list[list[int]], n: int) -> None:
    """Every number from 0 to n - 1 occurs once."""
    dealt = sorted(number for fold in folds for number in fold)
    for number in range(n):
        count = dealt.count(number)
        if count != 1:
            raise Wrong(f"sample {number} is dealt {count} times")
