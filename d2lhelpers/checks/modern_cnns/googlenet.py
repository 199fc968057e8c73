"""Checks for the exercises on GoogLeNet and the Inception block."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from ...cost import layer_costs
from ..core import Verdict, Wrong, compare, compare_values, normal, show

Function = Callable[..., Any]


def block_by_pencil(answers: dict[str, Any]) -> Verdict:
    """Channels, weights and multiply-adds of ``Inception(100, 20, (10, 40), (5, 10), 20)``."""
    right = {
        "channels": 90,
        "weights of path 2": 1_750,
        "multiply-adds": 2_028_600,
        "channels then": 170,
    }
    hint = "draw the four paths and write at each arrow how many maps pass there"
    return compare_values(answers, right, hint=hint, rtol=1e-6, atol=1e-6)


def reduction_pays(answers: dict[str, Any]) -> Verdict:
    """Where a 1x1 layer in front saves weights; routes through the nine blocks, and the widest."""
    right = {
        "equal, 5 x 5": 192 * 800 / 992,
        "equal, 3 x 3": 192 * 1_152 / 1_344,
        "large K": 192,
        "routes": 4**9,
        "widest": 715,
    }
    hint = (
        "set both counts equal and solve for r; the strides before the three stages multiply to "
        "8, 16 and 32"
    )
    return compare_values(answers, right, hint=hint, rtol=0, atol=0.006)


class _Block(nn.Module):
    """As :doc:`/chapters/modern-cnns/googlenet` builds it, where the exercise looks into it."""

    def __init__(self, c: int, one: int, three: tuple, five: tuple, pool: int) -> None:
        super().__init__()
        self.channels = one + three[1] + five[1] + pool
        self.paths = nn.ModuleList(
            [
                _conv(c, one, 1),
                nn.Sequential(_conv(c, three[0], 1), _conv(*three, 3, padding=1)),
                nn.Sequential(_conv(c, five[0], 1), _conv(*five, 5, padding=2)),
                nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), _conv(c, pool, 1)),
            ]
        )

    def forward(self, X: Tensor) -> Tensor:
        return torch.cat([path(X) for path in self.paths], dim=1)


def _conv(c_in: int, c_out: int, kernel_size: int, **options: Any) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(c_in, c_out, kernel_size, **options), nn.ReLU())


def merged(function: Function) -> Verdict:
    """``function(block)``: one layer in place of the three 1x1 layers that read the input."""

    def readers(block: nn.Module) -> list[nn.Conv2d]:
        return [block.paths[0][0], block.paths[1][0][0], block.paths[2][0][0]]

    def reference(block: nn.Module, X: Tensor) -> Tensor:
        return torch.cat([layer(X) for layer in readers(block)], dim=1)

    def run(function: Function, block: nn.Module, X: Tensor) -> Tensor:
        before = deepcopy(block.state_dict())
        layer = function(block)
        if layer is None:
            raise Wrong("your function returned nothing")
        if not isinstance(layer, nn.Conv2d):
            raise Wrong(f"expected an nn.Conv2d, you returned {show(layer)}")
        y = layer(X.to(layer.weight.dtype))
        with torch.no_grad():  # a layer of its own shares no numbers with the block
            for parameter in layer.parameters():
                parameter.add_(1)
        after = block.state_dict()
        if before.keys() != after.keys() or any(
            not torch.equal(before[name], after[name]) for name in before
        ):
            raise Wrong("the block has changed, or your layer shares its weights")
        return y

    cases = []
    with torch.random.fork_rng(devices=[]):
        for number, (sizes, shape) in enumerate(
            [
                ((4, 2, (3, 5), (1, 2), 3), (1, 1)),
                ((6, 5, (2, 3), (4, 1), 2), (4, 7)),
                ((1, 1, (1, 1), (1, 1), 1), (3, 3)),
                ((12, 4, (4, 4), (4, 4), 4), (2, 5)),
            ]
        ):
            torch.manual_seed(number)
            block = _Block(*sizes)
            sizes_text = ", ".join(map(str, sizes))
            text = f"Inception({sizes_text}), two pictures of {shape[0]} x {shape[1]}"
            cases.append((text, (block, normal(2, sizes[0], *shape))))
    hint = "each output channel of a 1x1 layer has its own weights and bias; stack both"
    return compare(function, reference, cases, run=run, hint=hint, rtol=1e-3, atol=1e-4)


def first_row(function: Function) -> Verdict:
    """``function()``: 2,712 weights from 3 channels to 64, with windows of 7 x 7 and stride 2."""

    def run(function: Function) -> tuple[int, int, int]:
        net = function()
        if net is None:
            raise Wrong("your function returned nothing")
        if not isinstance(net, nn.Sequential):
            raise Wrong(f"expected an nn.Sequential, you returned {show(net)}")
        leaves = [part for part in net.modules() if not list(part.children())]
        if not leaves or any(not isinstance(part, nn.Conv2d) for part in leaves):
            raise Wrong("expected nothing but convolutions")
        if any(part.bias is not None for part in leaves):
            raise Wrong("expected convolutions without biases")
        x = torch.zeros(1, 3, 224, 224, dtype=leaves[0].weight.dtype)
        with torch.no_grad():
            shape = tuple(net(x).shape[1:])
        if shape != (64, 112, 112):
            raise Wrong(f"expected 64 maps of 112 x 112, your layers give {shape}")
        _look_at_windows(net)
        weights = sum(parameter.numel() for parameter in net.parameters())
        work = sum(cost.multiply_adds for cost in layer_costs(net, x))
        if weights != 2_712:
            raise Wrong(f"expected 2,712 weights, your layers have {weights:,}")
        return 1, weights, work

    hint = "first 7 x 7 for each color by itself, then a layer that mixes; how many maps between?"
    right = (1, 2_712, 2_712 * 112 * 112)
    cases: list[tuple[str, tuple]] = [("a picture of 224 x 224", ())]
    return compare(function, lambda: right, cases, run=run, hint=hint, rtol=1e-6)


def _look_at_windows(net: nn.Module) -> None:
    """Raises Wrong unless each output depends on 7 x 7 pixels, two further on for each place."""
    net = deepcopy(net).double()
    for parameter in net.parameters():
        nn.init.ones_(parameter)  # so that nothing cancels
    wanted = torch.zeros(3, 28, 28, dtype=torch.bool)
    wanted[:, 9:16, 9:16] = True
    x = torch.zeros(1, 3, 28, 28, dtype=torch.float64, requires_grad=True)
    y = net(x)
    for channel in range(64):
        (gradient,) = torch.autograd.grad(y[0, channel, 6, 6], x, retain_graph=True)
        if not torch.equal(gradient[0] != 0, wanted):
            raise Wrong(
                f"map {channel} does not depend on every color of its window of 7 x 7, or on more"
            )
