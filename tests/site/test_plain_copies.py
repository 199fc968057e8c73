"""Plain copies of the notebooks: ordinary Markdown, and a first cell that fetches the package."""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import subprocess
import sys
import sysconfig
import threading
from pathlib import Path

import nbformat
import pytest
from book_site import ROOT, notebooks
from nbclient import NotebookClient
from plain_copies import build_wheel, load_book, plain_copy
from plain_markdown import Book, Page, plain
from pybtex.database import parse_string

PART = "chapters/linear-regression"
BOOK = Book(
    ROOT,
    "",
    {"chapters/a/one": "The first", "chapters/a/two": "The second"},
    parse_string(
        "@book{cover, author = {Cover, Thomas}, title = {T}, publisher = {P}, year = 1965}\n"
        "@book{abc, author = {A, X and B, Y and C, Z}, title = {T}, publisher = {P}, year = 2001}",
        "bibtex",
    ),
)
ONLINE = Book(BOOK.root, "https://example.org/", BOOK.titles, BOOK.sources)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See {doc}`two`.", "See *The second*."),
        ("See {doc}`the other page <two>`.", "See the other page (*The second*)."),
        ("See {doc}`the second </chapters/a/two>`.", "See *The second*."),
        ("See {doc}`a page <lost>`.", "See a page."),
        ("A {term}`bowl <loss>` and a {term}`step`", "A bowl and a step"),
        ("{cite:t}`cover` {cite}`cover,abc`", "Cover (1965) (Cover, 1965; A et al., 2001)"),
        ("by {eq}`eq-x` and {numref}`fig-y`", "by (2) and Fig. 3"),
        ("$$\nx = 1\n$$ (eq-x)", "$$\nx = 1\n\\tag{2}\n$$"),
        (
            ":::{dropdown} Why `f`?\nSo.\n:::",
            "<details>\n<summary>Why <code>f</code>?</summary>\n\nSo.\n\n</details>",
        ),
        (":::{exercise} Two\n:label: two\n\nCount.\n:::", "**Exercise 1: Two**\n\n\nCount."),
        (
            ":::{list-table} Rules\n:header-rows: 1\n\n* - a\n  - b\n* - c\n  - d\n    e\n:::",
            "*Rules*\n\n| a | b |\n|---|---|\n| c | d e |",
        ),
        ("```python\nx = '{doc}`two`'\n```", "```python\nx = '{doc}`two`'\n```"),
    ],
)  # fmt: skip
def test_a_piece_of_text(text: str, expected: str) -> None:
    page = Page("chapters/a/one", {"eq-x": 2, "fig-y": 3})
    assert plain(text, page, BOOK) == expected


def test_links_lead_to_the_site_where_it_has_an_address() -> None:
    text = plain("See {doc}`the other <two>`.", Page("chapters/a/one"), ONLINE)
    assert text == "See [the other](https://example.org/chapters/a/two.html)."


@pytest.mark.parametrize("text", [":::{video} x\n:::", "a {download}`file`"])
def test_what_has_no_plain_form_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"video|download"):
        plain(text, Page("chapters/a/one"), BOOK)


def test_every_copy_is_ordinary_markdown_and_keeps_code_and_outputs() -> None:
    book = load_book("")
    for name, notebook in notebooks().items():
        copied = nbformat.reads(json.dumps(plain_copy(notebook, name, book)), as_version=4)
        nbformat.validate(copied)
        texts = [cell for cell in copied.cells if cell.cell_type == "markdown"]
        for cell in texts:
            outside = re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL)
            assert not re.search(r"\{[\w:]+\}`|^:::|\$\$ \(", outside, re.MULTILINE), cell.source
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        kept = [cell for cell in copied.cells if cell.cell_type == "code"][1:]
        assert [c.source for c in kept] == ["".join(c["source"]) for c in code], name
        assert [len(c.outputs) for c in kept] == [len(c["outputs"]) for c in code], name


@pytest.fixture
def bare_python(tmp_path: Path) -> Path:
    """A Python with the packages of this one, but without the helper package."""
    folder = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.check_output([python, "-c", where], text=True).strip()
    # a path file of a path file is not read: what is installed for editing stays out
    (Path(packages) / "all.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def installed(python: Path) -> dict[str, str]:
    command = [python, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
    found = json.loads(subprocess.check_output(command, cwd=python.parent))
    return {package["name"]: package["version"] for package in found}


@pytest.mark.skipif(sys.platform == "win32", reason="the kernel is started by a script for sh")
def test_the_copies_of_a_part_run_where_the_package_is_missing(
    bare_python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    assert build_wheel(site).is_file()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    book = load_book(f"http://127.0.0.1:{server.server_port}/")
    before = installed(bare_python)
    assert "torch" in before
    kernel = tmp_path / "jupyter" / "kernels" / "bare"
    kernel.mkdir(parents=True)
    command = [str(bare_python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "bare"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    for name, notebook in notebooks().items():
        if name.startswith(PART):
            copied = nbformat.reads(json.dumps(plain_copy(notebook, name, book)), as_version=4)
            NotebookClient(copied, kernel_name="bare", timeout=600).execute(cwd=str(tmp_path))
    server.shutdown()
    after = installed(bare_python)
    assert after.pop("d2lhelpers")
    before.pop("d2lhelpers", None)
    assert after == before, "an installed package was changed"
    assert os.listdir(site)
