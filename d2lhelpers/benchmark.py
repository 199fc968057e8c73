"""One protocol for all networks of the book: the same pictures, each at its own best rate."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .batches import Batches
from .cost import layer_costs
from .data import ImageSet
from .device import device, seed
from .training import evaluate, fit

Pair = tuple[Tensor, Tensor]
RATES = (0.001, 0.003, 0.01)


class Row(NamedTuple):
    """What :func:`benchmark` found out about a network; printed as one row of a table.

    Attributes:
        name: of the network.
        parameters: how many it has.
        multiply_adds: for one picture.
        valid: accuracy on the validation pictures at each rate, in [0, 1].
        rate: the one of the highest.
        test: accuracies of the starts at this rate, in [0, 1].
        seconds: of one run, their mean.
    """

    name: str
    parameters: int
    multiply_adds: int
    valid: dict[float, float]
    rate: float
    test: list[float]
    seconds: float

    def __str__(self) -> str:
        """Name, parameters, multiply-adds, and the accuracies of all starts."""
        accuracies = " ".join(f"{accuracy:.3f}" for accuracy in self.test)
        return f"{self.name:12} {self.parameters:9,} {self.multiply_adds:11,}   {accuracies}"


def benchmark(
    name: str,
    new: Callable[[], nn.Module],
    train: ImageSet,
    test: ImageSet,
    *,
    rates: Sequence[float] = RATES,
    starts: int = 3,
) -> Row:
    """Train ``new()`` at several rates, and at the best of them from several starts.

    Learns from 6,400 pictures of ``train`` in three epochs of batches of 64 with Adam, chooses
    the rate on 2,000 others of ``train``, and looks at 2,000 pictures of ``test`` at the end.
    Weights of linear layers and convolutions start by the rule of He, biases at zero. Which
    pictures these are, and the seeds, are the same for all networks. Smaller sets are cut in
    the same proportions.

    Args:
        name: to be printed.
        new: gives a new network from (B, C, H, W) pictures to (B, classes) scores.
        train: to learn from and to choose on.
        test: to judge with.
        rates: of Adam, to choose from.
        starts: how many runs at the best rate, at least 1; the first is the one that chose it.

    Built in :doc:`/chapters/modern-cnns/alexnet`.
    """
    learn, valid, judge = splits(train, test)

    def run(lr: float, number: int) -> tuple[float, nn.Module, float]:
        torch.manual_seed(seed(number))
        net = new().apply(he_start).to(device(), memory_format=torch.channels_last)
        optimizer, start = torch.optim.Adam(net.parameters(), lr=lr), time.perf_counter()
        fit(net, Batches(*learn, 64, shuffle=True), optimizer=optimizer, epochs=3, progress=False)
        return evaluate(net, Batches(*valid, 500))[1], net, time.perf_counter() - start

    first = {lr: run(lr, 0) for lr in rates}
    best = max(rates, key=lambda lr: first[lr][0])
    runs = [first[best]] + [run(best, number) for number in range(1, starts)]
    costs = layer_costs(runs[0][1], learn[0][:1].to(device()))
    return Row(
        name,
        sum(p.numel() for p in runs[0][1].parameters()),
        sum(cost.multiply_adds for cost in costs),
        {lr: accuracy for lr, (accuracy, _, _) in first.items()},
        best,
        [evaluate(net, Batches(*judge, 500))[1] for _, net, _ in runs],
        sum(seconds for _, _, seconds in runs) / len(runs),
    )


def splits(train: ImageSet, test: ImageSet) -> tuple[Pair, Pair, Pair]:
    """Pictures and labels to learn from, to choose on, and to judge with.

    At most 6,400, 2,000 and 2,000 of them, drawn by lot; at most 7 and 2 of 10 of ``train``.
    """
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed(0)))
    learn, valid = min(6_400, len(train) * 7 // 10), min(2_000, len(train) * 2 // 10)
    parts = order[:learn], order[learn : learn + valid]
    chosen = [(train.images[part], train.labels[part]) for part in parts]
    return (*chosen, (test.images[:2_000], test.labels[:2_000]))


def he_start(layer: nn.Module) -> None:
    """Draw the weights of a linear layer or a convolution by the rule of He, with biases of 0.

    Leaves other layers as they are, so that ``net.apply(he_start)`` starts a whole network.

    Built in :doc:`/chapters/numerical-stability/variance-preserving-initialization`.
    """
    if isinstance(layer, (nn.Linear, nn.Conv2d)):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
