"""List what a page repeats of its own and of the other pages: an editor's help, no rule.

    python tools/notebooks/echoes.py NOTEBOOK [...]

Shows how the page opens and ends, sentences that only stamp a result ("They do."), short
sentences that end a paragraph like a maxim, and runs of words that stand on other pages too.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from stored import sources
from stored.facts import NOT_WORDS, prose_cells

RUN = 5  # words in a row
MAXIM_WORDS = 9
STAMP = re.compile(
    r"^(?:They|It|Both|All|The two|PyTorch|Autograd|The library)\b[^.]{0,25}"
    r"\b(?:do|does|did|is|are|agrees?|equal|matche?s?)\b[^.]{0,30}\.$"
)
OFFSET = re.compile(r"^[-*|:>#]")  # lists, tables, fences, headings: no paragraphs


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="NOTEBOOK")
    options = parser.parse_args(arguments)
    book = {path: paragraphs(path) for path in sources.notebooks()}
    for path in options.notebooks:
        page = book.get(path.resolve()) or paragraphs(path)
        others = [text for other, text in book.items() if other != path.resolve()]
        print(f"{path}\n")
        for title, lines in echoes(page, others).items():
            print(f"{title}:", *lines or ["none"], sep="\n  ", end="\n\n")


def echoes(page: list[list[str]], others: list[list[list[str]]]) -> dict[str, list[str]]:
    """What an editor looks at, by kind.

    Args:
        page: sentences of each paragraph.
        others: the same of the other pages.
    """
    sentences = [sentence for paragraph in page for sentence in paragraph]
    elsewhere: dict[str, int] = {}
    for other in others:
        for run in {run for paragraph in other for run in runs(paragraph)}:
            elsewhere[run] = elsewhere.get(run, 0) + 1
    shared = sorted({run for p in page for run in runs(p) if run in elsewhere})
    return {
        "Opens": sentences[:1],
        "Ends": sentences[-2:],
        "Stamps after a check": [s for s in sentences if STAMP.match(s)],
        "Ends of paragraphs that sound like maxims": [
            p[-1] for p in page if len(p) > 1 and len(p[-1].split()) <= MAXIM_WORDS
        ],
        "Said on other pages too (on how many)": [
            f"{run} ({elsewhere[run]})"
            for run in sorted(shared, key=lambda run: (-elsewhere[run], run))
        ],
    }


def paragraphs(path: Path) -> list[list[str]]:
    """Sentences of each paragraph of a notebook; no headings, lists, tables or code."""
    nb = nbformat.read(path, as_version=4)
    found = []
    for cell in prose_cells(nb):
        text = re.sub(r"(?ms)^(`{3,}).*?^\1\s*$", "", cell.source)
        text = re.sub(r"`([^`\n]*)`", r"\1", NOT_WORDS.sub(" ", text))
        for block in re.split(r"\n\s*\n", text):
            lines = [line for line in block.splitlines() if line and not OFFSET.match(line)]
            sentences = re.split(r"(?<=[.?])\s+", " ".join(" ".join(lines).split()))
            found.append([sentence for sentence in sentences if sentence])
    return [paragraph for paragraph in found if paragraph]


def runs(paragraph: list[str]) -> Iterator[str]:
    """Every five words in a row within a sentence, in lower case."""
    for sentence in paragraph:
        words = re.findall(r"[\w’'-]+", sentence.lower())
        for start in range(len(words) - RUN + 1):
            yield " ".join(words[start : start + RUN])


if __name__ == "__main__":
    main()
