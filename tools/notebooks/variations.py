"""Run the notebooks' regression test as other computers would, as far as one computer can.

    python tools/notebooks/variations.py [NOTEBOOK ...]
    ... variations.py --only NAME        one variation
    ... variations.py --draw TEXT        one variation on half of the notebooks: the text decides

Outputs that other computers cannot repeat show here first: rounding depends on how a sum is cut
over threads and on the width of the processor's vectors, and measured times on what else runs.
Prints a table of notebooks by variations, then what differs. The exit status is 1 where anything
does.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

from stored.sources import ROOT, notebooks

T = TypeVar("T")
PATIENT = "--nbval-cell-timeout=1800"  # how fast the computer is decides nothing here
VARIATIONS = {
    "1 thread": {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
    # Passive: on a busy computer a thread that spins while it waits takes the time of the others.
    "2 threads": {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2", "OMP_WAIT_POLICY": "PASSIVE"},
    "torch without AVX": {"ATEN_CPU_CAPABILITY": "default"},
    "oneDNN with AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
    "all without AVX": {
        "MKL_CBWR": "COMPATIBLE",
        "ATEN_CPU_CAPABILITY": "default",
        "ONEDNN_MAX_CPU_ISA": "SSE41",
    },
    "old OpenBLAS": {"OPENBLAS_CORETYPE": "Nehalem"},  # NumPy's, on processors of x86
    "busy": {},
}


@dataclass
class Outcome:
    """What a run of pytest said about one notebook.

    Attributes:
        passed: number of cells.
        differ: name of a cell -> first lines of the report, for cells with other outputs.
        failed: the same for cells that raised, hung or could not be run.
        not_run: number of cells after such a one.
    """

    passed: int = 0
    differ: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    not_run: int = 0

    def __str__(self) -> str:
        cells = len(self.differ)
        parts = [
            f"{cells} cell{'s' if cells > 1 else ''} differ{'s' if cells == 1 else ''}"
            if cells
            else "",
            f"{len(self.failed)} failed" if self.failed else "",
            f"{self.not_run} not run" if self.not_run else "",
        ]
        return ", ".join(filter(None, parts)) or ("passed" if self.passed else "nothing was run")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--only", choices=VARIATIONS, metavar="NAME", help="run one")
    parser.add_argument("--draw", metavar="TEXT", help="run one, chosen by this text, on half")
    parser.add_argument("--jobs", default="1", metavar="N", help="notebooks side by side")
    options = parser.parse_args(arguments)
    if options.draw is None:
        paths, names = notebooks(), [options.only] if options.only else list(VARIATIONS)
    else:
        paths, names = halves(notebooks(), options.draw)[1], [draw(list(VARIATIONS), options.draw)]
    paths = options.notebooks or paths
    outcomes = {}
    for name in names:
        print(f"{name} ...", flush=True)
        with every_core_busy() if name == "busy" else nullcontext():
            outcomes[name] = run_pytest(paths, VARIATIONS[name], [PATIENT, "-n", options.jobs])
    return report(outcomes)


def draw(choices: Sequence[T], text: str) -> T:
    """One of the choices: the same for the same text, on every computer."""
    return choices[zlib.crc32(text.encode()) % len(choices)]


def halves(paths: Sequence[Path], text: str) -> tuple[list[Path], list[Path]]:
    """The notebooks divided by lot: one half runs with another seed, the other on another computer.

    The same text divides them in the same way, and another text in another.
    """
    drawn = sorted(paths, key=lambda path: zlib.crc32(f"{text} {path.stem}".encode()))
    return sorted(drawn[::2]), sorted(drawn[1::2])


@contextmanager
def every_core_busy() -> Iterator[list[subprocess.Popen]]:
    """For the time of a ``with`` block, an endless loop on each core, as processes."""
    loops = []
    try:
        for _ in range(os.cpu_count() or 1):
            loops.append(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
        yield loops
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def run_pytest(
    paths: Sequence[Path],
    environment: dict[str, str],
    arguments: Sequence[str] = (),
    root: Path = ROOT,
) -> dict[str, Outcome]:
    """Run pytest on notebooks, with more variables in its environment.

    Args:
        paths: notebooks, at least one.
        environment: is added to this process's own.
        arguments: further arguments of pytest.
        root: folder to run in, whose settings of pytest hold.

    Returns:
        path of a notebook relative to ``root``, without suffix -> what came out.

    Raises:
        RuntimeError: pytest could not run, with its last lines.
    """
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record.xml"
        finished = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", *map(str, paths), *arguments),
                *("-p", "no:cacheprovider", f"--junitxml={record}"),
            ],
            cwd=root,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
        )
        if finished.returncode not in (0, 1):
            last = "\n".join((finished.stdout + finished.stderr).splitlines()[-20:])
            raise RuntimeError(f"pytest ended with status {finished.returncode}:\n{last}")
        return read_record(record)


def read_record(path: Path) -> dict[str, Outcome]:
    """What a JUnit record says, by notebook."""
    outcomes: dict[str, Outcome] = {}
    for case in ElementTree.parse(path).iter("testcase"):
        name = (case.get("classname") or case.get("name", "")).removesuffix(".ipynb")
        outcome = outcomes.setdefault(name.replace(".", "/"), Outcome())
        states = (p.get("value") for p in case.iter("property") if p.get("name") == "nbregress")
        compared = any(re.search(r"\bcompared\b", state) for state in states)
        problem = case.find("failure")
        if problem is None:
            problem = case.find("error")
        if problem is not None:
            group = outcome.differ if compared else outcome.failed
            group[case.get("name", "")] = _first_lines(problem)
        elif case.find("skipped") is not None:
            outcome.not_run += 1
        else:
            outcome.passed += 1
    return outcomes


def report(outcomes: dict[str, dict[str, Outcome]]) -> int:
    """Print a table of notebooks by runs, then what is wrong; 1 where anything is, else 0."""
    names = sorted({name for run in outcomes.values() for name in run})
    rows = [["", *outcomes]]
    for name in names:
        rows.append([name, *(str(run.get(name, "missing")) for run in outcomes.values())])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())
    for run, by_notebook in outcomes.items():
        for name, outcome in sorted(by_notebook.items()):
            for cell, text in {**outcome.differ, **outcome.failed}.items():
                print(f"\n{run}: {name}, {cell}\n{text}")
    good = names and all(text == "passed" for row in rows[1:] for text in row[1:])
    return 0 if good else 1


def _first_lines(problem: ElementTree.Element, count: int = 6) -> str:
    lines = (problem.get("message") or problem.text or "").splitlines()
    return "\n".join(f"    {line}" for line in lines[:count])


if __name__ == "__main__":
    sys.exit(main())
