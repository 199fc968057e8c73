"""What the tags of a code cell do, in JupyterLab and on the page.

An author writes one tag. ``make execute`` folds the cell in JupyterLab; this module is also the
Sphinx extension that folds it on the page under a label of its own, and that marks the answer of
an exercise which nobody has tried.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from nbformat import NotebookNode

if TYPE_CHECKING:
    from sphinx.application import Sphinx

NOT_TRIED = "· not tried yet"


class Fold(NamedTuple):
    """How the page folds a cell: myst-nb's tag, and the label while it is closed and open."""

    tag: str
    closed: str
    opened: str


FOLDS = {
    "imports": Fold("hide-input", "Imports and seed", "Imports and seed"),
    "drawing": Fold("hide-input", "How this is drawn", "How this is drawn"),
    "holds": Fold("hide-cell", "What the tests check", "What the tests check"),
    "slips": Fold("hide-cell", "What the tests check of this table", "What the tests check"),
    "solution": Fold("hide-cell", "Show a solution", "Hide the solution"),
}


def fold_in_jupyterlab(nb: NotebookNode) -> None:
    """Hide the source of each code cell that the page folds."""
    for cell in nb.cells:
        if cell.cell_type == "code" and FOLDS.keys() & cell.metadata.get("tags", []):
            cell.metadata.setdefault("jupyter", {})["source_hidden"] = True


def fold_on_page(notebook: dict[str, Any]) -> None:
    """Add to the code cells of a notebook, as JSON, what makes myst-nb fold and label them."""
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        tags = cell["metadata"].setdefault("tags", [])
        for fold in [FOLDS[tag] for tag in tags if tag in FOLDS]:
            if fold.tag not in tags:
                tags.append(fold.tag)
            labels = {"code_prompt_show": fold.closed, "code_prompt_hide": fold.opened}
            cell["metadata"].setdefault("mystnb", {}).update(labels)
        if "check" in tags and NOT_TRIED in json.dumps(cell["outputs"], ensure_ascii=False):
            tags.append("not-tried")


def _read(app: Sphinx, docname: str, source: list[str]) -> None:
    if app.env.doc2path(docname).endswith(".ipynb"):
        notebook = json.loads(source[0])
        fold_on_page(notebook)
        source[0] = json.dumps(notebook)


def setup(app: Sphinx) -> dict[str, Any]:
    """Fold the cells of each notebook that is read."""
    app.connect("source-read", _read)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
