"""Checks for the exercises on channels and the cost of convolution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..bans import Watch, uses, without_loops
from ..core import Verdict, Wrong, compare, compare_values, normal, show

Function = Callable[..., Any]


def predict_counts(answers: dict[str, Any]) -> Verdict:
    """Parameters and multiply-adds of a layer from 4 to 8 channels."""
    right = {
        "parameters": 296,
        "multiply-adds": 18_432,
        "more channels": 6,
        "larger picture": 4,
        "parameters then": 1,
    }
    hint = "8 kernels of 4 x 3 x 3 and 8 biases; every weight is used once per place of the output"
    return compare_values(answers, right, hint=hint, rtol=1e-4)


def gray_layer(function: Function) -> Verdict:
    """``function()``: a layer from color to gray and to the mean of the three channels."""

    def reference(X: Tensor) -> Tensor:
        weights = torch.tensor([[0.299, 0.587, 0.114], [1 / 3, 1 / 3, 1 / 3]])
        return torch.einsum("oc,bchw->bohw", weights.double(), X.double())

    def run(function: Function, X: Tensor) -> Tensor:
        layer = function()
        if layer is None:
            raise Wrong("your function returned nothing")
        if not isinstance(layer, nn.Conv2d):
            raise Wrong(f"expected an nn.Conv2d, you returned {show(layer)}")
        return layer(X.to(layer.weight.dtype))

    cases = [
        ("a picture of one red pixel", (torch.tensor([1.0, 0, 0]).reshape(1, 3, 1, 1),)),
        ("a white picture of 5 x 5", (torch.ones(1, 3, 5, 5),)),
        ("a black picture of 5 x 5", (torch.zeros(1, 3, 5, 5),)),
        ("two pictures of 6 x 9", (normal(2, 3, 6, 9).sigmoid(),)),
    ]
    hint = "how large must the window be, how many kernels are there, and what is the bias?"
    return compare(function, reference, cases, run=run, hint=hint, rtol=1e-3, atol=1e-4)


def one_by_one(function: Function) -> Verdict:
    """``function(X, W, b)``: a 1x1 convolution as a product of matrices."""

    def reference(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
        return torch.einsum("oc,bchw->bohw", W.double(), X.double()) + b.double()[:, None, None]

    def look(name: str, arguments: tuple) -> None:
        if "conv" in name:
            raise Wrong("the task is to be solved without a convolution")

    def call(function: Function, X: Tensor, W: Tensor, b: Tensor) -> Any:
        if uses(function, _CONVOLUTIONS, set()):
            raise Wrong("the task is to be solved without a convolution")
        with Watch(look):
            return function(X, W, b)

    cases = [
        (
            f"B={B}, c_i={c_in}, c_o={c_out}, pictures of {H} x {W}",
            (normal(B, c_in, H, W), normal(c_out, c_in), normal(c_out)),
        )
        for B, c_in, c_out, H, W in [
            (1, 3, 1, 2, 2),
            (1, 1, 4, 3, 2),
            (2, 3, 5, 4, 6),
            (3, 3, 3, 3, 3),
            (4, 6, 2, 1, 5),
        ]
    ]
    hint = "every pixel is a row of c_i numbers; bring the channels to the last axis and back"
    return compare(
        function, reference, cases, run=without_loops(call), hint=hint, rtol=1e-3, atol=1e-4
    )


_CONVOLUTIONS = {
    "Conv1d", "Conv2d", "Conv3d", "conv1d", "conv2d", "conv3d", "convolution", "convolve",
    "convolve2d", "correlate", "correlate2d", "fftconvolve", "oaconvolve", "Unfold", "unfold",
    "LazyConv2d",
}  # fmt: skip


def macs(function: Function) -> Verdict:
    """``function(layer, shape)``: the multiply-adds of a layer on an input of that shape."""

    def reference(layer: nn.Conv2d, shape: tuple) -> int:
        places = shape[0]
        for axis in (0, 1):
            span = layer.dilation[axis] * (layer.kernel_size[axis] - 1) + 1
            room = shape[2 + axis] + 2 * layer.padding[axis] - span
            places *= room // layer.stride[axis] + 1
        return places * layer.weight.numel()

    cases = []
    with torch.random.fork_rng(devices=[]):
        for text, layer, shape in [
            ("", nn.Conv2d(1, 1, 1, bias=False), (1, 1, 5, 5)),
            ("", nn.Conv2d(3, 8, 3, bias=False), (1, 3, 10, 10)),
            ("", nn.Conv2d(3, 8, 3), (1, 3, 10, 10)),
            (", padding=1", nn.Conv2d(2, 4, 3, padding=1), (1, 2, 8, 6)),
            (", stride=2", nn.Conv2d(2, 4, 3, stride=2), (1, 2, 8, 11)),
            (", padding=2", nn.Conv2d(3, 5, 5, padding=2), (6, 3, 7, 7)),
            (", dilation=2", nn.Conv2d(4, 2, 3, dilation=2), (2, 4, 12, 9)),
            (
                ", stride=(2, 1), padding=(0, 2)",
                nn.Conv2d(2, 3, (3, 5), stride=(2, 1), padding=(0, 2)),
                (2, 2, 9, 6),
            ),
            (
                ", padding=(2, 1), dilation=(2, 1)",
                nn.Conv2d(2, 3, (3, 4), padding=(2, 1), dilation=(2, 1)),
                (1, 2, 7, 8),
            ),
        ]:
            rows, columns = layer.kernel_size
            bias = "" if layer.bias is not None else ", bias=False"
            sizes = f"{layer.in_channels}, {layer.out_channels}, ({rows}, {columns}){text}{bias}"
            cases.append((f"nn.Conv2d({sizes}), shape {shape}", (layer, shape)))
    hint = "the weights times the places of the output, for each picture of the batch"
    return compare(function, reference, cases, hint=hint)


def narrow_middle(answers: dict[str, Any]) -> Verdict:
    """Weights and multiply-adds of a layer and of three with a narrow middle."""
    right = {
        "weights of A": 589_824,
        "weights of B": 69_632,
        "A to B": 589_824 / 69_632,
        "in the 3 x 3": 36_864,
        "balanced r": 512 / 9,
    }
    hint = "c_o c_i K² for each layer; with equal maps the multiply-adds compare like the weights"
    # counts are exact; 8.47 and 56.9 are near enough
    return compare_values(answers, right, hint=hint, rtol=1e-6, atol=0.02)
