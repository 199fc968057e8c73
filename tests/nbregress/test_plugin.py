"""The notebook test itself is tested: notebooks with one fault each, run by a real pytest."""

from __future__ import annotations

import ast
import base64
import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import nbclient
import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from nbregress.figures import picture_differences

SETTINGS = r"""
[pytest]
addopts = -p nbregress.plugin --nbval --nbval-current-env --nbval-cell-timeout 60 --color no
nbregress_error_modules = __main__ ours
nbregress_masks =
    \d{1,9}\.\d{1,9} s elapsed
    styler-ids
"""
CONFTEST = """
import pathlib
def pytest_nbregress_stand_in(config):
    used = pathlib.Path(config.rootpath, "stand-in-was-used").exists()
    return "the digits stand in" if used else None
def pytest_runtest_logreport(report):
    if report.when == "call" and hasattr(report, "worker_id"):
        with open("workers", "a") as file:
            print(report.worker_id, report.nodeid.partition("::")[0], file=file)
"""
SKIPS = """
import pytest
@pytest.mark.parametrize("n", range(3))
def test_one(n):
    pytest.skip("no network")
@pytest.mark.skip(reason="no browser")
def test_two(): ...
"""
ROOM = Path(__file__).parents[1]
MODULE_THAT_WARNS = """
import warnings
def old_function(category, stacklevel):
    warnings.warn("old_function will be removed", category, stacklevel=stacklevel)
"""


@pytest.mark.parametrize(("pixels", "count"), [(0, 0), (2, 0), (3, 1)])
def test_a_picture_may_be_two_pixels_larger(pixels, count, tmp_path):
    def encoded(width):
        file = io.BytesIO()
        Image.new("RGB", (width, 50), "white").save(file, "PNG")
        return base64.b64encode(file.getvalue()).decode()

    differences = picture_differences(encoded(50), encoded(50 + pixels), 0.07, tmp_path / "cell")
    assert len(differences) == count
    assert not count or differences[0].startswith("size 50 x 50 expected, 53 x 50 found")


def test_a_picture_that_cannot_be_read_fails(tmp_path):
    assert picture_differences("AAAA", "BBBB", 0.07, tmp_path / "cell")


def printed(source, stored, count=1, tags=(), **tolerance):
    """A cell and what it is said to have printed."""
    outputs = [new_output("stream", name="stdout", text=stored)] if stored else []
    metadata = {"tags": list(tags), "nbval": tolerance}
    return new_code_cell(source, outputs=outputs, execution_count=count, metadata=metadata)


def displayed(source, data):
    """A cell and what its last value looked like."""
    output = new_output("execute_result", data=data, execution_count=1)
    return new_code_cell(source, outputs=[output], execution_count=1)


def raised(source, name, value):
    """A cell that raises on purpose, and the error that it said."""
    output = new_output("error", ename=name, evalue=value, traceback=[])
    metadata = {"tags": ["raises-exception"]}
    return new_code_cell(source, outputs=[output], execution_count=1, metadata=metadata)


HTML = "from IPython.display import HTML; HTML('<td>{}</td>')"
WARN = "try:\n    {}\nexcept Warning as e:\n    print(type(e).__name__)\nelse:\n    print('none')"
# name: (cell, part of the message that it must fail with, or None if it must pass)
TEXT_CELLS = {
    "an equal number": (printed("print(0.5)", "0.5\n"), None),
    "a number off by 0.01 %": (printed("print(0.50005)", "0.5\n"), None),
    "a number off by 1 %": (
        printed("print(0.505)", "0.5\n"),
        "output 1 (stdout), line 1: expected 0.5, found 0.505, difference 0.005, tolerance 0.0006",
    ),
    "a tolerance of its own": (printed("print(0.505)", "0.5\n", rtol=0.02), None),
    "a changed word": (printed("print('new 1')", "old 1\n"), "old 1"),
    "a changed integer": (printed("print(60_001)", "60000\n"), "integers are compared exactly"),
    "a changed shape": (printed("print((2, 3))", "(2, 4)\n"), "expected 4, found 3"),
    "more output": (printed("print(1)", ""), "expected nothing '', found stdout '1\\n'"),
    "less output": (printed("1;", "1\n"), "expected stdout '1\\n', found nothing"),
    "fifteen differences": (
        printed("for i in range(15): print(i + 1)", "".join(f"{i}\n" for i in range(15))),
        "15 times:",
    ),
    "no output": (printed("x = 1", ""), None),
    "never executed": (printed("x = 1", "", count=None), "was never executed"),
    "masked time": (printed("print('in    2.5 s elapsed, 3')", "in 7777.25 s elapsed, 3\n"), None),
    "not masked": (printed("print('2.5 s left')", "7.25 s left\n"), "expected 7.25"),
    "stderr": (
        printed("import sys; print('oh', file=sys.stderr); print(1)", "1\n"),
        "found stderr 'oh\\n'",
    ),
    "the last value": (printed("_ = 3\nprint(In[-1][:5])", "_ = 3\n"), None),
    "a table": (displayed(HTML.format("0.50005"), {"text/html": "<td>0.5</td>"}), None),
    "a wrong table": (
        displayed(HTML.format("0.51"), {"text/html": "<td>0.5</td>", "text/plain": "<HTML>"}),
        "(execute_result text/html), line 1: expected 0.5, found 0.51",
    ),
    "the text that stands in for a table": (
        displayed(HTML.format("0.5"), {"text/html": "<td>0.5</td>", "text/plain": "<at 0x7f>"}),
        None,
    ),
    "an intended exception": (raised("1 / 0", "ZeroDivisionError", "division by zero"), None),
    "another exception": (raised("int('x')", "TypeError", ""), "expected\n      TypeError"),
    "a line that is overwritten": (printed(r"print('10 %\r20 %')", "20 %\n"), None),
    "a colored number": (
        printed(r"print('\x1b[31m0.50005\x1b[0m')", "\x1b[31m0.5\x1b[0m\n"),
        None,
    ),
    "a random id": (
        displayed(HTML.format("T_99fed_row0"), {"text/html": "<td>T_a1b2c_row0</td>"}),
        None,
    ),
    "more than is compared": (
        displayed("HTML('x' * 10_000_001)", {"text/html": "x"}),
        "1 characters are stored and 10,000,001 were shown",
    ),
    "cleared output": (
        printed("from IPython.display import *\nprint(1); clear_output(); print(2)", "2\n"),
        None,
    ),
    "a comm": (
        printed("import comm; c = comm.create_comm(target_name='x'); c.send({})", ""),
        None,
    ),
    "warning in the cell": (
        printed(
            WARN.format("import warnings; warnings.warn('old', FutureWarning)"), "FutureWarning\n"
        ),
        None,
    ),
    "warning about the cell": (
        printed(
            WARN.format("import theirs; theirs.old_function(DeprecationWarning, 2)"),
            "DeprecationWarning\n",
        ),
        None,
    ),
    "warning in a named module": (
        printed(
            WARN.format("import ours; ours.old_function(DeprecationWarning, 1)"),
            "DeprecationWarning\n",
        ),
        None,
    ),
    "warning in another module": (
        printed(WARN.format("theirs.old_function(DeprecationWarning, 1)"), "none\n"),
        None,
    ),
    "an unknown setting": (printed("x = 1", "", rtoll=1), "rtoll"),
}
TEXT_NAMES = list(TEXT_CELLS)

PLOT = """\
import io
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image, display
%config InlineBackend.figure_format = "retina"
def curve(factor):
    x = np.linspace(0, 1, 50)
    plt.plot(x, x**2, label="train"); plt.plot(x, factor * x, label="test")
    plt.legend(); plt.show()
def image(value):
    picture = np.random.default_rng(0).uniform(size=(28, 28)); picture[10:14, 10:14] = value
    plt.imshow(picture); plt.show()
def live(last):
    fig, ax = plt.subplots()
    handle = display(fig, display_id=True)
    for n in (1, 2, last):
        ax.clear(); ax.plot(np.arange(9) * n % 5); handle.update(fig)
    plt.close(fig)
def drawn(version, c):
    file = io.BytesIO()
    fig = plt.figure(); fig.add_subplot().plot(c * np.arange(9) ** 2)
    fig.savefig(file, metadata={"Software": version and f"Matplotlib version{version}, elsewhere"})
    plt.close(fig); display(Image(data=file.getvalue()))"""
# source whose output is stored, source that runs, part of the message or None
FIGURE_CELLS = [
    (PLOT, PLOT, None),
    ("curve(0.5)", "curve(0.5)", None),
    ("curve(0.5)", "curve(0.55)", "figures differ: distance"),
    ("image(0)", "image(0)", None),
    ("image(0)", "image(1)", "figures differ: distance"),
    ("live(3)", "live(3)", None),
    ("live(3)", "live(4)", "figures differ: distance"),
    ("image(0)", "plt.figure(figsize=(2, 2)); image(0)", "size"),
    ("curve(0.5)", "print('no figure')", "found stdout"),
    ("h = display(1.0, display_id=True)\nh.update(2.0)",) * 2 + (None,),
    (
        "h = display(1.0, display_id=True)\nh.update(2.0)",
        "h = display(1.0, display_id=True)\nh.update(3.0)",
        "expected 2.0, found 3.0",
    ),
    ("drawn('3.1.0', 1)", "drawn('3.1.9', -1)", "figures differ: distance"),
    ("drawn('3.1.0', 1)", "drawn('3.2.0', -1)", None),  # another version has other fonts
    ("drawn('', 1)", "drawn('3.2.0', -1)", "figures differ: distance"),  # saved again by another
]


def break_notebook_files(folder: Path) -> None:
    """Write notebooks with one fault each, and good ones, into a folder."""

    def write(name, *cells):
        nbformat.write(new_notebook(cells=list(cells)), folder / f"{name}.ipynb")

    write("text", *(cell for cell, _ in TEXT_CELLS.values()))
    figures = new_notebook(cells=[new_code_cell(stored) for stored, _, _ in FIGURE_CELLS])
    nbclient.NotebookClient(figures, kernel_name="python3").execute()
    for cell, (_, source, _) in zip(figures.cells, FIGURE_CELLS, strict=True):
        cell.source = source
    write("figures", *figures.cells)

    def two():
        return [printed("print(1)", "1\n"), printed("print(1)", "1\n")]

    leave_child = (
        "import os, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open('{}', 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
    )
    write("dead", *two(), printed(leave_child.format("pids-dead") + "os._exit(1)", ""), *two())
    write("left", printed(leave_child.format("pids-left"), ""))
    hanging = printed("import time; time.sleep(600)", "", timeout=3)
    write("hangs", *two(), hanging, *two())
    write("raises", *two(), printed("1 / 0", ""), *two())
    (folder / "broken.ipynb").write_text('{"cells": [')
    (folder / "list.ipynb").write_text("[]")
    use_stand_in = (
        "import os, pathlib\n"
        "if os.environ.get('OFFLINE'):\n    pathlib.Path('stand-in-was-used').touch()\n"
    )
    write("data", printed(use_stand_in + "print(2)", "1\n", tags=["real-data"]), *two())
    log = "import os, pathlib; pathlib.Path(f'log-{}-{{os.getpid()}}').touch()"
    for name in ("a", "b", "c"):
        logging = [printed(log.format(name), "") for _ in range(3)]
        write(f"state_{name}", *logging, printed("n = 1", ""), printed("n += 1; print(n)", "2\n"))


class Run:
    """A pytest run on the faulty notebooks: what it printed and what became of each cell."""

    def __init__(self, folder: Path, *arguments: str, paths=(ROOM,), **environment: str):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
        process = subprocess.run(
            [sys.executable, "-m", "pytest", "--junitxml", "report.xml", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=300,
            env={**kept, "PYTHONPATH": os.pathsep.join(map(str, paths)), **environment},
        )
        self.output, self.code = process.stdout + process.stderr, process.returncode
        workers = folder / "workers"
        self.workers = workers.read_text().splitlines() if workers.exists() else []
        self.results = {}
        report = folder / "report.xml"
        for case in ET.parse(report).iter("testcase") if report.exists() else ():
            notebook = case.get("classname").removesuffix(".ipynb").split(".")[-1]
            faults = [child for child in case if child.tag in ("failure", "error", "skipped")]
            state = faults[0].tag if faults else "passed"
            text = faults[0].text or faults[0].get("message") if faults else ""
            self.results[f"{notebook}::{case.get('name')}"] = (state, text)

    @property
    def summary(self) -> list[str]:
        """The lines about cells and figures."""
        pattern = r"^(?:notebook cells|  [a-z ]+|figures): .*$"
        return re.findall(pattern, self.output[self.output.rindex("notebook cells") :], re.M)

    def states(self, notebook: str) -> list[str]:
        return [s for name, (s, _) in self.results.items() if name.startswith(f"{notebook}::")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "pytest.ini").write_text(SETTINGS)
    (folder / "conftest.py").write_text(CONFTEST)
    for module in ("ours", "theirs"):
        (folder / f"{module}.py").write_text(MODULE_THAT_WARNS)
    break_notebook_files(folder)
    return folder


@pytest.fixture(scope="module")
def run(folder):
    """All notebooks at once, on two workers."""
    return Run(folder, "-n", "2", "--dist", "loadfile")


def check(result, message):
    state, text = result
    if message is None:
        assert state == "passed", text
    else:
        assert state == "failure"
        assert message in text


@pytest.mark.parametrize("name", TEXT_NAMES)
def test_text(run, name):
    check(run.results[f"text::Cell {TEXT_NAMES.index(name) + 1}"], TEXT_CELLS[name][1])


@pytest.mark.parametrize("number", range(1, len(FIGURE_CELLS) + 1))
def test_figure(run, number):
    check(run.results[f"figures::Cell {number}"], FIGURE_CELLS[number - 1][2])


def test_a_failure_names_notebook_cell_and_source(run):
    text = run.results["text::Cell 3"][1]
    assert "text.ipynb, cell 3 differs" in text and "| print(0.505)" in text


def test_ten_differences_are_listed(run):
    text = run.results[f"text::Cell {TEXT_NAMES.index('fifteen differences') + 1}"][1]
    assert text.count("integers are compared exactly") == 10


def test_the_three_pictures_of_a_wrong_figure_are_written(run, folder):
    pictures = {path.name for path in (folder / ".nbregress" / "figures").iterdir()}
    assert {f"cell-3-1-{name}.png" for name in ("expected", "found", "difference")} <= pictures
    assert not any(name.startswith("cell-2-") for name in pictures)


@pytest.mark.parametrize(
    ("notebook", "message"),
    [
        ("dead", "dead.ipynb, cell 3 stopped: the kernel died"),
        ("hangs", "hangs.ipynb, cell 3 was still running after its time limit of 3 s"),
        ("raises", "ZeroDivisionError: division by zero"),
    ],
)
def test_after_a_cell_that_ends_the_notebook_the_rest_is_skipped(run, notebook, message):
    assert run.states(notebook) == ["passed", "passed", "failure", "skipped", "skipped"]
    assert message in run.results[f"{notebook}::Cell 3"][1]
    assert (
        f"not run: after cell 3 of {notebook}.ipynb failed" in run.results[f"{notebook}::Cell 5"][1]
    )


def test_a_hanging_cell_shows_where_it_hung(run):
    assert "time.sleep(600)\n\nKeyboardInterrupt" in run.results["hangs::Cell 3"][1]


@pytest.mark.parametrize("name", ["dead", "left"])
def test_kernels_and_their_children_end_with_the_notebook(run, folder, name):
    for pid in map(int, (folder / f"pids-{name}").read_text().split()):
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("name", ["broken", "list"])
def test_a_file_that_is_no_notebook_fails_alone_and_by_name(run, name):
    assert run.states(name) == ["failure"]
    assert f"{name}.ipynb is not a notebook" in run.output


def test_messages_of_widgets_print_nothing(run):
    assert "unhandled" not in run.output and "comm target" not in run.output


def test_all_cells_of_a_notebook_run_in_one_worker_and_kernel(run, folder):
    workers = {line.split()[1]: line.split()[0] for line in run.workers}
    assert {f"{workers[notebook]} {notebook}" for notebook in workers} == set(run.workers)
    assert set(workers.values()) == {"gw0", "gw1"}
    logs = [path.name.split("-") for path in folder.glob("log-*")]
    assert sorted(name for _, name, _ in logs) == ["a", "b", "c"]


def test_the_run_counts_what_it_compared_and_says_why_the_rest_was_not(run):
    broke_off = 3 + 2  # dead, hangs, raises; never executed and unknown setting
    cells = len(TEXT_CELLS) + len(FIGURE_CELLS) + 5 * 3 + 1 + 3 + 5 * 3
    assert run.summary[:1] == [
        f"notebook cells: {cells - broke_off - 6} compared, {broke_off} failed before comparing, "
        "6 not run"
    ]
    for name in ("dead", "hangs", "raises"):
        assert f"2 after cell 3 of {name}.ipynb failed" in run.summary[1]
    assert run.summary[2:] == [
        "figures: 9 compared, 1 of another version "
        "(1 drawn by Matplotlib version3.2, stored by Matplotlib version3.1)"
    ]


@pytest.mark.parametrize(("share", "failed"), [("0", True), ("0.24", True), ("0.25", False)])
def test_a_run_that_compared_too_few_figures_fails(run, folder, share, failed):
    good = [f"figures.ipynb::Cell {n}" for n in (1, 2, 4, 6, 13)]
    arguments = ["-n", "1", "-o", f"nbregress_other_versions={share}", *good]
    less = Run(folder, *arguments)
    assert less.states("figures") == ["passed"] * len(good)
    assert (less.code, "may be of another version" in less.output) == (int(failed), failed)


@pytest.mark.parametrize("workers", [["-p", "no:xdist"], ["-n", "2", "--dist", "loadfile"]])
def test_a_cell_that_lacks_real_data_is_run_but_not_compared(run, folder, workers):
    assert run.states("data") == ["failure", "passed", "passed"]
    (folder / "stand-in-was-used").unlink(missing_ok=True)
    offline = Run(folder, *workers, "data.ipynb", "state_a.ipynb::Cell 5", OFFLINE="1")
    assert offline.states("data") == ["passed", "passed", "passed"]
    assert offline.states("state_a") == ["passed"]  # although the cells before were not selected
    assert offline.summary == [
        "notebook cells: 3 compared, 1 only run",
        "  only run: 1 tagged real-data (the digits stand in)",
    ]


def test_without_comparing_only_exceptions_fail(folder):
    run = Run(folder, "--nbregress-no-compare", "data.ipynb", "raises.ipynb", "text.ipynb")
    assert run.states("data") == ["passed"] * 3
    assert run.states("raises") == ["passed", "passed", "failure", "skipped", "skipped"]
    assert run.states("text").count("passed") == len(TEXT_CELLS) - 1
    assert "  only run: 1 " not in run.summary[1] and "with --nbregress-no-compare" in run.output
    assert " compared" not in run.summary[0]


def test_ordinary_skips_are_grouped_by_reason(folder):
    (folder / "test_skips.py").write_text(SKIPS)
    run = Run(folder, "-n", "1", "test_skips.py")
    assert run.output.splitlines()[-2] == "skipped: 3 no network, 1 no browser"


def test_a_mask_without_limit_ends_the_run_with_a_sentence(folder):
    run = Run(folder, "-o", "nbregress_masks=\\d+ s", "state_a.ipynb")
    assert run.code == 4 and "a repeat needs a limit" in run.output


def test_the_folder_alone_tests_a_notebook(tmp_path):
    shutil.copytree(Path(__file__).parent, tmp_path / "nbregress")
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    nb = new_notebook(cells=[printed("print(0.50005)", "0.5\n"), printed("print(1)", "2\n")])
    nbformat.write(nb, tmp_path / "page.ipynb")
    run = Run(tmp_path, "page.ipynb", paths=[tmp_path])
    assert run.states("page") == ["passed", "failure"]


def test_the_folder_imports_nothing_of_the_book():
    found = set()
    for path in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add((node.module or ".").partition(".")[0])
    for name in found - set(sys.stdlib_module_names) - {"nbregress"}:
        assert "site-packages" in importlib.util.find_spec(name).origin, name
