"""What the text says: plain words, sources, computed numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.content.markdown import bibliography, cited, prose
from rules.page import Page
from rules.rule import rule

FORBIDDEN_WORDS = re.compile(
    r"\b(?:simply|obviously|crucial(?:ly)?|powerful|easy to see)\b", re.IGNORECASE
)


@rule(16, "a source is cited", "{cite}`key` with a key of references.bib")
def citations(page: Page) -> Iterator[str]:
    keys = {key: cell for cell in page.markdown for key in cited(cell)}
    if not keys:
        yield "nothing is cited"
    known = bibliography(page.root)
    for key, cell in keys.items():
        if key not in known:
            yield f"{cell} cites {key!r}, which is not in references.bib"


@rule(27, "its words are plain", "leave the word out, or say what you mean")
def plain_words(page: Page) -> Iterator[str]:
    for cell in page.markdown:
        text = prose(cell.source)
        for word in FORBIDDEN_WORDS.findall(text):
            yield f"{cell}: {word!r}"
        if re.search(r"[^\W_]!(?:\s|$|[\"”*)])", text):
            yield f"{cell}: an exclamation mark"


@rule(
    29,
    "a decimal number in the text stands in a cell",
    "print it, insert it or assert it in a cell of the page; cite its source in the same line; or "
    "mend the number",
)
def numbers_are_computed(page: Page) -> Iterator[str]:
    computed = [number for cell in page.code for number in _numbers(cell.source, cell.printed)]
    for cell in page.markdown:
        if cell.tags & {"facts", "exercise"}:
            continue
        sentences = [line for line in cell.source.splitlines() if "{cite" not in line]
        for before, text, percent in re.findall(
            r"(\w+\s+)?(?<![\w.,/-])[-−]?(\d[\d,]*\.\d+)(?![\w.]*\d)(\s?%)?",
            prose("\n".join(sentences)),
        ):
            if before.strip().lower() in ("chapter", "section", "version", "python", "pytorch"):
                continue
            quoted = float(text.replace(",", ""))
            half = 0.500001 * 10.0 ** -len(text.partition(".")[2])
            wanted = [(quoted, half)] + ([(quoted / 100, half / 100)] if percent else [])
            if not any(abs(v - value) <= slack for v in computed for value, slack in wanted):
                yield f"{cell}: {text}{percent} is in no code and no output of the page"


def _numbers(*texts: str) -> Iterator[float]:
    for text in texts:
        for found in re.findall(r"(?<![\w.])\d[\d,_]*\.?\d*(?:e[+-]?\d+)?", text, re.IGNORECASE):
            try:
                yield float(found.replace(",", "").replace("_", ""))
            except ValueError:
                continue
