"""The training loop, evaluation, and the record that a run leaves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass, field
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .progress import Progress

Loss = Callable[[Tensor, Tensor], Tensor]


class SizedBatches(Sized, Protocol):
    """Anything with a length that yields pairs ``X, y``: ``Batches`` or a ``DataLoader``."""

    def __iter__(self) -> Iterable[tuple[Tensor, Tensor]]: ...


@dataclass
class History:
    """What a run of :func:`fit` left behind: one number per epoch in each list.

    Attributes:
        epochs: how many were asked for.
        train_loss: mean loss per sample, measured while the weights were changing.
        train_accuracy: in [0, 1], likewise; empty where labels are not classes.
        test_loss: mean loss per sample after the epoch; empty without test batches.
        test_accuracy: in [0, 1], likewise.
        seconds: wall time of the epoch's training, without evaluation.
        samples: training samples seen in the epoch.
    """

    epochs: int = 0
    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    samples: list[int] = field(default_factory=list)

    def summary(self) -> str:
        """One line: the last accuracies and losses, epochs, seconds, samples per second."""
        if not self.seconds:
            return "no epoch run"
        epochs, seconds = len(self.seconds), sum(self.seconds)
        parts = []
        for name in ("accuracy", "loss"):
            train, test = getattr(self, f"train_{name}"), getattr(self, f"test_{name}")
            if train:
                parts.append(
                    f"{name} {train[-1]:.4f}" + (f" (test {test[-1]:.4f})" if test else "")
                )
        rate = sum(self.samples) / seconds
        parts.append(f"{epochs} epoch{'s' * (epochs > 1)} in {seconds:.1f} s")
        return ", ".join(parts) + f", {rate:,.0f} samples/s"


def fit(
    net: nn.Module,
    train: SizedBatches,
    test: SizedBatches | None = None,
    *,
    optimizer: torch.optim.Optimizer,
    epochs: int,
    loss: Loss = F.cross_entropy,
    callbacks: Iterable[Callable[[History], None]] = (),
    progress: bool = True,
) -> History:
    """Train ``net`` for a number of epochs.

    Works unchanged on a GPU, inside ``torch.autocast``, and for a ``net`` wrapped in
    ``DistributedDataParallel``, where every process learns from its own share of the data.

    Args:
        net: the model; batches are moved to the device of its parameters.
        train: batches to learn from.
        test: batches to evaluate on after each epoch, without learning from them.
        optimizer: made from the parameters of ``net``.
        epochs: passes over ``train``.
        loss: takes (B, ...) outputs and (B, ...) labels, gives the mean over the batch.
        callbacks: each is called with the history after every epoch.
        progress: show a bar, and at the end one line that sums up the run.

    Returns:
        losses, accuracies and seconds of every epoch.

    Raises:
        FloatingPointError: the loss of a batch is not finite; names epoch, batch and rate.
        ValueError: there is no batch to learn from, or a label names no class.

    Built in :doc:`/chapters/pytorch-workbench/training-loop`.
    """
    if len(train) == 0:
        raise ValueError("train: expected at least one batch, found none; is the data set empty?")
    history = History(epochs)
    device = _device_of(net)
    with Progress(epochs * len(train), shown=progress) as bar:
        for epoch in range(1, epochs + 1):
            start = time.perf_counter()
            net.train()
            totals = _Totals()
            for X, y in train:
                X, y = X.to(device, non_blocking=True), y.to(device, non_blocking=True)
                scores = net(X)
                batch_loss = _call(loss, scores, y)
                optimizer.zero_grad()
                batch_loss.backward()
                optimizer.step()
                torch.clear_autocast_cache()  # or the old weights would be used again
                totals.add(batch_loss.detach(), scores.detach(), y)
                bar.update()
            totals.check_finite(epoch, optimizer.param_groups[0]["lr"])
            totals.store(history.train_loss, history.train_accuracy)
            history.seconds.append(time.perf_counter() - start)
            history.samples.append(totals.samples)
            if test is not None:
                _evaluate(net, test, loss).store(history.test_loss, history.test_accuracy)
            for callback in callbacks:
                callback(history)
        bar.close(history.summary())
    return history


def evaluate(
    net: nn.Module, batches: SizedBatches, *, loss: Loss = F.cross_entropy
) -> tuple[float, float]:
    """Mean loss per sample and accuracy over all ``batches``, exact for unequal batches.

    Sums losses and hits over the samples and divides once, so that a small last batch counts
    for as many samples as it has. Leaves the mode (``train`` or ``eval``) of ``net`` as it was.

    Args:
        net: maps (B, ...) inputs to (B, classes) scores.
        batches: pairs of inputs and labels.
        loss: gives the mean over a batch.

    Returns:
        loss, and accuracy in [0, 1] (nan where labels are not classes).

    Built in :doc:`/chapters/pytorch-workbench/training-loop`.
    """
    totals = _evaluate(net, batches, loss)
    return totals.loss, totals.accuracy


def _evaluate(net: nn.Module, batches: SizedBatches, loss: Loss) -> _Totals:
    device = _device_of(net)
    modes = [(module, module.training) for module in net.modules()]
    totals = _Totals()
    net.eval()
    try:
        with torch.no_grad():
            for X, y in batches:
                X, y = X.to(device, non_blocking=True), y.to(device, non_blocking=True)
                scores = net(X)
                totals.add(_call(loss, scores, y), scores, y)
    finally:
        for module, training in modes:
            module.training = training
    if not totals.samples:
        raise ValueError("batches: expected at least one sample, found none")
    return totals


class _Totals:
    """Sums over samples, kept on the device; read once, at the end of a pass."""

    def __init__(self) -> None:
        self.losses: list[Tensor] = []
        self.sizes: list[int] = []
        self.hits: list[Tensor] = []

    def add(self, loss: Tensor, scores: Tensor, y: Tensor) -> None:
        self.losses.append(loss)
        self.sizes.append(len(y))
        if not y.is_floating_point() and scores.ndim == y.ndim + 1:
            self.hits.append((scores.argmax(dim=1) == y).sum())

    @property
    def samples(self) -> int:
        return sum(self.sizes)

    @property
    def loss(self) -> float:
        losses = torch.stack(self.losses).cpu().double()
        return (losses * torch.tensor(self.sizes)).sum().item() / self.samples

    @property
    def accuracy(self) -> float:
        if not self.hits:
            return math.nan
        return torch.stack(self.hits).sum().item() / self.samples

    def store(self, losses: list[float], accuracies: list[float]) -> None:
        losses.append(self.loss)
        if self.hits:
            accuracies.append(self.accuracy)

    def check_finite(self, epoch: int, learning_rate: float) -> None:
        bad = torch.stack(self.losses).isfinite().logical_not().nonzero()
        if len(bad):
            batch = bad[0].item()
            raise FloatingPointError(
                f"the loss became {self.losses[batch].item()} in epoch {epoch}, "
                f"batch {batch + 1} of {len(self.losses)}, at learning rate {learning_rate:g}; "
                "try a rate ten times smaller, and check the inputs for nan"
            )


def _device_of(net: nn.Module) -> torch.device:
    return next((parameter.device for parameter in net.parameters()), torch.device("cpu"))


def _call(loss: Loss, scores: Tensor, y: Tensor) -> Tensor:
    try:
        return loss(scores, y)
    except IndexError as error:
        raise ValueError(
            f"labels: expected classes in 0..{scores.shape[1] - 1}, because the network gives "
            f"{scores.shape[1]} scores, found {y.min().item()}..{y.max().item()}"
        ) from error
