"""The files of a data set: looked for, downloaded if need be, and checked by SHA-256.

Looked for in this order: ``$D2LHELPERS_DATA``, the per-user cache, the mirrors
(``$D2LHELPERS_MIRRORS`` replaces them: addresses separated by commas, each with the folders
``FashionMNIST`` and ``MNIST`` below it). What is downloaded is kept in torchvision's layout.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import copies, transfer
from .copies import FILES, FOLDERS, SHA256, Trail

WAIT_FOR_OTHERS = 900.0  # seconds, while another process downloads
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


def load(name: str) -> tuple[dict[str, bytes] | None, Trail]:
    """The four whole files of a set, downloaded if need be.

    Args:
        name: ``"Fashion-MNIST"`` or ``"MNIST"``.

    Returns:
        the content of each file, or None where one of them cannot be had;
        and what the search met.
    """
    trail = Trail()
    contents = _find(name, trail)
    missing = [file for file in FILES if file not in contents]
    if missing:
        contents |= _download(name, missing, trail)
    trail.missing = [file for file in FILES if file not in contents]
    return (None if trail.missing else contents), trail


def is_available(name: str) -> bool:
    """Whether all files of ``name`` lie whole on this computer."""
    return len(_find(name, Trail())) == len(FILES)


def advice(name: str, missing: Sequence[str]) -> str:
    """What a reader can do to get those files of a set that are missing."""
    own = _own_folder()
    if own is None:
        return (
            "For the real set connect to the network, or set D2LHELPERS_DATA to a folder "
            f"that holds {FOLDERS[name]}/raw."
        )
    return (
        f"D2LHELPERS_DATA={own} lacks {', '.join(missing)} (looked for there, in "
        f"{FOLDERS[name]} and in {FOLDERS[name]}/raw, with and without .gz). For the real set "
        f"connect to the network, or put what is missing into {own / FOLDERS[name] / 'raw'}."
    )


def _own_folder() -> Path | None:
    named = os.environ.get("D2LHELPERS_DATA")
    return Path(named) if named and os.path.isdir(named) else None


def _cache() -> Path | None:
    """The per-user cache; None for a user without a home folder."""
    import platformdirs

    try:
        path = platformdirs.user_cache_path("d2lhelpers")
    except (RuntimeError, KeyError):
        return None
    return path if path.is_absolute() else None  # "~" stays where there is no home


def _find(name: str, trail: Trail) -> dict[str, bytes]:
    """Those files of ``name`` that lie whole on this computer."""
    named, own, cache = os.environ.get("D2LHELPERS_DATA"), _own_folder(), _cache()
    if not named:
        trail.looked.append("D2LHELPERS_DATA: not set")
    elif own is None:
        trail.warnings.append(f"D2LHELPERS_DATA={named} is not a folder; looking elsewhere.")
    return copies.find(name, [root for root in (own, cache) if root], trail)


def _download(name: str, files: Sequence[str], trail: Trail) -> dict[str, bytes]:
    """Fetch ``files`` and keep them in the cache; ends early where one cannot be had."""
    mirrors = _reachable(name, trail)
    contents: dict[str, bytes] = {}
    if not mirrors:
        return contents
    cache = _cache()
    folder = cache / FOLDERS[name] / "raw" if cache else None
    with _locked(folder, trail) as can_keep:
        for file in files:
            # Another process may have brought it while this one waited for the lock.
            content = folder and copies.read(folder / file, SHA256[name][file], Trail())
            if content is None:
                content = _fetch_from_any(mirrors, name, file, trail)
                if content is None:
                    break
                can_keep = can_keep and _keep(content, folder / file, trail)
            contents[file] = content
    return contents


def _reachable(name: str, trail: Trail) -> list[str]:
    """The mirrors of a set that accept a connection."""
    mirrors = list(MIRRORS[name])
    own = os.environ.get("D2LHELPERS_MIRRORS")
    if own:
        addresses = (address.strip().rstrip("/") for address in own.split(","))
        mirrors = [f"{address}/{FOLDERS[name]}/" for address in addresses if address]
    problems = transfer.knock(mirrors)
    trail.looked.extend(f"{transfer.route(url)}: {problem}" for url, problem in problems.items())
    return [url for url in mirrors if url not in problems]


@contextlib.contextmanager
def _locked(folder: Path | None, trail: Trail) -> Iterator[bool]:
    """Let one process at a time fill ``folder``; gives False where nothing can be kept."""
    if folder is None:
        trail.warnings.append("What is downloaded is not kept: this user has no home folder.")
        yield False
        return
    from filelock import FileLock

    lock = FileLock(folder / ".lock", timeout=WAIT_FOR_OTHERS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except (OSError, NotImplementedError) as error:
        trail.warnings.append(f"What is downloaded is not kept in {folder}: {error}.")
    try:
        yield lock.is_locked
    finally:
        lock.release()


def _keep(content: bytes, path: Path, trail: Trail) -> bool:
    """Write a file under another name first, so that a half one never has its name."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        trail.warnings.append(f"What is downloaded is not kept in {path.parent}: {error}.")
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        return False
    return True


def _fetch_from_any(mirrors: list[str], name: str, file: str, trail: Trail) -> bytes | None:
    """One file, unpacked; a mirror that fails is asked last for the next one."""
    for mirror in list(mirrors):
        url = f"{mirror}{file}.gz"
        try:
            archive = transfer.fetch(url)
        except OSError as error:
            trail.looked.append(f"{transfer.route(url)}: {error}")
        else:
            content, problem = copies.unpack(archive, SHA256[name][file])
            if problem is None:
                return content
            trail.warnings.append(f"{url} ({len(archive):,} bytes) is not used: {problem}.")
        mirrors.append(mirrors.pop(0))
    return None
