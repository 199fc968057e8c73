"""The files of a data set: looked for, downloaded if need be, and checked by SHA-256.

Looked for in this order: ``$D2LHELPERS_DATA``, the per-user cache, the mirrors
(``$D2LHELPERS_MIRRORS`` replaces them: addresses separated by commas, each with the folders
``FashionMNIST`` and ``MNIST`` below it). The layout is torchvision's.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import transfer

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
SHA256_OF_ARCHIVE = {
    "Fashion-MNIST": dict(zip(FILES, (
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ))),
    "MNIST": dict(zip(FILES, (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
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
    return (contents if len(contents) == len(FILES) else None), trail


def is_available(name: str) -> bool:
    """Whether all files of ``name`` lie whole on this computer."""
    return len(_find(name, Trail())) == len(FILES)


def _cache() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("d2lhelpers")


def _find(name: str, trail: Trail) -> dict[str, bytes]:
    """Those files of ``name`` that lie whole on this computer."""
    roots = [_cache()]
    named = os.environ.get("D2LHELPERS_DATA")
    if not named:
        trail.looked.append("D2LHELPERS_DATA: not set")
    elif os.path.isdir(named):
        roots.insert(0, Path(named))
    else:
        trail.warnings.append(f"D2LHELPERS_DATA={named} is not a folder; looking elsewhere.")
    contents = {}
    for root in roots:
        folder = root / FOLDERS[name] / "raw"
        missing = [file for file in FILES if file not in contents]
        absent = [file for file in missing if not os.path.lexists(folder / file)]
        if absent:
            trail.looked.append(f"{folder}: no {', '.join(absent)}")
        for file in missing:
            content = _read(folder / file, SHA256[name][file], trail)
            if content is not None:
                contents[file] = content
    return contents


def _read(path: Path, expected: str, trail: Trail) -> bytes | None:
    """The content of the file at ``path``, or None unless it is there and whole."""
    try:
        with open(path, "rb") as file:
            content = file.read(transfer.LARGEST)
            size = os.fstat(file.fileno()).st_size
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        trail.warnings.append(f"{path} is not used, because it cannot be read: {error.strerror}.")
    else:
        mismatch = _mismatch(content, expected)
        if mismatch is None:
            return content
        trail.warnings.append(
            f"{path} ({size:,} bytes) is damaged or another file and is not used: {mismatch}."
        )
    return None


def _mismatch(content: bytes, expected: str) -> str | None:
    """How the SHA-256 of ``content`` differs from the one that is expected, if it does."""
    found = hashlib.sha256(content).hexdigest()
    if found == expected:
        return None
    known = [
        f", which is {file} of {name}"
        for name in SHA256
        for file in FILES
        if found in (SHA256[name][file], SHA256_OF_ARCHIVE[name][file])
    ]
    return f"expected SHA-256 {expected}, found {found}{''.join(known)}"


def _download(name: str, files: Sequence[str], trail: Trail) -> dict[str, bytes]:
    """Fetch ``files`` and keep them in the cache; ends early where one cannot be had."""
    mirrors = _reachable(name, trail)
    contents: dict[str, bytes] = {}
    if not mirrors:
        return contents
    folder = _cache() / FOLDERS[name] / "raw"
    with _locked(folder, trail) as can_keep:
        for file in files:
            # Another process may have brought it while this one waited for the lock.
            content = _read(folder / file, SHA256[name][file], Trail())
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
def _locked(folder: Path, trail: Trail) -> Iterator[bool]:
    """Let one process at a time fill ``folder``; gives False where nothing can be kept there."""
    from filelock import FileLock

    lock = FileLock(folder / ".lock", timeout=transfer.WHOLE)
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
            problem = _mismatch(archive, SHA256_OF_ARCHIVE[name][file])
            if problem is None:
                content = gzip.decompress(archive)
                problem = _mismatch(content, SHA256[name][file])
                if problem is None:
                    return content
            trail.warnings.append(f"{url} ({len(archive):,} bytes) is not used: {problem}.")
        except OSError as error:
            trail.looked.append(f"{transfer.route(url)}: {error}")
        mirrors.append(mirrors.pop(0))
    return None
