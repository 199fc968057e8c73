"""Formulas of the built pages: all there, readable, and copied as they were written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from book_extensions.formula_font import signs
from book_site import a_notebook_page, build, needs_theme, notebooks, source
from fontTools.ttLib import TTFont
from test_site import one_page_book

pytestmark = needs_theme

CODE = r"^(`{3,})[^`\n]*\n.*?^\1`*$|(`+).+?\2"
FORMULA = r"\$\$.+?\$\$|(?<![\\$])\$(?!\s)[^$]+?(?<!\s)\$"


def formulas_in(markdown: str) -> int:
    text = re.sub(CODE, "", markdown, flags=re.MULTILINE | re.DOTALL)
    return len(re.findall(FORMULA, text, re.DOTALL))


def captions(notebook: dict) -> str:
    figures = [cell["metadata"].get("mystnb", {}).get("figure", {}) for cell in notebook["cells"]]
    return "\n\n".join(figure.get("caption", "") for figure in figures)


def test_every_formula_of_the_sources_is_on_its_page(soups, site: Path) -> None:
    written = {
        name: formulas_in(source(name)) + formulas_in(captions(notebook))
        for name, notebook in notebooks().items()
    }
    shown = {
        name: len(soups[site / f"{name}.html"].select("article math[alttext]")) for name in written
    }
    assert sum(written.values()) > 1000
    assert shown == written


def test_no_formula_is_left_without_its_source(soups) -> None:
    for path, soup in soups.items():
        for formula in soup.select("math"):
            assert formula.get("alttext", "").strip(), f"{path}: {formula}"
            assert not formula.select("merror"), f"{path}: {formula}"


def test_the_font_has_every_sign_of_the_formulas(open_page, site: Path) -> None:
    page = open_page(a_notebook_page())
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('1em formulas'))")
    font = TTFont(site / "_static" / "formulas.woff")
    for path in site.rglob("*.html"):
        missing = {
            sign
            for sign in signs(path.read_text(encoding="utf-8"))
            if ord(sign) not in font.getBestCmap()
        }
        assert not missing, f"{path.relative_to(site)}: {missing}"


@pytest.mark.parametrize("wrong", [r"\frac{1}{", r"\nosuchcommand", r"\begin{aligned} x"])
def test_a_formula_that_cannot_be_read_fails_the_build(tmp_path: Path, wrong: str) -> None:
    book = one_page_book(tmp_path)
    page = json.loads((book / "page.ipynb").read_text(encoding="utf-8"))
    page["cells"][0]["source"] += f"\n\n$${wrong}$$\n"
    (book / "page.ipynb").write_text(json.dumps(page))
    result = build(book, tmp_path / "output")
    assert result.returncode != 0
    assert f"the formula {wrong} cannot be read" in result.stderr


def test_the_number_of_a_formula_is_a_link_to_it(soups, site: Path) -> None:
    links = soups[site / f"{a_notebook_page()}.html"].select("article a[href^='#equation-']")
    assert links
    for link in links:
        target = soups[site / f"{a_notebook_page()}.html"].find(id=link["href"][1:])
        assert "math" in target["class"] and target.select_one("math"), link


def test_a_formula_is_copied_as_its_source(open_page) -> None:
    page = open_page(a_notebook_page(), permissions=["clipboard-read", "clipboard-write"])
    source_of = page.locator("article div.math > math").first.get_attribute("alttext")
    page.evaluate(
        """() => {
          const formula = document.querySelector("article div.math > math");
          getSelection().selectAllChildren(formula.closest("div.math"));
        }"""
    )
    page.keyboard.press("Control+c")
    assert f"$${source_of}$$" in page.evaluate("navigator.clipboard.readText()")
    page.evaluate(
        """() => {
          const letter = document.querySelector("article p math mi").firstChild;
          getSelection().setBaseAndExtent(letter, 0, letter, 1);
        }"""
    )
    page.keyboard.press("Control+c")
    inline = page.locator("article p math").first.get_attribute("alttext")
    assert page.evaluate("navigator.clipboard.readText()").strip() == f"${inline}$"
