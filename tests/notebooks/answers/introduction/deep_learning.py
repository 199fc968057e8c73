"""Answers to the exercises of Part 1, introduction."""

import collections
import itertools

import numpy as np
import torch

from d2lhelpers.checks.introduction import deep_learning as c

module = c


def pairs_by_index(sentence, pairs):
    words = sentence.lower().split()
    return torch.tensor(
        [
            sum(words[i] == one and words[i + 1] == two for i in range(len(words) - 1))
            for one, two in pairs
        ]
    )


def descend(w, goal, sign=-1, empty=True, steps=60, lr=0.1):
    w = w.clone().requires_grad_()
    for _ in range(steps):
        ((w - goal) ** 2).sum().backward()
        with torch.no_grad():
            w += sign * lr * w.grad
            if empty:
                w.grad.zero_()
    return w.detach()


def with_optimizer(w, goal):
    w = w.clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr=0.2)
    for _ in range(60):
        optimizer.zero_grad()
        ((w - goal) ** 2).sum().backward()
        optimizer.step()
    return w


def perceptron(w, X, y, wrong=lambda s: s <= 0, old=False):
    start = w
    for x, label in zip(X, y):
        if wrong(label * (x @ (start if old else w))):
            w = w + label * x
    return w


def by_counter(sentence, pairs):
    words = sentence.lower().split()
    found = collections.Counter(itertools.pairwise(words))
    return np.array([found[pair] for pair in pairs])


def by_formula(w, goal):
    for _ in range(60):
        w = w - 0.1 * 2 * (w - goal)
    return w.numpy()


def fold(x):
    return 1 - (2 * x - 1).abs()


def folded(x):
    return abs(1 - 2 * abs(1.5 * x - 0.5)) + 0 * fold(x)


def by_cases(x):
    values = []
    for number in x.tolist():
        if number < 1 / 3:
            values.append(3 * number)
        elif number < 2 / 3:
            values.append(2 - 3 * number)
        else:
            values.append(3 * number - 2)
    return torch.tensor(values)


COUNTS = {
    "numbers in the photograph": 180_000,
    "parameters of the score": 180_001,
    "pieces after 8 layers": 256,
}
LEAF = {
    "slope of the loss in a": -1,
    "slope of the loss in b": -2,
    "slope of the loss in c": -4,
    "loss after the step": 0.45,
}
STEPS = {
    "batch of 512 devices": 32_768,
    "steps with batches of 256": 235,
    "steps with batches of 32,768": 2,
}
GROWTH = {
    "factor of one update": 1.4,
    "length after three": 1.4**3,
    "updates until above 1,000": 21,
}
TASKS = {
    "Dogs vs. Cats": "classification",
    "House Prices": "regression",
    "Digit Recognizer": "classification",
    "Global Wheat Detection": "detection",
    "Bike Sharing Demand": "regression",
}

RIGHT = {
    c.count_before: [(COUNTS,)],
    c.one_leaf: [(LEAF,), ({name: torch.tensor(value) for name, value in LEAF.items()},)],
    c.bag_of_pairs: [
        (pairs_by_index,),
        (lambda s, pairs: pairs_by_index(s, pairs).tolist(),),
        (lambda s, pairs: pairs_by_index(s, pairs).numpy(),),
        (lambda s, pairs: tuple(pairs_by_index(s, pairs).double().tolist()),),
        (by_counter,),
    ],
    c.approach: [
        (descend,),
        (with_optimizer,),
        (lambda w, goal: descend(w, goal).tolist(),),
        (by_formula,),
    ],
    c.fold_in_three: [
        (lambda x: ((3 * x - 1).abs() - 1).abs(),),
        (lambda x: (1 - abs(3 * x - 1)).abs(),),
        (lambda x: torch.abs(torch.abs(3 * x - 1) - 1),),
        (lambda x: np.abs(1 - np.abs(3 * np.asarray(x) - 1)),),
        (lambda x: np.abs(1 - np.abs(3 * x.numpy() - 1)).tolist(),),
        (lambda x: torch.tensor([abs(1 - abs(3 * number - 1)) for number in x.tolist()]),),
        (lambda x: 3 * x - 3 * abs(x - 1 / 3) + 3 * (x - 2 / 3).abs() - 1,),
        (folded,),
    ],
    c.steps_and_batches: [(STEPS,)],
    c.competitions: [(TASKS,)],
    c.perceptron_round: [
        (perceptron,),
        (lambda w, X, y: perceptron(w, X, y).tolist(),),
        (lambda w, X, y: perceptron(w.numpy(), X.numpy(), y.numpy()),),
    ],
    c.hebb_growth: [(GROWTH,), (GROWTH | {"length after three": torch.tensor(2.744)},)],
    c.oja: [
        (lambda w, x, lr: w + lr * ((x @ w) * x - (x @ w) ** 2 * w),),
        (
            lambda w, x, lr: (
                w.numpy() + lr * (s := np.dot(w.numpy(), x.numpy())) * (x - s * w).numpy()
            ),
        ),
        (lambda w, x, lr: [a + lr * (w @ x) * (b - (w @ x) * a) for a, b in zip(w, x)],),
    ],
}
WRONG = {
    c.count_before: [
        (COUNTS | {"numbers in the photograph": 60_000},),
        (COUNTS | {"parameters of the score": 180_000},),
        (COUNTS | {"pieces after 8 layers": 16},),
        (COUNTS | {"pieces after 8 layers": ...},),
    ],
    c.one_leaf: [
        ({name: -value for name, value in LEAF.items()},),  # uphill
        (LEAF | {"loss after the step": 1.5 + 1.05},),
        (LEAF | {"loss after the step": 0.0},),  # a step with 1
        (LEAF | {"slope of the loss in c": -2},),
    ],
    c.bag_of_pairs: [
        (lambda s, pairs: [s.count(" ".join(pair)) for pair in pairs],),  # hotdog, capitals
        (lambda s, pairs: pairs_by_index(s, [pair[::-1] for pair in pairs]),),
        (lambda s, pairs: [s.lower().split().count(one) for one, _ in pairs],),
        (lambda s, pairs: [int(count > 0) for count in pairs_by_index(s, pairs)],),
        (lambda s, pairs: [int(count) for count in pairs_by_index(s, pairs)][:1],),
        (
            lambda s, pairs: [(" " + s.lower() + " ").count(f" {a} {b} ") for a, b in pairs],
        ),  # ha ha ha
        (lambda s, pairs: dict(zip(pairs, pairs_by_index(s, pairs))),),
        (lambda s, pairs: [str(int(count)) for count in pairs_by_index(s, pairs)],),
    ],
    c.approach: [
        (lambda w, goal: descend(w, goal, sign=1),),
        (lambda w, goal: descend(w, goal, empty=False),),
        (lambda w, goal: descend(w, goal, steps=5),),
    ],
    c.fold_in_three: [
        (lambda x: 1 - (2 * x - 1).abs(),),
        (lambda x: 1 - (2 * (1 - (2 * x - 1).abs()) - 1).abs(),),  # four pieces
        (lambda x: 1 - (3 * x - 1).abs(),),
        (lambda x: (3 * x - 1).abs(),),
        (lambda x: torch.where(x < 1 / 3, 3 * x, torch.where(x < 2 / 3, 2 - 3 * x, 3 * x - 2)),),
        (lambda x: 3 * x - 6 * (x - 1 / 3).relu() + 6 * (x - 2 / 3).relu(),),
        (lambda x: 3 * x - 6 * (x - 1 / 3).clamp(min=0) + 6 * (x - 2 / 3).clamp(min=0),),
        (lambda x: 3 * x * (x < 1 / 3) + (2 - 3 * x) * (x >= 1 / 3) + (6 * x - 4) * (x >= 2 / 3),),
        (lambda x: (1 - torch.sqrt((3 * x - 1) ** 2)).abs(),),
        (lambda x: np.interp(x.numpy(), [0, 1 / 3, 2 / 3, 1], [0, 1, 0, 1]),),
        (lambda x: np.where((n := x.numpy()) < 1 / 3, 3 * n, np.abs(2 - 3 * n)),),
        (lambda x: [min(3 * n, abs(2 - 3 * n)) for n in x.tolist()],),
        (by_cases,),
    ],
    c.steps_and_batches: [
        (STEPS | {"steps with batches of 256": 234},),
        (STEPS | {"steps with batches of 32,768": 1},),
        (STEPS | {"steps with batches of 256": 234.375},),
    ],
    c.competitions: [
        (TASKS | {"Digit Recognizer": "regression"},),
        (TASKS | {"Global Wheat Detection": "classification"},),
        (TASKS | {"House Prices": "guessing"},),
        (list(TASKS.values()),),
    ],
    c.perceptron_round: [
        (lambda w, X, y: perceptron(w, X, y, wrong=lambda s: s < 0),),
        (lambda w, X, y: perceptron(w, X, y, old=True),),
        (lambda w, X, y: perceptron(w, X, y, wrong=lambda s: True),),  # Hebb's, with labels
        (lambda w, X, y: w + (y[:, None] * X).sum(dim=0),),
        (lambda w, X, y: perceptron(w, X.flip(0), y.flip(0)),),  # in the other order
        (lambda w, X, y: perceptron(w, X[:1], y[:1]),),
        (lambda w, X, y: perceptron(perceptron(w, X, y), X, y),),  # two looks
    ],
    c.hebb_growth: [
        (GROWTH | {"factor of one update": 1.2},),  # the length instead of its square
        (GROWTH | {"length after three": 2.2},),  # added, not multiplied
        (GROWTH | {"updates until above 1,000": 20},),
        (GROWTH | {"updates until above 1,000": 20.53},),
    ],
    c.oja: [
        (lambda w, x, lr: w + lr * (x @ w) * x,),  # Hebb's
        (lambda w, x, lr: w + lr * (x @ w) * (x - w),),
        (lambda w, x, lr: w - lr * (x @ w) * (x - (x @ w) * w),),
        (lambda w, x, lr: (w + lr * (x @ w) * x) / (w + lr * (x @ w) * x).norm(),),  # to length 1
        (lambda w, x, lr: w + lr * w * x * (x - w * x * w),),  # right for one entry
    ],
}
PREDICTIONS = {c.count_before, c.one_leaf, c.steps_and_batches, c.competitions, c.hebb_growth}
