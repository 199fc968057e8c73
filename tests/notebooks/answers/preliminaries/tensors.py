"""Answers to the exercises of Part 2, tensors."""

import math

import numpy as np
import torch

from d2lhelpers.checks.preliminaries import tensors as c

module = c

BY_HAND = {
    "stride of axis 0": 12,
    "cell of T[1, 2, 3]": 23,
    "offset of T[1, :, ::2]": 12,
    "last stride of T[1, :, ::2]": 2,
    "numbers in all windows": 90_100,
}


def moved(x, size):
    step = x.stride(0)
    return torch.as_strided(x, (len(x) - size + 1, size), (step, step))


RIGHT = {
    c.strides_by_hand: [(BY_HAND,)],
    c.fresh_strides: [
        (lambda shape: torch.empty(shape).stride(),),
        (lambda shape: [math.prod(shape[i + 1 :]) for i in range(len(shape))],),
        (lambda shape: torch.tensor(torch.zeros(shape).stride()),),
    ],
    c.channels_last: [
        (lambda x: x.permute(0, 2, 3, 1),),
        (lambda x: x.movedim(1, -1).contiguous(),),
        (lambda x: np.transpose(x.numpy(), (0, 2, 3, 1)),),
        (lambda x: torch.stack([x[:, i] for i in range(x.shape[1])], dim=-1),),
    ],
    c.center_channels: [
        (lambda x: x - x.mean(dim=(0, 2, 3))[:, None, None],),
        (lambda x: x - x.transpose(0, 1).flatten(1).mean(1).reshape(1, -1, 1, 1),),
        (lambda x: x.numpy() - x.numpy().mean(axis=(0, 2, 3), keepdims=True),),
        (lambda x: torch.stack([x[:, i] - x[:, i].mean() for i in range(x.shape[1])], 1).double(),),
    ],
    c.windows: [
        (moved,),
        (lambda x, size: x.unfold(0, size, 1),),
        (lambda x, size: np.lib.stride_tricks.sliding_window_view(x.numpy(), size),),
        (lambda x, size: x.as_strided((len(x) - size + 1, size), x.stride() * 2),),
    ],
}
WRONG = {
    c.strides_by_hand: [
        (BY_HAND | {"stride of axis 0": 2},),
        (BY_HAND | {"cell of T[1, 2, 3]": 24},),  # counted from 1
        (BY_HAND | {"last stride of T[1, :, ::2]": 1},),
        (BY_HAND | {"numbers in all windows": 90_000},),  # one window too few
    ],
    c.fresh_strides: [
        (lambda shape: list(torch.empty(shape[::-1]).stride())[::-1],),  # first axis fastest
        (lambda shape: [math.prod(shape[i:]) for i in range(len(shape))],),
        (lambda shape: [*shape[1:], 1],),  # right for two axes
        (lambda shape: sorted(torch.empty(shape).stride()),),
        (lambda shape: [math.prod(shape[i + 1 :]) for i in range(3)],),
        (lambda shape: [math.prod(shape[i + 1 :]) for i in range(len(shape))] or [1],),
    ],
    c.channels_last: [
        (lambda x: x.transpose(1, 3),),
        (lambda x: x.reshape(x.shape[0], x.shape[2], x.shape[3], x.shape[1]),),
        (lambda x: x.permute(1, 2, 3, 0),),
        (lambda x: x.permute(0, 3, 2, 1),),
        (lambda x: x,),
    ],
    c.center_channels: [
        (lambda x: x - x.mean(),),
        (lambda x: x - x.mean(dim=(0, 2, 3)),),  # broadcasts along the width
        (lambda x: x - x.mean(dim=(2, 3), keepdim=True),),  # per image
        (lambda x: x - x.mean(dim=0, keepdim=True),),
        (lambda x: (x - x.mean(dim=(0, 2, 3), keepdim=True)) / x.std(dim=(0, 2, 3), keepdim=True),),
        (lambda x: x - x[:1].mean(dim=(0, 2, 3), keepdim=True),),  # right for one image
        (lambda x: x.mean(dim=(0, 2, 3), keepdim=True).expand_as(x),),
    ],
    c.windows: [
        (lambda x, size: torch.stack([x[i : i + size] for i in range(len(x) - size + 1)]),),
        (lambda x, size: torch.as_strided(x, (len(x) - size + 1, size), (1, 1)),),
        (lambda x, size: x.unfold(0, size, 1).clone(),),
        (lambda x, size: moved(x.contiguous(), size),),  # copies where the stride is not 1
        (lambda x, size: np.lib.stride_tricks.sliding_window_view(np.float64(x), size),),
        (lambda x, size: x.unfold(0, size, 1).T,),
        (lambda x, size: x.unfold(0, size, size),),
        (lambda x, size: torch.as_strided(x, (len(x) - size + 1, size), (x.stride(0), 1)),),
    ],
}
PREDICTIONS = {c.strides_by_hand}
TYPED = {c.windows}
