"""Plain copies of the notebooks: they run and read well where the book is not installed.

    python tools/site/plain_copies.py [<folder>]      writes them, for a host to serve or a branch

Text is ordinary Markdown, links lead to the site, and the first cell installs the helper
package where it is missing.
"""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pack import version
from plain_markdown import Book, Page, plain, references
from pybtex.database import parse_file

ROOT = Path(__file__).resolve().parents[2]
SAME_BYTES = {"SOURCE_DATE_EPOCH": "315532800"}  # the same package gives the same wheel
WHEEL = f"d2lhelpers-{version()}-py3-none-any.whl"
FOR_BINDER = "torch\ntorchvision\nmatplotlib\npandas\nscikit-learn\n./{wheel}\n"
INSTALL = """\
# The book's helper package, where it is missing. What is installed already stays as it is.
try:
    import d2lhelpers
except ModuleNotFoundError:
    %pip install --quiet --no-deps {address}{wheel}
    %pip install --quiet filelock platformdirs requests"""
SAY_HOW = """\
try:
    import d2lhelpers
except ModuleNotFoundError:
    print("This notebook needs the helper package of the book: "
          "pip install --no-deps <folder or address of the book's site>/{wheel}")"""


def load_book(address: str, root: Path = ROOT) -> Book:
    """Titles and sources of the book; ``address`` is the site's, "" where there is none."""
    pages = {
        path.relative_to(root).with_suffix("").as_posix(): title(path)
        for path in sorted((root / "chapters").rglob("*.[im][pd]*"))
        if path.suffix in (".ipynb", ".md")
    }
    sources = parse_file(root / "chapters" / "back" / "references.bib")
    return Book(root, address, {name: found for name, found in pages.items() if found}, sources)


def title(path: Path) -> str:
    """The first heading of a page."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "".join(json.loads(text)["cells"][0]["source"])
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    return heading[1] if heading else ""


def labels(notebook: dict[str, Any]) -> dict[str, int]:
    """The numbers of equations and figures, as the site counts them: from 1 on each page."""
    equations, figures = [], []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            equations += re.findall(r"^\$\$ \(([\w-]+)\)$", source(cell), re.MULTILINE)
        elif figure := cell["metadata"].get("mystnb", {}).get("figure"):
            figures.append(figure.get("name", ""))
    return {
        label: number
        for kind in (equations, figures)
        for number, label in enumerate(kind, start=1)
        if label
    }


def source(cell: dict[str, Any]) -> str:
    """The text of a cell, which a file may hold in lines."""
    return "".join(cell["source"])


def plain_copy(notebook: dict[str, Any], name: str, book: Book) -> dict[str, Any]:
    """A notebook of the book as a plain one; code and outputs stay as they are.

    Args:
        notebook: as read from its file.
        name: of the page, ``chapters/part/page``.
        book: what its links lead to.

    Raises:
        ValueError: the text holds a directive or a role that has no plain form.
    """
    page = Page(name, labels(notebook))
    installing = (INSTALL if book.address else SAY_HOW).format(address=book.address, wheel=WHEEL)
    cells = [new_cell("code", installing, "install-helpers")]
    figures = 0
    for cell in copy.deepcopy(notebook["cells"]):
        cells.append(cell)
        meta = cell["metadata"].pop("mystnb", {})
        if cell["cell_type"] == "markdown":
            cell["source"] = plain(source(cell), page, book)
        elif figure := meta.get("figure"):
            figures += 1
            caption = f"*Fig. {figures}:* {plain(figure['caption'], page, book)}"
            cells.append(new_cell("markdown", caption, f"caption-{figures}"))
    if page.cited:
        cells.append(new_cell("markdown", references(page, book), "references"))
    metadata = {
        key: value for key, value in notebook["metadata"].items() if key not in ("book", "stamp")
    }
    return {**notebook, "cells": cells, "metadata": metadata | {"plain_copy": True}}


def new_cell(kind: str, text: str, name: str) -> dict[str, Any]:
    """A cell that the book's notebook does not have."""
    code = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": {}, "source": text, **code}


def notebooks(root: Path = ROOT) -> Iterator[str]:
    """The names of the pages that are notebooks, in the order of the book."""
    listed = re.findall(r"file: (\S+)", (root / "_toc.yml").read_text(encoding="utf-8"))
    return (name for name in listed if (root / f"{name}.ipynb").exists())


def write(notebook: dict[str, Any], path: Path) -> None:
    """Store a notebook as notebooks are stored."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def build_wheel(folder: Path) -> Path:
    """The helper package as a wheel in ``folder``, built from a copy: the sources stay clean."""
    with tempfile.TemporaryDirectory() as scratch:
        files = [ROOT / "pyproject.toml", ROOT / "README.md", *(ROOT / "d2lhelpers").rglob("*.*")]
        for path in files:
            if path.is_file() and "__pycache__" not in path.parts:
                target = Path(scratch) / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
        command += ["--no-build-isolation", "--disable-pip-version-check", scratch]
        subprocess.run(
            [*command, "--wheel-dir", str(folder)], check=True, env=os.environ | SAME_BYTES
        )
    return folder / WHEEL


def main() -> None:
    """Write all plain copies and the wheel into a folder, ``dist/notebooks`` if none is given."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist" / "notebooks"
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    address = settings["html"]["baseurl"]
    book = load_book(f"{address.rstrip('/')}/" if address else "")
    for name in notebooks():
        text = (ROOT / f"{name}.ipynb").read_text(encoding="utf-8")
        write(plain_copy(json.loads(text), name, book), folder / f"{name}.ipynb")
    wheel = build_wheel(folder).name
    (folder / "requirements.txt").write_text(FOR_BINDER.format(wheel=wheel), encoding="utf-8")
    print(f"Plain copies: {folder}")


if __name__ == "__main__":
    main()
