"""Exercises that answer at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from stored.cell_tags import NOT_TRIED

from rules.page import Cell, Page
from rules.rule import rule

EXERCISES = (3, 6)


@rule(
    14,
    "exercises answer at once",
    "three to six times: markdown tagged exercise with a labeled {exercise}, then code cells "
    "tagged stub, check and solution; see CONTRIBUTING.md",
)
def exercises(page: Page) -> Iterator[str]:
    tasks = page.tagged("exercise")
    if not EXERCISES[0] <= len(tasks) <= EXERCISES[1]:
        yield f"{len(tasks)} exercises, expected {EXERCISES[0]} to {EXERCISES[1]}"
    labels = []
    for position, cell in enumerate(tasks):
        if not re.search(r"(?m)^[:`]{3,}\{exercise\}", cell.source):
            yield f"{cell}: no {{exercise}} directive"
        labels += re.findall(r"(?m)^:label:\s*(\S+)", cell.source) or [None]
        if labels[-1] is None:
            yield f"{cell}: the exercise has no :label:"
        elif labels[-1] in labels[:-1]:
            yield f"{cell}: the label {labels[-1]!r} is used twice"
        end = tasks[position + 1].number - 1 if position + 1 < len(tasks) else len(page.cells)
        following = [c for c in page.cells[cell.number : end] if c.is_code][:3]
        tags = [sorted(c.tags & {"stub", "check", "solution"}) for c in following]
        if tags != [["stub"], ["check"], ["solution"]]:
            yield f"{cell}: code cells tagged {tags} follow, expected stub, check, solution"
            continue
        yield from _answers(*following)
    inside = {c.number for c in tasks}
    for tag in ("stub", "check", "solution"):
        if len(page.tagged(tag)) != len(inside):
            yield f"{len(page.tagged(tag))} cells are tagged {tag} for {len(inside)} exercises"


def _answers(stub: Cell, check: Cell, solution: Cell) -> Iterator[str]:
    asked, answered = _last_call(check), _last_call(solution)
    if not asked:
        yield f"{check}: the last line of a check is checks.<name>(...)"
    elif asked != answered:
        yield f"{solution}: the last line calls {answered or 'no check'}, expected {asked}"
    if not any(line == NOT_TRIED or line[:1] == "✗" for line in check.printed.splitlines()):
        yield f"{check}: no line is {NOT_TRIED!r} or starts with ✗: the stub is not refused"
    if not solution.printed.lstrip().startswith("✓"):
        yield f"{solution}: the solution does not pass its check (the output starts with no ✓)"


def _last_call(cell: Cell) -> str | None:
    last = cell.tree.body[-1] if cell.tree.body else None
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        called = ast.unparse(last.value.func)
        return called if called.startswith("checks.") else None
    return None
