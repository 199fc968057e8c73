"""Where a page asserts: openly in equality cells, else in folded ones."""

from __future__ import annotations

from collections.abc import Iterator

from stored.facts import EXERCISE_TAGS

from rules.page import Page
from rules.rule import rule

MOST = 3  # that a reader wants to read in one equality cell


@rule(
    11,
    "an equality cell compares with the library or a hand-computed case",
    "tag the cell equality and let it assert, for instance with torch.testing.assert_close",
)
def equality(page: Page) -> Iterator[str]:
    cells = page.tagged("equality")
    if not cells:
        yield "no cell is tagged equality"
    for cell in cells:
        if not cell.is_code or not cell.asserts:
            yield f"{cell} is tagged equality and asserts nothing"
        if cell.asserts > MOST:
            yield f"{cell} asserts {cell.asserts} times, at most {MOST}; the rest goes into holds"


@rule(
    30,
    "what a reader sees asserts only where ours meets the library's",
    "move the assert into a code cell of its own tagged holds, which the page folds; or tag the "
    "cell equality where the comparison is what the reader wants to see",
)
def folded_asserts(page: Page) -> Iterator[str]:
    for cell in page.code:
        if cell.asserts and not cell.tags & (EXERCISE_TAGS | {"equality", "holds", "slips"}):
            yield f"{cell} asserts, and is not tagged equality, holds or slips"


@rule(
    33,
    "a cell that holds the page to its words asserts, and does nothing else",
    "let the code cell tagged holds assert; what it prints, draws or defines for later cells "
    "belongs into a cell that can be seen",
)
def holds(page: Page) -> Iterator[str]:
    for cell in page.tagged("holds"):
        if not cell.is_code or not cell.asserts:
            yield f"{cell} is tagged holds and asserts nothing"
        elif cell.outputs:
            yield f"{cell} is tagged holds and has outputs, which nobody sees"
