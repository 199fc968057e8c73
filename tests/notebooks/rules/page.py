"""A notebook and its cells, with what the rules ask of them."""

from __future__ import annotations

import ast
from functools import cached_property
from pathlib import Path

import nbformat.v4
from nbformat import NotebookNode
from stored.sources import ROOT, parse


class Page:
    """A notebook with what the rules ask of it."""

    def __init__(self, path: Path, root: Path = ROOT) -> None:
        self.path, self.root = path, root
        # Read as it lies there: nbformat.read would mend what a rule looks for.
        self.nb = nbformat.v4.reads(path.read_text(encoding="utf-8"))

    @cached_property
    def cells(self) -> list[Cell]:
        cells, label = [], 0
        for number, node in enumerate(self.nb.cells, start=1):
            runs = node.cell_type == "code" and bool(node.source.strip())
            label += runs
            cells.append(Cell(number, node, label if runs else None))
        return cells

    @property
    def code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_code]

    @property
    def markdown(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.is_code]

    def tagged(self, tag: str) -> list[Cell]:
        return [cell for cell in self.cells if tag in cell.tags]


class Cell:
    """A cell with its number, counted from 1, and the label that Jupyter gives it after a run."""

    def __init__(self, number: int, node: NotebookNode, label: int | None) -> None:
        self.number, self.node, self.label = number, node, label
        self.source: str = node.source
        self.is_code = node.cell_type == "code"
        self.tags = set(node.metadata.get("tags", []))
        self.outputs: list[NotebookNode] = node.get("outputs", [])

    def __str__(self) -> str:
        return f"cell {self.number}" + (f" [{self.label}]" if self.label else "")

    @cached_property
    def tree(self) -> ast.Module:
        return parse(self.source)

    @cached_property
    def calls(self) -> list[ast.Call]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]

    @property
    def printed(self) -> str:
        """The text of its outputs, as shown beside no picture."""
        parts = []
        for output in self.outputs:
            data = output.get("data", {})
            parts.append(output.get("text", ""))
            parts.append("" if "image/png" in data else data.get("text/plain", ""))
        return "\n".join(filter(None, parts))

    @cached_property
    def asserts(self) -> int:
        """How many statements of it assert something."""
        return sum(isinstance(node, ast.Assert) for node in ast.walk(self.tree)) + sum(
            name.startswith("assert_") or name == "gradcheck" for name in map(name_of, self.calls)
        )


def name_of(call: ast.Call) -> str:
    """The last part of the name that is called: ``randn`` for ``torch.randn(3)``."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))
