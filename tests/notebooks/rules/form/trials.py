"""Claims on trial."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from rules.content.markdown import cited, unfenced
from rules.page import Cell, Page
from rules.rule import rule

MOST = 3
VERDICT = re.compile(r"(?m)^\*\*[A-Z][^*]{1,40}\*\*")


@rule(
    12,
    "a claim stands on trial, with a verdict",
    "a cell tagged myth ('### On trial: \"claim\"'), code tagged myth-check that shows it, a cell "
    "tagged verdict ('**Wrong.** ...'), a code cell tagged holds that asserts it; or one cell "
    "tagged myth and prose, with a citation",
)
def myths(page: Page) -> Iterator[str]:
    cells = page.cells
    judged: set[int] = set()
    if not page.tagged("myth"):
        yield "no cell is tagged myth"
    for cell in page.tagged("myth"):
        if not re.search(r"(?m)^### On trial: [\"“].+[\"”]\s*$", cell.source):
            yield f"{cell}: no heading '### On trial: \"claim\"'"
        if "prose" in cell.tags:
            if not VERDICT.search(cell.source):
                yield f"{cell}: no verdict in bold, such as '**Wrong.**', at the start of a line"
            if not cited(cell):
                yield f"{cell}: a claim decided by prose needs a citation"
            continue
        section = list(itertools.takewhile(_has_no_heading, cells[cell.number :]))
        end = next((i for i, c in enumerate(section, start=1) if "verdict" in c.tags), None)
        trial = section[:end]
        judged |= {other.number for other in trial}
        evidence = [other for other in trial if other.is_code]
        if not any("myth-check" in other.tags for other in evidence):
            yield f"{cell}: no code cell tagged myth-check follows"
        elif not any(c.asserts for c in section if c.is_code and c.tags & {"myth-check", "holds"}):
            yield f"{cell}: no myth-check and no holds cell of it asserts anything"
        for other in evidence:
            if not other.tags & {"myth-check", "holds"}:
                yield f"{other}: a code cell between myth and verdict is tagged myth-check or holds"
        if not trial or "verdict" not in trial[-1].tags:
            yield f"{cell}: no cell tagged verdict follows"
        elif not VERDICT.match(trial[-1].source):
            yield f"{trial[-1]}: the verdict does not begin in bold, such as '**Wrong.**'"
    for cell in page.tagged("myth-check") + page.tagged("verdict"):
        if cell.number not in judged:
            yield f"{cell} belongs to no cell tagged myth"


def _has_no_heading(cell: Cell) -> bool:
    return cell.is_code or not re.search(r"(?m)^#", unfenced(cell.source))


@rule(
    34,
    f"at most {MOST} claims stand on trial",
    "keep those that people really believe; a slip of the pen is a row in the table of slips",
)
def few_trials(page: Page) -> Iterator[str]:
    if len(page.tagged("myth")) > MOST:
        yield f"{len(page.tagged('myth'))} claims on trial"
