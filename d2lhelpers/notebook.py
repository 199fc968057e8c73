"""Outputs of a notebook's cell: one that is updated in place, and figures that appear once."""

from __future__ import annotations

import sys
from functools import partial


class LiveOutput:
    """One output that is updated in place, so that the stored notebook holds its last state.

    Where the front end cannot update, the last state alone is shown.
    """

    def __init__(self) -> None:
        self._handle = None

    def show(self, content: object, *, last: bool, raw: bool = False) -> None:
        """Put ``content`` in the place of what was shown before; ``raw`` as for ``display``."""
        from IPython.display import display

        if self._handle is not None:
            self._handle.update(content, raw=raw)
        elif updates_are_shown():
            self._handle = display(content, raw=raw, display_id=True)
        elif last:
            display(content, raw=raw)


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this process."""
    return _kernel() is not None


def updates_are_shown() -> bool:
    """Whether the front end is known to update an output in its place.

    JupyterLab, Jupyter Notebook 7 and VS Code name the cell in what they ask of the kernel, and
    update. A console names none, and leaves an output as it first was.
    """
    if "google.colab" in sys.modules:
        return True
    request = getattr(_kernel(), "get_parent", dict)()
    return "cellId" in (request or {}).get("metadata", {})


def draw_figures_as_images() -> None:
    """Let a notebook show a figure as an image although pyplot has not drawn any yet."""
    from IPython.core.pylabtools import select_figure_formats
    from matplotlib.figure import Figure

    shell = sys.modules["IPython"].get_ipython()
    if Figure not in shell.display_formatter.formatters["image/png"]:
        select_figure_formats(shell, {"png"})


def shown_once(figure: object) -> object:
    """A figure of pyplot's, which as the last line of a cell would be shown twice.

    A notebook shows the value of the last line, and at the end of the cell all open figures.
    """
    import matplotlib

    if in_notebook() and figure.canvas.manager and "inline" in matplotlib.get_backend():
        figure._ipython_display_ = partial(_show_and_close, figure)
    return figure


def _show_and_close(figure: object) -> None:
    from IPython.display import display
    from matplotlib import pyplot

    del figure._ipython_display_
    pyplot.close(figure)
    display(figure)


def _kernel() -> object | None:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None)
