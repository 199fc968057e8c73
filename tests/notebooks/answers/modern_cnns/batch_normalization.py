"""Answers to the exercises on batch normalization."""

from copy import deepcopy

import torch
import torch.nn.functional as F
from torch import nn

from d2lhelpers.checks.modern_cnns import batch_normalization as c

module = c

HAND = {
    "output": -1.342,
    "with gamma and beta": 0.975,
    "running mean": 0.5,
    "running variance": 1.567,
    "times -10": 1.342,
}
BRAKE = {"gradient at 2w": 2, "inner product": 0, "rate 1": 5, "rate 10": 40.11}


# Group normalization


def one_by_one(x, groups, gamma, beta, eps):
    out, size = torch.empty_like(x), x.shape[1] // groups
    for b in range(len(x)):
        for g in range(groups):
            part = x[b, g * size : (g + 1) * size]
            centered = part - part.mean()
            out[b, g * size : (g + 1) * size] = centered / (centered.square().mean() + eps) ** 0.5
    return out * gamma[:, None, None] + beta[:, None, None]


def five_axes(x, groups, gamma, beta, eps):
    B, C, H, W = x.shape
    parts = x.view(B, groups, C // groups, H, W)
    var, mean = torch.var_mean(parts, dim=(2, 3, 4), keepdim=True, unbiased=False)
    parts = (parts - mean) * (var + eps).rsqrt()
    return parts.view(B, C, H, W) * gamma.view(1, C, 1, 1) + beta.view(1, C, 1, 1)


def as_array(x, groups, gamma, beta, eps):
    return five_axes(x, groups, gamma, beta, eps).numpy()


def over_batch(x, groups, gamma, beta, eps):
    B, C, H, W = x.shape
    parts = x.view(B, groups, -1, H, W)
    var, mean = torch.var_mean(parts, dim=(0, 2, 3, 4), keepdim=True, unbiased=False)
    parts = (parts - mean) / (var + eps).sqrt()
    return parts.view(B, C, H, W) * gamma[:, None, None] + beta[:, None, None]


def unbiased(x, groups, gamma, beta, eps):
    B, C, H, W = x.shape
    parts = x.view(B, groups, -1)
    parts = (parts - parts.mean(2, True)) / (parts.var(2, keepdim=True) + eps).sqrt()
    return parts.view(B, C, H, W) * gamma[:, None, None] + beta[:, None, None]


def eps_outside(x, groups, gamma, beta, eps):
    B, C, H, W = x.shape
    parts = x.view(B, groups, -1)
    parts = (parts - parts.mean(2, True)) / (parts.std(2, keepdim=True, correction=0) + eps)
    return parts.view(B, C, H, W) * gamma[:, None, None] + beta[:, None, None]


def interleaved(x, groups, gamma, beta, eps):
    out = torch.empty_like(x)
    for g in range(groups):
        part = x[:, g::groups]
        var, mean = torch.var_mean(part, dim=(1, 2, 3), keepdim=True, unbiased=False)
        out[:, g::groups] = (part - mean) / (var + eps).sqrt()
    return out * gamma[:, None, None] + beta[:, None, None]


def per_channel(x, groups, gamma, beta, eps):
    return one_by_one(x, x.shape[1], gamma, beta, eps)


def whole_picture(x, groups, gamma, beta, eps):
    return one_by_one(x, 1, gamma, beta, eps)


def no_parameters(x, groups, gamma, beta, eps):
    return one_by_one(x, groups, torch.ones_like(gamma), torch.zeros_like(beta), eps)


# Folding


def copied(conv, norm):
    new = deepcopy(conv)
    scale = norm.weight.data * torch.rsqrt(norm.running_var + norm.eps)
    old = torch.zeros(len(scale)) if conv.bias is None else conv.bias.data
    new.weight = nn.Parameter(torch.einsum("o,oikl->oikl", scale, conv.weight.data))
    new.bias = nn.Parameter(norm.bias.data + scale * (old - norm.running_mean))
    return new


def library(conv, norm):
    return torch.nn.utils.fuse_conv_bn_eval(conv.eval(), norm)


def part(mean=True, old=True, eps=True, root=True, beta=True):
    def answer(conv, norm):
        new = copied(conv, norm)
        var = norm.running_var + (norm.eps if eps else 0)
        scale = norm.weight.data / (var.sqrt() if root else var)
        before = 0 if conv.bias is None or not old else conv.bias.data
        new.weight.data = scale[:, None, None, None] * conv.weight.data
        shift = (before - (norm.running_mean if mean else 0)) * scale
        new.bias.data = shift + (norm.bias.data if beta else 0) + torch.zeros_like(scale)
        return new

    return answer


def no_padding(conv, norm):
    new = copied(conv, norm)
    new.padding, new.stride = (0, 0), (1, 1)
    return new


def in_place(conv, norm):
    new = copied(conv, norm)
    conv.weight.data = new.weight.data
    return new


def chain(conv, norm):
    return nn.Sequential(conv, norm)


class Hidden(nn.Conv2d):
    def forward(self, x):
        return self.both(x)


def hidden(conv, norm):
    new = Hidden(3, 4, conv.kernel_size, stride=conv.stride, padding=conv.padding)
    object.__setattr__(new, "both", nn.Sequential(deepcopy(conv), deepcopy(norm)))
    return new


RIGHT = {
    c.by_hand: [(HAND,), (HAND | {"output": -3 / 5**0.5},)],
    c.group_norm: [(one_by_one,), (five_axes,), (as_array,)],
    c.folded: [(copied,), (library,)],
    c.brake: [(BRAKE,), (BRAKE | {"rate 10": 1609**0.5},)],
}
WRONG = {
    c.by_hand: [
        (HAND | {"output": -1.162},),  # divided by the root of 20 / 3
        (HAND | {"output": -0.6},),  # by the variance
        (HAND | {"with gamma and beta": 3 * (5 - 1.342)},),
        (HAND | {"running mean": 4.5},),  # the other convention
        (HAND | {"running mean": 5.0},),
        (HAND | {"running variance": 1.4},),  # 0.9 + 0.1 * 5
        (HAND | {"times -10": -1.342},),
        (HAND | {"times -10": -13.42},),
    ],
    c.group_norm: [
        (over_batch,), (unbiased,), (eps_outside,), (interleaved,), (per_channel,),
        (whole_picture,), (no_parameters,), (lambda x, g, a, b, e: F.group_norm(x, g, a, b, e),),
    ],
    c.folded: [
        (part(mean=False),), (part(old=False),), (part(eps=False),), (part(root=False),),
        (part(beta=False),), (no_padding,), (in_place,), (chain,), (hidden,),
        (lambda conv, norm: conv,),
    ],
    c.brake: [
        (BRAKE | {"gradient at 2w": 8},),
        (BRAKE | {"gradient at 2w": 4},),
        (BRAKE | {"inner product": 12},),
        (BRAKE | {"rate 1": 7},),
        (BRAKE | {"rate 1": -1},),
        (BRAKE | {"rate 10": 37},),
    ],
}  # fmt: skip
PREDICTIONS = {c.by_hand, c.brake}
TYPED = {c.group_norm, c.folded}  # tensors, layers
