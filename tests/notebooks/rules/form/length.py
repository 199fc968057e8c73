"""How long a page may be: code, text, seconds, memory."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator

from stored.facts import (
    NOT_READ,
    count_lines,
    count_words,
    prose_cells,
)

from rules.page import Page
from rules.rule import rule

CODE_LINES, CODE_CELLS, MEDIAN_LINES = 150, 30, 6
DEFINING_LINES, CELL_LINES = 15, 30  # a cell that defines something; any other
DRAWINGS_LINES = 75  # folded code that only draws, on a page
LIMITS = {"stub": 12, "check": 6, "solution": 20, "drawing": 25, "holds": 15, "slips": 30}
COLUMNS = 78
WORDS = (1_000, 2_500)
SECONDS, MEMORY_MB = 60, 2_000


@rule(4, "its code is short", "split the cell, or move what is no lesson into a helper")
def short_code(page: Page) -> Iterator[str]:
    teaching = [cell for cell in page.code if not cell.tags & NOT_READ]
    lines = [count_lines(cell.source) for cell in teaching]
    if sum(lines) > CODE_LINES:
        yield f"{sum(lines)} lines of code outside exercises, at most {CODE_LINES} are allowed"
    if len(lines) > CODE_CELLS:
        yield f"{len(lines)} code cells outside exercises, at most {CODE_CELLS} are allowed"
    if lines and statistics.median(lines) > MEDIAN_LINES:
        yield f"the median cell has {statistics.median(lines):g} lines, at most {MEDIAN_LINES}"
    for cell, length in zip(teaching, lines):
        defines = any(isinstance(n, (ast.FunctionDef, ast.ClassDef)) for n in cell.tree.body)
        limit = DEFINING_LINES if defines else CELL_LINES
        if length > limit:
            what = "defines a function or class and " if defines else ""
            yield f"{cell} {what}has {length} lines, at most {limit} are allowed"
    for tag, limit in LIMITS.items():
        for cell in page.tagged(tag):
            if count_lines(cell.source) > limit:
                yield f"{cell} ({tag}) has {count_lines(cell.source)} lines, at most {limit}"
    drawn = [count_lines(cell.source) for cell in page.tagged("drawing")]
    if sum(drawn) > DRAWINGS_LINES:
        yield f"{sum(drawn)} lines of folded drawing code, at most {DRAWINGS_LINES} are allowed"


@rule(5, f"its code has at most {COLUMNS} columns", "break the line")
def narrow_code(page: Page) -> Iterator[str]:
    for cell in page.code:
        for number, line in enumerate(cell.source.splitlines(), start=1):
            if len(line) > COLUMNS:
                yield f"{cell}, line {number} has {len(line)} columns"


@rule(6, "its text has a readable length", "split the page, or say more")
def readable_length(page: Page) -> Iterator[str]:
    words = sum(count_words(cell.source) for cell in prose_cells(page.nb))
    if not WORDS[0] <= words <= WORDS[1]:
        yield (
            f"{words:,} words, expected {WORDS[0]:,} to {WORDS[1]:,} "
            "(facts, exercises and formulas not counted)"
        )


@rule(28, "it runs within a minute and two gigabytes", "a smaller budget: fewer images or epochs")
def light(page: Page) -> Iterator[str]:
    stamp = page.nb.metadata.get("stamp", {})
    if stamp.get("seconds", 0) > SECONDS:
        yield f"it took {stamp['seconds']} s, at most {SECONDS} are allowed"
    if stamp.get("peak_memory_mb", 0) > MEMORY_MB:
        yield f"it used {stamp['peak_memory_mb']:,} MB, at most {MEMORY_MB:,} are allowed"
