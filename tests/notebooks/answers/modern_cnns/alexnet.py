"""Answers to the exercises on AlexNet."""

import torch
from torch import nn

from d2lhelpers.checks.modern_cnns import alexnet as c
from d2lhelpers.cost import layer_costs

module = c

NUMBERS = {
    "two groups": 307_456,
    "no groups": 614_656,
    "stride 2": 3.93,
    "smallest picture": 67,
    "one more": 32,
}


# Sizes that come out even


def even(layers, n, padding=True, first=False, last=True, positive=True):
    for k, (K, S, P) in enumerate(layers):
        room = n + 2 * P * padding - K
        if positive and room < 0:
            return False
        skipped = (first and k == 0) or (not last and k == len(layers) - 1)
        if room % S and not skipped:
            return False
        n = room // S + 1
    return True


def sizes(**how):
    return lambda layers, low, high: [n for n in range(low, high + 1) if even(layers, n, **how)]


def by_fractions(layers, low, high):
    found = set()
    for n in range(low, high + 1):
        m = n
        for K, S, P in layers:
            m = (m + 2 * P - K) / S + 1
            if m != int(m) or m < 1:
                break
        else:
            found.add(n)
    return torch.tensor(sorted(found))


def to_the_last(layers, low, high):
    return [n for n in range(low, high) if even(layers, n)]


def first_only(layers, low, high):
    return [n for n in range(low, high + 1) if even(layers[:1], n)]


# Neurons


def with_helper(net, x):
    total = 0
    for row in layer_costs(net, x):
        count = 1
        for size in row.shape:
            count *= size
        total += count
    return total


def hooked(count, kinds=(nn.Conv2d, nn.Linear), remove=True):
    def neurons(net, x):
        counts = []
        hooks = [
            part.register_forward_hook(lambda part, inputs, y: counts.append(count(inputs[0], y)))
            for part in net.modules()
            if isinstance(part, kinds)
        ]
        net(x)
        if remove:
            for hook in hooks:
                hook.remove()
        return sum(counts)

    return neurons


def once(net, x):
    seen = {}
    hooks = [
        part.register_forward_hook(lambda part, inputs, y: seen.update({part: y[0].numel()}))
        for part in net.modules()
        if isinstance(part, (nn.Conv2d, nn.Linear))
    ]
    net(x)
    for hook in hooks:
        hook.remove()
    return sum(seen.values())


def children(net, x):
    total = 0
    for part in net:
        x = part(x)
        if isinstance(part, (nn.Conv2d, nn.Linear)):
            total += x[0].numel()
    return total


def one(inputs, y):
    return y[0].numel()


def training(net, x):
    found = hooked(one)(net, x)
    net.train()
    return found


RIGHT = {
    c.by_hand: [(NUMBERS,), (NUMBERS | {"stride 2": 11_881 / 3_025},)],
    c.exact_sizes: [(sizes(),), (by_fractions,)],
    c.neurons: [
        (hooked(one),),
        (hooked(lambda inputs, y: torch.tensor(y.numel() / len(y))),),
        (with_helper,),
    ],
}
WRONG = {
    c.by_hand: [
        (NUMBERS | {"two groups": 307_200},),  # no biases
        (NUMBERS | {"two groups": 614_656},),  # groups forgotten
        (NUMBERS | {"no groups": 614_400},),
        (NUMBERS | {"stride 2": 4},),  # places are not exactly four times as many
        (NUMBERS | {"smallest picture": 60},),
        (NUMBERS | {"one more": 10},),  # strides added
    ],
    c.exact_sizes: [
        (sizes(last=False),),
        (sizes(first=True),),
        (sizes(padding=False),),
        (sizes(positive=False),),
        (to_the_last,),
        (first_only,),
        (lambda layers, low, high: [227],),
    ],
    c.neurons: [
        (hooked(lambda inputs, y: y.numel()),),  # the whole batch
        (hooked(lambda inputs, y: inputs[0].numel()),),
        (hooked(one, nn.Module),),
        (hooked(one, (nn.Conv2d, nn.Linear, nn.ReLU)),),
        (hooked(one, nn.Conv2d),),
        (hooked(one, remove=False),),
        (once,),
        (children,),
        (training,),
    ],
}
PREDICTIONS = {c.by_hand}
TYPED = {c.neurons}  # a network
