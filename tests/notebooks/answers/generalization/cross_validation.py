"""Answers to the exercises on cross-validation."""

import random
from itertools import pairwise

import numpy as np
import torch

from d2lhelpers.checks.generalization import cross_validation as c

module = c

DEALT = {
    "partner trains, K = 2": 600 / 1199,  # the partner is one of 1,199 others
    "partner trains, K = 10": 0.9,
    "a relative trains, K = 5": 24 / 25,
    "fits": 2001,
    "deviation": 2,
}


def by_rows(groups, K):
    dealt = {}
    for group in groups.tolist():
        dealt.setdefault(group, len(dealt) % K)
    homes = torch.tensor([dealt[group] for group in groups.tolist()])
    return [torch.where(homes == fold)[0] for fold in range(K)]


def in_arrays(groups, K):
    names = np.random.default_rng(0).permutation(np.unique(groups.numpy()))
    return [np.flatnonzero(np.isin(groups.numpy(), part)) for part in np.array_split(names, K)]


def in_plain_lists(groups, K):
    names = sorted(set(groups.tolist()))
    random.shuffle(names)
    return [
        [i for i, group in enumerate(groups.tolist()) if group in names[k::K]] for k in range(K)
    ]


def modulo(groups, K):
    return [torch.where(groups % K == fold)[0] for fold in range(K)]


def samples(groups, K):
    return list(torch.randperm(len(groups)).tensor_split(K))


def neighbors(groups, K):
    return list(torch.arange(len(groups)).tensor_split(K))


def by_chunk(groups, K):
    names = groups.unique()
    return [torch.isin(groups, part).nonzero()[:, 0] for part in names.chunk(K)]


def even_samples(groups, K):
    folds = [[] for _ in range(K)]
    names, counts = groups.unique(return_counts=True)
    for place in counts.argsort(descending=True):
        smallest = min(folds, key=len)
        smallest += (groups == names[place]).nonzero()[:, 0].tolist()
    return folds


def one_of_each(groups, K):
    return [fold[:1] for fold in by_rows(groups, K)]


def the_rest_too(groups, K):
    return [torch.isin(groups, groups[fold]).nonzero()[:, 0] for fold in samples(groups, K)]


def names_only(groups, K):
    return list(groups.unique().tensor_split(K))


def by_edges(n, K):
    sizes = [n // (K + 1) + (k < n % (K + 1)) for k in range(K + 1)]
    edges = np.cumsum(sizes)
    return [(np.arange(a), np.arange(a, b)) for a, b in pairwise(edges)]


def in_lists(n, K):
    blocks = [part.tolist() for part in np.array_split(np.arange(n), K + 1)]
    return [[list(range(block[0])), block] for block in blocks[1:]]


def splits(n, K, *, blocks=None, before=lambda blocks, k: torch.cat(blocks[:k])):
    blocks = list(torch.arange(n).tensor_split(K + 1)) if blocks is None else blocks(n, K)
    return [(before(blocks, k), blocks[k]) for k in range(1, len(blocks))]


def small_first(n, K):
    sizes = sorted(len(part) for part in torch.arange(n).tensor_split(K + 1))
    return list(torch.arange(n).split(sizes))


def kfold_in_order(n, K):
    blocks = torch.arange(n).tensor_split(K)
    return [(torch.cat([b for b in blocks if b is not block]), block) for block in blocks]


def shuffled(n, K):
    blocks = torch.randperm(n).tensor_split(K + 1)
    return [(torch.cat(blocks[:k]), blocks[k]) for k in range(1, K + 1)]


def mended(choose, score, X, y, folds):
    total = 0.0
    for number, fold in enumerate(folds):
        kept = torch.ones(len(y), dtype=torch.bool)
        kept[folds[number]] = False
        columns = choose(X[kept], y[kept])
        total += score(X[kept][:, columns], y[kept], X[fold][:, columns], y[fold])
    return total / len(folds)


def mended_in_arrays(choose, score, X, y, folds):
    X, y = X.numpy(), y.numpy()
    found = []
    for fold in (fold.numpy() for fold in folds):
        rest = np.setdiff1d(np.arange(len(y)), fold)
        columns = np.asarray(choose(X[rest], y[rest]))
        found.append(score(X[np.ix_(rest, columns)], y[rest], X[np.ix_(fold, columns)], y[fold]))
    return np.mean(found)


def mended_by_name(choose, score, X, y, folds):
    scores = []
    for fold in folds:
        rest = torch.cat([f for f in folds if f is not fold])
        part, labels = X[rest], y[rest]
        kept = choose(y=labels, X=part)
        scores.append(score(X=part[:, kept], y=labels, new_X=X[fold][:, kept], new_y=y[fold]))
    return torch.tensor(scores).mean()


def before_the_folds(choose, score, X, y, folds):
    X = X[:, choose(X, y)]
    scores = []
    for fold in folds:
        training = torch.cat([f for f in folds if f is not fold])
        scores.append(score(X[training], y[training], X[fold], y[fold]))
    return sum(scores) / len(scores)


def by_the_exam(choose, score, X, y, folds):
    scores = []
    for fold in folds:
        rest = torch.cat([f for f in folds if f is not fold])
        columns = choose(X[fold], y[fold])
        scores.append(score(X[rest][:, columns], y[rest], X[fold][:, columns], y[fold]))
    return sum(scores) / len(scores)


def once_for_all(choose, score, X, y, folds):
    columns = choose(X[torch.cat(folds[1:])], y[torch.cat(folds[1:])])
    return before_the_folds(lambda X, y: columns, score, X, y, folds)


def for_show(choose, score, X, y, folds):
    for fold in folds:
        rest = torch.cat([f for f in folds if f is not fold])
        choose(X[rest], y[rest])
    return before_the_folds(choose, score, X, y, folds)


def on_the_homework(choose, score, X, y, folds):
    scores = []
    for fold in folds:
        rest = torch.cat([f for f in folds if f is not fold])
        part = X[rest][:, choose(X[rest], y[rest])]
        scores.append(score(part, y[rest], part, y[rest]))
    return sum(scores) / len(scores)


def last_fold(choose, score, X, y, folds):
    return mended(choose, score, X, y, folds[-1:])


RIGHT = {
    c.torn_pairs: [(DEALT,), (DEALT | {"partner trains, K = 2": 0.5, "deviation": 2.0},)],
    c.group_folds: [(by_rows,), (in_arrays,), (in_plain_lists,)],
    c.forward_splits: [(by_edges,), (in_lists,)],
    c.choose_and_validate: [(mended,), (mended_in_arrays,), (mended_by_name,)],
}
WRONG = {
    c.torn_pairs: [
        (DEALT | {"partner trains, K = 10": 0.1},),  # the same fold
        (DEALT | {"a relative trains, K = 5": 0.8},),  # one copy
        (DEALT | {"a relative trains, K = 5": 0.64},),  # both train
        (DEALT | {"fits": 2000},),
        (DEALT | {"fits": 2010},),  # a last fit for each fold
        (DEALT | {"deviation": 4},),  # the variance
        (DEALT | {"deviation": 6},),  # 1.2 / (1 - 0.8)
    ],
    c.group_folds: [
        (modulo,),  # names instead of groups are dealt: uneven, or empty
        (samples,),
        (neighbors,),
        (by_chunk,),  # too few folds, or uneven
        (even_samples,),  # even in samples, not in groups
        (one_of_each,),
        (the_rest_too,),
        (names_only,),
        (lambda groups, K: [*by_rows(groups, K - 1), torch.tensor([])],),
    ],
    c.forward_splits: [
        (kfold_in_order,),
        (shuffled,),
        (lambda n, K: splits(n, K, blocks=small_first),),
        (lambda n, K: splits(n, K, before=lambda blocks, k: blocks[k - 1]),),
        (lambda n, K: splits(n, K - 1),),
        (lambda n, K: splits(n, K, before=lambda blocks, k: torch.cat(blocks[: k + 1])),),
        (lambda n, K: [(b, a) for a, b in splits(n, K)],),
        (lambda n, K: splits(n, K, blocks=lambda n, K: torch.arange(n).split(n // (K + 1))),),
    ],
    c.choose_and_validate: [
        (before_the_folds,),
        (by_the_exam,),
        (once_for_all,),
        (for_show,),
        (on_the_homework,),
        (last_fold,),
        (lambda *given: mended(*given) * len(given[-1]),),  # the sum
    ],
}
PREDICTIONS = {c.torn_pairs}
