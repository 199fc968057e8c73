"""Answers to the exercises on the Python behind PyTorch."""

import contextlib

import numpy as np
import torch

from d2lhelpers.checks.introduction import python_behind_pytorch as c

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


PYTHON = {"a": 1, "b": 13, "c": 0, "d": 2}

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
}
PREDICTIONS = {c.python_by_hand}
TYPED = {c.running_mean, c.seeded}
