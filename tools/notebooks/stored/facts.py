"""How long a page is, and the note of facts under its title."""

from __future__ import annotations

import math
import re
from typing import Any

from nbformat import NotebookNode

WORDS_A_MINUTE = 180
LINES_A_MINUTE = 20
FIGURES_A_MINUTE = 2
SECONDS = (1, 2, 5, 10, 15, 20, 30, 45, 60)
EXERCISE_TAGS = {"exercise", "stub", "check", "solution"}
NOT_READ = EXERCISE_TAGS | {"drawing", "holds", "slips"}  # code, folded or a task

# What is not read as words: what a directive or role names, formulas, targets of links.
NOT_WORDS = re.compile(
    r"""
      ^(?P<fence>[:`]{3,})\{(?:math|figure|literalinclude)\}.*?^(?P=fence)\s*$
    | ^[:`]{3,}(?:\{[\w-]+\})?
    | ^:[\w-]+:.*$
    | \$\$.*?\$\$ (?:\s*\([\w-]+\))? | \$[^$\n]+\$
    | \{(?:cite|eq|numref|ref|doc)[\w:]*\}`[^`]*`
    | \{[\w:]+\}(?=`)
    | !\[[^\]]*\]\([^)]*\) | \]\([^)]*\) | https?://\S+
    | <!--.*?-->
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
WORD = re.compile(r"[^\W_][\w’'.,-]*")


def facts(nb: NotebookNode) -> str:
    """The source of a notebook's ``facts`` cell, made of its metadata and its stamp.

    The note is a MyST admonition that also reads well where it is not rendered. Times and
    memory are rounded so that another run of the same notebook rarely changes the text.
    """
    book, stamp = nb.metadata.get("book", {}), nb.metadata.get("stamp", {})
    data = [*book.get("data", []), *book.get("also", [])]
    return f"""\
:::{{admonition}} About this page
:class: facts

* **Know before:** {book.get("before", "").strip()}
* **Takes:** about {reading_minutes(nb)} minutes to read, {_seconds(stamp)} to run, \
{_memory(stamp)} of memory
* **Data:** {", ".join(data) or "none, everything is generated here"}

:::"""


def reading_minutes(nb: NotebookNode) -> int:
    """Minutes to read a notebook, its exercises left out, as a multiple of five."""
    minutes = (
        sum(count_words(cell.source) for cell in prose_cells(nb)) / WORDS_A_MINUTE
        + sum(count_lines(cell.source) for cell in teaching_cells(nb)) / LINES_A_MINUTE
        + sum(map(count_figures, nb.cells)) / FIGURES_A_MINUTE
    )
    return max(5, 5 * round(minutes / 5))


def prose_cells(nb: NotebookNode) -> list[NotebookNode]:
    """The markdown cells without the note of facts and the exercises."""
    return [
        c for c in nb.cells if c.cell_type == "markdown" and not _tags(c) & {"facts", "exercise"}
    ]


def teaching_cells(nb: NotebookNode) -> list[NotebookNode]:
    """The code cells without those of exercises and the folded ones that draw or check."""
    return [c for c in nb.cells if c.cell_type == "code" and not _tags(c) & NOT_READ]


def count_words(markdown: str) -> int:
    """Words that are read: formulas, addresses and the syntax of directives do not count."""
    return len(WORD.findall(NOT_WORDS.sub(" ", markdown)))


def count_lines(source: str) -> int:
    """Lines that are not blank."""
    return sum(bool(line.strip()) for line in source.splitlines())


def count_figures(cell: NotebookNode) -> int:
    """Pictures in the outputs of a code cell."""
    outputs: list[Any] = cell.get("outputs", [])
    return sum("image/png" in output.get("data", {}) for output in outputs)


def _seconds(stamp: dict[str, Any]) -> str:
    if "seconds" not in stamp:
        return "unmeasured time"
    for limit in SECONDS:
        if stamp["seconds"] < limit:
            return f"under {limit} second{'s' if limit > 1 else ''}"
    return f"under {math.floor(stamp['seconds'] / 60) + 1} minutes"


def _memory(stamp: dict[str, Any]) -> str:
    if "peak_memory_mb" not in stamp:
        return "an unmeasured amount"
    return f"{max(1, round(stamp['peak_memory_mb'] / 500)) / 2:g} GB"


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))
