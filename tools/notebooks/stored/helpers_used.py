"""Which files of the helper package a notebook depends on."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterable
from pathlib import Path

from nbformat import NotebookNode

from stored.sources import PACKAGE, ROOT, code_cells, parse


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
