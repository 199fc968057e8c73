"""The built pages, for the extensions that change them when all of them are there."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx


def read_pages(app: Sphinx) -> dict[Path, str]:
    """Path and text of each page; the theme's templates among the static files are none."""
    site = Path(app.outdir)
    paths = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    return {path: path.read_text(encoding="utf-8") for path in paths}


def write_page(path: Path, before: str, after: str) -> None:
    """Write a page, unless it is as it was."""
    if after != before:
        path.write_text(after, encoding="utf-8")


def root_of(app: Sphinx, path: Path) -> str:
    """The way from a page to the root of the site: ``../../``."""
    return "../" * (len(path.relative_to(Path(app.outdir)).parts) - 1)
