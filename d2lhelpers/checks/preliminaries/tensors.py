"""Checks for the exercises of Part 2, tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..core import Verdict, Wrong, as_tensor, compare, compare_values

Function = Callable[..., Any]


def strides_by_hand(answers: dict[str, Any]) -> Verdict:
    """Four whole numbers about the storage of ``torch.zeros(2, 3, 4)``, one about windows."""
    T = torch.zeros(2, 3, 4)
    part = T[1, :, ::2]
    right = {
        "stride of axis 0": T.stride(0),
        "cell of T[1, 2, 3]": T[1, 2, 3].storage_offset(),
        "offset of T[1, :, ::2]": part.storage_offset(),
        "last stride of T[1, :, ::2]": part.stride(1),
        "numbers in all windows": torch.zeros(1_000).unfold(0, 100, 1).numel(),
    }
    return compare_values(
        answers,
        right,
        rtol=0,
        hint="the last axis moves one cell; an earlier axis skips all the entries behind it; "
        "the last window ends at the last number",
    )


def fresh_strides(function: Function) -> Verdict:
    """``function(shape)`` returns the strides of a new tensor, as a list or a tuple."""

    shapes = [(4, 4), (2, 3), (2, 3, 4), (7,), (5, 2, 1, 3), (1, 1, 6), (2, 2, 3, 2, 2, 5), ()]
    return compare(
        function,
        lambda shape: torch.tensor(torch.empty(shape).stride()),
        [(f"shape {shape}", (shape,)) for shape in shapes],
        hint="how many entries does one step along an axis skip? begin with the last axis",
    )


def channels_last(function: Function) -> Verdict:
    """``function(images)`` turns (N, C, H, W) into (N, H, W, C)."""
    generator = torch.Generator().manual_seed(0)
    tiny = torch.tensor([[[[1.0, 2], [3, 4]], [[10, 20], [30, 40]]]])  # (1, 2, 2, 2)
    cases = [("one image, channels [[1, 2], [3, 4]] and [[10, 20], [30, 40]]", (tiny,))]
    cases += [
        (f"random images of shape {shape}", (torch.rand(shape, generator=generator),))
        for shape in [(1, 3, 4, 6), (5, 3, 3, 3), (2, 1, 5, 4)]
    ]
    return compare(
        function,
        lambda images: images.permute(0, 2, 3, 1),
        cases,
        hint="which axis of yours is the height? the order of height and width stays",
    )


def center_channels(function: Function) -> Verdict:
    """``function(images)`` subtracts from each channel its mean over images and pixels."""
    generator = torch.Generator().manual_seed(0)
    levels = torch.tensor([1.0, 2, 3])[:, None, None].expand(2, 3, 3, 3).clone()
    cases = [("two images whose channels are all 1, all 2 and all 3", (levels,))]
    cases += [
        (f"random images of shape {shape}", (torch.rand(shape, generator=generator),))
        for shape in [(4, 3, 5, 6), (3, 3, 3, 3), (1, 1, 2, 2)]
    ]
    return compare(
        function,
        lambda images: images - images.mean(dim=(0, 2, 3), keepdim=True),
        cases,
        hint="one mean per channel: which axes go, and which shape must be left to broadcast?",
    )


def windows(function: Function) -> Verdict:
    """``function(x, size)`` returns all windows of a 1-D tensor as a view of it."""

    def of_part(function: Function, strip: Tensor, start: int, step: int, size: int) -> Any:
        part = strip[start::step]
        found = function(part, size)
        if found is None:
            raise Wrong("your function returned nothing")
        try:
            before = as_tensor(found).clone()
        except Wrong:
            return found
        part += 100  # a view shows the change
        if before.numel() and not torch.equal(as_tensor(found), before + 100):
            raise Wrong("the numbers were copied: a change of x does not show in the windows")
        return before

    strip = torch.arange(1.0, 13.0)
    cases = [("x = 1, 2, 3, 4, 5, size 3", (strip[:5].clone(), 0, 1, 3))]
    cases += [
        (f"x = {strip[start::step].int().tolist()}, size {size}", (strip, start, step, size))
        for start, step, size in [(0, 1, 1), (0, 1, 12), (4, 1, 2), (0, 2, 4), (3, 3, 2)]
    ]
    return compare(
        function,
        lambda strip, start, step, size: strip[start::step].unfold(0, size, 1),
        cases,
        run=of_part,
        hint="torch.as_strided: both axes walk along x, so what is one step of x on its strip?",
    )
