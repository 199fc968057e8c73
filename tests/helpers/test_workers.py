"""The cells that start worker processes run with each way of starting a process."""

import multiprocessing
import subprocess
import sys

import nbformat
import pytest
from patience import PATIENCE
from stored.sources import ROOT

NOTEBOOK = ROOT / "chapters" / "pytorch-workbench" / "datasets-and-dataloaders.ipynb"
STAND_IN = """
folder = tempfile.TemporaryDirectory()
X, y = torch.rand(2000, 1, 28, 28), torch.zeros(2000)
"""


def cells_tagged(tag: str) -> str:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    return "\n".join(cell.source for cell in cells if tag in cell.metadata.get("tags", []))


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_the_cells_with_workers_run(method):
    start = f"import multiprocessing\nmultiprocessing.set_start_method({method!r})\n"
    program = start + cells_tagged("imports") + STAND_IN + cells_tagged("workers")
    assert "num_workers" in program
    # Like a notebook, a program given by -c has no file that a new process could import.
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert result.returncode == 0, result.stderr
    assert "2 workers" in result.stdout  # the last of the cells has printed
