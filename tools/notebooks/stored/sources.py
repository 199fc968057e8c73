"""Where the book's notebooks lie, and the code in their cells."""

from __future__ import annotations

import ast
from pathlib import Path

from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = "d2lhelpers"


def notebooks(root: Path = ROOT) -> list[Path]:
    """The book's notebooks, sorted by path."""
    found = (root / "chapters").rglob("*.ipynb")
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def code_cells(nb: NotebookNode) -> list[NotebookNode]:
    """The code cells that hold code."""
    return [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]


def parse(source: str) -> ast.Module:
    """The syntax tree of a code cell; empty for a cell that is not Python.

    A cell that does not compile cannot import anything either.
    """
    try:
        return ast.parse(source)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        try:  # a line such as "%matplotlib inline" becomes a call
            return ast.parse(TransformerManager().transform_cell(source))
        except SyntaxError:
            return ast.Module([], [])
