"""What hangs on rounding errors is listed, and what does not is left alone."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from disturb import run_disturbed
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from stored import sources
from variations import Outcome, run_pytest

SETTINGS = f"""\
[pytest]
addopts = -p nbregress.plugin --nbval --nbval-current-env --nbval-cell-timeout=60
pythonpath = {sources.ROOT / "tests"}
"""
START = """\
import math
import numpy as np
import torch
g = torch.Generator().manual_seed(0)
x, A = torch.rand(1000, generator=g), torch.rand(30, 30, generator=g)"""
ROBUST = [
    "print(x.mean(), A.sum(dim=0), np.linspace(0, 1, 7).std(), math.exp(0.3))",
    "print('off by less than 1e-3:', (x.sum() - x.double().sum()).abs() < 1e-3)",
    "whole = torch.arange(70.0)\nassert whole.sum() == 2415 and whole @ whole == 111_895",
    "assert (torch.ones(5) / 4 @ torch.ones(5)) == 1.25 and (np.ones(5) @ np.ones(5)) == 5",
    "w = torch.ones(3, requires_grad=True)\n(w @ w).backward()\nassert (w.grad == 2).all()",
    "print(torch.linalg.solve(A, x[:30]).shape, (x > 0.5).sum(), x[0].item() == x.tolist()[0])",
]
FRAGILE = [  # each with so many numbers that some of them move, whatever the processor
    "print((A.sum(dim=1) - A.double().sum(dim=1)).tolist())",
    "print((1e8 * (torch.linalg.inv(A) @ A - torch.eye(30))[0]).tolist())",
    "y = np.linspace(0.1, 5, 50)\nprint(np.exp(y) - np.array([math.exp(v) for v in y]))",
    "v = x.clone().requires_grad_()\nv.exp().sum().backward()\nassert torch.equal(v.grad, x.exp())",
]


def write(path: Path, *sources: str) -> None:
    nb = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(nb, kernel_name="python3").execute()
    path.parent.mkdir(exist_ok=True)
    nbformat.write(nb, path)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Outcome]]:
    root = tmp_path_factory.mktemp("book")
    (root / "pytest.ini").write_text(SETTINGS)
    paths = [root / "chapters" / "robust.ipynb", root / "chapters" / "fragile.ipynb"]
    write(paths[0], START, *ROBUST)
    write(paths[1], START, *FRAGILE)
    runs = {"as it was": run_pytest(paths, {}, root=root)} | run_disturbed(paths, [1, 2], root)
    assert not (root / "_build" / "disturbed").exists()
    return runs


def test_both_notebooks_pass_where_nothing_is_disturbed(runs):
    outcomes = runs["as it was"]
    assert {name: str(outcome) for name, outcome in outcomes.items()} == {
        "chapters/robust": "passed",
        "chapters/fragile": "passed",
    }


@pytest.mark.parametrize("draw", ["draw 1", "draw 2"])
def test_what_other_processors_repeat_is_not_listed(runs, draw):
    outcome = runs[draw]["chapters/robust"]
    assert (str(outcome), outcome.passed) == ("passed", 1 + len(ROBUST))


@pytest.mark.parametrize("draw", ["draw 1", "draw 2"])
def test_an_assert_on_rounding_errors_is_listed(runs, draw):
    assert "AssertionError" in "".join(runs[draw]["chapters/fragile"].failed["Cell 5"])


@pytest.mark.parametrize("draw", ["draw 1", "draw 2"])
def test_digits_of_a_rounding_error_are_listed(runs, draw):
    assert "Cell 3" in runs[draw]["chapters/fragile"].differ


def test_digits_far_below_the_usual_tolerance_are_listed_too(runs):
    assert set(runs["draw 2"]["chapters/fragile"].differ) == {"Cell 2", "Cell 3", "Cell 4"}
