"""The IDX reader: whatever the bytes, the array that they describe or its own error."""

import math
import struct
import warnings
from pathlib import Path

import fuzz_idx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from d2lhelpers import data
from d2lhelpers.data import IdxError, read_idx
from d2lhelpers.files import download

SHAPES = st.lists(st.integers(1, 6), min_size=1, max_size=3).map(tuple)


@st.composite
def arrays(draw) -> torch.Tensor:
    shape = draw(SHAPES)
    values = draw(st.binary(min_size=math.prod(shape), max_size=math.prod(shape)))
    return torch.tensor(list(values), dtype=torch.uint8).reshape(shape)


def packed(array: torch.Tensor) -> bytes:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + bytes(array.flatten().tolist())


@given(arrays())
def test_what_was_written_is_read(array):
    assert torch.equal(read_idx(packed(array)), array)


@given(arrays(), st.data())
def test_a_file_that_is_cut_anywhere_is_refused(array, more):
    content = packed(array)
    with pytest.raises(IdxError):
        read_idx(content[: more.draw(st.integers(0, len(content) - 1))])


@given(arrays(), st.binary(min_size=1))
def test_a_file_that_goes_on_is_refused(array, rest):
    with pytest.raises(IdxError):
        read_idx(packed(array) + rest)


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=3), st.binary(max_size=100))
def test_sizes_that_the_values_do_not_fill_are_refused_however_large(sizes, values):
    content = struct.pack(f">BBBB{len(sizes)}I", 0, 0, 8, len(sizes), *sizes) + values
    if math.prod(sizes) == len(values) > 0:
        assert read_idx(content).shape == tuple(sizes)
    else:
        with pytest.raises(IdxError):
            read_idx(content)


@given(st.one_of(st.binary(), st.binary().map(lambda rest: b"\0\0\x08" + rest)))
def test_any_bytes_are_read_or_refused(content):
    try:
        array = read_idx(content)
    except IdxError:
        return
    assert packed(array) == content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "found nothing; is it unpacked"),
        (b"\x1f\x8b\x08\0", "found 1f 8b 08 00; is it unpacked"),
        (b"\0\0\x0d\1\0\0\0\1" + bytes(4), "unsigned bytes"),
        (b"\0\0\x08\0", "01, 02 or 03, found 00 00 08 00"),
        (b"\0\0\x08\4" + bytes(16), "01, 02 or 03, found 00 00 08 04"),
        (b"\0\0\x08\3\0\0\0\1", "expected 16 bytes of header, found 8"),
        (b"\0\0\x08\1\0\0\0\3ab", "expected 3 values, found 2"),
        (b"\0\0\x08\2" + b"\xff" * 8, "expected 4294967295 x 4294967295 values, found 0"),
        (b"\0\0\x08\2\0\0\0\0\0\0\0\3", "expected 0 x 3 values"),
    ],
)
def test_what_is_wrong_is_said(content, words):
    with pytest.raises(IdxError, match=words):
        read_idx(content)


def test_the_array_can_be_changed_without_a_warning():
    content = packed(torch.zeros(2, dtype=torch.uint8))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        array = read_idx(content)
        array += 1
    assert read_idx(content).tolist() == [0, 0]


@pytest.mark.skipif(not data.is_available("MNIST"), reason="MNIST is not on this computer")
def test_the_real_files_are_read_as_torchvision_reads_them(tmp_path: Path):
    from torchvision.datasets.mnist import read_image_file, read_label_file

    for file, content in download.load("MNIST")[0].items():
        (tmp_path / file).write_bytes(content)
        theirs = read_image_file if "images" in file else read_label_file
        expected = theirs(str(tmp_path / file))
        assert torch.equal(read_idx(content).to(expected.dtype), expected)


def test_thousands_of_mutated_files_raise_no_other_error():
    verdicts = fuzz_idx.fuzz(5_000)
    assert verdicts.total() == 5_000 and verdicts["read"] > 300
    assert len(verdicts) == 4, "it reads, and has three ways to refuse"
