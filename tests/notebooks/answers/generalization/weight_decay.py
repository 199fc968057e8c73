"""Answers to the exercises on weight decay."""

from fractions import Fraction

import numpy as np
import torch
from scipy.optimize import brentq
from sklearn.linear_model import Ridge
from torch import nn

from d2lhelpers.checks.generalization import weight_decay as c

module = c

ALONE = {
    "left at rate 0.1": 0.366,
    "left at rate 0.05": 0.606,
    "decay at rate 0.05": 0.2,
}
ALONE_EXACT = {
    "left at rate 0.1": 0.99**100,
    "left at rate 0.05": 0.995**100,
    "decay at rate 0.05": Fraction(1, 5),
}


# Ridge regression


def centered(X, y, decay, factor=1.0):
    A, r = X - X.mean(0), y - y.mean()
    w = torch.linalg.solve(A.T @ A + factor * len(X) * decay * torch.eye(X.shape[1]), A.T @ r)
    return w, y.mean() - X.mean(0) @ w


def by_sklearn(X, y, decay):
    model = Ridge(alpha=len(X) * decay).fit(X.numpy(), y.numpy())
    return model.coef_, model.intercept_


def stacked(X, y, decay):
    """Least squares with rows that say each weight should be zero."""
    n, d = X.shape
    A = np.block([[X.numpy(), np.ones((n, 1))], [np.sqrt(n * decay) * np.eye(d), np.zeros((d, 1))]])
    both = np.linalg.lstsq(A, np.concatenate([y.numpy(), np.zeros(d)]), rcond=None)[0]
    return both[:-1], both[-1]


def with_columns(X, y, decay, free):
    n, d = X.shape
    A = torch.cat([X, torch.ones(n, 1)], dim=1)
    price = torch.full((d + 1,), decay)
    price[-1] *= 1 - free
    both = torch.linalg.solve(A.T @ A / n + price.diag(), A.T @ y / n)
    return both[:-1], both[-1]


def bias_is_mean_label(X, y, decay):
    w, _ = centered(X, y, decay)
    return w, y.mean()


def without_bias(X, y, decay):
    d = X.shape[1]
    w = torch.linalg.solve(X.T @ X / len(X) + decay * torch.eye(d), X.T @ y / len(X))
    return w, torch.zeros(())


def least_squares(X, y, decay):
    A = torch.cat([X, torch.ones(len(X), 1)], dim=1)
    both = torch.linalg.pinv(A) @ y
    return both[:-1], both[-1]


# Parameter groups


def by_modules(net, decay):
    layers = [layer for layer in net.modules() if isinstance(layer, nn.Linear)]
    return [
        {"params": [layer.weight for layer in layers], "weight_decay": decay},
        {"params": [layer.bias for layer in layers if layer.bias is not None], "weight_decay": 0},
    ]


def by_dimension(net, decay):
    return [{"params": [p], "weight_decay": decay if p.ndim > 1 else 0.0} for p in net.parameters()]


def by_last_name(net, decay):
    named = list(net.named_parameters())
    return (
        {"params": [p for n, p in named if n.split(".")[-1] == kind], "weight_decay": value}
        for kind, value in (("weight", decay), ("bias", 0))
    )


def bias_in_name(net, decay):
    named = list(net.named_parameters())
    return [
        {"params": [p for n, p in named if "bias" not in n], "weight_decay": decay},
        {"params": [p for n, p in named if "bias" in n]},
    ]


def children_only(net, decay):
    layers = [layer for layer in net.children() if isinstance(layer, nn.Linear)]
    return [
        {"params": [layer.weight for layer in layers], "weight_decay": decay},
        {"params": [layer.bias for layer in layers if layer.bias is not None]},
    ]


def all_pay(net, decay):
    return [{"params": list(net.parameters()), "weight_decay": decay}]


def in_one_group_twice(net, decay):
    weights, biases = by_modules(net, decay)
    return [{"params": weights["params"] * 2, "weight_decay": decay}, biases]


def biases_by_default(net, decay):
    weights, biases = by_modules(net, decay)
    return [weights, {"params": biases["params"]}]


def at_rate_zero(net, decay):
    return [group | {"lr": 0.0} for group in by_modules(net, decay)]


def weights_twice(net, decay):
    return [*all_pay(net, 0), by_dimension(net, decay)[0]]


def by_size(net, decay):
    return [
        {"params": [p], "weight_decay": decay if p.numel() > 4 else 0.0} for p in net.parameters()
    ]


# The decay of a limit


def squares(H, best, decay):
    w = torch.linalg.solve(H + decay * torch.eye(len(H)), H @ best)
    return w.square().sum().item()


def by_brent(H, best, theta):
    if squares(H, best, 0) <= theta:
        return 0.0
    return brentq(lambda decay: squares(H, best, decay) - theta, 0, 1e6)


def by_eigenvectors(H, best, theta):
    """Newton's method on 1 / length, in the directions of the eigenvectors."""
    e, V = torch.linalg.eigh(H)
    a = e * (V.T @ best)
    decay = 0.0
    for _ in range(200):
        if (length := (a / (e + decay)).norm()) <= theta**0.5:
            break
        slope = (a**2 / (e + decay) ** 3).sum() / length**3
        decay += (theta**-0.5 - 1 / length) / slope
        if abs(theta**-0.5 * length - 1) < 1e-9:
            break
    return float(decay)


def bisect(H, best, theta, high=1e6, goal=squares):
    low = 0.0
    if goal(H, best, 0) <= theta:
        return 0.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if goal(H, best, middle) > theta else (low, middle)
    return low


def length_itself(H, best, theta):
    return bisect(H, best, theta, goal=lambda *given: squares(*given) ** 0.5)


def never_free(H, best, theta):
    low, high = -0.005, 1e6
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if squares(H, best, middle) > theta else (low, middle)
    return low


def up_to_ten(H, best, theta):
    return bisect(H, best, theta, high=10.0)


def of_one_weight(H, best, theta):
    """As if all directions were as steep as the first."""
    return max(0.0, float(H[0, 0]) * (float(best.norm()) / theta**0.5 - 1))


# The balanced network


def balanced(W1, b1, W2):
    into = torch.cat([W1, b1[None]]).norm(dim=0)
    scale = (W2.norm(dim=1) / into).sqrt()
    return W1 * scale, b1 * scale, W2 / scale[:, None]


def unit_by_unit(W1, b1, W2):
    W1, b1, W2 = (part.numpy().copy() for part in (W1, b1, W2))
    for j in range(len(b1)):
        into = (W1[:, j] ** 2).sum() + b1[j] ** 2
        scale = ((W2[j] ** 2).sum() / into) ** 0.25
        W1[:, j] *= scale
        b1[j] *= scale
        W2[j] /= scale
    return W1, b1, W2


def by_descent(W1, b1, W2):
    into = (W1**2).sum(0) + b1**2
    out = (W2**2).sum(1)
    log_scale = torch.zeros_like(b1)
    for _ in range(200):  # Newton's method on the sum of squares, limited in its step
        a, b = into * (2 * log_scale).exp(), out * (-2 * log_scale).exp()
        log_scale = log_scale - (0.5 * (a - b) / (a + b)).clamp(-1, 1)
    scale = log_scale.exp()
    return [W1 * scale, b1 * scale, W2 / scale[:, None]]


def one_scale(W1, b1, W2):
    scale = (W2.norm() / (W1.square().sum() + b1.square().sum()).sqrt()).sqrt()
    return W1 * scale, b1 * scale, W2 / scale


def bias_forgotten(W1, b1, W2):
    scale = (W2.norm(dim=1) / W1.norm(dim=0)).sqrt()
    return W1 * scale, b1, W2 / scale[:, None]


def bias_not_weighed(W1, b1, W2):
    scale = (W2.norm(dim=1) / W1.norm(dim=0)).sqrt()
    return W1 * scale, b1 * scale, W2 / scale[:, None]


def no_root(W1, b1, W2):
    scale = W2.norm(dim=1) / torch.cat([W1, b1[None]]).norm(dim=0)
    return W1 * scale, b1 * scale, W2 / scale[:, None]


def shrunk(W1, b1, W2):
    return W1 / 2, b1 / 2, W2 / 2


RIGHT = {
    c.decay_alone: [(ALONE,), (ALONE_EXACT,)],
    c.ridge: [(centered,), (by_sklearn,), (stacked,)],
    c.groups: [(by_modules,), (by_dimension,), (by_last_name,)],
    c.decay_of_limit: [(by_brent,), (by_eigenvectors,), (bisect,)],
    c.balance: [(balanced,), (unit_by_unit,), (by_descent,)],
}
WRONG = {
    c.decay_alone: [
        (ALONE | {"left at rate 0.1": 0.9**100},),  # the decay without the rate
        (ALONE | {"left at rate 0.05": 0.366},),
        (ALONE | {"left at rate 0.1": 0.368},),  # e to the -1
        (ALONE | {"decay at rate 0.05": 0.1},),
        (ALONE | {"decay at rate 0.05": 0.05},),
    ],
    c.ridge: [
        (lambda X, y, decay: centered(X, y, decay, 1 / len(X)),),  # a sum for the mean
        (lambda X, y, decay: centered(X, y, decay, 2.0),),  # the mean without the half
        (lambda X, y, decay: centered(X, y, decay, 0.5),),
        (lambda X, y, decay: with_columns(X, y, decay, free=0),),
        (without_bias,),
        (bias_is_mean_label,),
        (least_squares,),
        (lambda X, y, decay: centered(X, y, decay)[0],),
    ],
    c.groups: [
        (bias_in_name,),
        (children_only,),
        (all_pay,),
        (lambda net, decay: by_dimension(net, decay)[::2],),
        (weights_twice,),
        (in_one_group_twice,),
        (biases_by_default,),
        (at_rate_zero,),
        (by_size,),
        (lambda net, decay: by_dimension(net, 0.1),),
        (lambda net, decay: net.parameters(),),
    ],
    c.decay_of_limit: [
        (length_itself,),
        (never_free,),
        (up_to_ten,),
        (lambda H, best, theta: bisect(H, best, theta, high=500.0),),
        (of_one_weight,),
        (lambda H, best, theta: 0.0,),
        (lambda H, best, theta: 1 / theta,),
    ],
    c.balance: [
        (one_scale,),
        (bias_forgotten,),
        (bias_not_weighed,),
        (no_root,),
        (shrunk,),
        (lambda W1, b1, W2: (W1, b1, W2),),
        (lambda W1, b1, W2: balanced(W1, b1, W2)[:2],),
    ],
}
PREDICTIONS = {c.decay_alone}
