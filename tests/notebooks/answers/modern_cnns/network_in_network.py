"""Answers to the exercises on network in network."""

import math

import numpy as np
import torch

from d2lhelpers.checks.modern_cnns import network_in_network as c

module = c

HAND = {"rows": 10, "columns": 15, "scores": 10, "linear": 56_623_104, "block": 34_560}
DEAD = {"loss": 2.303, "gradient": 0, "with": 0.061, "without": 0.00323}


def pixel_by_pixel(features, W, b):
    return (features.permute(0, 2, 3, 1) @ W.T + b).permute(0, 3, 1, 2)


def in_numpy(features, W, b):
    features, W, b = (np.asarray(part) for part in (features, W, b))
    return np.einsum("kc,bchw->bkhw", W, features) + b.reshape(1, -1, 1, 1)


def in_loops(features, W, b):
    return [[sum(w * f for w, f in zip(row, x)) + bias for row, bias in zip(W, b)]
            for x in features]  # fmt: skip


def no_bias(features, W, b):
    return in_numpy(features, W, 0 * b)


def shared_bias(features, W, b):
    return in_numpy(features, W, b / features[0, 0].numel())


def summed(features, W, b):
    return in_numpy(features, W, b) / features[0, 0].numel()


def flat(features, W, b):
    maps = torch.as_tensor(in_numpy(features, W, b))
    return maps.mean(dim=(2, 3), keepdim=True).expand_as(maps)


RIGHT = {
    c.nin_by_hand: [(HAND,), (HAND | {"rows": 10.0},)],
    c.class_maps: [(pixel_by_pixel,), (in_numpy,), (in_loops,)],
    c.dead_class: [
        (DEAD,),
        (DEAD | {"loss": math.log(10), "with": 1 / (math.e**2 + 9)},),
    ],
}
WRONG = {
    c.nin_by_hand: [
        (HAND | {"rows": 20},),  # pooling forgotten
        (HAND | {"columns": 14},),
        (HAND | {"scores": 150},),
        (HAND | {"linear": 1_572_864},),  # the places forgotten
        (HAND | {"block": 34_570},),  # with biases
    ],
    c.class_maps: [
        (no_bias,), (shared_bias,), (summed,), (flat,),
        (lambda f, W, b: in_numpy(f, W, b).mean(axis=(2, 3)),),
        (lambda f, W, b: np.maximum(in_numpy(f, W, b), 0),),
        (lambda f, W, b: f * W[0, 0] + b[0],),  # right for one map
    ],
    c.dead_class: [
        (DEAD | {"loss": 1.0},),
        (DEAD | {"gradient": -0.9},),
        (DEAD | {"with": 0.0609 / 2},),
        (DEAD | {"without": 0.0498},),
        (DEAD | {"without": DEAD["with"]},),
    ],
}  # fmt: skip
PREDICTIONS = {c.nin_by_hand, c.dead_class}
TYPED = {c.class_maps}  # its text names tensors' shapes
EXTRA = {}
