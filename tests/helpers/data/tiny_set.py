"""A Fashion-MNIST of thirty pictures; as a program, another process that loads it.

python tiny_set.py CACHE [--die-before-renaming] [--as-nobody | --without-home] prints the
warnings, and then "whole" or what was met.
"""

import gzip
import hashlib
import os
import signal
import struct
import sys
from pathlib import Path

from d2lhelpers.files import download, transfer

NOBODY = 65534
NAMELESS = 54_321  # no entry in the list of users


def idx_images(count: int, shade: int) -> bytes:
    return struct.pack(">IIII", 2051, count, 28, 28) + bytes([shade]) * (count * 784)


def idx_labels(count: int) -> bytes:
    return struct.pack(">II", 2049, count) + bytes(i % 10 for i in range(count))


CONTENTS = idx_images(20, 255), idx_labels(20), idx_images(10, 51), idx_labels(10)
TINY = dict(zip(download.FILES, CONTENTS))
ARCHIVES = {name: gzip.compress(content, mtime=0) for name, content in TINY.items()}


def sums(files: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


if __name__ == "__main__":
    download.SHA256["Fashion-MNIST"] = sums(TINY)
    # as long as in test_bad_days.py
    transfer.CONNECT = transfer.STALL = transfer.WHOLE = 600.0
    if "--without-home" in sys.argv:
        os.environ.pop("HOME", None), os.environ.pop("XDG_CACHE_HOME", None)
    else:
        download._cache = lambda: Path(sys.argv[1])
    if "--die-before-renaming" in sys.argv:
        os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)
    if user := {"--as-nobody": NOBODY, "--without-home": NAMELESS}.get(sys.argv[-1]):
        # Python itself may lie where nobody may read, so what is imported late is imported now.
        import encodings.idna  # noqa: F401

        import filelock
        import platformdirs

        filelock.FileLock(os.devnull), platformdirs.user_cache_path(), transfer._session()
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    contents, trail = download.load("Fashion-MNIST")
    print(*trail.warnings, sep="\n")
    print("whole" if contents == TINY else trail)
