"""Answers to the exercises on LeNet."""

import torch
import torch.nn.functional as F
from torch import nn

from d2lhelpers.checks.convolutional_networks import lenet as c

module = c

NUMBERS = {"flattened": 576, "parameters": 69_240, "multiply-adds": 345_600}


# Connection tables


def map_by_map(table, K):
    total = 0
    for maps in table:
        total += 1
        for _ in maps:
            total += K**2
    return total


# The tail as convolutions


def layers(tail):
    return [part for part in tail if isinstance(part, nn.Linear)]


def conv_of(linear, K, channels=None):
    conv = nn.Conv2d(channels or linear.in_features, linear.out_features, K)
    conv.weight.data = linear.weight.data.clone().reshape(conv.weight.shape)
    conv.bias.data = linear.bias.data.clone()
    return conv


class Written(nn.Module):
    def __init__(self, tail):
        super().__init__()
        first, second, third = layers(tail)
        self.first = nn.Parameter(first.weight.detach().reshape(120, 16, 5, 5).clone())
        self.second = nn.Parameter(second.weight.detach()[:, :, None, None].clone())
        self.third = nn.Parameter(third.weight.detach()[:, :, None, None].clone())
        self.biases = [layer.bias.detach().clone() for layer in (first, second, third)]

    def forward(self, X):
        X = F.conv2d(X, self.first, self.biases[0]).relu()
        X = F.conv2d(X, self.second, self.biases[1]).relu()
        return F.conv2d(X, self.third, self.biases[2])


def chain(tail, last=False):
    first, second, third = layers(tail)
    parts = [conv_of(first, 5, 16), nn.ReLU(), conv_of(second, 1), nn.ReLU(), conv_of(third, 1)]
    return nn.Sequential(*parts, *([nn.ReLU()] if last else []))


def no_relu(tail):
    return nn.Sequential(*[part for part in chain(tail) if isinstance(part, nn.Conv2d)])


def no_biases(tail):
    net = chain(tail)
    for part in net:
        if isinstance(part, nn.Conv2d):
            part.bias.data.zero_()
    return net


def turned(tail):
    net = chain(tail)
    net[0].weight.data = net[0].weight.data.transpose(2, 3).contiguous()
    return net


def fresh(tail):
    return nn.Sequential(
        nn.Conv2d(16, 120, 5), nn.ReLU(), nn.Conv2d(120, 84, 1), nn.ReLU(), nn.Conv2d(84, 10, 1)
    )


def padded(tail):
    net = chain(tail)
    net[0].padding = (2, 2)
    return net


def averaged(tail):
    return nn.Sequential(nn.AdaptiveAvgPool2d(5), chain(tail))


def spoiled(tail):
    net = chain(tail)
    with torch.no_grad():
        tail[1].weight.zero_()
    return net


class Hidden(nn.Module):
    """Has no layers of its own: it calls the given ones on windows."""

    def __init__(self, tail):
        super().__init__()
        self.kept = [tail]

    def forward(self, X):
        B, _, height, width = X.shape
        windows = X.unfold(2, 5, 1).unfold(3, 5, 1).permute(0, 2, 3, 1, 4, 5)
        found = self.kept[0](windows.reshape(-1, 16, 5, 5))
        return found.reshape(B, height - 4, width - 4, 10).permute(0, 3, 1, 2)


def shared(tail):
    net = chain(tail)
    for conv, linear in zip(layers_of(net), layers(tail)):
        conv.weight.data = linear.weight.data.view(conv.weight.shape)
    return net


def layers_of(net):
    return [part for part in net if isinstance(part, nn.Conv2d)]


RIGHT = {
    c.by_hand: [(NUMBERS,), (NUMBERS | {"parameters": 577 * 120},)],
    c.table_parameters: [
        (map_by_map,),
        (lambda table, K: len("".join(table)) * K**2 + len(table),),
    ],
    c.as_convolutions: [(chain,), (Written,)],
}
WRONG = {
    c.by_hand: [
        (NUMBERS | {"flattened": 400},),  # as for 32 x 32
        (NUMBERS | {"flattened": 784},),  # with padding
        (NUMBERS | {"parameters": 69_120},),  # no biases
        (NUMBERS | {"multiply-adds": 240_000},),  # at 10 x 10 places
        (NUMBERS | {"multiply-adds": 86_400},),  # one map below
    ],
    c.table_parameters: [
        (lambda table, K: len("".join(table)) * K**2,),  # no biases
        (lambda table, K: len(set("".join(table))) * len(table) * K**2 + len(table),),  # full
        (lambda table, K: len("".join(table)) * (K**2 + 1),),  # a bias for each kernel
        (lambda table, K: len("".join(table)) * 25 + len(table),),  # K = 5 only
        (lambda table, K: len("".join(table)) * K**2 + 16,),  # 16 maps only
        (lambda table, K: len("".join(table)) * K + len(table),),
    ],
    c.as_convolutions: [
        (lambda tail: chain(tail, last=True),),
        (no_relu,), (no_biases,), (turned,), (fresh,), (padded,), (averaged,), (spoiled,),
        (Hidden,), (shared,),
        (lambda tail: tail,),
    ],
}  # fmt: skip
PREDICTIONS = {c.by_hand}
TYPED = {c.table_parameters, c.as_convolutions}  # a list of strings, a network
