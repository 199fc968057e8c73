"""Run a cell in a kernel such that no output is lost, or say that it was."""

import re
import time
from queue import Empty

from nbclient.client import CellExecutionComplete, NotebookClient
from nbformat import NotebookNode
from nbval.kernel import RunningKernel

POLL_SECONDS = 0.5
INTERRUPT_SECONDS = 30  # for the traceback of a cell that was stopped, on a busy machine
MOST_CHARACTERS = 10_000_000  # that a cell may show; about as much is compared in some seconds
KEPT = 5_000  # characters of each end of a long traceback

# A queue between kernel and client that is full drops messages, and says nothing: 0 is no limit.
_UNLIMITED = """
def _unlimited(iopub=__import__("IPython").get_ipython().kernel.iopub_thread):
    iopub.schedule(lambda: setattr(iopub.socket, "sndhwm", 0))
_unlimited()
del _unlimited
"""


class StoppedError(Exception):
    """A cell did not come to a good end; the message says why."""


def prepare(kernel: RunningKernel, prelude: str = "", seconds: float = 60) -> None:
    """Take away the limits of the message queues, then run code that leaves no output.

    Raises:
        StoppedError: the kernel did not do it.
    """
    kernel.kc.iopub_channel.socket.rcvhwm = 0
    reply = kernel.kc.execute(_UNLIMITED + prelude, silent=True, reply=True, timeout=seconds)
    if reply["content"]["status"] != "ok":
        raise StoppedError(f"its first lines failed: {reply['content'].get('evalue')}")


def run_cell(kernel: RunningKernel, client: NotebookClient, index: int, seconds: float) -> None:
    """Run a cell to its end; ``client`` holds the notebook and stores what the cell shows.

    Raises:
        StoppedError: the kernel died, the time is over, or output is missing or too much.
    """
    cell, printed, problem = client.nb.cells[index], 0, ""
    cell.outputs, client.clear_before_next_output = [], False
    request = kernel.kc.execute(cell.source, allow_stdin=False, stop_on_error=False)
    deadline, ping = time.monotonic() + seconds, None

    def stop(reason: str) -> None:
        nonlocal problem, deadline
        kernel.interrupt()
        problem, deadline = reason, time.monotonic() + INTERRUPT_SECONDS

    while time.monotonic() < deadline or not problem:
        if time.monotonic() > deadline:
            stop(f"was still running after its time limit of {seconds:g} s")
        elif printed > MOST_CHARACTERS and not problem:
            stop(f"printed more than {MOST_CHARACTERS:,} characters: too much to compare")
        try:
            message = kernel.get_message("iopub", timeout=POLL_SECONDS)
            parent = message["parent_header"].get("msg_id")
            if parent == request:
                client.process_message(message, cell, index)
                printed += len(message["content"].get("text", ""))
            elif parent == ping and message["content"].get("execution_state") == "idle":
                problem = problem or "lost output: the message that ends it did not arrive"
                break
        except CellExecutionComplete:
            break
        except Empty:
            if not kernel.is_alive():
                raise StoppedError("stopped: the kernel died") from None
            ping = ping or kernel.kc.kernel_info()  # is answered after the cell's own messages
    if problem:
        raise StoppedError(f"{problem}\n{traceback(cell.outputs)}")


def traceback(outputs: list[NotebookNode]) -> str:
    """The tracebacks among outputs, without colors; of a long one its beginning and its end."""
    lines = [line for output in outputs for line in output.get("traceback", [])]
    text = "\n".join(lines)
    if len(text) > 4 * KEPT:
        text = f"{text[:KEPT]}\n... {len(text) - 2 * KEPT:,} characters ...\n{text[-KEPT:]}"
    return re.sub(r"\x1b\[[\d;]{0,30}m", "", text)
