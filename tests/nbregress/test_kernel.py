"""No output is lost between a kernel and its client, or the cell fails."""

from __future__ import annotations

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, RunningKernel

from nbregress import kernel as kernels
from nbregress.kernel import StoppedError, prepare, run_cell, traceback
from nbregress.streams import parts

LINES = 9_000  # as messages, more than the queues and the sockets hold
LOG = f"for i in range({LINES}): print(f'{{i:1000}}', flush=True)"
LOSE_LAST_MESSAGE = """\
session = get_ipython().kernel.session
send = session.send
def lose(stream, kind, *arguments, **keywords):
    if kind == "status" and arguments[0]["execution_state"] == "idle":
        session.send = send
    else:
        return send(stream, kind, *arguments, **keywords)
session.send = lose
print(1)"""


@pytest.fixture
def kernel():
    kernel = RunningKernel(CURRENT_ENV_KERNEL_NAME)
    prepare(kernel)
    yield kernel
    kernel.stop()


def shown(kernel: RunningKernel, source: str) -> list[tuple[str, str]]:
    client = NotebookClient(new_notebook(cells=[new_code_cell(source)]), record_timing=False)
    run_cell(kernel, client, 0, seconds=500)
    return parts(client.nb.cells[0].outputs)


def test_all_lines_arrive_though_nobody_reads_before_the_last_is_sent(kernel, monkeypatch):
    get_message = kernel.get_message

    def wait_for_the_end(*arguments, **keywords):
        monkeypatch.undo()
        kernel.kc.get_shell_msg(timeout=500)
        return get_message(*arguments, **keywords)

    monkeypatch.setattr(kernel, "get_message", wait_for_the_end)
    assert shown(kernel, LOG) == [("stdout", "".join(f"{i:1000}\n" for i in range(LINES)))]


def test_a_cell_whose_last_message_is_lost_fails(kernel):
    with pytest.raises(StoppedError, match="lost output"):
        shown(kernel, LOSE_LAST_MESSAGE)


def test_a_cell_that_prints_without_end_is_stopped(kernel, monkeypatch):
    monkeypatch.setattr(kernels, "MOST_CHARACTERS", 100_000)
    with pytest.raises(StoppedError, match="printed more than 100,000 characters"):
        shown(kernel, "while True: print('x' * 1_000)")
    assert shown(kernel, "print(1)") == [("stdout", "1\n")]


def test_of_a_long_traceback_both_ends_are_said():
    lines = [f"\x1b[31mline {i}\x1b[0m" for i in range(100_000)]
    text = traceback([new_output("error", ename="E", evalue="e", traceback=lines)])
    assert text.startswith("line 0\n") and text.endswith("line 99999") and len(text) < 20_000


def test_a_kernel_that_cannot_be_prepared_is_refused(kernel):
    with pytest.raises(StoppedError, match="division by zero"):
        prepare(kernel, "1 / 0")
