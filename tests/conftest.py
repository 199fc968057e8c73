"""Fixtures of the tests that load data, and how properties are tested."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings
from mirror import Mirror, Request, whole
from tiny_set import TINY, sums

from d2lhelpers.files import download

# The same cases every time, without a folder of found ones; a busy machine is no failure.
settings.register_profile("book", derandomize=True, database=None, deadline=None)
settings.load_profile("book")


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """The tiny set in the place of Fashion-MNIST, an empty cache, no network."""
    monkeypatch.setitem(download.SHA256, "Fashion-MNIST", sums(TINY))
    monkeypatch.setattr(download, "_cache", lambda: tmp_path / "cache")
    monkeypatch.setenv("D2LHELPERS_MIRRORS", "http://127.0.0.1:9/")  # a port nobody listens on
    monkeypatch.delenv("D2LHELPERS_DATA", raising=False)
    for proxy in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(proxy, raising=False)
        monkeypatch.delenv(proxy.upper(), raising=False)


@pytest.fixture
def serve(tiny, monkeypatch) -> Iterator[Callable[..., Mirror]]:
    """Starts a mirror that answers as a function says; by default well."""
    mirrors = []

    def start(answer: Callable[[Request], None] = whole) -> Mirror:
        mirrors.append(Mirror(answer))
        monkeypatch.setenv("D2LHELPERS_MIRRORS", ",".join(mirror.address for mirror in mirrors))
        return mirrors[-1]

    yield start
    for mirror in mirrors:
        mirror.over.set()
        mirror.shutdown()
        mirror.server_close()
