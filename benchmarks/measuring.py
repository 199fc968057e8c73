"""Seconds and memory of programs, measured so that what disturbs one disturbs all."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import time
import timeit

import psutil
from programs import FOLDER, Job, load_fashion_mnist


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


MEMORY = """
import sys
sys.path.insert(0, sys.argv[1])
from programs import *
{imports}
net = mlp()
step = torch.optim.SGD(net.parameters(), lr=0.1)
bare_epoch(net, [(torch.rand(256, 1, 28, 28), torch.arange(256) % 10)], step)
print("ready", flush=True)
sys.stdin.readline()
{program}
"""


def memory() -> dict[str, float]:
    """Memory in MB for data and an epoch of the MLP, beyond a first step; the limit is the data."""
    d2l = "from d2l import torch as d"
    runs = {
        "ours": (
            "",
            "train, _ = load_fashion_mnist(); "
            "batches = Batches(train.images, train.labels, 256, shuffle=True); "
            "fit(net, batches, optimizer=step, epochs=1, progress=False)",
        ),
        "d2l": (
            d2l,
            "d.train_epoch_ch3(net, d.load_data_fashion_mnist(256)[0], "
            "nn.CrossEntropyLoss(), step)",
        ),
        "PyTorch": ("", "plain_epoch(net, loaders(256)['train'], step)"),
    }
    used = {}
    for column, (imports, program) in runs.items():
        text = MEMORY.format(imports=imports, program=program)
        used[column] = memory_beyond_ready([sys.executable, "-c", text, str(FOLDER)])
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
