"""The jobs of the benchmark, and the four programs that do each of them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from d2lhelpers.data import Batches, ImageSet, load_fashion_mnist
from d2lhelpers.files import download
from d2lhelpers.training import evaluate, fit

FOLDER = Path(__file__).resolve().parent
COLUMNS = ["ours", "d2l", "PyTorch", "limit"]
WORKERS = 4  # as d2l has it
Job = Callable[[], object]


def softmax_regression() -> nn.Module:
    """One linear layer."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


def mlp() -> nn.Module:
    """784-256-10."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


def lenet() -> nn.Module:
    """LeNet-5 as d2l has it: sigmoids and average pooling."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10),
    )  # fmt: skip


NETWORKS = {"softmax": softmax_regression, "MLP": mlp, "LeNet": lenet}


def loaders(batch_size: int) -> dict[str, DataLoader]:
    """Training set, shuffled, and test set, as most tutorials load them."""

    def load(train: bool) -> DataLoader:
        images = torchvision.datasets.FashionMNIST(
            "../data", train=train, transform=torchvision.transforms.ToTensor()
        )
        return DataLoader(images, batch_size, shuffle=train, num_workers=WORKERS)

    return {"train": load(True), "test": load(False)}


def cut(images: ImageSet, batch_size: int) -> list[tuple[Tensor, Tensor]]:
    """Shuffled batches, each a tensor of its own."""
    order = torch.randperm(len(images.labels)).split(batch_size)
    return [(images.images[rows], images.labels[rows]) for rows in order]


def plain_epoch(net: nn.Module, batches: DataLoader, optimizer: torch.optim.Optimizer) -> None:
    """The loop of most tutorials: loss and hits are read after every batch."""
    loss_function, total, hits = nn.CrossEntropyLoss(), 0.0, 0
    net.train()
    for X, y in batches:
        optimizer.zero_grad()
        scores = net(X)
        loss = loss_function(scores, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        hits += (scores.argmax(1) == y).sum().item()


def bare_epoch(net: nn.Module, batches: list, optimizer: torch.optim.Optimizer) -> None:
    """Nothing but the arithmetic."""
    hits = torch.zeros((), dtype=torch.long)
    for X, y in batches:
        scores = net(X)
        loss = F.cross_entropy(scores, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        hits += (scores.argmax(1) == y).sum()


@torch.no_grad()
def plain_accuracy(net: nn.Module, batches: DataLoader | list) -> float:
    """Hits divided by samples."""
    net.eval()
    hits = sum((net(X).argmax(1) == y).sum().item() for X, y in batches)
    return hits / 10_000


def drain(batches: object) -> None:
    """Look at every batch and do nothing with it."""
    for _ in batches:
        pass


def jobs() -> Iterator[tuple[str, dict[str, Job]]]:
    """Pairs of a job's name and one program per column that does it."""
    from d2l import torch as d2l

    train, test = load_fashion_mnist(strict=True)
    plain, theirs = loaders(256), d2l.load_data_fashion_mnist(256)
    yield (
        "load an epoch, batch 256",
        {
            "ours": lambda: drain(Batches(train.images, train.labels, 256, shuffle=True)),
            "limit": lambda: cut(train, 60_000),  # the same copy in one piece
            "d2l": lambda: drain(theirs[0]),
            "PyTorch": lambda: drain(plain["train"]),
        },
    )
    for batch_size in (256, 64, 1024):
        for name, make in NETWORKS.items():
            yield (
                f"{name}, an epoch, batch {batch_size}",
                epochs_of(make, train, batch_size, d2l),
            )
    for name, make in NETWORKS.items():
        yield f"{name}, evaluate 10,000 images", evaluations_of(make(), test, d2l)
    yield (
        "start to first batch",
        {
            "ours": python(
                "from d2lhelpers.data import *; train, _ = load_fashion_mnist(); "
                "next(iter(Batches(train.images, train.labels, 256, shuffle=True)))"
            ),
            "d2l": python(
                "from d2l import torch as d; next(iter(d.load_data_fashion_mnist(256)[0]))"
            ),
            "PyTorch": python(
                "import sys; sys.path.insert(0, sys.argv[1]); import programs; "
                "next(iter(programs.loaders(256)['train']))"
            ),
            "limit": python("import torch, torchvision"),
        },
    )
    yield (
        "import",
        {
            "ours": python("import d2lhelpers.data, d2lhelpers.training"),
            "d2l": python("from d2l import torch"),
            "limit": python("import torch"),
        },
    )


def epochs_of(
    make: Callable[[], nn.Module], train: ImageSet, batch_size: int, d2l: object
) -> dict[str, Job]:
    """An epoch of training by each program, from the same start."""
    torch.manual_seed(0)
    nets = {column: make() for column in COLUMNS}
    steps = {column: torch.optim.SGD(net.parameters(), lr=0.1) for column, net in nets.items()}
    ours = Batches(train.images, train.labels, batch_size, shuffle=True)
    plain, theirs = loaders(batch_size)["train"], d2l.load_data_fashion_mnist(batch_size)[0]
    batches = cut(train, batch_size)
    return {
        "ours": lambda: fit(nets["ours"], ours, optimizer=steps["ours"], epochs=1, progress=False),
        "limit": lambda: bare_epoch(nets["limit"], batches, steps["limit"]),
        "d2l": lambda: d2l.train_epoch_ch3(
            nets["d2l"], theirs, nn.CrossEntropyLoss(), steps["d2l"]
        ),
        "PyTorch": lambda: plain_epoch(nets["PyTorch"], plain, steps["PyTorch"]),
    }


def evaluations_of(net: nn.Module, test: ImageSet, d2l: object) -> dict[str, Job]:
    """Accuracy on the test set by each program."""
    ours = Batches(test.images, test.labels, 256)
    plain, theirs = loaders(256)["test"], d2l.load_data_fashion_mnist(256)[1]
    return {
        "ours": lambda: evaluate(net, ours),
        "limit": lambda batches=list(ours): plain_accuracy(net, batches),
        "d2l": lambda: d2l.evaluate_accuracy(net, theirs),
        "PyTorch": lambda: plain_accuracy(net, plain),
    }


def python(program: str) -> Job:
    """Run a program in a process of its own."""
    command = [sys.executable, "-c", program, str(FOLDER)]
    return lambda: subprocess.run(command, check=True, capture_output=True)


@contextlib.contextmanager
def beside_the_data() -> Iterator[None]:
    """Work in a folder beside one named ``data`` that holds the images, as d2l wants it."""
    files, trail = download.load("Fashion-MNIST")
    if files is None:
        sys.exit(f"the benchmark needs the real Fashion-MNIST, which cannot be had:\n{trail}")
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        raw, work = Path(name) / "data" / "FashionMNIST" / "raw", Path(name) / "work"
        raw.mkdir(parents=True)
        for file, content in files.items():
            (raw / file).write_bytes(content)
        work.mkdir()
        os.chdir(work)
        try:
            yield
        finally:
            os.chdir(before)
