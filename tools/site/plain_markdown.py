"""MyST Markdown as ordinary Markdown: for notebooks that are opened outside the book.

Directives become HTML that every notebook viewer shows, roles become links and words.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pybtex.database import BibliographyData, Entry
from pybtex.plugin import find_plugin

FENCE = re.compile(r"^(:{3,}|`{3,})\{([\w-]+)\} ?(.*)$")
ROLE = re.compile(r"\{([\w:]+)\}`([^`]+)`")
TARGET = re.compile(r"^(.*?)\s*<([^<>]+)>$", re.DOTALL)


@dataclass(frozen=True)
class Book:
    """What pages refer to: the site's address ("" or ending with a slash), titles, sources."""

    root: Path
    address: str
    titles: dict[str, str]
    sources: BibliographyData


@dataclass
class Page:
    """One page: its name, such as ``chapters/part/page``, and the numbers of what has a label."""

    name: str
    numbers: dict[str, int] = field(default_factory=dict)
    cited: list[str] = field(default_factory=list)
    exercises: int = 0


def plain(text: str, page: Page, book: Book) -> str:
    """The text of one cell as ordinary Markdown.

    Raises:
        ValueError: a directive or a role that nothing here can translate.
    """
    return "\n".join(blocks(text.split("\n"), page, book))


def blocks(lines: list[str], page: Page, book: Book) -> list[str]:
    """Lines with their directives translated, from the outside inwards."""
    out: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if opened := FENCE.match(line):
            fence, name, title = opened.groups()
            end = next(i for i in range(number, len(lines)) if lines[i].rstrip() == fence)
            if name not in DIRECTIVES:
                raise ValueError(f"{page.name}: no plain form of the directive {name}")
            out += DIRECTIVES[name](title, lines[number:end], page, book)
            number = end + 1
        elif line.startswith("```"):  # plain code stays as it is
            end = next(i for i in range(number, len(lines)) if lines[i].startswith("```"))
            out += lines[number - 1 : end + 1]
            number = end + 1
        else:
            out.append(inline(line, page, book))
    return out


def options(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The leading ``:name: value`` lines of a directive, and the rest."""
    found = {}
    while lines and (option := re.match(r"^:([\w-]+): ?(.*)$", lines[0])):
        found[option[1]] = option[2]
        lines = lines[1:]
    return found, lines


def admonition(title: str, lines: list[str], page: Page, book: Book) -> list[str]:
    _, rest = options(lines)
    return [f"**{title}**", "", *blocks(rest, page, book)]


def dropdown(title: str, lines: list[str], page: Page, book: Book) -> list[str]:
    shown = re.sub(r"`([^`]+)`", r"<code>\1</code>", inline(title, page, book))
    shown = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", shown)
    body = blocks(lines, page, book)
    return ["<details>", f"<summary>{shown}</summary>", "", *body, "", "</details>"]


def exercise(title: str, lines: list[str], page: Page, book: Book) -> list[str]:
    page.exercises += 1
    _, rest = options(lines)
    return [f"**Exercise {page.exercises}: {title}**", "", *blocks(rest, page, book)]


def literalinclude(path: str, lines: list[str], page: Page, book: Book) -> list[str]:
    source = (book.root / page.name).parent.joinpath(path).resolve().read_text(encoding="utf-8")
    name = options(lines)[0]["pyobject"]
    parts = ast.parse(source).body
    part = next(part for part in parts if getattr(part, "name", None) == name)
    return ["```python", *ast.get_source_segment(source, part).split("\n"), "```"]


def list_table(title: str, lines: list[str], page: Page, book: Book) -> list[str]:
    _, rest = options(lines)
    rows: list[list[str]] = []
    for line in rest:
        if line.startswith("* - "):
            rows.append([line[4:]])
        elif line.startswith("  - "):
            rows[-1].append(line[4:])
        elif line.strip():
            rows[-1][-1] += f" {line.strip()}"
    table = [f"| {' | '.join(inline(cell, page, book) for cell in row)} |" for row in rows]
    return [f"*{inline(title, page, book)}*", "", table[0], "|---" * len(rows[0]) + "|", *table[1:]]


DIRECTIVES: dict[str, Callable[[str, list[str], Page, Book], list[str]]] = {
    "admonition": admonition,
    "dropdown": dropdown,
    "exercise": exercise,
    "literalinclude": literalinclude,
    "list-table": list_table,
    "slips-table": lambda *_: [],  # a list made from all pages has no place in a copy of one
}


def inline(line: str, page: Page, book: Book) -> str:
    """A line with its roles and the label of its formula translated."""
    line = re.sub(r"^\$\$ \(([\w-]+)\)$", lambda m: f"\\tag{{{page.numbers[m[1]]}}}\n$$", line)
    return ROLE.sub(lambda role: translate(role[1], role[2], page, book), line)


def translate(role: str, content: str, page: Page, book: Book) -> str:
    """One role as words or a link."""
    with_target = TARGET.match(content)
    words, target = with_target.groups() if with_target else ("", content)
    if role == "doc":
        return link(words, target, page, book)
    if role == "term":
        return words or content
    if role == "eq":
        return f"({page.numbers[content]})"
    if role == "numref":
        return f"Fig. {page.numbers[content]}"
    if role in ("cite", "cite:t"):
        return cited(content.split(","), role == "cite:t", page, book)
    raise ValueError(f"{page.name}: no plain form of the role {role}")


def link(words: str, target: str, page: Page, book: Book) -> str:
    """A link to another page of the site, or its title where the site has no address."""
    folder = posixpath.dirname(page.name)
    name = target[1:] if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
    title = book.titles.get(name)
    if title is None:  # Sphinx has warned of it
        return words or target
    if book.address:
        return f"[{words or title}]({book.address}{name}.html)"
    return f"*{title}*" if words.lower() in ("", title.lower()) else f"{words} (*{title}*)"


def cited(keys: list[str], in_text: bool, page: Page, book: Book) -> str:
    """Authors and year, as the site has them; the page remembers whom it cited."""
    keys = [key.strip() for key in keys]
    page.cited += [key for key in keys if key not in page.cited]
    entries = [book.sources.entries[key] for key in keys]
    if in_text:
        return "; ".join(f"{authors(entry)} ({entry.fields['year']})" for entry in entries)
    pairs = [f"{authors(entry)}, {entry.fields['year']}" for entry in entries]
    return f"({'; '.join(pairs)})"


def authors(entry: Entry) -> str:
    """One name, two names, or the first of more."""
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [" ".join(person.prelast_names + person.last_names).strip("{}") for person in people]
    if not names:
        return entry.fields.get("organization", entry.fields["title"])
    return " and ".join(names) if len(names) < 3 else f"{names[0]} et al."


def references(page: Page, book: Book) -> str:
    """The list of what the page cites, as Markdown."""
    style = find_plugin("pybtex.style.formatting", "plain")()
    backend = find_plugin("pybtex.backends", "markdown")()
    entries = style.format_bibliography(book.sources, page.cited)
    return "\n".join(["## References", "", *(f"* {e.text.render(backend)}" for e in entries)])
