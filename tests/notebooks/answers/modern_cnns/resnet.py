"""Answers to the exercises on residual networks."""

import torch
import torch.nn.functional as F
from torch import nn

from d2lhelpers.checks.modern_cnns import resnet as c

module = c

HAND = {"parameters": 230_144, "shortcut": 8_448, "multiply-adds": 179_830_784, "side": 28}
GAINS = {"plain": 0.00515, "residual": 117.4, "variance": 1024, "scaled": 2.594}


# The block with nothing behind the addition


def in_sequence(x, norm1, conv1, norm2, conv2):
    return nn.Sequential(norm1, nn.ReLU(), conv1, norm2, nn.ReLU(), conv2)(x) + x


def stepwise(x, norm1, conv1, norm2, conv2):
    h = conv1(torch.clamp(norm1(x), min=0))
    h = conv2(torch.clamp(norm2(h), min=0))
    return torch.add(h, x).numpy()


def relu_behind(x, norm1, conv1, norm2, conv2):
    return F.relu(in_sequence(x, norm1, conv1, norm2, conv2))


def old_order(x, norm1, conv1, norm2, conv2):
    return x + norm2(conv2(F.relu(norm1(conv1(x)))))


def normed_shortcut(x, norm1, conv1, norm2, conv2):
    h = F.relu(norm1(x))
    return h + conv2(F.relu(norm2(conv1(h))))


def no_shortcut(x, norm1, conv1, norm2, conv2):
    return in_sequence(x, norm1, conv1, norm2, conv2) - x


def one_norm(x, norm1, conv1, norm2, conv2):
    return x + conv2(F.relu(norm1(conv1(F.relu(norm1(x))))))


def adds_into_x(x, norm1, conv1, norm2, conv2):
    h = conv2(F.relu(norm2(conv1(F.relu(norm1(x))))))
    x += h
    return x


# The block that writes over its input


def plus(x, conv1, norm1, conv2, norm2):
    h = F.relu(norm1(conv1(x)))
    return F.relu(x + norm2(conv2(h)))


def in_place_where_it_may(x, conv1, norm1, conv2, norm2):
    h = norm1(conv1(x)).relu_()
    h = norm2(conv2(h))
    h = h + x
    return h.relu_()


def still_adds(x, conv1, norm1, conv2, norm2):
    h = F.relu(norm1(conv1(x)))
    h = norm2(conv2(h))
    x += h
    return F.relu(x)


def copied_too_late(x, conv1, norm1, conv2, norm2):
    h = norm2(conv2(F.relu(norm1(conv1(x)))))
    F.relu_(x)
    return F.relu(x + h)


def detached(x, conv1, norm1, conv2, norm2):
    return F.relu(norm2(conv2(F.relu(norm1(conv1(x))))) + x.detach())


def copy_without_gradient(x, conv1, norm1, conv2, norm2):
    x = x.detach().clone()
    h = norm2(conv2(F.relu(norm1(conv1(x)))))
    return F.relu(x + h)


def relu_before(x, conv1, norm1, conv2, norm2):
    return x + F.relu(norm2(conv2(F.relu(norm1(conv1(x))))))


def without_shortcut(x, conv1, norm1, conv2, norm2):
    return F.relu(norm2(conv2(F.relu(norm1(conv1(x))))))


RIGHT = {
    c.by_hand: [(HAND,), (HAND | {"side": 28.0},)],
    c.pre_activation: [(in_sequence,), (stepwise,)],
    c.block: [(plus,), (in_place_where_it_may,)],
    c.gains: [(GAINS,), (GAINS | {"plain": 0.9**50, "scaled": 2.6},)],
}
WRONG = {
    c.by_hand: [
        (HAND | {"parameters": 221_696},),  # no shortcut
        (HAND | {"parameters": 229_376},),  # no normalizations
        (HAND | {"shortcut": 8_192},),  # its normalization is missing
        (HAND | {"shortcut": 8_320},),  # a bias in its place
        (HAND | {"multiply-adds": 4 * 179_830_784},),  # no stride
        (HAND | {"side": 56},),
    ],
    c.pre_activation: [
        (relu_behind,), (old_order,), (normed_shortcut,), (no_shortcut,), (one_norm,),
        (adds_into_x,),
    ],
    c.block: [
        (still_adds,), (copied_too_late,), (detached,), (copy_without_gradient,), (relu_before,),
        (without_shortcut,),
    ],
    c.gains: [
        (GAINS | {"plain": 45.0},),
        (GAINS | {"residual": 1.9**50},),
        (GAINS | {"residual": 6.0},),
        (GAINS | {"variance": 11},),
        (GAINS | {"variance": 32},),
        (GAINS | {"scaled": 2.0},),
    ],
}  # fmt: skip
PREDICTIONS = {c.by_hand, c.gains}
TYPED = {c.pre_activation, c.block}  # tensors, layers
