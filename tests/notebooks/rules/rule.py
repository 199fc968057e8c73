"""What a rule is, and how a function becomes one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rules.page import Page

Check = Callable[[Page], Iterator[str]]


@dataclass(frozen=True)
class Rule:
    """A rule: what holds (``title``), how a breach is mended, and the function that looks."""

    position: int
    title: str
    mend: str
    check: Check

    @property
    def number(self) -> str:
        """Its name in messages and in CONTRIBUTING.md: R1, R2, ..."""
        return f"R{self.position}"


def rule(position: int, title: str, mend: str) -> Callable[[Check], Rule]:
    """Make a rule of the function that yields a page's problems, one sentence each."""
    return lambda check: Rule(position, title, mend, check)
