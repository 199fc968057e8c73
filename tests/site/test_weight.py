"""What a page weighs before its figures, and that what was cut stays away."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from book_extensions.code_spans import plain_classes
from book_extensions.icons import signs_named
from book_site import a_notebook_page, documents, needs_theme, notebooks, window
from fontTools.ttLib import TTFont
from PIL import Image

pytestmark = needs_theme

KILOBYTE = 1000
MOST = {"site.css": 110, "site.js": 45, "formulas.woff": 40, "icons": 6}  # kilobytes
MOST_ON_A_PAGE = 300
MORE = {"genindex": 400}  # it lists every word of the book


def weight(path: Path) -> float:
    return path.stat().st_size / KILOBYTE


def loaded_by(soup, page: Path, site: Path) -> list[Path]:
    """Files that a page loads at once: style sheet and scripts, and the fonts that it needs."""
    links = [link["href"] for link in soup.select("link[rel=stylesheet]")]
    links += [script["src"] for script in soup.select("script[src]")]
    files = [(page.parent / urlsplit(link).path).resolve() for link in links]
    fonts = ["fa-solid-900.woff"] + (["formulas.woff"] if soup.math else [])
    return files + [site / "_static" / font for font in fonts]


@pytest.mark.parametrize("name", [*documents(), "genindex", "index"])
def test_a_page_without_its_figures_is_light(name: str, soups, site: Path) -> None:
    page = site / f"{name}.html"
    parts = {path.name: weight(path) for path in [page, *loaded_by(soups[page], page, site)]}
    assert sum(parts.values()) < MORE.get(name, MOST_ON_A_PAGE), parts


def test_the_shared_files_are_light(site: Path) -> None:
    static = site / "_static"
    icons = sum(map(weight, static.glob("fa-*.woff")))
    found = {name: weight(static / name) for name in MOST if name != "icons"} | {"icons": icons}
    assert all(found[name] < most for name, most in MOST.items()), found


def test_a_page_has_one_style_sheet_and_one_deferred_script(soups, site: Path) -> None:
    for path, soup in soups.items():
        scripts = soup.select("script[src]")
        sheets = [link["href"] for link in soup.select("link[rel=stylesheet]")]
        names = [urlsplit(script["src"]).path.rpartition("/")[2] for script in scripts]
        searches = ["searchtools.js", "language_data.js", "searchindex.js"]
        expected = ["site.js", *(searches if path == site / "search.html" else [])]
        assert names == expected, path
        assert all(script.has_attr("defer") for script in scripts), path
        assert len(sheets) == 1 and "_static/site.css?v=" in sheets[0], path
        assert not soup.select("link[rel=preload]"), path


def test_no_rule_is_left_for_what_the_book_has_not(site: Path) -> None:
    sheet = (site / "_static" / "site.css").read_text(encoding="utf-8")
    for name in ("carousel", "accordion", "offcanvas", "spinner", "sd-tab-set", "MathJax"):
        assert name not in sheet
    assert "/*" not in sheet and "sourceMappingURL" not in sheet
    for needed in (".tooltip", ".dropdown-menu.show", ".highlighted", "[data-theme=dark]"):
        assert needed.replace('"', "") in sheet.replace('"', ""), needed


def test_every_icon_that_the_style_sheet_names_is_in_a_font(site: Path) -> None:
    wanted = signs_named((site / "_static" / "site.css").read_text(encoding="utf-8"))
    fonts = [TTFont(path).getBestCmap() for path in (site / "_static").glob("fa-*.woff")]
    assert len(wanted) > 10 and len(fonts) == 3
    assert wanted <= set().union(*fonts)


def test_nothing_lies_beside_the_pages_that_none_of_them_asks_for(site: Path) -> None:
    files = {path.name for path in (site / "_static").rglob("*") if path.is_file()}
    assert not {name for name in files if name.endswith((".map", ".woff2", ".ttf"))}
    assert not files & {"basic.css", "book.css", "clipboard.min.js", "tex-chtml.js", "book.js"}
    assert sum(map(weight, (site / "_static").rglob("*.*"))) < 500


def test_plain_tokens_are_not_marked(soups, site: Path) -> None:
    plain = plain_classes(["a11y-high-contrast-light", "a11y-dark"])
    assert {"n", "p", "w"} <= plain and not plain & {"k", "s2", "mi", "o"}
    for name in notebooks():
        blocks = soups[site / f"{name}.html"].select("div.highlight pre")
        marks = {
            mark for block in blocks for span in block.select("i[class]") for mark in span["class"]
        }
        assert "k" in marks and not marks & plain, name


def test_plain_code_has_the_color_of_its_style(open_page) -> None:
    for theme, color in (("light", "rgb(8, 8, 8)"), ("dark", "rgb(248, 248, 242)")):
        page = open_page(a_notebook_page(), theme=theme)
        block = page.locator("div.cell_input div.highlight pre").first
        assert block.evaluate("(block) => getComputedStyle(block).color") == color


def test_the_first_click_opens_a_menu(open_page) -> None:
    """Though the script that opens it is not there yet."""
    page = open_page(a_notebook_page())
    assert page.evaluate("typeof bootstrap") == "undefined"
    page.evaluate("document.querySelector('.dropdown-download-buttons button').click()")
    page.wait_for_selector(".dropdown-download-buttons .dropdown-menu.show")
    assert page.locator(".dropdown-download-buttons a[href$='.ipynb']").is_visible()


def test_a_button_says_what_it_is_for(open_page) -> None:
    page = open_page(a_notebook_page())
    page.locator(".theme-switch-button:visible").hover()
    assert "Color mode" in page.wait_for_selector(".tooltip.show").inner_text()


def test_scripts_are_not_asked_for_before_they_are_needed(open_page) -> None:
    page = open_page(a_notebook_page())
    page.wait_for_load_state("networkidle")
    names = page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")
    assert not [name for name in names if re.search(r"bootstrap|search", name)]


def test_figures_are_small_and_wait_until_they_come_near(soups, site: Path) -> None:
    assert not list((site / "_images").glob("*.png"))
    for name in notebooks():
        images = soups[site / f"{name}.html"].select("div.cell_output img")
        for image in images:
            assert image["src"].endswith(".webp") and image["loading"] == "lazy", name
            width, height = Image.open((site / f"{name}.html").parent / image["src"]).size
            assert int(image["width"]) / int(image["height"]) == pytest.approx(width / height, 0.02)
            link = image.find_parent("a")
            assert link is None or link["href"] == image["src"], name
    assert sum(map(weight, (site / "_images").iterdir())) < 7000


def test_a_figure_has_the_pixels_that_were_stored(site: Path) -> None:
    stored = [
        Image.open(io.BytesIO(base64.b64decode(output["data"]["image/png"])))
        for cell in notebooks()[a_notebook_page()]["cells"]
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    shown = {(site / "_images" / path).name: path for path in (site / "_images").glob("*.webp")}
    pictures = [Image.open(path).convert("RGBA").tobytes() for path in shown.values()]
    assert stored
    for picture in stored:
        assert picture.convert("RGBA").tobytes() in pictures


def test_the_root_is_the_first_page(soups, site: Path, address: str, browser) -> None:
    root, first = soups[site / "index.html"], soups[site / f"{documents()[0]}.html"]
    assert root.find("article").get_text() == first.find("article").get_text()
    page = window(browser)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    missing: list[str] = []
    page.on("response", lambda answer: answer.status >= 400 and missing.append(answer.url))
    page.goto(address, wait_until="networkidle")
    assert page.url == address and not missing
    assert [url for url in asked if url.endswith((".html", "/"))] == [address]
    page.locator("a.right-next").click()
    page.wait_for_url(f"{address}chapters/*/index.html")
    page.context.close()
