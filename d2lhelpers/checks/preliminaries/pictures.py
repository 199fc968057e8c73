"""Checks for the exercises on plots, images and tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, bytes_on_arrays, compare, compare_values, on_arrays

Function = Callable[..., Any]


def pictures_by_hand(answers: dict[str, Any]) -> Verdict:
    """Where a subplot lies, what becomes of floats cut to whole numbers, and where bars begin."""
    right = {"row": 2, "column": 1, "brightest": 0, "numbers": 1_800, "axis from": 0.9}
    return compare_values(
        answers,
        right,
        rtol=0,
        atol=1e-6,
        hint="subplots are counted like words on a page; np.uint8 cuts off what follows the point; "
        "a bar is as high as its price minus the beginning of the axis",
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
