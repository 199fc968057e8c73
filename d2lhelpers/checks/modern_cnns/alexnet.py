"""Checks for the exercises on AlexNet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..core import Verdict, Wrong, compare, compare_values, numbers_of

Function = Callable[..., Any]


def by_hand(answers: dict[str, Any]) -> Verdict:
    """Parameters and multiply-adds of layers of AlexNet, and the way back to the picture."""
    right = {
        "two groups": 256 * (48 * 25 + 1),
        "no groups": 256 * (96 * 25 + 1),
        "stride 2": (109 / 55) ** 2,
        "smallest picture": 67,
        "one more": 32,
    }
    hint = "how many channels does a kernel read, how many places are there, what does S multiply?"
    return compare_values(answers, right, hint=hint, rtol=0, atol=0.01)


def exact_sizes(function: Function) -> Verdict:
    """``function(layers, low, high)``: the sizes for which no layer leaves a remainder."""

    def reference(layers: list[tuple[int, int, int]], low: int, high: int) -> list[int]:
        return [n for n in range(low, high + 1) if _comes_out_even(layers, n)]

    def run(function: Function, layers: list, low: int, high: int) -> Any:
        answer = function(layers, low, high)
        found = numbers_of(answer, "a list of sizes").flatten().sort().values
        right = reference(layers, low, high)
        extra = [int(n) for n in found.tolist() if n not in right]
        missing = [n for n in right if n not in found.tolist()]
        if extra:
            raise Wrong(f"{extra[0]} does not come out even")
        if missing:
            raise Wrong(f"{missing[0]} is missing")
        return found

    four = [(11, 4, 0), (3, 2, 0), (3, 2, 0), (3, 2, 0)]
    cases = [
        ("one layer (3, 1, 0), 1 to 5", ([(3, 1, 0)], 1, 5)),
        ("one layer (3, 2, 0), 3 to 12", ([(3, 2, 0)], 3, 12)),
        ("one layer (5, 3, 2), 1 to 12", ([(5, 3, 2)], 1, 12)),
        ("the four layers of AlexNet, 196 to 259", (four, 196, 259)),
        ("the four layers of AlexNet, 1 to 100", (four, 1, 100)),
        ("(7, 2, 3) and (3, 2, 1), 20 to 40", ([(7, 2, 3), (3, 2, 1)], 20, 40)),
        ("(2, 2, 0) three times, 1 to 30", ([(2, 2, 0)] * 3, 1, 30)),
    ]
    hint = "test every layer, with its padding, and go on with the size that it puts out"
    return compare(function, reference, cases, run=run, hint=hint)


def _comes_out_even(layers: list[tuple[int, int, int]], n: int) -> bool:
    for K, S, P in layers:
        room = n + 2 * P - K
        if room < 0 or room % S:
            return False
        n = room // S + 1
    return True


class _Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer, self.last = nn.Conv2d(2, 2, 3, padding=1), nn.Linear(50, 7)

    def forward(self, X: Tensor) -> Tensor:
        return self.last(self.layer(self.layer(X).relu()).flatten(1))


def neurons(function: Function) -> Verdict:
    """``function(net, x)``: the outputs of convolutions and linear layers for one picture."""

    def reference(net: nn.Module, x: Tensor, right: int) -> int:
        return right

    def run(function: Function, net: nn.Module, x: Tensor, right: int) -> Any:
        before = {name: value.clone() for name, value in net.state_dict().items()}
        modes = [part.training for part in net.modules()]
        found = function(net, x)
        if any(part._forward_hooks or part._forward_pre_hooks for part in net.modules()):
            raise Wrong("there are still hooks in the network")
        if modes != [part.training for part in net.modules()]:
            raise Wrong("the network is in another mode than before")
        if any(not torch.equal(value, before[name]) for name, value in net.state_dict().items()):
            raise Wrong("the numbers of the network have changed")
        return found

    with torch.random.fork_rng(devices=[]):
        small = nn.Sequential(
            nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(12, 5)
        )
        deep = nn.Sequential(
            nn.Sequential(nn.Conv2d(3, 4, 5, stride=2), nn.Tanh()),
            nn.Sequential(nn.Conv2d(4, 6, 1, bias=False), nn.AdaptiveAvgPool2d(1)),
            nn.Flatten(),
            nn.Linear(6, 2),
        ).eval()
        cases = [
            ("a linear layer", (nn.Linear(4, 3), torch.ones(1, 4), 3)),
            ("one convolution from 1 to 2 maps", (nn.Conv2d(1, 2, 3), torch.ones(1, 1, 5, 6), 24)),
            ("a small network with pooling", (small, torch.ones(1, 1, 6, 6), 53)),
            ("the same, five pictures", (small, torch.ones(5, 1, 6, 6), 53)),
            ("containers in a container", (deep, torch.ones(2, 3, 11, 9), 12 * 10 + 2)),
            ("a layer that is called twice", (_Twice(), torch.ones(3, 2, 5, 5), 107)),
        ]
    hint = "which layers count, and how many pictures are in the output that the hook gets?"
    return compare(function, reference, cases, run=run, hint=hint)
