"""Numbers of exercises and equations."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def restore_numbers(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Give Sphinx its own numbers back, or it would take every page for changed."""
    env.toc_fignumbers = getattr(env, "numbers_in_book", env.toc_fignumbers)


def number_by_page(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Number exercises and equations from 1 on each page: a new page changes no other."""
    env.numbers_in_book = env.toc_fignumbers
    env.toc_fignumbers = {
        page: {
            kind: {label: (number,) for number, label in enumerate(labels, start=1)}
            for kind, labels in kinds.items()
        }
        for page, kinds in env.toc_fignumbers.items()
    }
    return []


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("env-before-read-docs", restore_numbers)
    app.connect("env-get-updated", number_by_page, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
