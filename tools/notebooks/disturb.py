"""Find what a notebook shows or asserts that hangs on rounding errors.

    python tools/notebooks/disturb.py [--draws N] [--units N] [NOTEBOOK ...]

Each notebook's regression test runs several times, with what processors round differently moved
by one unit in the last place, or by several (``disturbance.py``). Prints a table of notebooks by
draws, then what moved: an assert that no longer holds, a number by more than its tolerance, a
figure. In every second draw a number may instead move by a third, but whatever its size: so that
the digits of a rounding error show, which are far below the usual tolerance. The exit status is 1
where anything moved.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat
from stored import sources
from variations import PATIENT, Outcome, report, run_pytest

BY_A_THIRD = {"atol": 0.0, "rtol": 1 / 3}
STARTUP = """\
import sys
sys.path.append({folder!r})
import disturbance
sys.path.remove({folder!r})
disturbance.start()
del sys, disturbance
"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--draws", type=int, default=4, metavar="N")
    parser.add_argument("--units", type=int, default=1, metavar="N", help="in the last place")
    parser.add_argument("--jobs", default="1", metavar="N", help="notebooks side by side")
    options = parser.parse_args(arguments)
    paths = [path.resolve() for path in options.notebooks] or sources.notebooks()
    draws = range(1, options.draws + 1)
    return report(run_disturbed(paths, draws, units=options.units, jobs=options.jobs))


def run_disturbed(
    paths: Sequence[Path],
    draws: Sequence[int],
    root: Path = sources.ROOT,
    units: int = 1,
    jobs: str = "1",
) -> dict[str, dict[str, Outcome]]:
    """Run notebooks once for each draw: ``"draw 1"`` -> notebook -> what came out."""
    outcomes = {}
    with tempfile.TemporaryDirectory() as settings:
        startup = Path(settings, "profile_default", "startup", "disturb.py")
        startup.parent.mkdir(parents=True)
        startup.write_text(STARTUP.format(folder=str(Path(__file__).parent)))
        for number in draws:
            print(f"draw {number} ...", flush=True)
            environment = {"IPYTHONDIR": settings, "DISTURBANCE": f"{number} {units}"}
            run = run_by_a_third if number % 2 == 0 else run_pytest
            outcomes[f"draw {number}"] = run(paths, environment, [PATIENT, "-n", jobs], root)
    return outcomes


def run_by_a_third(
    paths: Sequence[Path], environment: dict[str, str], arguments: Sequence[str], root: Path
) -> dict[str, Outcome]:
    """``run_pytest`` with copies of the notebooks whose numbers may move by a third.

    The copies lie below ``root``, whose settings of pytest hold there.
    """
    folder = root / "_build" / "disturbed"
    shutil.rmtree(folder, ignore_errors=True)
    copies = []
    for path in paths:
        nb = nbformat.read(path, as_version=4)
        for cell in sources.code_cells(nb):
            cell.metadata.setdefault("nbval", {}).update(BY_A_THIRD)
        copies.append(folder / path.relative_to(root))
        copies[-1].parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nb, copies[-1])
    try:
        outcomes = run_pytest(copies, environment, arguments, root)
    finally:
        shutil.rmtree(folder)
    prefix = folder.relative_to(root).as_posix() + "/"
    return {name.removeprefix(prefix): outcome for name, outcome in outcomes.items()}


if __name__ == "__main__":
    sys.exit(main())
