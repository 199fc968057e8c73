"""Claims on trial."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.markdown import cited, unfenced
from rules.page import Page
from rules.rule import rule

VERDICT = re.compile(r"(?m)^\*\*[A-Z][^*]{1,40}\*\*")


@rule(
    12,
    "a claim stands on trial, with a verdict",
    "a cell tagged myth ('### On trial: \"claim\"'), code tagged myth-check that asserts, a cell "
    "tagged verdict ('**Wrong.** ...'); or one cell tagged myth and prose, with a citation",
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
        trial = []
        for following in cells[cell.number :]:
            if not following.is_code and re.search(r"(?m)^#", unfenced(following.source)):
                break
            judged.add(following.number)
            trial.append(following)
            if "verdict" in following.tags:
                break
        evidence = [other for other in trial if other.is_code]
        if not any("myth-check" in other.tags for other in evidence):
            yield f"{cell}: no code cell tagged myth-check follows"
        elif not any(other.asserts() for other in evidence if "myth-check" in other.tags):
            yield f"{cell}: no myth-check cell asserts anything"
        for other in evidence:
            if "myth-check" not in other.tags:
                yield f"{other}: a code cell between myth and verdict is tagged myth-check"
        if not trial or "verdict" not in trial[-1].tags:
            yield f"{cell}: no cell tagged verdict follows"
        elif not VERDICT.match(trial[-1].source):
            yield f"{trial[-1]}: the verdict does not begin in bold, such as '**Wrong.**'"
    for cell in page.tagged("myth-check") + page.tagged("verdict"):
        if cell.number not in judged:
            yield f"{cell} belongs to no cell tagged myth"
