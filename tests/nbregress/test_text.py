"""Texts are compared as a reader would, and long ones without end are no trouble."""

from __future__ import annotations

import random

import pytest
from nbformat import NotebookNode

from nbregress.masks import READY, compiled, masked
from nbregress.streams import on_terminal, parts
from nbregress.text import Tolerance, aligned, text_differences

EQUAL = [
    ("0.5000", "0.5004"),
    ("loss 0.9996", "loss 1.0000"),
    ("tensor([ 0.9996, -1.0000])", "tensor([1.0000, -0.9999])"),
    ("tensor([0.0000, 2.0000])", "tensor([-0.0000,  2.0000])"),
    ("tensor([0.0000, 2.0000])", "tensor([-5.0000e-05,  2.0000e+00])"),
    ("tensor(1.)", "tensor(0.9999)"),
    ("tensor([1., 2.])", "tensor([0.9999, 2.0000])"),
    ("[1. 2. 3.]", "[1.    2.001 3.   ]"),
    ("1.0000e-01 *", "0.1 *"),
    ("lr = 1e-05", "lr = 1.0e-05"),
    ("gap 2.98e-08", "gap 5.96e-08"),
    ("93.21%", "93.23%"),
    ("3.200ms", "3.202ms"),
    ("12.00 MB", "12.01 MB"),
    ("1,234.5 images/s", "1,234.9 images/s"),
    ("nan", "nan"),
    ("[nan, 1.0]", "[   nan, 1.0000]"),
    ("inf -inf", "inf -inf"),
    ("−0.5000", "−0.5001"),
    ("0.5-0.7", "0.5-0.7001"),
    ("| a |  9.999 |", "| a | 10.000 |"),
    ("<td>0.9996</td>", "<td>1.0</td>"),
    ("x:  0.5 \ny: 2", "x: 0.5\ny: 2"),
    (
        "tensor([0.1000, 0.2000,\n        0.3000, 0.4000])",
        "tensor([0.1000, 0.2000, 0.3000,\n        0.4000])",
    ),
    ("trained for 10 epochs.", "trained for 10 epochs."),
    ("\x1b[31m0.5000\x1b[0m", "\x1b[31m0.5004\x1b[0m"),
    ("\x1b[1;31mtensor([1.\x1b[0m])", "\x1b[1;31mtensor([0.9999\x1b[0m])"),
]
DIFFERENT = [
    ("0.5000", "0.5050"),
    ("0.01", "-0.01"),
    ("0.0001", "0.0004"),
    ("93.21%", "93.41%"),
    ("3.2ms", "3.2s"),
    ("nan", "0.5"),
    ("0.5", "nan"),
    ("inf", "-inf"),
    ("inf", "1e+38"),
    ("1e-03", "2e-03"),
    ("60,000", "60,001"),
    ("60000", "60001"),
    ("10000 steps", "10001 steps"),
    ("There are 9990.", "There are 9991."),
    ("7", "8"),
    ("-1", "1"),
    ("tensor([1, 2])", "tensor([1., 2.])"),
    ("torch.Size([256, 784])", "torch.Size([256, 785])"),
    ("torch.float32", "torch.float64"),
    ("conv2d", "conv3d"),
    ("N22", "N23"),
    ("sha256 12e45f", "sha256 12e46f"),
    ("at 0x7f00", "at 0x7f01"),
    ("torch 2.1000.0", "torch 2.1001.0"),
    ("layer.1000.weight", "layer.1001.weight"),
    ("loss 0.5", "cost 0.5"),
    ("loss 0.5", "loss 0.5 0.5"),
    ("1 23", "12 3"),
    ("a 1.0 b 2.0", "a 2.0 b 1.0"),
    ("[1.0, 2.0]", "[1.0], 2.0"),
    ("1.0 2.0\n3.0", "1.0\n2.0 3.0"),
    ("a\nb", "a\nb\nc"),
    ("    indented", "  indented"),
    ("\x1b[31m0.5\x1b[0m", "\x1b[32m0.5\x1b[0m"),
    ("\x1b[31m0.5\x1b[0m", "\x1b[31m0.6\x1b[0m"),
]


@pytest.mark.parametrize(("expected", "found"), EQUAL)
def test_texts_agree(expected, found):
    assert text_differences(expected, found, Tolerance()) == []


@pytest.mark.parametrize(("expected", "found"), DIFFERENT)
def test_texts_differ(expected, found):
    assert text_differences(expected, found, Tolerance())


def test_integers_may_differ_where_a_cell_says_so_but_shapes_may_not():
    tolerance = Tolerance(rtol=0.01, integers=True)
    assert text_differences("9800 of 10000", "9801 of 10000", tolerance) == []
    assert text_differences("2", "1.999", tolerance) == []
    assert text_differences("9800 right", "9000 right", tolerance)
    assert text_differences("torch.Size([1000])", "torch.Size([1001])", tolerance)


def test_each_difference_is_reported_with_its_line_and_tolerance():
    found = text_differences("a 1.0\nb 2.0 3.0\nc", "a 1.1\nb 2.0 3.5\nd", Tolerance())
    assert found[0] == (
        "line 1: expected 1.0, found 1.1, difference 0.1, "
        "tolerance 0.0011 (atol 0.0001, rtol 0.001)"
    )
    assert found[1].startswith("line 2: expected 3.0, found 3.5")
    assert found[2].startswith("line 3: expected") and len(found) == 3


def blocks(a, b):
    return [(equal, a[i:end], b[j:end_b]) for equal, i, end, j, end_b in aligned(a, b)]


def test_a_missing_line_is_found_among_lines_of_their_own():
    lines = [f"line x{i}" for i in range(9)]
    found = [block for block in blocks(lines, lines[:4] + lines[5:]) if not block[0]]
    assert found == [(False, ["line x4"], [])]


def test_lines_that_changed_are_found_one_by_one_among_lines_that_are_alike():
    a, b = ["step"] * 8, ["step"] * 8
    b[2], b[5] = "halt", "stop"
    found = [block for block in blocks(a, b) if not block[0]]
    assert found == [(False, ["step"], ["halt"]), (False, ["step"], ["stop"])]


def test_aligned_blocks_hold_each_line_once_in_order_and_equal_ones_agree():
    rng = random.Random(0)
    for _ in range(300):
        a, b = (rng.choices("abcdefgh", k=rng.randrange(12)) for _ in "ab")
        found = blocks(a, b)
        assert [[line for block in found for line in block[side]] for side in (1, 2)] == [a, b]
        assert all((block[1] == block[2]) == block[0] for block in found)


MANY = 100_000
WORDS = [f"word{i}" for i in range(MANY)]
LONG = {  # a program whose time grows with the square of the length would not come to an end
    "one line fewer": ("\n".join(WORDS), "\n".join(WORDS[:500] + WORDS[501:])),
    "every tenth line changed": (
        "\n".join(WORDS),
        "\n".join(word + "!" * (i % 10 == 0) for i, word in enumerate(WORDS)),
    ),
    "all lines in another order": ("\n".join(WORDS), "\n".join(WORDS[::-1])),
    "alike lines, one fewer": ("step\n" * MANY, "step\n" * 500 + "stop\n" * MANY),
    "all lines different": ("\n".join(WORDS), "\n".join(word + "!" for word in WORDS)),
    "two orders of few lines": ("a\nb\nc\n" * MANY, "b\na\nc\n" * MANY),
    "blanks": (" " * 1_000_000 + "a", " " * 1_000_000 + "b"),
    "blank lines": ("\n" * 1_000_000 + "a", "\n" * 1_000_000 + "b"),
    "no blanks": ("x" * 1_000_000 + "a", "x" * 1_000_000 + "b"),
    "digits": ("1" * 1_000_000, "2" * 1_000_000),
    "digits behind a point": ("0." + "1" * 1_000_000, "0." + "2" * 1_000_000),
    "numbers with commas": ("1," * 500_000, "1," * 500_000 + "2"),
    "thousands": ("111," * 250_000, "111," * 250_000 + "2"),
    "versions": ("1." * 500_000, "1." * 500_000 + "2"),
    "numbers": ("0.25 " * 250_000, "0.75 " * 250_000),
    "shapes without end": ("torch.Size([" * 100_000, "torch.Size([" * 100_000 + "2"),
    "wrapped rows": (", \n " * 250_000, ", \n " * 250_000 + "2"),
    "colors without end": ("\x1b[1" * 250_000, "\x1b[1" * 250_000 + "m"),
    "cells of a table": ("<td>0.5</td>" * 100_000, "<td>0.6</td>" * 100_000),
    "nulls": ("\0" * 1_000_000, "\0" * 1_000_000 + "x"),
}


@pytest.mark.parametrize("name", LONG)
def test_long_texts_are_compared_and_what_is_said_of_them_is_short(name):
    differences = text_differences(*LONG[name], Tolerance())
    assert differences and max(map(len, differences)) < 5_000


@pytest.mark.parametrize(("piece", "what"), [("\n", "lines"), ("1 ", "numbers")])
def test_too_many_lines_or_numbers_are_refused_with_a_sentence(piece, what):
    (refused,) = text_differences(piece * 2_000_001, piece * 2_000_000, Tolerance())
    assert refused == f"2,000,001 and 2,000,000 {what}: more than 2,000,000 are not compared"


@pytest.mark.parametrize("name", LONG)
def test_long_texts_are_masked(name):
    patterns = compiled([*READY, r"\d{1,9} ms"])
    assert [masked(text + " 5 ms", patterns)[-3:] for text in LONG[name]] == ["***", "***"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("10 %\r20 %\n", "20 %\n"),
        ("loading\r", ""),
        ("windows\r\n", "windows\n"),
        ("wrog\bng\n", "wrong\n"),
        ("a\n\b\bb", "a\nb"),
        ("\r" * 1_000_000, ""),
        ("x\r" * 500_000 + "y", "y"),
        ("x\b" * 500_000, ""),
        ("x" * 500_000 + "\b" * 500_000 + "y\b" * 250_000, ""),
        ("x" * 500_000 + "\b\by" * 250_000, "x" * 249_999 + "y"),
    ],
)
def test_a_stream_is_what_a_terminal_leaves_of_it(text, left):
    assert on_terminal(text) == left


def test_many_pieces_of_a_stream_are_joined():
    names = ("stdout", "stderr")
    pair = [NotebookNode(output_type="stream", name=n, text=n + " line\n") for n in names]
    (out, out_text), (err, err_text) = parts(pair * 500_000)
    assert (out, err) == names
    assert out_text == "stdout line\n" * 500_000 and err_text == "stderr line\n" * 500_000


@pytest.mark.parametrize(
    ("mask", "one", "other"),
    [
        ("addresses", "<function f at 0x7f3a5c0d1e40>", "<function f at 0x000001F2A0B3C4D5>"),
        ("styler-ids", "<td id='T_a1b2c_row0'>", "<td id='T_99fed_row0'>"),
        ("sklearn-ids", "#sk-container-id-1 a", "#sk-container-id-12 a"),
        (
            "uuids",
            "id=0b0e7a4c-6d58-4a5e-8a44-0d6c5a3b2f10",
            "id=7f7a0c1e-2b7e-4a86-9d0c-54c3a9a4f6c2",
        ),
    ],
)
def test_a_ready_mask_hides_what_differs_from_run_to_run(mask, one, other):
    assert text_differences(one, other, Tolerance())
    assert masked(one, compiled([mask])) == masked(other, compiled([mask]))


@pytest.mark.parametrize("mask", [r"\d+ s", r"a.*b", r"x{3,} s"])
def test_a_mask_that_repeats_without_limit_is_refused(mask):
    with pytest.raises(ValueError, match="a repeat needs a limit"):
        compiled([mask])


def test_a_mask_with_limits_and_signs_in_brackets_is_taken():
    assert compiled([r"[+*]{1,3}\+\* [^\]*]?"])
