"""Checks for the exercises on residual networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core import Verdict, Wrong, as_tensor, compare, compare_values, normal

Function = Callable[..., Any]


def by_hand(answers: dict[str, Any]) -> Verdict:
    """Parameters and multiply-adds of a block from 64 to 128 channels with stride 2."""
    right = {
        "parameters": 230_144,
        "shortcut": 8_448,
        "multiply-adds": 179_830_784,
        "side": 28,
    }
    hint = "two 3 x 3 and one 1 x 1; two parameters for each channel of a normalization"
    return compare_values(answers, right, hint=hint, rtol=0, atol=0.1)


def pre_activation(function: Function) -> Verdict:
    """``function(x, norm1, conv1, norm2, conv2)``: the block with nothing behind the addition."""

    def reference(number: int, x: Tensor) -> Tensor:
        norm1, conv1, norm2, conv2 = _layers(number, x.shape[1])
        with torch.no_grad():
            return x + conv2(F.relu(norm2(conv1(F.relu(norm1(x))))))

    def run(function: Function, number: int, x: Tensor) -> Any:
        before = x.clone()
        with torch.no_grad():
            found = function(x, *_layers(number, x.shape[1]))
        if not torch.equal(x, before):
            raise Wrong("the input has changed")
        return found

    cases = [
        ("a batch of 2, 4 channels", (0, normal(2, 4, 5, 5))),
        ("negative inputs", (1, -3 - normal(2, 3, 4, 4).abs())),
        ("one picture of 6 x 3", (2, 2 * normal(1, 5, 6, 3))),
    ]
    hint = (
        "normalization and ReLU come before each convolution; what passes the addition untouched?"
    )
    return compare(function, reference, cases, run=run, hint=hint, rtol=1e-3, atol=1e-4)


def block(function: Function) -> Verdict:
    """``function(x, conv1, norm1, conv2, norm2)``: input kept, and gradients right."""

    def arguments(number: int, x: Tensor) -> tuple[Tensor, list[nn.Module]]:
        norm1, conv1, norm2, conv2 = _layers(number, x.shape[1])
        return x.clone().requires_grad_(), [conv1, norm1, conv2, norm2]

    def result(y: Tensor, x: Tensor, layers: list[nn.Module]) -> tuple[Tensor, Tensor, Tensor]:
        (y * torch.linspace(-1, 2, y.numel()).reshape(y.shape)).sum().backward()
        return y.detach(), x.grad, layers[0].weight.grad

    def reference(number: int, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, layers = arguments(number, x)
        conv1, norm1, conv2, norm2 = layers
        return result(F.relu(norm2(conv2(F.relu(norm1(conv1(x))))) + x), x, layers)

    def run(function: Function, number: int, x: Tensor) -> Any:
        plain = x.clone()
        _, layers = arguments(number, x)
        with torch.no_grad():
            found = function(plain, *layers)
        if not isinstance(found, Tensor):
            as_tensor(found)  # says what came instead
            raise Wrong("expected a tensor, from which gradients can be taken")
        if not torch.equal(plain, x):
            raise Wrong("the block changes its input, which another layer may still need")
        x, layers = arguments(number, x)
        base = x * 1.0  # as from a layer below
        y = function(base, *layers)
        if y.shape != x.shape:
            raise Wrong(f"expected shape {tuple(x.shape)}, you returned shape {tuple(y.shape)}")
        result_ = result(y, x, layers)
        if any(part is None for part in result_):
            raise Wrong("no gradient arrives at the input or at the first convolution")
        return result_

    cases = [
        ("a batch of 2, 4 channels", (0, normal(2, 4, 5, 5))),
        ("inputs behind a ReLU", (1, normal(3, 3, 4, 4).relu())),
        ("one picture of 6 x 3", (2, 2 * normal(1, 5, 6, 3))),
    ]
    hint = "which lines write into a tensor, and who else holds that tensor?"
    return compare(function, reference, cases, run=run, hint=hint, rtol=1e-3, atol=1e-4)


def gains(answers: dict[str, Any]) -> Verdict:
    """Slopes and second moments through chains of blocks."""
    right = {"plain": 0.9**50, "residual": 1.1**50, "variance": 1024.0, "scaled": 1.1**10}
    hint = "one factor for each block; variances of independent numbers add"
    return compare_values(answers, right, hint=hint, rtol=0.01, atol=0)


def _layers(number: int, C: int) -> tuple[nn.Module, nn.Module, nn.Module, nn.Module]:
    norms = [nn.BatchNorm2d(C).eval() for _ in range(2)]
    convs = [nn.Conv2d(C, C, 3, padding=1, bias=False) for _ in range(2)]
    with torch.no_grad():
        for place, norm in enumerate(norms):
            norm.weight.copy_(1 + normal(C, number=number + place) / 4)
            norm.bias.copy_(normal(C, number=number + place + 10))
            norm.running_mean.copy_(normal(C, number=number + place + 20))
            norm.running_var.copy_(0.5 + normal(C, number=number + place + 30).abs())
        for place, conv in enumerate(convs):
            conv.weight.copy_(normal(C, C, 3, 3, number=number + place) / (3 * C**0.5))
    return norms[0], convs[0], norms[1], convs[1]
