"""Checks for the exercises on the size of the weights before training."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..core import Verdict, Wrong, compare, compare_values, normal, show

Function = Callable[..., Any]


def rules_in_numbers(answers: dict[str, Any]) -> Verdict:
    """Variances, a standard deviation and an interval that keep the mean square."""
    right = {
        "standard deviation": (2 / 400) ** 0.5,
        "a": (6 / 400) ** 0.5,
        "variance for |z|": 0.01,
        "variance with dropout": 0.016,
    }
    hint = "what share of the mean square is kept behind the layer? The weights make up for it"
    return compare_values(answers, right, hint=hint, rtol=6e-3, atol=0)


def wide_and_narrow(answers: dict[str, Any]) -> Verdict:
    """Root mean square behind fifty layers of 256 and 64 units in turn, by three rules."""
    right = {"forward": 1.0, "back": 1.0, "Xavier": 0.8**25}
    hint = "multiply the factors of the mean square of one wide and one narrow layer, then the root"
    return compare_values(answers, right, hint=hint, rtol=3e-2, atol=0)


def init_layer(function: Function) -> Verdict:
    """``function(linear, slope)``: weights that keep the mean square behind a leaky ReLU."""

    def run(function: Function, d: int, m: int, slope: float, bias: bool) -> float:
        torch.manual_seed(0)  # whoever draws, draws the same in every run of the check
        layer = nn.Linear(d, m, bias=bias)
        weight, biases = layer.weight, layer.bias
        h = normal(64, d).abs()  # as behind a ReLU: no mean of zero
        ratios, draws = [], []
        for _ in range(30):
            with torch.no_grad():
                weight.fill_(7.0)
                if bias:
                    biases.fill_(3.0)
            if function(layer, slope) is not None:
                raise Wrong("the task is to change the layer, and to return nothing")
            if layer.weight is not weight or layer.bias is not biases:
                raise Wrong("the layer has other parameters now; change the numbers in its own")
            if weight.shape != (m, d) or not weight.requires_grad:
                raise Wrong("the weights have another shape now, or take no gradient any more")
            if bias and biases.ne(0).any():
                raise Wrong("the biases are not zero")
            z = nn.functional.leaky_relu(layer(h).detach().double(), slope)
            ratios.append(z.square().mean() / h.double().square().mean())
            draws.append(weight.detach().double().clone())
        _independent(torch.stack(draws))
        factor = torch.stack(ratios).mean().item()
        if not abs(factor - 1) < 0.12:
            raise Wrong(f"the mean square is multiplied by {show(factor)}, over 30 draws")
        return 1.0

    cases = [
        (f"{d} inputs, {m} units, slope {slope:g}{'' if bias else ', no bias'}",
         (d, m, slope, bias))
        for d, m, slope, bias in [
            (100, 100, 0.0, True), (100, 300, 0.0, True), (300, 100, 0.1, True),
            (64, 200, 0.5, True), (200, 128, 1.0, True), (128, 64, 0.25, False),
        ]
    ]  # fmt: skip
    hint = "how much of the mean square does the activation keep, and over how many inputs go sums?"
    return compare(function, lambda *given: 1.0, cases, run=run, hint=hint)


def _independent(draws: Tensor) -> None:
    """``draws`` (k, m, d) are k layers: new every time, mean 0, no row or column like another."""
    if not draws.isfinite().all():
        raise Wrong("some weights are not finite numbers")
    if (draws[0] == draws[1]).all():
        raise Wrong("a second call gives the same weights")
    k, m, d = draws.shape
    size = draws.square().mean().sqrt()
    if size == 0:
        raise Wrong("all weights are zero")
    if not abs(draws.mean()) < 6 * size / (k * m * d) ** 0.5:
        raise Wrong(f"the weights have the mean {show(draws.mean().item())}")
    for axis, name in ((1, "units"), (2, "inputs")):
        lines = draws[0] if axis == 1 else draws[0].T
        lines = lines / lines.norm(dim=1, keepdim=True).clamp(min=1e-30)
        alike = (lines @ lines.T).abs().fill_diagonal_(0)
        if alike.max() > 0.95:
            raise Wrong(f"two {name} have the same weights, or opposite ones")


def calibrate(function: Function) -> Verdict:
    """``function(net, X)``: scales each linear layer so that its output has mean square 1."""

    def run(function: Function, net: nn.Sequential, X: Tensor) -> float:
        torch.manual_seed(0)
        before, given, mode = _numbers(net), X.clone(), net.training
        if function(net, X) is not None:
            raise Wrong("the task is to change the network, and to return nothing")
        if not torch.equal(X, given):
            raise Wrong("your function changed X")
        if net.training != mode:
            raise Wrong("the network is in another mode than before")
        after = _numbers(net)
        weights = {
            f"{name}.weight" for name, part in net.named_modules() if isinstance(part, nn.Linear)
        }
        for name, old in before.items():
            new = after.get(name)
            if new is None or new.shape != old.shape:
                raise Wrong(f"{name} is gone, or has another shape")
            if name in weights:
                _scaled(name, old, new)
            elif not torch.equal(old, new):
                raise Wrong(f"{name} has changed")
        if not all(p.requires_grad for p in net.parameters()):
            raise Wrong("some parameters take no gradient any more")
        h = X
        with torch.no_grad():
            for number, part in enumerate(net):
                h = part(h)
                if isinstance(part, nn.Linear):
                    found = h.double().square().mean().item()
                    if not abs(found - 1) < 1e-2:
                        raise Wrong(f"layer {number}: its output has mean square {show(found)}")
        return 1.0

    cases = [
        ("one layer", (_net([5, 4], nn.ReLU), normal(20, 5))),
        ("two layers with ReLU", (_net([5, 8, 3], nn.ReLU), normal(20, 5))),
        ("inputs with a mean of 10", (_net([6, 20, 20, 3], nn.ReLU), 10 + normal(30, 6))),
        ("four layers with the sigmoid", (_net([6, 20, 10, 20, 4], nn.Sigmoid), normal(30, 6))),
        ("30 layers with tanh", (_net([8] + 30 * [16], nn.Tanh), 100 * normal(20, 8))),
        ("20 layers with ReLU, weights nearly zero",
         (_net([8] + 20 * [64], nn.ReLU, 1e-2), normal(20, 8))),
        ("images, a layer without biases, and a slope that is learned",
         (nn.Sequential(nn.Flatten(), nn.Linear(12, 9, bias=False), nn.PReLU(),
                        *_net([9, 7, 2], nn.ReLU)), normal(15, 3, 4))),
    ]  # fmt: skip
    hint = "what a layer hears changes as soon as the layers below it are scaled"
    return compare(function, lambda *given: 1.0, cases, run=run, hint=hint)


def _net(widths: list[int], activation: type[nn.Module], size: float = 1.0) -> nn.Sequential:
    parts: list[nn.Module] = []
    for number, (d, m) in enumerate(itertools.pairwise(widths)):
        layer = nn.Linear(d, m)
        with torch.no_grad():
            layer.weight.copy_(size * normal(m, d, number=number))
            layer.bias.zero_()
        parts += [layer, activation()]
    return nn.Sequential(*parts[:-1])


def _numbers(net: nn.Module) -> dict[str, Tensor]:
    return {name: numbers.detach().clone() for name, numbers in net.state_dict().items()}


def _scaled(name: str, old: Tensor, new: Tensor) -> None:
    factor = (old * new).double().sum() / old.double().square().sum()
    if not factor > 0 or not torch.allclose(new.double(), factor * old.double(), rtol=1e-3):
        raise Wrong(f"{name} is not the old one times one positive number")
