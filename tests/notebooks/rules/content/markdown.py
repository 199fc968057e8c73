"""What a markdown cell says: sentences, headings, sources."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from stored.facts import (
    NOT_WORDS,
)

from rules.page import Cell, Page


def unfenced(markdown: str) -> str:
    """Markdown without fenced blocks of code, in which '#' starts a comment."""
    return re.sub(r"(?ms)^(`{3,}).*?^\1\s*$", "", markdown)


def prose(markdown: str) -> str:
    """What is read as sentences: no formulas, directives, addresses or code."""
    return re.sub(r"`[^`\n]*`", " ", NOT_WORDS.sub(" ", unfenced(markdown)))


def headings(page: Page) -> list[tuple[Cell, str, str]]:
    """(cell, marks, text) of every heading."""
    return [
        (cell, marks, text.strip())
        for cell in page.markdown
        for marks, text in re.findall(r"(?m)^(#+) (.*)$", unfenced(cell.source))
    ]


def cited(cell: Cell) -> list[str]:
    """Keys of the references that a cell cites."""
    found = re.findall(r"\{cite[\w:]*\}`([^`]+)`", cell.source)
    return [key.strip() for keys in found for key in keys.split(",")]


@lru_cache
def bibliography(root: Path) -> frozenset[str]:
    """The keys of ``references.bib``."""
    text = (root / "chapters" / "back" / "references.bib").read_text(encoding="utf-8")
    return frozenset(re.findall(r"(?m)^\s*@\w+\s*\{\s*([^,\s]+)\s*,", text))
