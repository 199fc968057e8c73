"""The editor's list names what is repeated, and nothing that is not."""

from __future__ import annotations

from pathlib import Path

import echoes
import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook

PAGE = """\
# Title

A bakery sells bread at noon. Who buys it?

Two sums are compared here, one of them slow.
They do.

The loss falls with every step that it takes, and faster at first.
Slow is smooth.

* A list does not end a paragraph.

```
code = "They do."
```

Next comes the sun."""
OTHER = "# Other\n\nHere too the loss falls with every step, but not for long."


def lists(folder: Path, page: str = PAGE) -> dict[str, list[str]]:
    texts = []
    for source in (page, OTHER):
        path = folder / "page.ipynb"
        nbformat.write(new_notebook(cells=[new_markdown_cell(source)]), path)
        texts.append(echoes.paragraphs(path))
    return echoes.echoes(texts[0], texts[1:])


def test_openings_endings_stamps_and_maxims_are_listed(tmp_path: Path) -> None:
    found = lists(tmp_path)
    assert found["Opens"] == ["A bakery sells bread at noon."]
    assert found["Ends"][-1] == "Next comes the sun."
    assert found["Stamps after a check"] == ["They do."]
    assert "Slow is smooth." in found["Ends of paragraphs that sound like maxims"]


def test_words_that_return_on_another_page_are_listed_with_the_number_of_pages(
    tmp_path: Path,
) -> None:
    assert lists(tmp_path)["Said on other pages too (on how many)"] == [
        "loss falls with every step (1)",
        "the loss falls with every (1)",
    ]
    assert (
        lists(tmp_path, "# Title\n\nAnother text.")["Said on other pages too (on how many)"] == []
    )
