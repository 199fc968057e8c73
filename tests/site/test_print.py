"""What comes out of a printer: pages are printed to PDF, and read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from book_site import needs_theme, notebooks, window
from pypdf import PdfReader

pytestmark = needs_theme

PAGES = [
    "chapters/introduction/what-is-deep-learning",
    "chapters/classification/softmax-and-cross-entropy",
    "chapters/preliminaries/gradients-and-jacobians",
]
WHITE = "rgb(255, 255, 255)"


def bare(text: str) -> str:
    """Letters and digits alone: lines are broken, letters joined, and signs differ."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))


@pytest.fixture(scope="module")
def printed(browser, site: Path) -> Callable[[str], tuple[str, list[str]]]:
    """Text of a page as it is printed from the dark theme, and that of each sheet."""
    known: dict[str, tuple[str, list[str]]] = {}

    def print_it(name: str) -> tuple[str, list[str]]:
        if name not in known:
            page = window(browser, color_scheme="dark")
            page.goto((site / f"{name}.html").as_uri())
            pdf = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
            page.context.close()
            sheets = [sheet.extract_text() for sheet in pdf.pages]
            # without the numbers at their feet
            sheets = [re.sub(r"\d+ / \d+\s*$|^\s*\d+ / \d+", "", text) for text in sheets]
            known[name] = bare("".join(sheets)), sheets
        return known[name]

    return print_it


@pytest.mark.parametrize("name", PAGES)
def test_every_cell_is_printed(name: str, printed) -> None:
    """Folded ones too, and with them every solution."""
    text, _ = printed(name)
    cells = [cell for cell in notebooks()[name]["cells"] if cell["cell_type"] == "code"]
    assert [cell for cell in cells if "solution" in cell["metadata"].get("tags", [])]
    for cell in cells:
        for line in "".join(cell["source"]).splitlines():
            assert bare(line) in text, line


@pytest.mark.parametrize("name", PAGES)
def test_every_question_is_printed_with_its_answer(name: str, printed) -> None:
    text, _ = printed(name)
    cells = ["".join(cell["source"]) for cell in notebooks()[name]["cells"]]
    folds = [
        fold
        for cell in cells
        for fold in re.findall(r":::+\{dropdown\} (.+?)\n(?::.*\n)*\n*(.+)", cell)
    ]
    assert len(folds) > 3
    for question, answer in folds:
        first = re.split(r"[`$*\[{|<]", answer)[0]
        for words in (*re.split(r"`[^`]*`|\$[^$]*\$", question), first):
            assert bare(words) in text, (question, words)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_printed_that_only_a_hand_could_use(name: str, printed) -> None:
    text, sheets = printed(name)
    for words in ("Search the book", "Skip to main content", "Show a solution", "Copy to"):
        assert bare(words) not in text
    assert not re.search(r"Last updated|previous\s+next", "".join(sheets))


@pytest.mark.parametrize("name", PAGES)
def test_no_sheet_is_nearly_empty(name: str, printed) -> None:
    """But the last one, and where a figure that fills half a sheet comes next."""
    _, sheets = printed(name)
    assert 5 < len(sheets) < 30
    assert all(len(bare(sheet)) > 100 for sheet in sheets[:-1])


@pytest.fixture
def on_paper(browser, site: Path):
    page = window(browser, viewport={"width": 700, "height": 900}, color_scheme="dark")
    page.goto((site / f"{PAGES[1]}.html").as_uri())
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    yield page
    page.context.close()


def test_paper_is_white_whatever_the_theme(on_paper) -> None:
    color = "(element) => getComputedStyle(element).backgroundColor"
    assert on_paper.locator("body").evaluate(color) == WHITE
    text = on_paper.locator("article p").first.evaluate("(p) => getComputedStyle(p).color")
    assert max(map(int, re.findall(r"\d+", text)[:3])) < 80
    filters = "(images) => images.map((image) => getComputedStyle(image).filter)"
    assert set(on_paper.locator("div.cell_output img").evaluate_all(filters)) == {"none"}
    on_paper.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert on_paper.evaluate("document.documentElement.dataset.theme") == "dark"


def test_on_paper_nothing_is_cut_off(on_paper) -> None:
    """Lines of code go on below, and nothing that cannot be cut is higher than a sheet."""
    boxes = "(boxes) => boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).length"
    assert on_paper.locator("article pre").evaluate_all(boxes) == 0
    kept = "(parts) => parts.map((part) => getComputedStyle(part).breakInside)"
    assert set(on_paper.locator("article figure").evaluate_all(kept)) == {"avoid"}
    heights = "(parts) => parts.map((part) => part.getBoundingClientRect().height)"
    assert max(on_paper.locator("article figure").evaluate_all(heights)) < 900


def test_on_paper_it_can_be_read_where_a_link_leads(on_paper) -> None:
    address = "https://example.org/somewhere"
    after = on_paper.evaluate(
        """(address) => {
            const link = document.createElement("a");
            link.className = "reference external";
            link.href = address;
            document.querySelector("article p").append(link);
            return getComputedStyle(link, "::after").content;
        }""",
        address,
    )
    assert address in after
