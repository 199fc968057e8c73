"""Train a small network on Fashion-MNIST in several processes, or in one.

    torchrun --standalone --nproc_per_node=2 examples/train_distributed.py
    python examples/train_distributed.py --batch-size 256

Each process learns from its own share of the data; the gradients are averaged over all of them
after every batch, so that two processes with batches of 128 do what one does with 256.
"""

from __future__ import annotations

import argparse
import os

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from d2lhelpers import device, training
from d2lhelpers.data import Batches, load_fashion_mnist


def share(samples: int, rank: int, processes: int) -> slice:
    """The samples of process ``rank``: every so many-th one.

    All shares are equally large, because a process with one batch more would wait for ever.
    """
    return slice(rank, samples - samples % processes, processes)


def train(arguments: argparse.Namespace, rank: int, processes: int) -> None:
    where = device.device()
    torch.manual_seed(device.seed(0))
    train_set, test_set = (part.to(where) for part in load_fashion_mnist())
    mine = share(len(train_set), rank, processes)
    batches = Batches(
        train_set.images[mine],
        train_set.labels[mine],
        arguments.batch_size,
        shuffle=not arguments.in_order,
    )
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)).to(where)
    training.fit(
        DistributedDataParallel(net) if processes > 1 else net,
        batches,
        Batches(test_set.images, test_set.labels, 1_000),
        optimizer=torch.optim.SGD(net.parameters(), lr=0.1),
        epochs=arguments.epochs,
        progress=rank == 0,
    )
    if arguments.save and rank == 0:
        torch.save(net.state_dict(), arguments.save)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=128, help="of each process")
    parser.add_argument("--in-order", action="store_true", help="do not shuffle")
    parser.add_argument("--save", help="file for the parameters")
    arguments = parser.parse_args()

    processes = int(os.environ.get("WORLD_SIZE", "1"))  # torchrun sets these three
    rank = int(os.environ.get("RANK", "0"))
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    if processes > 1:
        dist.init_process_group("nccl" if device.device().type == "cuda" else "gloo")
    train(arguments, rank, processes)
    if processes > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
