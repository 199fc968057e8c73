"""Outputs as pairs of kind and content, with streams as a terminal shows them."""

import json
from collections.abc import Sequence
from itertools import groupby

from nbformat import NotebookNode

PICTURES = ("image/png", "image/jpeg")
RICH = {*PICTURES, "text/html", "text/markdown", "text/latex", "image/svg+xml"}  # beats plain
WIDGET = "application/vnd.jupyter.widget-view+json"  # holds a random id


def parts(outputs: Sequence[NotebookNode]) -> list[tuple[str, str]]:
    """Flatten outputs to pairs (kind, text or picture); stderr, whose place varies, is last."""
    errors = [output for output in outputs if output.get("name") == "stderr"]
    others = [output for output in outputs if output.get("name") != "stderr"]
    found = []
    for name, group in groupby(others + errors, key=lambda output: output.get("name")):
        if name is not None:
            found.append((name, on_terminal("".join(output.text for output in group))))
            continue
        for output in group:
            if output.output_type == "error":
                found.append(("error", f"{output.ename}: {output.evalue}"))
                continue
            stand_in = {"text/plain"} if RICH & set(output.data) else set()
            for mime in sorted(set(output.data) - {WIDGET} - stand_in):
                data = output.data[mime]
                text = data if isinstance(data, str) else json.dumps(data, sort_keys=True)
                found.append((f"{output.output_type} {mime}", text))
    return found


def on_terminal(text: str) -> str:
    """What a terminal leaves of a stream: backspaces take back, carriage returns start again.

    >>> on_terminal("10 %\\r20 %\\r\\ndonn\\be\\n")
    '20 %\\ndone\\n'
    """
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
