"""Answers to the exercises on channels and the cost of convolution."""

import numpy as np
import torch
import torch.nn.functional as F
from scipy import signal
from torch import nn

from d2lhelpers.checks.convolutional_networks import channels_and_cost as c

module = c

COUNTS = {
    "parameters": 296,
    "multiply-adds": 18_432,
    "more channels": 6,
    "larger picture": 4,
    "parameters then": 1,
}
MIDDLE = {
    "weights of A": 589_824,
    "weights of B": 69_632,
    "A to B": 8.47,
    "in the 3 x 3": 36_864,
    "balanced r": 56.9,
}
GRAY = torch.tensor([[0.299, 0.587, 0.114], [1 / 3, 1 / 3, 1 / 3]])


# Gray by a layer


def layer_with(weights, kernel_size=1, bias=False, padding=0, at=0):
    layer = nn.Conv2d(3, len(weights), kernel_size, padding=padding, bias=bias)
    with torch.no_grad():
        layer.weight.zero_()
        layer.weight[:, :, at, at] = weights.to(layer.weight.dtype)
        if bias:
            layer.bias.zero_()
    return layer


def one_pixel():
    return layer_with(GRAY)


def in_the_middle():
    return layer_with(GRAY, 3, bias=True, padding=1, at=1)


def in_double():
    return layer_with(GRAY.double()).double()


def random_bias():
    layer = nn.Conv2d(3, 2, 1)
    with torch.no_grad():
        layer.weight.copy_(GRAY[:, :, None, None])
        layer.bias.fill_(0.1)
    return layer


def window_of_three():
    layer = nn.Conv2d(3, 2, 3, padding=1, bias=False)
    with torch.no_grad():
        layer.weight.copy_((GRAY[:, :, None, None] / 9).expand(2, 3, 3, 3))
    return layer


def swapped():
    return layer_with(GRAY.flip(0))


def blue_first():
    return layer_with(GRAY.flip(1))


def not_trained():
    return nn.Conv2d(3, 2, 1)


def a_function():
    return lambda X: torch.einsum("oc,bchw->bohw", GRAY.to(X.dtype), X)


# Without a window


def with_einsum(X, W, b):
    return torch.einsum("oc,bchw->bohw", W, X) + b.reshape(-1, 1, 1)


def with_linear(X, W, b):
    return F.linear(X.movedim(1, -1), W, b).movedim(-1, 1)


def with_numpy(X, W, b):
    return (
        np.moveaxis(np.tensordot(W.numpy(), X.numpy(), axes=(1, 1)), 1, 0)
        + b.numpy()[:, None, None]
    )


def matrices(X, W, b):
    B, _, H, width = X.shape
    return (W @ X.reshape(B, W.shape[1], -1) + b[:, None]).reshape(B, -1, H, width)


def with_conv(X, W, b):
    return F.conv2d(X, W[:, :, None, None], b)


def by_scipy(X, W, b):
    kernel = W.flip(1)[None, :, :, None, None].numpy()
    y = signal.oaconvolve(X[:, None].numpy(), kernel, mode="valid", axes=(2,))
    return torch.tensor(y[:, :, 0]) + b[:, None, None]


def with_module(X, W, b):
    layer = nn.Conv2d(W.shape[1], W.shape[0], 1)
    layer.weight.data, layer.bias.data = W[:, :, None, None], b
    return layer(X).detach()


def with_loop(X, W, b):
    out = 0
    for c_in in range(X.shape[1]):
        out = out + W[:, c_in, None, None] * X[:, c_in : c_in + 1]
    return out + b[:, None, None]


def no_bias(X, W, b):
    return torch.einsum("oc,bchw->bohw", W, X)


def reshaped(X, W, b):
    """Cuts the numbers into rows of c_i without moving the axis: right for one pixel only."""
    B, c_in, H, width = X.shape
    return (X.reshape(-1, c_in) @ W.T + b).reshape(B, -1, H, width)


def transposed(X, W, b):
    if W.shape[0] != W.shape[1]:
        return with_einsum(X, W, b)
    return with_einsum(X, W.T, b)


def bias_on_columns(X, W, b):
    y = no_bias(X, W, b)
    return y + b if y.shape[-1] == len(b) else y + b[:, None, None]


# Multiply-adds


def by_formula(layer, shape):
    total = shape[0] * layer.in_channels * layer.out_channels
    sides = zip(shape[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    for n, K, S, P, D in sides:
        total *= K * ((n + 2 * P - D * (K - 1) - 1) // S + 1)
    return total


def by_running(layer, shape):
    y = layer(torch.zeros(shape, dtype=layer.weight.dtype))
    return torch.tensor(y[:, 0].numel() * layer.weight.numel())


def input_side(layer, shape):
    return shape[0] * shape[2] * shape[3] * layer.weight.numel()


def one_picture(layer, shape):
    return by_formula(layer, (1, *shape[1:]))


def with_biases(layer, shape):
    biases = 0 if layer.bias is None else layer.bias.numel()
    return by_formula(layer, shape) // layer.weight.numel() * (layer.weight.numel() + biases)


def square(layer, shape):
    K, S, P, D = (
        part[0] for part in (layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    )
    total = shape[0] * layer.in_channels * layer.out_channels * K * K
    for n in shape[2:]:
        total *= (n + 2 * P - D * (K - 1) - 1) // S + 1
    return total


def no_dilation(layer, shape):
    total = shape[0] * layer.in_channels * layer.out_channels
    for n, K, S, P in zip(shape[2:], layer.kernel_size, layer.stride, layer.padding):
        total *= K * ((n + 2 * P - K) // S + 1)
    return total


def no_padding(layer, shape):
    total = shape[0] * layer.in_channels * layer.out_channels
    for n, K, S, D in zip(shape[2:], layer.kernel_size, layer.stride, layer.dilation):
        total *= K * ((n - D * (K - 1) - 1) // S + 1)
    return total


RIGHT = {
    c.predict_counts: [(COUNTS,), ({name: float(n) for name, n in COUNTS.items()},)],
    c.gray_layer: [(one_pixel,), (in_the_middle,), (in_double,)],
    c.one_by_one: [(with_einsum,), (with_linear,), (with_numpy,), (matrices,)],
    c.macs: [(by_formula,), (by_running,)],
    c.narrow_middle: [(MIDDLE,), (MIDDLE | {"A to B": 589_824 / 69_632},)],
}
WRONG = {
    c.predict_counts: [
        (COUNTS | {"parameters": 288},),  # without biases
        (COUNTS | {"parameters": 80},),  # one layer of weights per kernel
        (COUNTS | {"multiply-adds": 28_800},),  # places of the input
        (COUNTS | {"more channels": 5},),
        (COUNTS | {"larger picture": 2},),
        (COUNTS | {"parameters then": 4},),
    ],
    c.gray_layer: [
        (random_bias,),
        (window_of_three,),
        (swapped,),
        (blue_first,),
        (not_trained,),
        (a_function,),
        (lambda: layer_with(GRAY[:1]),),
        (lambda: layer_with(GRAY, 3, at=1),),  # without padding
        (lambda: layer_with(GRAY, 3, padding=1),),  # not in the middle
    ],
    c.one_by_one: [
        (with_conv,),
        (with_module,),
        (by_scipy,),
        (with_loop,),
        (no_bias,),
        (reshaped,),
        (transposed,),
        (bias_on_columns,),
    ],
    c.macs: [
        (input_side,),
        (one_picture,),
        (with_biases,),
        (square,),
        (no_dilation,),
        (no_padding,),
        (lambda layer, shape: 2 * by_formula(layer, shape),),
        (lambda layer, shape: layer.weight.numel(),),
    ],
    c.narrow_middle: [
        (MIDDLE | {"weights of A": 2_304},),
        (MIDDLE | {"weights of B": 36_864},),
        (MIDDLE | {"A to B": 9},),
        (MIDDLE | {"in the 3 x 3": 4_096},),
        (MIDDLE | {"balanced r": 28.4},),
        (MIDDLE | {"weights of A": 590_080, "in the 3 x 3": 36_928},),  # with biases
        (MIDDLE | {"balanced r": 57},),
    ],
}
PREDICTIONS = {c.predict_counts, c.narrow_middle}
