"""Sphinx extension of the helpers' reference: each helper links to the notebooks that use it.

A docstring that names its notebook (``Built in :doc:`...```) is left as it is; to any other the
pages that import the helper are added.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

PACKAGE = "d2lhelpers"
PAGES = "chapters/helpers/"


def code_trees(notebook: Path) -> Iterator[ast.Module]:
    """Yield the syntax tree of each code cell; a cell with magics in it imports no helper."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            try:
                yield ast.parse("".join(cell["source"]))
            except SyntaxError:
                continue


def helpers_in(notebook: Path) -> set[str]:
    """Full names of the helpers that a notebook imports, or calls as ``module.name``."""
    names: set[str] = set()
    known_as: dict[str, str] = {}
    for tree in code_trees(notebook):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
                for alias in node.names:
                    known_as[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                names.add(f"{known_as.get(node.value.id)}.{node.attr}")
    return names | set(known_as.values())


def find_users(env: BuildEnvironment) -> dict[str, list[str]]:
    """Map each helper's full name to the pages that use it, in the order of the book."""
    users: dict[str, list[str]] = {}
    for name in env.config.external_site_map:
        page = name.removesuffix(".ipynb")
        notebook = Path(env.srcdir) / f"{page}.ipynb"
        if notebook.exists():
            for helper in helpers_in(notebook):
                users.setdefault(helper, []).append(page)
    return users


def note_users(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Read the reference again when a notebook has begun or ceased to use a helper."""
    before, env.helper_users = getattr(env, "helper_users", None), find_users(env)
    if before == env.helper_users:
        return []
    return [page for page in env.found_docs if page.startswith(PAGES)]


def link_users(
    app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]
) -> None:
    """Add the pages that use a helper to a docstring that names none."""
    users = app.env.helper_users.get(name, [])
    if what in ("function", "class") and users and ":doc:" not in "\n".join(lines):
        links = ", ".join(f":doc:`/{page}`" for page in users)
        lines += ["", f"Used in {links}.", ""]


def mend_signature(
    app: Sphinx, what: str, name: str, obj: object, options: Any, signature: str, returned: str
) -> tuple[str, str] | None:
    """Write ``Callable[..., Any]`` as it is written in code, and no arguments of a protocol."""
    if what == "class" and signature == "(*args, **kwargs)":
        return "", returned
    return (signature.replace("[[...],", "[...,"), returned) if signature else None


def adopt_nodes(app: Sphinx, doctree: nodes.document) -> None:
    """Let every node belong to its page.

    A docstring is parsed as a document of its own, whose settings hold the whole environment:
    each page of the reference would be stored with it, and read again at every build.
    """
    for node in doctree.findall():
        node.document = doctree


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the hooks."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("env-get-outdated", note_users)
    app.connect("autodoc-process-docstring", link_users)
    app.connect("autodoc-process-signature", mend_signature)
    app.connect("doctree-read", adopt_nodes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
