"""The built book, looked at in a browser: what a reader gets, with and without a server."""

from __future__ import annotations

import contextlib
import functools
import gzip
import hashlib
import http.server
import importlib
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urldefrag

import book_extension
import pack
import pytest
import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1_000_000
LAUNCH = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Pages without a source of their own.
MADE_BY_SPHINX = ["search", "genindex", "_modules/d2lhelpers/checks/core", "404"]

pytestmark = [
    pytest.mark.xdist_group("site"),
    pytest.mark.skipif(
        book_extension.THEME < book_extension.MENDED_THEME,
        reason="Python 3.10 has an older theme, whose pages are built as they come",
    ),
]


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
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built book, fresh."""
    output = tmp_path_factory.mktemp("site")
    result = build(ROOT, output)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    html = output / "_build" / "html"
    assert (html / "intro.html").exists(), "the build is green, but there is no page"
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


@dataclass
class Visit:
    """What was seen while one page was open."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    sent: int = 0  # bytes, text as a web server compresses it
    facts: dict = field(default_factory=dict)


# Runs in the page once it has settled. "$" and "\begin" are looked for where a reader would see
# them: not in code, not in the copy of a formula that is meant for screen readers.
LOOK = r"""() => {
  const visible = document.querySelector("article.bd-article");
  const copy = visible.cloneNode(true);
  copy.querySelectorAll("pre, code, svg, style, mjx-container").forEach((e) => e.remove());
  return {
    raw: (copy.textContent.match(/.{0,30}(\$|\\begin|\\frac|\\\(|\\\[).{0,30}/g) || []),
    sources: document.querySelectorAll(".math.notranslate, span.math, div.math").length,
    typeset: document.querySelectorAll("mjx-container").length,
    broken: [...document.querySelectorAll("mjx-container *")]
        .filter((e) => e.matches("mjx-merror, [data-mjx-error]") || e.style.color === "red")
        .map((e) => e.getAttribute("data-mjx-error") || e.outerHTML.slice(0, 100)),
    text: visible.innerText,
  };
}"""


def look(page, address: str) -> Visit:
    """Open an address in a page and write down what happens."""
    visit = Visit()

    def arrived(response) -> None:
        body = response.body() if response.ok else b""
        is_text = re.search(r"text|javascript|json|svg", response.headers.get("content-type", ""))
        visit.sent += len(gzip.compress(body)) if is_text else len(body)
        if response.status >= 400:
            visit.errors.append(f"{response.status} {response.url}")

    page.on("console", lambda m: m.type in ("error", "warning") and visit.errors.append(m.text))
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("requestfailed", lambda r: visit.errors.append(f"failed: {r.url}"))
    page.on("request", lambda r: visit.requests.append(r.url))
    if address.startswith("http"):
        page.on("response", arrived)
    page.goto(address, wait_until="networkidle")
    page.evaluate("window.MathJax ? MathJax.startup.promise.then(() => true) : true")
    visit.facts = page.evaluate(LOOK)
    return visit


@pytest.fixture(scope="session")
def visits(browser, address: str) -> dict[str, Visit]:
    """Every page, opened once from the server on a wide light screen."""
    seen = {}
    for name in documents():
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        seen[name] = look(context.new_page(), f"{address}{name}.html")
        context.close()
    return seen


@pytest.fixture
def open_page(browser, address: str) -> Iterator[Callable]:
    """Open a page of the server in a window of its own."""
    contexts = []

    def open_it(name: str, width: int = 1280, theme: str = "light", **options: object):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            reduced_motion="reduce",  # no half-faded colors when contrast is measured
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        assert page.goto(f"{address}{name}.html").ok, name
        page.evaluate("window.MathJax ? MathJax.startup.promise.then(() => true) : true")
        return page

    yield open_it
    for context in contexts:
        context.close()


def a_notebook_page() -> str:
    """A page with formulas, figures, fold-outs and exercises."""
    return next(name for name in notebooks() if "cross-entropy" in name)


# What was built


def test_the_pages_are_those_of_the_table_of_contents(site: Path) -> None:
    built = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")}
    written = {name for name in built if not name.startswith("_modules/")}
    assert written - {"index", "genindex", "search", "404"} == set(documents())


def test_each_page_shows_its_title_and_its_promise(visits: dict[str, Visit]) -> None:
    """The first words under the title must be on the page: an empty page would pass the rest."""
    for name, visit in visits.items():
        title, promise = re.search(r"^# (.+?)\n+(.+?)$", source(name), re.MULTILINE).groups()
        words = " ".join(visit.facts["text"].split()).replace("’", "'")
        assert title.replace("’", "'") in words, name
        assert promise.split(",")[0].split("`")[0].replace("’", "'") in words, name


def test_tables_made_from_notebooks_have_a_row_for_each(soups, site: Path) -> None:
    claims = [
        cell
        for notebook in notebooks().values()
        for cell in notebook["cells"]
        if "myth" in cell["metadata"].get("tags", [])
    ]
    for page, expected in (("claims-on-trial", claims), ("how-outputs-were-made", notebooks())):
        rows = soups[site / f"{page}.html"].select(".notebook-table tbody tr")
        assert len(rows) == len(expected) > 0, page
        assert all(row.find("a", href=True) for row in rows), page


# The helpers' reference


def helpers() -> dict[str, list[str]]:
    """Public names of each module of the helper package."""
    names = {}
    for path in sorted((ROOT / "d2lhelpers").rglob("*.py")):
        if path.stem == "__init__":
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        module = importlib.import_module(name)
        own = [
            key
            for key, value in vars(module).items()
            if (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__ == name
        ]
        names[name] = getattr(module, "__all__", [key for key in own if not key.startswith("_")])
    return names


def reference_page(module: str) -> str:
    return f"reference/{module.partition('.')[2].replace('.', '-')}"


def test_every_helper_stands_on_the_page_of_its_module(soups, site: Path) -> None:
    pages = [name for name in documents() if name.startswith("reference/")]
    modules = helpers()
    assert set(pages) == {"reference/index", *map(reference_page, modules)}
    for module, names in modules.items():
        soup = soups[site / f"{reference_page(module)}.html"]
        assert names, module
        for name in names:
            entry = soup.find("dt", id=f"{module}.{name}")
            assert entry, f"{module}.{name} is not on {reference_page(module)}"
            assert entry.find_next_sibling("dd").get_text().strip(), f"{name} is not described"
            if getattr(getattr(importlib.import_module(module), name), "__module__", "") == module:
                assert entry.select_one("a[href*='_modules/'] .viewcode-link"), f"{name}: no source"


def test_a_helper_links_to_the_notebooks_that_build_or_use_it(soups, site: Path) -> None:
    targets = {
        target
        for path in (ROOT / "d2lhelpers").rglob("*.py")
        for target in re.findall(r":doc:`([^`]*)`", path.read_text(encoding="utf-8"))
    }
    assert targets
    for target in targets:
        assert target.startswith("/"), f"{target} is found only from one place"
        assert any((ROOT / f"{target[1:]}{suffix}").exists() for suffix in (".ipynb", ".md")), (
            target
        )
    used = set()
    for notebook in notebooks().values():
        code = "\n".join(
            "".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"
        )
        for module, names in re.findall(
            r"^from (d2lhelpers\.\w+) import (.+)$", code, re.MULTILINE
        ):
            if module == "d2lhelpers.checks":
                part = f"{module}.{names.split()[0]}"
                used |= {(part, name) for name in re.findall(r"\bchecks\.(\w+)\(", code)}
            else:
                used |= {(module, name) for name in names.split(", ")}
    assert {"fit", "huber_loss", "seed"} <= {name for _, name in used}
    for module, name in used:
        entry = soups[site / f"{reference_page(module)}.html"].find("dt", id=f"{module}.{name}")
        assert entry.find_next_sibling("dd").select("a[href*='chapters/']"), f"{name}: no link"


def test_the_index_holds_the_words_of_the_glossary_and_the_helpers(soups, site: Path) -> None:
    entries = {link.get_text() for link in soups[site / "genindex.html"].select(".indextable a")}
    words = re.findall(r"^(\w.*)\n  \S", (ROOT / "glossary.md").read_text(), re.MULTILINE)
    assert len(words) > 30 and set(words) <= entries, set(words) - entries
    assert "fit() (in module d2lhelpers.training)" in entries
    assert soups[site / "reference" / "index.html"].select("article a[href$='genindex.html']")


# Books of one page, built to see the settings and the extension at work


def one_page_book(folder: Path, outputs: list[dict] | None = None) -> Path:
    """A book with this book's settings and one notebook whose code cell holds ``outputs``."""
    book = folder / "book"
    shutil.rmtree(book, ignore_errors=True)
    (book / "chapters").mkdir(parents=True)
    shutil.copytree(ROOT / "tools", book / "tools")
    shutil.copytree(ROOT / "chapters" / "_static", book / "chapters" / "_static")
    shutil.copy(ROOT / "_config.yml", book)
    shutil.copy(ROOT / "references.bib", book)
    (book / "_toc.yml").write_text("format: jb-book\nroot: page\n")
    cell = {"cell_type": "code", "execution_count": 1, "id": "b", "metadata": {}, "source": "1"}
    title = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Page\n\nWords."}
    cells = [title, {**cell, "outputs": outputs or []}]
    page = {"cells": cells, "nbformat": 4, "nbformat_minor": 5}
    page["metadata"] = {
        "language_info": {"name": "python"},
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    }
    (book / "page.ipynb").write_text(json.dumps(page))
    return book


def edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) == 1, f"{path.name} holds {before!r} {text.count(before)} times"
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


def test_a_stored_error_fails_the_build(tmp_path: Path) -> None:
    assert build(one_page_book(tmp_path), tmp_path / "good").returncode == 0
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["no"]}
    result = build(one_page_book(tmp_path, outputs=[error]), tmp_path / "bad")
    assert result.returncode != 0
    assert "cell 2 holds a stored error: ValueError" in result.stdout + result.stderr


def test_a_repair_that_no_longer_fits_fails_the_build(tmp_path: Path) -> None:
    """As after an upgrade of the theme, when a repair's pattern misses the fault."""
    book = one_page_book(tmp_path)
    edit(book / "tools" / "book_extension.py", (r"fontawesome\.js[^>]", r"fontawesome-old\.js[^>]"))
    result = build(book, tmp_path / "output")
    assert result.returncode != 0
    assert re.search(r"page.html: the repair .*fontawesome-old.* does not fit", result.stderr)


BUTTONS = ".dropdown-source-buttons, .dropdown-launch-buttons, [class*=btn-source], [class*=launch]"
OUTWARD = "header a[href^=http], .bd-header-article a[href^=http]"


def test_without_an_address_no_button_leads_anywhere(soups, site: Path) -> None:
    for path, soup in soups.items():
        assert not soup.select(BUTTONS), path.relative_to(site)
        assert not soup.select(OUTWARD), path.relative_to(site)


def test_addresses_set_in_one_place_appear_on_the_page(tmp_path: Path) -> None:
    """The repository with its buttons, the launch service, the preview of a link."""
    book = one_page_book(tmp_path)
    edit(
        book / "_config.yml",
        ('\n  url: ""', '\n  url: "https://github.com/example/course"'),
        ('colab_url: ""', 'colab_url: "https://colab.example.org"'),
        ('baseurl: ""', 'baseurl: "https://example.org/course"'),
    )
    result = build(book, tmp_path / "output")
    assert result.returncode == 0, result.stderr
    html = tmp_path / "output" / "_build" / "html"
    page = BeautifulSoup((html / "page.html").read_text(), "html.parser")
    links = {link["href"] for link in page.select(OUTWARD)}
    repository = "https://github.com/example/course"
    assert repository in links
    assert f"{repository}/edit/main/page.ipynb" in links
    assert any(link.startswith(f"{repository}/issues/new") for link in links)
    launch = "https://colab.example.org/github/example/course/blob/main/page.ipynb"
    assert launch in links
    assert len(links) == 4, links
    assert page.find("meta", property="og:url")["content"] == "https://example.org/course/page.html"
    image = page.find("meta", property="og:image")["content"]
    assert image.startswith("https://example.org/course/")
    assert (html / image.removeprefix("https://example.org/course/")).exists()
    lost = (html / "404.html").read_text()
    assert 'href="/course/page.html"' in lost and 'src="/course/_static' in lost


def test_watching_builds_again_and_reloads_the_page(browser, tmp_path: Path) -> None:
    book = one_page_book(tmp_path)
    command = [sys.executable, str(ROOT / "tools" / "watch.py"), "--port", "0", str(book)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watcher:
        try:
            said = (re.search(r"http://[\d.:]+", line) for line in watcher.stdout)
            address = next(found.group(0) for found in said if found)
            page = browser.new_page()
            page.goto(f"{address}/page.html")
            assert "Words." in page.locator("article").inner_text()
            edit(book / "page.ipynb", ("Words.", "Other phrase."))
            page.wait_for_selector("article :text('Other phrase.')", timeout=60_000)
            page.close()
        finally:
            watcher.terminate()


# What is published


def test_the_archive_is_the_site_and_the_same_every_time(site: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin"  # the same files, made in another order at another time
    for path in sorted(site.rglob("*"), reverse=True):
        if path.is_file():
            copy = twin / path.relative_to(site)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
            os.utime(copy, (1e9, 1e9))
    first, second = pack.pack(site, tmp_path / "1"), pack.pack(twin, tmp_path / "2")
    assert first.read_bytes() == second.read_bytes()
    assert first.name == f"deep-learning-book-{pack.version()}.zip"
    digest, name = first.with_name(f"{first.name}.sha256").read_text().split()
    assert (digest, name) == (hashlib.sha256(first.read_bytes()).hexdigest(), first.name)
    with zipfile.ZipFile(first) as packed:
        packed.extractall(tmp_path / "unpacked")
    unpacked = tmp_path / "unpacked" / first.stem
    assert (unpacked / "index.html").exists() and (unpacked / ".nojekyll").exists()
    for path in unpacked.rglob("*.*"):
        if path.is_file():
            assert path.read_bytes() == (site / path.relative_to(unpacked)).read_bytes()
    assert {path.relative_to(unpacked) for path in unpacked.rglob("*.html")} == {
        path.relative_to(site) for path in site.rglob("*.html")
    }


def test_an_empty_site_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="build the book first"):
        pack.pack(tmp_path, tmp_path / "archive")
    assert not (tmp_path / "archive").exists()


# What is in the HTML


def test_every_internal_link_and_anchor_resolves(soups, site: Path) -> None:
    anchors = {path: {tag["id"] for tag in soup.select("[id]")} for path, soup in soups.items()}
    missing = []
    for path, soup in soups.items():
        for link in soup.select("[href], [src]"):
            target = link.get("href") or link.get("src")
            if re.match(r"[a-z]+:", target):
                continue
            place, anchor = urldefrag(target.split("?")[0] if "?" in target else target)
            folder = path.parent
            if path.name == "404.html" and place:  # shown at any depth, so it leads from the root
                assert place.startswith("/"), f"404.html: {target}"
                folder, place = site, place[1:]
            file = (folder / unquote(place)).resolve() if place else path
            wrong_anchor = (
                anchor and file.suffix == ".html" and unquote(anchor) not in anchors[file]
            )
            if not file.exists() or wrong_anchor:
                missing.append(f"{path.relative_to(site)}: {target}")
    assert not missing, "\n".join(missing)


def test_no_page_names_another_host_to_load_from(soups, site: Path) -> None:
    for path, soup in soups.items():
        for tag in soup.select("script, link, img, iframe, source, video, audio, form"):
            for key in ("src", "href", "action", "srcset"):
                assert "//" not in str(tag.get(key, "")), f"{path.relative_to(site)}: {tag}"
        if "_modules" in path.parts:
            continue  # the source of a helper, which may name a mirror
        for word in ("unpkg", "cdn.", "jsdelivr", "cdnjs", "thebe", "googleapis"):
            assert word not in str(soup), f"{path.relative_to(site)} mentions {word}"


def test_every_image_has_alt_text_that_says_something(soups, site: Path) -> None:
    for path, soup in soups.items():
        for image in soup.select("article img"):
            alt = image.get("alt", "")
            where = f"{path.relative_to(site)}: {image.get('src')}: {alt!r}"
            assert len(alt.split()) >= 5, where
            assert not re.search(r"\.(png|svg|jpe?g)\b|<Figure|_images", alt), where
        for drawing in soup.select("article [role=img]"):
            assert len(drawing.get("aria-label", "").split()) >= 5


def test_each_page_has_language_title_and_description(soups, site: Path) -> None:
    descriptions = set()
    for name in documents():
        soup = soups[site / f"{name}.html"]
        assert soup.html["lang"] == "en", name
        assert soup.h1.get_text().strip("# \n") in soup.title.get_text(), name
        description = soup.find("meta", {"name": "description"})
        assert description and len(description["content"].split()) >= 5, name
        descriptions.add(description["content"])
        preview = {tag["property"]: tag["content"] for tag in soup.select("meta[property]")}
        assert preview["og:title"] and preview["og:title"] in soup.title.get_text(), name
        assert preview["og:description"] == description["content"], name
        assert "og:image" not in preview, "an image without an address cannot be found"
    assert len(descriptions) == len(documents()), "two pages share a description"


def test_the_download_button_gives_the_notebook(soups, site: Path) -> None:
    for name, notebook in notebooks().items():
        path = site / f"{name}.html"
        button = soups[path].select_one(".dropdown-download-buttons a[href$='.ipynb']")
        assert button, f"{name} has no link to its notebook"
        given = json.loads((path.parent / button["href"]).resolve().read_text(encoding="utf-8"))
        assert given["cells"] == notebook["cells"], name


def test_solutions_are_folded_under_a_name(soups, site: Path) -> None:
    for name, notebook in notebooks().items():
        solutions = [c for c in notebook["cells"] if "solution" in c["metadata"].get("tags", [])]
        cells = soups[site / f"{name}.html"].select("div.cell.tag_solution")
        labels = [cell.select_one("details > summary > p.collapsed").get_text() for cell in cells]
        assert labels == ["Show a solution"] * len(solutions), name


# What happens in a browser


def test_pages_raise_no_error_and_ask_no_other_host(visits, address: str) -> None:
    for name, visit in visits.items():
        assert not visit.errors, f"{name}: {visit.errors}"
        outside = [url for url in visit.requests if not url.startswith((address, "data:"))]
        assert not outside, f"{name}: {outside}"


def test_formulas_are_typeset(visits: dict[str, Visit]) -> None:
    for name, visit in visits.items():
        facts = visit.facts
        assert facts["typeset"] == facts["sources"], name
        assert not facts["broken"], f"{name}: {facts['broken']}"
        assert not facts["raw"], f"{name}: {facts['raw']}"
    assert visits[a_notebook_page()].facts["typeset"] > 20


def test_pages_work_from_disk(browser, site: Path) -> None:
    context = browser.new_context(offline=True)
    for name in documents():
        page = context.new_page()
        visit = look(page, (site / f"{name}.html").as_uri())
        assert not visit.errors, f"{name}: {visit.errors}"
        assert visit.facts["typeset"] == visit.facts["sources"], name
        assert all(url.startswith(("file:", "data:")) for url in visit.requests), name
        page.close()
    context.close()


def test_the_policy_blocks_a_request_to_another_host(open_page) -> None:
    page = open_page("intro")
    blocked = page.evaluate(
        """() => new Promise((resolve) => {
          document.addEventListener("securitypolicyviolation", (e) => resolve(e.blockedURI));
          new Image().src = "https://example.org/pixel.png";
          setTimeout(() => resolve("nothing"), 3000);
        })"""
    )
    assert blocked == "https://example.org/pixel.png"


def test_pages_are_light_enough(visits: dict[str, Visit]) -> None:
    heaviest = max(visits, key=lambda name: visits[name].sent)
    assert visits[heaviest].sent < 1.5 * MEGABYTE, f"{heaviest}: {visits[heaviest].sent} bytes"


@pytest.mark.parametrize(
    ("words", "page"),
    [("Huber", "glossary"), ("one-hot", "glossary"), ("forecasters", "softmax-and-cross-entropy")],
)
def test_search_finds(open_page, words: str, page: str) -> None:
    """From the search field of any page, opened by keyboard."""
    window = open_page("notation")
    window.keyboard.press("Control+k")
    window.keyboard.type(words)
    window.keyboard.press("Enter")
    window.wait_for_url("**/search.html*")
    window.wait_for_selector("#search-results li a")
    found = [link.get_attribute("href") for link in window.locator("#search-results li a").all()]
    assert any(page in href for href in found), found


def test_search_works_from_disk(browser, site: Path) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((site / "search.html").as_uri() + "?q=forecasters")
    link = page.wait_for_selector("#search-results li a", timeout=10_000)
    link.click()
    page.wait_for_url("file://**/softmax-and-cross-entropy.html*")
    context.close()


def test_there_is_one_search_box_and_it_is_visible(open_page) -> None:
    page = open_page("intro")
    assert page.locator(".search-button__button:visible").count() == 1
    assert open_page("intro", width=360).locator(".search-button__button:visible").count() == 1


def test_the_theme_switch_works_and_is_remembered(open_page) -> None:
    page = open_page("intro")

    def background() -> str:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = background()
    for _ in range(3):
        if page.evaluate("document.documentElement.dataset.theme") == "dark":
            break
        page.locator(".theme-switch-button:visible").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert background() != light
    page.locator("a.next-page, a.right-next").first.click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(open_page, theme: str) -> None:
    """Contrast, names of controls, order of headings and the rest of what axe-core checks."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    faults = []
    alike = {page for page in map(reference_page, helpers()) if not page.endswith("training")}
    for name in [*documents(), *MADE_BY_SPHINX]:
        if name in alike:
            continue  # made by the same program as the page on training
        page = open_page(name, theme=theme)
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        for violation in axe.run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                node = violation["nodes"][0]
                faults.append(f"{name}: {violation['id']}: {node['html'][:150]}\n{node['any'][:1]}")
        page.close()
    assert not faults, "\n".join(faults)


def test_no_page_scrolls_sideways_on_a_phone(open_page) -> None:
    for name in [*documents(), *MADE_BY_SPHINX]:
        page = open_page(name, width=360)
        width = page.evaluate("document.documentElement.scrollWidth")
        reach = page.evaluate(
            """() => [...document.querySelectorAll("article :is(p, h1, h2, h3, li, img, svg)")]
              .filter((e) => !e.closest("pre, table, .text_html, details:not([open])"))
              .filter((e) => !e.closest("mjx-container"))
              .filter((e) => e.getBoundingClientRect().right > 361)
              .map((e) => e.outerHTML.slice(0, 80))"""
        )
        assert width <= 360, f"{name} is {width} pixels wide"
        assert not reach, f"{name}: {reach}"
        page.close()


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_drawings_can_be_read(open_page, width: int) -> None:
    for name in documents():
        if "{drawing}" not in source(name):
            continue
        sizes = open_page(name, width=width).evaluate(
            """() => [...document.querySelectorAll(".drawing svg")]
              .filter((svg) => svg.getBoundingClientRect().width > 0)
              .flatMap((svg) => [...svg.querySelectorAll("text")].map((text) =>
                parseFloat(getComputedStyle(text).fontSize)
                * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width))"""
        )
        assert sizes and min(sizes) >= 9.5, f"{name}: {sizes and min(sizes)} pixels"


def test_figures_are_sharp_and_follow_the_theme(open_page) -> None:
    """Drawn at twice the density; inverted in the dark, photographs excepted."""
    for name in notebooks():
        page = open_page(name, theme="dark")
        figures = page.evaluate(
            """() => [...document.querySelectorAll("div.cell_output img")].map((e) => ({
              density: e.naturalWidth / (e.getBoundingClientRect().width || 1),
              shape: (e.naturalWidth / e.naturalHeight)
                * (e.clientHeight / e.clientWidth),
              photo: !!e.closest(".tag_photo"), filter: getComputedStyle(e).filter,
              shown: e.getBoundingClientRect().width > 0}))"""
        )
        for figure in figures:
            if not figure["shown"]:
                continue
            assert figure["density"] >= 1.9, f"{name}: {figure}"
            assert ("invert" in figure["filter"]) != figure["photo"], f"{name}: {figure}"
            if not figure["photo"]:
                assert abs(figure["shape"] - 1) < 0.02, f"{name}: {figure}"


def test_the_page_for_a_lost_address_works_at_any_depth(browser, site: Path) -> None:
    class Host(Quiet):
        """Gives 404.html for what is not there, as hosts of static sites do."""

        def send_error(self, code: int, *args: object) -> None:
            body = (site / "404.html").read_bytes()
            self.send_response(code)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

    with serve(site, Host) as address:
        page = browser.new_page()
        missing: list[str] = []
        page.on("response", lambda r: r.status >= 400 and missing.append(r.url))
        lost = f"{address}chapters/no/such/page.html"
        page.goto(lost, wait_until="networkidle")
        assert missing == [lost]
        assert page.locator("article h1").inner_text().startswith("Page not found")
        page.locator("article a", has_text="first page").click()
        page.wait_for_url(f"{address}intro.html")
        page.close()


def test_the_copy_button_copies_the_code(open_page) -> None:
    page = open_page(a_notebook_page(), permissions=["clipboard-read", "clipboard-write"])
    cell = page.locator("div.cell_input div.highlight").first
    cell.hover()
    cell.locator("button.copybtn").click()
    page.wait_for_selector("button.copybtn.success")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == cell.locator("pre").inner_text().strip()


def test_foldouts_open_by_keyboard(open_page) -> None:
    page = open_page(a_notebook_page())
    for kind in ("details.sd-dropdown", "div.tag_solution details"):
        fold = page.locator(kind).first
        assert fold.get_attribute("open") is None
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        assert fold.get_attribute("open") is not None, kind


def test_foldouts_are_printed_open(open_page) -> None:
    page = open_page(a_notebook_page())
    closed = page.locator("details:not([open])").count()
    assert closed > 0
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == closed
