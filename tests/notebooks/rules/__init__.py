"""What every notebook of the book keeps to, one function per rule, one file per concept.

``form`` holds what a page is made of and in which order, ``content`` what its cells hold.

A rule looks at one page and yields its problems, one sentence each; ``RULES`` holds them in the
order of their numbers. Cells are counted from 1, markdown included; ``[n]`` is the label that
Jupyter shows.
"""

from rules.content import figures, markup, metadata, outputs, portability, words
from rules.form import anatomy, asserts, exercises, foldouts, length, trials
from rules.page import Page
from rules.rule import Rule

__all__ = ["RULES", "Page", "Rule"]

_CONCEPTS = (
    outputs, length, anatomy, asserts, trials, foldouts, exercises, figures, portability, markup,
    metadata, words,
)  # fmt: skip
RULES = sorted(
    (found for concept in _CONCEPTS for found in vars(concept).values() if isinstance(found, Rule)),
    key=lambda rule: rule.position,
)
