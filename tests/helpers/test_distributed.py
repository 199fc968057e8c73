"""Training in two processes, against training in one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import train_distributed
from patience import PATIENCE

ROOT = Path(__file__).parents[2]
PROGRAM = str(ROOT / "examples" / "train_distributed.py")
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2")
START = {"in one process": (), "in two processes": TORCHRUN}


def parameters(folder: Path, how: str, *options: str) -> dict[str, torch.Tensor]:
    """Train on the digits for two epochs and give the parameters."""
    result = folder / "parameters.pt"
    environment = {
        **os.environ,
        "D2LHELPERS_DATA": "",
        "D2LHELPERS_MIRRORS": "http://127.0.0.1:9",
        "D2LHELPERS_DEVICE": "cpu",
        "XDG_CACHE_HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, *START[how], PROGRAM, "--epochs", "2", "--save", str(result)]
    run = subprocess.run(
        [*command, *options], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count(" epochs in ") == 1, "the first process alone sums up the run"
    return torch.load(result, weights_only=True)


def test_two_processes_at_128_end_where_one_at_256_ends(tmp_path):
    one = parameters(tmp_path, "in one process", "--in-order", "--batch-size", "256")
    two = parameters(tmp_path, "in two processes", "--in-order", "--batch-size", "128")
    torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-6)
    half = parameters(tmp_path, "in one process", "--in-order", "--batch-size", "128")
    with pytest.raises(AssertionError):
        torch.testing.assert_close(one, half, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("samples", [0, 1, 7, 8, 60_000])
@pytest.mark.parametrize("processes", [1, 2, 3])
def test_shares_are_equally_large_do_not_overlap_and_make_up_the_same_batches(samples, processes):
    shares = [
        range(samples)[train_distributed.share(samples, rank, processes)]
        for rank in range(processes)
    ]
    assert {len(share) for share in shares} == {samples // processes}
    together = sorted(number for share in shares for number in share)
    assert together == list(range(samples - samples % processes))
    for start in range(0, samples // processes, 2):
        batch = sorted(number for share in shares for number in share[start : start + 2])
        assert batch == together[start * processes : (start + 2) * processes]
