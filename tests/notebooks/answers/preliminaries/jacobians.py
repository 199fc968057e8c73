"""Answers to the exercises of Part 2 on gradients, Jacobians and the vector chain rule."""

import numpy as np
import torch
from torch.func import jacrev

from d2lhelpers.checks.preliminaries import jacobians as c

module = c


def by_columns(f, x, h=1e-5, sides=2):
    rows = []
    for step in h * torch.eye(len(x), dtype=x.dtype):
        rows.append((f(x + step) - f(x - step * (sides - 1))) / (sides * h))
    return torch.stack(rows, dim=1)


def backward(X, y, w):
    w = w.clone().requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def compose(functions, x):
    for f in functions:
        x = f(x)
    return x


def in_place(f, x, h=1e-6):
    columns = []
    for j in range(len(x)):
        before = x[j].item()
        x[j] = before + h
        higher = f(x)
        x[j] = before - h
        columns.append((higher - f(x)) / (2 * h))
        x[j] = before
    return torch.stack(columns, dim=-1)


def one_call(f, x, h=1e-5):
    moves = h * torch.eye(len(x), dtype=x.dtype)
    return torch.func.vmap(lambda move: (f(x + move) - f(x - move)) / (2 * h), out_dims=1)(moves)


def from_the_left(functions, x):
    values = [x]
    for f in functions:
        values.append(f(values[-1]))
    product = torch.eye(len(values[-1]), dtype=x.dtype)
    for f, value in zip(functions[::-1], values[-2::-1]):
        product = product @ jacrev(f)(value)
    return product


def with_value(functions, x):
    product = torch.eye(len(x), dtype=x.dtype)
    for f in functions:
        J, x = jacrev(lambda u, f=f: (f(u),) * 2, has_aux=True)(x)
        product = J @ product
    return product


def chained(functions, x, order=lambda new, old: new @ old, follow=True, derive=jacrev):
    product = torch.eye(len(x), dtype=x.dtype)
    for f in functions:
        product = order(derive(f)(x), product)
        x = f(x) if follow else x
    return product


GRADIENTS = {
    "d/dx1 at (3, 2)": 12,
    "d/dx2 at (3, 2)": 9,
    "largest slope at (3, 2)": 15,
    "columns of the Jacobian": 5,
    "numbers in dY/dX": 120,
}
AROUND = {"dy1/dx1": 2, "dy2/dx1": 2, "dy2/dx2": 3}
STEEP = {"slope to the northwest": 1.41, "level at": 153.4, "half as steep at": 123.4}
DOMINOES = {
    "rows of do/dh": 3,
    "columns of do/dh": 4,
    "numbers in dl/dx": 5,
    "multiplications from the left": 32,
    "multiplications from the right": 75,
}

RIGHT = {
    c.gradients_by_hand: [(GRADIENTS,), (GRADIENTS | {"largest slope at (3, 2)": 15.0},)],
    c.half_as_steep: [(STEEP,), (STEEP | {"level at": 153.5, "half as steep at": 123.5},)],
    c.quadratic_gradient: [
        (lambda A, x: A @ x + x @ A,),
        (lambda A, x: torch.func.grad(lambda x: x @ A @ x)(x),),
        (lambda A, x: (A + A.T).numpy() @ x.numpy(),),
        (lambda A, x: [float(a @ x + b @ x) for a, b in zip(A, A.T)],),
    ],
    c.slope_towards: [
        (lambda g, d: (g * (d / (d**2).sum().sqrt())).sum(),),
        (lambda g, d: np.dot(g.numpy(), d.numpy()) / np.linalg.norm(d.numpy()),),
    ],
    c.numerical_jacobian: [
        (by_columns,),
        (lambda f, x: by_columns(f, x, h=1e-4, sides=1),),
        (lambda f, x: by_columns(f, x).numpy(),),
        (in_place,),
        (one_call,),
    ],
    c.dominoes: [(DOMINOES,), ({name: float(value) for name, value in DOMINOES.items()},)],
    c.a_path_around: [(AROUND,)],
    c.mean_square_gradient: [
        (lambda X, y, w: (2 * (X @ w - y).T @ X).T / X.shape[0],),
        (lambda X, y, w: np.mean(2 * (X * (X @ w - y)).numpy(), axis=0)[:, None],),
        (lambda X, y, w: sum(2 / len(X) * (x @ w - t) * x[:, None] for x, t in zip(X, y)),),
    ],
    c.jacobian_of_layers: [
        (lambda A, B, x: (B * torch.cos(A @ x)) @ A,),
        (lambda A, B, x: jacrev(lambda x: B @ torch.sin(A @ x))(x).tolist(),),
        (lambda A, B, x: torch.einsum("ij,j,jk", B, torch.cos(A @ x), A).numpy(),),
    ],
    c.chain_jacobian: [
        (chained,),
        (lambda fs, x: chained(fs, x).numpy(),),
        (lambda fs, x: chained(fs, x, derive=torch.func.jacfwd),),
        (from_the_left,),
        (with_value,),
    ],
}
WRONG = {
    c.gradients_by_hand: [
        (GRADIENTS | {"d/dx1 at (3, 2)": 9, "d/dx2 at (3, 2)": 12},),
        (GRADIENTS | {"largest slope at (3, 2)": 21},),
        (GRADIENTS | {"columns of the Jacobian": 4},),
    ],
    c.half_as_steep: [
        (STEEP | {"slope to the northwest": 2},),  # not divided by the step's length
        (STEEP | {"level at": 135},),
        (STEEP | {"half as steep at": 108.4},),  # half the way to level
    ],
    c.quadratic_gradient: [
        (lambda A, x: 2 * A @ x,),
        (lambda A, x: A @ x,),
        (lambda A, x: 2 * x @ A,),
        (lambda A, x: (x @ A + A @ x)[None],),
        (lambda A, x: 2 * A.diag() * x,),  # right for a diagonal
    ],
    c.slope_towards: [
        (lambda g, d: g @ d,),
        (lambda g, d: g @ d / d.norm() ** 2,),
        (lambda g, d: g @ d / (g.norm() * d.norm()),),
        (lambda g, d: (g @ d / d.norm()).abs(),),
        (lambda g, d: g @ d / d.abs().max(),),  # right along an axis
        (lambda g, d: g.norm(),),
    ],
    c.numerical_jacobian: [
        (lambda f, x: by_columns(f, x).T,),
        (lambda f, x: (f(x + 1e-5) - f(x)) / 1e-5,),  # all inputs moved at once
        (lambda f, x: by_columns(f, x) / 2,),
        (lambda f, x: by_columns(f, x, h=0.1, sides=1),),  # right for Ax
        (lambda f, x: torch.autograd.functional.jacobian(f, x),),
        (lambda f, x: jacrev(f)(x),),
        (lambda f, x: torch.func.jacfwd(f)(x),),
        (
            lambda f, x: torch.autograd.functional.jacobian(
                f, x, vectorize=True, strategy="forward-mode"
            ),
        ),
    ],
    c.dominoes: [
        (DOMINOES | {"rows of do/dh": 4, "columns of do/dh": 3},),
        (DOMINOES | {"multiplications from the left": 75, "multiplications from the right": 32},),
    ],
    c.a_path_around: [
        (AROUND | {"dy1/dx1": 1, "dy2/dx2": 2},),  # without the path around
        (AROUND | {"dy2/dx1": 3},),  # A B in the place of B A
    ],
    c.mean_square_gradient: [
        (lambda X, y, w: 2 * (X @ w - y).T @ X / len(X),),  # a row
        (lambda X, y, w: 2 * X.T @ (X @ w - y),),
        (lambda X, y, w: X.T @ (X @ w - y) / len(X),),
        (lambda X, y, w: 2 * X.T @ (X @ w - y) / X.shape[1],),
        (lambda X, y, w: torch.func.grad(lambda w: ((X @ w - y) ** 2).mean())(w),),
        (lambda X, y, w: jacrev(lambda w: ((X @ w - y) ** 2).mean())(w),),
        (lambda X, y, w: torch.func.jacfwd(lambda w: ((X @ w - y) ** 2).mean())(w),),
        (backward,),
    ],
    c.jacobian_of_layers: [
        (lambda A, B, x: B @ torch.diag(torch.cos(x)) @ A,),
        (lambda A, B, x: A @ torch.diag(torch.cos(A @ x)) @ B,),
        (lambda A, B, x: B @ torch.cos(A @ x),),
        (lambda A, B, x: (B @ torch.diag(torch.cos(A @ x)) @ A).T,),
        (lambda A, B, x: B @ torch.cos(torch.diag(A @ x)) @ A,),  # right for one hidden number
    ],
    c.chain_jacobian: [
        (lambda fs, x: chained(fs, x, order=lambda new, old: old @ new),),
        (lambda fs, x: chained(fs, x, follow=False),),
        (lambda fs, x: chained(fs[::-1], x),),
        (lambda fs, x: jacrev(lambda x: compose(fs, x))(x),),  # all at once
        (lambda fs, x: torch.autograd.functional.jacobian(lambda x: compose(fs, x), x),),
        (lambda fs, x: jacrev(fs[0])(x),),
        (lambda fs, x: chained(fs[:2], x),),
    ],
}
PREDICTIONS = {c.gradients_by_hand, c.half_as_steep, c.dominoes, c.a_path_around}
