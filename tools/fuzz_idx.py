"""Throw mutated files at the IDX reader, which must read them rightly or raise IdxError.

    python tools/fuzz_idx.py [FILES] [SEED]

Ends with an error at the first file that makes the reader do anything else.
"""

from __future__ import annotations

import argparse
import random
import re
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator

import numpy as np

from d2lhelpers.data import IdxError, read_idx

SIZES = (0, 1, 2, 3, 28, 255, 256, 2**16, 2**31 - 1, 2**31, 2**32 - 1)
SPARE_MEMORY = 256 << 20  # bytes


def idx(*sizes: int, kind: int = 8) -> bytes:
    count = int(np.prod(sizes))
    header = struct.pack(f">BBBB{len(sizes)}I", 0, 0, kind, len(sizes), *sizes)
    return header + bytes(i % 256 for i in range(count))


ORIGINALS = (
    idx(1), idx(7), idx(2, 3), idx(1, 1, 1), idx(2, 3, 4), idx(3, 28, 28), idx(300),
    idx(2, 1, 2, 1), idx(4, kind=13), b"",
)  # fmt: skip


def mutate(content: bytes, chance: random.Random) -> bytes:
    """One change, at a place where it may hurt."""
    place, other = (chance.randrange(len(content) + 1) for _ in range(2))
    first, last = min(place, other), max(place, other)
    kind = chance.randrange(10)
    if kind == 0:  # one bit
        byte = content[place : place + 1]
        changed = bytes([byte[0] ^ 1 << chance.randrange(8)]) if byte else b""
        return content[:place] + changed + content[place + 1 :]
    if kind == 1:  # one byte of the header
        place = chance.randrange(16)
        return content[:place] + chance.randbytes(1) + content[place + 1 :]
    if kind == 2:  # one size
        place = 4 + 4 * chance.randrange(4)
        return content[:place] + struct.pack(">I", chance.choice(SIZES)) + content[place + 4 :]
    if kind == 3:  # another number of dimensions
        return content[:3] + bytes([chance.randrange(6)]) + content[4:]
    if kind == 4:
        return content[:place]
    if kind == 5:
        return content + chance.randbytes(chance.randrange(1, 40))
    if kind == 6:
        return content[:first] + content[last:]
    if kind == 7:
        return content[:last] + content[first:]
    if kind == 8:
        return chance.randbytes(chance.randrange(40))
    return content[:16] + chance.randbytes(len(content[16:]))  # other values, a whole file


def mutants(count: int, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    for _ in range(count):
        content = chance.choice(ORIGINALS)
        for _ in range(chance.choice((1, 1, 2, 3, 4))):
            content = mutate(content, chance)
        yield content


def verdict(content: bytes) -> str:
    """What the reader did; any other error than its own comes through."""
    try:
        array = read_idx(content).numpy()
    except IdxError as error:
        return "refused: " + re.sub(r"\d[\d,]*( x \d+)*", "N", str(error)).split(" found")[0]
    start = 4 + 4 * content[3]
    sizes = np.frombuffer(content[4:start], ">u4")
    assert array.dtype == np.uint8 and array.shape == tuple(sizes), "another shape"
    assert array.tobytes() == content[start:], "other values"
    return "read"


def fuzz(count: int, seed: int = 0) -> Counter[str]:
    """How often the reader did what, for ``count`` files."""
    verdicts: Counter[str] = Counter()
    for number, content in enumerate(mutants(count, seed)):
        try:
            verdicts[verdict(content)] += 1
        except BaseException:
            print(f"file {number} of seed {seed}: {content[:64].hex(' ')}", file=sys.stderr)
            raise
    return verdicts


def limit_memory() -> None:
    """Let a huge allocation fail, where the system can do that."""
    try:
        import resource

        with open("/proc/self/statm") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + SPARE_MEMORY, now + SPARE_MEMORY))
    except (ImportError, OSError):
        print("memory is not limited on this system")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=int, nargs="?", default=100_000)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    arguments = parser.parse_args()
    limit_memory()
    start = time.perf_counter()
    for text, times in fuzz(arguments.files, arguments.seed).most_common():
        print(f"{times:9,}  {text}")
    print(f"{arguments.files:9,}  files in {time.perf_counter() - start:.1f} s")
