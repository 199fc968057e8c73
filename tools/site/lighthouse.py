"""Measure pages of the built book with Lighthouse, as a phone on a slow network sees them.

    make lighthouse    (or: python tools/site/lighthouse.py [--runs 3] [--least 0.9] [PAGE ...])

Needs node, which brings Lighthouse through npx, and Chromium ($CHROMIUM, or /usr/bin/chromium).
Every number is the median of the runs. A busy machine makes scores worse, so the table shows
bytes and requests too, which it cannot change. Lighthouse counts bytes as this server sends them:
uncompressed, where a host of static sites would send a third.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
PAGES = (
    "index",
    "chapters/index",
    "chapters/introduction/what-is-deep-learning",
    "chapters/classification/softmax-and-cross-entropy",
    "chapters/preliminaries/gradients-and-jacobians",
    "chapters/back/glossary",
    "genindex",
)
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
CHROME_FLAGS = "--headless --no-sandbox --disable-gpu"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain server that prints nothing."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def command() -> list[str]:
    """Lighthouse on the path, else npx, which fetches it."""
    if found := shutil.which("lighthouse"):
        return [found]
    if found := shutil.which("npx"):
        return [found, "--yes", "lighthouse"]
    sys.exit("Lighthouse needs node, with npx: https://nodejs.org")


def measure(address: str) -> dict[str, float]:
    """One run for one address."""
    options = ["--quiet", "--output=json", "--output-path=stdout"]
    options += [f"--chrome-flags={CHROME_FLAGS}", f"--only-categories={','.join(CATEGORIES)}"]
    environment = {"CHROME_PATH": os.environ.get("CHROMIUM", "/usr/bin/chromium"), **os.environ}
    result = subprocess.run(
        [*command(), address, *options],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if result.returncode:
        sys.exit(result.stderr)
    report = json.loads(result.stdout)
    audits = report["audits"]
    scores = {name: report["categories"][name]["score"] or 0.0 for name in CATEGORIES}
    return scores | {
        "first paint, s": audits["first-contentful-paint"]["numericValue"] / 1000,
        "largest paint, s": audits["largest-contentful-paint"]["numericValue"] / 1000,
        "blocked, ms": audits["total-blocking-time"]["numericValue"],
        "CPU, ms": audits["mainthread-work-breakdown"]["numericValue"],
        "kB": audits["total-byte-weight"]["numericValue"] / 1000,
        "requests": len(audits["network-requests"]["details"]["items"]),
    }


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of each number."""
    return {name: median(run[name] for run in runs) for name in runs[0]}


def cell(name: str, value: float) -> str:
    """A number with as many digits as can be trusted."""
    digits = 2 if name in CATEGORIES else 1 if name.endswith(", s") else 0
    return f"{value:.{digits}f}"


def main() -> None:
    """Print a table of the pages; fail where one scores less than asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--least", type=float, default=0.0, help="least performance of a page")
    parser.add_argument("--site", type=Path, default=SITE, help="folder of the built pages")
    parser.add_argument("pages", nargs="*", default=PAGES, metavar="PAGE")
    given = parser.parse_args()
    if not (given.site / "index.html").exists():
        sys.exit(f"{given.site} holds no index.html; build the book first: make book")
    handler = functools.partial(Quiet, directory=str(given.site))
    slow = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for number, page in enumerate(given.pages):
            address = f"http://127.0.0.1:{server.server_address[1]}/{page}.html"
            found = medians([measure(address) for _ in range(given.runs)])
            if not number:
                print("| page |", " | ".join(found), "|\n|---|" + "--:|" * len(found))
            print(f"| {page} |", " | ".join(cell(*one) for one in found.items()), "|", flush=True)
            if found["performance"] < given.least:
                slow.append(page)
        server.shutdown()
    if slow:
        sys.exit(f"below {given.least}: {', '.join(slow)}")


if __name__ == "__main__":
    main()
