"""Index: where a notebook defines a term of the glossary, the term gets an entry."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform


def glossary_terms(glossary: str) -> dict[str, str]:
    """Map each term of the glossary, in lower case, singular and plural, to itself."""
    body = re.search(r"^```\{glossary\}\n(.*?)^```", glossary, re.MULTILINE | re.DOTALL)[1]
    terms = [line for line in body.splitlines() if line and not line.startswith(" ")]
    return {form: term for term in terms for form in (term.lower(), f"{term.lower()}s")}


class IndexDefinitions(SphinxTransform):
    """Enter the places where a notebook defines a term of the glossary, in bold, in the index."""

    default_priority = 700  # before the entries are collected

    def apply(self, **options: Any) -> None:
        """Mark the first place of each term."""
        glossary = Path(self.env.srcdir) / "chapters" / "back" / "glossary.md"
        if not self.env.doc2path(self.env.docname).endswith(".ipynb") or not glossary.exists():
            return
        self.env.note_dependency(str(glossary))
        terms = glossary_terms(glossary.read_text(encoding="utf-8"))
        for bold in list(self.document.findall(nodes.strong)):
            term = terms.get(bold.astext().lower())
            if term and isinstance(bold.parent, nodes.paragraph):
                del terms[bold.astext().lower()]
                name = f"definition-{nodes.make_id(term)}"
                index = addnodes.index(entries=[("single", term, name, "", None)])
                target = nodes.target("", "", ids=[name])
                bold.parent.insert(bold.parent.index(bold), [index, target])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.add_transform(IndexDefinitions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
