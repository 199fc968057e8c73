"""The regression test of notebooks, run again under another environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from seeds import calls_seed, run_seeds
from stored.sources import ROOT
from variations import VARIATIONS, draw, every_core_busy, halves, report, run_pytest

SETTINGS = f"""\
[pytest]
addopts = -p nbregress.plugin --nbval --nbval-current-env --nbval-cell-timeout=60
pythonpath = {ROOT / "tests"}
"""
SEED = """\
import os
def seed(number):
    return number + 1_000 * int(os.environ.get("D2LHELPERS_SEED", "0"))"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One notebook that shows the environment, one with an assert that holds for seed 0 alone."""
    root = tmp_path_factory.mktemp("book")
    (root / "pytest.ini").write_text(SETTINGS)
    write(root / "chapters" / "threads.ipynb", ("import os\nprint(os.environ['THREADS'])", "1\n"))
    write(root / "chapters" / "lucky.ipynb", (SEED, ""), ("assert seed(7) < 2_000", ""), ("1", ""))
    return root


def write(path: Path, *cells: tuple[str, str]) -> None:
    nb = new_notebook()
    for count, (source, text) in enumerate(cells, start=1):
        outputs = [new_output("stream", name="stdout", text=text)] if text else []
        nb.cells.append(new_code_cell(source, execution_count=count, outputs=outputs))
    path.parent.mkdir(exist_ok=True)
    nbformat.write(nb, path)


def test_a_cell_that_differs_in_one_variation_is_named(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = book / "chapters" / "threads.ipynb"
    outcomes = {
        f"{count} threads": run_pytest([path], {"THREADS": count}, root=book) for count in "12"
    }
    assert report(outcomes) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["1", "threads", "2", "threads"]
    assert lines[1].split(maxsplit=1) == ["chapters/threads", "passed     1 cell differs"]
    assert "2 threads: chapters/threads, Cell 1" in lines
    assert report({"1 threads": outcomes["1 threads"]}) == 0


def test_an_assert_that_holds_for_one_seed_alone_is_found(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = book / "chapters" / "lucky.ipynb"
    assert calls_seed(path) and not calls_seed(book / "chapters" / "threads.ipynb")
    outcomes = run_seeds([path], [1, 2], root=book)
    assert report(outcomes) == 1
    assert str(outcomes["seed 1"]["chapters/lucky"]) == "passed"
    assert str(outcomes["seed 2"]["chapters/lucky"]) == "1 failed, 1 not run"
    assert "AssertionError" in capsys.readouterr().out


def test_a_run_that_cannot_start_is_no_success(book: Path) -> None:
    with pytest.raises(RuntimeError, match=r"pytest ended with status 4:\n(.|\n)*nowhere"):
        run_pytest([book / "nowhere.ipynb"], {}, root=book)


def test_a_text_draws_the_same_variation_every_time_and_texts_draw_all() -> None:
    names = list(VARIATIONS)
    assert draw(names, "a commit") == draw(names, "a commit")
    assert {draw(names, str(number)) for number in range(200)} == set(names)
    assert {draw([1, 2, 3], str(number)) for number in range(200)} == {1, 2, 3}


def test_a_text_divides_the_notebooks_in_half_and_no_notebook_stays_on_one_side() -> None:
    paths = [Path(f"page-{number}.ipynb") for number in range(57)]
    first, second = halves(paths, "a commit")
    assert (first, second) == halves(paths[::-1], "a commit")
    assert sorted(first + second) == sorted(paths) and len(first) - len(second) == 1
    drawn = [set(halves(paths, str(number))[0]) for number in range(40)]
    assert set.union(*drawn) == set(paths) and not set.intersection(*drawn)


def test_what_was_drawn_is_said(book: Path) -> None:
    path = book / "chapters" / "threads.ipynb"
    for name in ("1 thread", "busy"):
        text = next(t for t in map(str, range(200)) if draw(list(VARIATIONS), t) == name)
        program = ROOT / "tools" / "notebooks" / "variations.py"
        command = [sys.executable, str(program), "--draw", text, str(path)]
        out = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
        assert out[0] == f"{name} ..." and out[1].split() == name.split()


def test_the_loops_that_keep_the_cores_busy_end_with_the_block() -> None:
    with pytest.raises(ZeroDivisionError), every_core_busy() as loops:
        assert len(loops) == os.cpu_count() and all(loop.poll() is None for loop in loops)
        raise ZeroDivisionError
    assert not any(psutil.pid_exists(loop.pid) for loop in loops)
