"""What is folded until the reader asks: answers, slips, code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stored.cell_tags import FOLDS
from stored.facts import count_words
from stored.slips import slips

from rules.page import Cell, Page
from rules.rule import rule


def foldouts(cell: Cell) -> list[tuple[str, str]]:
    """(title, body) of the fold-outs in a markdown cell."""
    fence = r"(?ms)^(:::+)\{dropdown\}[ \t]*([^\n]*)\n(.*?)^\1[ \t]*$"
    return [(title.strip(), body) for _, title, body in re.findall(fence, cell.source)]


@rule(
    13,
    "questions are answered in fold-outs",
    "in a markdown cell tagged questions: ':::{dropdown} Question?', the answer, ':::'",
)
def questions(page: Page) -> Iterator[str]:
    found = 0
    for cell in page.tagged("questions"):
        for title, body in foldouts(cell):
            found += 1
            if not title.endswith("?"):
                yield f"{cell}: the fold-out {title!r} is no question"
            if not count_words(body):
                yield f"{cell}: the question {title!r} has no answer"
    if not found:
        yield "no cell tagged questions holds a fold-out"


@rule(
    32,
    "what the page folds is folded in JupyterLab too",
    "make execute sets jupyter.source_hidden: true",
)
def folded_in_jupyterlab(page: Page) -> Iterator[str]:
    for cell in page.code:
        folded = sorted(cell.tags & FOLDS.keys())
        if folded and not cell.node.metadata.get("jupyter", {}).get("source_hidden"):
            yield f"{cell} ({folded[0]}) lacks jupyter.source_hidden: true"


@rule(
    35,
    "slips stand in one table, in a fold-out after the trials, checked by one folded cell",
    "markdown tagged slips: ':::{dropdown} title', a table '| as it is written | as it is | why it "
    "matters |', ':::'; then one code cell tagged slips that asserts what can be",
)
def table_of_slips(page: Page) -> Iterator[str]:
    tables = [cell for cell in page.tagged("slips") if not cell.is_code]
    checks = [cell for cell in page.tagged("slips") if cell.is_code]
    if not tables and not checks:
        return
    if len(tables) != 1 or len(checks) != 1 or checks[0].number != tables[0].number + 1:
        found = [("code " if c.is_code else "text ") + str(c.number) for c in page.tagged("slips")]
        yield f"cells tagged slips are {found}, expected a text and then a code cell"
        return
    if any(cell.number > tables[0].number for cell in page.tagged("myth")):
        yield f"{tables[0]}: a trial comes after the slips"
    if not checks[0].asserts:
        yield f"{checks[0]} is tagged slips and asserts nothing"
    folded = foldouts(tables[0])
    if len(folded) != 1:
        yield f"{tables[0]} holds {len(folded)} fold-outs, expected one"
        return
    try:
        slips(folded[0][1])
    except ValueError as error:
        yield f"{tables[0]}: {error}"


@rule(
    36,
    "the answer to a guess is folded",
    "in the markdown cell tagged guess: the question, then ':::{dropdown} The answer', ':::'",
)
def guesses(page: Page) -> Iterator[str]:
    for cell in page.tagged("guess"):
        asked = re.split(r"(?m)^:::+\{dropdown\}", cell.source)[0]
        if "?" not in asked:
            yield f"{cell} is tagged guess and asks nothing before its fold-out"
        if not any(count_words(body) for _, body in foldouts(cell)):
            yield f"{cell} is tagged guess and has no fold-out with the answer"
