"""How fast the helpers are, beside d2l, plain PyTorch and the limit. `make bench` runs it.

    python benchmarks/bench.py [--rounds 5] [--only mlp]

Every job is done by four programs in turn, round after round, so that all of them meet the same
disturbances; seconds are medians of the rounds, a ratio is the median of the ratios within a round.

* ours: `Batches`, `fit` and `evaluate`
* d2l: d2l 0.17.0, its loaders (four worker processes) and its training loop
* PyTorch: torchvision's data set, a `DataLoader` with four workers, the loop of most tutorials
* limit: a bare loop over batches that were cut beforehand, accuracy counted

Needs the real Fashion-MNIST. Prints a table; a whole run also writes it into `results.json`,
with a description of the machine, and without the other batch sizes into the README.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import platform
import re
from pathlib import Path

import torch
from measuring import measure, memory, summary
from programs import COLUMNS, FOLDER, beside_the_data, jobs

ROOT = FOLDER.parent
RESULTS = FOLDER / "results.json"


def machine() -> dict[str, object]:
    """What the numbers depend on."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
        model = found[1] if found else model
    return {
        "date": datetime.date.today().isoformat(),
        "processor": model,
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "system": platform.system(),
    }


def table(results: list[dict]) -> str:
    """The results in Markdown."""
    lines = ["| Job | ours | d2l | PyTorch | limit | d2l / ours | ours / limit |"]
    lines.append("| :-- | --: | --: | --: | --: | --: | --: |")
    for result in results:
        values, unit = result["median"], result["unit"]
        cells = [f"{values[c]:.3g} {unit}" if c in values else "" for c in COLUMNS]
        cells += [f"{result['d2l / ours']:.1f}", f"{result['ours / limit']:.2f}"]
        lines.append(f"| {result['job']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def describe(of: dict) -> str:
    """The machine in a sentence."""
    return (
        f"Measured on {of['date']}: {of['processor']}, {of['cores']} cores, {of['system']}, "
        f"Python {of['python']}, torch {of['torch']}."
    )


def update_readme(text: str) -> None:
    """Put the table between its two marks in the README."""
    path = ROOT / "README.md"
    begin, end = "<!-- speed: made by `make bench` -->", "<!-- end of speed -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    assert rest and after, "the README lacks the marks of the speed table"
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print, and write down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="a word that the job's name contains")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    results = []
    with beside_the_data():
        for name, programs in jobs():
            if options.only.lower() in name.lower():
                results.append(summary(name, "s", measure(programs, options.rounds)))
                print(table(results[-1:]).splitlines()[-1], flush=True)
        if options.only.lower() in "memory":
            used = {column: [megabytes] for column, megabytes in memory().items()}
            results.append(summary("memory, an epoch", "MB", used))
    record = {"machine": machine(), "rounds": options.rounds, "results": results}
    text = f"{table(results)}\n\n{describe(record['machine'])}"
    print(f"\n{text}")
    if not options.only:
        RESULTS.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        few = [row for row in results if not row["job"].endswith(("batch 64", "batch 1024"))]
        update_readme(f"{table(few)}\n\n{describe(record['machine'])}")


if __name__ == "__main__":
    main()
