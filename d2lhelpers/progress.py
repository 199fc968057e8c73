"""A progress bar that leaves nothing behind but one last line."""

from __future__ import annotations

import sys
import time

from .notebook import LiveOutput, in_notebook

PLAIN = str.maketrans({"━": "=", "·": ".", "✓": "[ok]", "✗": "[no]"})


class Progress:
    """A bar for ``total`` steps; ``close(text)`` replaces it by ``text``.

    In a notebook the bar lives in one output and is updated in place, so that the stored
    notebook holds the last line only; a front end that cannot update shows just that line.
    In a terminal the bar is redrawn on one line;
    where standard output is a file, nothing but the last line is written.

    Args:
        total: number of steps; 0 where nobody can say.
        shown: without it nothing is written at all.
        seconds_between: the bar is redrawn at most this often, in seconds.
    """

    def __init__(self, total: int, *, shown: bool = True, seconds_between: float = 0.2) -> None:
        self.total = total
        self.done = 0
        self._closed = False
        self._shown = shown
        self._between = seconds_between
        self._next = time.monotonic() + seconds_between
        self._width = 0
        self._output = LiveOutput()
        self._show(self._bar())

    def update(self, steps: int = 1) -> None:
        """Count ``steps`` more as done."""
        self.done += steps
        if time.monotonic() >= self._next:
            self._show(self._bar())
            self._next = time.monotonic() + self._between

    def close(self, text: str = "") -> None:
        """Put ``text`` in the place of the bar."""
        self._closed = True
        self._show(text, last=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if self._closed:
            return
        if kind is None:
            self.close()
        else:
            of = f" of {self.total:,}" if self.total else ""
            self.close(f"stopped after {self.done:,}{of} steps")

    def _bar(self) -> str:
        if not self.total:
            return f"{self.done:,} steps"
        filled = min(20, round(20 * self.done / self.total))
        return f"{'━' * filled}{'·' * (20 - filled)} {self.done:,}/{self.total:,}"

    def _show(self, text: str, last: bool = False) -> None:
        if not self._shown:
            return
        if in_notebook():
            self._output.show({"text/plain": text}, raw=True, last=last and bool(text))
        elif getattr(sys.stdout, "isatty", bool)():
            text = printable(text)
            padding = " " * max(0, self._width - len(text))
            print(f"\r{text}{padding}", end="\n" if last and text else "", flush=True)
            self._width = len(text)
        elif last and text:
            print(printable(text))


def printable(text: str) -> str:
    """``text``, or where standard output has no such characters, the same in plain ones."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(PLAIN).encode(encoding, "replace").decode(encoding)
    return text
