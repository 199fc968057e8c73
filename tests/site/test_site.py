"""What was built, and what single pages do in a browser; ``test_pages.py`` opens every page."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pack
import pytest
from book_site import (
    ROOT,
    Quiet,
    a_notebook_page,
    build,
    documents,
    needs_theme,
    notebooks,
    serve,
    source,
    window,
)
from bs4 import BeautifulSoup
from plain_copies import WHEEL
from sphinx.search import js_index
from stored.slips import slips

pytestmark = needs_theme


# What was built


def test_the_pages_are_those_of_the_table_of_contents(site: Path) -> None:
    built = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")}
    written = {name for name in built if not name.startswith("_modules/")}
    assert written - {"index", "genindex", "search", "404"} == set(documents())


def test_tables_made_from_notebooks_have_a_row_for_each(soups, site: Path) -> None:
    claims = [
        cell
        for notebook in notebooks().values()
        for cell in notebook["cells"]
        if "myth" in cell["metadata"].get("tags", [])
    ]
    rows = [
        row
        for notebook in notebooks().values()
        for cell in notebook["cells"]
        if cell["cell_type"] == "markdown" and "slips" in cell["metadata"].get("tags", [])
        for row in slips("".join(cell["source"]))
    ]
    made = {"claims-on-trial": claims, "slips": rows, "how-outputs-were-made": notebooks()}
    for page, expected in made.items():
        table = soups[site / "chapters" / "back" / f"{page}.html"].select_one(".notebook-table")
        shown = table.select("tbody tr")
        assert len(shown) == len(expected) > 0, page
        assert all(row.find("a", href=True) for row in shown), page


def test_the_sidebar_opens_the_part_of_the_page_alone(soups, site: Path) -> None:
    for name in [*notebooks(), "chapters/helpers/data", "chapters/helpers/checks/core"]:
        page = site / f"{name}.html"
        links = {link["href"] for link in soups[page].select("nav.bd-docs-nav a") if link["href"]}
        shown = {(page.parent / urldefrag(href)[0]).resolve() for href in links}
        listed = {path.relative_to(site).with_suffix("").as_posix() for path in shown}
        openers = {other for other in documents() if other.endswith("/index")}
        folder = name.rpartition("/")[0]
        for other in {*notebooks(), *documents()} - openers - {name}:
            if not other.startswith("chapters/back/"):
                near = folder.startswith(other.rpartition("/")[0])
                assert (other in listed) == near, f"{name} lists {other}: {other in listed}"
        hidden = {"chapters/index", "chapters/helpers/checks/index"}
        assert openers - hidden <= {*listed, name}, name


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
    """The page of the module, or of the room that it lies in."""
    page = f"chapters/helpers/{module.partition('.')[2].replace('.', '/')}"
    return page if page in documents() else page.rpartition("/")[0]


def test_every_helper_stands_on_the_page_of_its_module(soups, site: Path) -> None:
    pages = [name for name in documents() if name.startswith("chapters/helpers/")]
    modules = helpers()
    openers = {"chapters/helpers/index", "chapters/helpers/checks/index"}
    assert set(pages) == openers | set(map(reference_page, modules))
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
            r"^from (d2lhelpers\.[\w.]+) import (.+)$", code, re.MULTILINE
        ):
            if module.startswith("d2lhelpers.checks."):
                part = f"{module}.{names.split()[0]}"
                used |= {(part, name) for name in re.findall(r"\bchecks\.(\w+)\(", code)}
            else:
                used |= {(module, name) for name in names.split(", ")}
    assert {"fit", "huber_pull", "seed"} <= {name for _, name in used}
    for module, name in used:
        entry = soups[site / f"{reference_page(module)}.html"].find("dt", id=f"{module}.{name}")
        assert entry.find_next_sibling("dd").select("a span.doc"), f"{name}: no link"


def test_the_index_holds_the_words_of_the_glossary_and_the_helpers(soups, site: Path) -> None:
    entries = {link.get_text() for link in soups[site / "genindex.html"].select(".indextable a")}
    words = re.findall(
        r"^(\w.*)\n  \S", (ROOT / "chapters" / "back" / "glossary.md").read_text(), re.MULTILINE
    )
    assert len(words) > 30 and set(words) <= entries, set(words) - entries
    assert "fit() (in module d2lhelpers.training)" in entries
    index = soups[site / "genindex.html"]
    definitions = index.select("a[href*='#definition-']")
    assert len(definitions) > 20
    assert "softmax-and-cross-entropy.html#definition-softmax" in str(definitions)
    assert soups[site / "chapters" / "helpers" / "index.html"].select(
        "article a[href$='genindex.html']"
    )


# Books of one page, built to see the settings and the extension at work


def one_page_book(folder: Path, outputs: list[dict] | None = None) -> Path:
    """A book with this book's settings and one notebook whose code cell holds ``outputs``."""
    book = folder / "book"
    shutil.rmtree(book, ignore_errors=True)
    (book / "chapters").mkdir(parents=True)
    shutil.copytree(ROOT / "tools", book / "tools")
    shutil.copytree(ROOT / "chapters" / "_static", book / "chapters" / "_static")
    for name in ("_config.yml", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, book)
    shutil.copytree(ROOT / "d2lhelpers", book / "d2lhelpers")  # the site offers it as a wheel
    (book / "chapters" / "back").mkdir()
    shutil.copy(ROOT / "chapters" / "back" / "references.bib", book / "chapters" / "back")
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
    edit(
        book / "tools" / "site" / "book_extensions" / "theme_repairs.py",
        (r"fontawesome\.js[^>]", r"fontawesome-old\.js[^>]"),
    )
    result = build(book, tmp_path / "output")
    assert result.returncode != 0
    assert re.search(r"page.html: the repair .*fontawesome-old.* does not fit", result.stderr)


BUTTONS = ".dropdown-source-buttons, .dropdown-launch-buttons, [class*=btn-source], [class*=launch]"
OUTWARD = "header a[href^=http], .bd-header-article a[href^=http]"


def test_a_changed_style_sheet_reaches_the_site(tmp_path: Path) -> None:
    """Also when no page changed, where Sphinx has nothing to write."""
    book, output = one_page_book(tmp_path), tmp_path / "output"
    assert build(book, output).returncode == 0
    edit(book / "chapters" / "_static" / "book.css", ("font-size: 2.1rem", "font-size: 2.2rem"))
    assert build(book, output).returncode == 0
    assert "font-size:2.2rem" in (output / "_build" / "html" / "_static" / "site.css").read_text()


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
    # the plain copies lie on a branch of their own
    launch = "https://colab.example.org/github/example/course/blob/notebooks/page.ipynb"
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
    command = [sys.executable, str(ROOT / "tools" / "site" / "watch.py"), "--port", "0", str(book)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watcher:
        try:
            said = (re.search(r"http://[\d.:]+", line) for line in watcher.stdout)
            address = next(found.group(0) for found in said if found)
            page = window(browser)
            page.goto(f"{address}/page.html")
            assert "Words." in page.locator("article").inner_text()
            edit(book / "page.ipynb", ("Words.", "Other phrase."))
            page.wait_for_selector("article :text('Other phrase.')")
            page.context.close()
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
        assert given["metadata"]["plain_copy"], name
        kept = [cell["source"] for cell in given["cells"] if cell["cell_type"] == "code"]
        code = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
        assert kept[1:] == code, name
        assert (site / WHEEL).name in kept[0], name
        assert (site / WHEEL).is_file()


def test_solutions_are_folded_under_a_name(soups, site: Path) -> None:
    for name, notebook in notebooks().items():
        solutions = [c for c in notebook["cells"] if "solution" in c["metadata"].get("tags", [])]
        cells = soups[site / f"{name}.html"].select("div.cell.tag_solution")
        labels = [cell.select_one("details > summary > p.collapsed").get_text() for cell in cells]
        assert labels == ["Show a solution"] * len(solutions), name


# What happens in a browser


def test_the_policy_blocks_a_request_to_another_host(open_page) -> None:
    page = open_page("chapters/index")
    blocked = page.evaluate(
        """() => new Promise((resolve) => {
          document.addEventListener("securitypolicyviolation", (e) => resolve(e.blockedURI));
          new Image().src = "https://example.org/pixel.png";
          setTimeout(() => resolve("nothing"), 3000);
        })"""
    )
    assert blocked == "https://example.org/pixel.png"


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("Huber", "glossary"),
        ("one-hot", "glossary"),
        ("forecasters", "softmax-and-cross-entropy"),
        ("η", "gradient-descent"),
        ("∇", "glossary"),
        ("@", "matrices"),
        ("0.5", "classification/"),
        ("28", "softmax-regression"),
        ("Batches", "helpers/data"),
        ("forecas", "softmax-and-cross-entropy"),
    ],
)
def test_search_finds(open_page, words: str, page: str) -> None:
    """From the search field of any page, opened by keyboard."""
    window = open_page("chapters/back/notation")
    window.keyboard.press("Control+k")
    window.keyboard.type(words)
    window.keyboard.press("Enter")
    window.wait_for_url("**/search.html*")
    window.wait_for_selector(".search-summary:text('Search finished')")  # all are there
    found = [link.get_attribute("href") for link in window.locator("#search-results li a").all()]
    assert any(page in href for href in found), found


def test_a_page_that_is_not_built_again_keeps_its_signs_in_search(tmp_path: Path) -> None:
    book, output = one_page_book(tmp_path), tmp_path / "output"
    toc = "format: jb-book\nroot: page\nchapters:\n  - file: still\n  - file: other\n"
    (book / "_toc.yml").write_text(toc)
    (book / "still.md").write_text("# Still\n\nHere η is 0.125.\n", encoding="utf-8")
    (book / "other.md").write_text("# Another\n\nThis is the page that changes.\n\n")
    index = output / "_build" / "html" / "searchindex.js"
    for _ in range(3):  # cold, and twice with another page changed
        assert build(book, output).returncode == 0
        entries = js_index.loads(index.read_text(encoding="utf-8"))["indexentries"]
        assert {"η", "0.125"} <= set(entries)
        with (book / "other.md").open("a", encoding="utf-8") as other:
            other.write("One more line.\n\n")


def test_search_works_from_disk(browser, site: Path) -> None:
    page = window(browser, offline=True)
    page.goto((site / "search.html").as_uri() + "?q=forecasters")
    link = page.wait_for_selector("#search-results li a")
    link.click()
    page.wait_for_url("file://**/softmax-and-cross-entropy.html*")
    page.context.close()


def test_there_is_one_search_box_and_it_is_visible(open_page) -> None:
    page = open_page("chapters/index")
    assert page.locator(".search-button__button:visible").count() == 1
    assert (
        open_page("chapters/index", width=360).locator(".search-button__button:visible").count()
        == 1
    )


def test_the_theme_switch_works_and_is_remembered(open_page) -> None:
    page = open_page("chapters/index")

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
        page = window(browser)
        missing: list[str] = []
        page.on("response", lambda r: r.status >= 400 and missing.append(r.url))
        lost = f"{address}chapters/no/such/page.html"
        page.goto(lost, wait_until="networkidle")
        assert missing == [lost]
        assert page.locator("article h1").inner_text().startswith("Page not found")
        page.locator("article a", has_text="first page").click()
        page.wait_for_url(f"{address}chapters/index.html")
        page.context.close()


def test_the_copy_button_copies_the_code(open_page) -> None:
    page = open_page(a_notebook_page(), permissions=["clipboard-read", "clipboard-write"])
    cell = page.locator("div.cell_input div.highlight:visible").first
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


def test_pages_are_stored_without_the_whole_environment(site: Path) -> None:
    """Each reference page once took 4 MB, and every build read them all."""
    stored = {path.name: path.stat().st_size for path in site.parent.rglob("*.doctree")}
    assert len(stored) > 40
    heavy = {name: size for name, size in stored.items() if size > 500_000}
    assert not heavy
