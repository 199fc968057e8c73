"""Checks for the exercises on activations near zero and stable training."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core import Verdict, Wrong, compare, compare_values, normal, numbers_of, show

Function = Callable[..., Any]


def half_a_slope(answers: dict[str, Any]) -> Verdict:
    """Mean, second moments and signal behind layers with the activation z/2 + 1."""
    right = {
        "mean": 1.0,
        "second moment behind layer 1": 2.0,
        "second moment in the end": 4 / 3,
        "factor of the signal": 0.25,
        "shift": -2.0,
    }
    hint = "q becomes alpha² q + beta²; what all inputs have in common is no part of the signal"
    return compare_values(answers, right, hint=hint, rtol=3e-3)


def absorb(function: Function) -> Verdict:
    """``function(weights, biases)``: a plain sigmoid network with the outputs of a repaired one."""

    def outputs(weights: Sequence[Tensor], biases: Sequence[Tensor], repaired: bool) -> Tensor:
        h = normal(40, weights[0].shape[1], number=9).double()
        for number, (W, b) in enumerate(zip(weights, biases), start=1):
            h = h @ W.double().T + b.double()
            if number < len(weights):
                h = 4 * torch.sigmoid(h) - 2 if repaired else torch.sigmoid(h)
        return h

    def reference(weights: list[Tensor], biases: list[Tensor]) -> Tensor:
        return outputs(weights, biases, repaired=True)

    def run(function: Function, weights: list[Tensor], biases: list[Tensor]) -> Tensor:
        before = [part.clone() for part in (*weights, *biases)]
        found = function(weights, biases)
        if any(not torch.equal(*pair) for pair in zip(before, (*weights, *biases))):
            raise Wrong("what you were given has changed")
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            raise Wrong(f"expected two lists, you returned {show(found)}")
        kept = []
        for what, given, new in zip(("weights", "biases"), (weights, biases), found):
            if len(new) != len(given):
                raise Wrong(f"expected {len(given)} {what}, you returned {len(new)}")
            parts = [numbers_of(part, f"numbers as {what}") for part in new]
            for number, (old, part) in enumerate(zip(given, parts), start=1):
                if old.shape != part.shape:
                    expected = f"expected shape {tuple(old.shape)}"
                    raise Wrong(f"{what} of layer {number}: {expected}, not {tuple(part.shape)}")
            kept.append(parts)
        return outputs(kept[0], kept[1], repaired=False)

    cases = []
    for sizes, scale in [
        ([2, 2, 2], 1.0),
        ([3, 4], 1.0),
        ([3, 5, 2], 1.0),
        ([4, 3, 6, 2], 0.3),
        ([2, 5, 5, 5, 3], 2.0),
    ]:
        pairs = list(itertools.pairwise(sizes))
        weights = [scale * normal(b, a, number=k) for k, (a, b) in enumerate(pairs)]
        biases = [normal(b, number=20 + k) for k, (_, b) in enumerate(pairs)]
        text = f"widths {', '.join(map(str, sizes))}, the inputs first; outputs for 40 inputs"
        cases.append((text, (weights, biases)))
    hint = "put 4 s - 2 into the next layer and multiply out; which layer has nothing before it?"
    return compare(function, reference, cases, run=run, hint=hint, rtol=1e-3, atol=1e-3)


def through_origin(function: Function) -> Verdict:
    """``function(z)``: softplus, times a factor plus a shift, with value 0 and slope 1 at 0."""

    def run(function: Function, z: Tensor) -> Tensor:
        found = numbers_of(function(z), f"numbers of shape {tuple(z.shape)}")
        if found.shape != z.shape:
            raise Wrong(f"expected shape {tuple(z.shape)}, you returned {tuple(found.shape)}")
        if not found.isfinite().all():
            at = z[tuple(found.isfinite().logical_not().nonzero()[0])].item()
            raise Wrong(f"the value at {show(at)} is not finite")
        return found

    def at_zero(function: Function, z: Tensor) -> Tensor:
        values = run(function, z)
        value, slope = values[1].item(), ((values[2] - values[0]) / (z[2] - z[0])).item()
        if abs(value) > 1e-3 or abs(slope - 1) > 5e-3:
            raise Wrong(f"the value at 0 is {value:.3f} and the slope there {slope:.3f}")
        return values

    def reference(z: Tensor) -> Tensor:
        return 2 * F.softplus(z.double()) - 2 * math.log(2)

    def chosen(function: Function, z: Tensor) -> Tensor:
        near = z.shape == (3,) and z[1] == 0
        return (at_zero if near else run)(function, z)

    cases = [
        ("near 0", (torch.tensor([-0.05, 0.0, 0.05]),)),
        ("z = 3", (torch.tensor([3.0]),)),
        ("z = -3", (torch.tensor([-3.0]),)),
        ("z = 200", (torch.tensor([200.0]),)),
        ("z = -200", (torch.tensor([-200.0]),)),
        ("a table of twelve", (3 * normal(3, 4),)),
    ]
    hint = "what are the value and the slope of softplus at 0? First the factor, then the shift"
    return compare(function, reference, cases, run=chosen, hint=hint, rtol=1e-3, atol=1e-3)


def rate_and_limit(answers: dict[str, Any]) -> Verdict:
    """Steps of a run in which every gradient is clipped."""
    right = {
        "rate with limit 0.5": 0.2,
        "length of a step": 0.1,
        "bound with momentum": 1.0,
        "length of the later step": 0.03,
    }
    hint = "a step is the rate times a gradient, and a clipped gradient is as long as the limit"
    return compare_values(answers, right, hint=hint, rtol=1e-3, atol=1e-4)
