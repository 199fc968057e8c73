"""Run notebooks from top to bottom, store their outputs, and stamp them.

    python tools/notebooks/execute.py           the notebooks whose outputs are out of date
    ... execute.py --all                        every notebook of the book
    ... execute.py chapters/a/b.ipynb           this one
    ... execute.py --check                      run nothing, say which are out of date

Notebooks run side by side, each in a fresh kernel on the CPU, in its own folder, with the book's
seed and its quick scale whatever the environment says. Seconds are therefore measured with
other notebooks at work; the stamp says with how many (``side_by_side``). Where a notebook
raises, nothing of it is written, the others go on, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import stamps
from cell_tags import fold_in_jupyterlab
from facts import facts
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

CELL_SECONDS = 120
STAND_IN = "handwritten digits stand in"
RECORDED = {  # module -> the package whose version goes into a stamp
    "matplotlib": "matplotlib",
    "numpy": "numpy",
    "pandas": "pandas",
    "PIL": "pillow",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "torch": "torch",
    "torchvision": "torchvision",
}


class RefusedError(Exception):
    """A notebook is left as it was; the message says why."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--all", action="store_true", help="run every notebook of the book")
    parser.add_argument("--check", action="store_true", help="list what is out of date")
    parser.add_argument("--jobs", type=int, default=_cores(), metavar="N", help="side by side")
    parser.add_argument("--root", type=Path, default=stamps.ROOT, help="folder of the book")
    options = parser.parse_args(arguments)
    root = options.root.resolve()
    sys.path.insert(0, str(root))  # the package that is hashed is the one that is asked

    missing = [str(path) for path in options.notebooks if not path.is_file()]
    if missing:
        parser.error(f"no such notebook: {', '.join(missing)}")
    paths = [path.resolve() for path in options.notebooks] or stamps.notebooks(root)
    stale = {path: reasons for path in paths if (reasons := out_of_date(path, root))}
    if options.check:
        for path, reasons in stale.items():
            print(f"{_name(path, root)}: {'; '.join(reasons)}")
        print(f"{len(stale)} of {len(paths)} notebooks are out of date")
        return 1 if stale else 0

    everything = options.all or bool(options.notebooks)
    if not everything:
        paths = list(stale)
    return 0 if run_all(paths, root, options.jobs, everything) else 1


def out_of_date(path: Path, root: Path) -> list[str]:
    """Why a notebook on disk is out of date, one reason each."""
    try:
        nb = nbformat.read(path, as_version=4)
        reasons = stamps.staleness(nb, root)
    except (nbformat.reader.NotJSONError, ValueError) as error:
        return [_first_line(error)]
    cell = facts_cell(nb)
    if not reasons and cell is not None and cell.source != facts(nb):
        reasons = ["its note of facts is not what its text and stamp give"]
    return reasons


def run_all(paths: list[Path], root: Path, jobs: int, everything: bool = True) -> bool:
    """Run, store and stamp notebooks side by side; print a line for each.

    Args:
        paths: notebooks.
        root: folder of the book.
        jobs: how many run at a time, at most.
        everything: run also those whose stamp is up to date.

    Returns:
        whether all went well.
    """
    side_by_side = max(1, min(jobs, len(paths)))
    # The book's matrices are small: a second thread gains little, and on busy cores threads that
    # wait for each other cost a factor of ten.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sets = DataSets()

    def run(path: Path) -> bool:
        name = _name(path, root)
        try:
            print(f"{name}: {refresh(path, root, sets, side_by_side, everything)}", flush=True)
            return True
        except RefusedError as problem:
            print(f"{name}: left as it was: {problem}", file=sys.stderr, flush=True)
            return False

    with ThreadPoolExecutor(side_by_side) as pool:
        done = list(pool.map(run, paths))
    print(f"{sum(done)} of {len(paths)} notebooks written" if paths else "all are up to date")
    return all(done)


def refresh(path: Path, root: Path, sets: DataSets, side_by_side: int, always: bool) -> str:
    """Bring a notebook on disk up to date, and say what was done.

    Where its stamp is up to date and it need not run ``always``, only the note of facts is
    written.

    Raises:
        RefusedError: with a sentence; the file is as it was.
    """
    before = path.read_bytes()
    try:
        nb = nbformat.reads(before.decode(), as_version=4)
    except (UnicodeDecodeError, nbformat.reader.NotJSONError, ValueError) as error:
        raise RefusedError(f"it is not a notebook: {_first_line(error)}") from None
    try:
        hashes = stamps.fingerprint(nb, root)
    except ValueError as error:
        raise RefusedError(str(error)) from None

    done = "the note of facts was rewritten"
    if always or stamps.staleness(nb, root):
        for data in nb.metadata.get("book", {}).get("data", []):
            sets.require(data)
        measured = execute(nb, path.parent, root)
        _refuse_stand_in(nb)
        nb.metadata.stamp = {
            **hashes,
            "versions": versions(nb, root),
            **measured,
            "side_by_side": side_by_side,
        }
        done = f"ran in {measured['seconds']:.1f} s, {measured['peak_memory_mb']:,} MB"
    if (cell := facts_cell(nb)) is not None:
        cell.source = facts(nb)
    normalize(nb)
    if path.read_bytes() != before:
        raise RefusedError("the file was changed while it ran; run it again")
    _write(path, nbformat.writes(nb, version=4).rstrip("\n") + "\n")
    return done


def execute(nb: NotebookNode, folder: Path, root: Path) -> dict[str, float]:
    """Run a notebook in place, in a fresh kernel whose working directory is ``folder``.

    Returns:
        ``seconds`` from the first cell to the last, imports included, and the kernel's
        ``peak_memory_mb``.

    Raises:
        RefusedError: a cell raised, ran for too long, or ended the kernel.
    """
    watch = Watch()
    with tempfile.TemporaryDirectory() as settings:
        client = NotebookClient(
            nb,
            kernel_name="python3",
            timeout_func=lambda cell: cell.metadata.get("nbval", {}).get("timeout", CELL_SECONDS),
            record_timing=False,
            store_widget_state=False,
            on_cell_execute=watch.start,
            on_cell_executed=lambda cell, cell_index, execute_reply: watch.stop(client),
        )
        try:
            client.execute(
                cwd=str(folder), env=_environment(root, settings), stderr=subprocess.DEVNULL
            )
        except CellExecutionError as error:
            what = f"{error.ename}: {_plain(error.evalue)}"
        except CellTimeoutError:
            what = f"ran for longer than {client.timeout_func(nb.cells[watch.cell])} s"
        except DeadKernelError:
            what = "the kernel died"
        except (NoSuchKernel, RuntimeError) as error:
            raise RefusedError(f"its kernel could not be started: {_first_line(error)}") from None
        else:
            return {"seconds": round(watch.seconds, 1), "peak_memory_mb": watch.peak_memory_mb}
    source = textwrap.indent(nb.cells[watch.cell].source.strip(), "    ")
    raise RefusedError(f"{_place(nb, watch.cell)}: {what}\n{source}")


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


class DataSets:
    """Which data sets can be had here; each is looked for once, for all notebooks."""

    def __init__(self) -> None:
        self._missing: dict[str, str | None] = {}
        self._one_at_a_time = threading.Lock()

    def require(self, name: str) -> None:
        """Find or download a data set.

        Raises:
            RefusedError: no copy of it can be had.
        """
        with self._one_at_a_time:
            if name not in self._missing:
                from d2lhelpers.download import load

                contents, trail = load(name)
                self._missing[name] = None if contents else str(trail)
        if self._missing[name] is not None:
            raise RefusedError(
                f"it needs {name}, which cannot be had here, and stored outputs are those of "
                f"the real data; connect to the network or set D2LHELPERS_DATA\n"
                f"{self._missing[name]}"
            )


def versions(nb: NotebookNode, root: Path) -> dict[str, str]:
    """Version of Python and of the numerical packages that the notebook or its helpers import."""
    imported = stamps.third_party(nb, root)
    return {"python": platform.python_version()} | {
        package: importlib.metadata.version(package)
        for module, package in RECORDED.items()
        if module in imported
    }


def normalize(nb: NotebookNode) -> None:
    """Leave in a notebook only what says something about it, so that differences are small."""
    nb.nbformat, nb.nbformat_minor = 4, 5
    nb.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    nb.metadata.language_info = {"name": "python"}
    nb.metadata.pop("widgets", None)
    fold_in_jupyterlab(nb)
    count = 0
    used: set[str] = set()
    for cell in nb.cells:
        for key in ("execution", "ExecuteTime", "collapsed", "scrolled"):
            cell.metadata.pop(key, None)
        if not cell.get("id") or cell.id in used:
            cell.id = hashlib.sha256(f"{len(used)}{cell.source}".encode()).hexdigest()[:8]
        used.add(cell.id)
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        if cell.source.strip():
            cell.execution_count = count = count + 1
        cell.outputs = join_streams(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count


def join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Outputs with neighboring pieces of one stream joined: how it is cut depends on timing."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    for output in joined:
        if output.output_type == "stream":  # a carriage return starts its line again
            output.text = re.sub(r"^.*\r(?!\n)", "", output.text, flags=re.M)
    return joined


def facts_cell(nb: NotebookNode) -> NotebookNode | None:
    """The cell tagged ``facts``, if there is one."""
    return next((cell for cell in nb.cells if "facts" in cell.metadata.get("tags", [])), None)


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


def _refuse_stand_in(nb: NotebookNode) -> None:
    for index, cell in enumerate(nb.cells):
        for output in cell.get("outputs", []):
            if STAND_IN in str(output.get("text", "")):
                raise RefusedError(
                    f"{_place(nb, index)}: digits stood in for a data set that metadata.book.data "
                    "does not name; name it there"
                )


def _write(path: Path, text: str) -> None:
    """Replace a file in one step, so that a stopped run leaves no half notebook."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _place(nb: NotebookNode, index: int) -> str:
    """A code cell by the number that Jupyter shows, and its place among all cells from 1."""
    label = stamps.code_cells(nb).index(nb.cells[index]) + 1
    return f"cell [{label}] ({index + 1} of {len(nb.cells)})"


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip()


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    sys.exit(main())
