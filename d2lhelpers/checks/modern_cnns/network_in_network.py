"""Checks for the exercises on network in network."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, Wrong, compare, compare_values, difference, normal, numbers_of

Function = Callable[..., Any]


def nin_by_hand(answers: dict[str, Any]) -> Verdict:
    """Class maps of a larger picture, and the weights of two last layers."""
    right = {"rows": 10, "columns": 15, "scores": 10, "linear": 56_623_104, "block": 34_560}
    hint = "which layers change the size of the maps? Weights: inputs of one output, times outputs"
    return compare_values(answers, right, hint=hint, rtol=0, atol=1e-3)


def class_maps(function: Function) -> Verdict:
    """``function(features, W, b)``: maps whose means are the scores."""

    def reference(features: Tensor, W: Tensor, b: Tensor) -> Tensor:
        maps = torch.einsum("bchw,kc->bkhw", features.double(), W.double())
        return maps + b.double()[:, None, None]

    def run(function: Function, features: Tensor, W: Tensor, b: Tensor) -> Any:
        found = function(features, W, b)
        maps, right = numbers_of(found, "maps of shape (B, k, H, W)"), reference(features, W, b)
        if maps.shape == right.shape:
            places = maps.shape[2] * maps.shape[3]
            without = right - b.double()[:, None, None]
            for wrong, why in [
                (without, "the mean of your maps lacks the bias"),
                (right / places, "the sum of your maps is the score; it should be their mean"),
                (without + b.double()[:, None, None] / places, "each place needs the whole bias"),
                (right.mean(dim=(2, 3), keepdim=True).expand_as(right),
                 "your maps are the same at all places"),
            ]:  # fmt: skip
                if difference(maps, right, 1e-4, 1e-5) and not difference(maps, wrong, 1e-4, 1e-5):
                    raise Wrong(why)
        return found

    cases = [
        ("one map, W = 2, b = 0", (normal(1, 1, 2, 2), torch.full((1, 1), 2.0), torch.zeros(1))),
        ("one map, W = 1, b = 3", (normal(1, 1, 2, 2), torch.ones(1, 1), torch.full((1,), 3.0))),
        ("48 maps of 7 x 14, 10 classes", (normal(2, 48, 7, 14), normal(10, 48), normal(10))),
        ("4 maps of 4 x 4, 4 classes", (normal(3, 4, 4, 4), normal(4, 4), normal(4))),
        ("5 maps of a single place", (normal(2, 5, 1, 1), normal(3, 5), normal(3))),
        ("5 maps of 2 x 6", (normal(1, 5, 2, 6), normal(3, 5), normal(3))),
    ]
    hint = "write the score out as a sum over channels and places, and change the order of sums"
    return compare(function, reference, cases, run=run, hint=hint)


def dead_class(answers: dict[str, Any]) -> Verdict:
    """What a ReLU at the end does to loss, gradient and probabilities."""
    e = math.exp
    right = {
        "loss": math.log(10),
        "gradient": 0,
        "with": 1 / (e(2) + 9),
        "without": e(-3) / (e(2) + 8 + e(-3)),
    }
    hint = "write the ten scores down, and what a ReLU passes backward where it gave 0"
    return compare_values(answers, right, hint=hint, rtol=6e-3, atol=1e-6)
