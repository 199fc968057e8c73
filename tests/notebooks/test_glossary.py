"""The glossary is in order, and the book uses each of its words."""

from __future__ import annotations

import itertools
import json
import re

from book_extensions.glossary_index import glossary_terms
from stored.sources import ROOT, notebooks

GLOSSARY = (ROOT / "chapters" / "back" / "glossary.md").read_text(encoding="utf-8")
TERMS = re.findall(r"^(\w.*)\n  \S", GLOSSARY, re.MULTILINE)


def test_terms_are_in_alphabetical_order_and_stand_there_once() -> None:
    wrong = [
        f"{first!r} before {second!r}"
        for first, second in itertools.pairwise(TERMS)
        if first.lower() >= second.lower()
    ]
    assert not wrong


def test_each_entry_is_found_in_singular_and_plural() -> None:
    assert set(glossary_terms(GLOSSARY).values()) == set(TERMS)
    assert glossary_terms(GLOSSARY)["softmaxs"] == "softmax"


def test_each_term_is_used_on_a_page_or_in_another_entry() -> None:
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "chapters").rglob("*.md")]
    for path in notebooks():
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        pages += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    text = " ".join([*pages, GLOSSARY]).lower()
    unused = [
        term
        for term in TERMS
        if len(re.findall(rf"(?<!\w){re.escape(term.split()[0].lower())}", text)) < 2
    ]
    assert not unused
