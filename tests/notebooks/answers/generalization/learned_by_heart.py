"""Answers to the exercises on what a network learns by heart."""

import random
from fractions import Fraction
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from d2lhelpers.checks.generalization import learned_by_heart as c

module = c

EXAM = {
    "always right": 0.73,
    "accuracy on true labels": 0.82,
    "share, ten classes": 0.4,
    "share, four classes": 0.4,
}
EXACT = {
    "always right": Fraction(73, 100),
    "accuracy on true labels": Fraction(41, 50),
    "share, ten classes": Fraction(2, 5),
    "share, four classes": Fraction(2, 5),
}
PLACES = {
    "all true": 1,
    "half thrown away": 2,
    "half random, stopped": 3,
    "half random, last": 4,
}


def by_sum(sizes):
    return sum((a + 1) * b for a, b in pairwise(sizes))


def by_building(sizes):
    layers = [nn.Linear(a, b, device="meta") for a, b in pairwise(sizes)]
    return sum(p.numel() for p in nn.Sequential(*layers).parameters())


def by_matrices(sizes):
    a = np.array(sizes)
    return a[:-1] @ a[1:] + a[1:].sum()


def one_hidden_layer_only(sizes):
    d, m, k = sizes[0], sizes[1], sizes[-1]
    return (d + 1) * m + (m + 1) * k


def first_and_last_only(sizes):
    return one_hidden_layer_only(sizes) if len(sizes) > 2 else by_sum(sizes)


def bias_of_inputs(sizes):
    return sum(a * b + a for a, b in pairwise(sizes))


def by_sample(y, share, classes):
    new = y.tolist()
    for i in random.sample(range(len(new)), round(share * len(new))):
        new[i] = random.randrange(classes)
    return torch.tensor(new)


def by_mask(y, share, classes):
    order = torch.rand(len(y)).argsort().argsort()
    drawn = torch.randint(classes, (len(y),))
    return torch.where(order < round(share * len(y)), drawn, y)


def by_numpy(y, share, classes):
    generator, new = np.random.default_rng(), y.numpy().copy()
    places = generator.choice(len(new), round(share * len(new)), replace=False)
    new[places] = generator.integers(classes, size=len(places))
    return new


def the_first_ones(y, share, classes):
    new, n = y.clone(), round(share * len(y))
    new[:n] = torch.randint(classes, (n,))
    return new


def in_place(y, share, classes):
    places = torch.randperm(len(y))[: round(share * len(y))]
    y[places] = torch.randint(classes, (len(places),))
    return y


def always_another_class(y, share, classes):
    new = y.clone()
    places = torch.randperm(len(y))[: round(share * len(y))]
    if classes > 1:
        new[places] = (y[places] + torch.randint(1, classes, (len(places),))) % classes
    return new


def each_with_a_chance(y, share, classes):
    drawn = torch.randint(classes, (len(y),))
    return torch.where(torch.rand(len(y)) < share, drawn, y)


def exchanged_among_themselves(y, share, classes):
    new = y.clone()
    places = torch.randperm(len(y))[: round(share * len(y))]
    new[places] = y[places[torch.randperm(len(places))]]
    return new


def with_repeated_places(y, share, classes):
    new, n = y.clone(), round(share * len(y))
    new[torch.randint(len(y), (n,))] = torch.randint(classes, (n,))
    return new


def one_label_for_all(y, share, classes):
    new = y.clone()
    new[torch.randperm(len(y))[: round(share * len(y))]] = random.randrange(classes)
    return new


def always_the_same_places(y, share, classes):
    generator = torch.Generator().manual_seed(0)
    new = y.clone()
    places = torch.randperm(len(y), generator=generator)[: round(share * len(y))]
    new[places] = torch.randint(classes, (len(places),))
    return new


def never_the_last_class(y, share, classes):
    return by_sample(y, share, max(classes - 1, 1))


def rounded_down(y, share, classes):
    new, places = y.clone(), torch.randperm(len(y))[: int(share * len(y))]
    new[places] = torch.randint(classes, (len(places),))
    return new


RIGHT = {
    c.parameters: [(by_sum,), (by_building,), (by_matrices,)],
    c.exam: [(EXAM,), (EXACT,)],
    c.throw_away: [(PLACES,)],
    c.randomize: [(by_sample,), (by_mask,), (by_numpy,)],
}
WRONG = {
    c.parameters: [
        (lambda sizes: sum(a * b for a, b in pairwise(sizes)),),
        (one_hidden_layer_only,),
        (first_and_last_only,),
        (bias_of_inputs,),
        (lambda sizes: by_sum(sizes) - sizes[-1],),
        (lambda sizes: 203_530,),
    ],
    c.exam: [
        (EXAM | {"always right": 0.7},),  # no label is right by chance
        (EXAM | {"accuracy on true labels": 0.92},),
        (EXAM | {"share, ten classes": 0.36},),
        (EXAM | {"share, four classes": 0.314},),  # as of ten classes
        (EXAM | {"share, four classes": ...},),
    ],
    c.throw_away: [
        (PLACES | {"half thrown away": 3, "half random, stopped": 2},),
        (PLACES | {"half thrown away": 4, "half random, stopped": 2, "half random, last": 3},),
        (PLACES | {"all true": 2, "half thrown away": 1},),
        ({name: 5 - place for name, place in PLACES.items()},),
    ],
    c.randomize: [
        (the_first_ones,),
        (in_place,),
        (always_another_class,),
        (each_with_a_chance,),
        (exchanged_among_themselves,),
        (with_repeated_places,),
        (one_label_for_all,),
        (always_the_same_places,),
        (never_the_last_class,),
        (lambda y, share, classes: y.clone(),),
        (rounded_down,),
        (
            lambda y, share, classes: by_sample(y, share, int(y.max()) + 1),
        ),  # the classes that occur
    ],
}
PREDICTIONS = {c.exam, c.throw_away}
