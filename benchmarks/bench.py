"""How fast the helpers are, beside d2l, plain PyTorch and the limit. `make bench` runs it.

    python benchmarks/bench.py [--rounds 5] [--only mlp]

Every job is done by four programs in turn, round after round, so that all of them meet the same
disturbances; seconds are medians of the rounds, a ratio is the median of the ratios within a round.

* ours: `Batches`, `fit` and `evaluate`
* d2l: d2l 0.17.0, its loaders (four worker processes) and its training loop
* PyTorch: torchvision's data set, a `DataLoader` with four workers, the loop of most tutorials
* limit: a bare loop over batches that were cut beforehand, accuracy counted

Needs the real Fashion-MNIST. Prints a table; a whole run also writes it into `results.json`,
with a description of the machine, and without the other batch sizes into the README.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from d2lhelpers.data import Batches, ImageSet, load_fashion_mnist
from d2lhelpers.files import download
from d2lhelpers.training import evaluate, fit

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
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
                "import sys; sys.path.insert(0, sys.argv[1]); import bench; "
                "next(iter(bench.loaders(256)['train']))"
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
    command = [sys.executable, "-c", program, str(ROOT / "benchmarks")]
    return lambda: subprocess.run(command, check=True, capture_output=True)


MEMORY = """
import sys
sys.path.insert(0, sys.argv[1])
import bench
{imports}
net = bench.mlp()
step = bench.torch.optim.SGD(net.parameters(), lr=0.1)
bench.bare_epoch(net, [(bench.torch.rand(256, 1, 28, 28), bench.torch.arange(256) % 10)], step)
print("ready", flush=True)
sys.stdin.readline()
{program}
"""


def memory() -> dict[str, float]:
    """Memory in MB for data and an epoch of the MLP, beyond a first step; the limit is the data."""
    d2l = "from d2l import torch as d"
    programs = {
        "ours": (
            "",
            "train, _ = bench.load_fashion_mnist(); "
            "batches = bench.Batches(train.images, train.labels, 256, shuffle=True); "
            "bench.fit(net, batches, optimizer=step, epochs=1, progress=False)",
        ),
        "d2l": (
            d2l,
            "d.train_epoch_ch3(net, d.load_data_fashion_mnist(256)[0], "
            "bench.nn.CrossEntropyLoss(), step)",
        ),
        "PyTorch": ("", "bench.plain_epoch(net, bench.loaders(256)['train'], step)"),
    }
    used = {}
    for column, (imports, program) in programs.items():
        text = MEMORY.format(imports=imports, program=program)
        used[column] = memory_beyond_ready([sys.executable, "-c", text, str(ROOT / "benchmarks")])
    sets = load_fashion_mnist(strict=True)
    tensors = [tensor for images in sets for tensor in (images.images, images.labels)]
    used["limit"] = sum(tensor.nbytes for tensor in tensors) / 1e6
    return used


def memory_beyond_ready(command: list[str]) -> float:
    """Most memory in MB, looked at fifty times a second, beyond that when it printed a line."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        process = psutil.Process(run.pid)
        run.stdout.readline()
        start = most = held(process)
        run.stdin.write(b"go\n")
        run.stdin.close()
        while run.poll() is None:
            most = max(most, held(process))
            time.sleep(0.02)
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command)
    return most - start


def held(process: psutil.Process) -> float:
    """Memory in MB of a process and its children; what they share counts once."""
    total = 0
    with contextlib.suppress(psutil.Error):
        for one in [process, *process.children(recursive=True)]:
            info = one.memory_full_info()
            total += getattr(info, "pss", info.uss)
    return total / 1e6


def measure(programs: dict[str, Job], rounds: int) -> dict[str, list[float]]:
    """Seconds of each program in each round, interleaved; a first round does not count."""
    seconds: dict[str, list[float]] = {column: [] for column in programs}
    for number in range(rounds + 1):
        for column, job in programs.items():
            taken = timeit.timeit(job, number=1)
            if number:
                seconds[column].append(taken)
    return seconds


def ratio(above: list[float], below: list[float]) -> float:
    """Median of the ratios of two programs within a round: what slows both cancels."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def summary(job: str, unit: str, measured: dict[str, list[float]]) -> dict:
    """One result: medians, and the two ratios that the aims are about."""
    return {
        "job": job,
        "unit": unit,
        "median": {column: statistics.median(values) for column, values in measured.items()},
        "d2l / ours": ratio(measured["d2l"], measured["ours"]),
        "ours / limit": ratio(measured["ours"], measured["limit"]),
    }


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


def machine() -> dict[str, object]:
    """What the numbers depend on."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
        model = found[1] if found else model
    return {
        "date": datetime.date.today().isoformat(),
        "processor": model,
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "system": platform.system(),
    }


def table(results: list[dict]) -> str:
    """The results in Markdown."""
    lines = ["| Job | ours | d2l | PyTorch | limit | d2l / ours | ours / limit |"]
    lines.append("| :-- | --: | --: | --: | --: | --: | --: |")
    for result in results:
        values, unit = result["median"], result["unit"]
        cells = [f"{values[c]:.3g} {unit}" if c in values else "" for c in COLUMNS]
        cells += [f"{result['d2l / ours']:.1f}", f"{result['ours / limit']:.2f}"]
        lines.append(f"| {result['job']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def describe(of: dict) -> str:
    """The machine in a sentence."""
    return (
        f"Measured on {of['date']}: {of['processor']}, {of['cores']} cores, {of['system']}, "
        f"Python {of['python']}, torch {of['torch']}."
    )


def update_readme(text: str) -> None:
    """Put the table between its two marks in the README."""
    path = ROOT / "README.md"
    begin, end = "<!-- speed: made by `make bench` -->", "<!-- end of speed -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    assert rest and after, "the README lacks the marks of the speed table"
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print, and write down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="a word that the job's name contains")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    results = []
    with beside_the_data():
        for name, programs in jobs():
            if options.only.lower() in name.lower():
                results.append(summary(name, "s", measure(programs, options.rounds)))
                print(table(results[-1:]).splitlines()[-1], flush=True)
        if options.only.lower() in "memory":
            used = {column: [megabytes] for column, megabytes in memory().items()}
            results.append(summary("memory, an epoch", "MB", used))
    record = {"machine": machine(), "rounds": options.rounds, "results": results}
    text = f"{table(results)}\n\n{describe(record['machine'])}"
    print(f"\n{text}")
    if not options.only:
        RESULTS.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        few = [row for row in results if not row["job"].endswith(("batch 64", "batch 1024"))]
        update_readme(f"{table(few)}\n\n{describe(record['machine'])}")


if __name__ == "__main__":
    main()
