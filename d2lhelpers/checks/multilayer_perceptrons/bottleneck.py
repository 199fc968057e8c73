"""Checks for the exercises on bottlenecks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, Wrong, as_tensor, compare, compare_values, normal

Function = Callable[..., Any]


def silent_bottleneck(answers: dict[str, Any]) -> Verdict:
    """Where a network ends whose bottleneck is the same for every picture."""
    right = {
        "equal: loss": math.log(10),
        "equal: accuracy": 0.1,
        "half: loss": 0.5 * math.log(2) + 0.5 * math.log(18),
        "half: accuracy": 0.5,
    }
    hint = "the scores are the same for all pictures; which ten probabilities cost least?"
    return compare_values(answers, right, hint=hint, rtol=0, atol=6e-3)


def decode(function: Function) -> Verdict:
    """``function(z)`` for z of shape (B,): the points of the line whose coordinates sum to z."""

    def points(t: Tensor) -> Tensor:
        start, way = torch.tensor([1.0, 0.0, 2.0]), torch.tensor([2.0, -1.0, 2.0])
        return start + t[:, None] * way

    def reference(z: Tensor) -> Tensor:
        return points(z / 3 - 1)

    places = [("t = 0", [0.0]), ("t = 1", [1.0]), ("t = 0, 1, 2", [0.0, 1.0, 2.0])]
    places += [("t = -1, 0.5", [-1.0, 0.5]), ("t = 40, -25, 3, 7", [40.0, -25.0, 3.0, 7.0])]
    return compare(
        function,
        reference,
        [(text, (points(torch.tensor(t)).sum(dim=1),)) for text, t in places],
        hint="which z belongs to t? Solve that for t, then go along the line",
    )


def nearest_place(function: Function) -> Verdict:
    """``function(P)`` for n places (n, k): weights (k, n) and biases (n,) of a linear reader."""

    def reference(P: Tensor, Z: Tensor) -> Tensor:
        return torch.cdist(Z.double(), P.double()).argmin(dim=1)

    def run(function: Function, P: Tensor, Z: Tensor) -> Any:
        found = function(P)
        if found is None:
            return None
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise Wrong("expected two things, W and b")
        (n, k), (W, b) = P.shape, map(as_tensor, found)
        if W.shape != (k, n) or b.shape not in ((n,), (1, n)):
            shapes = f"{tuple(W.shape)} and {tuple(b.shape)}"
            raise Wrong(f"expected W of shape {(k, n)} and b of shape {(n,)}, got {shapes}")
        if not (W.isfinite().all() and b.isfinite().all()):
            raise Wrong("expected finite numbers")
        named, nearest = (Z.double() @ W + b).argmax(dim=1), reference(P, Z)
        missed = (named != nearest).nonzero()
        if len(missed):
            i = missed[0].item()
            point = ", ".join(f"{number:.2f}" for number in Z[i].tolist())
            raise Wrong(
                f"at z = ({point}) your reader names place {named[i]}, the nearest is {nearest[i]}"
            )
        return named

    def clear(P: Tensor, number: int) -> Tensor:
        """Points (m, k) around the places, none of them halfway between two."""
        Z = 2 * normal(400, P.shape[1], number=number) * P.abs().max()
        two = torch.cdist(Z, P).topk(2, largest=False).values
        return Z[two[:, 1] - two[:, 0] > 0.02 * P.abs().max()]

    circle = torch.arange(10) * math.tau / 10
    places = {
        "places 0 to 9 on a line": torch.arange(10.0)[:, None],
        "ten places on a circle": torch.stack([circle.cos(), circle.sin()], dim=1),
        "two places": torch.tensor([[1.0, 0.0], [4.0, 0.0]]),
        "ten places in the plane": 3 * normal(10, 2, number=1),
        "ten places in space": normal(10, 3, number=2) + 5,
        "seven places in six numbers": normal(7, 6, number=3),
    }
    return compare(
        function,
        reference,
        [(text, (P, clear(P, number))) for number, (text, P) in enumerate(places.items())],
        hint="multiply out the squared distance; what is the same for all places may be left out",
        run=run,
        rtol=0,
        atol=0.1,
    )
