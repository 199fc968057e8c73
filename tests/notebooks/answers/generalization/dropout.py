"""Answers to the exercises on dropout."""

from copy import deepcopy
from fractions import Fraction

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from d2lhelpers.checks.generalization import dropout as c

module = c

ABSENT = {"mean": 4, "variance": 4.0, "added by noise": 2.5, "added by dropout": 20}
ABSENT_EXACT = {
    "mean": 4.0,
    "variance": Fraction(4),
    "added by noise": Fraction(5, 2),
    "added by dropout": torch.tensor(20.0),
}


# A complete dropout


def by_rand(X, p, training):
    if not training or p == 0:
        return X
    if p == 1:
        return X * 0
    return X * (torch.rand_like(X) >= p) / (1 - p)


def by_bernoulli(X, p, training):
    if not training:
        return X.clone()
    mask = torch.bernoulli(torch.full_like(X, 1 - p))
    return X * mask / max(1 - p, 1e-12)


def by_numpy(X, p, training):
    """An array: it has no gradient, which only tensors can have."""
    values = X.detach().numpy()
    if not training:
        return values
    here = np.random.default_rng(int(torch.randint(1000, (1,)))).random(values.shape) >= p
    return np.where(here, values / (1 - p if p < 1 else 1), 0)


def by_where(X, p, training):
    here = torch.rand(X.shape) >= (p if training else 0)
    scale = 1 / (1 - p) if training and p < 1 else 1
    return torch.where(here, X * scale, torch.zeros_like(X))


def without_scale(X, p, training):
    return X * (torch.rand(X.shape) >= p) if training else X


def scaled_in_evaluation(X, p, training):
    return X * (torch.rand(X.shape) >= p) if training else X * (1 - p)


def keeps_p(X, p, training):
    if not training or p == 0:
        return X
    return X * (torch.rand(X.shape) < p) / p


def one_mask_for_all_rows(X, p, training):
    if not training or p in (0, 1):
        return X * (1 - p if training else 1)
    return X * (torch.rand(X.shape[1]) >= p) / (1 - p)


def one_mask_for_all_columns(X, p, training):
    if not training or p in (0, 1):
        return X * (1 - p if training else 1)
    return X * (torch.rand(len(X), 1) >= p) / (1 - p)


def same_mask_always(X, p, training):
    generator = torch.Generator().manual_seed(0)
    if not training or p in (0, 1):
        return X * (1 - p if training else 1)
    return X * (torch.rand(X.shape, generator=generator) >= p) / (1 - p)


def a_fixed_number_per_row(X, p, training):
    if not training or p in (0, 1):
        return X * (1 - p if training else 1)
    order = torch.rand(X.shape).argsort(dim=1)
    return X * (order >= round(p * X.shape[1])) / (1 - p)


def nan_at_one(X, p, training):
    return X * (torch.rand(X.shape) >= p) / torch.tensor(1 - p) if training else X


def always_at_work(X, p, training):
    return by_rand(X, p, True)


def in_place(X, p, training):
    if training:
        X.data[torch.rand(X.shape) < p] = 0
        return X / max(1 - p, 1e-12)
    return X


def detached(X, p, training):
    return by_rand(X.detach(), p, training)


def as_float32(X, p, training):
    return by_rand(X, p, training).float()


# The average of many nights


def with_modes(net, X, T, mean=True):
    modes = {part: part.training for part in net.modules()}
    for part in net.modules():
        part.training = isinstance(part, nn.Dropout)
    probabilities = [net(X).softmax(dim=1) for _ in range(T)]
    for part, mode in modes.items():
        part.training = mode
    return sum(probabilities) / T


def on_a_copy(net, X, T):
    """All passes at once, on a copy."""
    copy = deepcopy(net).train()
    return copy(X.repeat(T, 1)).softmax(dim=1).reshape(T, len(X), -1).mean(dim=0).detach().numpy()


def mean_of_scores(net, X, T):
    copy = deepcopy(net).train()
    return torch.stack([copy(X) for _ in range(T)]).mean(dim=0).softmax(dim=1)


def in_evaluation(net, X, T):
    copy = deepcopy(net).eval()
    return torch.stack([copy(X).softmax(dim=1) for _ in range(T)]).mean(dim=0)


def as_it_comes(net, X, T):
    return torch.stack([net(X).softmax(dim=1) for _ in range(T)]).mean(dim=0)


def left_in_training(net, X, T):
    net.train()
    return as_it_comes(net, X, T)


def left_in_evaluation(net, X, T):
    answer = left_in_training(net, X, T)
    net.eval()
    return answer


def as_the_whole(net, X, T):
    """Every part gets the mode of the whole."""
    mode = net.training
    answer = left_in_training(net, X, T)
    net.train(mode)
    return answer


def one_pass(net, X, T):
    return deepcopy(net).train()(X).softmax(dim=1)


def one_more(net, X, T):
    return on_a_copy(net, X, T + 1)


def scores(net, X, T):
    copy = deepcopy(net).train()
    return torch.stack([copy(X) for _ in range(T)]).mean(dim=0)


def all_of_them(net, X, T):
    copy = deepcopy(net).train()
    return torch.stack([copy(X).softmax(dim=1) for _ in range(T)])


# Dropout without drawing


def by_formula(X, y, p):
    A = X.T @ X
    return torch.linalg.solve(A + p / (1 - p) * torch.diag(A.diagonal()), X.T @ y)


def by_more_rows(X, y, p):
    """Least squares with a row for each price."""
    X, y = X.numpy(), y.numpy()
    extra = np.diag(np.sqrt(p / (1 - p) * (X**2).sum(axis=0)))
    rows = np.concatenate([X, extra])
    return np.linalg.lstsq(rows, np.concatenate([y, np.zeros(X.shape[1])]), rcond=None)[0]


def with_columns_scaled(X, y, p):
    size = X.norm(dim=0)
    Z = X / size
    return (
        torch.linalg.solve((1 - p) * Z.T @ Z + p * torch.eye(X.shape[1]), (1 - p) * Z.T @ y) / size
    )


def with_price(price):
    def answer(X, y, p):
        A = X.T @ X
        return torch.linalg.solve(A + price(X, p), X.T @ y)

    return answer


# A house from an old paper


def folded(net):
    layers, factor = [], 1.0
    for layer in net:
        if isinstance(layer, nn.Dropout):
            factor *= 1 - layer.p
        elif isinstance(layer, nn.Linear):
            new = nn.Linear(layer.in_features, layer.out_features, bias=layer.bias is not None)
            new.load_state_dict(layer.state_dict())
            with torch.no_grad():
                new.weight.mul_(factor)
            layers.append(new)
            factor = 1.0
        else:
            layers.append(layer)
    return nn.Sequential(*layers)


def into_the_layer_before(net):
    """A factor passes through ReLU backwards too, and through a layer with its bias."""
    if isinstance(net[0], nn.Dropout):
        return folded(net)
    layers, factor = [], 1.0
    for layer in reversed(list(deepcopy(net))):
        if isinstance(layer, nn.Dropout):
            factor *= 1 - layer.p
            continue
        if isinstance(layer, nn.Linear):
            for parameter in layer.parameters():
                parameter.data *= factor
            factor = 1.0
        layers.insert(0, layer)
    return nn.Sequential(*layers)


def only_removed(net):
    return nn.Sequential(*(layer for layer in deepcopy(net) if not isinstance(layer, nn.Dropout)))


def in_its_place(net):
    return nn.Sequential(*(layer for layer in folded_in_place(net)))


def folded_in_place(net):
    factor = 1.0
    for layer in net:
        if isinstance(layer, nn.Dropout):
            factor *= 1 - layer.p
        elif isinstance(layer, nn.Linear):
            layer.weight.data *= factor
            factor = 1.0
    return [layer for layer in net if not isinstance(layer, nn.Dropout)]


def by_factor(factor_of, bias=False, again=False):
    def answer(net):
        layers, factor = [], 1.0
        for layer in deepcopy(net):
            if isinstance(layer, nn.Dropout):
                factor = factor_of(layer.p)
                continue
            if isinstance(layer, nn.Linear):
                layer.weight.data *= factor
                if bias and layer.bias is not None:
                    layer.bias.data *= factor
                factor = factor if again else 1.0
            layers.append(layer)
        return nn.Sequential(*layers)

    return answer


def only_when_next(net):
    """A dropout counts only if the linear layer follows at once."""
    layers, old = [], list(deepcopy(net))
    for before, layer in zip([None, *old], old):
        if isinstance(layer, nn.Linear) and isinstance(before, nn.Dropout):
            layer.weight.data *= 1 - before.p
        if not isinstance(layer, nn.Dropout):
            layers.append(layer)
    return nn.Sequential(*layers)


RIGHT = {
    c.absent: [(ABSENT,), (ABSENT_EXACT,)],
    c.dropout: [(by_rand,), (by_bernoulli,), (by_where,)],
    c.predict_mc: [(with_modes,), (on_a_copy,)],
    c.dropout_ridge: [(by_formula,), (by_more_rows,), (with_columns_scaled,)],
    c.for_the_day: [(folded,), (into_the_layer_before,)],
}


def masked(X, p, kept):
    return X * kept.to(X.dtype) / (1 - p) if p < 1 else X * 0


def a_fixed_number_in_all(X, p, training):
    if not training:
        return X
    kept = torch.ones(X.numel(), dtype=torch.bool)
    kept[torch.randperm(X.numel())[: round(p * X.numel())]] = False
    return masked(X, p, kept.view(X.shape))


def rows_in_pairs(X, p, training):
    rows = torch.rand(len(X) // 2 + 1, X.shape[1]).repeat_interleave(2, dim=0)[1 : len(X) + 1]
    return masked(X, p, rows >= p) if training else X


def opposed_halves(X, p, training):
    u = torch.rand(len(X) // 2, X.shape[1])
    return masked(X, p, torch.cat([u, 1 - u]) >= p) if training else X


def only_on_top(net, X, T):
    modes = [part.training for part in net.modules()]
    net.eval()
    for part in net.children():
        part.training = isinstance(part, nn.Dropout)
    P = torch.stack([net(X).softmax(dim=1) for _ in range(T)]).mean(dim=0)
    for part, mode in zip(net.modules(), modes):
        part.training = mode
    return P.detach()


class Times(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor


def by_a_layer_that_multiplies(net):
    layers = deepcopy(list(net))
    return nn.Sequential(
        *(Times(1 - layer.p) if isinstance(layer, nn.Dropout) else layer for layer in layers)
    )


WRONG = {
    c.absent: [
        (ABSENT | {"mean": 3.2},),  # without the division
        (ABSENT | {"mean": 5},),
        (ABSENT | {"variance": 2.56},),  # x^2 p (1 - p)
        (ABSENT | {"variance": 20},),  # the mean of the square
        (ABSENT | {"variance": 2},),  # the standard deviation
        (ABSENT | {"added by noise": 1.5},),
        (ABSENT | {"added by noise": 1.25},),
        (ABSENT | {"added by dropout": 4},),  # the square of the sum
        (ABSENT | {"added by dropout": 5},),
        (ABSENT | {"added by dropout": 10},),
    ],
    c.dropout: [
        (lambda X, p, training: F.dropout(X, p, training),),
        (lambda X, p, training: by_rand(X, p, True) if training else X.detach(),),
        (without_scale,),
        (scaled_in_evaluation,),
        (keeps_p,),
        (one_mask_for_all_rows,),
        (one_mask_for_all_columns,),
        (same_mask_always,),
        (a_fixed_number_per_row,),
        (a_fixed_number_in_all,),
        (rows_in_pairs,),
        (opposed_halves,),
        (nan_at_one,),
        (always_at_work,),
        (in_place,),
        (detached,),
        (as_float32,),
        (by_numpy,),
        (lambda X, p, training: X,),
        (lambda X, p, training: by_rand(X, p, training).sum(dim=1),),
    ],
    c.predict_mc: [
        (only_on_top,),
        (mean_of_scores,),
        (in_evaluation,),
        (as_it_comes,),
        (left_in_training,),
        (left_in_evaluation,),
        (as_the_whole,),
        (one_pass,),
        (one_more,),
        (scores,),
        (all_of_them,),
    ],
    c.dropout_ridge: [
        (with_price(lambda X, p: p / (1 - p) * torch.eye(X.shape[1])),),
        (with_price(lambda X, p: p / (1 - p) * X.square().mean(dim=0).diag()),),
        (with_price(lambda X, p: p * X.square().sum(dim=0).diag()),),
        (with_price(lambda X, p: p / (1 - p) * X.T @ X),),
        (with_price(lambda X, p: p / (1 - p) * len(X) * X.var(dim=0).diag()),),
        (with_price(lambda X, p: 0),),
    ],
    c.for_the_day: [
        (lambda net: nn.Sequential(*folded(net)) if len(net) > 3 else net,),
        (by_a_layer_that_multiplies,),
        (only_removed,),
        (in_its_place,),
        (by_factor(lambda p: 1 - p, bias=True),),
        (by_factor(lambda p: p),),
        (by_factor(lambda p: 1 / (1 - p)),),
        (by_factor(lambda p: 0.5),),
        (by_factor(lambda p: 1 - p, again=True),),
        (by_factor(lambda p: 1 - p),),  # the last of two in a row
        (only_when_next,),
        (lambda net: deepcopy(net).eval(),),
        (lambda net: folded(net).state_dict(),),
    ],
}
PREDICTIONS = {c.absent}
TYPED = {c.dropout}
