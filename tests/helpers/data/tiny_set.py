"""A Fashion-MNIST of thirty pictures; as a program, another process that loads it.

python tiny_set.py CACHE [--die-before-renaming] [--as-nobody] prints the warnings, and then
"whole" or what was met.
"""

import gzip
import hashlib
import os
import signal
import struct
import sys
from pathlib import Path

from d2lhelpers import download

NOBODY = 65534


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
    download.SHA256_OF_ARCHIVE["Fashion-MNIST"] = sums(ARCHIVES)
    download._cache = lambda: Path(sys.argv[1])
    if "--die-before-renaming" in sys.argv:
        os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)
    if "--as-nobody" in sys.argv:
        # Python itself may lie where nobody may read, so what is imported late is imported now.
        import encodings.idna  # noqa: F401

        import certifi
        import filelock

        certifi.where(), filelock.FileLock(os.devnull)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    contents, trail = download.load("Fashion-MNIST")
    print(*trail.warnings, sep="\n")
    print("whole" if contents == TINY else trail)
