"""Answers to the exercises on Python, pictures and tables."""

import contextlib

import numpy as np
import pandas as pd
import torch

from d2lhelpers.checks import tools as c

module = c


class Mean:
    def __init__(self):
        self.mean, self.count = 0.0, 0

    def __call__(self, number):
        self.count += 1
        self.mean += (number - self.mean) / self.count
        return self.mean


class Shared(Mean):
    total, count = 0.0, 0  # of the class, not of the object

    def __init__(self):
        pass

    def __call__(self, number):
        Shared.total += number
        Shared.count += 1
        return Shared.total / Shared.count


class Last(Mean):
    def __call__(self, number):
        return number


class HalfOfTwo(Mean):
    def __call__(self, number):
        self.mean = (self.mean + number) / 2
        return self.mean


class AllNumbers:
    def __init__(self):
        self.numbers = []

    def __call__(self, number):
        self.numbers.append(number)
        return np.mean(self.numbers)


class SharedList(AllNumbers):
    def __init__(self, kept=[]):  # noqa: B006 - the mistake
        self.numbers = kept


class Begun(AllNumbers):
    def __call__(self, number):
        self.numbers.append(number)  # and nothing is returned


def closure():
    numbers = []

    def mean(number):
        numbers.append(number)
        return torch.tensor(numbers).mean()

    return mean


class Fork:
    def __init__(self, number):
        self.number = number

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.stack.enter_context(torch.random.fork_rng(devices=[]))
        torch.manual_seed(self.number)

    def __exit__(self, *problem):
        self.stack.close()


def forever(X, size):
    while True:
        yield from yielded(X, size)


def by_block(images, columns):
    missing = -len(images) % columns
    padded = [*images, *np.zeros((missing, *images.shape[1:]))]
    return np.block([padded[i : i + columns] for i in range(0, len(padded), columns)])


def yielded(X, size, end=0):
    start = 0
    while start < len(X) - end:
        yield X[start : start + size]
        start += size


def first_only(X, size):
    for start in range(0, len(X), size):
        return X[start : start + size]


@contextlib.contextmanager
def careful(number):
    before = torch.get_rng_state()
    torch.manual_seed(number)
    try:
        yield
    finally:
        torch.set_rng_state(before)


@contextlib.contextmanager
def careless(number):  # an error inside skips the last line
    before = torch.get_rng_state()
    torch.manual_seed(number)
    yield
    torch.set_rng_state(before)


class Seeds:
    def __init__(self, number):
        self.number = number

    def __enter__(self):
        torch.manual_seed(self.number)

    def __exit__(self, *problem):
        pass  # never put back


class TooEarly(Seeds):
    def __init__(self, number):
        super().__init__(number)
        self.before = torch.get_rng_state()  # when it is made, not when the block starts

    def __exit__(self, *problem):
        torch.set_rng_state(self.before)


class SeedsAgain(Seeds):
    def __exit__(self, *problem):
        torch.manual_seed(1)  # some seed, not the state of before


class Swallows(Seeds):
    def __enter__(self):
        self.before = torch.get_rng_state()
        super().__enter__()

    def __exit__(self, *problem):
        torch.set_rng_state(self.before)
        return True


def sheet(images, columns):
    n, height, width = images.shape
    rows = -(-n // columns)
    padded = np.concatenate([images, np.zeros((rows * columns - n, height, width))])
    grid = padded.reshape(rows, columns, height, width)
    return grid.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)


PYTHON = {"a": 1, "b": 13, "c": 0, "d": 2}
PICTURES = {"row": 2, "column": 1, "brightest": 0, "numbers": 1800}

RIGHT = {
    c.python_by_hand: [(PYTHON,)],
    c.running_mean: [(Mean,), (AllNumbers,), (closure,)],
    c.batches: [
        (yielded,),
        (lambda X, size: list(X.split(size)),),
        (lambda X, size: (part.numpy() for part in X.split(size)),),
        (lambda X, size: [X[i : i + size].tolist() for i in range(0, len(X), size)],),
    ],
    c.seeded: [(careful,), (Fork,)],
    c.pictures_by_hand: [(PICTURES,)],
    c.to_uint8: [
        (lambda image: np.uint8(np.clip(image, 0, 1) * 255 + 0.5),),
        (lambda image: np.rint(255 * np.clip(image, 0, 1)).astype("uint8"),),
        (lambda image: (255 * torch.from_numpy(image)).clamp(0, 255).round().byte(),),
    ],
    c.one_hot: [
        (lambda column, zones: torch.tensor(column.to_numpy()[:, None] == np.array(zones)),),
        (
            lambda column, zones: torch.tensor(
                pd.get_dummies(pd.Categorical(column, zones), dtype=float).to_numpy()
            ),
        ),
        (
            lambda column, zones: torch.tensor(
                pd.get_dummies(column, dtype=float).reindex(columns=zones, fill_value=0).to_numpy()
            ),
        ),
    ],
    c.contact_sheet: [
        (sheet,),
        (lambda images, columns: torch.tensor(sheet(images, columns)),),
        (lambda images, columns: sheet(images, columns).astype(np.float32).tolist(),),
        (by_block,),
    ],
}
WRONG = {
    c.python_by_hand: [(PYTHON | {"a": 0},), (PYTHON | {"c": 14},), (PYTHON | {"b": 14},)],
    c.running_mean: [(Shared,), (Last,), (HalfOfTwo,), (SharedList,), (Begun,)],
    c.batches: [
        (first_only,),
        (lambda X, size: yielded(X, size, end=size),),
        (lambda X, size: [b for b in yielded(X, size) if len(b) == size],),
        (lambda X, size: [*yielded(X, size, end=len(X) % size), X[-(len(X) % size) :]],),
        (lambda X, size: [X[i : i + size] for i in range(0, len(X) + 1, size)],),  # one empty
        (lambda X, size: X.tensor_split(-(-len(X) // size)),),  # of nearly equal sizes
        (forever,),
    ],
    c.seeded: [
        (Seeds,),
        (SeedsAgain,),
        (TooEarly,),
        (careless,),
        (Swallows,),
        (lambda number: contextlib.nullcontext(),),
        (lambda number: Fork(3),),  # its own favorite
    ],
    c.pictures_by_hand: [
        (PICTURES | {"row": 1, "column": 4},),
        (PICTURES | {"brightest": 229},),
        (PICTURES | {"numbers": 600},),
    ],
    c.to_uint8: [
        (lambda image: np.uint8(np.clip(image, 0, 1) * 255),),  # cut, not rounded
        (lambda image: np.clip(image, 0, 1).astype(np.uint8),),
        (lambda image: np.rint(255 * image).astype(np.int64).astype(np.uint8),),  # wraps around
        (lambda image: np.rint(255 * np.clip(image, 0, 1)),),  # still floats
        (
            lambda image: (
                np.rint(256 * np.clip(image, 0, 1)).astype(int).clip(0, 255).astype("uint8")
            ),
        ),
        (lambda image: np.rint(255 * image / image.max()).astype(np.uint8),),
        (lambda image: np.rint(255 * np.clip(image, 0, 1)).astype(np.int64),),
    ],
    c.one_hot: [
        (lambda column, zones: torch.tensor(pd.get_dummies(column, dtype=float).to_numpy()),),
        (lambda column, zones: torch.tensor([zones.index(value) for value in column]),),
        (lambda column, zones: torch.eye(len(zones))[: len(column)],),
        (lambda column, zones: torch.eye(len(zones))[pd.factorize(column, sort=True)[0]],),
        (
            lambda column, zones: torch.tensor(
                column.to_numpy()[:, None] == np.array(sorted(zones))
            ),
        ),
    ],
    c.contact_sheet: [
        (lambda images, columns: np.concatenate(list(images), axis=1),),
        (lambda images, columns: images.reshape(-1, columns * images.shape[2]),),
        (lambda images, columns: sheet(images[: len(images) // columns * columns], columns),),
        (lambda images, columns: sheet(images, -(-len(images) // columns)),),  # rows for columns
        (lambda images, columns: sheet(images.transpose(0, 2, 1), columns),),  # right for squares
        (lambda images, columns: np.where((s := sheet(images, columns)) == 0, 1, s),),
    ],
}
PREDICTIONS = {c.python_by_hand, c.pictures_by_hand}
TYPED = {c.to_uint8, c.running_mean, c.seeded}
