"""What of a notebook is stored: that which says something about it, always the same way."""

from __future__ import annotations

import hashlib
from itertools import groupby

from nbformat import NotebookNode

from stored.cell_tags import fold_in_jupyterlab


def normalize(nb: NotebookNode) -> None:
    """Leave in a notebook only what says something about it, so that differences are small."""
    nb.nbformat, nb.nbformat_minor = 4, 5
    nb.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    nb.metadata.language_info = {"name": "python"}
    nb.metadata.pop("widgets", None)
    fold_in_jupyterlab(nb)
    count = 0
    used: set[str] = set()
    for cell in nb.cells:
        for key in ("execution", "ExecuteTime", "collapsed", "scrolled"):
            cell.metadata.pop(key, None)
        if not cell.get("id") or cell.id in used:
            cell.id = hashlib.sha256(f"{len(used)}{cell.source}".encode()).hexdigest()[:8]
        used.add(cell.id)
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        if cell.source.strip():
            cell.execution_count = count = count + 1
        cell.outputs = join_streams(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count


def join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Outputs with neighboring pieces of one stream joined: how it is cut depends on timing."""
    joined: list[NotebookNode] = []
    for name, group in groupby(outputs, key=lambda output: output.get("name")):
        pieces = list(group)
        if name is not None:
            pieces[0].text = on_terminal("".join(piece.text for piece in pieces))
            del pieces[1:]
        joined += pieces
    return joined


def on_terminal(text: str) -> str:
    """What a terminal leaves of a stream: backspaces take back, carriage returns start again."""
    if "\b" in text:
        kept: list[str] = []
        for number, piece in enumerate(text.split("\b")):
            if number and kept and kept[-1] != "\n":
                kept.pop()
            kept.extend(piece)
        text = "".join(kept)
    if "\r" in text:
        *lines, last = text.split("\n")
        lines = [line.rstrip("\r") for line in lines]
        text = "\n".join(line[line.rfind("\r") + 1 :] for line in [*lines, last])
    return text
