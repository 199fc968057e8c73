"""Checks for the exercises on kernels, restarts and versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import Verdict, compare, compare_values

Function = Callable[..., Any]


def play_kernel(answers: dict[str, Any]) -> Verdict:
    """What a variable is after its cells ran in other orders, and how many runs were hidden."""
    right = {
        "ABC": 5,
        "ACB": 8,
        "ABBC": 7,
        "smallest": 10,
        "largest": 28,
        "runs without a number": 3,
    }
    return compare_values(
        answers,
        right,
        rtol=0,
        atol=1e-6,
        hint="write x down after each run; a later run of a cell replaces its number",
    )


def new_enough(function: Function) -> Verdict:
    """``function(installed, needed)``: whether a version is another one or newer."""

    def parts(text: str) -> list[int]:
        numbers = [int(part) for part in text.partition("+")[0].split(".")]
        while numbers and numbers[-1] == 0:
            numbers.pop()
        return numbers

    pairs = [
        ("2.6", "2.6"),
        ("2.5", "2.6"),
        ("2.15", "2.6"),
        ("2.6", "2.15"),
        ("10.0", "9.1"),
        ("1.26", "2.1"),
        ("2.6.0", "2.6"),
        ("2.6", "2.6.0"),
        ("2", "2.0.1"),
        ("2.6", "2.6.1"),
        ("2.6.2", "2.6.10"),
        ("2.6.0.1", "2.6"),
        ("2.6.0+cu126", "2.6"),
        ("2.5.1+cpu", "2.6"),
        ("3+rocm6.2", "3.0.0"),
    ]
    return compare(
        function,
        lambda installed, needed: parts(installed) >= parts(needed),
        [(f'installed "{a}", needed "{b}"', (a, b)) for a, b in pairs],
        hint="cut off the remark, make numbers of the parts, and give both lists the same length",
    )


def same_after_restart(function: Function) -> Verdict:
    """``function(cells, order, name)``: whether a run from the top gives the same value."""

    def value(cells: list[str], order: list[int], name: str) -> Any:
        memory: dict[str, Any] = {}
        for i in order:
            exec(cells[i], memory)
        return memory[name]

    def reference(cells: list[str], order: list[int], name: str) -> bool:
        return value(cells, order, name) == value(cells, list(range(len(cells))), name)

    page = ["x = 1", "x = 2 * x", "y = x + 3"]
    begun = ["visits = globals().get('visits', 0)", "visits = visits + 1"]
    drawn = ["import random; random.seed(3)", "x = random.random()"]
    cases = [
        ("run from the top", (page, [0, 1, 2], "y")),
        ("the second cell run twice", (page, [0, 1, 1, 2], "y")),
        ("the first cell run twice, then all", (page, [0, 0, 1, 2], "y")),
        ("the second cell run once more at the end, asked for x", (page, [0, 1, 2, 1], "x")),
        ("the second cell run once more at the end, asked for y", (page, [0, 1, 2, 1], "y")),
        ("the second cell never run", (page, [0, 2], "y")),
        ("a cell that goes on with what a memory holds", (begun, [0, 1], "visits")),
        ("the same cell, run twice", (begun, [0, 1, 0, 1], "visits")),
        ("a draw after its seed", (drawn, [0, 1], "x")),
        ("a second draw", (drawn, [0, 1, 1], "x")),
    ]
    return compare(
        function,
        reference,
        cases,
        hint="start each of the two rounds with an empty dictionary, and compare one variable",
    )
