"""The built book for the tests: its pages, a server, a browser. A pytest plugin."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from book_extensions.theme_repairs import MENDED_THEME, THEME
from bs4 import BeautifulSoup
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 300_000  # milliseconds: a busy machine is no failure
needs_theme = pytest.mark.skipif(
    THEME < MENDED_THEME,
    reason="Python 3.10 has an older theme, whose pages are built as they come",
)


def documents(root: Path = ROOT) -> list[str]:
    """Names of the book's pages, without suffix, in the order of the table of contents."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))

    def below(entry: dict) -> Iterator[str]:
        if "file" in entry:
            yield entry["file"]
        for key in ("parts", "chapters", "sections"):
            for child in entry.get(key, []):
                yield from below(child)

    return [toc["root"], *below(toc)]


def source(document: str) -> str:
    """Text of a page's source; of a notebook, its Markdown cells."""
    notebook = ROOT / f"{document}.ipynb"
    if not notebook.exists():
        return (ROOT / f"{document}.md").read_text(encoding="utf-8")
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def notebooks() -> dict[str, dict]:
    """The notebooks among the pages, by page name."""
    paths = {name: ROOT / f"{name}.ipynb" for name in documents()}
    return {
        name: json.loads(path.read_text(encoding="utf-8"))
        for name, path in paths.items()
        if path.exists()
    }


def build(book: Path, output: Path) -> subprocess.CompletedProcess[str]:
    """Build a book with warnings as errors."""
    program = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", program, "build", str(book), "-W", "-n", "--keep-going"]
    command += ["--path-output", str(output)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built book: the first worker that asks builds it, for all of them.

    Fresh, but for the tests of one part, which wait for what has changed alone.
    """
    folder = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        folder = folder.parent
    output = ROOT if request.config.getoption("part") else folder / "site"
    complaint = folder / "site-complaint.txt"
    with FileLock(folder / "site.lock"):
        if not complaint.exists():
            result = build(ROOT, output)
            said = result.stdout[-3000:] + result.stderr[-3000:] if result.returncode else ""
            complaint.write_text(said, encoding="utf-8")
            if said:  # the next build would not see the warnings of pages that it keeps
                shutil.rmtree(output / "_build", ignore_errors=True)
    said = complaint.read_text(encoding="utf-8")
    assert not said, said
    html = output / "_build" / "html"
    assert (html / "chapters" / "index.html").exists(), "the build is green, but there is no page"
    return html


@pytest.fixture(scope="session")
def soups(site: Path) -> dict[Path, BeautifulSoup]:
    """Each HTML file of the site, parsed."""
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(site.rglob("*.html"))
    }


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def serve(site: Path, handler: type = Quiet) -> Iterator[str]:
    """Address of the site on a local server."""
    handler = functools.partial(handler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Address of the site on a local server."""
    with serve(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """Chromium, from $CHROMIUM or the system."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    named = [os.environ.get("CHROMIUM"), "/usr/bin/chromium", shutil.which("chromium-browser")]
    found = next((path for path in named if path and Path(path).exists()), None)
    if found is None:
        pytest.skip("no Chromium at $CHROMIUM or /usr/bin/chromium")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=LAUNCH)
        yield chromium
        chromium.close()


def window(browser, **options: object):
    """A page of its own in a browser, which waits for a busy machine."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(PATIENCE)
    return page


@pytest.fixture
def open_page(browser, address: str) -> Iterator[Callable]:
    """Open a page of the server in a window of its own."""
    pages = []

    def open_it(name: str, width: int = 1280, theme: str = "light", **options: object):
        page = window(
            browser,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            reduced_motion="reduce",  # no half-faded colors when contrast is measured
            **options,
        )
        pages.append(page)
        assert page.goto(f"{address}{name}.html").ok, name
        return page

    yield open_it
    for page in pages:
        page.context.close()


def a_notebook_page() -> str:
    """A page with formulas, figures, fold-outs and exercises."""
    return next(name for name in notebooks() if "cross-entropy" in name)
