"""Stored outputs belong to the code, the helpers and the data that lie beside them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from stored import stamps
from stored.helpers_used import helper_files
from stored.sources import ROOT, notebooks, parse

PACKAGE = {
    "__init__.py": '"""Passes names on."""\nfrom .training import fit as fit\nHERE = 1\n',
    "training.py": '"""Trains."""\n\n\ndef fit(steps):\n    """Fit."""\n    return steps  # done\n',
    "plotting.py": "from . import training\nSTYLE = 'book.mplstyle'\n",
    "style.py": "SHEET = 'd2lhelpers.book'\n",
    "device.py": "import os\n\n\ndef seed(n):\n    return n\n",
    "data.py": "def load():\n    from .device import seed\n    return seed(1)\n",
    "book.mplstyle": "lines.linewidth: 2\n",
    "checks/__init__.py": "from .core import compare\n",
    "checks/core.py": "from ..device import seed\n\n\ndef compare():\n    return seed(0)\n",
    "checks/classification.py": "from .core import compare\n",
    "checks/detection.py": "import d2lhelpers.data\n",
}


def path_id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_book_has_notebooks() -> None:
    assert notebooks()


@pytest.mark.parametrize("path", notebooks(), ids=path_id)
def test_stored_outputs_are_up_to_date(path: Path) -> None:
    reasons = stamps.staleness(nbformat.read(path, as_version=4))
    if reasons:
        pytest.fail(
            f"the outputs of {path_id(path)} are out of date: {'; '.join(reasons)}.\n"
            f"Refresh them: make execute NOTEBOOK={path_id(path)}",
            pytrace=False,
        )


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A folder with a small package of helpers."""
    for name, text in PACKAGE.items():
        path = tmp_path / "d2lhelpers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def notebook(*sources: str, data: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    nb = new_notebook(cells=[new_code_cell(source) for source in sources])
    nb.metadata.book = {"before": "", "data": list(data)}
    return nb


def stamped(book: Path, *sources: str) -> nbformat.NotebookNode:
    nb = notebook(*sources)
    for count, cell in enumerate(nb.cells, start=1):
        cell.execution_count = count
    nb.metadata.stamp = stamps.fingerprint(nb, book)
    return nb


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("import torch", ""),
        ("import d2lhelpers.training", "training"),
        ("import d2lhelpers.data as data", "data device"),
        ("from d2lhelpers import training", "training"),
        ("from d2lhelpers.data import load", "data device"),
        ("from d2lhelpers import fit", "training"),
        ("from d2lhelpers import HERE", "__init__ training"),
        ("import d2lhelpers\nd2lhelpers.fit(3)", "training"),
        (
            "import d2lhelpers as h\nh.checks.classification.x()",
            "checks.classification checks.core device",
        ),
        (
            "from d2lhelpers.checks import classification as checks",
            "checks.classification checks.core device",
        ),
        ("from d2lhelpers.checks import compare", "checks.core device"),
        ("from d2lhelpers import checks\nchecks.detection.x()", "checks.detection data device"),
        ("from d2lhelpers.plotting import STYLE", "plotting training book.mplstyle"),
        ("from d2lhelpers import style", "style book.mplstyle"),
        ("import matplotlib.pyplot as plt\nplt.style.use('d2lhelpers.book')", "book.mplstyle"),
        ("def later():\n    from d2lhelpers import device", "device"),
        ("%matplotlib inline\nfrom d2lhelpers import device", "device"),
        ("from d2lhelpers.nowhere import x", ""),
        ("x = = 1", ""),
    ],
)
def test_imports_are_followed_to_the_modules_that_hold_the_names(
    book: Path, source: str, files: str
) -> None:
    found = helper_files(notebook(source), book)
    names = {name if name == "book.mplstyle" else f"d2lhelpers.{name}" for name in files.split()}
    assert set(found) == {name.removesuffix(".__init__") for name in names}


@pytest.mark.parametrize(
    ("file", "old", "new", "stale"),
    [
        ("training.py", "return steps", "return steps + 1", True),
        ("training.py", "def fit(steps)", "def fit(steps, /)", True),
        ("training.py", "# done", "# finished", False),
        ("training.py", '"""Fit."""', '"""Fit a network."""', False),
        ("training.py", '"""Trains."""\n', "", False),
        ("training.py", "(steps)", "(\n    steps,\n)", False),
        ("book.mplstyle", "2", "3", True),
        ("device.py", "return n", "return -n", False),
        ("__init__.py", "HERE = 1", "HERE = 2", False),
    ],
)
def test_a_helper_counts_by_what_it_does(
    book: Path, file: str, old: str, new: str, stale: bool
) -> None:
    nb = stamped(book, "from d2lhelpers.plotting import STYLE", "from d2lhelpers import fit")
    assert stamps.staleness(nb, book) == []
    path = book / "d2lhelpers" / file
    changed = path.read_text().replace(old, new)
    assert changed != path.read_text()
    path.write_text(changed)
    reasons = stamps.staleness(nb, book)
    assert bool(reasons) == stale
    if stale:
        assert "helper module" in reasons[0] and "d2lhelpers.training" in reasons[0]


def test_code_counts_and_white_space_at_line_ends_does_not(book: Path) -> None:
    nb = stamped(book, "x = 1\ny = 2", "x + y")
    nb.cells[0].source = "x = 1  \ny = 2\n"
    assert stamps.staleness(nb, book) == []
    nb.cells[0].source = "x = 1\ny = 3"
    assert stamps.staleness(nb, book) == ["its code cells changed"]


def test_code_that_moves_to_another_cell_counts(book: Path) -> None:
    assert stamps.code_hash(notebook("x = 1\ny = 2")) != stamps.code_hash(
        notebook("x = 1", "y = 2")
    )


def test_prose_does_not_count(book: Path) -> None:
    nb = stamped(book, "x = 1")
    nb.cells.insert(0, new_markdown_cell("# Title"))
    assert stamps.staleness(nb, book) == []


def test_a_notebook_without_stamp_is_out_of_date(book: Path) -> None:
    assert "no stamp" in stamps.staleness(notebook("x = 1"), book)[0]


def test_a_cell_run_again_by_hand_is_noticed(book: Path) -> None:
    nb = stamped(book, "x = 1", "x")
    nb.cells[0].execution_count = 7
    assert stamps.staleness(nb, book) == [
        "its cells were not run from top to bottom: counts are [7, 2]"
    ]


def test_data_count_by_name_and_content() -> None:
    known = {"A": {"images": "11", "labels": "22"}, "B": {"images": "33"}}
    hashes = [
        stamps.data_hash(notebook(data=names), table)
        for names, table in [
            ((), known),
            (("A",), known),
            (("B",), known),
            (("A", "B"), known),
            (("A",), {"A": {"images": "11", "labels": "23"}}),
        ]
    ]
    assert len(set(hashes)) == len(hashes)
    assert stamps.data_hash(notebook(data=("A", "B")), known) == stamps.data_hash(
        notebook(data=("B", "A")), known
    )
    with pytest.raises(ValueError, match=r"expected names out of \['A', 'B'\], found \['C'\]"):
        stamps.data_hash(notebook(data=("C",)), known)


def test_the_hash_of_a_module_is_the_same_in_every_python() -> None:
    function = "def f(x: int = 1, *, y=None) -> str:\n    return f'{x!r:>{y}} {{}}' 'b'\n"
    tree = parse(function + "class A: ...\n")
    assert stamps._hash([stamps._structure(tree)]) == "4cf369eb9388aef3"
