"""What every check is made of: run the reader's function on cases, show the first that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..progress import printable


@dataclass(frozen=True, repr=False)
class Verdict:
    """The answer to an exercise: true when it is right; its repr is the message."""

    passed: bool
    message: str

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return printable(f"{'✓' if self.passed else '✗'} {self.message}")


def compare(
    function: Callable[..., Any],
    reference: Callable[..., Any],
    cases: Iterable[tuple[str, tuple]],
    *,
    hint: str,
    rtol: float = 1e-4,
    atol: float = 1e-5,
) -> Verdict:
    """Call ``function`` on every case and compare with ``reference`` until one differs.

    Args:
        function: the reader's answer.
        reference: the right one.
        cases: pairs of a description in words or numbers, and the arguments.
        hint: a sentence that helps without giving the answer away; shown after a wrong case.
        rtol, atol: tolerances for numbers.
    """
    done = 0
    for text, arguments in cases:
        expected = reference(*_copies(arguments))
        try:
            found = function(*_copies(arguments))
        except Exception as error:  # whatever the reader's code raises is the answer to show
            problem = f"your code raised {type(error).__name__}: {error}"
            return Verdict(False, f"{text}: {problem}\n  Hint: {hint}")
        if found is None:
            return Verdict(False, f"{text}: your function returned nothing yet")
        problem = difference(found, expected, rtol, atol)
        if problem:
            return Verdict(False, f"{text}: {problem}\n  Hint: {hint}")
        done += 1
    return Verdict(True, f"right, in all {done} cases")


def compare_values(
    found: Any, expected: dict[str, Any], *, hint: str, rtol: float = 1e-3, atol: float = 1e-3
) -> Verdict:
    """Compare predictions given by name, for instance ``{"mean": 20.0}``; ``...`` is no answer.

    The message says which one is off, and never what it should be.
    """
    if not isinstance(found, dict):
        return Verdict(False, f"expected the dictionary with your numbers in it, not {show(found)}")
    for name in expected:
        value = found.get(name)
        if value is None or value is ...:
            return Verdict(False, f"{name}: no answer yet")
        if difference(value, expected[name], rtol, atol):
            return Verdict(False, f"{name}: {show(value)} is not it\n  Hint: {hint}")
    return Verdict(True, "right, both answers" if len(expected) == 2 else "right, all answers")


def difference(found: Any, expected: Any, rtol: float, atol: float) -> str | None:
    """How ``found`` differs from ``expected``, in words, or None."""
    if isinstance(expected, Tensor) and expected.ndim == 0:
        expected = expected.item()
    if isinstance(expected, Tensor):
        if not isinstance(found, Tensor):
            return f"expected a tensor, you returned {type(found).__name__} ({show(found)})"
        if found.shape != expected.shape:
            return (
                f"expected shape {tuple(expected.shape)}, you returned shape {tuple(found.shape)}"
            )
        close = torch.allclose(
            found.detach().double(), expected.double(), rtol=rtol, atol=atol, equal_nan=True
        )
    else:
        try:
            number = torch.as_tensor(found).double()
        except (TypeError, ValueError, RuntimeError):
            return f"expected a number, you returned {show(found)}"
        if number.numel() != 1:
            return f"expected one number, you returned {show(found)}"
        close = torch.allclose(number.squeeze(), torch.tensor(expected).double(), rtol, atol)
    if close:
        return None
    if isinstance(expected, Tensor) and expected.numel() > 12:
        distance = (found.detach().double() - expected.double()).abs().nan_to_num(torch.inf)
        place = torch.unravel_index(distance.argmax(), expected.shape)
        where = ", ".join(str(int(i)) for i in place)
        expected, found = expected[place], found[place]
        return f"entry [{where}]: expected {show(expected)}, you returned {show(found)}"
    return f"expected {show(expected)}, you returned {show(found)}"


def show(value: Any) -> str:
    """A short form of a number, a tensor or anything else."""
    if isinstance(value, Tensor):
        value = value.detach().tolist()
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(show(item) for item in value)}]"
    return repr(value)


def _copies(arguments: tuple) -> tuple:
    """So that a function that changes its arguments in place cannot disturb the next call."""
    return tuple(a.clone() if isinstance(a, Tensor) else a for a in arguments)
