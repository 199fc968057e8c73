"""The order of a page, the same everywhere."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator

from stored.facts import (
    EXERCISE_TAGS,
    count_words,
    facts,
)

from rules.content.markdown import headings, unfenced
from rules.page import Page, name_of
from rules.rule import rule

PROMISE_WORDS = 10
CODE_IN_A_ROW = 2
RANDOM = {
    "rand", "randn", "randint", "randperm", "rand_like", "randn_like", "normal", "normal_",
    "uniform_", "multinomial", "bernoulli", "shuffle", "default_rng", "dropout", "Dropout",
    "Linear", "LazyLinear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose2d", "Embedding", "RNN",
    "GRU", "LSTM", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_",
    "Batches", "DataLoader",
}  # fmt: skip


@rule(
    7, "it opens with one title and a promise", "'# Title', then what the reader will be able to do"
)
def title_and_promise(page: Page) -> Iterator[str]:
    titles = [cell for cell in page.markdown for _ in re.findall(r"(?m)^# ", unfenced(cell.source))]
    if len(titles) != 1:
        yield f"{len(titles)} headings start with '# ', expected one"
    first = page.cells[0]
    if first.is_code or not first.source.startswith("# "):
        yield "cell 1 does not begin with '# '"
        return
    promise = first.source.partition("\n")[2]
    if count_words(promise) < PROMISE_WORDS:
        yield f"cell 1 promises too little: {count_words(promise)} words after the title"


@rule(8, "its headings form an outline", "use '##' for sections and '###' below them")
def outline(page: Page) -> Iterator[str]:
    levels = [(cell, len(marks)) for cell, marks, _ in headings(page)]
    for (_, level), (cell, following) in itertools.pairwise(levels):
        if following > level + 1 or following > 3:
            yield f"{cell} has a heading of level {following} after one of level {level}"
    sections = [text for _, marks, text in headings(page) if marks == "##"]
    if sections[-2:] != ["Exercises", "Summary"]:
        yield f"the last two sections are {sections[-2:]}, expected ['Exercises', 'Summary']"


@rule(9, "the note of facts is generated", "make execute")
def generated_facts(page: Page) -> Iterator[str]:
    tagged = page.tagged("facts")
    if [cell.number for cell in tagged] != [2] or page.cells[1].is_code:
        where = [cell.number for cell in tagged]
        yield f"one markdown cell tagged facts belongs right after the title, found at {where}"
    elif page.cells[1].source != facts(page.nb):
        yield "cell 2 is not what facts.py makes of the metadata and the stamp"


@rule(
    10,
    "imports and seed come first",
    "tag the first code cell imports; write torch.manual_seed(seed(0)) there, with seed from "
    "d2lhelpers.device",
)
def imports_and_seed(page: Page) -> Iterator[str]:
    tagged = [cell for cell in page.tagged("imports") if cell.is_code]
    if not page.code or tagged != page.code[:1]:
        yield "the first code cell, and no other, is tagged imports"
        return
    seeded = False
    for cell in page.code:
        for call in cell.calls:
            if name_of(call) != "manual_seed":
                continue
            argument = call.args[0] if call.args else None
            if isinstance(argument, ast.Constant):
                yield f"{cell}: manual_seed({argument.value!r}) does not follow D2LHELPERS_SEED"
            seeded |= cell is tagged[0]
    drawn = sorted(
        {name for cell in page.code for name in map(name_of, cell.calls) if name in RANDOM}
    )
    if drawn and not seeded:
        yield f"the imports cell sets no seed, and the page draws numbers ({', '.join(drawn)})"


@rule(15, "the summary says what comes next", "end with a sentence on the next page, with a link")
def summary(page: Page) -> Iterator[str]:
    starts = [cell.number for cell, _, text in headings(page) if text == "Summary"]
    text = "\n".join(c.source for c in page.markdown if starts and c.number >= starts[-1])
    if not re.search(r"\bnext\b", text, re.IGNORECASE):
        yield "the word 'next' does not occur in the summary"


@rule(
    18, "text and code take turns", "say before a cell what to look for, and after it what was seen"
)
def rhythm(page: Page) -> Iterator[str]:
    in_a_row = 0
    for cell in page.cells:
        if cell.is_code and cell.tags & {"holds", "slips"}:
            continue
        in_a_row = in_a_row + 1 if cell.is_code and not cell.tags & EXERCISE_TAGS else 0
        if in_a_row == CODE_IN_A_ROW + 1:
            yield f"{cell} is the third code cell in a row without text between"
