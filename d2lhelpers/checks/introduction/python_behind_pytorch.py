"""Checks for the exercises on the Python behind PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, compare, compare_values

Function = Callable[..., Any]


def python_by_hand(answers: dict[str, Any]) -> Verdict:
    """What a generator gives, first and later."""
    right = {"a": 1, "b": 13, "c": 0, "d": 2}
    return compare_values(
        answers,
        right,
        rtol=0,
        atol=1e-6,
        hint="write down the four squares and cross out each one when it is handed over",
    )


def running_mean(cls: Function) -> Verdict:
    """An object of ``cls``, called with several numbers; a second object must start afresh."""

    def last(make: Function, numbers: list[float]) -> Any:
        mean, other = make(), make()
        for number in numbers:
            result = mean(number)
            other(100 * number)  # a second object must not disturb the first
        return result

    class Reference:
        def __init__(self) -> None:
            self.numbers: list[float] = []

        def __call__(self, number: float) -> float:
            self.numbers.append(number)
            return sum(self.numbers) / len(self.numbers)

    cases = [
        (f"called with {', '.join(map(str, numbers))}", (numbers,))
        for numbers in ([4.0], [4.0, 6.0], [4.0, 6.0, -1.0], [0.5] * 7, [100.0])
    ]
    return compare(
        cls,
        lambda numbers: last(Reference, numbers),
        cases,
        run=last,
        hint="two things must be remembered between calls, and set when the object is made",
    )


def batches(function: Function) -> Verdict:
    """``function(X, size)``: the number of batches, then each of them."""

    def dealt(function: Function, X: Tensor, size: int, i: int | None) -> Any:
        result = function(X, size)
        if result is None:
            return None
        found = list(islice(result, len(X) + 1))  # one that never ends is cut
        return len(found) if i is None else found[i]

    def reference(X: Tensor, size: int, i: int | None) -> Any:
        parts = X.split(size)
        return len(parts) if i is None else parts[i]

    X, table = torch.arange(10.0), torch.arange(14.0).reshape(7, 2)
    cases = []
    for text, rows, size in [
        *((f"10 rows, size={size}", X, size) for size in (5, 4, 3, 10, 20, 1)),
        ("7 rows of two numbers, size=3", table, 3),
    ]:
        count = -(-len(rows) // size)
        cases.append((f"{text}, number of batches", (rows, size, None)))
        cases += [(f"{text}, batch {i} counted from 0", (rows, size, i)) for i in range(count)]
    return compare(
        function,
        reference,
        cases,
        run=dealt,
        hint="at which rows does a batch have to start, and which start is the last?",
    )


class _PlannedError(Exception):
    """Raised inside a block on purpose."""


def seeded(cls: Function) -> Verdict:
    """``with cls(3):`` draws from seed 3, and afterwards nothing seems to have been drawn."""

    def run(manager: Function, what: str, number: int = 3) -> Any:
        torch.manual_seed(1)
        torch.rand(1)  # so that no seed leads back to this state
        block = manager(number)
        if block is None:
            return None
        torch.rand(1)  # so that the state is kept at the start of the block, not before
        drawn, arrived = None, False
        try:
            with block:
                drawn = torch.rand(2)
                if what != "inside":
                    raise_if(what)
        except _PlannedError:
            arrived = True
        return {"inside": drawn, "error": float(arrived)}.get(what, torch.rand(2))

    def raise_if(what: str) -> None:
        if what in ("error", "after an error"):
            raise _PlannedError

    cases = [
        ("two numbers drawn inside, seed 3", ("inside",)),
        ("two numbers drawn inside, seed 8", ("inside", 8)),
        ("two numbers drawn after the block", ("after",)),
        ("two numbers drawn after a block that raised an error", ("after an error",)),
        ("1 if an error inside goes on outside, 0 if it is swallowed", ("error",)),
    ]
    with torch.random.fork_rng(devices=[]):
        return compare(
            cls,
            partial(run, _Forked),
            cases,
            run=run,
            hint="what has to be kept at the start so that it can be put back at the end?",
        )


class _Forked:
    """The right answer to :func:`seeded`."""

    def __init__(self, number: int) -> None:
        self.number, self.fork = number, torch.random.fork_rng(devices=[])

    def __enter__(self) -> None:
        self.fork.__enter__()
        torch.manual_seed(self.number)

    def __exit__(self, *problem: object) -> None:
        self.fork.__exit__(*problem)
