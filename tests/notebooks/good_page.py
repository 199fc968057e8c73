"""A small notebook that keeps to every rule, and the changes that break it."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image, ImageOps
from stored.cell_tags import fold_in_jupyterlab

Change = Callable[[NotebookNode], object]

PIXEL = (  # a PNG of one pixel, signed as Matplotlib does
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAAOnRFWHRTb2Z0d2FyZQBNYXRwbG90bGliIHZlcnNp"
    "b24zLjExLjIsIGh0dHBzOi8vbWF0cGxvdGxpYi5vcmcvgI3uAAAAAApJREFUeJxjaAAAAIIAgXfNcrYAAAAASUVO"
    "RK5CYIIA"
)
STAMP = {"seconds": 3.0, "peak_memory_mb": 700, "versions": {"matplotlib": "3.11.2"}}


PARAGRAPH = "Softmax turns the scores of a network into numbers that add up to one.\n"
CELLS = {
    "title": "# Scores\n\nWhich numbers add up to one, and which are the scores of a network?\n",
    "facts": "",
    "imports": "import torch\nfrom d2lhelpers.checks import core as checks\n"
    "from d2lhelpers.device import seed\ntorch.manual_seed(seed(0))",
    "question": "## The question\n\n" + PARAGRAPH * 80,
    "draw": "x = torch.randn(3)\nprint(round(2.125, 3))",
    "after": "The price is 2.13.\nIt is that of {term}`softmax` as in {cite}`known2020`.\n",
    "plot": "plt.plot(x)\nplt.show()",
    "before equality": "The library agrees.",
    "equality": "torch.testing.assert_close(x.exp().log(), x)",
    "myth": '### On trial: "Scores are numbers that sum to one"\n\nAre they?',
    "myth-check": "print(x.sum())",
    "verdict": "**Wrong.** Their sum is any number.",
    "holds": "assert x.sum() != 1",
    "prose myth": '### On trial: "It was always so"\n\n**Half right.** See {cite:t}`known2020`.',
    "slips": ":::{dropdown} Slips\n\n"
    "| as it is written | as it is | why it matters |\n|---|---|---|\n"
    "| `x.sum` | `x.sum()` | a method |\n\n:::\n",
    "slips-check": "assert callable(x.sum)",
    "guess": "Which is larger?\n\n:::{dropdown} The answer\nThe first, by far.\n:::\n",
    "questions": "## Questions\n\n:::{dropdown} Why so?\nBecause of the sum.\n:::\n",
    "exercises": "## Exercises\n",
    "task 1": ":::{exercise} One\n:label: one\n\nWrite it.\n:::",
    "summary": "## Summary\n\nScores sum to one. The next page uses them.\n",
}
TAGS = {
    "facts": ["facts"],
    "imports": ["imports"],
    "equality": ["equality"],
    "myth": ["myth"],
    "myth-check": ["myth-check"],
    "verdict": ["verdict"],
    "holds": ["holds"],
    "prose myth": ["myth", "prose"],
    "slips": ["slips"],
    "slips-check": ["slips"],
    "guess": ["guess"],
    "questions": ["questions"],
}
CODE = {"imports", "draw", "plot", "equality", "myth-check", "holds", "slips-check"}


def good_notebook() -> NotebookNode:
    """A notebook that keeps to every rule; its cells have their names as ids."""
    nb = new_notebook()
    for name, source in CELLS.items():
        if name.startswith("task"):
            for number in (1, 2, 3):
                nb.cells += exercise(number)
            continue
        make = new_code_cell if name in CODE else new_markdown_cell
        nb.cells.append(
            make(source, id=name.replace(" ", "-"), metadata={"tags": TAGS.get(name, [])})
        )
    nb.metadata = nbformat.from_dict(
        {
            "book": {"before": "Python", "data": []},
            "stamp": STAMP,
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        }
    )
    number_cells(nb)
    fold_in_jupyterlab(nb)
    cell(nb, "draw").outputs = [new_output("stream", name="stdout", text="2.125\n")]
    picture = new_output("display_data", {"image/png": PIXEL, "text/plain": "<Figure>"})
    cell(nb, "plot").outputs = [picture]
    alt = "A curve that falls from left to right."
    figure = {"caption": "The scores fall from left to right.", "name": "fig-scores"}
    cell(nb, "plot").metadata.mystnb = nbformat.from_dict({"image": {"alt": alt}, "figure": figure})
    return nb


def exercise(number: int) -> list[NotebookNode]:
    def answer(text: str) -> list[NotebookNode]:
        return [new_output("execute_result", {"text/plain": text}, execution_count=1)]

    task = new_markdown_cell(
        f":::{{exercise}} Number {number}\n:label: task-{number}\n\nWrite it.\n:::",
        metadata={"tags": ["exercise"]},
        id=f"task-{number}",
    )
    stub = new_code_cell(
        "def double(x):\n    ...", metadata={"tags": ["stub"]}, id=f"stub-{number}"
    )
    check = new_code_cell(
        "checks.compare(double)",
        metadata={"tags": ["check"]},
        outputs=answer("· not tried yet"),
        id=f"check-{number}",
    )
    solution = new_code_cell(
        "def double(x):\n    return 2 * x\n\nchecks.compare(double)",
        metadata={"tags": ["solution"]},
        outputs=answer("✓ right, in all 5 cases"),
        id=f"solution-{number}",
    )
    return [task, stub, check, solution]


def cell(nb: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in nb.cells if cell.id == name.replace(" ", "-"))


def number_cells(nb: NotebookNode) -> None:
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    for count, node in enumerate(code, start=1):
        node.execution_count = count


def replace(name: str, old: str, new: str) -> Callable[[NotebookNode], None]:
    def change(nb: NotebookNode) -> None:
        assert old in cell(nb, name).source
        cell(nb, name).source = cell(nb, name).source.replace(old, new)

    return change


def append(name: str, text: str) -> Callable[[NotebookNode], None]:
    return lambda nb: cell(nb, name).update(source=cell(nb, name).source + text)


def tags(name: str, *names: str) -> Callable[[NotebookNode], None]:
    return lambda nb: cell(nb, name).metadata.update(tags=list(names))


def folded(name: str, tag: str) -> Change:
    return lambda nb: cell(nb, name).metadata.update(tags=[tag], jupyter={"source_hidden": True})


def delete(*names: str) -> Callable[[NotebookNode], None]:
    def change(nb: NotebookNode) -> None:
        for name in names:
            nb.cells.remove(cell(nb, name))
        number_cells(nb)

    return change


def insert(after: str, *cells: NotebookNode) -> Callable[[NotebookNode], None]:
    def change(nb: NotebookNode) -> None:
        where = nb.cells.index(cell(nb, after)) + 1
        nb.cells[where:where] = nbformat.from_dict(list(cells))
        number_cells(nb)

    return change


def outputs(name: str, *given: NotebookNode) -> Callable[[NotebookNode], None]:
    return lambda nb: cell(nb, name).update(outputs=list(given))


def metadata(name: str | None, **values: object) -> Callable[[NotebookNode], None]:
    def change(nb: NotebookNode) -> None:
        node = nb if name is None else cell(nb, name)
        node.metadata.update(nbformat.from_dict(values))

    return change


def printed(text: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=text)


def many(count: int, source: str) -> list[NotebookNode]:
    """Code cells with text between them."""
    return spaced(new_code_cell(source), count)


def spaced(code: NotebookNode, count: int) -> list[NotebookNode]:
    """Copies of a cell with text between them."""
    pair = (new_markdown_cell("And then?"), code)
    return [
        nbformat.from_dict({**node, "id": f"n{i}-{node.cell_type}"})
        for i in range(count)
        for node in pair
    ]


def picture(kind: str = "image/png", data: str = PIXEL) -> NotebookNode:
    return new_output("display_data", {kind: data})


def saved_again(encoded: str) -> str:
    """The picture as another program saves it: mirrored, and without what drew it."""
    file = io.BytesIO()
    ImageOps.mirror(Image.open(io.BytesIO(base64.b64decode(encoded)))).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def drawing(count: int) -> NotebookNode:
    """A folded cell of ``count`` lines."""
    folded = {"tags": ["drawing"], "jupyter": {"source_hidden": True}}
    return new_code_cell(lines(count), metadata=folded)


def figure(**changes: str) -> Callable[[NotebookNode], None]:
    return lambda nb: cell(nb, "plot").metadata.mystnb.figure.update(changes)


def new_worker_cell(nb: NotebookNode) -> None:
    insert("question", new_code_cell("f(num_workers=2)", metadata={"tags": ["workers"]}))(nb)


def error() -> NotebookNode:
    return new_output("error", ename="ValueError", evalue="no", traceback=[])


def old_format(nb: NotebookNode) -> None:
    nb.nbformat_minor = 4
    for node in nb.cells:
        del node["id"]


def lines(count: int) -> str:
    return "\n".join(f"y{i} = {i}" for i in range(count))


def holding(source: str) -> NotebookNode:
    """A folded cell that asserts."""
    folded = {"tags": ["holds"], "jupyter": {"source_hidden": True}}
    return new_code_cell(source, metadata=folded, id="holding")


def claims(count: int) -> list[NotebookNode]:
    """Trials that a citation decides."""
    claim = {"source": CELLS["prose myth"], "metadata": {"tags": ["myth", "prose"]}}
    return [new_markdown_cell(id=f"claim-{i}", **claim) for i in range(count)]


def table_output(text: str) -> NotebookNode:
    """A table that the page shows as HTML."""
    return new_output("display_data", {"text/html": f"<table>{text}</table>", "text/plain": text})


def failing(line: str) -> Change:
    """Let a cell fail on purpose, with this line in its traceback."""

    def change(nb: NotebookNode) -> None:
        tags("draw", "raises-exception")(nb)
        failure = new_output("error", ename="ValueError", evalue="no", traceback=[line])
        cell(nb, "draw").outputs.append(failure)

    return change
