"""Checks for the exercises on the multilayer perceptron as a classifier."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..core import Verdict, Wrong, as_tensor, compare, compare_values, show

Function = Callable[..., Any]


def count(answers: dict[str, Any]) -> Verdict:
    """Weights and biases of three networks, exactly."""
    right = {"784-256-10": 203_530, "784-128-2-64-10": 101_580, "128-64-2": 8_386}
    hint = "each layer: inputs times units, and one bias for each unit"
    return compare_values(answers, right, hint=hint, rtol=0, atol=0)


def floors(answers: dict[str, Any]) -> Verdict:
    """What the loss stays above when an activation follows the last layer."""
    right = {
        "sigmoid": math.log(1 + 9 * math.exp(-1)),
        "tanh": math.log(1 + 9 * math.exp(-2)),
        "ReLU": 0.0,
    }
    hint = "how far above the other nine scores can the right one lie?"
    return compare_values(answers, right, hint=hint, rtol=0, atol=1.1e-3)


def width_for(function: Function) -> Verdict:
    """``function(budget, inputs, outputs, depth)``: the widest equal hidden layers."""

    def numbers(m: int, inputs: int, outputs: int, depth: int) -> int:
        return (inputs + 1) * m + (depth - 1) * (m + 1) * m + (m + 1) * outputs

    def reference(budget: int, inputs: int, outputs: int, depth: int) -> int:
        m = 0
        while numbers(m + 1, inputs, outputs, depth) <= budget:
            m += 1
        return m

    def run(function: Function, budget: int, *shape: int) -> Any:
        found = function(budget, *shape)
        if found is None:
            return None
        m = as_tensor(found)
        if m.numel() != 1 or m.item() != round(m.item()) or m.item() < 0:
            raise Wrong(f"expected a width, 0 or more, you returned {show(found)}")
        m, best = round(m.item()), reference(budget, *shape)
        if m > best:
            over = numbers(m, *shape) - budget
            raise Wrong(f"width {m} needs {over:,} numbers more than the budget")
        if m < best:
            raise Wrong(f"width {m} fits, but so does {m + 1}")
        return m

    cases = [
        (203_530, 784, 10, 1),
        (203_529, 784, 10, 1),
        (20_710, 196, 10, 1),
        (20_710, 196, 10, 2),
        (20_710, 196, 10, 8),
        (20_503, 196, 10, 1),
        (20_502, 196, 10, 1),
        (337_000, 32, 5, 4),
        (40, 2, 1, 3),
        (5, 2, 1, 1),
        (4, 2, 1, 1),
        (5, 2, 10, 1),
        (0, 2, 1, 1),
        (5, 2, 10, 3),
        (20_000, 2, 1, 1),
        (6_000_000, 3_072, 100, 12),
    ]
    return compare(
        function,
        reference,
        [("budget {:,}, {} inputs, {} outputs, depth {}".format(*c), c) for c in cases],
        hint="count weights and biases for a width, and try one width after another",
        run=run,
        rtol=0,
        atol=0.1,
    )
