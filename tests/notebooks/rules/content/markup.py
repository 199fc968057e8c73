"""Markup that reads well in JupyterLab too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stored.facts import (
    NOT_WORDS,
)

from rules.page import Page
from rules.rule import rule

DIRECTIVES = {
    "admonition", "dropdown", "exercise", "figure", "important", "list-table", "literalinclude",
    "math", "note", "seealso", "table", "tip", "warning",
}  # fmt: skip
CODE_LIKE_DIRECTIVES = {"math", "literalinclude"}
ROLES = {"doc", "eq", "numref", "ref", "term", "glue:", "glue:text", "index"}


@rule(
    22,
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
