"""Notebooks are run for real, in a small book of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbregress import streams
from running import execute
from stored import stamps
from stored.facts import count_words, facts, reading_minutes
from stored.normalize import join_streams, normalize, on_terminal
from stored.sources import ROOT, code_cells, notebooks

EXECUTE = ROOT / "tools" / "notebooks" / "execute.py"
LINES = 9_000  # as messages, more than the queues between kernel and client hold
LOG = f"""\
for i in range({LINES}):
    print(f"{{i:1000}}", flush=True)
open("all-sent", "w").close()"""
LIVE_PLOT = """\
import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(2, 1))
handle = display(fig, display_id=True)
for end in range(4):
    ax.plot([0, end])
    handle.update(fig)
plt.close(fig)"""
STREAMS = """\
import sys
for i in range(3):
    print(i, flush=True)
print("half\\rdone")
"""


def write(path: Path, *sources: str, data: tuple[str, ...] = (), timeout: int = 60) -> None:
    cells = [
        new_markdown_cell(f"# {path.stem}"),
        new_markdown_cell("later", metadata={"tags": ["facts"]}),
        *(new_code_cell(s, metadata={"nbval": {"timeout": timeout}}) for s in sources),
    ]
    nb = new_notebook(cells=cells)
    nb.metadata.book = {"before": "Python", "data": list(data)}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, path)


def run(book: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(EXECUTE), "--root", str(book), *arguments],
        env={**os.environ, **environment},
        cwd=book,
        capture_output=True,
        text=True,
    )


def read(book: Path, name: str) -> nbformat.NotebookNode:
    return nbformat.read(book / "chapters" / "part" / f"{name}.ipynb", as_version=4)


def outputs(nb: nbformat.NotebookNode) -> list[list[nbformat.NotebookNode]]:
    return [cell.outputs for cell in code_cells(nb)]


def contents(book: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in notebooks(book)}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of small notebooks, good and bad, with two helpers and the real search for data."""
    root = tmp_path_factory.mktemp("book")
    package = root / "d2lhelpers"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "first.py").write_text("NUMBER = 1\n")
    (package / "second.py").write_text("NUMBER = 2\n")
    shutil.copytree(ROOT / "d2lhelpers" / "files", package / "files")
    for module in ("notebook.py", "progress.py"):
        shutil.copy(ROOT / "d2lhelpers" / module, package)
    part = root / "chapters" / "part"
    write(part / "first.ipynb", "from d2lhelpers.first import NUMBER", "NUMBER")
    write(part / "second.ipynb", "from d2lhelpers.second import NUMBER", "print(NUMBER)", STREAMS)
    write(part / "plot.ipynb", LIVE_PLOT, "import os\nos.path.basename(os.getcwd())")
    write(
        part / "settings.ipynb",
        "import os",
        "[name for name in ('D2LHELPERS_SEED', 'D2LHELPERS_SCALE') if name in os.environ]",
        "os.environ['D2LHELPERS_DEVICE']",
    )
    write(part / "raises.ipynb", "x = 1", "x / 0", "x")
    write(part / "dies.ipynb", "import os", "os._exit(1)")
    write(part / "hangs.ipynb", "import time\ntime.sleep(60)", timeout=1)
    write(part / "no-data.ipynb", "'never run'", data=("MNIST",))
    write(
        part / "stand-in.ipynb",
        "print('MNIST cannot be had here: 1,797 handwritten digits stand in.')",
    )
    write(part / "misnamed.ipynb", "1", data=("ImageNet",))
    write(part / "edited.ipynb", "with open('edited.ipynb', 'a') as file:\n    file.write(' ')")
    (part / "not-json.ipynb").write_text("{")
    return root


@pytest.mark.parametrize(
    "text", ["10 %\r20 %\r\ndonn\be\n", "a\b\b\bb", "x\n\by", "one\rtw", "\r\r\n\n", "ab\bc\rd\b"]
)
def test_what_is_stored_of_a_terminal_is_what_the_comparison_sees(text: str) -> None:
    """Two rooms that must not import each other have the function twice."""
    assert on_terminal(text) == streams.on_terminal(text)


@pytest.fixture(scope="module")
def first_run(book: Path) -> tuple[dict[str, bytes], subprocess.CompletedProcess[str]]:
    """What the notebooks were before, and the first run of the whole book."""
    before = contents(book)
    return before, run(
        book,
        "--jobs",
        "2",
        D2LHELPERS_DATA=str(book / "nowhere"),
        D2LHELPERS_MIRRORS="http://127.0.0.1:9/",
        XDG_CACHE_HOME=str(book / "cache"),
        D2LHELPERS_SEED="5",
        D2LHELPERS_SCALE="full",
        D2LHELPERS_DEVICE="meta",
    )


@pytest.fixture
def after(first_run: object, book: Path) -> Callable[[str], nbformat.NotebookNode]:
    return lambda name: read(book, name)


def test_outputs_are_stored_and_stamped(after: Callable) -> None:
    nb = after("first")
    assert outputs(nb)[1][0].data == {"text/plain": "1"}
    stamp = nb.metadata.stamp
    assert stamp.code == stamps.code_hash(nb)
    assert stamp.versions.python == ".".join(map(str, sys.version_info[:3]))
    assert stamp.seconds >= 0
    assert 10 < stamp.peak_memory_mb < 2_000
    assert stamp.side_by_side == 2


def test_the_facts_are_generated(after: Callable) -> None:
    nb = after("first")
    assert nb.cells[1].source == facts(nb)
    assert "**Know before:** Python" in nb.cells[1].source


def test_a_live_plot_is_stored_as_one_picture_of_its_last_frame(after: Callable) -> None:
    (live,), (folder,) = outputs(after("plot"))
    assert live.output_type == "display_data" and "image/png" in live.data
    assert "transient" not in live
    assert folder.data["text/plain"] == "'part'"


def test_pieces_of_a_stream_are_joined_and_a_carriage_return_starts_the_line_again(
    after: Callable,
) -> None:
    assert [output.text for output in outputs(after("second"))[2]] == ["0\n1\n2\ndone\n"]


def test_the_environment_cannot_change_the_stored_outputs(after: Callable) -> None:
    _, (series,), (device,) = outputs(after("settings"))
    assert series.data["text/plain"] == "[]"
    assert device.data["text/plain"] == "'cpu'"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("raises", "cell [2] (4 of 5): ZeroDivisionError: division by zero\n    x / 0"),
        ("dies", "cell [2] (4 of 4): the kernel died\n    os._exit(1)"),
        ("hangs", "cell [1] (3 of 3): ran for longer than 1 s\n    import time"),
        ("no-data", "it needs MNIST, which cannot be had here"),
        ("stand-in", "cell [1] (3 of 3): digits stood in for a data set that metadata.book.data"),
        (
            "misnamed",
            "metadata.book.data: expected names out of ['Fashion-MNIST', 'MNIST'], "
            "found ['ImageNet']",
        ),
        ("not-json", "it is not a notebook"),
    ],
)
def test_a_notebook_that_cannot_be_run_is_left_as_it_was(
    book: Path,
    first_run: tuple[dict[str, bytes], subprocess.CompletedProcess[str]],
    name: str,
    message: str,
) -> None:
    before, finished = first_run
    assert f"chapters/part/{name}.ipynb: left as it was: {message}" in finished.stderr
    assert contents(book)[name] == before[name]


def test_bad_notebooks_do_not_stop_the_others_and_are_counted(
    first_run: tuple[dict[str, bytes], subprocess.CompletedProcess[str]],
) -> None:
    _, finished = first_run
    assert finished.returncode == 1
    assert "4 of 12 notebooks written" in finished.stdout
    assert "Traceback" not in finished.stderr


def test_what_was_written_while_a_notebook_ran_is_not_lost(
    book: Path, first_run: tuple[dict[str, bytes], subprocess.CompletedProcess[str]]
) -> None:
    before, finished = first_run
    assert "edited.ipynb: left as it was: the file was changed while it ran" in finished.stderr
    assert contents(book)["edited"] == before["edited"] + b" "


def test_a_changed_helper_refreshes_the_notebooks_that_import_it_alone(
    book: Path, first_run: object, tmp_path: Path
) -> None:
    copy = tmp_path / "book"
    shutil.copytree(book, copy)
    for path in notebooks(copy):
        if path.stem not in ("first", "second"):
            path.unlink()
    assert run(copy, "--check").returncode == 0
    assert "all are up to date" in run(copy).stdout

    (copy / "d2lhelpers" / "second.py").write_text("NUMBER = 3\n")
    check = run(copy, "--check")
    assert check.returncode == 1
    assert (
        "second.ipynb: a helper module that it imports (d2lhelpers.second) changed" in check.stdout
    )
    assert "1 of 2 notebooks are out of date" in check.stdout

    before = contents(copy)
    finished = run(copy)
    assert finished.returncode == 0, finished.stderr
    after = contents(copy)
    assert after["first"] == before["first"]
    assert outputs(read(copy, "second"))[1][0].text == "3\n"
    assert run(copy, "--check").returncode == 0


def test_a_second_run_changes_nothing_but_the_measurements(
    book: Path, first_run: object, tmp_path: Path
) -> None:
    copy = tmp_path / "book"
    shutil.copytree(book, copy)
    for path in notebooks(copy):
        if path.stem != "plot":
            path.unlink()
    before = read(copy, "plot")
    assert run(copy, "--all").returncode == 0
    again = read(copy, "plot")
    for nb in (before, again):
        for measured in ("seconds", "peak_memory_mb", "side_by_side"):
            del nb.metadata.stamp[measured]
        nb.cells[1].source = ""
    assert again == before


def test_changed_prose_rewrites_the_facts_and_runs_nothing(
    book: Path, first_run: object, tmp_path: Path
) -> None:
    copy = tmp_path / "book"
    shutil.copytree(book, copy)
    for path in notebooks(copy):
        if path.stem != "first":
            path.unlink()
    path = copy / "chapters" / "part" / "first.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells.append(new_markdown_cell("word " * 3_000))
    nbformat.write(nb, path)
    assert "its note of facts" in run(copy, "--check").stdout
    assert "first.ipynb: the note of facts was rewritten" in run(copy).stdout
    after = read(copy, "first")
    assert after.metadata.stamp == nb.metadata.stamp
    assert "about 15 minutes to read" in after.cells[1].source


def test_normalize_leaves_no_trace_of_the_front_end() -> None:
    nb = new_notebook(cells=[new_markdown_cell("a"), new_code_cell("1", execution_count=9)])
    nb.metadata = nbformat.from_dict(
        {
            "kernelspec": {"name": "conda-env-my-env", "display_name": "mine"},
            "language_info": {"name": "python", "version": "3.10.0"},
            "widgets": {"state": {}},
            "book": {"before": "x", "data": []},
        }
    )
    nb.cells[1].metadata = nbformat.from_dict(
        {"execution": {"iopub.status.busy": "now"}, "tags": ["equality"]}
    )
    nb.cells[1].outputs = [new_output("execute_result", {"text/plain": "1"}, execution_count=9)]
    ids = [cell.id for cell in nb.cells]
    normalize(nb)
    nbformat.validate(nb)
    assert sorted(nb.metadata) == ["book", "kernelspec", "language_info"]
    assert nb.metadata.kernelspec.name == "python3"
    assert nb.metadata.language_info == {"name": "python"}
    assert nb.cells[1].metadata == {"tags": ["equality"]}
    assert nb.cells[1].execution_count == nb.cells[1].outputs[0].execution_count == 1
    assert [cell.id for cell in nb.cells] == ids


def test_cells_without_an_id_or_with_the_same_get_one_that_stays() -> None:
    def ids() -> list[str]:
        nb = new_notebook(
            cells=[new_markdown_cell("a"), new_markdown_cell("a"), new_code_cell("b")]
        )
        for cell in nb.cells[:2]:
            cell.id = "same"
        del nb.cells[2]["id"]
        normalize(nb)
        return [cell.id for cell in nb.cells]

    assert ids() == ids()
    assert len(set(ids())) == 3


def test_streams_keep_their_place_among_other_outputs() -> None:
    def text(words: str, name: str = "stdout") -> nbformat.NotebookNode:
        return new_output("stream", name=name, text=words)

    picture = new_output("display_data", {"text/plain": "picture"})
    joined = join_streams([text("a"), text("b\n"), picture, text("c"), text("d", "stderr")])
    assert [output.get("text") for output in joined] == ["ab\n", None, "c", "d"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("10 %\r20 %\n", "20 %\n"),
        ("loading\r", ""),
        ("windows\r\n", "windows\n"),
        ("wrog\bng\n", "wrong\n"),
        ("a\n\b\bb", "a\nb"),
        ("\r" * 100_000, ""),
        ("x\r" * 50_000 + "y", "y"),
        ("x" * 50_000 + "\b\by" * 25_000, "x" * 24_999 + "y"),
    ],
    ids=range(8),
)
def test_a_stream_is_stored_as_a_terminal_leaves_it_and_compared_alike(text, left):
    pieces = [NotebookNode(output_type="stream", name="stdout", text=piece) for piece in text]
    (joined,) = join_streams(pieces)
    assert joined.text == left == streams.on_terminal(text)


def test_many_pieces_of_a_stream_are_joined() -> None:
    first, other = (
        NotebookNode(output_type="stream", name="stdout", text=t) for t in ("", "0\n1\n")
    )
    (joined,) = join_streams([first, *[other] * 2_000_000])
    assert joined.text == "0\n1\n" * 2_000_000


def test_no_line_is_lost_though_nobody_reads_before_the_last_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = NotebookClient.process_message

    def wait_for_the_end(client: NotebookClient, *arguments: object) -> object:
        while arguments[1].source == LOG and not (tmp_path / "all-sent").exists():
            time.sleep(0.1)
        return process(client, *arguments)

    monkeypatch.setattr(NotebookClient, "process_message", wait_for_the_end)
    nb = new_notebook(cells=[new_code_cell("1"), new_code_cell(LOG)])
    execute(nb, tmp_path, tmp_path)
    (output,) = join_streams(nb.cells[1].outputs)
    assert output.text == "".join(f"{i:1000}\n" for i in range(LINES))


@pytest.mark.parametrize(
    ("seconds", "memory", "text"),
    [
        (0.4, 120, "under 1 second to run, 0.5 GB"),
        (9.9, 700, "under 10 seconds to run, 0.5 GB"),
        (10.0, 800, "under 15 seconds to run, 1 GB"),
        (59.0, 1_300, "under 60 seconds to run, 1.5 GB"),
        (75.0, 2_900, "under 2 minutes to run, 3 GB"),
    ],
)
def test_facts_are_rounded(seconds: float, memory: int, text: str) -> None:
    nb = new_notebook()
    nb.metadata = nbformat.from_dict(
        {
            "book": {"before": "x", "data": ["MNIST"]},
            "stamp": {"seconds": seconds, "peak_memory_mb": memory},
        }
    )
    assert text in facts(nb)
    assert "**Data:** MNIST\n" in facts(nb)


def test_reading_time_counts_words_code_and_figures_but_no_exercises_or_formulas() -> None:
    def minutes(*cells: nbformat.NotebookNode) -> int:
        return reading_minutes(new_notebook(cells=list(cells)))

    prose = new_markdown_cell("word " * 1_800)
    formulas = new_markdown_cell("$a b c$ " * 1_800 + "$$\nd e\n$$ (name)\n")
    exercise = new_markdown_cell("word " * 1_800, metadata={"tags": ["exercise"]})
    code = new_code_cell("x = 1\n\n" * 200)
    figure = new_output("display_data", {"image/png": "AAAA"})
    figures = [new_code_cell("plot()", outputs=[figure]) for _ in range(10)]
    assert minutes(prose) == minutes(prose, formulas, exercise) == 10
    assert minutes(prose, code) == 20
    assert minutes(prose, *figures) == 15


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("**Softmax** turns *ten* scores, one by one.", 7),
        ("of $e^{o_i}$ and $x$ costs", 3),
        ("before\n\n$$\na = b\n$$ (label)\n\nafter", 2),
        ("see {cite:t}`known2020` and {eq}`label`", 2),
        ("the {term}`learning rate`", 3),
        ("a [link of words](page.md#section) and https://example.org/a/b", 5),
        ("![a curve](attachment:curve.png) below", 1),
        (":::{dropdown} Why so?\nBecause.\n:::", 3),
        ("```{math}\n:label: name\na = b\n```\nwords", 1),
        (":::{figure} a.png\n:alt: not read here\nA caption.\n:::\nwords", 1),
        ("60,000 images, 83.5 %, batch_size, can't", 5),
    ],
)
def test_words_are_counted_as_they_are_read(markdown: str, words: int) -> None:
    assert count_words(markdown) == words
