"""Checks for the exercises on batch normalization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..bans import Watch
from ..core import Verdict, Wrong, compare, compare_values, normal

Function = Callable[..., Any]


def by_hand(answers: dict[str, Any]) -> Verdict:
    """Outputs and buffers of a unit for the batch 2, 4, 6, 8."""
    root = 5**0.5
    right = {
        "output": -3 / root,
        "with gamma and beta": 5 - 9 / root,
        "running mean": 0.5,
        "running variance": 0.9 + 2 / 3,
        "times -10": 3 / root,
    }
    hint = "first mean and variance; which count divides where, and what is a factor's sign?"
    return compare_values(answers, right, hint=hint, rtol=0, atol=6e-3)


def group_norm(function: Function) -> Verdict:
    """``function(x, groups, gamma, beta, eps)``: statistics over a group of one picture."""

    def run(function: Function, *arguments: Any) -> Any:
        def look(name: str, _: tuple) -> None:
            if name in ("group_norm", "layer_norm", "instance_norm", "batch_norm"):
                raise Wrong(f"the task is to be solved without `{name}`")

        with Watch(look):
            return function(*arguments)

    cases = []
    for number, (shape, groups, eps) in enumerate(
        [
            ((2, 4, 3, 3), 2, 1e-5),
            ((3, 6, 4, 2), 3, 1e-5),
            ((1, 5, 4, 4), 5, 1e-5),
            ((4, 6, 2, 3), 1, 1e-5),
            ((2, 4, 3, 5), 2, 4.0),
        ]
    ):
        C = shape[1]
        x = 2 * normal(*shape, number=number) + torch.arange(1.0, C + 1).reshape(-1, 1, 1)
        gamma, beta = 1 + normal(C, number=number) / 4, normal(C, number=number + 50)
        text = f"x of shape {shape}, {groups} group{'s' * (groups > 1)}, eps = {eps:g}"
        cases.append((text, (x, groups, gamma, beta, eps)))
    hint = "which numbers share a mean: which axes belong to one group of one picture?"
    return compare(function, F.group_norm, cases, run=run, hint=hint, rtol=1e-3, atol=1e-4)


def folded(function: Function) -> Verdict:
    """``function(conv, norm)``: one convolution that does what both do in evaluation mode."""

    def pair(number: int, settings: dict[str, Any], eps: float) -> tuple[nn.Conv2d, nn.Module]:
        conv = nn.Conv2d(3, 4, **settings)
        norm = nn.BatchNorm2d(4, eps=eps).eval()
        numbers = [*conv.parameters(), *norm.parameters(), norm.running_mean]
        with torch.no_grad():
            for place, p in enumerate(numbers):
                p.copy_(normal(*p.shape, number=10 * number + place))
            norm.running_var.copy_(0.3 + normal(4, number=number).abs())
        return conv, norm

    def reference(number: int, settings: dict[str, Any], eps: float, x: Tensor) -> Tensor:
        conv, norm = pair(number, settings, eps)
        with torch.no_grad():
            return norm(conv(x))

    def run(
        function: Function, number: int, settings: dict[str, Any], eps: float, x: Tensor
    ) -> Any:
        conv, norm = pair(number, settings, eps)
        before = [v.clone() for v in (*conv.state_dict().values(), *norm.state_dict().values())]
        new = function(conv, norm)
        if new is None:
            raise Wrong("your function returned nothing")
        if not isinstance(new, nn.Conv2d):
            raise Wrong(f"expected one nn.Conv2d, you returned a {type(new).__name__}")
        if new is conv:
            raise Wrong("you returned the given convolution, not a new one")
        with torch.no_grad():
            found = nn.Conv2d.forward(new, x)
        after = [*conv.state_dict().values(), *norm.state_dict().values()]
        if len(before) != len(after) or any(
            a.shape != b.shape or not torch.equal(a, b) for a, b in zip(before, after)
        ):
            raise Wrong("the given layers have changed")
        return found

    plain = {"kernel_size": 3, "bias": False}
    cases = [
        ("3 x 3, no bias", (0, plain, 1e-5, normal(2, 3, 6, 6))),
        ("3 x 3 with a bias", (1, plain | {"bias": True}, 1e-5, normal(2, 3, 6, 6))),
        ("1 x 1 with a bias", (2, {"kernel_size": 1}, 1e-5, normal(1, 3, 4, 5))),
        ("5 x 5, padding 2", (3, {"kernel_size": 5, "padding": 2}, 1e-5, normal(1, 3, 7, 7))),
        (
            "3 x 3, stride 2, padding 1, eps = 0.5",
            (4, {"kernel_size": 3, "stride": 2, "padding": 1}, 0.5, normal(1, 3, 8, 8)),
        ),
    ]
    hint = "write gamma * (conv(x) + b - mean) / root + beta as (number) * conv(x) + (number)"
    return compare(function, reference, cases, run=run, hint=hint, rtol=1e-3, atol=1e-4)


def brake(lengths: dict[str, Any]) -> Verdict:
    """Gradient and steps of a loss that does not depend on the length of the weights."""
    right = {"gradient at 2w": 2.0, "inner product": 0.0, "rate 1": 5.0, "rate 10": 1609**0.5}
    hint = "the chain rule gives a factor c on one side; in which direction does the step go?"
    return compare_values(lengths, right, hint=hint, rtol=0, atol=0.02)
