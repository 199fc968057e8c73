"""What the tags of a code cell do in JupyterLab and on the page."""

from __future__ import annotations

from typing import Any

import pytest
from execute import normalize
from nbformat.v4 import new_code_cell, new_notebook, new_output
from stored.cell_tags import FOLDS, NOT_TRIED, fold_on_page


@pytest.mark.parametrize("tag", FOLDS)
def test_execute_folds_the_source_of_a_tagged_cell_in_jupyterlab(tag: str) -> None:
    nb = new_notebook(cells=[new_code_cell("1", metadata={"tags": [tag]}), new_code_cell("2")])
    normalize(nb)
    assert nb.cells[0].metadata.jupyter == {"source_hidden": True}
    assert "jupyter" not in nb.cells[1].metadata


def on_page(*tags: str, printed: str = "") -> dict[str, Any]:
    outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
    cell = new_code_cell("1", metadata={"tags": list(tags)}, outputs=outputs)
    nb = new_notebook(cells=[cell])
    fold_on_page(nb)
    return nb.cells[0].metadata


@pytest.mark.parametrize(("tag", "fold"), FOLDS.items())
def test_the_page_folds_a_tagged_cell_under_its_label(tag: str, fold: Any) -> None:
    found = on_page(tag)
    assert found["tags"] == [tag, fold.tag]
    assert found["mystnb"] == {"code_prompt_show": fold.closed, "code_prompt_hide": fold.opened}


def test_an_older_notebook_that_names_the_fold_itself_is_folded_once() -> None:
    assert on_page("drawing", "hide-input")["tags"] == ["drawing", "hide-input"]


def test_a_cell_without_a_tag_that_folds_stays_open() -> None:
    assert on_page("equality") == {"tags": ["equality"]}


def test_an_exercise_that_nobody_tried_is_told_from_a_wrong_answer() -> None:
    assert "not-tried" in on_page("check", printed=f"{NOT_TRIED}\n")["tags"]
    assert "not-tried" not in on_page("check", printed="✗ x=1: expected 2\n")["tags"]
    assert "not-tried" not in on_page("equality", printed=f"{NOT_TRIED}\n")["tags"]
