"""What is noted about a page and its cells."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from rules.page import Page, name_of
from rules.rule import rule

KNOWN_TAGS = {
    "facts", "imports", "equality", "myth", "myth-check", "verdict", "prose", "questions",
    "exercise", "stub", "check", "solution", "holds", "slips", "guess", "real-data", "photo",
    "drawing", "workers", "raises-exception",
    "hide-cell", "hide-input", "hide-output", "remove-cell", "remove-input", "remove-output",
    "remove-stdout", "scroll-output", "full-width", "margin",
}  # fmt: skip
NBVAL_KEYS = {"rtol", "atol", "integers", "figure", "timeout", "why"}


@rule(23, "its metadata is clean", "make execute; a tolerance needs a reason: nbval.why")
def clean_metadata(page: Page) -> Iterator[str]:
    metadata = page.nb.metadata
    if (page.nb.nbformat, page.nb.nbformat_minor) != (4, 5):
        yield f"its format is {page.nb.nbformat}.{page.nb.nbformat_minor}, expected 4.5"
    if metadata.get("kernelspec", {}).get("name") != "python3":
        yield f"its kernel is {metadata.get('kernelspec', {}).get('name')!r}, expected 'python3'"
    if metadata.get("language_info") != {"name": "python"}:
        yield "language_info holds more, or other, than the name 'python'"
    if "widgets" in metadata:
        yield "it stores the state of widgets"
    ids = [cell.node.get("id") for cell in page.cells]
    if None in ids or len(set(ids)) < len(ids):
        yield "a cell has no id, or two have the same"
    for cell in page.cells:
        if "execution" in cell.node.metadata:
            yield f"{cell} stores times of execution"
        if any(
            "application/vnd.jupyter.widget" in k for o in cell.outputs for k in o.get("data", {})
        ):
            yield f"{cell} stores a widget"
        override = cell.node.metadata.get("nbval")
        if override is not None and not str(override.get("why", "")).strip():
            yield f"{cell}: nbval has no 'why'"
        if unknown := set(override or {}) - NBVAL_KEYS:
            yield f"{cell}: nbval knows no {sorted(unknown)}"


@rule(24, "its tags are known", "mend the spelling; the list is in CONTRIBUTING.md")
def known_tags(page: Page) -> Iterator[str]:
    for cell in page.cells:
        for tag in sorted(cell.tags - KNOWN_TAGS):
            yield f"{cell}: unknown tag {tag!r}"


@rule(
    25,
    "it says what to know before, and which data it loads",
    "metadata.book: {'before': '...', 'data': [...]}; tag what depends on the data real-data",
)
def says_what_it_needs(page: Page) -> Iterator[str]:
    book = page.nb.metadata.get("book", {})
    if not str(book.get("before", "")).strip():
        yield "metadata.book.before is empty"
    called = {name_of(call) for cell in page.code for call in cell.calls}
    loaded = sorted(name for loader, name in data_sets().items() if loader in called)
    if sorted(book.get("data", [])) != loaded:
        yield f"metadata.book.data is {book.get('data')}, its code loads {loaded}"
    if bool(loaded) != bool(page.tagged("real-data")):
        found = "no cell is tagged" if loaded else "it loads none, and a cell is tagged"
        yield f"data sets loaded: {loaded}; {found} real-data"


@lru_cache
def data_sets() -> dict[str, str]:
    """Name of the function that loads a data set -> name of the data set."""
    from d2lhelpers.files import download

    return {f"load_{name.lower().replace('-', '_')}": name for name in download.SHA256}
