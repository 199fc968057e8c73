"""Sphinx extension of this book: two tables made from the notebooks, drawings, and page hygiene.

* ``{outputs-table}``: one row per notebook, from the stamp that ``make execute`` wrote.
* ``{myth-table}``: one row per claim on trial, from the cells tagged ``myth``.
* ``{drawing}``: an SVG file set into the page, so that it takes the page's colors and fonts.
* A stored error output is a warning, so a broken notebook cannot be published.
* Where a notebook defines a term of the glossary, the index gets an entry.
* Pages get a description and a policy that forbids every other host; files that no page needs
  are deleted after the build.
"""

from __future__ import annotations

import gc
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pydata_sphinx_theme
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from myst_parser.mdit_to_docutils.base import default_slugify
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self' file: 'unsafe-inline'; "
    "style-src 'self' file: 'unsafe-inline'; img-src 'self' file: data:; "
    "font-src 'self' file: data:; connect-src 'self' file:; "
    "form-action 'self' file:; base-uri 'none'"
)


def heading_of(markdown: str) -> str:
    """Text of the first heading in a Markdown source, "" without one."""
    found = re.search(r"^#{1,6}\s+(.+?)\s*$", markdown, re.MULTILINE)
    return found.group(1) if found else ""


def first_sentences(markdown: str) -> str:
    """Bold verdict and the sentence after it: ``**Wrong.** It has 60,000.``

    Raises:
        ValueError: the text does not hold a bold verdict at the start of a line.
    """
    found = re.search(r"^\*\*[^*]+\*\*[^\n]*", markdown, re.MULTILINE)
    if not found:
        raise ValueError("no bold verdict at the start of a line")
    line = found.group(0)
    if re.fullmatch(r"\*\*[^*]+\*\*", line.strip()):
        following = markdown[found.end() :].strip().split("\n", 1)[0]
        line = f"{line.strip()} {following}".strip()
    return line


def claims(notebook: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (heading, verdict) of each claim on trial, in the order of the page.

    A cell tagged ``myth`` holds the heading; the verdict stands in the next cell tagged
    ``verdict``, or in the same cell where it is tagged ``prose`` too.

    Raises:
        ValueError: a claim has no verdict.
    """
    heading = None
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        source = "".join(cell["source"])
        if "myth" in tags:
            if heading is not None:
                raise ValueError(f"no verdict for {heading!r}")
            heading = heading_of(source)
        if heading is not None and ("verdict" in tags or {"myth", "prose"} <= set(tags)):
            yield heading, first_sentences(source)
            heading = None
    if heading is not None:
        raise ValueError(f"no verdict for {heading!r}")


def anchors(notebook: dict[str, Any]) -> dict[str, str]:
    """Map each heading of the notebook to the anchor of its section on the page."""
    slugs: dict[str, str] = {}
    taken: set[str] = set()
    for cell in notebook["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        for heading in re.findall(r"^#{1,3}\s+(.+?)\s*$", "".join(cell["source"]), re.MULTILINE):
            plain = re.sub(r"\$[^$]*\$|[`*\\]", "", heading)  # formulas have no part in it
            slug, number = default_slugify(plain), 1
            while slug in taken:
                slug, number = f"{default_slugify(plain)}-{number}", number + 1
            taken.add(slug)
            slugs.setdefault(heading, slug)
    return slugs


def table(header: list[str], rows: list[list[str]], numbers: tuple[str, ...] = ()) -> list[str]:
    """Lines of a Markdown table; columns whose heads are in ``numbers`` are set to the right."""
    lines = [header, ["---:" if head in numbers else "---" for head in header], *rows]
    return ["| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines]


class NotebookTable(SphinxDirective):
    """A table with rows from the notebooks in the table of contents."""

    def notebooks(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield (document name, notebook); the page is rebuilt when one of them changes."""
        for name in self.config.external_site_map:
            path = Path(self.env.srcdir) / f"{name.removesuffix('.ipynb')}.ipynb"
            if path.exists():
                self.env.note_dependency(str(path))
                yield name.removesuffix(".ipynb"), json.loads(path.read_text(encoding="utf-8"))

    def render(self, lines: list[str]) -> list[nodes.Node]:
        """Parse Markdown lines where the directive stands."""
        container = nodes.container(classes=["notebook-table"])
        self.state.nested_parse(StringList(lines, self.get_location()), 0, container)
        return [container]

    @staticmethod
    def title_of(notebook: dict[str, Any]) -> str:
        """Title of a notebook: its first heading."""
        return heading_of("".join(notebook["cells"][0]["source"]))


class OutputsTable(NotebookTable):
    """``{outputs-table}``: when and with what each notebook was run."""

    def run(self) -> list[nodes.Node]:
        """Render one row per notebook."""
        rows = []
        for name, notebook in self.notebooks():
            stamp = notebook["metadata"].get("stamp")
            link = f"[{self.title_of(notebook)}](/{name}.ipynb)"
            if not stamp:
                rows.append([link, "not run yet", "", "", "", ""])
                continue
            versions = stamp["versions"]
            rows.append(
                [
                    link,
                    f"{stamp['seconds']:.0f}",
                    f"{stamp['peak_memory_mb']:,.0f}",
                    versions["python"],
                    versions["torch"],
                    f"`{stamp['code'][:8]}`",
                ]
            )
        header = ["Notebook", "Seconds", "Memory (MB)", "Python", "PyTorch", "Code"]
        return self.render(table(header, rows, ("Seconds", "Memory (MB)"))) if rows else []


class MythTable(NotebookTable):
    """``{myth-table}``: each claim on trial with its verdict and the page that decides it."""

    def run(self) -> list[nodes.Node]:
        """Render one row per claim."""
        rows = []
        for name, notebook in self.notebooks():
            slugs = anchors(notebook)
            try:
                for heading, verdict in claims(notebook):
                    claim = re.sub(r"^On trial:\s*", "", heading)
                    page = f"[{self.title_of(notebook)}](/{name}.ipynb#{slugs[heading]})"
                    rows.append([claim, verdict, page])
            except ValueError as error:
                logger.warning("%s: %s", name, error, location=self.get_location())
        header = ["What people say", "What the run says", "Where"]
        return self.render(table(header, rows)) if rows else []


class Drawing(SphinxDirective):
    """``{drawing}``: SVG set into the page; with two files the second is for narrow screens."""

    required_arguments = 1
    optional_arguments = 1
    has_content = True
    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Inline the files and set the caption under them."""
        if not self.options.get("alt"):
            raise self.error("a drawing needs :alt:")
        figure = nodes.container(classes=["drawing"])
        for name, width in zip(self.arguments, ("wide", "narrow"), strict=False):
            _, path = self.env.relfn2path(name)
            self.env.note_dependency(path)
            svg = re.sub(r"<\?xml.*?\?>\s*", "", Path(path).read_text(encoding="utf-8"))
            kind = f"drawing-{width}" if len(self.arguments) == 2 else "drawing-only"
            label = html.escape(self.options["alt"])
            markup = f'<div class="{kind}" role="img" aria-label="{label}">{svg}</div>'
            figure += nodes.raw("", markup, format="html")
        if self.content:
            caption = nodes.container(classes=["drawing-caption"])
            self.state.nested_parse(self.content, self.content_offset, caption)
            figure += caption
        return [figure]


def read_notebook(app: Sphinx, docname: str, source: list[str]) -> None:
    """Warn of stored errors, unless a cell is there to show one; keep captions to pictures."""
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    for number, cell in enumerate(notebook["cells"], start=1):
        for output in cell.get("outputs", []):
            stored_error = output["output_type"] == "error"
            if stored_error and "raises-exception" not in cell["metadata"].get("tags", []):
                logger.warning(
                    "cell %d holds a stored error: %s", number, output["ename"], location=docname
                )
        if "figure" in cell["metadata"].get("mystnb", {}):
            cell["outputs"] = list(map(text_as_stream, cell["outputs"]))
    source[0] = json.dumps(notebook)


def text_as_stream(output: dict[str, Any]) -> dict[str, Any]:
    """A result that is text alone, as if it had been printed: it must get no caption."""
    if set(output.get("data", {})) != {"text/plain"}:
        return output
    text = "".join(output["data"]["text/plain"])
    return {"output_type": "stream", "name": "stdout", "text": f"{text}\n"}


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


def glossary_terms(glossary: str) -> dict[str, str]:
    """Map each term of the glossary, in lower case, singular and plural, to itself."""
    body = re.search(r"^```\{glossary\}\n(.*?)^```", glossary, re.MULTILINE | re.DOTALL)[1]
    terms = [line for line in body.splitlines() if line and not line.startswith(" ")]
    return {form: term for term in terms for form in (term.lower(), f"{term.lower()}s")}


def name_solutions(app: Sphinx, doctree: nodes.document) -> None:
    """Label the fold-out of a solution as one."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code" and "tag_solution" in cell["classes"]:
            cell["prompt_show"] = "Show a solution"
            cell["prompt_hide"] = "Hide the solution"


def follow_static_files(app: Sphinx, *_: Any) -> list[str]:
    """Read the first page again when a style sheet or the like changed: a build copies them then.

    Sphinx copies static files only in a build that has pages to write.
    """
    built = Path(app.outdir) / "_static"
    for source in (Path(app.srcdir) / "chapters" / "_static").iterdir():
        copy = built / source.name
        if copy.exists() and copy.read_bytes() != source.read_bytes():
            return [app.config.root_doc]
    return []


def restore_numbers(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Give Sphinx its own numbers back, or it would take every page for changed."""
    env.toc_fignumbers = getattr(env, "numbers_in_book", env.toc_fignumbers)


def number_by_page(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Number exercises and equations from 1 on each page: a new page changes no other."""
    env.numbers_in_book = env.toc_fignumbers
    env.toc_fignumbers = {
        page: {
            kind: {label: (number,) for number, label in enumerate(labels, start=1)}
            for kind, labels in kinds.items()
        }
        for page, kinds in env.toc_fignumbers.items()
    }
    return []


def complete_theme_options(app: Sphinx, config: Config) -> None:
    """Add the book's options to Jupyter Book's, and buttons where they have an address to lead to.

    ``html_theme_options`` in ``_config.yml`` would take the place of what Jupyter Book makes of
    ``repository`` and ``launch_buttons``; so the book's options have a name of their own.
    """
    options = config.html_theme_options
    published = bool(options.get("repository_url"))
    for button in ("use_repository_button", "use_edit_page_button", "use_issues_button"):
        options[button] = published
    if not published:
        options["launch_buttons"] = {}
    options.update(config.book_theme_options)


def site_address(app: Sphinx) -> str:
    """Where the site is published, with a slash at the end; "" where that is not set."""
    address = app.config.html_baseurl
    return f"{address.rstrip('/')}/" if address else ""


def preview_tags(app: Sphinx, pagename: str, title: str, description: str) -> str:
    """What a link to the page shows elsewhere; the image needs the address of the site."""
    tags = {
        "og:site_name": app.config.html_title,
        "og:type": "website" if pagename == app.config.root_doc else "article",
        "og:title": title,
        "og:description": description,
    }
    if address := site_address(app):
        tags["og:url"] = f"{address}{pagename}.html"
        tags["og:image"] = f"{address}_static/preview.png"
        tags["og:image:alt"] = f"Regions of three classes, and the title {app.config.html_title}"
    return "".join(
        f'<meta property="{name}" content="{html.escape(value)}" />\n'
        for name, value in tags.items()
    )


def describe_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Add the content policy, a description (the page's first paragraph), and a preview."""
    paragraphs = doctree.findall(nodes.paragraph) if doctree else iter(())
    first = next(paragraphs, None)
    text = " ".join(first.astext().split()) if first is not None else f"{app.config.html_title}."
    title = html.unescape(re.sub(r"<[^>]+>", "", context.get("title", "")))
    context["metatags"] = (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />\n'
        f'<meta name="description" content="{html.escape(text[:300])}" />\n'
        + preview_tags(app, pagename, title, text[:300])
        + context.get("metatags", "")
    )


def lost_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the page that a server gives for an address without one."""
    start = f"{app.config.root_doc}.html"
    body = f"""<section><h1>Page not found</h1>
<p>There is no page at this address.
Begin at the <a href="{start}">first page</a>, look into the <a href="genindex.html">index</a>,
or <a href="search.html">search the book</a>.</p></section>"""
    yield "404", {"title": "Page not found", "body": body}, "page.html"


def lead_from_anywhere(app: Sphinx, page: str) -> str:
    """The lost page with addresses that begin at the root: it is shown at any depth."""
    root = urlsplit(site_address(app)).path or "/"
    return re.sub(
        r'\b(href|src|action|data-content_root)="(?![#/]|[a-z]+:)(?:\./)?', rf'\1="{root}', page
    )


# What the theme and its extensions get wrong, as (pattern, replacement, trace). The trace is a
# wider pattern that matches nowhere once the page is mended: where a newer theme writes the same
# fault in other words, the pattern misses it and the trace fails the build. An older theme, as
# Python 3.10 has it, is left as it comes.
THEME = tuple(map(int, pydata_sphinx_theme.__version__.split(".")[:2]))
MENDED_THEME = (0, 17)
MENDED = (
    # The icons come from a font that the theme loads anyway; its 1.5 MB script draws them again.
    (r"\s*<script[^>]*fontawesome\.js[^>]*></script>", "", r"<script[^>]*fontawesome"),
    # A label for screen readers that hides what the summary says.
    (r'<summary aria-label="Toggle hidden content">', "<summary>",
     r"<summary[^>]*Toggle hidden content"),
    # A button without a name.
    (r'<summary><span class="toctree-toggle"', '<summary aria-label="Pages of this part"><span'
     ' class="toctree-toggle"', r"<summary(?![^>]*aria-label)[^>]*>\s*<span[^>]*toctree-toggle"),
    # A list for screen readers whose entries are not list items.
    (r'<div role="list" class="citation-list">', '<div class="citation-list">',
     r"<(?=[^>]*citation-list)[^>]*role="),
    # A list of definitions, without a word that is defined: the parameters of a signature.
    (r'<dd>(<em class="sig-param">.*)</dd>', r"<div>\1</div>",
     r"<d[dt][^>]*>\s*<em[^>]*sig-param"),
    (r'<dl>\s*((?:<div><em class="sig-param">.*\n)+)</dl>', r'<div class="sig-params">\n\1</div>',
     r"<dl[^>]*>\s*<div[^>]*>\s*<em[^>]*sig-param"),
)  # fmt: skip

# Files of the theme and of MathJax that no page asks for.
UNUSED = ("*.map", "fontawesome.js*", "fa-*.ttf", "*webpack-macros.html", "*.po")
USED_BY_MATHJAX = ("tex-chtml.js", "input/tex/extensions/", "output/chtml/fonts/")


def finish(app: Sphinx, error: Exception | None) -> None:
    """Mend the pages and delete the files that none of them needs."""
    if error or app.builder.name != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        before = after = page.read_text(encoding="utf-8")
        for pattern, replacement, _ in MENDED:
            after = re.sub(pattern, replacement, after)
        if page == Path(app.outdir) / "404.html":
            after = lead_from_anywhere(app, after)
        for pattern, _, trace in MENDED if THEME >= MENDED_THEME else ():
            if left := re.search(trace, after):
                logger.warning(
                    "%s: the repair %s does not fit any more; left in the page: %s",
                    page.relative_to(app.outdir), pattern, left.group(0),
                )  # fmt: skip
        if after != before:
            page.write_text(after, encoding="utf-8")
    # GitHub Pages leaves out folders such as _static where this file is missing.
    (Path(app.outdir) / ".nojekyll").touch()
    static = Path(app.outdir) / "_static"
    mathjax = static / "mathjax"
    unused = [path for pattern in UNUSED for path in static.rglob(pattern)]
    unused += [
        path
        for path in mathjax.rglob("*.*")
        if path.is_file() and not path.relative_to(mathjax).as_posix().startswith(USED_BY_MATHJAX)
    ]
    for path in unused:
        path.unlink(missing_ok=True)
    for folder in sorted(static.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives and the hooks."""
    gc.disable()  # nothing of a book is thrown away while it is built, and it takes seconds to look
    app.add_directive("outputs-table", OutputsTable)
    app.add_directive("myth-table", MythTable)
    app.add_directive("drawing", Drawing)
    # Jupyter Book always sets this value; the extension that reads it is left out.
    app.add_config_value("comments_config", {}, "")
    app.add_config_value("book_theme_options", {}, "html")
    app.connect("config-inited", complete_theme_options, priority=400)
    app.connect("html-collect-pages", lost_page)
    app.add_transform(IndexDefinitions)
    app.connect("source-read", read_notebook)
    app.connect("doctree-read", name_solutions)
    app.connect("env-get-outdated", follow_static_files)
    app.connect("env-before-read-docs", restore_numbers)
    app.connect("env-get-updated", number_by_page, priority=900)
    app.connect("html-page-context", describe_page)
    app.connect("build-finished", finish, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
