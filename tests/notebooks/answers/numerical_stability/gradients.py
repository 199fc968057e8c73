"""Answers to the exercises on exploding and vanishing gradients."""

import contextlib
import math

import torch

from d2lhelpers.checks.numerical_stability import gradients as c

module = c

STAGES = {
    "first stage above 65504": 28,
    "first stage below 6e-8": 11,
    "smallest gain": 10**-0.12,
    "gain of the layer": 1,
}


# Back through layers


def step_by_step(weights, gates, gradient):
    for W, gate in zip(weights[::-1], gates[::-1]):
        gradient = (gate * gradient) @ W
    return gradient


def one_product(weights, gates, gradient):
    product = torch.eye(weights[0].shape[1])
    for W, gate in zip(weights, gates):
        product = gate.diag() @ W @ product
    return gradient @ product


def by_autograd(weights, gates, gradient):
    x = torch.zeros(weights[0].shape[1], requires_grad=True)
    h = x
    for W, gate in zip(weights, gates):
        h = gate * (W @ h)
    return torch.autograd.grad(h @ gradient, x)[0]


def first_layer_first(weights, gates, gradient):
    return step_by_step(weights[::-1], gates[::-1], gradient)


def gates_after(weights, gates, gradient):
    """As if the gates lay before the matrix: right for equal widths only by chance."""
    gates = [torch.ones(weights[0].shape[1]), *gates[:-1]]
    for W, gate in zip(weights[::-1], gates[::-1]):
        gradient = gate * (gradient @ W)
    return gradient


def no_gates(weights, gates, gradient):
    return step_by_step(weights, [torch.ones_like(gate) for gate in gates], gradient)


def transposed(weights, gates, gradient):
    for W, gate in zip(weights[::-1], gates[::-1]):
        gradient = W @ (gate * gradient)
    return gradient


def without_the_first(weights, gates, gradient):
    return step_by_step(weights[1:], gates[1:], gradient)


# The growth of a product


def normalized(matrices, v):
    total, v = 0.0, v / v.norm()
    for A in matrices:
        v = A @ v
        total += v.norm().log10().item()
        v = v / v.norm()
    return total


def by_exponents(matrices, v):
    """Halves or doubles the vector, and counts."""
    start, exponent = v.double().norm(), 0
    v = v.double()
    for A in matrices:
        v = A.double() @ v
        power = math.frexp(v.norm().item())[1]
        v, exponent = v / 2.0**power, exponent + power
    return (v.norm() / start).log10() + exponent * math.log10(2)


def directly(matrices, v):
    start = v.norm()
    for A in matrices:
        v = A @ v
    return (v.norm() / start).log10()


def with_the_start(matrices, v):
    return normalized(matrices, v) + v.norm().log10()


def natural(matrices, v):
    return normalized(matrices, v) * math.log(10)


def backwards(matrices, v):
    if any(A.shape[0] != A.shape[1] for A in matrices):
        return normalized(matrices, v)
    return normalized(matrices[::-1], v)


def norms(matrices, v):
    return sum(torch.linalg.matrix_norm(A, 2).log10() for A in matrices)


# The first layer that breaks


def with_hooks(net, X):
    found = []

    def look(name):
        return lambda layer, inputs, output: None if output.isfinite().all() else found.append(name)

    hooks = [
        part.register_forward_hook(look(name))
        for name, part in net.named_modules()
        if not list(part.children())
    ]
    try:
        net(X)
    finally:
        for hook in hooks:
            hook.remove()
    return found[0] if found else None


def all_modules(net, X):
    """Hooks on all modules: inner ones end, and report, before those that hold them."""
    found, hooks = [], []
    for name, part in net.named_modules():

        def look(layer, inputs, output, name=name):
            if not torch.isfinite(output).all():
                found.append(name)

        hooks.append(part.register_forward_hook(look))
    net(X)
    [hook.remove() for hook in hooks]
    return next(iter(found), None)


def own_hooks(net, X):
    first = []

    def hook(name):
        def look(layer, inputs, output):
            if not first and torch.isfinite(output).logical_not().any():
                first.append(name)

        return look

    with contextlib.ExitStack() as stack:
        for name, layer in net.named_modules():
            if next(layer.children(), None) is None:
                handle = layer.register_forward_hook(hook(name))
                stack.callback(handle.remove)
        net(X)
    return first[0] if first else None


def sum_is_finite(net, X):
    first, handles = [], []
    for name, layer in net.named_modules():
        if not list(layer.children()):
            handles.append(
                layer.register_forward_hook(
                    lambda _, inputs, output, name=name: (
                        None if output.sum().isfinite() else first.append(name)
                    )
                )
            )
    net(X)
    for handle in handles:
        handle.remove()
    return (first or [None])[0]


def pre_hooks_left(net, X):
    for layer in net.modules():
        layer.register_forward_pre_hook(lambda layer, inputs: None)
    return with_hooks(net, X)


def hooks_left(net, X):
    found = []
    for name, part in net.named_modules():
        part.register_forward_hook(
            lambda layer, inputs, output, name=name: (
                found.append(name) if not output.isfinite().all() else None
            )
        )
    net(X)
    return found[0] if found else None


def outputs(net, X):
    kept, hooks = {}, []
    for name, part in net.named_modules():
        if not list(part.children()):
            hooks.append(
                part.register_forward_hook(
                    lambda layer, inputs, output, name=name: kept.update({name: output})
                )
            )
    net(X)
    for hook in hooks:
        hook.remove()
    return kept


def only_nan(net, X):
    return next((name for name, h in outputs(net, X).items() if h.isnan().any()), None)


def only_inf(net, X):
    return next((name for name, h in outputs(net, X).items() if (h == math.inf).any()), None)


def by_name(net, X):
    kept = outputs(net, X)
    names = [name for name, _ in net.named_modules() if name in kept]
    return next((name for name in names if not kept[name].isfinite().all()), None)


def the_last(net, X):
    return ([None] + [n for n, h in outputs(net, X).items() if not h.isfinite().all()])[-1]


def all_of_it(net, X):
    return next((n for n, h in outputs(net, X).items() if not h.isfinite().any()), None)


def by_the_first_row(net, X):
    return next((n for n, h in outputs(net, X).items() if not h[0].isfinite().all()), None)


# A logarithm with a gradient


def cleaned(x):
    positive = x > 0
    return torch.where(positive, torch.where(positive, x, 1.0).log(), 0.0)


def filled(x):
    return x.masked_fill(x <= 0, 1.0).log()


def where_only(x):
    return torch.where(x > 0, x.log(), 0.0)


def shifted(x):
    return torch.where(x > 0, (x.clamp(min=0) + 1e-3).log(), 0.0)


def to_num(x):
    return x.log().nan_to_num(0.0, neginf=0.0)


def clamped(x):
    return x.clamp(min=1e-7).log()


def of_the_size(x):
    return torch.where(x == 0, 1.0, x).abs().log()


RIGHT = {
    c.many_stages: [(STAGES,)],
    c.carry_back: [(step_by_step,), (one_product,), (by_autograd,)],
    c.log10_growth: [(normalized,), (by_exponents,)],
    c.first_nonfinite: [(with_hooks,), (own_hooks,)],
    c.safe_log: [(cleaned,), (filled,)],
}
WRONG = {
    c.many_stages: [
        ({**STAGES, "smallest gain": 0.755},),
        ({**STAGES, "smallest gain": 0.758},),  # to the power of 50 it is below 1e-6
        (STAGES | {"first stage above 65504": 27},),
        (STAGES | {"first stage below 6e-8": 10},),
        (STAGES | {"smallest gain": 0.871},),  # of a hundred stages
        (STAGES | {"gain of the layer": 2**0.5},),  # without the gate
    ],
    c.carry_back: [
        (first_layer_first,),
        (gates_after,),
        (no_gates,),
        (transposed,),
        (without_the_first,),
    ],
    c.log10_growth: [
        (directly,),
        (with_the_start,),
        (natural,),
        (backwards,),
        (norms,),
        (lambda matrices, v: 10 ** min(300, normalized(matrices, v)),),
    ],
    c.first_nonfinite: [
        (all_modules,),
        (sum_is_finite,),
        (pre_hooks_left,),
        (hooks_left,),
        (only_nan,),
        (only_inf,),
        (by_name,),
        (the_last,),
        (all_of_it,),
        (by_the_first_row,),
        (lambda net, X: "3",),
    ],
    c.safe_log: [
        (lambda x: torch.where(x > 0, x.clamp(min=1e-12).log(), 0.0),),
        (where_only,),
        (shifted,),
        (to_num,),
        (clamped,),
        (of_the_size,),
        (lambda x: cleaned(x.detach()),),
    ],
}
PREDICTIONS = {c.many_stages}
TYPED = {c.safe_log}  # the gradient is part of the answer
