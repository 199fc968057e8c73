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
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from refused import RefusedError
from running import execute, first_line, refuse_stand_in
from stored import stamps
from stored.facts import facts
from stored.normalize import normalize
from stored.provenance import DataSets, versions
from stored.sources import ROOT, notebooks

# Threads that parse at the same time disturb each other in Python 3.11 (one count of the depth).
PARSING = threading.Lock()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--all", action="store_true", help="run every notebook of the book")
    parser.add_argument("--check", action="store_true", help="list what is out of date")
    parser.add_argument("--jobs", type=int, default=_cores(), metavar="N", help="side by side")
    parser.add_argument("--root", type=Path, default=ROOT, help="folder of the book")
    options = parser.parse_args(arguments)
    root = options.root.resolve()
    sys.path.insert(0, str(root))  # the package that is hashed is the one that is asked

    missing = [str(path) for path in options.notebooks if not path.is_file()]
    if missing:
        parser.error(f"no such notebook: {', '.join(missing)}")
    paths = [path.resolve() for path in options.notebooks] or notebooks(root)
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
        return [first_line(error)]
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
        raise RefusedError(f"it is not a notebook: {first_line(error)}") from None
    with PARSING:
        try:
            hashes = stamps.fingerprint(nb, root)
        except ValueError as error:
            raise RefusedError(str(error)) from None
        stale = stamps.staleness(nb, root)

    done = "the note of facts was rewritten"
    if always or stale:
        for data in nb.metadata.get("book", {}).get("data", []):
            sets.require(data)
        measured = execute(nb, path.parent, root)
        refuse_stand_in(nb)
        with PARSING:
            packages = versions(nb, root)
        nb.metadata.stamp = {
            **hashes,
            "versions": packages,
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


def facts_cell(nb: NotebookNode) -> NotebookNode | None:
    """The cell tagged ``facts``, if there is one."""
    return next((cell for cell in nb.cells if "facts" in cell.metadata.get("tags", [])), None)


def _write(path: Path, text: str) -> None:
    """Replace a file in one step, so that a stopped run leaves no half notebook."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    sys.exit(main())
