"""Checks for the exercises of Part 4 on modules and layers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from ..core import Verdict, Wrong, compare, compare_values, difference, normal, show

Function = Callable[..., Any]


def predict_shapes(answers: dict[str, Any]) -> Verdict:
    """Rows, tensors and numbers of small networks, and two sizes that fit."""
    right = {
        "rows": 8,
        "tensors in the state dict": 4,
        "numbers in the state dict": 79_510,
        "rows of the view": 16,
        "widest hidden layer": 125,
        "smallest batch": 100,
    }
    hint = "each output has its weights and a bias; a view fits where all numbers are used up"
    return compare_values(answers, right, hint=hint, rtol=0, atol=0.01)


def mixed_rows(function: Function) -> Verdict:
    """``function(B, n, m)``: rows of ``m`` numbers that hold some of several pictures of ``n``."""

    def reference(B: int, n: int, m: int) -> int:
        return sum(row * m // n != (row * m + m - 1) // n for row in range(B * n // m))

    sizes = [(25, 576, 400), (4, 6, 6), (2, 3, 2), (3, 4, 6), (6, 4, 3), (4, 6, 3), (4, 3, 6)]
    sizes += [(6, 2, 6), (5, 3, 15), (10, 2, 5), (6, 5, 2), (1, 8, 4), (12, 10, 15)]
    cases = [(f"B={B}, n={n}, m={m}", (B, n, m)) for B, n, m in sizes]
    hint = "draw B = 2, n = 3, m = 2; then a border that two rows share, and rows of many pictures"
    return compare(function, reference, cases, hint=hint, rtol=0, atol=0.01)


def _module(found: Any) -> nn.Module:
    if not isinstance(found, nn.Module):
        raise Wrong(f"expected a module, found {show(found)}")
    return found


def stack(network: Function) -> Verdict:
    """``network(sizes)``: how many numbers it learns, and what it computes with them."""

    def numbers(sizes: list[int]) -> list[tuple[Tensor, Tensor]]:
        return [(normal(b, a, number=a), normal(b, number=10 + a)) for a, b in pairwise(sizes)]

    def answer(network: Function, sizes: list[int], what: str) -> Any:
        net = _module(network(list(sizes)))
        parameters = list(net.parameters())
        if what == "parameters":
            return sum(parameter.numel() for parameter in parameters)
        with torch.no_grad():
            for weight, bias in numbers(sizes):
                for values in (weight, bias):
                    _fill(parameters, values)
            return net(normal(6, sizes[0]))

    def reference(sizes: list[int], what: str) -> Any:
        if what == "parameters":
            return sum(a * b + b for a, b in pairwise(sizes))
        X = normal(6, sizes[0])
        *hidden, last = numbers(sizes)
        for weight, bias in hidden:
            X = (X @ weight.T + bias).relu()
        return X @ last[0].T + last[1]

    cases = [
        (f"{what} of sizes {sizes}", (sizes, what))
        for what in ("parameters", "outputs")
        for sizes in ([4, 2], [4, 3, 2], [6, 5, 4, 1])
    ]
    hint = "print list(net.children()): which modules does it know of, and which stand last?"
    return compare(network, reference, cases, run=answer, hint=hint)


def _fill(parameters: list[nn.Parameter], values: Tensor) -> None:
    """Write into the one of this shape, or turned by 90 degrees, and take it off the list."""
    for i, parameter in enumerate(parameters):
        if parameter.shape in (values.shape, values.T.shape if values.ndim == 2 else None):
            parameter.copy_(values if parameter.shape == values.shape else values.T)
            del parameters[i]
            return
    shapes = ", ".join(str(tuple(parameter.shape)) for parameter in parameters)
    raise Wrong(f"no parameter of shape {tuple(values.shape)} among {shapes or 'those left'}")


def standardize(module: Function) -> Verdict:
    """``module(mean, std)``: outputs, and two buffers that are stored, loaded and moved."""
    mean, std = torch.tensor([0.5, 0.1, -1.0]), torch.tensor([2.0, 0.5, 0.1])

    def outputs(module: Function, batch: int, what: str) -> Tensor:
        X = normal(batch, 3)
        if what == "made":
            return _module(module(mean.clone(), std.clone()))(X)
        net, other = _module(module(torch.zeros(3), torch.ones(3))), module(mean, std)
        if list(net.parameters()):
            raise Wrong("the module has parameters, which an optimizer would train")
        stored = [values.flatten() for values in other.state_dict().values()]
        for name, values in (("mean", mean), ("std", std)):
            if not any(difference(kept, values, 1e-4, 1e-5) is None for kept in stored):
                raise Wrong(f"the state dict does not hold the {name}")
        net.load_state_dict(other.state_dict())
        if what == "moved":
            return net.double()(X.double())
        return net(X)

    def reference(batch: int, what: str) -> Tensor:
        X = normal(batch, 3)
        return torch.stack([(X[:, i] - mean[i]) / std[i] for i in range(3)], dim=1)

    cases = [
        (f"rows of shape ({batch}, 3){text}", (batch, what))
        for batch, what, text in [
            (1, "made", ""),
            (3, "made", ""),
            (5, "made", ""),
            (4, "loaded", ", numbers loaded from a state dict"),
            (4, "moved", ", module and rows as float64"),
        ]
    ]
    hint = "the formula once for all rows; a plain attribute is not stored"
    return compare(module, reference, cases, run=outputs, hint=hint)
