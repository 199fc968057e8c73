"""Where the files of a data set lie: looked for, checked by SHA-256, downloaded if need be.

Looked for in this order: ``$D2LHELPERS_DATA``, the per-user cache, the mirrors
(``$D2LHELPERS_MIRRORS`` replaces them: addresses separated by commas, each with the folders
``FashionMNIST`` and ``MNIST`` below it). The layout is torchvision's.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import queue
import shutil
import socket
import threading
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .progress import Progress

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
FOLDERS = {"Fashion-MNIST": "FashionMNIST", "MNIST": "MNIST"}
SHA256 = {
    "Fashion-MNIST": dict(zip(FILES, (
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ))),
    "MNIST": dict(zip(FILES, (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ))),
}  # fmt: skip
MD5_OF_ARCHIVE = {
    "Fashion-MNIST": dict(zip(FILES, (
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310",
    ))),
    "MNIST": dict(zip(FILES, (
        "f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c",
    ))),
}  # fmt: skip
MIRRORS = {
    "Fashion-MNIST": (
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    ),
    "MNIST": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
}


class DataUnavailable(RuntimeError):  # noqa: N818, the name says what the matter is
    """A data set is neither on this computer nor to be downloaded."""


@dataclass
class Trail:
    """What a search met: ``warnings`` are told in any case, ``looked`` only when it fails."""

    warnings: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(f"  - {line}" for line in self.warnings + self.looked)


def locate(name: str) -> tuple[Path | None, Trail]:
    """The folder with the four whole files of a set, downloaded if need be.

    Args:
        name: ``"Fashion-MNIST"`` or ``"MNIST"``.

    Returns:
        the folder, or None where no copy can be had; and what the search met.
    """
    trail = Trail()
    return _find(name, trail) or _download(name, trail), trail


def is_available(name: str) -> bool:
    """Whether all files of ``name`` lie whole on this computer."""
    return _find(name, Trail()) is not None


def _cache() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("d2lhelpers")


def _find(name: str, trail: Trail) -> Path | None:
    roots = [_cache()]
    named = os.environ.get("D2LHELPERS_DATA")
    if not named:
        trail.looked.append("D2LHELPERS_DATA: not set")
    elif Path(named).is_dir():
        roots.insert(0, Path(named))
    else:
        trail.warnings.append(f"D2LHELPERS_DATA={named} is not a folder; looking elsewhere.")
    for root in roots:
        folder = root / FOLDERS[name] / "raw"
        missing = [file for file in FILES if not (folder / file).is_file()]
        damaged = [
            problem
            for file in FILES
            if file not in missing and (problem := _damage(folder / file, SHA256[name][file]))
        ]
        if not missing and not damaged:
            return folder
        trail.warnings.extend(damaged)
        if missing:
            trail.looked.append(f"{folder}: no {', '.join(missing)}")
    return None


def _damage(path: Path, expected: str) -> str | None:
    """What is wrong with the file at ``path``, or None."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() == expected:
        return None
    return (
        f"{path} ({path.stat().st_size:,} bytes) is damaged or another file and is not used: "
        f"expected SHA-256 {expected}, found {digest.hexdigest()}."
    )


def _download(name: str, trail: Trail) -> Path | None:
    """Fetch into the cache what it lacks of ``name``."""
    own = os.environ.get("D2LHELPERS_MIRRORS")
    mirrors = MIRRORS[name]
    if own:
        mirrors = tuple(f"{base.strip().rstrip('/')}/{FOLDERS[name]}/" for base in own.split(","))
    reachable = _reachable(mirrors)
    trail.looked.extend(f"{url}: no connection" for url in mirrors if url not in reachable)
    if not reachable:
        return None

    from filelock import FileLock

    folder = _cache() / FOLDERS[name] / "raw"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        for file in FILES:
            path = folder / file
            if path.is_file() and _damage(path, SHA256[name][file]):
                path.unlink()
            if not path.is_file() and not any(
                _fetch(f"{mirror}{file}.gz", name, path, trail) for mirror in reachable
            ):
                return None
    return folder


def _fetch(url: str, name: str, path: Path, trail: Trail) -> bool:
    """Download one archive, unpack it, check both, and only then give the file its name."""
    import pooch
    import requests

    archive, part = path.with_name(f"{path.name}.gz"), path.with_name(f"{path.name}.part")
    pooch.get_logger().setLevel("ERROR")
    bar = Progress(0)
    try:
        downloader = pooch.HTTPDownloader(timeout=(4, 20), progressbar=bar)
        known_hash = f"md5:{MD5_OF_ARCHIVE[name][path.name]}"
        pooch.retrieve(url, known_hash, archive.name, path.parent, downloader=downloader)
        with gzip.open(archive) as packed, open(part, "wb") as plain:
            shutil.copyfileobj(packed, plain)
        problem = _damage(part, SHA256[name][path.name])
        if problem is None:
            os.replace(part, path)
            return True
    except (OSError, EOFError, ValueError, requests.RequestException) as error:
        problem = f"{type(error).__name__}: {error}"
    finally:
        bar.close()
        archive.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    trail.looked.append(f"{url}: {problem}")
    return False


def _reachable(urls: Sequence[str], seconds: float = 4.0) -> list[str]:
    """Those addresses whose host (or proxy) accepts a connection in time, order kept."""
    answers: queue.Queue[tuple[str, bool]] = queue.Queue()

    def knock(url: str) -> None:
        target = urllib.parse.urlsplit(url)
        proxy = urllib.request.getproxies().get(target.scheme)
        if proxy and not urllib.request.proxy_bypass(target.hostname or ""):
            target = urllib.parse.urlsplit(proxy if "//" in proxy else f"//{proxy}")
        port = target.port or {"http": 80}.get(target.scheme, 443)
        try:
            socket.create_connection((target.hostname, port), timeout=seconds).close()
            answers.put((url, True))
        except OSError:
            answers.put((url, False))

    # A name look-up cannot be given a time limit, so it is left behind in a daemon thread.
    for url in urls:
        threading.Thread(target=knock, args=(url,), daemon=True).start()
    open_doors = set()
    try:
        for _ in urls:
            url, opened = answers.get(timeout=seconds)
            if opened:
                open_doors.add(url)
    except queue.Empty:
        pass
    return [url for url in urls if url in open_doors]
