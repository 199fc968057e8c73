"""What the outputs of a notebook depend on, as hashes, and whether they are out of date.

A stamp lies in ``metadata.stamp`` of a notebook and is written by ``execute.py`` only. Outputs
are up to date while three hashes are the same as at the last run: of the notebook's code cells,
of the helper modules that it imports (followed through the package), and of its data sets.
Versions, seconds and memory in a stamp are for information.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "d2lhelpers"


def notebooks(root: Path = ROOT) -> list[Path]:
    """The book's notebooks, sorted by path."""
    found = (root / "chapters").rglob("*.ipynb")
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


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


def code_cells(nb: NotebookNode) -> list[NotebookNode]:
    """The code cells that hold code."""
    return [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]


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
        from d2lhelpers import download

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


def helper_files(nb: NotebookNode, root: Path = ROOT) -> dict[str, Path]:
    """The helper files that a notebook depends on.

    Starts from the imports of the code cells and follows the package's own imports. A name that
    a package's ``__init__`` passes on is followed to the module that defines it, so that the
    notebook does not depend on what else is passed on. A file of the package that is not Python
    counts when a module that counts, or the notebook, names it in a string.

    Returns:
        dotted module name or file name -> path, sorted by name.
    """
    trees = {"": ast.Module([s for cell in code_cells(nb) for s in parse(cell.source).body], [])}
    waiting = sorted(_modules_used(trees[""], "", root))
    files = {}
    while waiting:
        module = waiting.pop()
        if module in files or not (path := _file_of(module, root)):
            continue
        files[module] = path
        trees[module] = ast.parse(path.read_text(encoding="utf-8"))
        waiting.extend(_modules_used(trees[module], module, root))
    files.update(_other_files(trees.values(), root))
    return dict(sorted(files.items()))


def third_party(nb: NotebookNode, root: Path = ROOT) -> set[str]:
    """Top-level names of all modules that the notebook and its helpers import, ours left out."""
    trees = [parse(cell.source) for cell in code_cells(nb)]
    for path in helper_files(nb, root).values():
        if path.suffix == ".py":
            trees.append(ast.parse(path.read_text(encoding="utf-8")))
    names = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module.partition(".")[0])
    return names - {PACKAGE}


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


def _modules_used(tree: ast.Module, module: str, root: Path) -> set[str]:
    """Modules of the package that ``tree``, the source of ``module``, imports or reaches."""
    used = set()
    packages = {}  # local name -> the package that it stands for

    def meet(found: str, local: str) -> None:
        if _is_package(found, root):
            packages[local] = found  # what of it is used shows where its attributes are read
        else:
            used.add(found)

    def read(node: ast.expr) -> str | None:
        """The package that an expression such as ``d2lhelpers.checks`` stands for, if any."""
        if isinstance(node, ast.Name):
            return packages.get(node.id)
        if isinstance(node, ast.Attribute) and (package := read(node.value)):
            found = _resolve(package, node.attr, root)
            if found != package and _is_package(found, root):
                return found
            used.add(found)
        return None

    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if _ours(alias.name):
                    meet(alias.name, alias.asname or "")
                    packages.setdefault(PACKAGE, PACKAGE)
        elif isinstance(node, ast.ImportFrom) and _ours(target := _absolute(node, module, root)):
            for alias in node.names:
                found = target
                if alias.name != "*" and _is_package(target, root):
                    found = _resolve(target, alias.name, root)
                if found == target:
                    used.add(target)
                else:
                    meet(found, alias.asname or alias.name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            read(node)
    return used - {module}


def _resolve(package: str, name: str, root: Path) -> str:
    """The module that ``name`` of ``package`` is or comes from; ``package`` if it is its own."""
    if _file_of(f"{package}.{name}", root):
        return f"{package}.{name}"
    for node in ast.walk(ast.parse(_file_of(package, root).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and _ours(target := _absolute(node, package, root)):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    is_package = _is_package(target, root)
                    return _resolve(target, alias.name, root) if is_package else target
    return package


def _absolute(node: ast.ImportFrom, module: str, root: Path) -> str:
    """The absolute name of the module that ``from ... import`` names inside ``module``."""
    if not node.level:
        return node.module or ""
    parent = module if _is_package(module, root) else module.rpartition(".")[0]
    return importlib.util.resolve_name("." * node.level + (node.module or ""), parent)


def _other_files(trees: Iterable[ast.Module], root: Path) -> dict[str, Path]:
    """Files of the package other than Python that a string in one of ``trees`` names."""
    texts = {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    found = {}
    for path in (root / PACKAGE).rglob("*"):
        if path.suffix in ("", ".py", ".pyc") or not path.is_file():
            continue
        # Matplotlib names a style sheet inside a package by a dotted path without its suffix.
        dotted = ".".join(path.relative_to(root).with_suffix("").parts)
        if dotted in texts or any(text.endswith(path.name) for text in texts):
            found[path.relative_to(root / PACKAGE).as_posix()] = path
    return found


def _file_of(module: str, root: Path) -> Path | None:
    place = root.joinpath(*module.split("."))
    for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
        if path.is_file():
            return path
    return None


def _is_package(module: str, root: Path) -> bool:
    path = _file_of(module, root) if module else None
    return path is not None and path.name == "__init__.py"


def _ours(module: str) -> bool:
    return module == PACKAGE or module.startswith(f"{PACKAGE}.")


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
