"""Checks for the exercises on Python, pictures and tables, in Parts 1 and 2."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from .core import Verdict, bytes_on_arrays, compare, compare_values, on_arrays

Function = Callable[..., Any]


# Tools, setup and the Python you need


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


# Plots, images and tables


def pictures_by_hand(answers: dict[str, Any]) -> Verdict:
    """Where a subplot lies, and what becomes of floats that are cut to whole numbers."""
    right = {"row": 2, "column": 1, "brightest": 0, "numbers": 1_800}
    return compare_values(
        answers,
        right,
        rtol=0,
        atol=1e-6,
        hint="subplots are counted like words on a page; np.uint8 cuts off what follows the point",
    )


def to_uint8(function: Function) -> Verdict:
    """``function(image)``: floats in 0..1, and some beyond, to the nearest of 0..255."""

    def reference(image: Tensor) -> Tensor:
        return (image.clamp(0, 1) * 255).round()

    generator = torch.Generator().manual_seed(0)
    cases = [
        (f"image [[{value}]]", (torch.tensor([[value]], dtype=torch.float64),))
        for value in (0.0, 1.0, 0.999, 0.25, 1.3, -0.2)
    ]
    cases += [
        (f"a random image of shape {shape}", (torch.rand(shape, generator=generator).double(),))
        for shape in [(6, 5), (2, 3, 3)]
    ]

    return compare(
        function,
        reference,
        cases,
        run=bytes_on_arrays,
        hint="255 is white; which number is nearest, and what is nearest to a number beyond white?",
        rtol=0,
        atol=1e-6,
    )


def one_hot(function: Function) -> Verdict:
    """``function(column, zones)``: one column per zone, whichever zones occur."""
    import pandas as pd

    def on_series(function: Function, column: list[str], zones: list[str]) -> Any:
        return function(pd.Series(column), list(zones))

    def reference(column: list[str], zones: list[str]) -> Tensor:
        return torch.tensor([[float(value == zone) for zone in zones] for value in column])

    zones = ["1a", "1c", "1d"]
    cases = [
        (f"column {', '.join(column)}; zones {', '.join(names)}", (column, names))
        for column, names in [
            (["1a", "1c", "1d"], zones),
            (["1d", "1a", "1a", "1c"], zones),
            (["1c", "1a"], zones),
            (["1d", "1d"], zones),
            (["1a", "1d", "1c"], ["1c", "1d", "1a"]),
            (["1c", "1c"], ["1c"]),
        ]
    ]
    return compare(
        function,
        reference,
        cases,
        run=on_series,
        hint="the columns must depend on zones alone, in number and in order",
    )


def contact_sheet(function: Function) -> Verdict:
    """``function(images, columns)``: images of one size side by side, zeros where none is left."""

    def reference(images: Tensor, columns: int) -> Tensor:
        height, width = images.shape[1:]
        rows = -(-len(images) // columns)
        sheet = torch.zeros(rows * height, columns * width, dtype=images.dtype)
        for i, image in enumerate(images):
            y, x = i // columns * height, i % columns * width
            sheet[y : y + height, x : x + width] = image
        return sheet

    def numbered(count: int, height: int, width: int) -> Tensor:
        return torch.arange(1.0, count * height * width + 1).reshape(count, height, width)

    cases = [
        (f"{n} images of {h} x {w}, columns={columns}", (numbered(n, h, w), columns))
        for n, h, w, columns in [
            (4, 1, 1, 2),
            (4, 2, 2, 2),
            (6, 2, 3, 3),
            (6, 2, 3, 2),
            (5, 2, 3, 2),
            (1, 3, 2, 4),
            (3, 2, 3, 1),
            (7, 1, 2, 3),
        ]
    ]
    return compare(
        function,
        reference,
        cases,
        run=on_arrays,
        hint="image i stands in row i // columns and column i % columns of the sheet",
    )
