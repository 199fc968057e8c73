"""What a task forbids, watched while the answer runs: autograd, loops, calls beyond a few."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

from torch import Tensor
from torch.autograd.forward_ad import unpack_dual
from torch.overrides import TorchFunctionMode

from .core import Wrong

Function = Callable[..., Any]


class Watch(TorchFunctionMode):
    """Inside ``with Watch(look)``, ``look(name, arguments)`` hears of every call of PyTorch."""

    def __init__(self, look: Callable[[str, tuple], None]) -> None:
        super().__init__()
        self.look = look

    def __torch_function__(
        self, func: Function, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        self.look(getattr(func, "__name__", ""), args)
        return func(*args, **(kwargs or {}))


def without_autograd(function: Function, *arguments: Any) -> Any:
    """A ``run`` for :func:`~d2lhelpers.checks.core.compare` that refuses any derivative of
    PyTorch's own, backward or forward."""

    def look(name: str, arguments: tuple) -> None:
        if name in ("requires_grad_", "grad", "_make_dual") or "backward" in name:
            raise Wrong("the task is to be solved without autograd")

    with Watch(look):
        return function(*arguments)


def is_tracked(x: Any) -> bool:
    """Whether a derivative with respect to ``x`` is being taken, backward or forward."""
    return isinstance(x, Tensor) and (x.requires_grad or unpack_dual(x).tangent is not None)


def without_loops(run: Function) -> Function:
    """The same ``run``, for a function that contains no loop and calls none by a known name."""

    def watched(function: Function, *arguments: Any) -> Any:
        for code in _codes(function, set()):
            if _LOOPING & set(code.co_names) or any(
                _jumps_back(s) for s in dis.get_instructions(code)
            ):
                raise Wrong("the task is to be solved without a loop")
        return run(function, *arguments)

    return watched


_LOOPING = {
    "map", "vectorize", "frompyfunc", "fromiter", "apply_along_axis", "apply_over_axes",
    "nditer", "ndindex", "ndenumerate",
}  # fmt: skip


def uses(function: Function, names: set[str], operators: set[str]) -> bool:
    """Whether its code, or a function of the same page that it calls, names one of these.

    ``operators`` are names of instructions, or the signs of binary operators.
    """
    return any(
        names & set(code.co_names)
        or any({step.opname, step.argrepr} & operators for step in dis.get_instructions(code))
        for code in _codes(function, set())
    )


def _codes(function: Any, seen: set[CodeType]) -> Iterator[CodeType]:
    """The code of a function, of those inside it, and of those of its own module it calls."""
    function = inspect.unwrap(function) if callable(function) else function
    if not inspect.isfunction(function) or function.__code__ in seen:
        return
    waiting = [function.__code__]
    called = [cell.cell_contents for cell in function.__closure__ or ()]
    while waiting:
        code = waiting.pop()
        seen.add(code)
        yield code
        waiting += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
        called += [function.__globals__.get(name) for name in code.co_names]
    for other in called:
        if getattr(other, "__module__", None) == function.__module__:
            yield from _codes(other, seen)


def _jumps_back(step: dis.Instruction) -> bool:
    jumps = step.opcode in dis.hasjrel or step.opcode in dis.hasjabs
    return jumps and step.argval < step.offset


def fold_only(function: Function, x: Tensor) -> Any:
    """A ``run`` that allows sums, products with numbers and ``abs()``, of tensors or arrays."""
    left = False  # for NumPy or plain numbers, where PyTorch hears no more of it

    def look(name: str, arguments: tuple) -> None:
        nonlocal left
        name = name.strip("_")
        if name in ("array", "numpy", "tolist", "item", "float", "iter", "getitem", "unbind"):
            left = True
            return
        factors = [a for a in arguments if isinstance(a, Tensor) and a.numel() > 1]
        divides = name.endswith(("mul", "div", "truediv", "multiply", "divide"))
        if name not in _ALLOWED or (divides and len(factors) > 1 and x.numel() > 1):
            raise Wrong(f"sums, products with numbers and abs() are enough; yours calls {name}")

    with Watch(look):
        found = function(x)
    if left and uses(function, _CHOOSING, _CHOOSING_SIGNS):
        raise Wrong("sums, products with numbers and abs() are enough")
    return found


_ALLOWED = {
    "abs", "absolute", "add", "radd", "iadd", "sub", "rsub", "isub", "subtract", "mul", "rmul",
    "imul", "multiply", "div", "truediv", "rtruediv", "idiv", "itruediv", "divide", "true_divide",
    "neg", "negative", "pos", "positive", "sum", "stack", "cat", "get", "clone", "detach", "to",
    "double", "tensor", "as_tensor", "asarray", "from_numpy", "ones_like", "zeros_like",
    "full_like", "array_wrap", "reshape", "view", "squeeze", "unsqueeze", "contiguous", "cpu",
    "dim", "size", "numel", "len", "type", "type_as", "is_floating_point", "zeros", "ones", "full",
    "repr", "format",
}  # fmt: skip
_CHOOSING_SIGNS = {"COMPARE_OP", "%", "//", "**", "%=", "//=", "**="} | {  # as Python 3.10 has it
    f"{kind}_{sign}"
    for kind in ("BINARY", "INPLACE")
    for sign in ("MODULO", "FLOOR_DIVIDE", "POWER")
}
_CHOOSING = {
    "where", "clip", "clamp", "maximum", "minimum", "fmax", "fmin", "max", "min", "interp",
    "piecewise", "select", "choose", "heaviside", "sign", "floor", "trunc", "round", "mod",
    "fmod", "remainder", "relu", "sin", "cos", "arccos", "arcsin", "sawtooth", "sort", "sqrt",
}  # fmt: skip
