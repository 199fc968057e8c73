"""What every check is made of: run the reader's function on cases, show the first that fails."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..progress import printable


@dataclass(frozen=True, repr=False)
class Verdict:
    """The answer to an exercise: true when it is right; its repr is the message."""

    passed: bool
    message: str
    tried: bool = True

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        mark = "✓" if self.passed else "✗" if self.tried else "·"
        return printable(f"{mark} {self.message}")


NOT_TRIED = Verdict(False, "not tried yet", tried=False)


class Wrong(Exception):  # noqa: N818 - a finding about an answer, no failure of a program
    """What is wrong with an answer, in words; a check raises it while it runs the answer."""


def compare(
    function: Callable[..., Any],
    reference: Callable[..., Any],
    cases: Iterable[tuple[str, tuple]],
    *,
    hint: str,
    run: Callable[..., Any] = lambda function, *arguments: function(*arguments),
    rtol: float = 1e-4,
    atol: float = 1e-5,
) -> Verdict:
    """Call ``function`` on every case and compare with ``reference`` until one differs.

    Args:
        function: the reader's answer, as it was given.
        reference: takes the arguments of a case and gives the right result: numbers in any
            container, or a tuple of several such results.
        cases: pairs of a description in words or numbers, and the arguments.
        hint: a sentence that helps without giving the answer away; shown after a wrong case.
        run: takes ``function`` and the arguments of a case, and gives what is compared; may raise
            :class:`Wrong`.
        rtol, atol: tolerances for numbers.
    """
    if untouched(function):
        return NOT_TRIED
    done = 0
    for text, arguments in cases:
        expected = reference(*deepcopy(arguments))
        try:
            found = run(function, *deepcopy(arguments))
        except Wrong as wrong:
            problem: str | None = str(wrong)
        except Exception as error:  # whatever the reader's code raises is the answer to show
            first = f"{error}".partition("\n")[0]
            problem = f"your code raised {type(error).__name__}: {first[:300]}"
        else:
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
    if not isinstance(found, Mapping):
        return Verdict(False, f"expected the dictionary with your numbers in it, not {show(found)}")
    missing = [name for name in expected if found.get(name) is None or found[name] is ...]
    if len(missing) == len(expected):
        return NOT_TRIED
    for name, value in expected.items():
        if name in missing:
            return Verdict(False, f"{name}: no answer yet")
        if difference(found[name], value, rtol, atol):
            return Verdict(False, f"{name}: {show(found[name])} is not it\n  Hint: {hint}")
    return Verdict(True, "right, both answers" if len(expected) == 2 else "right, all answers")


def untouched(answer: Any) -> bool:
    """Whether the body of a function, or of each method but ``__init__``, is still ``...``."""
    if isinstance(answer, type):
        methods = [method for name, method in vars(answer).items() if name != "__init__"]
        methods = [method for method in methods if inspect.isfunction(method)]
        return bool(methods) and all(untouched(method) for method in methods)
    if not inspect.isfunction(answer):
        return False
    # What Python makes of a body of ..., pass or return None: in every version some of these.
    idle = {"RESUME", "NOP", "RETURN_VALUE"}
    return all(
        step.opname in idle
        or (step.opname in ("LOAD_CONST", "RETURN_CONST") and step.argval is None)
        for step in dis.get_instructions(answer)
    )


def on_arrays(function: Callable[..., Any], *arguments: Any) -> Any:
    """A ``run`` for :func:`compare` that hands tensors to the function as NumPy arrays."""
    return function(*(a.numpy() if isinstance(a, Tensor) else a for a in arguments))


def bytes_on_arrays(function: Callable[..., Any], *arguments: Any) -> Any:
    """The same, for an answer that must consist of bytes."""
    found = on_arrays(function, *arguments)
    if found is not None and getattr(found, "dtype", None) not in (np.uint8, torch.uint8):
        kind = getattr(found, "dtype", type(found).__name__)
        raise Wrong(f"expected an array of type uint8, you returned {kind}")
    return found


def as_tensor(value: Any) -> Tensor:
    """Real numbers in any container, as float64.

    Raises:
        Wrong: for anything else; the message completes "you returned".
    """
    try:
        numbers = _tensor(value)
    except Exception:  # objects of readers may raise anything when they are converted
        raise Wrong(_kind(value)) from None
    if numbers.is_complex():
        if numbers.imag.any():
            raise Wrong("complex numbers; take the real part if that is what you mean")
        numbers = numbers.real  # NumPy's eigenvalues may come as complex numbers without need
    return numbers.double()


def numbers_of(answer: Any, expected: str) -> Tensor:
    """What a reader's function returned, as float64.

    Raises:
        Wrong: it returned nothing, or something else than numbers; ``expected`` names them.
    """
    if answer is None:
        raise Wrong("your function returned nothing")
    try:
        return as_tensor(answer)
    except Wrong as other:
        raise Wrong(f"expected {expected}, you returned {other}") from None


def _tensor(value: Any) -> Tensor:
    if isinstance(value, Tensor):
        dense = value.detach().cpu()
        return dense if dense.layout == torch.strided else dense.to_dense()
    if isinstance(value, (list, tuple)):
        parts = [_tensor(part) for part in value]
        kind = torch.complex128 if any(part.is_complex() for part in parts) else torch.float64
        return torch.stack([part.to(kind) for part in parts]) if parts else torch.zeros(0)
    array = np.asarray(value)
    if value is None or array.dtype.kind not in "biufcO":
        raise TypeError("no numbers")
    return torch.from_numpy(array.astype(complex if array.dtype.kind == "c" else float))


def _kind(value: Any) -> str:
    return f"a value of type {type(value).__name__}: {show(value)}"


def difference(found: Any, expected: Any, rtol: float, atol: float) -> str | None:
    """How ``found`` differs from ``expected``, in words, or None."""
    if found is None:
        return "your function returned nothing"
    if isinstance(expected, tuple):
        return _difference_of_parts(found, expected, rtol, atol)
    right = as_tensor(expected)
    shape = tuple(right.shape)
    try:
        numbers = as_tensor(found)
    except Wrong as other:
        wanted = f"numbers of shape {shape}" if shape else "a number"
        return f"expected {wanted}, you returned {other}"
    if not shape and numbers.numel() != 1:
        return f"expected one number, you returned numbers of shape {tuple(numbers.shape)}"
    numbers = numbers if shape else numbers.reshape(())
    if numbers.shape != right.shape:
        return f"expected shape {shape}, you returned shape {tuple(numbers.shape)}"
    if torch.allclose(numbers, right, rtol=rtol, atol=atol, equal_nan=True):
        return None
    where = ""
    if right.numel() > 12:
        distance = (numbers - right).abs().nan_to_num(torch.inf)
        place = torch.unravel_index(distance.argmax(), right.shape)
        where = f"entry [{', '.join(str(int(i)) for i in place)}]: "
        numbers, right = numbers[place], right[place]
    return f"{where}expected {show(right)}, you returned {show(numbers)}"


def _difference_of_parts(found: Any, expected: tuple, rtol: float, atol: float) -> str | None:
    several = isinstance(found, (list, tuple, Tensor, np.ndarray))
    if not several or getattr(found, "ndim", 1) == 0:
        return f"expected {len(expected)} results, you returned {_kind(found)}"
    if len(found) != len(expected):
        return f"expected {len(expected)} results, you returned {len(found)}"
    for number, (one, right) in enumerate(zip(found, expected), start=1):
        problem = difference(one, right, rtol, atol)
        if problem:
            return f"result {number} of {len(expected)}: {problem}"
    return None


def normal(*shape: int, number: int = 0, dtype: torch.dtype | None = None) -> Tensor:
    """Standard normal numbers for a case; another shape or ``number``, other numbers."""
    place = sum(7**axis * size for axis, size in enumerate(shape))
    generator = torch.Generator().manual_seed(1_000 * place + number)
    return torch.randn(shape, generator=generator, dtype=dtype)


def show(value: Any) -> str:
    """A short form of a number, a tensor or anything else."""
    try:
        text = _short(value)
    except Exception:  # as in as_tensor
        text = " at 0x"
    if " at 0x" in text:  # an address says nothing, and is another one at every run
        return f"<{type(value).__name__}>"
    return text


def _short(value: Any) -> str:
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        parts = [_short(item) for item in value[:12]] + ["..."] * (len(value) > 12)
        return f"[{', '.join(parts)}]"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
