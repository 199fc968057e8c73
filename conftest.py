"""What pytest needs to know about this project: threads, plugins, the data, parts, and workers."""

import os

# The book's matrices are small: a second thread gains little, and on busy cores threads that wait
# for each other cost a factor of ten. Set before torch is loaded; the kernels inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from xdist.scheduler import LoadFileScheduling

from d2lhelpers import data

pytest_plugins = ["nbregress.plugin", "book_site"]


def pytest_nbregress_stand_in() -> str | None:
    """Cells tagged real-data are compared only where the real image sets lie on this computer."""
    real = data.is_available("Fashion-MNIST") and data.is_available("MNIST")
    return None if real else "the digits stand in"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--part chapters/classification``: the tests of one part of the book."""
    parser.addoption("--part", type=lambda part: part.rstrip("/"), help="tests of one part alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that have a page of the part, or the room of its checks, in their name."""
    if part := config.getoption("part"):
        room = part.rpartition("/")[2].replace("-", "_")
        places = f"{part}/", f"checks/{room}/", f"answers/{room}/"
        chosen = [item for item in items if any(place in item.nodeid for place in places)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen


class Scheduling(LoadFileScheduling):
    """A file with its notebook's kernel or its fixtures to one worker; but pages one by one."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if "test_pages.py::" in nodeid else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling | None:
    """Divide the tests among the workers."""
    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None
