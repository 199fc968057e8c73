"""Every notebook of the book keeps to the rules; and every rule notices its breach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from good_page import (
    PARAGRAPH,
    PIXEL,
    STAMP,
    append,
    cell,
    claims,
    delete,
    drawing,
    error,
    exercise,
    failing,
    figure,
    folded,
    good_notebook,
    holding,
    insert,
    lines,
    many,
    metadata,
    new_worker_cell,
    old_format,
    outputs,
    picture,
    printed,
    replace,
    saved_again,
    spaced,
    table_output,
    tags,
)
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from rules import RULES, Page
from stored.facts import facts
from stored.sources import ROOT, notebooks


def name_of_page(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", notebooks(), ids=name_of_page)
def test_a_page_keeps_to_the_rules(path: Path) -> None:
    page = Page(path)
    report = [
        f"{rule.number}, {rule.title}:\n"
        + "".join(f"  {problem}\n" for problem in problems)
        + f"  To mend it: {rule.mend}"
        for rule in RULES
        if (problems := list(rule.check(page)))
    ]
    if report:
        pytest.fail("\n".join([name_of_page(path), *report]), pytrace=False)


def test_the_book_has_pages() -> None:
    assert len(notebooks()) >= 22


def breaches(nb: NotebookNode, folder: Path) -> dict[str, list[str]]:
    """Rule number -> its problems, without the rules that have none."""
    (folder / "chapters" / "back").mkdir(parents=True, exist_ok=True)
    (folder / "chapters" / "back" / "references.bib").write_text(
        "@book{known2020,\n  title = {Known}\n}\n"
    )
    path = folder / "page.ipynb"
    path.write_text(nbformat.v4.writes(nb), encoding="utf-8")
    page = Page(path, folder)
    found = {rule.number: list(rule.check(page)) for rule in RULES}
    return {number: problems for number, problems in found.items() if problems}


def test_a_good_page_breaks_no_rule(tmp_path: Path) -> None:
    nb = good_notebook()
    cell(nb, "facts").source = facts(nb)
    assert breaches(nb, tmp_path) == {}


MUTATIONS = [
    ("R1", lambda nb: cell(nb, "draw").update(execution_count=None), "execution count None"),
    ("R1", lambda nb: cell(nb, "draw").update(execution_count=9), "count 9, expected 2"),
    ("R1", insert("question", new_code_cell("  ", id="empty")), "is an empty code cell"),
    (
        "R1",
        lambda nb: [c.update(execution_count=None) for c in nb.cells if c.cell_type == "code"],
        "it was never run",
    ),
    ("R2", outputs("equality", error()), "stores an error (ValueError)"),
    ("R2", outputs("equality", printed("Warning: slow\n", "stderr")), "stderr: 'Warning: slow'"),
    ("R3", outputs("equality", printed(("x" * 66 + "\n") * 1_500)), "an output (text) has 100 kB"),
    ("R3", outputs("plot", picture(data=PIXEL + "A" * 410_000)), "output (image/png) has 308 kB"),
    ("R3", lambda nb: nb.metadata.update(more="x" * 1_001_000), "at most 1,000 are allowed"),
    ("R4", insert("question", *many(17, lines(9))), "163 lines of code outside exercises"),
    ("R4", insert("question", *many(26, "y = 1")), "31 code cells outside exercises, at most 30"),
    ("R4", insert("question", *many(6, lines(8))), "the median cell has 8 lines"),
    ("R4", append("equality", "\n" + lines(30)), "has 31 lines, at most 30"),
    (
        "R4",
        replace("equality", "torch", "def f(x):\n    pass\n" + lines(14) + "\ntorch"),
        "defines a function or class and has 17 lines, at most 15",
    ),
    ("R4", replace("solution-1", "checks", lines(20) + "\nchecks"), "(solution) has 23 lines"),
    ("R4", append("stub-2", "\n" + lines(11)), "(stub) has 13 lines"),
    ("R4", insert("question", drawing(26)), "(drawing) has 26 lines, at most 25"),
    ("R4", insert("question", *spaced(drawing(19), 4)), "76 lines of folded drawing code"),
    ("R4", insert("question", *spaced(drawing(25), 3)), None),
    ("R4", replace("check-3", "checks", lines(6) + "\nchecks"), "(check) has 7 lines"),
    ("R5", append("equality", "  # " + "x" * 50), "cell 9 [4], line 1 has 98 columns"),
    ("R5", append("solution-1", "  # " + "x" * 53), "has 79 columns"),
    ("R6", replace("question", PARAGRAPH * 20, ""), "words, expected 1,000 to 2,500"),
    ("R6", append("question", PARAGRAPH * 110), "words, expected 1,000 to 2,500"),
    ("R7", replace("questions", "## Q", "# Q"), "2 headings start with '# '"),
    ("R7", append("question", "\n```python\n# a comment\n```\n"), None),
    ("R7", replace("title", "# Scores", "## Scores"), "cell 1 does not begin with '# '"),
    ("R7", replace("title", "Which numbers add up to one, and which ", ""), "promises too little"),
    ("R8", append("after", "\n#### Too deep\n"), "a heading of level 4 after one of level 2"),
    ("R8", append("summary", "\n## References\n"), "['Summary', 'References'], expected"),
    ("R9", lambda nb: cell(nb, "facts").update(source="By hand."), "is not what facts.py"),
    ("R9", delete("facts"), "belongs right after the title, found at []"),
    ("R10", tags("imports"), "the first code cell, and no other, is tagged imports"),
    ("R10", folded("draw", "imports"), "the first code cell, and no other, is tagged imports"),
    ("R10", replace("imports", "\ntorch.manual_seed(seed(0))", ""), "draws numbers (randn)"),
    (
        "R10",
        replace("imports", "manual_seed(seed(0))", "manual_seed(42)"),
        "cell 3 [1]: manual_seed(42) does not follow D2LHELPERS_SEED",
    ),
    ("R11", delete("equality"), "no cell is tagged equality"),
    ("R11", replace("equality", "torch.testing.assert_close", "print"), "asserts nothing"),
    ("R12", delete("myth", "myth-check", "verdict", "prose myth"), "no cell is tagged myth"),
    ("R12", replace("myth", "On trial:", "Myth:"), 'no heading \'### On trial: "claim"\''),
    ("R12", delete("myth-check"), "no code cell tagged myth-check follows"),
    ("R12", tags("myth-check"), "no code cell tagged myth-check follows"),
    ("R12", delete("holds"), "no myth-check and no holds cell of it asserts"),
    ("R12", tags("verdict"), "no cell tagged verdict follows"),
    ("R12", replace("verdict", "**Wrong.**", "Wrong."), "the verdict does not begin in bold"),
    ("R12", tags("myth"), "cell 11 [5] belongs to no cell tagged myth"),
    ("R12", replace("prose myth", "**Half right.**", "Half right."), "no verdict in bold"),
    ("R12", replace("prose myth", " See {cite:t}`known2020`.", ""), "needs a citation"),
    (
        "R12",
        insert("myth-check", new_markdown_cell("But:"), new_code_cell("1 + 1", id="stray")),
        "a code cell between myth and verdict is tagged myth-check or holds",
    ),
    ("R13", tags("questions"), "no cell tagged questions holds a fold-out"),
    ("R13", replace("questions", "Why so?", "Because"), "the fold-out 'Because' is no question"),
    ("R13", replace("questions", "Because of the sum.", ""), "'Why so?' has no answer"),
    (
        "R14",
        delete("task-3", "stub-3", "check-3", "solution-3"),
        "2 exercises, expected 3 to 6",
    ),
    ("R14", replace("task-1", "{exercise}", "{note}"), "no {exercise} directive"),
    ("R14", replace("task-1", ":label: task-1\n", ""), "the exercise has no :label:"),
    ("R14", replace("task-2", "task-2", "task-1"), "the label 'task-1' is used twice"),
    ("R14", delete("check-1"), "[['stub'], ['solution']] follow, expected stub"),
    ("R14", tags("solution-2", "hide-cell"), "2 cells are tagged solution for 3 exercises"),
    ("R14", insert("draw", *exercise(4)[1:2]), "4 cells are tagged stub for 3 exercises"),
    ("R14", append("check-1", "\nx = 1"), "the last line of a check is checks.<name>(...)"),
    ("R14", replace("solution-1", "checks.compare", "checks.show"), "expected checks.compare"),
    ("R14", outputs("check-2", printed("✓ right\n")), "the stub is not refused"),
    ("R14", outputs("check-2", printed("✗ x=1: expected 2, you returned 1\n")), None),
    ("R14", outputs("solution-2", printed("✗ wrong\n")), "the solution does not pass its check"),
    ("R15", replace("summary", "next", "other"), "the word 'next' does not occur"),
    (
        "R16",
        lambda nb: [
            replace("after", " as in {cite}`known2020`", "")(nb),
            delete("prose myth")(nb),
        ],
        "nothing is cited",
    ),
    ("R16", replace("after", "known2020", "unknown1999"), "cites 'unknown1999', which is not in"),
    ("R17", outputs("equality", printed("/home/ada/book.csv\n")), "output holds '/home/ada'"),
    ("R17", append("equality", "  # see /usr/share/x"), "its source holds '/usr/share'"),
    ("R17", outputs("equality", printed("C:\\Users\\ada\n")), "its output holds"),
    ("R17", outputs("equality", printed("<A object at 0x7f1c2a3b4c5d>\n")), "at 0x7f1c2a3b4c5d"),
    ("R17", append("after", "A rate in km/home/h, and/or [a link](https://a.org/home/x).\n"), None),
    (
        "R18",
        insert("draw", *(new_code_cell("y = 1", id=f"more-{i}") for i in (1, 2))),
        "cell 7 [4] is the third code cell in a row",
    ),
    ("R18", insert("draw", new_code_cell("y = 1", id="more")), None),
    ("R18", insert("draw", new_code_cell("y = 1", id="more"), holding("assert x.sum()")), None),
    (
        "R18",
        insert("draw", new_code_cell("y", id="a"), holding("assert y"), new_code_cell("y", id="b")),
        "is the third code cell in a row",
    ),
    ("R12", replace("verdict", "**Wrong.**", "**Wrong**, unless it is right."), None),
    ("R19", append("equality", "\nclear_output()"), "cell 9 [4]: clear_output: update one display"),
    ("R19", append("equality", "\nDataset(num_workers=2)"), "no worker processes"),
    ("R19", new_worker_cell, None),
    ("R19", append("equality", "\nx = x.cuda()"), "write .to(device())"),
    ("R19", append("equality", "\n%pip install torch"), "pip install: packages are installed"),
    ("R19", append("equality", "\nplt.legend(fontsize=8)"), "legend without loc: name its place"),
    ("R19", append("equality", "\nplt.legend(fontsize=8, loc='right')"), None),
    ("R19", append("equality", "\n!ls"), "a magic or a shell line"),
    ("R19", append("equality", "\nfrom tqdm import tqdm"), "tqdm: it leaves its bar"),
    ("R19", append("equality", "\nx.sum();"), "the last line ends in ';'"),
    ("R19", append("equality", "\nK = 'KMP_DUPLICATE_LIB_OK'"), "hides two OpenMP libraries"),
    ("R20", metadata("plot", mystnb={}), "a figure has no alternative text"),
    ("R20", metadata("plot", mystnb={"image": {"alt": "a curve"}}), "fewer than 5 words"),
    ("R20", metadata("plot", mystnb={"image": {"alt": "it is all in p.png"}}), "is a file name"),
    ("R20", outputs("plot"), "has an alternative text and no figure"),
    ("R20", outputs("plot", picture(), picture()), "stores 2 figures, expected one"),
    ("R20", outputs("plot", picture("image/svg+xml", "<svg/>")), "stored as ['image/svg+xml']"),
    ("R20", figure(caption="Look."), "the caption has 1 words, expected (5, 60)"),
    ("R20", figure(caption="no sentence and no full stop"), "a caption is a sentence"),
    ("R20", figure(caption="A curve that falls from left to right."), "and another one than"),
    ("R20", figure(name="scores"), "no name of the form fig-..."),
    ("R20", append("after", "\n![short](attachment:a.png)\n"), "fewer than 5 words: 'short'"),
    ("R20", append("after", "\n:::{figure} a.png\nA caption.\n:::\n"), "no alternative text"),
    (
        "R20",
        append("after", "\n:::{figure} a.png\n:alt: A road that climbs a hill\nA.\n:::\n"),
        None,
    ),
    ("R21", append("equality", "\ntorch.load('net.pt')"), "torch.load('net.pt') names a file"),
    ("R21", append("equality", "\nwith open('a.csv') as f:\n    pass"), "open('a.csv') names"),
    ("R22", append("after", "\n:::{tab-set}\n:::\n"), "the directive {tab-set} is not on the list"),
    ("R22", append("after", "\n```{note}\nRead on.\n```\n"), "write :::{note}, backticks show"),
    ("R22", append("after", "\n```{math}\nx\n```\n"), None),
    ("R22", append("after", "\n```\n:::{tab-set}\n```\n"), None),
    ("R22", append("after", "As in {math}`x`.\n"), "the role {math} is not on the list"),
    ("R22", append("after", "As in {numref}`fig-scores`.\n"), None),
    ("R22", append("after", "See {doc}`/chapters/a/b`.\n"), "needs words"),
    ("R22", append("after", "See {doc}`the page on b </chapters/a/b>`.\n"), None),
    ("R22", append("after", "\n(a-label)=\n### More\n"), "'(label)=' shows as text"),
    ("R22", append("after", "Version {{ version }}.\n"), "a substitution {{...}} shows as text"),
    ("R22", append("after", "<div>Text</div>\n"), "HTML (<div>) instead of Markdown"),
    ("R22", append("after", "$a <b$ and `<div>`\n"), None),
    ("R23", old_format, "its format is 4.4, expected 4.5"),
    ("R23", lambda nb: nb.cells[4].update(id="title"), "a cell has no id, or two have the same"),
    ("R23", metadata(None, kernelspec={"name": "mine"}), "its kernel is 'mine'"),
    ("R23", metadata(None, language_info={"name": "python", "version": "3"}), "language_info"),
    ("R23", metadata(None, widgets={}), "it stores the state of widgets"),
    ("R23", metadata("draw", execution={}), "cell 5 [2] stores times of execution"),
    ("R23", metadata("draw", nbval={"rtol": 0.1}), "cell 5 [2]: nbval has no 'why'"),
    ("R23", metadata("draw", nbval={"tol": 1, "why": "noise"}), "nbval knows no ['tol']"),
    ("R23", metadata("draw", nbval={"rtol": 0.1, "why": "noise"}), None),
    (
        "R23",
        outputs("equality", picture("application/vnd.jupyter.widget-view+json", "{}")),
        "stores a widget",
    ),
    ("R24", tags("draw", "realdata"), "cell 5 [2]: unknown tag 'realdata'"),
    ("R25", metadata(None, book={"before": " ", "data": []}), "metadata.book.before is empty"),
    ("R25", append("draw", "\nload_mnist()"), "is [], its code loads ['MNIST']"),
    ("R25", tags("draw", "real-data"), "it loads none, and a cell is tagged real-data"),
    (
        "R25",
        lambda nb: [
            append("draw", "\nload_mnist()")(nb),
            metadata(None, book={"before": "Python", "data": ["MNIST"]})(nb),
        ],
        "['MNIST']; no cell is tagged real-data",
    ),
    ("R26", append("imports", "\nfrom d2lhelpers.data import load"), "d2lhelpers.data has no load"),
    ("R26", append("imports", "\nimport d2lhelpers.nowhere"), "is no module d2lhelpers.nowhere"),
    ("R26", append("imports", "\nimport d2lhelpers\nd2lhelpers.fit"), "d2lhelpers has no fit"),
    ("R26", append("imports", "\nfrom d2lhelpers import device\ndevice.seed(1)"), None),
    (
        "R26",
        lambda nb: [
            replace(name, "checks.compare", "checks.nowhere")(nb)
            for name in ("check-1", "solution-1")
        ],
        "d2lhelpers.checks.core has no nowhere",
    ),
    ("R27", append("after", "It is simply a sum.\n"), "cell 6: 'simply'"),
    ("R27", append("after", "What a sum!\n"), "cell 6: an exclamation mark"),
    ("R27", append("after", "Not $n!$ but `x != y`.\n"), None),
    ("R28", metadata(None, stamp={**STAMP, "seconds": 61.0}), "it took 61.0 s"),
    ("R28", metadata(None, stamp={**STAMP, "peak_memory_mb": 2_100}), "used 2,100 MB"),
    ("R29", replace("after", "2.13", "2.14"), "cell 6: 2.14 is in no code and no output"),
    ("R29", append("after", "That is 212.5 % of one, see chapter 6.2.\n"), None),
    ("R29", append("after", "That is 212.4 % of one.\n"), "212.4 % is in no code"),
    ("R29", append("after", "People reach 9.75 % {cite}`known2020`.\n"), None),
    ("R11", append("equality", "\nassert x" * 3), "asserts 4 times, at most 3"),
    ("R30", append("draw", "\nassert x.sum()"), "cell 5 [2] asserts, and is not tagged equality"),
    ("R30", append("myth-check", "\ntorch.testing.assert_close(x, x)"), "cell 11 [5] asserts"),
    ("R30", append("solution-1", "\nassert x\nchecks.compare(double)"), None),
    ("R31", outputs("equality", printed("x" * 79)), "cell 9 [4] prints 79 columns"),
    ("R31", outputs("equality", printed("x" * 78 + "\n" + "x" * 78)), None),
    ("R31", outputs("check-1", printed("✗ " + "x" * 79)), None),
    ("R31", outputs("equality", table_output("x" * 79)), None),
    ("R31", failing("x" * 79), "prints 79 columns"),
    ("R31", failing("\x1b[31m" + "x" * 78 + "\x1b[0m"), None),
    ("R32", metadata("solution-3", jupyter={}), "(solution) lacks jupyter.source_hidden: true"),
    ("R32", metadata("imports", jupyter={}), "(imports) lacks jupyter.source_hidden: true"),
    ("R33", insert("question", holding("print()")), "is tagged holds and asserts nothing"),
    ("R33", outputs("holds", printed("yes")), "is tagged holds and has outputs"),
    ("R34", insert("prose myth", *claims(2)), "4 claims on trial"),
    ("R34", insert("prose myth", *claims(1)), None),
    ("R35", replace("slips", "as it is |", "right |"), "the head is as it is written | right"),
    ("R35", replace("slips", "| a method |", "|"), "a row is not of 3 filled cells"),
    ("R35", replace("slips", "| `x.sum` | `x.sum()` | a method |\n", ""), "the table has no rows"),
    ("R35", append("slips", "\n:::{dropdown} More\nText.\n:::\n"), "2 fold-outs, expected one"),
    ("R35", replace("slips", "\n\n:::\n", "\n\nOr:\n\n| a | b |\n|---|---|\n\n:::\n"), "2 tables"),
    ("R35", replace("slips", "`x.sum()`", "`x.sum() \\| 1`"), None),
    ("R35", replace("slips-check", "assert ", ""), "is tagged slips and asserts nothing"),
    ("R35", delete("slips-check"), "expected a text and then a code cell"),
    ("R35", insert("slips-check", *claims(1)), "a trial comes after the slips"),
    ("R35", delete("slips", "slips-check"), None),
    ("R36", replace("guess", "Which is larger?", "Larger."), "asks nothing before its fold-out"),
    ("R36", replace("guess", "The first, by far.", ""), "has no fold-out with the answer"),
    ("R36", replace("guess", ":::{dropdown} The answer", ""), "has no fold-out with the answer"),
    ("R37", outputs("plot", picture(data=saved_again(PIXEL))), "its figure is signed ''"),
    (
        "R37",
        metadata(None, stamp={**STAMP, "versions": {"matplotlib": "3.11.1"}}),
        "is signed 'Matplotlib version3.11.2, https://matplotlib.org/', and the stamp names",
    ),
    ("R37", metadata(None, stamp={**STAMP, "versions": {"matplotlib": "3.1"}}), "matplotlib 3.1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "change", "message"),
    MUTATIONS,
    ids=[f"{number}-{message or 'allowed'}"[:60] for number, _, message in MUTATIONS],
)
def test_a_rule_notices_its_breach_and_nothing_else(
    tmp_path: Path, number: str, change: Callable, message: str | None
) -> None:
    nb = good_notebook()
    change(nb)
    if number != "R9":
        nb.cells[1].source = facts(nb)
    found = breaches(nb, tmp_path)
    if message is None:
        assert found == {}
    else:
        assert list(found) == [number]
        assert message in "\n".join(found[number])


def test_every_rule_has_a_breach() -> None:
    assert {number for number, _, message in MUTATIONS if message} == {r.number for r in RULES}
