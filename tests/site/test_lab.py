"""`make lab` shows a page's text as the site does: directives and roles, not their markup."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from book_site import PATIENCE, a_notebook_page, needs_theme, notebooks

pytestmark = needs_theme  # Python 3.10 leaves the browser out


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """The address of JupyterLab on a folder with one notebook, the text cells of a page."""
    folder, settings = tmp_path / "notebooks", tmp_path / "settings"
    folder.mkdir()
    page = notebooks()[a_notebook_page()]
    text = [cell for cell in page["cells"] if cell["cell_type"] == "markdown"]
    (folder / "page.ipynb").write_text(json.dumps({**page, "cells": text}))
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ServerApp.port=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(settings),
        "JUPYTER_RUNTIME_DIR": str(settings / "runtime"),
        "JUPYTER_DATA_DIR": str(settings / "data"),
    }
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        lines = iter(process.stderr.readline, "")
        address = next(line.split()[-1] for line in lines if "http://127.0.0.1:" in line)
        yield address.split("/lab")[0]
        process.terminate()
        process.stderr.read()


def test_lab_shows_directives_and_roles_rendered(lab: str, browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 20_000})
    page.goto(f"{lab}/lab/tree/page.ipynb", timeout=PATIENCE)
    shown = page.locator(".jp-Notebook .myst")
    for rendered in (".myst-admonition.facts", "details", ".katex"):
        page.locator(f".jp-Notebook {rendered}").first.wait_for(state="attached", timeout=PATIENCE)
    text = " ".join(shown.all_inner_texts())
    for markup in (":::", "{doc}", "{cite}", "{term}", "{eq}", "$$"):
        assert markup not in text, markup
    page.close()
