"""Answers to the exercises of Part 4 on the training loop."""

import torch
from torch import nn

from d2lhelpers.checks.pytorch_workbench import training_loop as c

module = c


def epoch(net, optimizer, batches, loss, clear="each", weigh=True):
    total = samples = 0
    optimizer.zero_grad()
    for X, y in batches:
        if clear == "each":
            optimizer.zero_grad()
        value = loss(net(X), y)
        value.backward()
        if clear == "late":
            optimizer.zero_grad()
        optimizer.step()
        size = len(y) if weigh else 1
        total, samples = total + value.detach() * size, samples + size
    return total / samples


def big(
    net, optimizer, batches, loss, weight=lambda size, samples, count: size / samples, clear=True
):
    samples = sum(len(y) for _, y in batches)
    for X, y in batches:
        (loss(net(X), y) * weight(len(y), samples, len(batches))).backward()
    optimizer.step()
    if clear:
        optimizer.zero_grad()


def concatenated(net, optimizer, batches, loss):
    X, y = (torch.cat(part) for part in zip(*batches))
    optimizer.zero_grad()
    loss(net(X), y).backward()
    optimizer.step()


def concatenated_around_the_call(net, optimizer, batches, loss):
    X, y = (torch.cat(part) for part in zip(*batches))
    optimizer.zero_grad()
    loss(net.forward(X), y).backward()
    optimizer.step()


def one_backward(net, optimizer, batches, loss):
    optimizer.zero_grad()
    total = sum(len(y) * loss(net(X), y) for X, y in batches)
    (total / sum(len(X) for X, _ in batches)).backward()
    optimizer.step()


def scaled_gradients(net, optimizer, batches, loss):
    net.zero_grad()
    for X, y in batches:
        (loss(net(X), y) * len(y)).backward()
    for p in net.parameters():
        p.grad /= sum(len(y) for _, y in batches)
    optimizer.step()


def evaluated_afterward(net, optimizer, batches, loss):
    epoch(net, optimizer, batches, loss)
    X, y = (torch.cat(part) for part in zip(*batches))
    return loss(net(X), y)


def by_pytorch(parameters, limit):
    nn.utils.clip_grad_norm_(parameters, limit)


def by_new_tensors(parameters, limit):
    length = torch.cat([p.grad.flatten() for p in parameters]).norm()
    for p in parameters:
        p.grad = p.grad * (limit / length).clamp(max=1)


def clipped_weights(parameters, limit):
    clipped(parameters, limit)
    with torch.no_grad():
        for p in parameters:
            p -= p.grad


def sum_of_entries(parameters, limit):
    length = sum(p.grad.sum() for p in parameters)
    if length > limit:
        for p in parameters:
            p.grad *= limit / length


def clipped(parameters, limit, always=False):
    length = sum((p.grad**2).sum() for p in parameters) ** 0.5
    if length > limit or always:
        for p in parameters:
            p.grad *= limit / length


def each_alone(parameters, limit):
    for p in parameters:
        clipped([p], limit)


def each_entry(parameters, limit):
    for p in parameters:
        p.grad.clamp_(-limit, limit)


def sum_of_lengths(parameters, limit):
    length = sum(p.grad.norm() for p in parameters)
    for p in parameters:
        p.grad *= min(1, limit / length)


MOMENTUM = {
    "w after 1 step": -0.1,
    "w after 2 steps": -0.29,
    "w after 3 steps": -0.561,
    "length of a late step": 1,
    "w after 3 steps of B": -0.6,
}

RIGHT = {
    c.momentum_by_hand: [(MOMENTUM,)],
    c.train_epoch: [(epoch,), (lambda *given: epoch(*given).item(),)],
    c.big_step: [
        (big,),
        (one_backward,),
        (scaled_gradients,),
    ],
    c.clip: [(clipped,), (by_pytorch,), (by_new_tensors,)],
}
WRONG = {
    c.momentum_by_hand: [
        (MOMENTUM | {"w after 2 steps": -0.2},),  # no momentum
        (MOMENTUM | {"w after 2 steps": -0.19},),  # only the old velocity
        (MOMENTUM | {"length of a late step": 0.1},),
        (MOMENTUM | {"w after 3 steps of B": -0.3},),  # as if emptied
    ],
    c.train_epoch: [
        (lambda *given: epoch(*given, clear="once"),),
        (lambda *given: epoch(*given, clear="late"),),
        (lambda *given: epoch(*given, weigh=False),),
        (lambda *given: print(epoch(*given), end="\r"),),  # shows it and returns nothing
        (evaluated_afterward,),
        (lambda *given: big(*given),),
    ],
    c.big_step: [
        (epoch,),  # a step for each
        (lambda *given: big(*given, weight=lambda size, samples, count: 1),),
        (lambda *given: big(*given, weight=lambda size, samples, count: 1 / count),),
        (lambda *given: big(*given, clear=False),),
        (concatenated,),
        (concatenated_around_the_call,),
        (lambda net, optimizer, batches, loss: big(net, optimizer, batches[:1], loss),),
        (lambda *given: None if given else 0,),
    ],
    c.clip: [
        (each_alone,),
        (each_entry,),
        (sum_of_lengths,),
        (lambda parameters, limit: clipped(parameters, limit, always=True),),
        (lambda parameters, limit: clipped(parameters[:1], limit),),
        (lambda parameters, limit: [p.grad.mul_(0.5) for p in parameters] and None,),
        (lambda parameters, limit: nn.utils.clip_grad_norm_(parameters, limit),),  # returns
        (clipped_weights,),
        (sum_of_entries,),
        (lambda parameters, limit: print(end=""),),
    ],
}
PREDICTIONS = {c.momentum_by_hand}
