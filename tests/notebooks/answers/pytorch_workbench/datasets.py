"""Answers to the exercises of Part 4 on data sets and data loaders."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import Dataset

from d2lhelpers.checks.pytorch_workbench import datasets as c

module = c


class Windows(Dataset):
    shift, short = 0, 0

    def __init__(self, series, k):
        self.series, self.k = series, k

    def __len__(self):
        return len(self.series) - self.k - self.short

    def __getitem__(self, i):
        end = i + self.k
        return self.series[i:end], self.series[min(end + self.shift, len(self.series) - 1)].item()


class OneTooMany(Windows):
    short = -1


class OneTooFew(Windows):
    short = 1


class SameNumber(Windows):
    shift = -1


def prepared(train, test, axes=(0, 2, 3), source=0, correction=1):
    of = (train, test)[source]
    mean = of.mean(dim=axes, keepdim=True)
    std = of.std(dim=axes, keepdim=True, correction=correction)
    return [(train - mean) / std, (test - mean) / std]


def each_by_itself(train, test):
    return prepared(train, train)[0], prepared(test, test)[0]


def by_channel(train, test):
    train, test = train.clone(), test.clone()
    for i in range(train.shape[1]):
        mean, std = train[:, i].mean(), train[:, i].std()
        train[:, i], test[:, i] = (train[:, i] - mean) / std, (test[:, i] - mean) / std
    return train, test


def concatenated(samples):
    longest = max(len(x) for x, _ in samples)
    rows = [torch.cat([x, torch.zeros(longest - len(x))]) for x, _ in samples]
    return torch.stack(rows), torch.tensor([label for _, label in samples])


def padded(samples, width=None, front=False):
    width = width or max(len(x) for x, _ in samples)
    rows = torch.zeros(len(samples), width)
    for row, (x, _) in zip(rows, samples):
        row[(width - len(x)) * front :][: len(x)] = x
    return rows, torch.tensor([label for _, label in samples])


BATCHES = {
    "batches in an epoch": 391,
    "pictures in the last batch": 80,
    "batches with drop_last": 390,
    "bytes in a full batch": 1_572_864,
    "times as much": 1.6,
    "probability to sit out": 0.0016,
}

RIGHT = {
    c.count_batches: [(BATCHES,)],
    c.windows: [
        (Windows,),
        (lambda series, k: [(row[:-1], row[-1]) for row in series.unfold(0, k + 1, 1)],),
        (
            lambda series, k: [
                (series[i : i + k].tolist(), series[i + k : i + k + 1].numpy())
                for i in range(len(series) - k)
            ],
        ),
    ],
    c.prepare: [
        (prepared,),
        (lambda train, test: tuple(prepared(train, test)),),
        (lambda train, test: [x.numpy() for x in prepared(train, test)],),
        (by_channel,),
        (lambda train, test: prepared(train, test, correction=0),),
    ],
    c.pad: [
        (padded,),
        (lambda s: (padded(s)[0].tolist(), [label for _, label in s]),),
        (
            lambda s: [
                nn.utils.rnn.pad_sequence([x for x, _ in s], batch_first=True),
                np.array([label for _, label in s]),
            ],
        ),
        (concatenated,),
    ],
}
WRONG = {
    c.count_batches: [
        (BATCHES | {"batches in an epoch": 390},),
        (BATCHES | {"pictures in the last batch": 128},),
        (BATCHES | {"bytes in a full batch": 393_216},),  # numbers, not bytes
        (BATCHES | {"times as much": 0.625},),
        (BATCHES | {"probability to sit out": 1 / 391},),  # of a batch, not of a picture
    ],
    c.windows: [
        (OneTooMany,),
        (OneTooFew,),
        (SameNumber,),
        (lambda series, k: [(series[i : i + k], series[i]) for i in range(len(series) - k)],),
        (lambda series, k: [(series[i : i + 2], series[i + 2]) for i in range(len(series) - 2)],),
        (lambda series, k: [series[i : i + k + 1] for i in range(len(series) - k)],),
        (lambda series, k: [(series[i : i + k], i + k) for i in range(len(series) - k)],),
    ],
    c.prepare: [
        (each_by_itself,),
        (lambda train, test: prepared(train, test, axes=(0,)),),  # per pixel
        (lambda train, test: prepared(train, test, axes=(0, 1, 2, 3)),),  # one for all channels
        (lambda train, test: prepared(train, test, source=1),),
        (lambda train, test: prepared(torch.cat([train, test]), test),),  # of both
        (lambda train, test: prepared(train, test)[0],),
        (lambda train, test: prepared(train, test)[::-1],),
        (lambda train, test: [x[0] for x in prepared(train, test)],),
    ],
    c.pad: [
        (lambda samples: padded(samples, front=True),),
        (lambda samples: padded(samples, width=10),),
        (lambda samples: padded(samples)[0],),
        (lambda samples: (torch.stack([x for x, _ in samples]), padded(samples)[1]),),
        (lambda samples: (padded(samples)[0], padded(samples)[1][:, None]),),
        (lambda samples: padded(samples)[::-1],),
        (lambda samples: padded(sorted(samples, key=lambda pair: -len(pair[0]))),),
        (lambda samples: padded(samples, width=len(samples[0][0])),),
    ],
}
PREDICTIONS = {c.count_batches}
