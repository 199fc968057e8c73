"""The table that closes part 10 holds what the pages before it found."""

from __future__ import annotations

import re

import nbformat
from stored.sources import ROOT

PART = ROOT / "chapters" / "modern-cnns"
LAST = "resnet.ipynb"
ROW = re.compile(r"^\S.{11} +[\d,]+ +[\d,]+   \d\.\d{3}( \d\.\d{3})+$", re.MULTILINE)


def code_cells(name: str) -> list[nbformat.NotebookNode]:
    cells = nbformat.read(PART / name, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def printed(name: str) -> set[str]:
    """The rows of the benchmark in the stored outputs of a page."""
    texts = [out.get("text", "") for cell in code_cells(name) for out in cell.outputs]
    return {match[0] for text in texts for match in ROW.finditer(text)}


def test_the_last_page_repeats_the_rows_of_all_pages() -> None:
    """Which it cannot compute anew in a minute, so they are typed, and have to be the same."""
    pages = [path.name for path in PART.glob("*.ipynb") if path.name != LAST]
    found = {page: rows for page in pages if (rows := printed(page))}
    typed = {match[0] for cell in code_cells(LAST) for match in ROW.finditer(cell.source)}
    mend = "copy the rows that the pages print into the table of the last one"
    assert len(found) == 5 and printed(LAST), "five pages before the last one run the benchmark"
    assert typed <= set().union(*found.values()), mend
    assert all(rows & typed for rows in found.values()), mend
