"""Code that runs on any machine, and leaves nothing behind."""

from __future__ import annotations

import ast
import importlib
import re
import socket
from collections.abc import Iterator
from typing import Any

from stored.sources import PACKAGE

from rules.page import Cell, Page, name_of
from rules.rule import rule

REFUSED = {
    r"\bclear_output\b": "clear_output: update one display instead (display(..., display_id=True))",
    r"\bnum_workers\b": "num_workers: no worker processes, the data lie in memory; where they are "
    "the lesson, tag the cell workers",
    r"\.cuda\(": ".cuda(): write .to(device()), so that the page runs everywhere",
    r"\bpip3?\s+install\b": "pip install: packages are installed before the notebook is opened",
    r"\btqdm\b": "tqdm: it leaves its bar in the outputs; use d2lhelpers.progress",
    r"KMP_DUPLICATE_LIB_OK": "KMP_DUPLICATE_LIB_OK: it hides two OpenMP libraries in one process",
    r"\.legend\((?![^)]*\bloc=)": "legend without loc: name its place, the best hangs on points",
    r"(?m)^\s*[%!]": "a magic or a shell line: write plain Python, which can be pasted anywhere",
}
MACHINE = re.compile(
    r"""
      (?<![\w/.:<~*\\])/(?:home|Users|root|tmp|usr|opt|mnt|var|etc|private|srv|work|workspace|content)
      /[\w.~-]+
    | \b[A-Z]:\\(?:Users|Windows|Program)[^\s'"]*
    | \bat\ 0x[0-9a-fA-F]{6,}
    """,
    re.VERBOSE,
)
FILE_CALLS = {
    "open", "Path", "load", "imread", "loadtxt", "genfromtxt", "fromfile", "read_csv",
    "read_json", "save", "savez", "savetxt", "savefig", "imsave", "to_csv",
}  # fmt: skip


@rule(17, "nothing names the machine it ran on", "print a name, not a path; no object addresses")
def no_machine(page: Page) -> Iterator[str]:
    host = socket.gethostname()
    for cell in page.cells:
        for where, text in (("source", cell.source), ("output", _all_text(cell))):
            found = MACHINE.findall(text)
            if len(host) > 4 and re.search(rf"\b{re.escape(host)}\b", text):
                found.append(host)
            if found:
                yield f"{cell}: its {where} holds {found[0]!r}"


def _all_text(cell: Cell) -> str:
    parts = []
    for output in cell.outputs:
        parts.append(output.get("text", ""))
        parts += [v for k, v in output.get("data", {}).items() if k.startswith("text/")]
        parts += output.get("traceback", [])
    return "\n".join(parts)


@rule(19, "its code runs anywhere and leaves nothing behind", "see the message")
def portable_code(page: Page) -> Iterator[str]:
    for cell in page.code:
        for pattern, why in REFUSED.items():
            if "num_workers" in pattern and "workers" in cell.tags:
                continue
            if re.search(pattern, cell.source):
                yield f"{cell}: {why}"
        if cell.source.rstrip().endswith(";"):
            yield f"{cell}: the last line ends in ';': end with plt.show() or another statement"


@rule(
    21,
    "it needs no file beside it",
    "load data with d2lhelpers.data; write into a folder of the tempfile module",
)
def no_files(page: Page) -> Iterator[str]:
    for cell in page.code:
        for call in cell.calls:
            texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
            paths = [text for text in texts if isinstance(text, str)]
            if name_of(call) in FILE_CALLS and paths:
                yield f"{cell}: {ast.unparse(call.func)}({paths[0]!r}) names a file"


@rule(26, "the helpers that it uses exist", "mend the name, or follow the change of the helper")
def helpers_exist(page: Page) -> Iterator[str]:
    modules: dict[str, Any] = {}
    for cell in page.code:
        for node in ast.walk(cell.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name.partition(".")[0] == PACKAGE:
                        found = _import(alias.name)
                        if found is None:
                            yield f"{cell}: there is no module {alias.name}"
                        else:
                            whole = found if alias.asname else _import(PACKAGE)
                            modules[alias.asname or PACKAGE] = whole
            elif isinstance(node, ast.ImportFrom) and not node.level:
                if node.module.partition(".")[0] != PACKAGE:
                    continue
                for alias in node.names:
                    found = _member(_import(node.module), alias.name)
                    if found is None:
                        yield f"{cell}: {node.module} has no {alias.name}"
                    elif type(found).__name__ == "module":
                        modules[alias.asname or alias.name] = found
    for cell in page.code:
        for node in ast.walk(cell.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = modules.get(node.value.id)
                if module is not None and _member(module, node.attr) is None:
                    yield f"{cell}: {module.__name__} has no {node.attr}"


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def _member(module: Any, name: str) -> Any:
    if module is None:
        return None
    return getattr(module, name, None) or _import(f"{module.__name__}.{name}")
