"""Checks for the exercises of Part 4, the PyTorch workbench."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .core import Verdict, compare, compare_values

Function = Callable[..., Any]


def _random(*shape: int, number: int = 0) -> Tensor:
    """Normal numbers; another ``number``, other entries."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(number))


def _count(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


# Modules and layers


def predict_shapes(answers: dict[str, Any]) -> Verdict:
    """Sides, inputs and parameters of a small network for 28 x 28 pictures."""
    right = {
        "side after the first convolution": 28,
        "side after pooling": 14,
        "side after the second convolution": 5,
        "inputs of the linear layer": 500,
        "parameters": 11_150,
    }
    hint = "one layer at a time: the formula, rounded down; weights per output, plus its bias"
    return compare_values(answers, right, hint=hint, rtol=0, atol=0.5)


def smallest_side(function: Function) -> Verdict:
    """``function(layers)`` for triples ``(K, P, S)``."""

    def reference(layers: list[tuple[int, int, int]]) -> int:
        side = 1
        for K, P, S in reversed(layers):
            side = max(1, (side - 1) * S + K - 2 * P)
        return side

    copied = [(5, 0, 1), (2, 0, 2), (5, 0, 1), (2, 0, 2)]
    large = [(11, 2, 4), (3, 0, 2), (5, 2, 1), (3, 0, 2)]
    stacks = [copied[:1], copied[:2], copied, [(3, 1, 1), (3, 1, 2)], large, [(3, 2, 1)]]
    cases = [(f"layers {layers}", (layers,)) for layers in stacks]
    hint = "go backwards: how many cells does a layer need to give so many places?"
    return compare(function, reference, cases, hint=hint, rtol=0)


def stack(network: Function) -> Verdict:
    """``network(sizes)``: how many numbers it learns, and what it computes."""

    def answer(sizes: list[int], what: str) -> Any:
        torch.manual_seed(0)
        net = network(sizes)
        if net is None:
            return None
        return net(_random(6, sizes[0])) if what == "outputs" else _count(net)

    def reference(sizes: list[int], what: str) -> Any:
        if what == "parameters":
            return sum(a * b + b for a, b in pairwise(sizes))
        X = _random(6, sizes[0])
        torch.manual_seed(0)
        layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
        for layer in layers[:-1]:
            X = layer(X).relu()
        return layers[-1](X).detach()

    cases = [
        (f"{what} of sizes {sizes}", (sizes, what))
        for what in ("parameters", "outputs")
        for sizes in ([4, 2], [4, 3, 2], [5, 4, 4, 1])
    ]
    hint = "print list(net.children()): which modules does the network know of?"
    return compare(answer, reference, cases, hint=hint)


def standardize(module: Function) -> Verdict:
    """``module(mean, std)``: outputs, state dict and parameters."""
    mean, std = torch.tensor([0.5, 0.1, -1.0]), torch.tensor([2.0, 0.5, 0.1])

    def outputs(batch: int, height: int) -> Tensor | None:
        net = module(mean, std)
        return net if net is None else net(_random(batch, 3, height, 5))

    def reference(batch: int, height: int) -> Tensor:
        X = _random(batch, 3, height, 5)
        return torch.stack([(X[:, c] - mean[c]) / std[c] for c in range(3)], dim=1)

    cases = [(f"pictures of shape ({b}, 3, {h}, 5)", (b, h)) for b, h in [(1, 5), (4, 2), (2, 4)]]
    verdict = compare(outputs, reference, cases, hint="mean[:, None, None] has shape (C, 1, 1)")
    if not verdict:
        return verdict
    net = module(mean, std)
    names, learned = sorted(net.state_dict()), len(list(net.parameters()))
    if names == ["mean", "std"] and not learned:
        return verdict
    return Verdict(
        False,
        f"expected a state dict of mean and std and no parameters, found {names} and {learned} "
        "parameters\n  Hint: a plain attribute is not stored, and a Parameter learns",
    )


# Datasets and data loaders


def count_batches(answers: dict[str, Any]) -> Verdict:
    """50,000 pictures of 3 x 32 x 32 numbers of four bytes, in batches of 128."""
    right = {
        "batches in an epoch": 391,
        "pictures in the last batch": 80,
        "batches with drop_last": 390,
        "bytes in a full batch": 1_572_864,
    }
    hint = "how often does 128 fit into 50,000, what remains, and how many numbers has a picture?"
    return compare_values(answers, right, hint=hint, rtol=0, atol=0.5)


def windows(dataset: Function) -> Verdict:
    """``dataset(series, length)``: its length, and every item, against slices written out."""

    def answer(series: Tensor, length: int) -> Any:
        found = dataset(series, length)
        items = [] if found is None else [found[i] for i in range(len(found) or 0)]
        if not items or None in [item if item is None else 0 for item in items]:
            return None
        return torch.stack([torch.cat([x, torch.as_tensor(y).reshape(1)]) for x, y in items])

    cases = [
        ("the series 0, 1, ..., 5 and length=2", (torch.arange(6.0), 2)),
        ("the series 0, 1, ..., 5 and length=5", (torch.arange(6.0), 5)),
        ("a random series of 30 and length=7", (_random(30), 7)),
    ]
    hint = "the last window must still have a number behind it; write out length=2 by hand"
    return compare(answer, lambda series, n: series.unfold(0, n + 1, 1), cases, hint=hint)


def prepare(function: Function) -> Verdict:
    """``function(train, test)``, both standardized by the training pictures' channels.

    A standard deviation that divides by n and not by n - 1 is accepted.
    """

    def both(pair: Any) -> Any:
        return torch.cat([x.flatten() for x in pair]) if isinstance(pair, (tuple, list)) else pair

    def reference(train: Tensor, test: Tensor) -> Tensor:
        parts = [train, test]
        for c in range(train.shape[1]):
            mean, std = train[:, c].mean(), train[:, c].std()
            for part in parts:
                part[:, c] = (part[:, c] - mean) / std
        return both(parts)

    scale = torch.tensor([1.0, 5.0, 0.2])[:, None, None]
    cases = []
    for n, m, c in [(8, 4, 1), (10, 6, 3), (5, 1, 3)]:
        pair = _random(n, c, 4, 4) * scale[:c] + 2, _random(m, c, 4, 4, number=1) * scale[:c]
        cases.append((f"{n} training and {m} test pictures, channels: {c}", pair))
    hint = "which pictures may the numbers come from, and how many numbers per channel?"
    return compare(
        lambda *sets: both(function(*sets)), reference, cases, hint=hint, rtol=1e-2, atol=1e-4
    )


def pad(function: Function) -> Verdict:
    """``function(samples)`` for pairs of a sequence and a label: (B, longest) and (B,)."""

    def joined(answer: Any) -> Any:
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            return answer
        padded, labels = (torch.as_tensor(part) for part in answer)
        return torch.cat([padded, labels.reshape(-1, 1)], dim=1)

    def reference(samples: list[tuple[Tensor, int]]) -> Tensor:
        padded = nn.utils.rnn.pad_sequence([x for x, _ in samples], batch_first=True)
        return joined((padded, [label for _, label in samples]))

    cases = [
        (f"sequences of lengths {lengths}", ([(_random(n) + 9, n % 3) for n in lengths],))
        for lengths in ([3], [2, 2], [1, 4, 2], [5, 1, 1, 3])
    ]
    hint = "the longest one of the batch decides; zeros go behind the others"
    return compare(lambda samples: joined(function(samples)), reference, cases, hint=hint)


# The training loop


def momentum_by_hand(answers: dict[str, Any]) -> Verdict:
    """A constant gradient of 1, learning rate 0.1, momentum 0.9, start at 0."""
    right = {"w after 1 step": -0.1, "w after 2 steps": -0.29, "w after 3 steps": -0.561,
             "length of a late step": 1.0}  # fmt: skip
    hint = "the velocity is 1, then 0.9 * 1 + 1, and so on; w moves by lr times it"
    return compare_values(answers, right, hint=hint)


def _batches(*sizes: int) -> list[tuple[Tensor, Tensor]]:
    X, y = _random(sum(sizes), 3), _random(sum(sizes), 1, number=1)
    return list(zip(X.split(list(sizes)), y.split(list(sizes))))


def _linear() -> nn.Linear:
    net = nn.Linear(3, 1)
    nn.init.constant_(net.weight, 0.5)
    nn.init.constant_(net.bias, 0.25)
    return net


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
        return result if result is None or what == "mean loss" else net.weight.detach()

    cases = [
        (f"batches of sizes {sizes}, {what}", (sizes, what))
        for sizes in [(4,), (4, 4), (6, 6, 1)]
        for what in ("weights afterward", "mean loss")
    ]
    hint = "when must .grad be empty, and for how many samples does a mean stand?"
    return compare(
        lambda *case: after(function, *case), lambda *case: after(_learn, *case), cases, hint=hint
    )


def big_step(function: Function) -> Verdict:
    """``function(net, optimizer, batches, loss)``: one step, as if the batches were one."""

    def after(step: Function, sizes: tuple[int, ...], joined: bool) -> Tensor:
        net = _linear()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
        for number in range(2):
            batches = _batches(*sizes, number + 1)
            whole = [tuple(map(torch.cat, zip(*batches)))]
            step(net, optimizer, whole if joined else batches, F.mse_loss)
        return net.weight.detach()

    def answer(sizes: tuple[int, ...]) -> Tensor | None:
        weights = after(function, sizes, joined=False)
        return None if torch.equal(weights, _linear().weight) else weights

    cases = [
        (f"weights after a step on batches of sizes {(*n, 1)} and one on {(*n, 2)}", (n,))
        for n in [(4,), (4, 4, 2)]
    ]
    hint = "backward() adds; each batch's mean must count for as many samples as it has"
    return compare(answer, lambda sizes: after(_learn, sizes, joined=True), cases, hint=hint)


def clip(function: Function) -> Verdict:
    """``function(parameters, limit)``: the gradients afterward, against PyTorch's clipping."""

    def after(shorten: Function, gradients: list[Tensor], limit: float) -> Tensor | None:
        parameters = [nn.Parameter(torch.zeros_like(gradient)) for gradient in gradients]
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient.clone()
        shorten(parameters, limit)
        before, found = (
            torch.cat([tensor.flatten() for tensor in tensors])
            for tensors in (gradients, [parameter.grad for parameter in parameters])
        )
        untouched = torch.equal(before, found) and before.norm() > limit
        return None if untouched else found

    three, four = torch.tensor([3.0]), torch.tensor([4.0])
    cases = [
        ("gradients [3] and [4], limit 1", ([three, four], 1.0)),
        ("gradients [3] and [4], limit 6", ([three, four], 6.0)),
        ("gradients [3] and [4], limit 3.5", ([three, four], 3.5)),
        ("random gradients of shapes (2, 3) and (4,)", ([_random(2, 3), _random(4)], 0.1)),
    ]
    hint = "one length for all entries of all gradients, and one factor; short ones stay"
    return compare(
        lambda *case: after(function, *case),
        lambda *case: after(nn.utils.clip_grad_norm_, *case),
        cases,
        hint=hint,
    )
