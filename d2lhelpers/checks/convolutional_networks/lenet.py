"""Checks for the exercises on LeNet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..bans import Watch
from ..core import Verdict, Wrong, compare, compare_values, normal

Function = Callable[..., Any]


def by_hand(answers: dict[str, Any]) -> Verdict:
    """Sizes and costs for pictures of 36 x 36."""
    right = {"flattened": 576, "parameters": 69_240, "multiply-adds": 345_600}
    hint = "follow the side through both stages; which of the counts has a bias, which has places?"
    return compare_values(answers, right, hint=hint, rtol=0, atol=2e-3)


def table_parameters(function: Function) -> Verdict:
    """``function(table, K)``: weights and biases of a layer with a connection table."""

    def reference(table: list[str], K: int) -> int:
        return sum(len(maps) for maps in table) * K * K + len(table)

    def run(function: Function, table: list[str], K: int) -> Any:
        found = function(table, K)
        kernels = sum(len(maps) for maps in table)
        inputs = len(set("".join(table)))
        likely = {
            kernels * K * K: "the biases are missing",
            inputs * len(table) * K * K + len(table): "that is the full layer",
            kernels * (K * K + 1): "a bias for each kernel; a map has one",
        }
        right = reference(table, K)
        if isinstance(found, (int, float)) and found != right and found in likely:
            raise Wrong(f"you returned {found:,}: {likely[int(found)]}")
        return found

    c3 = [
        "012", "123", "234", "345", "450", "501", "0123", "1234", "2345", "3450", "4501", "5012",
        "0134", "1245", "0235", "012345",
    ]  # fmt: skip
    cases = [
        ("the table of C3, K = 5", (c3, 5)),
        ("one map that looks at one, K = 3", (["0"], 3)),
        ("two maps that look at one each, K = 1", (["0", "1"], 1)),
        ("three maps, one of them with no input, K = 5", (["01", "", "2"], 5)),
        ("all of four, twice, K = 7", (["0123", "0123"], 7)),
    ]
    hint = "count the kernels first, then the output maps"
    return compare(function, reference, cases, run=run, hint=hint)


def as_convolutions(function: Function) -> Verdict:
    """``function(tail)``: the linear layers as convolutions, an answer for each window."""

    def run(function: Function, number: int, X: Tensor) -> Any:
        tail = _tail(number)
        before = {name: value.clone() for name, value in tail.state_dict().items()}
        net = function(tail)
        if net is None:
            raise Wrong("your function returned nothing")
        if not isinstance(net, nn.Module):
            raise Wrong(f"expected a network, you returned a {type(net).__name__}")
        if any(isinstance(part, (nn.Linear, nn.Flatten)) for part in net.modules()):
            raise Wrong("the new network still has a linear layer or Flatten in it")
        calls = []
        with torch.no_grad(), Watch(lambda name, arguments: calls.append(name)):
            found = net(X)
        if "linear" in calls:
            raise Wrong("the new network still calls a linear layer")
        if calls.count("conv2d") < 3:
            raise Wrong("three linear layers make three convolutions, and yours runs fewer")
        after = tail.state_dict()
        if before.keys() != after.keys() or any(
            value.shape != after[name].shape or not torch.equal(value, after[name])
            for name, value in before.items()
        ):
            raise Wrong("the given tail has changed")
        with torch.no_grad():
            for p in tail.parameters():
                p.add_(1)
            if not torch.equal(net(X), found):
                raise Wrong("where the given tail changes, yours changes too: copy its numbers")
        return found

    def reference(number: int, X: Tensor) -> Tensor:
        tail, (_, _, height, width) = _tail(number), X.shape
        with torch.no_grad():
            rows = [
                torch.stack([tail(X[..., r : r + 5, c : c + 5]) for c in range(width - 4)], dim=2)
                for r in range(height - 4)
            ]
        return torch.stack(rows, dim=2)

    cases = [
        (f"{len(X)} x 16 maps of {X.shape[2]} x {X.shape[3]}", (number, X))
        for number, X in enumerate(
            [normal(2, 16, 5, 5), normal(1, 16, 6, 8), normal(3, 16, 9, 5), normal(1, 16, 12, 12)]
        )
    ]
    hint = "the first kernels are as large as the maps were, and those behind them see one place"
    return compare(function, reference, cases, run=run, hint=hint, rtol=1e-3, atol=1e-4)


def _tail(number: int) -> nn.Sequential:
    tail = nn.Sequential(
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    )  # fmt: skip
    with torch.no_grad():
        for place, p in enumerate(tail.parameters()):
            p.copy_(normal(*p.shape, number=10 * number + place) / p.shape[-1] ** 0.5)
    return tail
