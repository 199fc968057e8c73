"""Every page of the built book, opened once in a browser: light, dark, and as narrow as a phone."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from book_site import a_notebook_page, documents, needs_theme, window
from page_checks import CHECKS, asks_no_other_host, faults, raises_no_error, typesets_its_formulas
from page_visit import contrasts, look, look_closely
from PIL import Image

LOST = "404"  # leads from the root of a server, so it is no page from disk
MADE_BY_SPHINX = ["search", "genindex", "_modules/d2lhelpers/checks/core", LOST]
OF_EACH_KIND = [
    "chapters/index",
    "chapters/classification/index",
    a_notebook_page(),
    "chapters/back/glossary",
    "chapters/back/bibliography",
    "chapters/helpers/data",
    "search",
    "genindex",
]

# A fault for every check, set under the title of a page; 192.0.2.1 is an address for examples.
FAULTS = (
    """</h1>
<img alt="" src="http://192.0.2.1/picture.png"><img alt="" src="/absolute/picture.png">
<p>Left over: $x^2$ <span class="math notranslate nohighlight">no formula</span></p>
<p style="width: 2000px"><button></button> <img alt="" src="../../_images/heavy.svg"></p>
<div style="position: relative"><span>long formula</span>
<span class="eqno" style="position: absolute; left: 0">(1)</span></div>
<div class="highlight"><pre style="white-space: pre">x = """
    + "1 + " * 60
    + """1</pre></div>
<div class="cell_output"><img alt="pale" src="../../_images/pale.png"
style="width: 400px; filter: invert(0)"></div>"""
)

pytestmark = needs_theme


@pytest.fixture(scope="session")
def axe():
    return pytest.importorskip("axe_playwright_python.sync_playwright").Axe()


@pytest.fixture
def page(browser):
    """A wide window without a network: a page from disk needs none."""
    page = window(browser, viewport={"width": 1280, "height": 900}, offline=True)
    yield page
    page.context.close()


@pytest.mark.parametrize("name", [*documents(), *MADE_BY_SPHINX])
def test_a_page_is_in_order(name: str, page, axe, site: Path, address: str) -> None:
    """From disk, where a browser allows least."""
    if name == LOST:
        page.context.set_offline(False)
    visit = look(page, name, f"{address}404.html" if name == LOST else file_address(site, name))
    look_closely(page, visit, axe, of_its_kind=name in [*OF_EACH_KIND, *MADE_BY_SPHINX])
    found = faults(visit, site)
    assert not found, f"{name}\n" + "\n".join(found)


@pytest.mark.parametrize("name", OF_EACH_KIND)
def test_a_page_of_each_kind_works_from_a_server(name: str, page, site: Path, address: str) -> None:
    page.context.set_offline(False)
    visit = look(page, name, f"{address}{name}.html")
    for check in (raises_no_error, asks_no_other_host, typesets_its_formulas):
        assert not list(check(visit, site)), f"{name}: {check.__name__}"


def test_formulas_are_found_where_there_are_many(page, site: Path) -> None:
    name = a_notebook_page()
    assert look(page, name, file_address(site, name)).facts["typeset"] > 20


def test_each_check_finds_the_fault_that_it_is_for(page, axe, site: Path, tmp_path: Path) -> None:
    """One page with a fault for every check."""
    name = a_notebook_page()
    broken = shutil.copytree(site, tmp_path / "site")
    noise = np.random.default_rng(0).integers(0, 256, 2_000_000, dtype=np.uint8)
    (broken / "_images" / "heavy.svg").write_bytes(noise.tobytes())
    (broken / "blocking.js").write_bytes(b"//" + noise.tobytes().replace(b"\n", b""))
    Image.new("RGB", (640, 480), "white").save(broken / "_images" / "pale.png")
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    head, mark, article = text.partition("<article")
    article = re.sub(r"<h1>.*?</h1>", "<h1>Another title</h1>", article, count=1, flags=re.DOTALL)
    article = article.replace("</h1>", FAULTS, 1)
    head = head.replace("Content-Security-Policy", "x-no-policy")
    head = head.replace("</head>", '<script src="../../blocking.js"></script></head>')
    (broken / f"{name}.html").write_text(head + mark + article, encoding="utf-8")
    visit = look(page, name, file_address(broken, name))
    look_closely(page, visit, axe)
    silent = [check.__name__ for check in CHECKS if not list(check(visit, broken))]
    assert not silent


def file_address(site: Path, name: str) -> str:
    return (site / f"{name}.html").as_uri()


def test_contrast_is_that_of_the_guidelines() -> None:
    def measured(*colors: tuple[int, int, int]) -> tuple[float, float]:
        """Of a white picture with a strip of each color."""
        picture = np.full((100, 100, 3), 255, dtype=np.uint8)
        for row, color in enumerate(colors):
            picture[row] = color
        png = io.BytesIO()
        Image.fromarray(picture).save(png, "png")
        return contrasts(png.getvalue())

    assert measured((0, 0, 0)) == pytest.approx((21, 21))
    assert measured((0, 0, 0), (240, 228, 66)) == pytest.approx((21, 1.32), abs=0.01)  # yellow
    assert measured((119, 119, 119))[0] == pytest.approx(4.48, abs=0.01)  # the classical gray
