"""One style sheet in the place of nine, without the rules that fit nothing in the book.

Before it shows a word, a browser waits for every style sheet and reads every rule: 550 kB come
from the theme and its extensions, and a sixth of that is used.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tinycss2
from built_pages import read_pages, root_of, write_page
from sphinx.application import Sphinx
from tinycss2.ast import Node

LINK = re.compile(r'[ \t]*<link(?=[^>]*\brel="stylesheet")[^>]*\bhref="([^"]*)"[^>]*>\n?')
# What bootstrap.js adds to a page, and what a script calls by a variable; the other scripts are
# searched for the names that they add.
STATES = (
    "active", "disabled", "fade", "hide", "highlighted", "show",
    "showing", "bs-tooltip-auto", "bs-tooltip-bottom", "bs-tooltip-end",
    "bs-tooltip-start", "bs-tooltip-top", "dropdown", "dropdown-menu", "dropdown-menu-end",
    "tooltip", "tooltip-arrow", "tooltip-inner",
)  # fmt: skip
FOR_ANY = {"html", "body", "*"}
WITH_RULES = {"media", "supports", "container", "layer"}


@dataclass
class Block:
    """A rule: what stands before its brace, and declarations and blocks within."""

    head: str
    items: list[Block | str] = field(default_factory=list)

    def text(self) -> str:
        """The rule as it is written, without a blank that could be spared."""
        parts = [item if isinstance(item, str) else item.text() for item in self.items]
        return self.head + "{" + ";".join(parts).replace("};", "}") + "}"


Element = frozenset[str]  # tag, ``.classes`` and ``#id``


def elements_on(page: str) -> set[Element]:
    """Every kind of element on a page."""
    kinds = set()
    for start in set(re.findall(r"<[a-zA-Z][^>]*>", page)):
        names = {re.match(r"<([\w-]+)", start)[1].lower()}
        for classes in re.findall(r"""\bclass=["']?([^"'>]*)""", start):
            names |= {f".{name}" for name in classes.split()}
        names |= {f"#{name}" for name in re.findall(r'\bid="([^"]*)"', start)}
        kinds.add(frozenset(names))
    return kinds


def added_by(script: str) -> set[str]:
    """Tags and ``.classes`` that a script gives to a page."""
    lists = re.findall(r"classList\.(?:add|toggle|replace)\(([^)]*)\)", script)
    lists += re.findall(r"""className\s*=\s*(["'`][^"'`]*)""", script)
    lists += re.findall(r"""\bclass=\\?(["'][^"']*)""", script)
    made = re.findall(r"""createElement\(["'](\w+)""", script)
    return {f".{name}" for text in lists for name in re.findall(r"[\w-]+", text)} | set(made)


def squeezed(tokens: list[Node]) -> str:
    """Tokens as text, without comments and line breaks."""
    kept = (token for token in tokens if token.type != "comment")
    return "".join(" " if one.type == "whitespace" else one.serialize() for one in kept).strip()


def selectors(prelude: list[Node]) -> Iterator[list[Node]]:
    """The selectors of a rule, between the commas."""
    one: list[Node] = []
    for token in prelude:
        if token == ",":
            yield one
            one = []
        else:
            one.append(token)
    yield one


class Book:
    """What there is for a style sheet to fit: elements, and names that scripts may add to any."""

    def __init__(self, elements: set[Element], added: set[str]) -> None:
        self.added = added | FOR_ANY
        self.elements = {element - self.added for element in elements}
        self.known: dict[Element, bool] = {}

    def has(self, names: Element) -> bool:
        """Whether one element has all the names."""
        names -= self.added
        if names not in self.known:
            self.known[names] = not names or any(names <= one for one in self.elements)
        return self.known[names]

    def fits(self, selector: list[Node]) -> bool:
        """Whether there is an element for each part; states and conditions always may be."""
        parts: list[set[str]] = [set()]
        before = ""
        for token in selector:
            if token.type == "whitespace" or (token.type == "literal" and token.value in ">+~"):
                parts.append(set())
            elif token.type == "hash":
                parts[-1].add(f"#{token.value}")
            elif token.type == "ident" and before != ":":
                parts[-1].add(f".{token.value}" if before == "." else token.lower_value)
            before = token.value if token.type == "literal" else ""
        return all(self.has(frozenset(part)) for part in parts)


def purged(rules: list[Node], book: Book) -> Iterator[Block | str]:
    """The rules and declarations that fit something."""
    for rule in rules:
        if rule.type == "declaration":
            important = "!important" if rule.important else ""
            yield f"{rule.name}:{squeezed(rule.value)}{important}"
        elif rule.type == "qualified-rule":
            kept = [squeezed(one) for one in selectors(rule.prelude) if book.fits(one)]
            inside = tinycss2.parse_blocks_contents(rule.content, True, True)
            if kept and (items := list(purged(inside, book))):
                yield Block(re.sub(r" ([>+~]) ", r"\1", ",".join(kept)), items)
        elif rule.type == "at-rule" and rule.content is not None:
            head = f"@{rule.at_keyword} {squeezed(rule.prelude)}".strip()
            if rule.lower_at_keyword in WITH_RULES:
                inside = tinycss2.parse_blocks_contents(rule.content, True, True)
                if items := list(purged(inside, book)):
                    yield Block(head, items)
            elif rule.lower_at_keyword == "font-face":
                inside = tinycss2.parse_blocks_contents(rule.content, True, True)
                yield Block(head, list(purged(inside, book)))
            else:  # keyframes, whose selectors are percentages
                yield Block(head, [squeezed(rule.content)])


def without_unused_variables(blocks: list[Block | str], elsewhere: str) -> list[Block | str]:
    """Drop the custom properties that nothing refers to, and the animations."""

    def drop(items: list[Block | str], used: set[str]) -> Iterator[Block | str]:
        for item in items:
            if isinstance(item, str):
                if not item.startswith("--") or item.partition(":")[0] in used:
                    yield item
            elif item.head.startswith("@keyframes"):
                if item.head.split()[-1] in used:
                    yield item
            elif left := list(drop(item.items, used)):
                yield Block(item.head, left)

    while True:
        text = "".join(one if isinstance(one, str) else one.text() for one in blocks)
        used = set(re.findall(r"var\(\s*(--[\w-]+)", text)) | set(
            re.findall(r"--[\w-]+", elsewhere)
        )
        for value in re.findall(r"animation(?:-name)?:([^;}]*)", text):
            used |= set(re.findall(r"[\w-]+", value))
        left = list(drop(blocks, used))
        if len("".join(one if isinstance(one, str) else one.text() for one in left)) == len(text):
            return left
        blocks = left


def read_sheet(path: Path, static: Path) -> str:
    """A style sheet with what it imports, its addresses as seen from the folder ``static``."""

    def moved(found: re.Match[str]) -> str:
        place = posixpath.join(path.parent.relative_to(static).as_posix(), found[2])
        return f'url("{posixpath.normpath(place)}")'

    def imported(found: re.Match[str]) -> str:
        return read_sheet((path.parent / found[1]).resolve(), static)

    text = path.read_text(encoding="utf-8").replace('@charset "UTF-8";', "")
    text = re.sub(r"""url\((["']?)(?!data:|#)([^"')]+)\1\)""", moved, text)
    return re.sub(r'@import "([^"]+)";', imported, text)


def write_sheet(app: Sphinx, error: Exception | None) -> None:
    """Write the one style sheet, and link it from every page in the place of the others."""
    if error or app.builder.name != "html":
        return
    static, pages = Path(app.outdir) / "_static", read_pages(app)
    # A page that this build did not write has its one link already.
    sheets: dict[Path, None] = {}
    for path, page in pages.items():
        for link in LINK.findall(page):
            sheets[(path.parent / link.partition("?")[0]).resolve()] = None
    sheets = {path: None for path in sheets if path.name != "site.css"}
    if not sheets:
        return
    addresses = set(re.findall(r'<script[^>]* src="([^"?]*)', "".join(pages.values())))
    names_of_scripts = {address.rpartition("/")[2] for address in addresses} - {"bootstrap.js"}
    scripts = [
        path.read_text(encoding="utf-8")
        for path in static.rglob("*.js")
        if path.name in names_of_scripts
    ]
    added = {f".{state}" for state in STATES}.union(*map(added_by, scripts))
    book = Book(set().union(*map(elements_on, pages.values())), added)
    text = "".join(read_sheet(path, static.resolve()) for path in sheets)
    styles = [style for page in pages.values() for style in re.findall(r'style="([^"]*)"', page)]
    blocks = list(purged(tinycss2.parse_stylesheet(text, True, True), book))
    blocks = without_unused_variables(blocks, " ".join([*styles, *scripts]))
    sheet = "\n".join(one if isinstance(one, str) else one.text() for one in blocks)
    (static / "site.css").write_text(sheet, encoding="utf-8")
    version = hashlib.sha256(sheet.encode()).hexdigest()[:8]
    for path, page in pages.items():
        address = f"{root_of(app, path)}_static/site.css?v={version}"
        one = f'<link rel="stylesheet" href="{address}" />\n'
        head, links, rest = page.partition("<link")
        write_page(path, page, head + one + LINK.sub("", links + rest))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("build-finished", write_sheet, priority=920)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
