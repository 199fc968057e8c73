"""The files of an image set on this computer: found under their usual names, checked by SHA-256.

Both sets have files of the same names; what is inside decides whose they are.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

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
LARGEST = 64 << 20  # bytes


@dataclass
class Trail:
    """What a search met: ``warnings`` are told in any case, ``looked`` only when it fails.

    ``missing`` are the files that cannot be had.
    """

    warnings: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(f"  - {line}" for line in self.warnings + self.looked)


def find(name: str, roots: Sequence[Path], trail: Trail) -> dict[str, bytes]:
    """Those files of a set that lie whole in one of ``roots``, unpacked.

    In each root it looks in the set's folder and the ``raw`` in it (torchvision's layout), and
    in the root itself. A file may be packed (``.gz``) and have a dot in the place of a hyphen.
    """
    contents: dict[str, bytes] = {}
    for root in roots:
        folders = _folders(root, name)
        for file in [file for file in FILES if file not in contents]:
            for path in _candidates(folders, file):
                shared = path.parent in (root, root / "raw")
                content = read(path, SHA256[name][file], trail, shared=shared)
                if content is not None:
                    contents[file] = content
                    break
        absent = [file for file in FILES if file not in contents]
        if absent:
            places = ", ".join(str(folder) for folder in folders)
            trail.looked.append(f"{places}: no {', '.join(absent)}, with or without .gz")
    return contents


def _folders(root: Path, name: str) -> list[Path]:
    """Where the files of a set may lie below ``root``; the usual place comes first."""
    usual = root / FOLDERS[name]
    others = [path for path in _inside(root) if _plain(path.name) == _plain(name)]
    sets = [usual, *(path for path in others if path != usual)]
    folders = [folder for path in sets for folder in (path / "raw", path)]
    return [*folders, root / "raw", root]


def _candidates(folders: Sequence[Path], file: str) -> Iterator[Path]:
    for folder in folders:
        yield folder / file  # works in a folder that may not be listed, too
        for path in _inside(folder):
            if _plain(path.name).removesuffix("gz") == _plain(file):
                if path.is_dir():  # some programs unpack each file into a folder of its name
                    yield from _inside(path)
                elif path.name != file:
                    yield path


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _plain(name: str) -> str:
    return re.sub(r"[-_. ]", "", name).lower()


def read(path: Path, expected: str, trail: Trail, *, shared: bool = False) -> bytes | None:
    """The unpacked content of the file at ``path``, or None unless it is there and whole.

    Args:
        path: the file, packed or not.
        expected: the SHA-256 of the unpacked file.
        trail: is told why a file is not used.
        shared: the folder may hold several sets; a file of another one is nothing wrong there.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST)
            size = os.fstat(file.fileno()).st_size
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if not path.is_dir():
            reason = error.strerror
            trail.warnings.append(f"{path} is not used, because it cannot be read: {reason}.")
        return None
    content, problem = unpack(content, expected)
    if problem is None:
        return content
    told = trail.looked if shared and "which is" in problem else trail.warnings
    told.append(f"{path} ({size:,} bytes) is damaged or another file and is not used: {problem}.")
    return None


def unpack(content: bytes, expected: str) -> tuple[bytes, str | None]:
    """What is in ``content``, which may be packed by gzip, and what is wrong with it, if anything.

    The sum is that of the very bytes that are returned.
    """
    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as archive:
                content = archive.read(LARGEST)  # a bomb is not unpacked to its end
        except (OSError, EOFError, zlib.error) as error:
            return b"", f"it cannot be unpacked ({error})"
    found = hashlib.sha256(content).hexdigest()
    if found == expected:
        return content, None
    known = [
        f", which is {file} of {name}"
        for name in SHA256
        for file in FILES
        if found == SHA256[name][file]
    ]
    return content, f"expected SHA-256 {expected}, found {found}{''.join(known)}"
