"""The training loop, evaluation, and the record that a run leaves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import length_hint

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .inputs import check_net, check_run, explained, placed
from .losses import Loss, MeanLoss, is_classification
from .progress import Progress

PairsOfXY = Iterable[tuple[Tensor, Tensor]]  # Batches, a DataLoader, or a list of batches


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
        """The last accuracies and losses, epochs, seconds, samples per second.

        One line, or two where accuracies and losses of both sets leave no room for the rest in
        the 78 columns of a page.
        """
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
        end = "\n" if self.train_accuracy and self.test_accuracy else ", "
        time = f"{epochs} epoch{'s' * (epochs > 1)} in {seconds:.1f} s, {rate:,.0f} samples/s"
        return ", ".join(parts) + end + time


def fit(
    net: nn.Module,
    train: PairsOfXY,
    test: PairsOfXY | None = None,
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
            Class weights and ignored labels are taken into account where it is torch's own.
        callbacks: each is called with the history after every epoch.
        progress: show a bar, and at the end the summary of the history.

    Returns:
        losses, accuracies and seconds of every epoch.

    Raises:
        FloatingPointError: the loss of a batch is not finite; names epoch, batch and rate.
        ValueError: there is no batch to learn from, a label names no class, scores and labels
            have shapes that do not fit, or the optimizer belongs to another network.

    Whatever ends a run early, Ctrl-C or the Stop button too, carries the epochs so far as
    ``.history``; in a notebook that is ``sys.last_value.history``.

    Built in :doc:`/chapters/pytorch-workbench/training-loop`.
    """
    check_run(net, optimizer, loss, epochs, train=train, test=test, callbacks=callbacks)
    history, loss = History(epochs), MeanLoss(loss)
    with _kept(history), Progress(epochs * length_hint(train), shown=progress) as bar, explained():
        for epoch in range(1, epochs + 1):
            start = time.perf_counter()
            net.train()
            totals = _Totals(loss)
            for X, y in placed(train, net, "train"):
                scores = net(X)
                batch_loss = loss(scores, y)
                optimizer.zero_grad()
                batch_loss.backward()
                optimizer.step()
                torch.clear_autocast_cache()  # or the old weights would be used again
                totals.add(batch_loss.detach(), scores.detach(), y)
                bar.update()
            totals.check(epoch, optimizer.param_groups[0]["lr"])
            seconds = time.perf_counter() - start
            tested = None if test is None else _evaluate(net, test, loss, "test")
            totals.store(history.train_loss, history.train_accuracy)
            if tested is not None:
                tested.store(history.test_loss, history.test_accuracy)
            history.seconds.append(seconds)
            history.samples.append(totals.samples)
            if epoch == epochs:
                bar.close(history.summary())  # a callback may draw, and that stands below
            for callback in callbacks:
                callback(history)
    return history


def evaluate(
    net: nn.Module, batches: PairsOfXY, *, loss: Loss = F.cross_entropy
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
    check_net(net)
    totals = _evaluate(net, batches, MeanLoss(loss), "batches")
    return totals.loss, totals.accuracy


def _evaluate(net: nn.Module, batches: PairsOfXY, loss: MeanLoss, name: str) -> _Totals:
    modes = [(module, module.training) for module in net.modules()]
    totals = _Totals(loss)
    net.eval()
    try:
        with torch.no_grad(), explained():
            for X, y in placed(batches, net, name):
                scores = net(X)
                totals.add(loss(scores, y), scores, y)
    finally:
        for module, training in modes:
            module.training = training
    totals.check_not_empty(f"{name}: expected at least one sample")
    return totals


class _Totals:
    """Sums over labels, kept on the device; read once, at the end of a pass."""

    def __init__(self, loss: MeanLoss) -> None:
        self.samples = 0
        self._mean = loss
        self._losses: list[Tensor] = []  # of each batch: its mean loss, the weight of that mean,
        self._weights: list[int | Tensor] = []
        self._hits: list[Tensor] = []  # the right answers, and of how many
        self._labels: list[int | Tensor] = []

    def add(self, loss: Tensor, scores: Tensor, y: Tensor) -> None:
        labels, weight = self._mean.count(y)
        self.samples += len(y)
        self._losses.append(loss)
        self._weights.append(weight)
        if is_classification(scores, y):
            right = scores.argmax(dim=1) == y
            if self._mean.ignored >= 0:
                right &= y != self._mean.ignored
            self._hits.append(right.sum())
            self._labels.append(labels)

    @property
    def loss(self) -> float:
        losses, weights = _numbers(self._losses), _numbers(self._weights)
        counted = weights > 0  # a batch whose labels are all ignored has the loss 0 / 0
        return ((losses * weights)[counted].sum() / weights.sum()).item()

    @property
    def accuracy(self) -> float:
        if not self._hits:
            return math.nan
        return (_numbers(self._hits).sum() / _numbers(self._labels).sum()).item()

    def store(self, losses: list[float], accuracies: list[float]) -> None:
        losses.append(self.loss)
        if self._hits:
            accuracies.append(self.accuracy)

    def check_not_empty(self, expected: str) -> None:
        if not self.samples:
            raise ValueError(
                f"{expected}, found none; is the data set empty, or a generator already used up?"
            )
        if not _numbers(self._weights).sum():
            raise ValueError(f"{expected} with a label that counts, found only ignored ones")

    def check(self, epoch: int, learning_rate: float) -> None:
        self.check_not_empty("train: expected at least one batch")
        bad = _numbers(self._losses).isfinite().logical_not() & (_numbers(self._weights) > 0)
        if bad.any():
            batch = int(bad.nonzero()[0])
            raise FloatingPointError(
                f"the loss became {self._losses[batch].item()} in epoch {epoch}, "
                f"batch {batch + 1} of {len(self._losses)}, at learning rate {learning_rate:g}; "
                "try a rate ten times smaller, and check the inputs for nan"
            )


def _numbers(values: list[int | Tensor]) -> Tensor:
    whole = isinstance(values[0], int)
    return (torch.tensor(values) if whole else torch.stack(values)).cpu().double()


@contextmanager
def _kept(history: History) -> Iterator[None]:
    """Give the history to whatever ends the block early."""
    try:
        yield
    except BaseException as stop:
        stop.history = history
        raise
