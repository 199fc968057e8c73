"""Answers to the exercises of Part 2 on probability."""

import math
import statistics

import numpy as np
import torch

from d2lhelpers.checks.preliminaries import chance as c

module = c

SPREADS = {
    "sums of 100": 17.08,
    "means of 100": 0.1708,
    "means of 400": 0.0854,
    "share beyond two": 0.0455,
}
LABBY = {"fives and sixes": 1.15, "ones and sixes": 4.847, "one experiment in": 797_000}
WAITS = {
    "best p for 3, 8, 1, 12": 1 / 6,
    "best p for 1, 1, 2": 0.75,
    "derivative at 1/2": -32,
}


def with_library(draws, population=None):
    left = 1 if population is None else (population - len(draws)) / population
    return draws.std() * (left / len(draws)) ** 0.5


def with_statistics(draws, population=None):
    n = len(draws)
    variance = statistics.variance(draws.tolist()) / n
    return math.sqrt(variance * (1 - n / population if population else 1))


def from_squares(draws, population=None):
    n = len(draws)
    variance = ((draws**2).sum() - n * draws.mean() ** 2) / (n - 1)
    return (variance * (1 / n - (1 / population if population else 0))).clamp(min=0).sqrt()


def with_numpy(draws, population=None):
    error = np.std(draws.numpy(), ddof=1) / np.sqrt(len(draws))
    return error if population is None else error * np.sqrt(1 - len(draws) / population)


def factor_on_the_error(draws, population=None):
    left = 1 if population is None else 1 - len(draws) / population
    return draws.std() / len(draws) ** 0.5 * left


def for_large_populations(draws, population=None):  # sees a census, and no part
    return draws.std() / len(draws) ** 0.5 * (population != len(draws))


def for_large_shares(draws, population=None):  # the pollsters' rule of thumb: not below a twentieth
    n = len(draws)
    return with_library(draws, population if population and n > population / 20 else None)


def census_forgotten(draws, population=None):
    return with_library(draws, population if population and len(draws) < population else None)


def finite_population_of_sigma(draws, population=None):  # the factor for a known sigma
    n = len(draws)
    left = 1 if population is None else (population - n) / (population - 1)
    return draws.std() * (left / n) ** 0.5


def looped(p, counts):
    total = 0.0
    for probability, count in zip(p.tolist(), counts.tolist()):
        if count:
            total += count * (math.log(probability) if probability else -math.inf)
    return total


def throw_by_throw(p, counts):
    return p.log().repeat_interleave(counts).sum()


def with_arrays_of_counts(p, counts):
    p, counts = p.numpy(), counts.numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.sum(counts * np.log(p), where=counts > 0))


def where_possible(p, counts):  # leaves out the faces of probability 0, not those that never came
    possible = p > 0
    return (counts[possible] * p[possible].log()).sum()


def in_blocks(p, counts):  # products of as many factors as float64 can hold for a fair die
    blocks = counts // 300
    return (blocks * (p**300).log() + (p ** (counts - 300 * blocks)).log()).sum()


RIGHT = {
    c.before_running: [
        (SPREADS,),
        (SPREADS | {"share beyond two": 0.05, "sums of 100": torch.tensor(17.1)},),
    ],
    c.thrown_again: [
        (LABBY,),
        (LABBY | {"ones and sixes": 4.8, "one experiment in": 630_000},),  # rounded on the way
        (LABBY | {"fives and sixes": torch.tensor(1.1513), "one experiment in": 8e5},),
        (LABBY | {"fives and sixes": 1.192},),  # 0.3333 for a third
    ],
    c.waiting_for_a_hit: [(WAITS,), (WAITS | {"best p for 3, 8, 1, 12": 0.1667},)],
    c.standard_error: [(with_library,), (with_statistics,), (from_squares,), (with_numpy,)],
    c.log_likelihood: [
        (looped,),
        (throw_by_throw,),
        (lambda p, counts: torch.xlogy(counts, p).sum(),),
        (lambda p, counts: (counts * p.log()).nan_to_num(0.0, neginf=-math.inf).sum(),),
        (with_arrays_of_counts,),
    ],
}
WRONG = {
    c.before_running: [
        (SPREADS | {"means of 400": 0.1708 / 4},),
        (SPREADS | {"means of 100": 35 / 12 / 100},),  # the variance
        (SPREADS | {"sums of 100": 100 * math.sqrt(35 / 12)},),  # deviations do not add
        (SPREADS | {"share beyond two": 0.954},),
        (SPREADS | {"share beyond two": 0.32},),
        (SPREADS | {"share beyond two": 0.023},),  # one side
        (SPREADS | {"means of 400": 0.1708},),  # more dice, no gain
    ],
    c.thrown_again: [
        (LABBY | {"fives and sixes": 0.333, "ones and sixes": 1.399},),  # rolls, not throws
        (LABBY | {"fives and sixes": 1.457, "ones and sixes": 6.131},),  # as for a single face
        (LABBY | {"fives and sixes": -1.15},),
        (LABBY | {"fives and sixes": 0.00097, "ones and sixes": 0.00407},),  # not divided
        (LABBY | {"one experiment in": 1_595_000},),  # one side
        (LABBY | {"one experiment in": 1.25e-6},),  # the probability
    ],
    c.waiting_for_a_hit: [
        (WAITS | {"best p for 3, 8, 1, 12": 4 / 20},),  # the hits were not counted as throws
        (WAITS | {"derivative at 1/2": 32},),
        (WAITS | {"best p for 1, 1, 2": (1 + 1 + 0.5) / 3},),  # the mean of 1 / k
        (WAITS | {"best p for 3, 8, 1, 12": 6},),  # the mean wait
    ],
    c.standard_error: [
        (lambda draws, population=None: draws.std() / len(draws) ** 0.5,),  # no population
        (
            lambda draws, population=None: (
                with_library(draws, population) * ((len(draws) - 1) / len(draws)) ** 0.5
            ),
        ),
        (lambda draws, population=None: with_library(draws, population) * len(draws) ** 0.5,),
        (finite_population_of_sigma,),
        (factor_on_the_error,),
        (for_large_populations,),
        (for_large_shares,),
        (census_forgotten,),
    ],
    c.log_likelihood: [
        (lambda p, counts: (counts * p.log()).sum(),),  # 0 * log(0)
        (lambda p, counts: (p**counts).prod().log(),),  # underflows
        (lambda p, counts: (counts * (p + 1e-9).log()).sum(),),  # no minus infinity
        (where_possible,),
        (lambda p, counts: (counts * p.clamp(min=1e-300).log()).sum(),),  # finite where impossible
        (lambda p, counts: p[counts > 0].log().sum(),),  # each face once
        (in_blocks,),
        (lambda p, counts: torch.distributions.Multinomial(int(counts.sum()), p).log_prob(counts),),
    ],
}
PREDICTIONS = {c.before_running, c.thrown_again, c.waiting_for_a_hit}
