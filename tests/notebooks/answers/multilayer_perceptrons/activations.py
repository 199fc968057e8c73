"""Answers to the exercises on activation functions."""

import numpy as np
import torch
from torch import nn

from d2lhelpers.checks.multilayer_perceptrons import activations as c

module = c

STEPS = {"ReLU": 0, "leaky ReLU": 0.024, "sigmoid": 0.0185, "ReLU with weight decay": 0.05}
CLOSED = {"sigmoid": 3.637, "tanh": 1.818}


def by_autograd(z):
    z = z.clone().requires_grad_()
    (z * z.sigmoid()).sum().backward()
    return z.grad


def by_hooks(net, batches):
    answered = {}

    def keep(name):
        def hook(layer, given, out):
            answered[name] = answered.get(name, False) | (out > 0).any(dim=0)

        return hook

    relus = [layer for layer in net if isinstance(layer, nn.ReLU)]
    hooks = [layer.register_forward_hook(keep(k)) for k, layer in enumerate(relus)]
    for X in batches:
        net(X)
    for hook in hooks:
        hook.remove()
    return [(~answered[k]).sum() for k in range(len(relus))]


def by_maximum(net, batches):
    counts = []
    for depth, layer in enumerate(net):
        if isinstance(layer, nn.ReLU):
            tops = [net[: depth + 1](X).amax(dim=0) for X in batches]
            counts.append((torch.stack(tops).amax(dim=0) == 0).sum().item())
    return np.array(counts)


def rolls(of_unit, of_batch=None):
    """Counts by a rule that is given all outputs (N, units) of a ReLU."""

    def count(net, batches):
        X, counts = torch.cat(of_batch(batches) if of_batch else batches), []
        with torch.no_grad():
            for layer in net:
                X = layer(X)
                if isinstance(layer, nn.ReLU):
                    counts.append(of_unit(X).item())
        return counts

    return count


def first_layer_only(net, batches):
    return by_maximum(net, batches)[:1]


def relus_in_odd_places(net, batches):
    return [
        (net[: k + 1](torch.cat(batches)) <= 0).all(0).sum().item() for k in range(1, len(net), 2)
    ]


def by_lists(net, batches):
    counts = []
    for depth in [k for k, layer in enumerate(net) if isinstance(layer, nn.ReLU)]:
        rows = [row for X in batches for row in net[: depth + 1](X).tolist()]
        counts.append(sum(max(unit) == 0 for unit in zip(*rows, strict=True)))
    return tuple(counts)


def forward_slope(z):
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(z, torch.ones_like(z))
        return torch.autograd.forward_ad.unpack_dual(nn.functional.silu(dual)).tangent


def by_numpy(z):
    s = 0.5 + 0.5 * np.tanh(z.numpy() / 2)
    return torch.from_numpy(s + z.numpy() * s * (1 - s))


def per_batch_summed(net, batches):
    return sum(torch.tensor(by_maximum(net, [X])) for X in batches)


RIGHT = {
    c.one_step: [(STEPS,), (STEPS | {"sigmoid": 0.018, "ReLU": 0.0},)],
    c.closing: [
        (CLOSED,),
        ({"sigmoid": np.log(37.97), "tanh": np.arctanh(0.9**0.5)},),
        ({"sigmoid": 3.64, "tanh": 1.82},),
    ],
    c.silu_slope: [
        (lambda z: (s := torch.sigmoid(z)) * (1 + z * (1 - s)),),
        (lambda z: 0.5 * (1 + (t := torch.tanh(z / 2))) + z * (1 - t * t) / 4,),
        (lambda z: torch.sigmoid(z) + nn.functional.silu(z) * torch.sigmoid(-z),),
        (by_numpy,),
    ],
    c.silent_units: [
        (by_hooks,),
        (by_maximum,),
        (by_lists,),
        (rolls(lambda X: X.sum(0).eq(0).sum()),),
    ],
}
WRONG = {
    c.one_step: [
        (STEPS | {"leaky ReLU": 0.012},),  # the input forgotten
        (STEPS | {"leaky ReLU": 0.02},),  # the error of an output of 0
        (STEPS | {"sigmoid": 0.176},),  # the gate forgotten
        (STEPS | {"ReLU with weight decay": 0.0},),
        (STEPS | {"ReLU": 0.2},),
        (STEPS | {"leaky ReLU": -0.024, "sigmoid": -0.0185},),  # the gradient's direction
        (STEPS | {"ReLU with weight decay": -0.05},),
    ],
    c.closing: [
        (CLOSED | {"sigmoid": 2.197},),  # where the output is 0.9
        (CLOSED | {"tanh": 3.637},),
        (CLOSED | {"tanh": 1.472},),  # where the output is 0.9
    ],
    c.silu_slope: [
        (by_autograd,),
        (lambda z: torch.func.vmap(torch.func.grad(nn.functional.silu))(z.flatten()).view_as(z),),
        (forward_slope,),
        (torch.sigmoid,),
        (lambda z: torch.sigmoid(z) * (1 - torch.sigmoid(z)),),
        (lambda z: torch.sigmoid(z) + z * torch.sigmoid(z),),
        (lambda z: z.exp() * (1 + z + z.exp()) / (1 + z.exp()) ** 2,),  # inf / inf at 1000
        (lambda z: (z > 0).float(),),
    ],
    c.silent_units: [
        (rolls(lambda X: (X <= 0).all(0).sum(), lambda batches: batches[:1]),),
        (rolls(lambda X: (X <= 0).all(0).sum(), lambda batches: batches[-1:]),),
        (rolls(lambda X: (X == 0).sum()),),
        (rolls(lambda X: (X == 0).float().mean()),),
        (rolls(lambda X: (X < 0).all(0).sum()),),
        (rolls(lambda X: (X <= 0).any(0).sum()),),
        (rolls(lambda X: (X.mean(0) < 0.05).sum()),),
        (first_layer_only,),
        (relus_in_odd_places,),
        (rolls(lambda X: (X.amax(1) <= 0).sum()),),  # images that no unit answers
        (per_batch_summed,),
    ],
}
PREDICTIONS = {c.one_step, c.closing}
