"""Checks for the exercises on padding and stride."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..core import Verdict, Wrong, compare, compare_values, show

Function = Callable[..., Any]
Layers = Sequence[tuple[int, int, int]]


def predict_sizes(answers: dict[str, Any]) -> Verdict:
    """Columns behind five layers."""
    right = {"28": 28, "7": 4, "8": 4, "227": 55, "10": 4}
    hint = "round down, then add 1; with dilation D a window covers D (K - 1) + 1 columns"
    return compare_values(answers, right, hint=hint)


def predict_white(answers: dict[str, Any]) -> Verdict:
    """Different numbers that come out of a white picture."""
    right = {
        "one 5 x 5": 25,
        "five 3 x 3": 121,
        "five on 5 x 5": 25,
        "five without padding": 1,
    }
    hint = "how many rows from the top on have a window that differs from those in the middle?"
    return compare_values(answers, right, hint=hint)


def pencil_patches(answers: dict[str, Any]) -> Verdict:
    """What becomes of the columns in a layer with K = 7 and S = 4."""
    right = {
        "unread of 224": 1,
        "smallest P for n/4": 2,
        "largest P for n/4": 3,
        "worst with P = 2": 1,
        "smallest P that reads all": 3,
    }
    hint = "the remainder of n + 2P - 7 divided by 4 counts cells, and the last P cells are zeros"
    return compare_values(answers, right, hint=hint)


def unread(function: Function) -> Verdict:
    """``function(n, layers)``: the columns at the right on which no output depends."""

    def reference(n: int, layers: Layers) -> int:
        sizes = _sizes(n, layers)
        last = sizes[-1] - 1
        for (K, S, P), size in zip(reversed(layers), reversed(sizes[:-1])):
            last = min(S * last - P + K - 1, size - 1)
        return n - 1 - last

    cases = []
    for n, layers in [
        (8, [(3, 2, 0)]),
        (8, [(3, 1, 0)]),
        (239, [(16, 16, 0)]),
        (9, [(5, 4, 1)]),
        (8, [(3, 2, 1)]),
        (11, [(4, 4, 1)]),
        (255, [(2, 2, 0)] * 5),
        (256, [(2, 2, 0)] * 5),
        (254, [(3, 2, 0)] * 5),
        (255, [(3, 2, 1)] * 5),
        (224, [(11, 4, 0), (3, 2, 0)]),
        (9, [(3, 2, 1), (2, 2, 0)]),  # the last window of the first layer ends in the padding
        (19, [(2, 2, 0), (3, 1, 1), (2, 2, 0)]),
        (29, [(3, 2, 0), (5, 1, 2), (3, 3, 0)]),
        (11, [(2, 2, 0), (2, 1, 1)]),  # cut off at every layer, not only at the end
        (12, [(3, 2, 0), (3, 1, 1)]),
    ]:
        path = " -> ".join(map(str, _sizes(n, layers)))
        cases.append((f"n={n}, layers={_named(layers)}, sizes {path}", (n, layers)))
    hint = "find the last column that the last output looks at, then go back layer by layer"
    return compare(function, reference, cases, hint=hint)


def sizes_that_fit(function: Function) -> Verdict:
    """``function(m, layers)``: the smallest and the largest input with ``m`` columns behind."""

    def reference(m: int, layers: Layers) -> tuple[int, int]:
        fit = [n for n in range(1, 1200) if _sizes(n, layers)[-1] == m]
        return min(fit), max(fit)

    def run(function: Function, m: int, layers: Layers) -> Any:
        found = function(m, layers)
        if found is not None and not hasattr(found, "__len__"):
            raise Wrong(f"expected two numbers, the smallest and the largest, not {show(found)}")
        return found

    cases = [
        (f"m={m}, layers={_named(layers)}", (m, layers))
        for m, layers in [
            (6, [(3, 1, 0)]),
            (7, [(2, 2, 0)]),
            (4, [(3, 2, 1)]),
            (7, [(2, 2, 0)] * 5),
            (7, [(3, 2, 1)] * 5),
            (7, [(3, 2, 0)] * 5),
            (14, [(16, 16, 0)]),
            (27, [(11, 4, 2), (3, 2, 0)]),
            (5, [(5, 1, 2), (2, 2, 0), (5, 3, 0)]),
        ]
    ]
    hint = "solve the formula for n; rounding down lets n grow by how much before m changes?"
    return compare(function, reference, cases, run=run, hint=hint)


def _sizes(n: int, layers: Layers) -> list[int]:
    sizes = [n]
    for K, S, P in layers:
        sizes.append((sizes[-1] + 2 * P - K) // S + 1 if sizes[-1] > 0 else 0)
    return sizes


def _named(layers: Layers) -> str:
    """The list of layers, shortened where all are alike."""
    if len(layers) > 2 and len(set(layers)) == 1:
        return f"[{layers[0]}] * {len(layers)}"
    return str(list(layers))
