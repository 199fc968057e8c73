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
    """Sides, inputs and parameters of a small network for 28 x 28 pictures."""
    right = {
        "side after the first convolution": 28,
        "side after pooling": 14,
        "side after the second convolution": 5,
        "inputs of the linear layer": 500,
        "parameters": 11_150,
    }
    hint = "one layer at a time: the formula, rounded down; weights per output, plus its bias"
    return compare_values(answers, right, hint=hint, rtol=0, atol=0.5)


def smallest_side(function: Function) -> Verdict:
    """``function(layers)`` for triples ``(K, P, S)``."""

    def reference(layers: list[tuple[int, int, int]]) -> int:
        side = 1
        for K, P, S in reversed(layers):
            side = max(1, (side - 1) * S + K - 2 * P)
        return side

    copied = [(5, 0, 1), (2, 0, 2), (5, 0, 1), (2, 0, 2)]
    large = [(11, 2, 4), (3, 0, 2), (5, 2, 1), (3, 0, 2)]
    wide = [(4, 0, 2), (3, 3, 1)]  # more padding than the second needs does not help the first
    stacks = [copied[:1], copied[:2], copied, [(3, 1, 1), (3, 1, 2)], large, [(3, 2, 1)], wide]
    stacks += [[(2, 0, 3), (4, 1, 2)], [(1, 0, 1)], [(7, 3, 2), (3, 1, 2), (3, 0, 1)]]
    cases = [(f"layers {layers}", (layers,)) for layers in stacks]
    hint = "go backwards: how many cells does a layer need to give so many places?"
    return compare(function, reference, cases, hint=hint, rtol=0)


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
    hint = "print list(net.children()): which modules does the network know of?"
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

    def outputs(module: Function, batch: int, height: int, what: str) -> Tensor:
        X = normal(batch, 3, height, 5)
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

    def reference(batch: int, height: int, what: str) -> Tensor:
        X = normal(batch, 3, height, 5)
        return torch.stack([(X[:, c] - mean[c]) / std[c] for c in range(3)], dim=1)

    cases = [
        (f"pictures of shape ({b}, 3, {h}, 5){text}", (b, h, what))
        for b, h, what, text in [
            (1, 5, "made", ""),
            (4, 2, "made", ""),
            (3, 3, "made", ""),
            (2, 4, "loaded", ", numbers loaded from a state dict"),
            (2, 4, "moved", ", module and pictures as float64"),
        ]
    ]
    hint = "mean[:, None, None] has shape (C, 1, 1); a plain attribute is not stored"
    return compare(module, reference, cases, run=outputs, hint=hint)
