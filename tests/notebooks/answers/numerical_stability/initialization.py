"""Answers to the exercises on the size of the weights before training."""

import math

import torch
from torch import nn

from d2lhelpers.checks.numerical_stability import initialization as c

module = c

NUMBERS = {
    "standard deviation": 0.0707,
    "a": 0.1225,
    "variance for |z|": 0.01,
    "variance with dropout": 0.016,
}
IN_TURN = {"forward": 1.0, "back": 1, "Xavier": 0.64**12.5}


# Weights for a leaky ReLU


def fill(linear, weights):
    with torch.no_grad():
        linear.weight.copy_(weights)
        if linear.bias is not None:
            linear.bias.zero_()


def variance_of(linear, slope):
    return 2 / ((1 + slope**2) * linear.in_features)


def bell(linear, slope):
    fill(linear, variance_of(linear, slope) ** 0.5 * torch.randn(linear.weight.shape))


def even(linear, slope):
    a = (3 * variance_of(linear, slope)) ** 0.5
    nn.init.uniform_(linear.weight, -a, a)
    if linear.bias is not None:
        nn.init.zeros_(linear.bias)


def by_coin(linear, slope):
    coin = 2.0 * torch.randint(2, linear.weight.shape) - 1
    fill(linear, coin * variance_of(linear, slope) ** 0.5)


def the_library(linear, slope):
    nn.init.kaiming_normal_(linear.weight, a=slope)
    if linear.bias is not None:
        nn.init.zeros_(linear.bias)


def drawn_with(rule):
    def init(linear, slope):
        m, d = linear.weight.shape
        fill(linear, rule(d, m, slope) ** 0.5 * torch.randn(m, d))

    return init


def variance_for_std(linear, slope):
    fill(linear, variance_of(linear, slope) * torch.randn(linear.weight.shape))


def biases_left(linear, slope):
    with torch.no_grad():
        linear.weight.normal_(std=variance_of(linear, slope) ** 0.5)


def needs_biases(linear, slope):
    biases_left(linear, slope)
    linear.bias.data.zero_()


def all_equal(linear, slope):
    fill(linear, torch.full(linear.weight.shape, variance_of(linear, slope) ** 0.5))


def one_unit(linear, slope):
    row = torch.randn(linear.in_features) * variance_of(linear, slope) ** 0.5
    fill(linear, row.expand(linear.weight.shape))


def never_negative(linear, slope):
    weights = torch.randn(linear.weight.shape).abs()
    fill(linear, weights * variance_of(linear, slope) ** 0.5)


def the_same_again(linear, slope):
    numbers = torch.Generator().manual_seed(5)
    weights = torch.randn(linear.weight.shape, generator=numbers)
    fill(linear, weights * variance_of(linear, slope) ** 0.5)


def new_parameter(linear, slope):
    weights = torch.randn(linear.weight.shape) * variance_of(linear, slope) ** 0.5
    linear.weight = nn.Parameter(weights)
    if linear.bias is not None:
        linear.bias.data.zero_()


def returned(linear, slope):
    bell(linear, slope)
    return linear


# By ear


def linear_layers(net):
    return [layer for layer in net if isinstance(layer, nn.Linear)]


def rounds(net, X):
    """One layer at a time, each after a pass of its own from the images on."""
    for layer in linear_layers(net):
        h = X
        for part in net:
            h = part(h)
            if part is layer:
                break
        layer.weight.data.div_(h.square().mean().sqrt().detach())


def with_hooks(net, X):
    def listen(layer, inputs, output):
        size = output.square().mean().sqrt()
        layer.weight.mul_(1 / size)
        return output / size

    hooks = [layer.register_forward_hook(listen) for layer in linear_layers(net)]
    with torch.no_grad():
        net(X)
    for hook in hooks:
        hook.remove()


@torch.no_grad()
def all_at_once(net, X):
    """Listens to the network as it was, and scales everything afterwards."""
    sizes = []
    for layer in net:
        X = layer(X)
        if isinstance(layer, nn.Linear):
            sizes.append(X.square().mean().sqrt())
    for layer, size in zip(linear_layers(net), sizes):
        layer.weight /= size


def scaled_by(size):
    @torch.no_grad()
    def scale(net, X):
        for layer in net:
            if isinstance(layer, nn.Linear):
                layer.weight /= size(layer(X))
            X = layer(X)

    return scale


@torch.no_grad()
def behind_activations(net, X):
    parts = list(net)
    for layer, after in zip(parts, [*parts[1:], nn.Identity()]):
        if isinstance(layer, nn.Linear):
            layer.weight /= after(layer(X)).square().mean().sqrt()
        X = layer(X)


@torch.no_grad()
def first_only(net, X):
    layer = linear_layers(net)[0]
    for part in net:
        if part is layer:
            break
        X = part(X)
    layer.weight /= layer(X).square().mean().sqrt()


@torch.no_grad()
def all_but_the_last(net, X):
    for layer in net:
        if isinstance(layer, nn.Linear) and layer is not linear_layers(net)[-1]:
            layer.weight /= layer(X).square().mean().sqrt()
        X = layer(X)


@torch.no_grad()
def by_formula(net, X):
    for layer in linear_layers(net):
        size = layer.weight.square().mean().sqrt()
        layer.weight *= (2 / layer.in_features) ** 0.5 / size


@torch.no_grad()
def drawn_anew(net, X):
    for layer in net:
        if isinstance(layer, nn.Linear):
            layer.weight.normal_()
            layer.weight /= layer(X).square().mean().sqrt()
        X = layer(X)


@torch.no_grad()
def every_parameter(net, X):
    for layer in net:
        if list(layer.parameters()):
            layer.weight /= layer(X).square().mean().sqrt()
        X = layer(X)


def no_gradient(net, X):
    rounds(net, X)
    net.requires_grad_(False)


RIGHT = {
    c.rules_in_numbers: [(NUMBERS,)],
    c.wide_and_narrow: [(IN_TURN,)],
    c.init_layer: [(bell,), (even,), (by_coin,), (the_library,)],
    c.calibrate: [(rounds,), (with_hooks,)],
}
WRONG = {
    c.rules_in_numbers: [
        (NUMBERS | {"standard deviation": 0.005},),  # the variance
        (NUMBERS | {"a": 0.0707 * math.sqrt(2)},),
        (NUMBERS | {"variance for |z|": 0.02},),  # He's
        (NUMBERS | {"variance with dropout": 0.02},),  # as without dropout
        (NUMBERS | {"variance with dropout": 0.025},),  # as if nothing were divided
        (NUMBERS | {"variance with dropout": 0.0128},),  # divided, and none dropped
    ],
    c.wide_and_narrow: [
        (IN_TURN | {"Xavier": 1},),
        (IN_TURN | {"Xavier": 0.64**25},),  # the mean square
        (IN_TURN | {"Xavier": 0.8**50},),
        (IN_TURN | {"back": 0.5},),
        (IN_TURN | {"forward": 2.0**-25},),
    ],
    c.init_layer: [
        (drawn_with(lambda d, m, slope: 2 / d),),
        (drawn_with(lambda d, m, slope: 1 / d),),
        (drawn_with(lambda d, m, slope: 2 / (d + m)),),
        (drawn_with(lambda d, m, slope: 2 / ((1 + slope**2) * m)),),
        (drawn_with(lambda d, m, slope: 2 / ((1 + slope) ** 2 * d)),),
        (drawn_with(lambda d, m, slope: 1 / ((1 + slope**2) * d)),),
        (variance_for_std,),
        (biases_left,),
        (needs_biases,),
        (all_equal,),
        (one_unit,),
        (never_negative,),
        (the_same_again,),
        (new_parameter,),
        (returned,),
    ],
    c.calibrate: [
        (all_at_once,),
        (scaled_by(lambda z: z.std()),),
        (scaled_by(lambda z: z.square().mean()),),
        (scaled_by(lambda z: z.square().mean(dim=0).sqrt()[:, None]),),
        (scaled_by(lambda z: -z.square().mean().sqrt()),),
        (scaled_by(lambda z: z[0].square().mean().sqrt()),),
        (scaled_by(lambda z: z.abs().mean()),),
        (behind_activations,),
        (first_only,),
        (all_but_the_last,),
        (by_formula,),
        (drawn_anew,),
        (every_parameter,),
        (no_gradient,),
        (lambda net, X: scaled_by(lambda z: z.square().mean().sqrt())(net, X) or net,),
    ],
}
PREDICTIONS = {c.rules_in_numbers, c.wide_and_narrow}
TYPED = {c.init_layer, c.calibrate}  # they change a module
