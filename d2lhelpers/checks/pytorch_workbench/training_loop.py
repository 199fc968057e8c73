"""Checks for the exercises of Part 4 on the training loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core import Verdict, Wrong, compare, compare_values, normal, show

Function = Callable[..., Any]


def momentum_by_hand(answers: dict[str, Any]) -> Verdict:
    """A constant gradient of 1, learning rate 0.1, momentum 0.9, start at 0; and kept gradients."""
    right = {"w after 1 step": -0.1, "w after 2 steps": -0.29, "w after 3 steps": -0.561,
             "length of a late step": 1.0, "w after 3 steps of B": -0.6}  # fmt: skip
    hint = "the velocity is 1, then 0.9 * 1 + 1, and so on; w moves by lr times it"
    return compare_values(answers, right, hint=hint)


def _batches(*sizes: int) -> list[tuple[Tensor, Tensor]]:
    X, y = normal(sum(sizes), 3), normal(sum(sizes), 1, number=1)
    return list(zip(X.split(list(sizes)), y.split(list(sizes))))


class _Small(nn.Linear):
    """Refuses batches that are too large, however it is called."""

    largest = 10**9

    def forward(self, X: Tensor) -> Tensor:
        if len(X) > self.largest:
            raise Wrong(f"{len(X)} samples at once do not fit into the memory")
        return super().forward(X)


def _linear() -> _Small:
    net = _Small(3, 1)
    nn.init.constant_(net.weight, 0.5)
    nn.init.constant_(net.bias, 0.25)
    return net


def _numbers(net: nn.Linear) -> Tensor:
    return torch.cat([net.weight[0], net.bias]).detach()


def _learn(net: nn.Module, optimizer: Any, batches: Iterable, loss: Function) -> float:
    total, samples = 0.0, 0
    for X, y in batches:
        value = loss(net(X), y)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        total, samples = total + value.item() * len(y), samples + len(y)
    return total / samples


def train_epoch(function: Function) -> Verdict:
    """``function(net, optimizer, batches, loss)``: the mean loss, and the weights behind it."""

    def after(step: Function, sizes: tuple[int, ...], what: str) -> Any:
        net = _linear()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        result = step(net, optimizer, _batches(*sizes), F.mse_loss)
        return result if what == "mean loss" else _numbers(net)

    cases = [
        (f"batches of sizes {sizes}, {what}", (sizes, what))
        for sizes in [(4,), (4, 4), (6, 6, 1)]
        for what in ("weights and bias afterward", "mean loss")
    ]
    hint = "when must .grad be empty, and for how many samples does a mean stand?"
    return compare(function, partial(after, _learn), cases, run=after, hint=hint)


def big_step(function: Function) -> Verdict:
    """``function(net, optimizer, batches, loss)``: one step, as if the batches were one."""

    def after(step: Function, sizes: tuple[int, ...], joined: bool = False) -> Tensor:
        net = _linear()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
        start = _numbers(net)
        if not joined:
            net.largest = max(*sizes, 2)
        for number in range(2):
            batches = _batches(*sizes, number + 1)
            whole = [tuple(map(torch.cat, zip(*batches)))]
            step(net, optimizer, whole if joined else batches, F.mse_loss)
        if torch.equal(_numbers(net), start):
            raise Wrong("the weights have not moved")
        return _numbers(net)

    cases = [
        (f"weights, bias after a step on batches of sizes {(*n, 1)} and one on {(*n, 2)}", (n,))
        for n in [(4,), (4, 4, 2)]
    ]
    hint = "backward() adds; each batch's mean must count for as many samples as it has"
    return compare(function, partial(after, _learn, joined=True), cases, run=after, hint=hint)


def clip(function: Function) -> Verdict:
    """``function(parameters, limit)``: the gradients afterward."""

    def reference(gradients: list[Tensor], limit: float) -> tuple[Tensor, ...]:
        length = torch.cat([gradient.flatten() for gradient in gradients]).norm()
        return tuple(g * limit / length if length > limit else g for g in gradients)

    def after(shorten: Function, gradients: list[Tensor], limit: float) -> list[Tensor | None]:
        parameters = [nn.Parameter(torch.ones_like(gradient)) for gradient in gradients]
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient
        returned = shorten(parameters, limit)
        if returned is not None:
            raise Wrong(f"the function is to return nothing, and returned {show(returned)}")
        if any(bool((parameter != 1).any()) for parameter in parameters):
            raise Wrong("the parameters themselves were changed")
        if any(parameter.grad is None for parameter in parameters):
            raise Wrong("a parameter has lost its .grad")
        return [parameter.grad for parameter in parameters]

    three, four = torch.tensor([3.0]), torch.tensor([4.0])
    cases = [
        ("gradients [3] and [4], limit 1", ([three, four], 1.0)),
        ("gradients [3] and [4], limit 6", ([three, four], 6.0)),
        ("gradients [3] and [4], limit 3.5", ([three, four], 3.5)),
        ("gradients [-3] and [4], limit 2", ([-three, four], 2.0)),
        ("gradients [0] and [0], limit 1", ([0 * three, 0 * four], 1.0)),
        ("one gradient [4], limit 3", ([four], 3.0)),
        ("random gradients of shapes (2, 3) and (4,)", ([normal(2, 3), normal(4)], 0.1)),
        ("random gradients of shapes (), (2,) and (3, 1, 2)",
         ([normal(), normal(2), normal(3, 1, 2)], 0.5)),
    ]  # fmt: skip
    hint = "one length for all entries of all gradients, and one factor; short ones stay"
    return compare(function, reference, cases, run=after, hint=hint)
