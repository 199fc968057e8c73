"""Run one notebook in a kernel of its own, and keep all that it shows."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import textwrap
import time
from pathlib import Path

import psutil
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from refused import RefusedError
from stored.sources import code_cells

CELL_SECONDS = 120
LIFT = """\
def _lift(iopub=get_ipython().kernel.iopub_thread):
    iopub.schedule(lambda: setattr(iopub.socket, "sndhwm", 0))
_lift()
del _lift"""
STAND_IN = "handwritten digits stand in"


def execute(nb: NotebookNode, folder: Path, root: Path) -> dict[str, float]:
    """Run a notebook in place, in a fresh kernel whose working directory is ``folder``.

    Returns:
        ``seconds`` from the first cell to the last, imports included, and the kernel's
        ``peak_memory_mb``.

    Raises:
        RefusedError: a cell raised, ran for too long, or ended the kernel.
    """
    watch = Watch()

    async def start(cell: NotebookNode, cell_index: int) -> None:
        if watch.cell is None:
            await lift_queue_limits(client.kc)
        watch.start(cell, cell_index)

    with tempfile.TemporaryDirectory() as settings:
        client = NotebookClient(
            nb,
            kernel_name="python3",
            timeout_func=lambda cell: cell.metadata.get("nbval", {}).get("timeout", CELL_SECONDS),
            iopub_timeout=CELL_SECONDS,  # after which what did not arrive would be left out
            raise_on_iopub_timeout=True,
            record_timing=False,
            store_widget_state=False,
            on_cell_execute=start,
            on_cell_executed=lambda cell, cell_index, execute_reply: watch.stop(client),
        )
        try:
            client.execute(
                cwd=str(folder), env=_environment(root, settings), stderr=subprocess.DEVNULL
            )
        except CellExecutionError as error:
            what = f"{error.ename}: {_plain(error.evalue)}"
        except CellTimeoutError as error:
            what = f"ran for longer than {client.timeout_func(nb.cells[watch.cell])} s"
            if "IOPub" in str(error):
                what = f"what it shows did not all arrive within {CELL_SECONDS} s of its end"
        except DeadKernelError:
            what = "the kernel died"
        except (NoSuchKernel, RuntimeError) as error:
            raise RefusedError(f"its kernel could not be started: {first_line(error)}") from None
        else:
            return {"seconds": round(watch.seconds, 1), "peak_memory_mb": watch.peak_memory_mb}
    source = textwrap.indent(nb.cells[watch.cell].source.strip(), "    ")
    raise RefusedError(f"{_place(nb, watch.cell)}: {what}\n{source}")


async def lift_queue_limits(kernel: AsyncKernelClient) -> None:
    """Let no queue between a kernel and this client be full: it would drop messages silently.

    Raises:
        RefusedError: the kernel did not do it.
    """
    kernel.iopub_channel.socket.rcvhwm = 0  # no limit
    reply = await kernel.execute(LIFT, silent=True, reply=True, timeout=CELL_SECONDS)
    if reply["content"]["status"] != "ok":
        raise RefusedError(f"its kernel may lose output: {reply['content'].get('evalue')}")


class Watch:
    """Which cell runs, the seconds since the first one started, and the kernel's memory."""

    def __init__(self) -> None:
        self.cell: int | None = None
        self.seconds = 0.0
        self.peak_memory_mb = 0

    def start(self, cell: NotebookNode, cell_index: int) -> None:
        """Call before a cell runs."""
        if self.cell is None:
            self._began = time.perf_counter()
        self.cell = cell_index

    def stop(self, client: NotebookClient) -> None:
        """Call after a cell ran, while the kernel lives."""
        self.seconds = time.perf_counter() - self._began
        kernel = client.km.provisioner.pid
        self.peak_memory_mb = max(self.peak_memory_mb, peak_memory_mb(kernel))


def peak_memory_mb(process: int) -> int:
    """The most memory that a process had resident so far, in MB (10^6 bytes).

    Where the system does not keep a record of it (macOS), what it has resident now.
    """
    status = Path(f"/proc/{process}/status")
    if status.exists() and (peak := re.search(r"VmHWM:\s*(\d+) kB", status.read_text())):
        return round(int(peak[1]) * 1024 / 1e6)
    memory = psutil.Process(process).memory_info()
    return round(getattr(memory, "peak_wset", memory.rss) / 1e6)


def _environment(root: Path, settings: str) -> dict[str, str]:
    """The environment of a kernel: this one's, but for what would change the outputs."""
    environment = dict(os.environ)
    for name in ("D2LHELPERS_SEED", "D2LHELPERS_SCALE", "MPLBACKEND"):
        environment.pop(name, None)
    if data := environment.get("D2LHELPERS_DATA"):
        environment["D2LHELPERS_DATA"] = str(Path(data).resolve())
    environment["D2LHELPERS_DEVICE"] = "cpu"
    environment["IPYTHONDIR"] = settings
    paths = [str(root), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return environment


def refuse_stand_in(nb: NotebookNode) -> None:
    for index, cell in enumerate(nb.cells):
        for output in cell.get("outputs", []):
            if STAND_IN in str(output.get("text", "")):
                raise RefusedError(
                    f"{_place(nb, index)}: digits stood in for a data set that metadata.book.data "
                    "does not name; name it there"
                )


def _place(nb: NotebookNode, index: int) -> str:
    """A code cell by the number that Jupyter shows, and its place among all cells from 1."""
    label = code_cells(nb).index(nb.cells[index]) + 1
    return f"cell [{label}] ({index + 1} of {len(nb.cells)})"


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip()


def first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
