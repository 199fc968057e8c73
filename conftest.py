"""What pytest needs to know about this project: threads, the notebook plugin, and the data."""

import os

# The book's matrices are small: a second thread gains little, and on busy cores threads that wait
# for each other cost a factor of ten. Set before torch is loaded; the kernels inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from d2lhelpers import data

pytest_plugins = ["nbregress.plugin", "book_site"]


def pytest_nbregress_stand_in() -> str | None:
    """Cells tagged real-data are compared only where the real image sets lie on this computer."""
    real = data.is_available("Fashion-MNIST") and data.is_available("MNIST")
    return None if real else "the digits stand in"
