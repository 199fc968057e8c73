"""Answers to the exercises on labelings, and on the VC dimension."""

import math
from itertools import product

import numpy as np
from scipy.optimize import linprog

from d2lhelpers.checks.generalization import vc_dimension as c

module = c

COUNTS = {"four points on a line": 8, "tetrahedron": 16, "tetrahedron and center": 30}


def cover(n, d):
    return 2 * sum(math.comb(n - 1, k) for k in range(d + 1))


def by_logarithms(d, share):
    n = 1
    while math.log2(cover(2 * n, d)) + math.log2(20) > share * n:
        n += 1
    return n


def by_recursion(d, share):
    """Adds one point after the other: C(n + 1, d) = C(n, d) + C(n, d - 1)."""
    counts, n = [2] * (d + 1), 1  # of n points with 0..d inputs
    while True:
        counts = [2] + [counts[k] + counts[k - 1] for k in range(1, d + 1)]
        n += 1
        if n % 2 == 0 and 20 * counts[d] <= 2 ** (share * n / 2):
            return n // 2


def by_halving(d, share):
    low, high = 0, 1000
    while high - low > 1:
        middle = (low + high) // 2
        enough = cover(2 * middle, d) * 20 <= 2 ** (share * middle)
        low, high = (low, middle) if enough else (middle, high)
    return high


def searched(count, start=1):
    def enough(d, share):
        n = start
        while math.log2(count(n, d)) + math.log2(20) > share * n:
            n += 1
        return n

    return enough


def in_the_plane_only(d, share):
    return searched(lambda n, d: 4 * n * n - 2 * n + 2)(d, share)


def lift(X):
    return np.column_stack([X, (X**2).sum(axis=1), np.ones(len(X))])


def primal(X, columns=lift):
    """The largest common margin of bounded weights, as a linear program."""
    A = columns(X)
    d = A.shape[1]
    count = 0
    for y in product([-1, 1], repeat=len(X)):
        rows = np.column_stack([-np.array(y)[:, None] * A, np.ones(len(X))])
        bounds = [(-1, 1)] * d + [(None, 1)]
        found = linprog([0] * d + [-1], A_ub=rows, b_ub=np.zeros(len(X)), bounds=bounds)
        count += -found.fun > 1e-7
    return count


def dual(X):
    """No circle, where weights of sum 1 make the signed rows vanish (Gordan)."""
    A, n, count = lift(X), len(X), 0
    for y in product([-1, 1], repeat=n):
        rows = np.vstack([(np.array(y)[:, None] * A).T, np.ones(n)])
        right = np.append(np.zeros(A.shape[1]), 1)
        count += linprog(np.zeros(n), A_eq=rows, b_eq=right).status == 2
    return count


def plus_inside_only(X):
    """Only circles with +1 inside."""
    count = 0
    A = lift(X)
    for y in product([-1, 1], repeat=len(X)):
        signed = np.array(y)[:, None] * A
        bounds = [(None, None)] * 2 + [(None, -1e-9), (None, None)]
        count += (
            linprog(np.zeros(4), A_ub=-signed, b_ub=-np.ones(len(X)), bounds=bounds).status == 0
        )
    return count


def by_lines(X):
    return primal(X, lambda X: np.column_stack([X, np.ones(len(X))]))


def by_ellipses(X):
    return primal(X, lambda X: np.column_stack([X, X**2, np.ones(len(X))]))


def around_the_origin(X):
    return primal(X, lambda X: np.column_stack([(X**2).sum(axis=1), np.ones(len(X))]))


def without_bias(X):
    return primal(X, lambda X: lift(X)[:, :3])


def by_cover(X):
    n = len(X)
    return 2 * sum(math.comb(n - 1, k) for k in range(4))


def number(offset):
    def one_number(labels):
        digits = sum(10**i for i, y in enumerate(labels, start=1) if y < 0)
        return math.pi * (offset + digits)

    return one_number


def step_by_step(labels):
    """Turns the points that are still wrong, the last first."""
    w = math.pi
    for i in range(len(labels), 0, -1):
        if math.sin(w * 10.0**-i) * labels[i - 1] < 0:
            w += math.pi * 10**i
    return w


def from_the_other_side(labels):
    return -number(1)([-y for y in labels])


def no_offset(labels):
    return number(0)(labels)


def reversed_labels(labels):
    return number(1)(labels[::-1])


def other_labels(labels):
    return number(1)([-y for y in labels])


def first_three_only(labels):
    return number(1)(labels[:3])


def powers_of_two(labels):
    return math.pi * (1 + sum(2**i for i, y in enumerate(labels, start=1) if y < 0))


RIGHT = {
    c.count_before: [(COUNTS,)],
    c.enough: [(by_logarithms,), (by_recursion,), (by_halving,)],
    c.by_circles: [(primal,), (dual,)],
    c.one_number: [
        (number(1),),
        (number(0.5),),
        (number(3),),
        (step_by_step,),
        (from_the_other_side,),
    ],
}
WRONG = {
    c.count_before: [
        (COUNTS | {"four points on a line": 16},),
        (COUNTS | {"four points on a line": 5},),  # one side of each cut
        (COUNTS | {"tetrahedron": 14},),  # as of a square
        (COUNTS | {"tetrahedron and center": 32},),
        (COUNTS | {"tetrahedron and center": 31},),  # one of two
    ],
    c.enough: [
        (searched(cover),),  # of n points, not of 2n
        (searched(lambda n, d: cover(2 * n, d - 1)),),
        (searched(lambda n, d: cover(2 * n, d + 1)),),
        (in_the_plane_only,),
        (lambda d, share: by_logarithms(d, share) + 1,),
        (lambda d, share: 219,),
    ],
    c.by_circles: [
        (by_lines,),
        (by_ellipses,),
        (around_the_origin,),
        (without_bias,),
        (plus_inside_only,),
        (by_cover,),
        (lambda X: 2 ** len(X),),
    ],
    c.one_number: [
        (no_offset,),
        (reversed_labels,),
        (other_labels,),
        (first_three_only,),
        (powers_of_two,),
        (lambda labels: math.inf,),
        (lambda labels: [number(1)(labels)] * 2,),
        (lambda labels: 1.0,),
    ],
}
PREDICTIONS = {c.count_before}
