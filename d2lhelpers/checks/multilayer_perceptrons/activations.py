"""Checks for the exercises on activation functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..bans import without_autograd
from ..core import Verdict, compare, compare_values, normal

Function = Callable[..., Any]


def one_step(answers: dict[str, Any]) -> Verdict:
    """How far one step moves the weight of a unit that says nothing, four times."""
    half = 1 / (1 + math.exp(2))  # sigmoid(-2)
    right = {
        "ReLU": 0.0,
        "leaky ReLU": 0.024,
        "sigmoid": 0.1 * (1 - half) * half * (1 - half) * 2,
        "ReLU with weight decay": 0.05,
    }
    hint = "error, gate and input are multiplied; weight decay pulls at w whatever the gate says"
    return compare_values(answers, right, hint=hint, rtol=0, atol=5e-4)


def closing(answers: dict[str, Any]) -> Verdict:
    """Where the gates of sigmoid and tanh have fallen to a tenth of their largest values."""
    right = {"sigmoid": math.log(19 + math.sqrt(360)), "tanh": math.atanh(math.sqrt(0.9))}
    hint = "write the gate in terms of the output, solve for that, then go back to z"
    return compare_values(answers, right, hint=hint, rtol=0, atol=6e-3)


def silu_slope(function: Function) -> Verdict:
    """``function(z)`` for z of any shape, against autograd."""

    def reference(z: Tensor) -> Tensor:
        z.requires_grad_()
        (slope,) = torch.autograd.grad(torch.nn.functional.silu(z).sum(), z)
        return slope

    points = [0.0, 1.0, -1.0, 2.4, -2.4, 5.0, -5.0, 0.5, -0.5]
    cases = [(f"z = {z:g}", (torch.tensor([z]),)) for z in points]
    cases.append(("random z of shape (4, 5)", (3 * normal(4, 5),)))
    cases.append(("z = [1000, -1000]", (torch.tensor([1000.0, -1000.0]),)))
    return compare(
        function,
        reference,
        cases,
        hint="a product of two functions of z has a slope of two terms",
        run=without_autograd,
    )


def silent_units(function: Function) -> Verdict:
    """``function(net, batches)``: for each ReLU of ``net`` the units that answer no input."""
    return compare(
        function,
        _silent,
        _rolls(),
        hint="keep, for each unit, whether it has answered at least once, and count at the end",
        rtol=0,
        atol=0.1,
    )


def _silent(net: nn.Sequential, batches: list[Tensor]) -> list[int]:
    X, counts = torch.cat(batches), []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            if isinstance(layer, nn.ReLU):
                counts.append(int((X <= 0).all(dim=0).sum()))
    return counts


def _linear(weight: list[list[float]], bias: list[float]) -> nn.Linear:
    layer = nn.Linear(len(weight[0]), len(weight))
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(weight))
        layer.bias.copy_(torch.tensor(bias))
    return layer


def _rolls() -> list[tuple[str, tuple]]:
    plus, minus = torch.tensor([[1.0], [2.0]]), torch.tensor([[-1.0], [-3.0], [-0.5]])
    one = nn.Sequential(_linear([[1.0], [-1.0], [1.0]], [0.0, 0.0, -9.0]), nn.ReLU())
    # its units: never below zero; 0 at best; only for inputs of at least 1.5
    edge = nn.Sequential(_linear([[0.0], [0.0], [1.0]], [0.5, 0.0, -1.5]), nn.ReLU())
    front = _linear([[1.0], [-1.0]], [0.0, 0.0])
    back = _linear([[-1.0, -1.0], [1.0, 0.0], [0.0, 1.0]], [0.0, 0.0, -9.0])
    two = nn.Sequential(front, nn.ReLU(), back, nn.ReLU(), nn.Linear(3, 4))
    flat = nn.Sequential(nn.Flatten(), _linear([[1.0] * 4, [-1.0] * 4], [0.0, -1.0]), nn.ReLU())
    many = nn.Sequential(_linear(normal(30, 6).tolist(), (normal(30) - 2).tolist()), nn.ReLU())
    row = nn.Sequential(front, back, nn.ReLU(), nn.Linear(3, 4))
    pixels = normal(8, 1, 2, 2).abs()
    return [
        ("three units, one batch", (one, [minus])),
        ("a unit that is silent on the first batch only", (one, [plus, minus])),
        ("a unit that is silent on the last batch only", (one, [minus, minus, plus])),
        ("a unit whose output is 0 at best", (edge, [plus, minus])),
        ("two layers of units", (two, [plus, minus])),
        ("two layers, and inputs above 0 only", (two, [plus])),
        ("two linear layers before a ReLU, one behind it", (row, [plus, minus])),
        ("pictures of 2 x 2 pixels, after nn.Flatten", (flat, list(pixels.split(3)))),
        ("thirty units, batches of 7", (many, list(normal(40, 6).split(7)))),
    ]
