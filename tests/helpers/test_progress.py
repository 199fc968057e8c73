"""The bar in its three places: a file, a terminal, a notebook."""

import io
import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from d2lhelpers.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_file_gets_the_last_line_only(capsys):
    with Progress(3) as bar:
        for _ in range(3):
            bar.update()
        bar.close("done")
    assert capsys.readouterr().out == "done\n"


def test_a_terminal_keeps_one_line(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    with Progress(4, seconds_between=0) as bar:
        bar.update(2)
        bar.close("done")
    text = terminal.getvalue()
    assert "━━━━━━━━━━·········· 2/4" in text
    assert text.count("\n") == 1
    assert text.split("\r")[-1].rstrip() == "done"


def test_an_error_ends_the_bar_and_goes_on(capsys):
    with pytest.raises(ZeroDivisionError), Progress(9) as bar:
        bar.update()
        raise ZeroDivisionError
    assert capsys.readouterr().out == "stopped after 1 of 9 steps\n"


def test_a_notebook_stores_the_last_line_only():
    code = (
        "from d2lhelpers.progress import Progress\n"
        "with Progress(5, seconds_between=0) as bar:\n"
        "    for _ in range(5):\n"
        "        bar.update()\n"
        "    bar.close('done')\n"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output.output_type == "display_data"
    assert output.data == {"text/plain": "done"}


ENCODINGS = ["latin-1", "cp1252", "ascii", "cp437", "utf-8"]


class NarrowTerminal(io.TextIOWrapper):
    """A terminal that knows few characters, and refuses the others."""

    def isatty(self):
        return True


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_terminal_with_few_characters_gets_plain_ones(monkeypatch, encoding):
    terminal = NarrowTerminal(io.BytesIO(), encoding=encoding, newline="")
    monkeypatch.setattr("sys.stdout", terminal)
    with Progress(4, seconds_between=0) as bar:
        bar.update(2)
        bar.close("done ✓ in 3 µs, λ = 2")
    text = terminal.buffer.getvalue().decode(encoding)
    drawn = "━━━━━━━━━━·········· 2/4" if encoding == "utf-8" else "==========.......... 2/4"
    if encoding != "cp437":  # which has the dot, and not the line
        assert drawn.replace(".", "·" if "━" in drawn else ".") in text
    assert "2/4" in text and "done" in text.split("\r")[-1]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_verdicts_and_summaries_can_be_printed_in_any_encoding(encoding):
    code = (
        "from d2lhelpers.checks.core import Verdict; from d2lhelpers.progress import Progress\n"
        "print(Verdict(True, 'right'), Verdict(False, 'expected λ ≥ 2'))\n"
        "with Progress(2) as bar: bar.close('── done')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
    )
    assert run.returncode == 0, run.stderr.decode()
    text = run.stdout.decode(encoding)
    assert "right" in text and "done" in text
    assert "✓ right ✗ expected λ ≥ 2" in text if encoding == "utf-8" else "[ok] right [no]" in text


@pytest.mark.parametrize("stdout", [None, object()])
def test_a_front_end_without_a_terminal_does_not_stop_a_run(monkeypatch, stdout):
    class Bare:
        def write(self, text):
            pass

    monkeypatch.setattr("sys.stdout", stdout and Bare())
    with Progress(2, seconds_between=0) as bar:
        bar.update()
        bar.close("done")


def test_a_bar_without_a_total_counts(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    with pytest.raises(ZeroDivisionError), Progress(0, seconds_between=0) as bar:
        bar.update(1_200)
        raise ZeroDivisionError
    assert "1,200 steps" in terminal.getvalue()
    assert terminal.getvalue().split("\r")[-1].rstrip() == "stopped after 1,200 steps"
