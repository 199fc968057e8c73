"""Tables made from the notebooks: how their outputs were made, claims on trial, slips.

* ``{outputs-table}``: one row per notebook, from the stamp that ``make execute`` wrote.
* ``{myth-table}``: one row per claim on trial, from the cells tagged ``myth``.
* ``{slips-table}``: one row per slip, from the markdown cells tagged ``slips``.

The slips of a notebook get the class ``slips``: on a phone each is a block in the place of a row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from myst_parser.mdit_to_docutils.base import default_slugify
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from stored.slips import HEAD, slips

logger = logging.getLogger(__name__)


def heading_of(markdown: str) -> str:
    """Text of the first heading in a Markdown source, "" without one."""
    found = re.search(r"^#{1,6}\s+(.+?)\s*$", markdown, re.MULTILINE)
    return found.group(1) if found else ""


def first_sentences(markdown: str) -> str:
    """Bold verdict and the sentence after it: ``**Wrong.** It has 60,000.``

    Raises:
        ValueError: the text does not hold a bold verdict at the start of a line.
    """
    found = re.search(r"^\*\*[^*]+\*\*[^\n]*", markdown, re.MULTILINE)
    if not found:
        raise ValueError("no bold verdict at the start of a line")
    line = found.group(0)
    if re.fullmatch(r"\*\*[^*]+\*\*", line.strip()):
        following = markdown[found.end() :].strip().split("\n", 1)[0]
        line = f"{line.strip()} {following}".strip()
    return line


def claims(notebook: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (heading, verdict) of each claim on trial, in the order of the page.

    A cell tagged ``myth`` holds the heading; the verdict stands in the next cell tagged
    ``verdict``, or in the same cell where it is tagged ``prose`` too.

    Raises:
        ValueError: a claim has no verdict.
    """
    heading = None
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        source = "".join(cell["source"])
        if "myth" in tags:
            if heading is not None:
                raise ValueError(f"no verdict for {heading!r}")
            heading = heading_of(source)
        if heading is not None and ("verdict" in tags or {"myth", "prose"} <= set(tags)):
            yield heading, first_sentences(source)
            heading = None
    if heading is not None:
        raise ValueError(f"no verdict for {heading!r}")


def anchors(notebook: dict[str, Any]) -> dict[str, str]:
    """Map each heading of the notebook to the anchor of its section on the page."""
    slugs: dict[str, str] = {}
    taken: set[str] = set()
    for cell in notebook["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        for heading in re.findall(r"^#{1,3}\s+(.+?)\s*$", "".join(cell["source"]), re.MULTILINE):
            plain = re.sub(r"\$[^$]*\$|[`*\\]", "", heading)  # formulas have no part in it
            slug, number = default_slugify(plain), 1
            while slug in taken:
                slug, number = f"{default_slugify(plain)}-{number}", number + 1
            taken.add(slug)
            slugs.setdefault(heading, slug)
    return slugs


def table(header: list[str], rows: list[list[str]], numbers: tuple[str, ...] = ()) -> list[str]:
    """Lines of a Markdown table; columns whose heads are in ``numbers`` are set to the right."""
    lines = [header, ["---:" if head in numbers else "---" for head in header], *rows]
    return [
        "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\|", cell) for cell in line) + " |"
        for line in lines
    ]


class NotebookTable(SphinxDirective):
    """A table with rows from the notebooks in the table of contents."""

    def notebooks(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield (document name, notebook); the page is rebuilt when one of them changes."""
        for name in self.config.external_site_map:
            path = Path(self.env.srcdir) / f"{name.removesuffix('.ipynb')}.ipynb"
            if path.exists():
                self.env.note_dependency(str(path))
                yield name.removesuffix(".ipynb"), json.loads(path.read_text(encoding="utf-8"))

    def render(self, lines: list[str]) -> list[nodes.Node]:
        """Parse Markdown lines where the directive stands."""
        container = nodes.container(classes=["notebook-table"])
        self.state.nested_parse(StringList(lines, self.get_location()), 0, container)
        return [container]

    @staticmethod
    def title_of(notebook: dict[str, Any]) -> str:
        """Title of a notebook: its first heading."""
        return heading_of("".join(notebook["cells"][0]["source"]))


class OutputsTable(NotebookTable):
    """``{outputs-table}``: when and with what each notebook was run."""

    def run(self) -> list[nodes.Node]:
        """Render one row per notebook."""
        rows = []
        for name, notebook in self.notebooks():
            stamp = notebook["metadata"].get("stamp")
            link = f"[{self.title_of(notebook)}](/{name}.ipynb)"
            if not stamp:
                rows.append([link, "not run yet", "", "", "", ""])
                continue
            versions = stamp["versions"]
            rows.append(
                [
                    link,
                    f"{stamp['seconds']:.0f}",
                    f"{stamp['peak_memory_mb']:,.0f}",
                    versions["python"],
                    versions["torch"],
                    f"`{stamp['code'][:8]}`",
                ]
            )
        header = ["Notebook", "Seconds", "Memory (MB)", "Python", "PyTorch", "Code"]
        return self.render(table(header, rows, ("Seconds", "Memory (MB)"))) if rows else []


class MythTable(NotebookTable):
    """``{myth-table}``: each claim on trial with its verdict and the page that decides it."""

    def run(self) -> list[nodes.Node]:
        """Render one row per claim."""
        rows = []
        for name, notebook in self.notebooks():
            slugs = anchors(notebook)
            try:
                for heading, verdict in claims(notebook):
                    claim = re.sub(r"^On trial:\s*", "", heading)
                    page = f"[{self.title_of(notebook)}](/{name}.ipynb#{slugs[heading]})"
                    rows.append([claim, verdict, page])
            except ValueError as error:
                logger.warning("%s: %s", name, error, location=self.get_location())
        header = ["What people say", "What the run says", "Where"]
        return self.render(table(header, rows)) if rows else []


class SlipsTable(NotebookTable):
    """``{slips-table}``: what is written, what is right, and the page that says why."""

    def run(self) -> list[nodes.Node]:
        """Render one row per slip."""
        rows = []
        for name, notebook in self.notebooks():
            page = f"[{self.title_of(notebook)}](/{name}.ipynb)"
            texts = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
            try:
                for cell in texts:
                    if "slips" in cell["metadata"].get("tags", []):
                        found = slips("".join(cell["source"]))
                        rows += [[written, right, page] for written, right, _ in found]
            except ValueError as error:
                logger.warning("%s: %s", name, error, location=self.get_location())
        return self.render(table([*HEAD[:2], "where"], rows)) if rows else []


def mark_slips(app: Sphinx, doctree: nodes.document) -> None:
    """Give a notebook's table of slips its class."""
    for found in doctree.findall(nodes.table):
        if [entry.astext() for entry in next(found.findall(nodes.row))] == HEAD:
            found["classes"].append("slips")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("doctree-read", mark_slips)
    app.add_directive("outputs-table", OutputsTable)
    app.add_directive("myth-table", MythTable)
    app.add_directive("slips-table", SlipsTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
