"""One file over the network, with a limit on everything: seconds, silence and size."""

from __future__ import annotations

import functools
import importlib
import queue
import socket
import ssl
import threading
import time
import urllib.parse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..progress import Progress
from .copies import LARGEST

if TYPE_CHECKING:
    import requests

# Seconds to wait for a connection, for the next byte, and for a whole file.
CONNECT, STALL, WHOLE = 4.0, 20.0, 900.0


def fetch(url: str) -> bytes:
    """What lies at ``url``; a bar shows how far it has come.

    Follows redirects, and uses the proxy that the environment names.

    Raises:
        OSError: it cannot be had within the limits; says why.
    """
    arrived: queue.Queue[int | bytes | Exception] = queue.Queue()
    given_up = threading.Event()
    # requests has no time limit for looking up a name, nor for a sender that trickles.
    threading.Thread(target=_receive, args=(url, arrived, given_up), daemon=True).start()
    content, end = bytearray(), time.monotonic() + WHOLE
    bar = Progress(0)
    try:
        while len(content) <= LARGEST:
            item = arrived.get(timeout=max(0, end - time.monotonic()))
            if isinstance(item, Exception):
                raise OSError(f"{type(item).__name__}: {' '.join(str(item).split())}")
            if isinstance(item, int):
                bar.total = item
            elif item:
                content += item
                bar.update(len(item))
            else:
                return bytes(content)
    except queue.Empty:
        pass
    finally:
        given_up.set()
        bar.close()
    raise OSError(
        f"given up after {len(content):,} bytes; the limits are {WHOLE:g} s and {LARGEST:,} bytes"
    )


def _receive(
    url: str, arrived: queue.Queue[int | bytes | Exception], given_up: threading.Event
) -> None:
    """Hand over the length of what lies at ``url``, its blocks, and an empty one at the end."""
    try:
        _check(url)
        # a server that is not told so may unpack or pack the file on the way
        headers = {"User-Agent": "d2lhelpers", "Accept-Encoding": "identity"}
        limits = (CONNECT, STALL)
        with (
            _session() as session,
            session.get(url, headers=headers, timeout=limits, stream=True) as response,
        ):
            response.raise_for_status()
            arrived.put(int(response.headers.get("Content-Length", 0)))
            for block in response.iter_content(1 << 12):
                if given_up.is_set():
                    return
                arrived.put(block)
        arrived.put(b"")
    except Exception as error:  # raised where the caller waits
        arrived.put(error)


def _session() -> requests.Session:
    from requests import Session
    from requests.adapters import HTTPAdapter

    class Adapter(HTTPAdapter):
        """Trusts the system's certificates, a company's own among them, besides certifi's."""

        def init_poolmanager(self, *args, **keywords):
            super().init_poolmanager(*args, ssl_context=_certificates(), **keywords)

        def proxy_manager_for(self, proxy, **keywords):
            return super().proxy_manager_for(proxy, ssl_context=_certificates(), **keywords)

    session = Session()
    session.mount("https://", Adapter())
    return session


@functools.cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


def knock(urls: Sequence[str]) -> dict[str, str]:
    """Try all hosts (or proxies) at once, so that being offline shows within seconds.

    Returns:
        what the matter is with those addresses that accept no connection.
    """
    answers: queue.Queue[tuple[str, str | None]] = queue.Queue()

    def try_one(url: str) -> None:
        try:
            _check(url)
            door = urllib.parse.urlsplit(f"//{_proxy(url) or urllib.parse.urlsplit(url).netloc}")
            port = door.port or (80 if url.startswith("http:") else 443)
            socket.create_connection((door.hostname, port), timeout=CONNECT).close()
            answers.put((url, None))
        except TimeoutError:
            pass  # silence is reported below
        except (OSError, ValueError) as error:
            answers.put((url, f"no connection ({error})"))

    importlib.import_module("requests.utils")  # what is slow there is no fault of a host
    for url in urls:
        threading.Thread(target=try_one, args=(url,), daemon=True).start()
    problems: dict[str, str | None] = dict.fromkeys(urls, f"no connection within {CONNECT:g} s")
    end = time.monotonic() + CONNECT
    try:
        for _ in urls:
            url, problem = answers.get(timeout=max(0, end - time.monotonic()))
            problems[url] = problem
    except queue.Empty:
        pass
    return {url: problem for url, problem in problems.items() if problem}


def route(url: str) -> str:
    """The address, and the proxy on the way to it, if there is one."""
    try:
        proxy = _proxy(url)
    except ValueError:  # no address at all
        return url
    return f"{url} through the proxy {proxy}" if proxy else url


def _proxy(url: str) -> str | None:
    """Host and port of the proxy for ``url``, without the password that may stand before it."""
    from requests.utils import get_environ_proxies, select_proxy

    proxy = select_proxy(url, get_environ_proxies(url))
    return proxy.rpartition("//")[2].rpartition("@")[2].rstrip("/") if proxy else None


def _check(url: str) -> None:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("expected an address that begins with http:// or https:// and a host")
