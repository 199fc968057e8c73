"""The bar in its three places: a file, a terminal, a notebook."""

import io

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
