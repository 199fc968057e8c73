"""Answers to the exercises on activations near zero and stable training."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from d2lhelpers.checks.numerical_stability import near_zero as c

module = c

MOMENTS = {
    "mean": 1,
    "second moment behind layer 1": 2,
    "second moment in the end": 1.333,
    "factor of the signal": 0.25,
    "shift": -2,
}
STEPS = {
    "rate with limit 0.5": 0.2,
    "length of a step": 0.1,
    "bound with momentum": 1,
    "length of the later step": 0.03,
}


# The repair, absorbed


def multiplied_out(weights, biases):
    return (
        [W if k == 0 else 4 * W for k, W in enumerate(weights)],
        [b if k == 0 else b - 2 * W.sum(1) for k, (W, b) in enumerate(zip(weights, biases))],
    )


def with_numpy(weights, biases):
    new = [np.asarray(weights[0])], [np.asarray(biases[0])]
    for W, b in zip(weights[1:], biases[1:]):
        W, b = np.asarray(W), np.asarray(b)
        new[0].append(W * 4)
        new[1].append(b - W @ np.full(W.shape[1], 2))
    return new


def by_outputs(weights, biases):
    """The bias from what the layer gives to inputs of -2."""
    new_biases = biases[:1]
    for W, b in zip(weights[1:], biases[1:]):
        new_biases = [*new_biases, F.linear(torch.full((W.shape[1],), -2.0), W, b)]
    return weights[:1] + [4 * W for W in weights[1:]], new_biases


def all_layers(weights, biases):
    return [4 * W for W in weights], [b - 2 * W.sum(1) for W, b in zip(weights, biases)]


def column_sums(weights, biases):
    new = multiplied_out(weights, biases)
    shifts = [W.sum(0) for W in weights[1:]]
    return new[0], [biases[0]] + [
        b - 2 * s if len(s) == len(b) else b - 2 * W.sum(1)
        for W, b, s in zip(weights[1:], biases[1:], shifts)
    ]


def no_shift(weights, biases):
    return multiplied_out(weights, biases)[0], biases


def no_factor(weights, biases):
    return weights, multiplied_out(weights, biases)[1]


def shift_times_four(weights, biases):
    new = multiplied_out(weights, biases)[0]
    return new, [biases[0]] + [b - 2 * W.sum(1) for W, b in zip(new[1:], biases[1:])]


def only_the_last(weights, biases):
    new = multiplied_out(weights, biases)
    return weights[:-1] + new[0][-1:], biases[:-1] + new[1][-1:]


def in_place(weights, biases):
    for W, b in zip(weights[1:], biases[1:]):
        b -= 2 * W.sum(dim=1)
        W *= 4
    return weights, biases


# Softplus through the origin


def stable(z):
    return 2 * (z.clamp(min=0) + torch.log1p(torch.exp(-z.abs()))) - 2 * math.log(2)


def two_exponentials(z):
    return 2 * torch.logaddexp(z, torch.zeros_like(z)) - math.log(4)


def numpy_softplus(z):
    return 2 * np.logaddexp(0, z.numpy()) - 2 * np.log(2)


def overflowing(z):
    return 2 * (1 + z.exp()).log() - 2 * math.log(2)


def of_twice_z(z):
    """Slope 1 and value 0 at 0, but the factor is inside."""
    return F.softplus(2 * z) - math.log(2)


RIGHT = {
    c.half_a_slope: [(MOMENTS,), (MOMENTS | {"second moment in the end": 4 / 3},)],
    c.absorb: [(multiplied_out,), (with_numpy,), (by_outputs,)],
    c.through_origin: [(stable,), (two_exponentials,), (numpy_softplus,)],
    c.rate_and_limit: [(STEPS,)],
}
WRONG = {
    c.half_a_slope: [
        (MOMENTS | {"mean": 0},),
        (MOMENTS | {"second moment behind layer 1": 3},),  # the slope not squared
        (MOMENTS | {"second moment in the end": 2},),
        (MOMENTS | {"factor of the signal": 0.5},),
        (MOMENTS | {"shift": -1},),
    ],
    c.absorb: [
        (all_layers,),
        (column_sums,),
        (no_shift,),
        (no_factor,),
        (shift_times_four,),
        (only_the_last,),
        (in_place,),
        (lambda weights, biases: (weights, biases),),
    ],
    c.through_origin: [
        (overflowing,),
        (of_twice_z,),
        (lambda z: F.softplus(z) - math.log(2),),
        (lambda z: 2 * F.softplus(z),),
        (lambda z: 2 * F.softplus(z) - math.log(2),),
        (lambda z: z,),
        (lambda z: torch.zeros_like(z) if z.numel() == 1 else z,),
        (lambda z: stable(z).sum(),),
    ],
    c.rate_and_limit: [
        (STEPS | {"rate with limit 0.5": 0.05},),
        (STEPS | {"length of a step": 1},),
        (STEPS | {"bound with momentum": 0.1},),
        (STEPS | {"length of the later step": 0.1},),
    ],
}
PREDICTIONS = {c.half_a_slope, c.rate_and_limit}
