"""The table of slips: wrong lines that notes pass on, beside what is right."""

from __future__ import annotations

import re

HEAD = ["as it is written", "as it is", "why it matters"]


def slips(markdown: str) -> list[list[str]]:
    """Rows of the one table in a cell tagged ``slips``, three cells each.

    Raises:
        ValueError: there is no table or more than one, its head is not ``HEAD``, or a row has
            another number of cells.
    """
    tables = re.findall(r"(?m)(?:^[ \t]*\|.*\|[ \t]*(?:\n|\Z))+", markdown)
    if len(tables) != 1:
        raise ValueError(f"{len(tables)} tables, expected one")
    head, _, *rows = [_cells(line) for line in tables[0].strip().splitlines()]
    if head != HEAD:
        raise ValueError(f"the head is {' | '.join(head)}, expected {' | '.join(HEAD)}")
    for row in rows:
        if len(row) != len(HEAD) or not all(row):
            raise ValueError(f"a row is not of {len(HEAD)} filled cells: {' | '.join(row)}")
    if not rows:
        raise ValueError("the table has no rows")
    return rows


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
