"""What the outputs of a notebook depend on, as hashes, and whether they are out of date.

A stamp lies in ``metadata.stamp`` of a notebook and is written by ``execute.py`` only. Outputs
are up to date while three hashes are the same as at the last run: of the notebook's code cells,
of the helper modules that it imports (followed through the package), and of its data sets.
Versions, seconds and memory in a stamp are for information.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from stored.helpers_used import helper_files
from stored.sources import ROOT, code_cells


def fingerprint(nb: NotebookNode, root: Path = ROOT) -> dict[str, str]:
    """The three hashes of a stamp: ``code``, ``helpers`` and ``data``, 16 hex digits each."""
    return {"code": code_hash(nb), "helpers": helpers_hash(nb, root), "data": data_hash(nb)}


def staleness(nb: NotebookNode, root: Path = ROOT) -> list[str]:
    """Why the stored outputs are out of date, one reason each; empty when they are not."""
    stamp = nb.metadata.get("stamp")
    if not stamp:
        return ["it has no stamp: it was never run by tools/notebooks/execute.py"]
    now = fingerprint(nb, root)
    what = {
        "code": "its code cells",
        "helpers": f"a helper module that it imports ({', '.join(helper_files(nb, root))})",
        "data": "its data sets",
    }
    reasons = [f"{what[key]} changed" for key in now if stamp.get(key) != now[key]]
    counts = [cell.execution_count for cell in code_cells(nb)]
    if counts != list(range(1, len(counts) + 1)):
        reasons.append(f"its cells were not run from top to bottom: counts are {counts}")
    return reasons


def code_hash(nb: NotebookNode) -> str:
    """Hash of the sources of the code cells; white space at the ends of lines does not count."""
    sources = (
        "\n".join(line.rstrip() for line in cell.source.strip().splitlines())
        for cell in code_cells(nb)
    )
    return _hash(sources)


def data_hash(nb: NotebookNode, known: dict[str, dict[str, str]] | None = None) -> str:
    """Hash of the data sets that ``metadata.book.data`` names.

    Args:
        nb: a notebook.
        known: SHA-256 of each file of each data set; the package's table by default.

    Raises:
        ValueError: the notebook names a data set that is not known.
    """
    names = sorted(nb.metadata.get("book", {}).get("data", []))
    if known is None and names:
        from d2lhelpers.files import download

        known = download.SHA256
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(
            f"metadata.book.data: expected names out of {sorted(known)}, found {unknown}"
        )
    return _hash(
        f"{name} {file} {digest}" for name in names for file, digest in sorted(known[name].items())
    )


def helpers_hash(nb: NotebookNode, root: Path = ROOT) -> str:
    """Hash of the helper files that a notebook depends on.

    Of a module it is the structure that counts: comments, docstrings and layout do not.
    """
    files = helper_files(nb, root)
    return _hash(f"{name} {_content(path)}" for name, path in files.items())


def _content(path: Path) -> str:
    if path.suffix != ".py":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return _structure(ast.parse(path.read_text(encoding="utf-8")))


def _structure(node: Any) -> str:
    """A syntax tree without docstrings as text, the same in every version of Python.

    ``ast.dump`` is not: what it says about empty fields changed more than once.
    """
    if isinstance(node, ast.Constant):
        return f"{type(node.value).__name__}:{node.value!r}"
    if isinstance(node, ast.AST):
        return f"{type(node).__name__}({','.join(_fields(node))})"
    if isinstance(node, list):
        return f"[{','.join(_structure(item) for item in node)}]"
    return repr(node)


def _fields(node: ast.AST) -> Iterator[str]:
    for name, value in ast.iter_fields(node):
        if name == "body" and isinstance(value, list) and _is_docstring(node, value):
            value = value[1:]
        if value not in (None, []) and name not in ("kind", "type_comment", "type_ignores"):
            yield f"{name}={_structure(value)}"


def _is_docstring(node: ast.AST, body: list[ast.stmt]) -> bool:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return (
        isinstance(node, documented)
        and bool(body)
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    )


def _hash(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:16]
