"""What every notebook of the book keeps to, one function per rule.

A rule looks at one page and yields its problems, one sentence each; ``RULES`` holds them in
order. Cells are counted from 1, markdown included; ``[n]`` is the label that Jupyter shows.
"""

from __future__ import annotations

import ast
import importlib
import itertools
import re
import socket
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import nbformat.v4
from facts import (
    EXERCISE_TAGS,
    NOT_WORDS,
    count_figures,
    count_lines,
    count_words,
    facts,
    prose_cells,
)
from nbformat import NotebookNode
from stamps import PACKAGE, ROOT, parse

FILE_KB, OUTPUT_KB, PICTURE_KB = 1_000, 100, 300
CODE_LINES, CODE_CELLS, MEDIAN_LINES = 150, 30, 6
DEFINING_LINES, CELL_LINES = 15, 30  # a cell that defines something; any other
DRAWINGS_LINES = 75  # folded code that only draws, on a page
LIMITS = {"stub": 12, "check": 6, "solution": 20, "drawing": 25}
COLUMNS = 88
WORDS = (1_000, 2_500)
PROMISE_WORDS, ALT_WORDS, CAPTION_WORDS = 10, 5, (5, 60)
EXERCISES = (3, 6)
CODE_IN_A_ROW = 2
SECONDS, MEMORY_MB = 60, 2_000

KNOWN_TAGS = {
    "facts", "imports", "equality", "myth", "myth-check", "verdict", "prose", "questions",
    "exercise", "stub", "check", "solution", "real-data", "photo", "drawing", "workers",
    "raises-exception",
    "hide-cell", "hide-input", "hide-output", "remove-cell", "remove-input", "remove-output",
    "remove-stdout", "scroll-output", "full-width", "margin",
}  # fmt: skip
NBVAL_KEYS = {"rtol", "atol", "integers", "figure", "timeout", "why"}
DIRECTIVES = {
    "admonition", "dropdown", "exercise", "figure", "important", "list-table", "literalinclude",
    "math", "note", "seealso", "table", "tip", "warning",
}  # fmt: skip
CODE_LIKE_DIRECTIVES = {"math", "literalinclude"}
ROLES = {"doc", "eq", "numref", "ref", "term", "glue:", "glue:text", "index"}
RANDOM = {
    "rand", "randn", "randint", "randperm", "rand_like", "randn_like", "normal", "normal_",
    "uniform_", "multinomial", "bernoulli", "shuffle", "default_rng", "dropout", "Dropout",
    "Linear", "LazyLinear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose2d", "Embedding", "RNN",
    "GRU", "LSTM", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_",
    "Batches", "DataLoader",
}  # fmt: skip
FILE_CALLS = {
    "open", "Path", "load", "imread", "loadtxt", "genfromtxt", "fromfile", "read_csv",
    "read_json", "save", "savez", "savetxt", "savefig", "imsave", "to_csv",
}  # fmt: skip
REFUSED = {
    r"\bclear_output\b": "clear_output: update one display instead (display(..., display_id=True))",
    r"\bnum_workers\b": "num_workers: no worker processes, the data lie in memory; where they are "
    "the lesson, tag the cell workers",
    r"\.cuda\(": ".cuda(): write .to(device()), so that the page runs everywhere",
    r"\bpip3?\s+install\b": "pip install: packages are installed before the notebook is opened",
    r"\btqdm\b": "tqdm: it leaves its bar in the outputs; use d2lhelpers.progress",
    r"KMP_DUPLICATE_LIB_OK": "KMP_DUPLICATE_LIB_OK: it hides two OpenMP libraries in one process",
    r"\.legend\((?![^)]*\bloc=)": "legend without loc: name its place, the best hangs on points",
    r"(?m)^\s*[%!]": "a magic or a shell line: write plain Python, which can be pasted anywhere",
}
MACHINE = re.compile(
    r"""
      (?<![\w/.:<~*\\])/(?:home|Users|root|tmp|usr|opt|mnt|var|etc|private|srv|work|workspace|content)
      /[\w.~-]+
    | \b[A-Z]:\\(?:Users|Windows|Program)[^\s'"]*
    | \bat\ 0x[0-9a-fA-F]{6,}
    """,
    re.VERBOSE,
)
FORBIDDEN_WORDS = re.compile(
    r"\b(?:simply|obviously|crucial(?:ly)?|powerful|easy to see)\b", re.IGNORECASE
)


class Page:
    """A notebook with what the rules ask of it."""

    def __init__(self, path: Path, root: Path = ROOT) -> None:
        self.path, self.root = path, root
        # Read as it lies there: nbformat.read would mend what a rule looks for.
        self.nb = nbformat.v4.reads(path.read_text(encoding="utf-8"))

    @cached_property
    def cells(self) -> list[Cell]:
        cells, label = [], 0
        for number, node in enumerate(self.nb.cells, start=1):
            runs = node.cell_type == "code" and bool(node.source.strip())
            label += runs
            cells.append(Cell(number, node, label if runs else None))
        return cells

    @property
    def code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_code]

    @property
    def markdown(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.is_code]

    def tagged(self, tag: str) -> list[Cell]:
        return [cell for cell in self.cells if tag in cell.tags]


class Cell:
    """A cell with its number, counted from 1, and the label that Jupyter gives it after a run."""

    def __init__(self, number: int, node: NotebookNode, label: int | None) -> None:
        self.number, self.node, self.label = number, node, label
        self.source: str = node.source
        self.is_code = node.cell_type == "code"
        self.tags = set(node.metadata.get("tags", []))
        self.outputs: list[NotebookNode] = node.get("outputs", [])

    def __str__(self) -> str:
        return f"cell {self.number}" + (f" [{self.label}]" if self.label else "")

    @cached_property
    def tree(self) -> ast.Module:
        return parse(self.source)

    @cached_property
    def calls(self) -> list[ast.Call]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]

    @property
    def printed(self) -> str:
        """The text of its outputs, as shown beside no picture."""
        parts = []
        for output in self.outputs:
            data = output.get("data", {})
            parts.append(output.get("text", ""))
            parts.append("" if "image/png" in data else data.get("text/plain", ""))
        return "\n".join(filter(None, parts))

    def asserts(self) -> bool:
        return any(isinstance(node, ast.Assert) for node in ast.walk(self.tree)) or any(
            name.startswith("assert_") or name == "gradcheck" for name in map(name_of, self.calls)
        )


@dataclass(frozen=True)
class Rule:
    """A rule: what holds (``title``), how a breach is mended, and the function that looks."""

    number: str
    title: str
    mend: str
    check: Callable[[Page], Iterator[str]]


RULES: list[Rule] = []


def rule(title: str, mend: str) -> Callable[[Callable], Callable]:
    def add(check: Callable[[Page], Iterator[str]]) -> Callable[[Page], Iterator[str]]:
        RULES.append(Rule(f"R{len(RULES) + 1}", title, mend, check))
        return check

    return add


# --- outputs -------------------------------------------------------------------------------


@rule("its cells were run once, from top to bottom", "make execute NOTEBOOK=<path>")
def run_in_order(page: Page) -> Iterator[str]:
    if page.code and all(cell.node.execution_count is None for cell in page.code):
        yield "it was never run"
        return
    count = 0
    for cell in page.code:
        if not cell.source.strip():
            yield f"{cell} is an empty code cell; delete it"
            continue
        count += 1
        if cell.node.execution_count != count:
            yield f"{cell} has execution count {cell.node.execution_count}, expected {count}"


@rule("no error and nothing on stderr is stored", "mend the cell, then make execute")
def clean_outputs(page: Page) -> Iterator[str]:
    for cell in page.code:
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in cell.tags:
                yield f"{cell} stores an error ({output.ename}); tag it raises-exception if meant"
            if output.get("name") == "stderr":
                yield f"{cell} stores stderr: {output.text.strip().splitlines()[0]!r}"


@rule("it is small", "fewer or simpler figures; print less")
def small(page: Page) -> Iterator[str]:
    size = page.path.stat().st_size / 1_000
    if size > FILE_KB:
        yield f"the file has {size:,.0f} kB, at most {FILE_KB:,} are allowed"
    for cell in page.code:
        for output in cell.outputs:
            contents = {"text": output.get("text", ""), **output.get("data", {})}
            for kind, content in contents.items():
                picture = kind == "image/png"
                # Base64 writes three bytes as four characters.
                kb = len(str(content)) / 1_000 * (0.75 if picture else 1)
                limit = PICTURE_KB if picture else OUTPUT_KB
                if kb > limit:
                    yield f"{cell}: an output ({kind}) has {kb:,.0f} kB, at most {limit}"


# --- length --------------------------------------------------------------------------------


@rule("its code is short", "split the cell, or move what is no lesson into a helper")
def short_code(page: Page) -> Iterator[str]:
    teaching = [cell for cell in page.code if not cell.tags & (EXERCISE_TAGS | {"drawing"})]
    lines = [count_lines(cell.source) for cell in teaching]
    if sum(lines) > CODE_LINES:
        yield f"{sum(lines)} lines of code outside exercises, at most {CODE_LINES} are allowed"
    if len(lines) > CODE_CELLS:
        yield f"{len(lines)} code cells outside exercises, at most {CODE_CELLS} are allowed"
    if lines and statistics.median(lines) > MEDIAN_LINES:
        yield f"the median cell has {statistics.median(lines):g} lines, at most {MEDIAN_LINES}"
    for cell, length in zip(teaching, lines):
        defines = any(isinstance(n, (ast.FunctionDef, ast.ClassDef)) for n in cell.tree.body)
        limit = DEFINING_LINES if defines else CELL_LINES
        if length > limit:
            what = "defines a function or class and " if defines else ""
            yield f"{cell} {what}has {length} lines, at most {limit} are allowed"
    for tag, limit in LIMITS.items():
        for cell in page.tagged(tag):
            if count_lines(cell.source) > limit:
                yield f"{cell} ({tag}) has {count_lines(cell.source)} lines, at most {limit}"
    drawn = [count_lines(cell.source) for cell in page.tagged("drawing")]
    if sum(drawn) > DRAWINGS_LINES:
        yield f"{sum(drawn)} lines of folded drawing code, at most {DRAWINGS_LINES} are allowed"


@rule(f"its code has at most {COLUMNS} columns", "break the line")
def narrow_code(page: Page) -> Iterator[str]:
    for cell in page.code:
        for number, line in enumerate(cell.source.splitlines(), start=1):
            if len(line) > COLUMNS:
                yield f"{cell}, line {number} has {len(line)} columns"


@rule("its text has a readable length", "split the page, or say more")
def readable_length(page: Page) -> Iterator[str]:
    words = sum(count_words(cell.source) for cell in prose_cells(page.nb))
    if not WORDS[0] <= words <= WORDS[1]:
        yield (
            f"{words:,} words, expected {WORDS[0]:,} to {WORDS[1]:,} "
            "(facts, exercises and formulas not counted)"
        )


# --- anatomy -------------------------------------------------------------------------------


@rule("it opens with one title and a promise", "'# Title', then what the reader will be able to do")
def title_and_promise(page: Page) -> Iterator[str]:
    titles = [cell for cell in page.markdown for _ in re.findall(r"(?m)^# ", unfenced(cell.source))]
    if len(titles) != 1:
        yield f"{len(titles)} headings start with '# ', expected one"
    first = page.cells[0]
    if first.is_code or not first.source.startswith("# "):
        yield "cell 1 does not begin with '# '"
        return
    promise = first.source.partition("\n")[2]
    if count_words(promise) < PROMISE_WORDS:
        yield f"cell 1 promises too little: {count_words(promise)} words after the title"


@rule("its headings form an outline", "use '##' for sections and '###' below them")
def outline(page: Page) -> Iterator[str]:
    levels = [(cell, len(marks)) for cell, marks, _ in headings(page)]
    for (_, level), (cell, following) in itertools.pairwise(levels):
        if following > level + 1 or following > 3:
            yield f"{cell} has a heading of level {following} after one of level {level}"
    sections = [text for _, marks, text in headings(page) if marks == "##"]
    if sections[-2:] != ["Exercises", "Summary"]:
        yield f"the last two sections are {sections[-2:]}, expected ['Exercises', 'Summary']"


@rule("the note of facts is generated", "make execute")
def generated_facts(page: Page) -> Iterator[str]:
    tagged = page.tagged("facts")
    if [cell.number for cell in tagged] != [2] or page.cells[1].is_code:
        where = [cell.number for cell in tagged]
        yield f"one markdown cell tagged facts belongs right after the title, found at {where}"
    elif page.cells[1].source != facts(page.nb):
        yield "cell 2 is not what facts.py makes of the metadata and the stamp"


@rule(
    "imports and seed come first",
    "tag the first code cell imports; write torch.manual_seed(seed(0)) there, with seed from "
    "d2lhelpers.device",
)
def imports_and_seed(page: Page) -> Iterator[str]:
    tagged = [cell for cell in page.tagged("imports") if cell.is_code]
    if not page.code or tagged != page.code[:1]:
        yield "the first code cell, and no other, is tagged imports"
        return
    seeded = False
    for cell in page.code:
        for call in cell.calls:
            if name_of(call) != "manual_seed":
                continue
            argument = call.args[0] if call.args else None
            if isinstance(argument, ast.Constant):
                yield f"{cell}: manual_seed({argument.value!r}) does not follow D2LHELPERS_SEED"
            seeded |= cell is tagged[0]
    drawn = sorted(
        {name for cell in page.code for name in map(name_of, cell.calls) if name in RANDOM}
    )
    if drawn and not seeded:
        yield f"the imports cell sets no seed, and the page draws numbers ({', '.join(drawn)})"


@rule(
    "an equality cell compares with the library or a hand-computed case",
    "tag the cell equality and let it assert, for instance with torch.testing.assert_close",
)
def equality(page: Page) -> Iterator[str]:
    cells = page.tagged("equality")
    if not cells:
        yield "no cell is tagged equality"
    for cell in cells:
        if not cell.is_code or not cell.asserts():
            yield f"{cell} is tagged equality and asserts nothing"


@rule(
    "a claim stands on trial, with a verdict",
    "a cell tagged myth ('### On trial: \"claim\"'), code tagged myth-check that asserts, a cell "
    "tagged verdict ('**Wrong.** ...'); or one cell tagged myth and prose, with a citation",
)
def myths(page: Page) -> Iterator[str]:
    cells = page.cells
    judged: set[int] = set()
    if not page.tagged("myth"):
        yield "no cell is tagged myth"
    for cell in page.tagged("myth"):
        if not re.search(r"(?m)^### On trial: [\"“].+[\"”]\s*$", cell.source):
            yield f"{cell}: no heading '### On trial: \"claim\"'"
        if "prose" in cell.tags:
            if not VERDICT.search(cell.source):
                yield f"{cell}: no verdict in bold, such as '**Wrong.**', at the start of a line"
            if not cited(cell):
                yield f"{cell}: a claim decided by prose needs a citation"
            continue
        trial = []
        for following in cells[cell.number :]:
            if not following.is_code and re.search(r"(?m)^#", unfenced(following.source)):
                break
            judged.add(following.number)
            trial.append(following)
            if "verdict" in following.tags:
                break
        evidence = [other for other in trial if other.is_code]
        if not any("myth-check" in other.tags for other in evidence):
            yield f"{cell}: no code cell tagged myth-check follows"
        elif not any(other.asserts() for other in evidence if "myth-check" in other.tags):
            yield f"{cell}: no myth-check cell asserts anything"
        for other in evidence:
            if "myth-check" not in other.tags:
                yield f"{other}: a code cell between myth and verdict is tagged myth-check"
        if not trial or "verdict" not in trial[-1].tags:
            yield f"{cell}: no cell tagged verdict follows"
        elif not VERDICT.match(trial[-1].source):
            yield f"{trial[-1]}: the verdict does not begin in bold, such as '**Wrong.**'"
    for cell in page.tagged("myth-check") + page.tagged("verdict"):
        if cell.number not in judged:
            yield f"{cell} belongs to no cell tagged myth"


@rule(
    "questions are answered in fold-outs",
    "in a markdown cell tagged questions: ':::{dropdown} Question?', the answer, ':::'",
)
def questions(page: Page) -> Iterator[str]:
    found = 0
    for cell in page.tagged("questions"):
        for title, body in re.findall(
            r"(?ms)^:::+\{dropdown\}[ \t]*([^\n]*)\n(.*?)^:::+[ \t]*$", cell.source
        ):
            found += 1
            if not title.strip().endswith("?"):
                yield f"{cell}: the fold-out {title!r} is no question"
            if not count_words(body):
                yield f"{cell}: the question {title!r} has no answer"
    if not found:
        yield "no cell tagged questions holds a fold-out"


@rule(
    "exercises answer at once",
    "three to six times: markdown tagged exercise with a labeled {exercise}, then code cells "
    "tagged stub, check and solution; see CONTRIBUTING.md",
)
def exercises(page: Page) -> Iterator[str]:
    tasks = page.tagged("exercise")
    if not EXERCISES[0] <= len(tasks) <= EXERCISES[1]:
        yield f"{len(tasks)} exercises, expected {EXERCISES[0]} to {EXERCISES[1]}"
    labels = []
    for position, cell in enumerate(tasks):
        if not re.search(r"(?m)^[:`]{3,}\{exercise\}", cell.source):
            yield f"{cell}: no {{exercise}} directive"
        labels += re.findall(r"(?m)^:label:\s*(\S+)", cell.source) or [None]
        if labels[-1] is None:
            yield f"{cell}: the exercise has no :label:"
        elif labels[-1] in labels[:-1]:
            yield f"{cell}: the label {labels[-1]!r} is used twice"
        end = tasks[position + 1].number - 1 if position + 1 < len(tasks) else len(page.cells)
        following = [c for c in page.cells[cell.number : end] if c.is_code][:3]
        tags = [sorted(c.tags & {"stub", "check", "solution"}) for c in following]
        if tags != [["stub"], ["check"], ["solution"]]:
            yield f"{cell}: code cells tagged {tags} follow, expected stub, check, solution"
            continue
        yield from _answers(*following)
    inside = {c.number for c in tasks}
    for tag in ("stub", "check", "solution"):
        if len(page.tagged(tag)) != len(inside):
            yield f"{len(page.tagged(tag))} cells are tagged {tag} for {len(inside)} exercises"


def _answers(stub: Cell, check: Cell, solution: Cell) -> Iterator[str]:
    asked, answered = _last_call(check), _last_call(solution)
    if not asked:
        yield f"{check}: the last line of a check is checks.<name>(...)"
    elif asked != answered:
        yield f"{solution}: the last line calls {answered or 'no check'}, expected {asked}"
    if not any(line.startswith("✗") for line in check.printed.splitlines()):
        yield f"{check}: the untouched stub is not refused (no line starts with ✗)"
    if not solution.printed.lstrip().startswith("✓"):
        yield f"{solution}: the solution does not pass its check (the output starts with no ✓)"
    hidden = solution.node.metadata.get("jupyter", {}).get("source_hidden")
    if "hide-cell" not in solution.tags or not hidden:
        yield f"{solution}: a solution has the tag hide-cell and jupyter.source_hidden: true"


def _last_call(cell: Cell) -> str | None:
    last = cell.tree.body[-1] if cell.tree.body else None
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        called = ast.unparse(last.value.func)
        return called if called.startswith("checks.") else None
    return None


@rule("the summary says what comes next", "end with a sentence on the next page, with a link")
def summary(page: Page) -> Iterator[str]:
    starts = [cell.number for cell, _, text in headings(page) if text == "Summary"]
    text = "\n".join(c.source for c in page.markdown if starts and c.number >= starts[-1])
    if not re.search(r"\bnext\b", text, re.IGNORECASE):
        yield "the word 'next' does not occur in the summary"


@rule("a source is cited", "{cite}`key` with a key of references.bib")
def citations(page: Page) -> Iterator[str]:
    keys = {key: cell for cell in page.markdown for key in cited(cell)}
    if not keys:
        yield "nothing is cited"
    known = bibliography(page.root)
    for key, cell in keys.items():
        if key not in known:
            yield f"{cell} cites {key!r}, which is not in references.bib"


# --- what is in the cells ------------------------------------------------------------------


@rule("nothing names the machine it ran on", "print a name, not a path; no object addresses")
def no_machine(page: Page) -> Iterator[str]:
    host = socket.gethostname()
    for cell in page.cells:
        for where, text in (("source", cell.source), ("output", _all_text(cell))):
            found = MACHINE.findall(text)
            if len(host) > 4 and re.search(rf"\b{re.escape(host)}\b", text):
                found.append(host)
            if found:
                yield f"{cell}: its {where} holds {found[0]!r}"


@rule("text and code take turns", "say before a cell what to look for, and after it what was seen")
def rhythm(page: Page) -> Iterator[str]:
    in_a_row = 0
    for cell in page.cells:
        in_a_row = in_a_row + 1 if cell.is_code and not cell.tags & EXERCISE_TAGS else 0
        if in_a_row == CODE_IN_A_ROW + 1:
            yield f"{cell} is the third code cell in a row without text between"


@rule("its code runs anywhere and leaves nothing behind", "see the message")
def portable_code(page: Page) -> Iterator[str]:
    for cell in page.code:
        for pattern, why in REFUSED.items():
            if "num_workers" in pattern and "workers" in cell.tags:
                continue
            if re.search(pattern, cell.source):
                yield f"{cell}: {why}"
        if cell.source.rstrip().endswith(";"):
            yield f"{cell}: the last line ends in ';': end with plt.show() or another statement"


@rule(
    "a figure is one PNG with an alternative text, a caption and a name",
    "cell metadata: mystnb.image.alt says what is seen, mystnb.figure.caption what to notice, "
    "mystnb.figure.name is fig-...; one figure a cell",
)
def figures(page: Page) -> Iterator[str]:
    for cell in page.code:
        pictures = [k for o in cell.outputs for k in o.get("data", {}) if k.startswith("image/")]
        settings = cell.node.metadata.get("mystnb", {})
        alt = settings.get("image", {}).get("alt")
        if alt and not pictures:
            yield f"{cell} has an alternative text and no figure"
        if not pictures:
            continue
        if set(pictures) != {"image/png"}:
            yield f"{cell}: a figure is stored as {sorted(set(pictures))}, expected PNG alone"
        if count_figures(cell.node) > 1:
            yield f"{cell} stores {count_figures(cell.node)} figures, expected one"
        if problem := _poor_alt(alt):
            yield f"{cell}: {problem}"
        figure = settings.get("figure", {})
        words = count_words(figure.get("caption", ""))
        if not CAPTION_WORDS[0] <= words <= CAPTION_WORDS[1]:
            yield f"{cell}: the caption has {words} words, expected {CAPTION_WORDS}"
        elif not figure["caption"].rstrip("*$").endswith((".", "?")) or figure["caption"] == alt:
            yield f"{cell}: a caption is a sentence, and another one than the alternative text"
        if not re.fullmatch(r"fig-[a-z0-9-]+", figure.get("name", "")):
            yield f"{cell}: the figure has no name of the form fig-..., for {{numref}}"
    for cell in page.tagged("drawing"):
        if "hide-input" not in cell.tags or not cell.node.metadata.get("jupyter", {}).get(
            "source_hidden"
        ):
            yield f"{cell}: a drawing has the tag hide-input and jupyter.source_hidden: true"
    for cell in page.markdown:
        for alt in re.findall(r"!\[([^\]]*)\]\(", cell.source):
            if problem := _poor_alt(alt):
                yield f"{cell}: {problem}"
        for body in re.findall(r"(?ms)^([:`]{3,})\{figure\}(.*?)^\1\s*$", cell.source):
            given = re.search(r"(?m)^:alt:\s*(.*)$", body[1])
            if problem := _poor_alt(given and given[1]):
                yield f"{cell}: {problem}"


def _poor_alt(alt: str | None) -> str | None:
    if not alt or not alt.strip():
        return "a figure has no alternative text"
    if re.search(r"\.(?:png|svg|jpe?g)\s*$", alt):
        return f"the alternative text is a file name: {alt!r}"
    if len(alt.split()) < ALT_WORDS:
        return f"the alternative text has fewer than {ALT_WORDS} words: {alt!r}"
    return None


@rule(
    "it needs no file beside it",
    "load data with d2lhelpers.data; write into a folder of the tempfile module",
)
def no_files(page: Page) -> Iterator[str]:
    for cell in page.code:
        for call in cell.calls:
            texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
            paths = [text for text in texts if isinstance(text, str)]
            if name_of(call) in FILE_CALLS and paths:
                yield f"{cell}: {ast.unparse(call.func)}({paths[0]!r}) names a file"


@rule(
    "its markup reads well where it is not rendered",
    "use the directives and roles listed in CONTRIBUTING.md, colon fences around text, and words "
    "in links",
)
def readable_markup(page: Page) -> Iterator[str]:
    for cell in page.markdown:
        source = re.sub(r"(?ms)^(`{3,})(?!\{)\w*\n.*?^\1\s*$", "", cell.source)
        for fence, name in re.findall(r"(?m)^\s*([:`]{3,})\{([\w:-]+)\}", source):
            if name not in DIRECTIVES:
                yield f"{cell}: the directive {{{name}}} is not on the list"
            elif fence[0] == "`" and name not in CODE_LIKE_DIRECTIVES:
                yield f"{cell}: write :::{{{name}}}, backticks show its text as code in JupyterLab"
        for name, content in re.findall(r"\{([\w:]+)\}`([^`]+)`", source):
            if name not in ROLES and not name.startswith("cite"):
                yield f"{cell}: the role {{{name}}} is not on the list"
            elif name in ("doc", "ref") and "/" in content and "<" not in content:
                yield f"{cell}: {{{name}}}`{content}` needs words: {{{name}}}`words <{content}>`"
        if re.search(r"(?m)^\([\w-]+\)=\s*$", source):
            yield f"{cell}: '(label)=' shows as text; link to a heading: [words](page.md#heading)"
        plain = re.sub(r"`[^`\n]*`", "", NOT_WORDS.sub(" ", source))
        if "{{" in plain:
            yield f"{cell}: a substitution {{{{...}}}} shows as text"
        for tag in re.findall(r"</?([a-z][a-z0-9]*)\b[^>\n]*>", plain):
            yield f"{cell}: HTML (<{tag}>) instead of Markdown"


@rule("its metadata is clean", "make execute; a tolerance needs a reason: nbval.why")
def clean_metadata(page: Page) -> Iterator[str]:
    metadata = page.nb.metadata
    if (page.nb.nbformat, page.nb.nbformat_minor) != (4, 5):
        yield f"its format is {page.nb.nbformat}.{page.nb.nbformat_minor}, expected 4.5"
    if metadata.get("kernelspec", {}).get("name") != "python3":
        yield f"its kernel is {metadata.get('kernelspec', {}).get('name')!r}, expected 'python3'"
    if metadata.get("language_info") != {"name": "python"}:
        yield "language_info holds more, or other, than the name 'python'"
    if "widgets" in metadata:
        yield "it stores the state of widgets"
    ids = [cell.node.get("id") for cell in page.cells]
    if None in ids or len(set(ids)) < len(ids):
        yield "a cell has no id, or two have the same"
    for cell in page.cells:
        if "execution" in cell.node.metadata:
            yield f"{cell} stores times of execution"
        if any(
            "application/vnd.jupyter.widget" in k for o in cell.outputs for k in o.get("data", {})
        ):
            yield f"{cell} stores a widget"
        override = cell.node.metadata.get("nbval")
        if override is not None and not str(override.get("why", "")).strip():
            yield f"{cell}: nbval has no 'why'"
        if unknown := set(override or {}) - NBVAL_KEYS:
            yield f"{cell}: nbval knows no {sorted(unknown)}"


@rule("its tags are known", "mend the spelling; the list is in CONTRIBUTING.md")
def known_tags(page: Page) -> Iterator[str]:
    for cell in page.cells:
        for tag in sorted(cell.tags - KNOWN_TAGS):
            yield f"{cell}: unknown tag {tag!r}"


@rule(
    "it says what to know before, and which data it loads",
    "metadata.book: {'before': '...', 'data': [...]}; tag what depends on the data real-data",
)
def says_what_it_needs(page: Page) -> Iterator[str]:
    book = page.nb.metadata.get("book", {})
    if not str(book.get("before", "")).strip():
        yield "metadata.book.before is empty"
    called = {name_of(call) for cell in page.code for call in cell.calls}
    loaded = sorted(name for loader, name in data_sets().items() if loader in called)
    if sorted(book.get("data", [])) != loaded:
        yield f"metadata.book.data is {book.get('data')}, its code loads {loaded}"
    if bool(loaded) != bool(page.tagged("real-data")):
        found = "no cell is tagged" if loaded else "it loads none, and a cell is tagged"
        yield f"data sets loaded: {loaded}; {found} real-data"


@rule("the helpers that it uses exist", "mend the name, or follow the change of the helper")
def helpers_exist(page: Page) -> Iterator[str]:
    modules: dict[str, Any] = {}
    for cell in page.code:
        for node in ast.walk(cell.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name.partition(".")[0] == PACKAGE:
                        found = _import(alias.name)
                        if found is None:
                            yield f"{cell}: there is no module {alias.name}"
                        else:
                            whole = found if alias.asname else _import(PACKAGE)
                            modules[alias.asname or PACKAGE] = whole
            elif isinstance(node, ast.ImportFrom) and not node.level:
                if node.module.partition(".")[0] != PACKAGE:
                    continue
                for alias in node.names:
                    found = _member(_import(node.module), alias.name)
                    if found is None:
                        yield f"{cell}: {node.module} has no {alias.name}"
                    elif type(found).__name__ == "module":
                        modules[alias.asname or alias.name] = found
    for cell in page.code:
        for node in ast.walk(cell.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = modules.get(node.value.id)
                if module is not None and _member(module, node.attr) is None:
                    yield f"{cell}: {module.__name__} has no {node.attr}"


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def _member(module: Any, name: str) -> Any:
    if module is None:
        return None
    return getattr(module, name, None) or _import(f"{module.__name__}.{name}")


@rule("its words are plain", "leave the word out, or say what you mean")
def plain_words(page: Page) -> Iterator[str]:
    for cell in page.markdown:
        text = prose(cell.source)
        for word in FORBIDDEN_WORDS.findall(text):
            yield f"{cell}: {word!r}"
        if re.search(r"[^\W_]!(?:\s|$|[\"”*)])", text):
            yield f"{cell}: an exclamation mark"


@rule("it runs within a minute and two gigabytes", "a smaller budget: fewer images or epochs")
def light(page: Page) -> Iterator[str]:
    stamp = page.nb.metadata.get("stamp", {})
    if stamp.get("seconds", 0) > SECONDS:
        yield f"it took {stamp['seconds']} s, at most {SECONDS} are allowed"
    if stamp.get("peak_memory_mb", 0) > MEMORY_MB:
        yield f"it used {stamp['peak_memory_mb']:,} MB, at most {MEMORY_MB:,} are allowed"


@rule(
    "a decimal number in the text stands in a cell",
    "print it, insert it or assert it in a cell of the page; cite its source in the same line; or "
    "mend the number",
)
def numbers_are_computed(page: Page) -> Iterator[str]:
    computed = [number for cell in page.code for number in _numbers(cell.source, cell.printed)]
    for cell in page.markdown:
        if cell.tags & {"facts", "exercise"}:
            continue
        sentences = [line for line in cell.source.splitlines() if "{cite" not in line]
        for before, text, percent in re.findall(
            r"(\w+\s+)?(?<![\w.,/-])[-−]?(\d[\d,]*\.\d+)(?![\w.]*\d)(\s?%)?",
            prose("\n".join(sentences)),
        ):
            if before.strip().lower() in ("chapter", "section", "version", "python", "pytorch"):
                continue
            quoted = float(text.replace(",", ""))
            half = 0.500001 * 10.0 ** -len(text.partition(".")[2])
            wanted = [(quoted, half)] + ([(quoted / 100, half / 100)] if percent else [])
            if not any(abs(v - value) <= slack for v in computed for value, slack in wanted):
                yield f"{cell}: {text}{percent} is in no code and no output of the page"


def _numbers(*texts: str) -> Iterator[float]:
    for text in texts:
        for found in re.findall(r"(?<![\w.])\d[\d,_]*\.?\d*(?:e[+-]?\d+)?", text, re.IGNORECASE):
            try:
                yield float(found.replace(",", "").replace("_", ""))
            except ValueError:
                continue


# --- helpers -------------------------------------------------------------------------------

VERDICT = re.compile(r"(?m)^\*\*[A-Z][^*]{1,40}\*\*")


def name_of(call: ast.Call) -> str:
    """The last part of the name that is called: ``randn`` for ``torch.randn(3)``."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def unfenced(markdown: str) -> str:
    """Markdown without fenced blocks of code, in which '#' starts a comment."""
    return re.sub(r"(?ms)^(`{3,}).*?^\1\s*$", "", markdown)


def prose(markdown: str) -> str:
    """What is read as sentences: no formulas, directives, addresses or code."""
    return re.sub(r"`[^`\n]*`", " ", NOT_WORDS.sub(" ", unfenced(markdown)))


def headings(page: Page) -> list[tuple[Cell, str, str]]:
    """(cell, marks, text) of every heading."""
    return [
        (cell, marks, text.strip())
        for cell in page.markdown
        for marks, text in re.findall(r"(?m)^(#+) (.*)$", unfenced(cell.source))
    ]


def cited(cell: Cell) -> list[str]:
    """Keys of the references that a cell cites."""
    found = re.findall(r"\{cite[\w:]*\}`([^`]+)`", cell.source)
    return [key.strip() for keys in found for key in keys.split(",")]


@lru_cache
def bibliography(root: Path) -> frozenset[str]:
    """The keys of ``references.bib``."""
    text = (root / "chapters" / "back" / "references.bib").read_text(encoding="utf-8")
    return frozenset(re.findall(r"(?m)^\s*@\w+\s*\{\s*([^,\s]+)\s*,", text))


@lru_cache
def data_sets() -> dict[str, str]:
    """Name of the function that loads a data set -> name of the data set."""
    from d2lhelpers import download

    return {f"load_{name.lower().replace('-', '_')}": name for name in download.SHA256}


def _all_text(cell: Cell) -> str:
    parts = []
    for output in cell.outputs:
        parts.append(output.get("text", ""))
        parts += [v for k, v in output.get("data", {}).items() if k.startswith("text/")]
        parts += output.get("traceback", [])
    return "\n".join(parts)
