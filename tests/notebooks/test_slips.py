"""The table of slips is read as a reader sees it."""

from __future__ import annotations

import pytest
from stored.slips import slips

HEAD = "| as it is written | as it is | why it matters |\n|---|:-:|---|\n"


def test_each_row_gives_its_three_cells() -> None:
    text = f"Words.\n\n{HEAD}| `a` | $b$ | **c** |\n| d | e | f |\n\nMore words.\n"
    assert slips(text) == [["`a`", "$b$", "**c**"], ["d", "e", "f"]]


def test_an_escaped_bar_ends_no_cell() -> None:
    assert slips(HEAD + r"| `a \| b` | b | c |") == [[r"`a \| b`", "b", "c"]]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("No table.", "0 tables"),
        (f"{HEAD}| a | b | c |\n\n{HEAD}| a | b | c |\n", "2 tables"),
        ("| wrong | right | why |\n|---|---|---|\n| a | b | c |\n", "the head is wrong"),
        (f"{HEAD}| a | b |\n", "not of 3 filled cells: a | b"),
        (f"{HEAD}| a |  | c |\n", "not of 3 filled cells"),
        (HEAD, "no rows"),
    ],
)
def test_another_form_is_refused(table: str, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("|", r"\|")):
        slips(table)
