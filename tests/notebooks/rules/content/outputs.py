"""Outputs: complete, clean, small."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.form.length import COLUMNS
from rules.page import Cell, Page
from rules.rule import rule

FILE_KB, OUTPUT_KB, PICTURE_KB = 1_000, 100, 300


@rule(1, "its cells were run once, from top to bottom", "make execute NOTEBOOK=<path>")
def run_in_order(page: Page) -> Iterator[str]:
    if page.code and all(cell.node.execution_count is None for cell in page.code):
        yield "it was never run"
        return
    count = 0
    for cell in page.code:
        if not cell.source.strip():
            yield f"{cell} is an empty code cell; delete it"
            continue
        count += 1
        if cell.node.execution_count != count:
            yield f"{cell} has execution count {cell.node.execution_count}, expected {count}"


@rule(2, "no error and nothing on stderr is stored", "mend the cell, then make execute")
def clean_outputs(page: Page) -> Iterator[str]:
    for cell in page.code:
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in cell.tags:
                yield f"{cell} stores an error ({output.ename}); tag it raises-exception if meant"
            if output.get("name") == "stderr":
                yield f"{cell} stores stderr: {output.text.strip().splitlines()[0]!r}"


@rule(31, f"it prints at most {COLUMNS} columns", "print fewer numbers, or break the line")
def narrow_outputs(page: Page) -> Iterator[str]:
    for cell in page.code:
        if cell.tags & {"check", "solution"}:
            continue  # the page breaks the lines of their answers
        widest = max(map(len, shown_as_text(cell).splitlines()), default=0)
        if widest > COLUMNS:
            yield f"{cell} prints {widest} columns"


def shown_as_text(cell: Cell) -> str:
    """Text that a page shows in a box: what stands beside no picture and no HTML, tracebacks."""
    parts = []
    for output in cell.outputs:
        data = output.get("data", {})
        rendered = any(kind.startswith(("image/", "text/html", "text/latex")) for kind in data)
        parts += [output.get("text", ""), "" if rendered else data.get("text/plain", "")]
        parts += output.get("traceback", [])
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(filter(None, parts)))


@rule(3, "it is small", "fewer or simpler figures; print less")
def small(page: Page) -> Iterator[str]:
    size = page.path.stat().st_size / 1_000
    if size > FILE_KB:
        yield f"the file has {size:,.0f} kB, at most {FILE_KB:,} are allowed"
    for cell in page.code:
        for output in cell.outputs:
            contents = {"text": output.get("text", ""), **output.get("data", {})}
            for kind, content in contents.items():
                picture = kind == "image/png"
                # Base64 writes three bytes as four characters.
                kb = len(str(content)) / 1_000 * (0.75 if picture else 1)
                limit = PICTURE_KB if picture else OUTPUT_KB
                if kb > limit:
                    yield f"{cell}: an output ({kind}) has {kb:,.0f} kB, at most {limit}"
