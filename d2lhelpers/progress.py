"""A progress bar that leaves nothing behind but one last line."""

from __future__ import annotations

import sys
import time


class Progress:
    """A bar for ``total`` steps; ``close(text)`` replaces it by ``text``.

    In a notebook the bar lives in one output and is updated in place, so that the stored
    notebook holds the last line only. In a terminal it is redrawn on one line;
    where standard output is a file, nothing but the last line is written.

    Args:
        total: number of steps, at least 0.
        shown: without it nothing is written at all.
        seconds_between: the bar is redrawn at most this often, in seconds.
    """

    def __init__(self, total: int, *, shown: bool = True, seconds_between: float = 0.2) -> None:
        self.total = total
        self.done = 0
        self._shown = shown
        self._between = seconds_between
        self._next = time.monotonic() + seconds_between
        self._width = 0
        self._handle = None
        self._show(self._bar())

    def update(self, steps: int = 1) -> None:
        """Count ``steps`` more as done."""
        self.done += steps
        if time.monotonic() >= self._next:
            self._show(self._bar())
            self._next = time.monotonic() + self._between

    def close(self, text: str = "") -> None:
        """Put ``text`` in the place of the bar."""
        self._show(text, last=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is not None:
            self.close(f"stopped after {self.done:,} of {self.total:,} steps")

    def _bar(self) -> str:
        filled = round(20 * self.done / self.total) if self.total else 20
        return f"{'━' * filled}{'·' * (20 - filled)} {self.done:,}/{self.total:,}"

    def _show(self, text: str, last: bool = False) -> None:
        if not self._shown:
            return
        if in_notebook():
            self._show_in_notebook(text)
        elif sys.stdout.isatty():
            padding = " " * max(0, self._width - len(text))
            print(f"\r{text}{padding}", end="\n" if last and text else "", flush=True)
            self._width = len(text)
        elif last and text:
            print(text)

    def _show_in_notebook(self, text: str) -> None:
        from IPython.display import display

        content = {"text/plain": text}
        if self._handle is None:
            self._handle = display(content, raw=True, display_id=True)
        else:
            self._handle.update(content, raw=True)


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this process."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")
