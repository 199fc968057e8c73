"""Build the book, show it, and build again and reload whenever a source changes.

    python tools/site/watch.py [--port 8000] [folder of the book]

The pages lie in _build/watch, apart from those of `make book`: a build with warnings is shown
here all the same.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("*.md", "*.ipynb", "*.yml", "chapters/**/*",
           "d2lhelpers/**/*.py", "tools/site/**/*.py")  # fmt: skip
SECONDS_BETWEEN_LOOKS = 0.5
RELOAD = """<script>
let shown;
setInterval(async () => {
  const built = await fetch("/.built").then((answer) => answer.text(), () => shown);
  if (shown !== undefined && built !== shown) location.reload();
  shown = built;
}, 500);
</script>"""


class Pages(http.server.SimpleHTTPRequestHandler):
    """Gives the pages with a script that reloads them, and at /.built the number of builds."""

    builds = 0

    def do_GET(self) -> None:
        """Answer one request."""
        path = Path(self.translate_path(self.path))
        if self.path == "/.built":
            self._give(str(Pages.builds), "text/plain")
        elif path.suffix == ".html" and path.is_file():
            self._give(path.read_text(encoding="utf-8") + RELOAD, "text/html; charset=utf-8")
        else:
            super().do_GET()

    def _give(self, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Leave the terminal to the builds."""


def look(book: Path) -> dict[Path, int]:
    """When each source was changed last; editors' and Jupyter's own files do not count."""
    found = {}
    for pattern in SOURCES:
        for path in book.glob(pattern):
            if not any(part.startswith(".") for part in path.relative_to(book).parts):
                try:
                    found[path] = path.stat().st_mtime_ns
                except FileNotFoundError:  # between the list and the look
                    continue
    return found


def build(book: Path) -> None:
    """Build into _build/watch and say how it went; warnings are printed."""
    start = time.monotonic()
    program = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", program, "build", str(book), "-q", "-n"]
    command += ["--path-output", str(book / "_build" / "watch")]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    seconds = time.monotonic() - start
    if result.returncode:
        print(f"{result.stdout}\nBook: not built, the old pages stay", flush=True)
    else:
        Pages.builds += 1
        print(f"Book: built in {seconds:.1f} s", flush=True)


def main() -> None:
    """Watch until Ctrl-C."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("book", type=Path, nargs="?", default=ROOT)
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    arguments = parser.parse_args()
    book = arguments.book.resolve()
    seen = look(book)
    build(book)
    html = book / "_build" / "watch" / "_build" / "html"
    handler = functools.partial(Pages, directory=str(html))
    with http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"Book: http://127.0.0.1:{server.server_port} (stop with Ctrl-C)", flush=True)
        try:
            while True:
                time.sleep(SECONDS_BETWEEN_LOOKS)
                if (now := look(book)) != seen:
                    seen = now
                    build(book)
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
