"""Run the notebooks that draw random numbers with other seeds.

    python tools/notebooks/seeds.py [--seeds 1 2 3] [NOTEBOOK ...]
    ... seeds.py --draw TEXT        one of the seeds on half of the notebooks: the text decides

Outputs are not compared, but what the cells assert must hold: a number that the text quotes, or
a claim on trial, is not allowed to be the luck of one seed. Prints a table of notebooks by
seeds, then what failed. The exit status is 1 where anything did.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from stored.sources import ROOT, code_cells, notebooks, parse
from variations import PATIENT, Outcome, draw, halves, report, run_pytest


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], metavar="SEED")
    parser.add_argument("--draw", metavar="TEXT", help="run one, chosen by this text, on half")
    options = parser.parse_args(arguments)
    paths, seeds = notebooks(), options.seeds
    if options.draw is not None:
        paths, seeds = halves(paths, options.draw)[0], [draw(seeds, options.draw)]
    paths = [path for path in options.notebooks or paths if calls_seed(path)]
    if not paths:
        parser.error("none of the notebooks calls seed()")
    return report(run_seeds(paths, seeds))


def run_seeds(
    paths: Sequence[Path], seeds: Sequence[int], root: Path = ROOT
) -> dict[str, dict[str, Outcome]]:
    """Run notebooks once for each seed: ``"seed 1"`` -> notebook -> what came out."""
    outcomes = {}
    for number in seeds:
        print(f"seed {number} ...", flush=True)
        environment = {"D2LHELPERS_SEED": str(number)}
        outcomes[f"seed {number}"] = run_pytest(
            paths, environment, [PATIENT, "--nbregress-no-compare"], root
        )
    return outcomes


def calls_seed(path: Path) -> bool:
    """Whether a code cell of the notebook calls ``seed(...)`` of ``d2lhelpers.device``."""
    nb = nbformat.read(path, as_version=4)
    return any(
        isinstance(node, ast.Call) and getattr(node.func, "id", "") == "seed"
        for cell in code_cells(nb)
        for node in ast.walk(parse(cell.source))
    )


if __name__ == "__main__":
    sys.exit(main())
