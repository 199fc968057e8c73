"""The file format of MNIST."""

from __future__ import annotations

import math
import struct

import torch
from torch import Tensor


class IdxError(ValueError):
    """These bytes are not an IDX file of unsigned bytes."""


def read_idx(content: bytes) -> Tensor:
    """The array in an IDX file, the format of MNIST.

    Such a file is two zero bytes, 8 for "unsigned bytes", the number of dimensions, the size of
    each in four bytes, and the values (LeCun, Cortes, Burges, 1998).

    Args:
        content: the whole file, unpacked.

    Returns:
        uint8, of the one to three sizes that the file names, none of them 0.

    Raises:
        IdxError: ``content`` is anything else.

    >>> read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]))
    tensor([7, 8, 9], dtype=torch.uint8)
    """
    if content[:3] != b"\0\0\x08" or content[3:4] not in (b"\1", b"\2", b"\3"):
        raise IdxError(
            "content: expected an IDX file of unsigned bytes, which begins with 00 00 08 and 01, "
            f"02 or 03, found {content[:4].hex(' ') or 'nothing'}; is it unpacked?"
        )
    dimensions = content[3]
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise IdxError(f"content: expected {start} bytes of header, found {len(content)}")
    sizes = struct.unpack_from(f">{dimensions}I", content, 4)
    if 0 in sizes or math.prod(sizes) != len(content) - start:
        shape = " x ".join(str(size) for size in sizes)
        raise IdxError(f"content: expected {shape} values, found {len(content) - start:,}")
    return torch.frombuffer(bytearray(content), dtype=torch.uint8, offset=start).reshape(sizes)
