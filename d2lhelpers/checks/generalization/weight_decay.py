"""Checks for the exercises on weight decay."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..core import Verdict, Wrong, compare, compare_values, normal, numbers_of, show

Function = Callable[..., Any]


def decay_alone(answers: dict[str, Any]) -> Verdict:
    """What decay alone leaves of a weight."""
    right = {
        "left at rate 0.1": 0.99**100,
        "left at rate 0.05": 0.995**100,
        "decay at rate 0.05": 0.2,
    }
    hint = "a step keeps the share 1 - rate * decay"
    return compare_values(answers, right, hint=hint, rtol=2e-3, atol=0)


def ridge(function: Function) -> Verdict:
    """``function(X, y, decay)``: weights and bias of half the mean squared error and penalty."""

    def reference(X: Tensor, y: Tensor, decay: float) -> tuple[Tensor, Tensor]:
        n, d = X.shape
        columns = torch.cat([X, torch.ones(n, 1, dtype=X.dtype)], dim=1)
        penalty = torch.full((d + 1,), decay, dtype=X.dtype)
        penalty[-1] = 0
        both = torch.linalg.solve(columns.T @ columns / n + penalty.diag(), columns.T @ y / n)
        return both[:-1], both[-1]

    cases = []
    for text, n, d, shift, decay in [
        ("one input, labels around 0", 4, 1, 0.0, 0.5),
        ("no decay", 12, 3, 2.0, 0.0),
        ("labels around 10", 6, 2, 10.0, 0.3),
        ("100 samples", 100, 4, -3.0, 0.1),
        ("more inputs than samples", 5, 9, 1.0, 0.2),
        ("a large decay: nearly no weights, labels around 7", 30, 3, 7.0, 1_000.0),
    ]:
        X = normal(n, d, dtype=torch.float64) + torch.arange(d)  # inputs with means of their own
        y = X.sum(dim=1) + normal(n, dtype=torch.float64) + shift
        cases.append((f"{text}: X {tuple(X.shape)}, decay {decay:g}", (X, y, decay)))
    hint = "set the gradient to zero: the loss is a mean over n samples; no penalty on the bias"
    return compare(function, reference, cases, hint=hint)


class _Debiased(nn.Module):
    """A layer whose attributes have misleading names."""

    def __init__(self) -> None:
        super().__init__()
        self.debiased = nn.Linear(3, 4)
        self.weighted = nn.Sequential(nn.ReLU(), nn.Linear(4, 2))


def groups(function: Function) -> Verdict:
    """``function(net, decay)``: groups for an optimizer, in which weights pay and biases do not."""

    def run(function: Function, net: nn.Module, decay: float) -> float:
        found = function(net, decay)
        if found is None:
            raise Wrong("your function returned nothing")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a parameter given twice
                optimizer = torch.optim.AdamW(list(found), lr=0.1)  # decays by 0.01 if not told
        except Exception as error:
            raise Wrong(f"an optimizer refuses it: {f'{error}'.partition(chr(10))[0]}") from None
        everything = [id(p) for group in optimizer.param_groups for p in group["params"]]
        if len(everything) > len(set(everything)):
            raise Wrong("a group holds a parameter twice")
        if not all(group["lr"] > 0 for group in optimizer.param_groups):
            raise Wrong("a group has the rate 0, so it would not be trained")
        paid = {
            id(parameter): group["weight_decay"]
            for group in optimizer.param_groups
            for parameter in group["params"]
        }
        for path, layer in net.named_modules():
            for name, parameter in layer.named_parameters(path, recurse=False):
                if id(parameter) not in paid:
                    raise Wrong(f"{name} is in no group, so it would not be trained")
                expected = 0.0 if parameter is getattr(layer, "bias", None) else decay
                if paid.pop(id(parameter)) != expected:
                    raise Wrong(f"under AdamW {name} is to decay by {show(expected)}, and does not")
        if paid:
            raise Wrong("a group holds tensors that are no parameters of the network")
        return 1.0

    nets = {
        "one layer": nn.Linear(3, 2),
        "two layers": nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)),
        "three layers, the first without bias": nn.Sequential(
            nn.Linear(3, 4, bias=False), nn.ReLU(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2)
        ),
        "one layer without bias": nn.Sequential(nn.Flatten(), nn.Linear(3, 2, bias=False)),
        "layers inside a layer": nn.Sequential(
            nn.Sequential(nn.Linear(3, 4), nn.ReLU()), nn.Sequential(nn.Linear(4, 1))
        ),
        "a net whose layers are called debiased and weighted": _Debiased(),
        "a layer with a single unit and a single input": nn.Linear(1, 1),
    }
    decays = [0.1, 0.01, 0.3, 0.05, 0.2, 0.4, 0.02]
    cases = [
        (f"{text}, decay {decay}", (net, decay)) for (text, net), decay in zip(nets.items(), decays)
    ]
    hint = "of an nn.Linear, layer.weight is to pay and layer.bias is not"
    return compare(function, lambda net, decay: 1.0, cases, run=run, hint=hint)


def decay_of_limit(function: Function) -> Verdict:
    """``function(H, best, theta)``: the decay at which the best weights have squared length theta.

    Without a limit that binds it is 0.
    """

    def length(H: Tensor, best: Tensor, decay: float) -> float:
        w = torch.linalg.solve(H + decay * torch.eye(len(H), dtype=H.dtype), H @ best)
        return w.square().sum().item()

    def reference(H: Tensor, best: Tensor, theta: float) -> float:
        if best.square().sum() <= theta:
            return 0.0
        low, high = 0.0, 1.0
        while length(H, best, high) > theta:
            high *= 2
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if length(H, best, middle) > theta else (low, middle)
        return high

    def case(text: str, H: Any, best: Any, theta: float) -> tuple[str, tuple]:
        tensors = [torch.as_tensor(value, dtype=torch.float64) for value in (H, best)]
        return f"{text}, theta {theta:g}", (*tensors, theta)

    A = normal(5, 5, dtype=torch.float64)
    cases = [
        case("one weight, H = [[1]], best 2", [[1]], [2], 1),  # 2 / (1 + decay) = 1
        case("one weight, H = [[1]], best 2", [[1]], [2], 2.25),
        case("one weight, H = [[1]], best 2, a limit that does not bind", [[1]], [2], 9),
        case("one weight, H = [[1]], best 2, a strict limit", [[1]], [2], 1e-7),
        case("two weights", [[1, -0.8], [-0.8, 1]], [2, 1], 1),
        case("two weights, a flat and a steep direction", [[1, 0], [0, 0.01]], [1, 3], 2),
        case("five weights", A @ A.T / 5 + 0.1 * torch.eye(5), torch.arange(5), 10),
        case("a limit that does not bind", [[2, 1], [1, 2]], [1, -1], 2.5),
        case("a steep loss", [[500, 0], [0, 300]], [1, 1], 0.5),
    ]
    hint = "the length falls as the decay rises: close in on it from both sides"
    return compare(function, reference, cases, hint=hint, rtol=2e-3, atol=1e-4)


def balance(function: Function) -> Verdict:
    """``function(W1, b1, W2)``: the same network, its units rescaled to the smallest length."""

    def run(function: Function, *given: Tensor) -> float:
        W1, b1, W2 = given
        try:
            parts = list(function(*(part.clone() for part in given)))
        except TypeError:
            raise Wrong("expected three tensors: W1, b1, W2") from None
        if len(parts) != 3:
            raise Wrong(f"expected three tensors, you returned {len(parts)}")
        found = [numbers_of(part, "three tensors of numbers") for part in parts]
        for name, part, old in zip(("W1", "b1", "W2"), found, given):
            if part.shape != old.shape:
                raise Wrong(f"{name} has shape {tuple(part.shape)}, expected {tuple(old.shape)}")
        X = normal(50, len(W1), dtype=torch.float64)
        before, after = ((X @ a + b).relu() @ c for a, b, c in (given, found))
        change = (after - before).abs().max().item()
        if not change < 1e-3 * before.abs().max():
            raise Wrong(f"it is another network: an output changed by {show(change)}")
        into = torch.cat([W1, b1[None]]).norm(dim=0)
        smallest = 2 * (into * W2.norm(dim=1)).sum().item()
        squares = sum(part.square().sum().item() for part in found)
        if squares > smallest * 1.001:
            raise Wrong(f"the same network, of squared length {show(squares)}: it can be smaller")
        return 1.0

    cases = []
    for text, d, m, k, factor in [
        ("one unit", 1, 1, 1, 5.0),
        ("one unit, already balanced but for its bias", 2, 1, 1, 1.0),
        ("four units", 3, 4, 2, 1.0),
        ("units of different size", 4, 6, 3, 3.0),
        ("a long second layer", 5, 8, 2, 0.1),
    ]:
        sizes = factor ** torch.linspace(-1, 1, m, dtype=torch.float64) if m > 1 else factor
        W1, W2 = normal(d, m, dtype=torch.float64) * sizes, normal(m, k, dtype=torch.float64)
        b1 = 2 * normal(m, number=1, dtype=torch.float64) * sizes
        cases.append((f"{text}: W1 {d} x {m}, W2 {m} x {k}", (W1, b1, W2 * factor**-2)))
    hint = "a unit that is c times as large gives c times as much, as long as c is positive"
    return compare(function, lambda *given: 1.0, cases, run=run, hint=hint)
