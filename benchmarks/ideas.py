"""Ideas that might make an epoch faster, each measured beside the program as it is.

    python benchmarks/ideas.py [--rounds 7] [--only LeNet]

Prints a table: seconds as it is, seconds with the idea, and their ratio (above 1: it helps).
Rounds are interleaved as in `bench.py`. Uses random images: no data are needed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator

import torch
from measuring import measure, ratio
from programs import NETWORKS, Job, bare_epoch, drain, plain_epoch
from torch import Tensor, nn

from d2lhelpers.data import Batches
from d2lhelpers.training import fit

SAMPLES, BATCH_SIZE = 60_000, 256
Pair = tuple[Job, Job]


def trainer(
    name: str,
    batches: object,
    change: Callable[[nn.Module], nn.Module] = lambda net: net,
    epoch: Callable = bare_epoch,
    **settings: bool,
) -> Job:
    """An epoch of a network, from the same start; ``change`` and ``settings`` are the idea."""
    torch.manual_seed(0)
    net = change(NETWORKS[name]())
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, **settings)
    return lambda: epoch(net, batches, optimizer)


def fitted(net: nn.Module, batches: object, optimizer: torch.optim.Optimizer) -> None:
    """An epoch of the helper."""
    fit(net, batches, optimizer=optimizer, epochs=1, progress=False)


def with_threads(number: int, job: Job) -> Job:
    """The job with another number of threads."""

    def run() -> None:
        before = torch.get_num_threads()
        torch.set_num_threads(number)
        job()
        torch.set_num_threads(before)

    return run


def ideas(X: Tensor, y: Tensor) -> Iterator[tuple[str, Pair]]:
    """Name of an idea, the job as it is, and the job with the idea."""
    batches = Batches(X, y, BATCH_SIZE, shuffle=True)
    cut = list(batches)

    def slices_of_a_copy() -> None:
        order = torch.randperm(len(y))
        drain(zip(X[order].split(BATCH_SIZE), y[order].split(BATCH_SIZE), strict=True))

    def rising_rows() -> None:
        for rows in torch.randperm(len(y)).split(BATCH_SIZE):
            rows = rows.sort().values
            X.index_select(0, rows), y.index_select(0, rows)

    yield "loading: slices of a shuffled copy", (lambda: drain(batches), slices_of_a_copy)
    yield "loading: rows of a batch in rising order", (lambda: drain(batches), rising_rows)
    for name in NETWORKS:
        yield (
            f"{name}: batches cut beforehand",
            (trainer(name, batches, epoch=fitted), trainer(name, cut, epoch=fitted)),
        )
        yield (
            f"{name}: a bare loop in place of fit",
            (trainer(name, cut, epoch=fitted), trainer(name, cut)),
        )
        plain = trainer(name, cut)
        yield (
            f"{name}: no wait for loss and hits",
            (trainer(name, cut, epoch=plain_epoch), plain),
        )
        for setting in ("foreach", "fused"):
            yield f"{name}: SGD({setting}=True)", (plain, trainer(name, cut, **{setting: True}))
        yield f"{name}: one thread", (plain, with_threads(1, plain))
    last = [(images.to(memory_format=torch.channels_last), labels) for images, labels in cut]
    yield (
        "LeNet: channels_last",
        (
            trainer("LeNet", cut),
            trainer("LeNet", last, lambda net: net.to(memory_format=torch.channels_last)),
        ),
    )
    for name in NETWORKS:
        yield f"{name}: torch.compile", (trainer(name, cut), trainer(name, cut, torch.compile))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="a word that the idea's name contains")
    options = parser.parse_args()
    torch.manual_seed(0)
    X, y = torch.rand(SAMPLES, 1, 28, 28), torch.randint(10, (SAMPLES,))
    print("| Idea | as it is | with it | ratio | first epoch with it |")
    print("| :-- | --: | --: | --: | --: |")
    for name, (plain, changed) in ideas(X, y):
        if options.only.lower() not in name.lower():
            continue
        start = time.perf_counter()
        changed()
        first = time.perf_counter() - start
        seconds = measure({"plain": plain, "changed": changed}, options.rounds)
        before, after = (statistics.median(values) for values in seconds.values())
        gain = ratio(seconds["plain"], seconds["changed"])
        print(
            f"| {name} | {before:.3g} s | {after:.3g} s | {gain:.2f} | {first:.3g} s |",
            flush=True,
        )


if __name__ == "__main__":
    main()
