"""Search: numbers and signs lead to their pages too.

Sphinx's search leaves out what is no word. It does list the entries of the index, exact ones
first; so each page gets entries, for the search alone, of the numbers and signs that stand on it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.search import js_index

from book_extensions.formulas import mathml

NUMBER = re.compile(r"(?<![\w.,])\d{1,5}(?:\.\d{1,4})?(?![\w.,]*\d)")
# Signs that stand in no formula of the book, but for a word of its glossary.
ALSO = {"∇": "gradient", "∂": "partial derivative"}


def shown_formula(node: nodes.Element) -> str:
    """What a reader sees of a formula, in one line: ``η∂ℓ``."""
    return html.unescape(re.sub(r"<[^>]*>", "", mathml(node, display=False)))


def is_sign(character: str) -> bool:
    """Whether a character is a Greek letter, a sign of mathematics or ``@``."""
    if character.isascii():
        return character == "@"
    kind = unicodedata.category(character)
    return kind == "Sm" or unicodedata.name(character, "").startswith("GREEK")


def terms_of(doctree: nodes.document) -> set[str]:
    """The numbers and signs of a page, and the signs that its words also have."""
    formulas = [shown_formula(node) for node in doctree.findall(nodes.math)]
    formulas += [shown_formula(node) for node in doctree.findall(nodes.math_block)]
    text = doctree.astext() + " ".join(formulas)
    entries = {entry[1] for node in doctree.findall(addnodes.index) for entry in node["entries"]}
    also = {sign for sign, word in ALSO.items() if word in entries}
    return set(NUMBER.findall(text)) | {one for one in set(text) if is_sign(one)} | also


def add_entries(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Add the entries to a page on its way to HTML, where they show nothing."""
    if app.builder.name == "html":
        entries = [("single", term, "", "", None) for term in sorted(terms_of(doctree))]
        doctree += addnodes.index(entries=entries)


def keep_entries(app: Sphinx) -> Iterable[tuple[str, dict, str]]:
    """Give the entries of pages that were not written again back to the new index.

    Sphinx keeps the words of such pages from the index of the build before, and not the entries.
    """
    old = Path(app.outdir) / "searchindex.js"
    if app.builder.name == "html" and old.exists():
        frozen = js_index.loads(old.read_text(encoding="utf-8"))
        entries = app.builder.indexer._index_entries
        kept = app.env.found_docs & set(frozen["docnames"]) - set(entries)
        for term, places in frozen["indexentries"].items():
            for number, anchor, is_main in places:
                name = frozen["docnames"][number]
                if name in kept:
                    entry = (term, anchor, "main" if is_main else "")
                    entries.setdefault(name, []).append(entry)
    return ()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("doctree-resolved", add_entries)
    app.connect("html-collect-pages", keep_entries)  # before the new index is written
    return {"parallel_read_safe": True, "parallel_write_safe": True}
