"""What a reader sees of tagged cells, wide lines and long formulas, on a page built for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from book_site import build, needs_theme, window
from overflow import numbers_on_formulas, sideways
from stored.cell_tags import FOLDS, NOT_TRIED
from test_site import one_page_book

pytestmark = [pytest.mark.xdist_group("site"), needs_theme]

WIDE = "x = " + "1 + " * 18 + "11"  # 78 columns
FORMULA = "$$" + " + ".join(f"a_{{{i}}} x_{{{i}}}" for i in range(12)) + "$$ (eq-long)\n"
SLIPS = """:::{dropdown} Slips

| as it is written | as it is | why it matters |
|---|---|---|
| `a \\| b` | `a or b` | one works on bits |
| $x^2$ | $x^3$ | a power |

:::
"""


def printed(text: str) -> list[dict[str, Any]]:
    return [{"output_type": "stream", "name": "stdout", "text": text}]


def code(source: str, *tags: str, outputs: list | None = None) -> dict[str, Any]:
    cell = {"cell_type": "code", "execution_count": 1, "source": source, "outputs": outputs or []}
    return {**cell, "metadata": {"tags": list(tags)}}


def text(source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {"tags": list(tags)}, "source": source}


CELLS = [
    *(code(f"{tag} = 1", tag) for tag in FOLDS),
    code(WIDE, outputs=printed("1" * 78)),
    code("check()", "check", outputs=printed(f"{NOT_TRIED}\n")),
    code("check()", "check", outputs=printed("✗ x=1: expected 2\n")),
    text(FORMULA),
    text(SLIPS, "slips"),
    text("```{slips-table}\n```\n"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tags")
    book = one_page_book(folder)
    notebook = json.loads((book / "page.ipynb").read_text(encoding="utf-8"))
    notebook["cells"] += [{**cell, "id": f"c{i}"} for i, cell in enumerate(CELLS)]
    (book / "page.ipynb").write_text(json.dumps(notebook))
    result = build(book, folder / "output")
    assert result.returncode == 0, result.stderr
    return folder / "output" / "_build" / "html" / "page.html"


@pytest.fixture
def open_built(browser, built: Path):
    pages = []

    def open_it(width: int):
        size = {"width": width, "height": 900}
        page = window(browser, viewport=size, color_scheme="light")
        pages.append(page)
        page.goto(built.as_uri())
        page.evaluate("document.fonts.ready.then(() => true)")
        return page

    yield open_it
    for page in pages:
        page.context.close()


def test_a_tagged_cell_is_folded_under_its_label(open_built) -> None:
    page = open_built(1280)
    for tag, fold in FOLDS.items():
        cell = page.locator(f"div.cell.tag_{tag}")
        assert not cell.locator("pre", has_text=f"{tag} = 1").is_visible()
        assert cell.locator("summary").inner_text().strip() == fold.closed
        cell.locator("summary").click()
        assert cell.locator("pre", has_text=f"{tag} = 1").is_visible()
        assert cell.locator("summary").inner_text().strip() == fold.opened


def test_only_an_exercise_that_nobody_tried_is_gray(open_built) -> None:
    page = open_built(1280)
    color = "(answer) => getComputedStyle(answer).borderLeftColor"
    answers = page.locator("div.cell.tag_check div.cell_output pre")
    untried, wrong = (answers.nth(i).evaluate(color) for i in range(2))
    channels = [int(part) for part in untried.removeprefix("rgb(").rstrip(")").split(",")]
    assert max(channels) - min(channels) < 30, untried
    assert untried != wrong


def test_the_columns_that_a_notebook_may_use_fit(open_built) -> None:
    assert sideways(open_built(1280)) == []


def test_a_wider_line_is_noticed(open_built) -> None:
    page = open_built(1280)
    page.evaluate(
        """() => document.querySelectorAll("div.cell pre").forEach((box) => {
          const line = box.textContent.trimEnd();
          if (line.endsWith("1 + 11")) box.textContent = line + " + 1".repeat(6);
        })"""
    )
    assert len(sideways(page)) == 1


def test_on_a_phone_code_wraps_further_in(open_built) -> None:
    page = open_built(360)
    code_boxes = page.locator("div.cell_input pre", has_text="1 + 1")
    assert code_boxes.evaluate("(box) => box.scrollWidth <= box.clientWidth")
    assert "each-line" in code_boxes.evaluate("(box) => getComputedStyle(box).textIndent")


def test_on_a_phone_the_number_of_a_long_formula_stands_under_it(open_built) -> None:
    page = open_built(360)
    number, formula = (page.locator(f"div.math > {part}") for part in (".eqno", ":not(.eqno)"))
    below = formula.bounding_box()
    assert number.bounding_box()["y"] >= below["y"] + below["height"]
    assert below["width"] > 300
    assert numbers_on_formulas(page) == []


def test_a_number_on_its_formula_is_noticed(open_built) -> None:
    page = open_built(360)
    on_top = ".bd-article div.math > .eqno { position: absolute; inset: 0 }"
    page.add_style_tag(content=f"div.math {{ position: relative }} {on_top}")
    assert numbers_on_formulas(page) == ["equation-eq-long"]


def test_slips_are_listed_with_the_page_that_names_them(open_built) -> None:
    rows = open_built(1280).locator(".notebook-table tbody tr").all()
    assert rows[0].locator("td").first.inner_text() == "a | b"
    assert len(rows) == 2 and all(row.locator("td a", has_text="Page").count() for row in rows)
