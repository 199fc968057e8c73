"""Where a notebook computes, from which seed, and at which scale.

Four environment variables change a whole book without touching a cell:

``D2LHELPERS_DEVICE``  a torch device such as ``cpu`` or ``cuda:1``
``D2LHELPERS_SCALE``   ``quick`` (the default) or ``full``
``D2LHELPERS_SEED``    a whole number; 0 (the default) is the seed of the printed outputs
``D2LHELPERS_DATA``    the folder of the data sets (see :mod:`d2lhelpers.data`)
"""

from __future__ import annotations

import os
import time
from typing import TypeVar

import torch

T = TypeVar("T")


def device() -> torch.device:
    """The device to compute on: CUDA if there is one, then Apple's MPS, then the CPU.

    ``D2LHELPERS_DEVICE`` overrides the choice.

    Raises:
        RuntimeError: ``D2LHELPERS_DEVICE`` is not a device that torch knows and finds here.
    """
    wanted = os.environ.get("D2LHELPERS_DEVICE")
    if wanted:
        try:
            torch.empty(0, device=wanted)
        except (RuntimeError, AssertionError, NotImplementedError) as error:  # each device its own
            raise RuntimeError(
                f"D2LHELPERS_DEVICE: expected a device of this computer, found {wanted!r}; "
                f"unset it or set it to cpu ({str(error).splitlines()[0]})"
            ) from error
        return torch.device(wanted)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def seed(number: int = 0) -> int:
    """The seed to use where a page says ``number``.

    The same number, unless ``D2LHELPERS_SEED`` asks for another series:
    then every seed of the book moves by 1,000 times its value.

    >>> seed(3)
    3
    """
    series = os.environ.get("D2LHELPERS_SEED", "0")
    try:
        return number + 1_000 * int(series)
    except ValueError:
        raise ValueError(
            f"D2LHELPERS_SEED: expected a whole number, found {series!r}; unset it or set it to 0"
        ) from None


def budget(quick: T, full: T) -> T:
    """``quick``, or ``full`` when ``D2LHELPERS_SCALE=full``.

    >>> epochs, images = budget(quick=(5, 10_000), full=(20, 60_000))
    >>> epochs
    5
    """
    scale = os.environ.get("D2LHELPERS_SCALE", "quick")
    if scale not in ("quick", "full"):
        raise ValueError(f"D2LHELPERS_SCALE: expected 'quick' or 'full', found {scale!r}")
    return full if scale == "full" else quick


class Timer:
    """Seconds spent in a ``with`` block, waiting for the device before the clock is read.

    A GPU works while Python goes on; without the wait one measures how fast work is
    handed over, not how fast it is done.

    >>> with Timer() as timer:
    ...     total = torch.ones(10).sum()
    >>> timer.seconds > 0
    True
    """

    seconds: float = float("nan")

    def __enter__(self) -> Timer:
        _synchronize()
        self._start = time.perf_counter()
        return self

    def __exit__(self, *exception: object) -> None:
        _synchronize()
        self.seconds = time.perf_counter() - self._start


def _synchronize() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    elif torch.backends.mps.is_available():
        torch.mps.synchronize()
