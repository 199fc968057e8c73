"""Answers to the exercises on calculus in Part 2, from slopes to the vector chain rule."""

import torch
from torch.func import jacrev

from d2lhelpers.checks import calculus as c

module = c


def by_columns(f, x, h=1e-5, sides=2):
    rows = []
    for step in h * torch.eye(len(x), dtype=x.dtype):
        rows.append((f(x + step) - f(x - step * (sides - 1))) / (sides * h))
    return torch.stack(rows, dim=1)


def compose(functions, x):
    for f in functions:
        x = f(x)
    return x


def chained(functions, x, order=lambda new, old: new @ old, follow=True):
    product = torch.eye(len(x), dtype=x.dtype)
    for f in functions:
        product = order(jacrev(f)(x), product)
        x = f(x) if follow else x
    return product


SLOPES = {"x**3 at 2": 12, "x * exp(x) at 0": 1, "log(3 * x) at 2": 0.5, "(x**2 + 1)**3 at 1": 24}
GRADIENTS = {
    "d/dx1 at (3, 2)": 12,
    "d/dx2 at (3, 2)": 9,
    "largest slope at (3, 2)": 15,
    "columns of the Jacobian": 5,
    "numbers in dY/dX": 120,
}
DOMINOES = {
    "rows of do/dh": 3,
    "columns of do/dh": 4,
    "numbers in dl/dx": 5,
    "multiplications from the left": 32,
    "multiplications from the right": 75,
}

RIGHT = {
    c.slopes_by_hand: [(SLOPES,), (SLOPES | {"log(3 * x) at 2": 1 / 2},)],
    c.symmetric_slope: [
        (lambda f, x, h: (f(x + h) - f(x - h)) / h / 2,),
        (lambda f, x, h: 0.5 * ((f(x + h) - f(x)) / h + (f(x) - f(x - h)) / h),),
    ],
    c.chain_slope: [
        (lambda outer, do, inner, di, x: torch.func.grad(lambda x: outer(inner(x)))(x),),
    ],
    c.fan_of_distances: [
        (lambda x, y: (x - y).sign().sum() + (x == y).sum() * torch.tensor([-1.0, 1.0]),),
        (
            lambda x, y: torch.tensor(
                [(x > y).sum() - (x <= y).sum(), (x >= y).sum() - (x < y).sum()]
            ),
        ),
    ],
    c.gradients_by_hand: [(GRADIENTS,), (GRADIENTS | {"largest slope at (3, 2)": 15.0},)],
    c.quadratic_gradient: [
        (lambda A, x: A @ x + x @ A,),
        (lambda A, x: torch.func.grad(lambda x: x @ A @ x)(x),),
    ],
    c.slope_towards: [(lambda g, d: (g * (d / (d**2).sum().sqrt())).sum(),)],
    c.numerical_jacobian: [
        (by_columns,),
        (lambda f, x: by_columns(f, x, h=1e-4, sides=1),),
        (lambda f, x: torch.autograd.functional.jacobian(f, x),),
    ],
    c.dominoes: [(DOMINOES,), ({name: float(value) for name, value in DOMINOES.items()},)],
    c.mean_square_gradient: [
        (lambda X, y, w: (2 * (X @ w - y).T @ X).T / X.shape[0],),
        (lambda X, y, w: torch.func.grad(lambda w: ((X @ w - y) ** 2).mean())(w),),
    ],
    c.jacobian_of_layers: [(lambda A, B, x: (B * torch.cos(A @ x)) @ A,)],
    c.chain_jacobian: [(chained,), (lambda fs, x: jacrev(lambda x: compose(fs, x))(x),)],
}
WRONG = {
    c.slopes_by_hand: [
        (SLOPES | {"x**3 at 2": 8},),
        (SLOPES | {"log(3 * x) at 2": 1 / 6},),
        (SLOPES | {"(x**2 + 1)**3 at 1": 12},),
    ],
    c.symmetric_slope: [
        (lambda f, x, h: (f(x + h) - f(x - h)) / h,),
        (lambda f, x, h: (f(x + h) - f(x)) / h,),
        (lambda f, x, h: (f(x - h) - f(x + h)) / (2 * h),),
    ],
    c.chain_slope: [
        (lambda outer, do, inner, di, x: do(x) * di(x),),
        (lambda outer, do, inner, di, x: do(di(x)),),
        (lambda outer, do, inner, di, x: do(inner(x)),),
    ],
    c.fan_of_distances: [
        (lambda x, y: (x - y).sign().sum() * torch.ones(2),),  # no fan at a house
        (lambda x, y: (y - x).sign().sum() + (x == y).sum() * torch.tensor([-1.0, 1.0]),),
        (lambda x, y: (x - y).sign().sum() + torch.tensor([-1.0, 1.0]),),
    ],
    c.gradients_by_hand: [
        (GRADIENTS | {"d/dx1 at (3, 2)": 9, "d/dx2 at (3, 2)": 12},),
        (GRADIENTS | {"largest slope at (3, 2)": 21},),
        (GRADIENTS | {"columns of the Jacobian": 4},),
    ],
    c.quadratic_gradient: [
        (lambda A, x: 2 * A @ x,),
        (lambda A, x: A @ x,),
        (lambda A, x: 2 * x @ A,),
    ],
    c.slope_towards: [
        (lambda g, d: g @ d,),
        (lambda g, d: g @ d / d.norm() ** 2,),
        (lambda g, d: g @ d / (g.norm() * d.norm()),),
    ],
    c.numerical_jacobian: [
        (lambda f, x: by_columns(f, x).T,),
        (lambda f, x: (f(x + 1e-5) - f(x)) / 1e-5,),  # all inputs moved at once
        (lambda f, x: by_columns(f, x) / 2,),
    ],
    c.dominoes: [
        (DOMINOES | {"rows of do/dh": 4, "columns of do/dh": 3},),
        (DOMINOES | {"multiplications from the left": 75, "multiplications from the right": 32},),
    ],
    c.mean_square_gradient: [
        (lambda X, y, w: 2 * (X @ w - y).T @ X / len(X),),  # a row
        (lambda X, y, w: 2 * X.T @ (X @ w - y),),
        (lambda X, y, w: X.T @ (X @ w - y) / len(X),),
    ],
    c.jacobian_of_layers: [
        (lambda A, B, x: B @ torch.diag(torch.cos(x)) @ A,),
        (lambda A, B, x: A @ torch.diag(torch.cos(A @ x)) @ B,),
        (lambda A, B, x: B @ torch.cos(A @ x),),
    ],
    c.chain_jacobian: [
        (lambda fs, x: chained(fs, x, order=lambda new, old: old @ new),),
        (lambda fs, x: chained(fs, x, follow=False),),
        (lambda fs, x: chained(fs[::-1], x),),
    ],
}
PREDICTIONS = {c.slopes_by_hand, c.gradients_by_hand, c.dominoes}
