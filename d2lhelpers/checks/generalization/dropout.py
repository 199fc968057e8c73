"""Checks for the exercises on dropout."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from ..bans import Watch
from ..core import Verdict, Wrong, compare, compare_values, normal, numbers_of, show

Function = Callable[..., Any]


def absent(answers: dict[str, Any]) -> Verdict:
    """What absence does to one number, and what noise adds to the loss of a linear model."""
    right = {
        "mean": 4.0,
        "variance": 16 * 0.2 / 0.8,
        "added by noise": 0.5 * (1 + 4),
        "added by dropout": (2 * 1) ** 2 + (1 * 4) ** 2,
    }
    hint = "the mean is kept; a dropped number adds its square times p / (1 - p)"
    return compare_values(answers, right, hint=hint)


def dropout(function: Function) -> Verdict:
    """``function(X, p, training)``: zeros with probability p, the rest divided by 1 - p."""

    def look(name: str, arguments: tuple) -> None:
        if "dropout" in name:
            raise Wrong("the task is to be solved without PyTorch's dropout")

    def run(function: Function, X: Tensor, p: float, training: bool) -> float:
        torch.manual_seed(0)  # whoever draws, draws the same in every run of the check
        before = X.detach().clone()
        with Watch(look):
            first = function(X, p, training)
        if first is not None and not isinstance(first, Tensor):
            raise Wrong(f"expected a tensor, you returned a value of type {type(first).__name__}")
        found = numbers_of(first, f"numbers of shape {tuple(X.shape)}")
        if found.shape != X.shape:
            raise Wrong(f"expected shape {tuple(X.shape)}, you returned {tuple(found.shape)}")
        if not torch.equal(X, before):
            raise Wrong("your function changed X")
        if first.dtype != X.dtype:
            raise Wrong(f"expected {X.dtype} as in X, you returned {first.dtype}")
        if not training or p == 0:
            _same(found, X.double())
            if not first.requires_grad or torch.autograd.grad(first.sum(), X)[0].ne(1).any():
                raise Wrong("no gradient of 1 flows through what comes back unchanged")
            return 1.0
        if p == 1:
            _same(found, torch.zeros_like(found))
            return 1.0
        kept = found != 0
        ratio = (found / X)[kept]
        if not torch.allclose(ratio, torch.full_like(ratio, 1 / (1 - p)), rtol=1e-4):
            raise Wrong(
                f"the numbers that are left are {show(ratio.mean().item())} times those of X, "
                f"expected {show(1 / (1 - p))} times"
            )
        share = 1 - kept.double().mean().item()
        if abs(share - p) > 0.03:
            raise Wrong(f"a share of {show(share)} of the numbers is zero, expected about {p:g}")
        for axis, name in ((0, "row"), (1, "column")):
            lines = kept.transpose(0, axis)
            if len(lines.unique(dim=0)) < len(lines):
                raise Wrong(f"two {name}s have their zeros in the same places")
            spread = lines.double().sum(dim=1).var() / (lines.shape[1] * p * (1 - p))
            if spread < 0.3:
                raise Wrong(
                    f"all {name}s have nearly the same number of zeros; each number is to be drawn"
                )
        again = numbers_of(function(X, p, training), "numbers") != 0
        if torch.equal(kept, again):
            raise Wrong("a second call has its zeros in the same places")
        if kept.sum() == again.sum() == round((1 - p) * X.numel()):
            raise Wrong("the number of zeros is the same in every call; each number is to be drawn")
        if X.requires_grad:
            if not first.requires_grad:
                raise Wrong("no gradient flows through it")
            slope = torch.autograd.grad(first.sum(), X)[0].double()
            if not torch.allclose(slope, kept.double() / (1 - p), rtol=1e-4, atol=1e-6):
                raise Wrong("the gradient is not 1 / (1 - p) where a number is left, else 0")
        return 1.0

    def inputs(dtype: torch.dtype = torch.float32, grad: bool = True) -> Tensor:
        X = normal(200, 100, dtype=torch.float64)
        X = torch.where(X.abs() < 0.01, torch.full_like(X, 0.5), X).to(dtype)
        return X.requires_grad_(grad)

    cases = [
        ("in training, p = 0.5", (inputs(), 0.5, True)),
        ("in training, p = 0.2", (inputs(), 0.2, True)),
        ("in training, p = 0.9, numbers of type float64", (inputs(torch.float64), 0.9, True)),
        ("in training, p = 0", (inputs(), 0.0, True)),
        ("in training, p = 1", (inputs(grad=False), 1.0, True)),
        ("in evaluation, p = 0.5", (inputs(), 0.5, False)),
        ("in evaluation, p = 1", (inputs(), 1.0, False)),
    ]
    hint = "draw a number between 0 and 1 for each entry of X, and compare it with p"
    return compare(function, lambda *given: 1.0, cases, run=run, hint=hint)


def _same(found: Tensor, expected: Tensor) -> None:
    if not torch.allclose(found, expected.detach(), rtol=1e-5, atol=1e-7):
        place = (found - expected).abs().nan_to_num(torch.inf).argmax()
        wanted, given = expected.flatten()[place], found.flatten()[place]
        raise Wrong(f"expected {show(wanted.detach())}, you returned {show(given)}")


def predict_mc(function: Function) -> Verdict:
    """``function(net, X, T)``: the mean of the probabilities of T passes with dropout at work."""

    def run(function: Function, net: nn.Sequential, X: Tensor, T: int) -> float:
        torch.manual_seed(0)
        modes = [part.training for part in net.modules()]
        answer = function(net, X, T)
        if [part.training for part in net.modules()] != modes:
            raise Wrong("a part of the network is in another mode than before")
        found = numbers_of(answer, "probabilities")
        last, drop = net[-1], next(d for d in net.modules() if isinstance(d, nn.Dropout))
        given = last(X * 2) if drop.p else last(X)  # the unit is doubled, or absent
        here, gone = (s.detach().double().softmax(dim=1) for s in (given, last(X * 0)))
        if found.shape != here.shape:
            raise Wrong(
                f"expected shape {tuple(here.shape)}, you returned shape {tuple(found.shape)}"
            )
        if not torch.allclose(found.sum(dim=1), torch.ones(len(X)).double(), atol=1e-3):
            raise Wrong(f"a row sums to {show(found.sum(dim=1)[0])}")
        if not drop.p:
            if not torch.allclose(found, here, atol=1e-4):
                raise Wrong(f"expected {show(here[0])}, you returned {show(found[0])}")
            return 1.0
        apart = here - gone
        times = ((found - gone) * apart).sum(dim=1) / apart.square().sum(dim=1)  # share here
        off = (found - gone - times[:, None] * apart).abs().max()
        if off > 1e-3 or (times * T - (times * T).round()).abs().max() > 1e-2 * T**0.5:
            raise Wrong(
                "no mean of the probabilities of "
                f"{T} pass{'es' * (T > 1)} with dropout at work is {show(found[0])}"
            )
        if not (abs(times - 0.5) < 2.5 / T**0.5).all():
            raise Wrong("the masks of the passes are not independent, or T is another number")
        return 1.0

    def case(text: str, T: int, p: float = 0.5, training: bool = False) -> tuple[str, tuple]:
        net = nn.Sequential(nn.Dropout(p), nn.Linear(1, 3)).train(training)
        with torch.no_grad():
            net[1].weight.copy_(torch.tensor([[2.0], [0.0], [-1.5]]))
            net[1].bias.copy_(torch.tensor([-1.0, 0.5, 0.0]))
        return f"{text}, T = {T}", (net, torch.tensor([[1.0], [0.8], [1.5], [2.0]]), T)

    text, (mixed, X, T) = case("its layers in different modes", 5)
    mixed[1].train()
    nested = nn.Sequential(nn.Sequential(nn.Dropout(0.5)), deepcopy(mixed[1])).eval()
    cases = [
        case("a network in evaluation", 1),
        case("a network in evaluation", 3),
        case("a network in training", 4, training=True),
        (text, (mixed, X, T)),
        ("its dropout inside a part, T = 6", (nested, X, 6)),
        case("many passes", 2000),
        case("a network whose dropout has p = 0", 2, p=0.0),
    ]
    hint = "softmax first, then the mean; in evaluation dropout lets everything pass"
    return compare(function, lambda *given: 1.0, cases, run=run, hint=hint)


def dropout_ridge(function: Function) -> Verdict:
    """``function(X, y, p)``: the weights with the smallest mean squared error under dropout."""

    def reference(X: Tensor, y: Tensor, p: float) -> Tensor:
        A = X.T @ X
        return torch.linalg.solve(A + p / (1 - p) * A.diagonal().diag(), X.T @ y)

    cases = []
    for text, n, d, p, size in [
        ("one input", 5, 1, 0.5, 1.0),
        ("no dropout", 20, 3, 0.0, 1.0),
        ("three inputs", 30, 3, 0.2, 1.0),
        ("inputs of different size", 40, 4, 0.5, 5.0),
        ("twice as many samples as inputs", 12, 6, 0.8, 2.0),
        ("inputs that are not centered", 25, 2, 0.3, 1.0),
    ]:
        X = normal(n, d, dtype=torch.float64) * size ** torch.arange(d)
        X = X + 2 * ("centered" in text)
        y = (X / X.norm(dim=0)).sum(dim=1) + 0.1 * normal(n, dtype=torch.float64)
        cases.append((f"{text}: X {n} x {d}, p = {p:g}", (X, y, p)))
    hint = "write the loss as a squared error and a price on each weight; set its gradient to 0"
    return compare(function, reference, cases, hint=hint, rtol=1e-3)


def for_the_day(function: Function) -> Verdict:
    """``function(net)``: a network without dropout, for one that was trained without rescaling."""

    def run(function: Function, net: nn.Sequential, X: Tensor) -> Tensor:
        before = deepcopy(net.state_dict())
        found = function(net)
        if found is None:
            raise Wrong("your function returned nothing")
        if not isinstance(found, nn.Module):
            raise Wrong(f"expected a network, you returned {type(found).__name__}")
        if any(not torch.equal(old, net.state_dict()[name]) for name, old in before.items()):
            raise Wrong("your function changed the weights of the network that it got")
        if any(isinstance(part, nn.Dropout) for part in found.modules()):
            raise Wrong("a dropout layer is left in it")
        kinds = {type(layer) for layer in found} if isinstance(found, nn.Sequential) else {None}
        if not kinds <= {nn.Linear, nn.ReLU}:
            raise Wrong("expected an nn.Sequential of nn.Linear and nn.ReLU alone")
        if {*map(id, found.parameters())} & {*map(id, net.parameters())}:
            raise Wrong("your network shares weights with the one that it got")
        return found(X).detach()

    def reference(net: nn.Sequential, X: Tensor) -> Tensor:
        for layer in net:
            X = X * (1 - layer.p) if isinstance(layer, nn.Dropout) else layer(X)
        return X.detach()

    def case(text: str, *layers: nn.Module) -> tuple[str, tuple]:
        number = 0
        for layer in layers:
            if isinstance(layer, nn.Linear):
                with torch.no_grad():
                    for parameter in layer.parameters():
                        number += 1
                        parameter.copy_(normal(*parameter.shape, number=number))
        return text, (nn.Sequential(*layers), normal(6, 3))

    relu = nn.ReLU()
    cases = [
        case("no dropout", nn.Linear(3, 4), relu, nn.Linear(4, 2)),
        case("one dropout, p = 0.5", nn.Linear(3, 4), relu, nn.Dropout(0.5), nn.Linear(4, 2)),
        case("p = 0.2", nn.Linear(3, 4), relu, nn.Dropout(0.2), nn.Linear(4, 2, bias=False)),
        case("dropout before the ReLU", nn.Linear(3, 4), nn.Dropout(0.3), relu, nn.Linear(4, 2)),
        case("dropout of the inputs", nn.Dropout(0.1), nn.Linear(3, 4), relu, nn.Linear(4, 2)),
        case(
            "three rooms, of which the second is never short of staff",
            *(nn.Linear(3, 5), relu, nn.Dropout(0.5), nn.Linear(5, 5), relu),
            *(nn.Linear(5, 4), relu, nn.Dropout(0.25), nn.Linear(4, 2)),
        ),
        case(
            "two dropouts in a row",
            *(nn.Linear(3, 4), nn.Dropout(0.5), relu, nn.Dropout(0.2), nn.Linear(4, 2)),
        ),
    ]
    hint = "the layer after a dropout saw numbers that were smaller on average, its bias did not"
    return compare(function, reference, cases, run=run, hint=hint)
