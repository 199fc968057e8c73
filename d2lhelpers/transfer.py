"""One file over the network, with a limit on everything: seconds, silence and size."""

from __future__ import annotations

import functools
import queue
import socket
import ssl
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence

from .progress import Progress

# Seconds to wait for a connection, for the next byte, and for a whole file.
CONNECT, STALL, WHOLE = 4.0, 20.0, 900.0
LARGEST = 64 << 20  # bytes


def fetch(url: str) -> bytes:
    """What lies at ``url``; a bar shows how far it has come.

    Follows redirects, and uses the proxy that the environment names.

    Raises:
        OSError: it cannot be had within the limits; says why.
    """
    arrived: queue.Queue[int | bytes | Exception] = queue.Queue()
    given_up = threading.Event()
    # The library has no time limit for looking up a name, nor for a sender that trickles.
    threading.Thread(target=_receive, args=(url, arrived, given_up), daemon=True).start()
    content, total, end = bytearray(), 0, time.monotonic() + WHOLE
    bar = Progress(0)
    try:
        while (left := end - time.monotonic()) > 0 and len(content) <= LARGEST:
            item = arrived.get(timeout=min(STALL, left))
            if isinstance(item, Exception):
                raise OSError(f"{type(item).__name__}: {' '.join(str(item).split())}")
            if isinstance(item, int):
                bar.total = total = item
            elif item:
                content += item
                bar.update(len(item))
            elif len(content) < total:
                raise OSError(f"it ended after {len(content):,} of {total:,} bytes")
            else:
                return bytes(content)
    except queue.Empty:
        pass
    finally:
        given_up.set()
        bar.close()
    raise OSError(
        f"given up after {len(content):,} bytes; the limits are {STALL:g} s of silence, "
        f"{WHOLE:g} s and {LARGEST:,} bytes in all"
    )


def _receive(
    url: str, arrived: queue.Queue[int | bytes | Exception], given_up: threading.Event
) -> None:
    """Hand over the length of what lies at ``url``, its blocks, and an empty one at the end."""
    try:
        _check(url)
        request = urllib.request.Request(url, headers={"User-Agent": "d2lhelpers"})
        with urllib.request.urlopen(request, timeout=STALL, context=_certificates()) as response:
            arrived.put(response.length or 0)
            while not given_up.is_set() and (block := response.read1(1 << 16)):
                arrived.put(block)
        arrived.put(b"")
    except Exception as error:  # raised where the caller waits
        arrived.put(error)


@functools.cache
def _certificates() -> ssl.SSLContext:
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())  # not every Python finds the system's
    return context


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
        except (OSError, ValueError) as error:
            answers.put((url, f"no connection ({error})"))

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
    target = urllib.parse.urlsplit(url)
    proxy = urllib.request.getproxies().get(target.scheme)
    if not proxy or urllib.request.proxy_bypass(target.hostname or ""):
        return None
    return proxy.rpartition("//")[2].rpartition("@")[2].rstrip("/")


def _check(url: str) -> None:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("expected an address that begins with http:// or https:// and a host")
