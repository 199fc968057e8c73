"""What the outputs of a run came from: the data sets that were there, and the versions."""

from __future__ import annotations

import importlib.metadata
import platform
import threading
from pathlib import Path

from nbformat import NotebookNode
from refused import RefusedError

from stored.helpers_used import third_party

RECORDED = {  # module -> the package whose version goes into a stamp
    "matplotlib": "matplotlib",
    "numpy": "numpy",
    "pandas": "pandas",
    "PIL": "pillow",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "torch": "torch",
    "torchvision": "torchvision",
}


class DataSets:
    """Which data sets can be had here; each is looked for once, for all notebooks."""

    def __init__(self) -> None:
        self._missing: dict[str, str | None] = {}
        self._one_at_a_time = threading.Lock()

    def require(self, name: str) -> None:
        """Find or download a data set.

        Raises:
            RefusedError: no copy of it can be had.
        """
        with self._one_at_a_time:
            if name not in self._missing:
                from d2lhelpers.files.download import load

                contents, trail = load(name)
                self._missing[name] = None if contents else str(trail)
        if self._missing[name] is not None:
            raise RefusedError(
                f"it needs {name}, which cannot be had here, and stored outputs are those of "
                f"the real data; connect to the network or set D2LHELPERS_DATA\n"
                f"{self._missing[name]}"
            )


def versions(nb: NotebookNode, root: Path) -> dict[str, str]:
    """Version of Python and of the numerical packages that the notebook or its helpers import."""
    imported = third_party(nb, root)
    return {"python": platform.python_version()} | {
        package: importlib.metadata.version(package)
        for module, package in RECORDED.items()
        if module in imported
    }
