"""Options of the theme: the book's own, over those that Jupyter Book makes."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config


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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    # Jupyter Book always sets this value; the extension that reads it is left out.
    app.add_config_value("comments_config", {}, "")
    app.add_config_value("book_theme_options", {}, "html")
    app.connect("config-inited", complete_theme_options, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
