"""One script, run after the page is there, in the place of thirteen.

The scripts that search are left to the page that searches. Bootstrap, by far the longest, is
fetched when a button that needs it is first touched (``chapters/_static/first_use.js``).
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import rjsmin
from built_pages import read_pages, root_of, write_page
from sphinx.application import Sphinx

SCRIPT = re.compile(r'[ \t]*<script(?=[^>]*\bsrc="([^"]*)")[^>]*></script>\n?')
# What becomes of the scripts that fetch nothing: options that are never asked for.
OPTIONS = re.compile(r"[ \t]*<script>DOCUMENTATION_OPTIONS\.\w+ = [^<]*</script>\n?")
EARLY = re.compile(r'[ \t]*<link(?=[^>]*rel="preload")(?=[^>]*as="script")[^>]*>\n?')
SEARCH = ("searchtools.js", "language_data.js", "searchindex.js")
LATER = "bootstrap.js"
TABS = "design-tabs.js"  # for tabs, of which the book has none


def name_of(address: str) -> str:
    """File name at the end of an address."""
    return address.partition("?")[0].rpartition("/")[2]


def write_script(app: Sphinx, error: Exception | None) -> None:
    """Write the one script, and name it on every page in the place of the others."""
    if error or app.builder.name != "html":
        return
    static, pages = Path(app.outdir) / "_static", read_pages(app)
    # A page that this build did not write has its one script already.
    found: dict[Path, None] = {}
    for path, page in pages.items():
        for address in SCRIPT.findall(page):
            # An older theme draws its icons by a script, which the icon fonts make needless.
            icons = "fontawesome" in address
            if not icons and name_of(address) not in (*SEARCH, LATER, TABS, "site.js"):
                found[(path.parent / address.partition("?")[0]).resolve()] = None
    if not found:
        return
    texts = [rjsmin.jsmin(path.read_text(encoding="utf-8")) for path in found]
    script = ";\n".join(texts)
    (static / "site.js").write_text(script, encoding="utf-8")
    version = hashlib.sha256(script.encode()).hexdigest()[:8]
    for path, page in pages.items():
        names = [f"{root_of(app, path)}_static/site.js?v={version}"]
        if path.name == "search.html":
            names += [one for one in SCRIPT.findall(page) if name_of(one) in SEARCH]
        lines = "".join(f'<script defer src="{name}"></script>\n' for name in names)
        after = EARLY.sub("", OPTIONS.sub("", SCRIPT.sub("", page)))
        write_page(path, page, after.replace("</head>", f"{lines}</head>", 1))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("build-finished", write_script, priority=940)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
