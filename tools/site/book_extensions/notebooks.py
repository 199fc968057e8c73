"""What a notebook needs on its way to a page: no stored error, captions."""

from __future__ import annotations

import json
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)


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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what stands above."""
    app.connect("source-read", read_notebook)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
