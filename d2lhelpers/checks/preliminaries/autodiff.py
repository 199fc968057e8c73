"""Checks for the exercises of Part 2 on automatic differentiation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, Wrong, compare, compare_values, show

Function = Callable[..., Any]


@dataclass(eq=False)
class _Value:
    """The parts of the page's ``Value`` that a sweep needs."""

    data: float
    parents: tuple[_Value, ...] = ()
    slopes: tuple[float, ...] = ()
    grad: float = 0.0

    def __add__(self, other: _Value) -> _Value:
        return _Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: _Value) -> _Value:
        return _Value(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self) -> _Value:
        t = math.tanh(self.data)
        return _Value(t, (self,), (1 - t * t,))


def _winding(a: Any, b: Any) -> Any:
    for _ in range(4):
        a, b = (a * b + a).tanh(), (a + b).tanh()
    return a * b


def _detour(a: Any, b: Any) -> Any:
    c = a * b
    return c.tanh().tanh() + c


def _detour_second(a: Any, b: Any) -> Any:
    c = a * b
    return c + c.tanh().tanh()


def _random_program(seed: int) -> Callable[[Any, Any], Any]:
    """Twelve operators, each on values from anywhere before it; the last two are joined."""
    operators = [lambda x, y: x + y, lambda x, y: x * y, lambda x, y: x.tanh()]
    drawn = torch.randint(1_000, (12, 3), generator=torch.Generator().manual_seed(seed)).tolist()

    def program(a: Any, b: Any) -> Any:
        values = [a, b]
        for operator, left, right in drawn:
            one, other = values[left % len(values)], values[-1 - right % len(values)]
            values.append(operators[operator % 3](one, other))
        return values[-1] * values[-2]

    return program


_PROGRAMS: dict[str, Callable[[Any, Any], Any]] = {
    "a + b": lambda a, b: a + b,
    "a * b": lambda a, b: a * b,
    "a * a": lambda a, b: a * a,
    "(a * b + a) * b": lambda a, b: (a * b + a) * b,
    "tanh(a * b) * tanh(a)": lambda a, b: (a * b).tanh() * a.tanh(),
    "c.tanh().tanh() + c with c = a * b": _detour,
    "c + c.tanh().tanh() with c = a * b": _detour_second,
    "four turns of a loop": _winding,
    **{f"a random program, number {seed}": _random_program(seed) for seed in range(8)},
}


def _program_cases() -> list[tuple[str, tuple]]:
    return [
        (f"{text} at a={a:g}, b={b:g}", (program, a, b))
        for text, program in _PROGRAMS.items()
        for a, b in [(0.5, -1.5)]
    ]


def _true_gradients(program: Function, a: float, b: float) -> Tensor:
    inputs = torch.tensor([a, b], dtype=torch.float64, requires_grad=True)
    value = program(inputs[0], inputs[1])
    return torch.autograd.grad(value, inputs)[0]


def sweep_by_hand(answers: dict[str, Any]) -> Verdict:
    """Two gradients and a number of paths in a graph of three operators."""
    return compare_values(
        answers,
        {"dz/da": 5, "dz/db": -8, "paths from a": 2},
        hint="write the gradient into every box, from the right; a is used in two places",
        rtol=0,
    )


def bill_in_advance(answers: dict[str, Any]) -> Verdict:
    """Two brackets and two counts of what is kept, before any run."""
    return compare_values(
        answers,
        {
            "forward": 102_000,
            "reverse": 14_000,
            "kept, tanh(x) + 1": 10,
            "kept, 3 * x + 1": 0,
        },
        hint="m k p for m x k times k x p; which local slopes depend on x?",
        rtol=0,
    )


def divide(function: Function) -> Verdict:
    """``function(a, b)``: the quotient and its two local derivatives."""

    return compare(
        function,
        lambda a, b: (a / b, (1 / b, -a / b**2)),
        [
            (f"the quotient and its two slopes at a={a:g}, b={b:g}", (a, b))
            for a, b in [(6.0, 2.0), (1.0, -4.0), (-3.0, 0.5), (0.0, 2.0)]
        ],
        hint="a / b is a times b to the power -1; the result is (quotient, (slope, slope))",
    )


def gradients(function: Function) -> Verdict:
    """``function(result, inputs)``: the gradients of programs that use values several times."""

    def run(function: Function, program: Function, a: float, b: float, turned: bool) -> Any:
        inputs = [_Value(a), _Value(b)]
        return function(program(*inputs), inputs[::-1] if turned else inputs)

    def reference(program: Function, a: float, b: float, turned: bool) -> Tensor:
        found = _true_gradients(program, a, b)
        return found.flip(0) if turned else found

    return compare(
        function,
        reference,
        [
            (text + turned * ", inputs in the order b, a", (*case, turned))
            for turned in (False, True)
            for text, case in _program_cases()
        ],
        run=run,
        hint="a * a hands its operand two shares; what becomes of the first one?",
    )


def dual_numbers(cls: Function) -> Verdict:
    """``cls(value, slope)`` with ``+``, ``*`` and ``tanh``: value and slopes of programs."""

    def run(cls: Function, program: Function, a: float, b: float) -> tuple[Any, Any]:
        slopes = []
        for direction in [(1.0, 0.0), (0.0, 1.0)]:
            inputs = [cls(value, slope) for value, slope in zip((a, b), direction)]
            result = program(*inputs)
            if result is None:
                raise Wrong("an operator returned nothing")
            if type(result) is not type(inputs[0]) or not hasattr(result, "slope"):
                raise Wrong(f"expected a {cls.__name__}, the operators gave {show(result)}")
            slopes.append(result.slope)
        return result.value, slopes

    def reference(program: Function, a: float, b: float) -> tuple[Any, Any]:
        value = program(*(torch.tensor(x, dtype=torch.float64) for x in (a, b)))
        return value, _true_gradients(program, a, b)

    return compare(
        cls,
        reference,
        [(f"value and two slopes of {text}", case) for text, case in _program_cases()],
        run=run,
        hint="the product rule for *, the chain rule for tanh; return a Dual every time",
    )
