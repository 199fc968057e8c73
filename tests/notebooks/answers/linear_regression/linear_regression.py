"""Answers to the exercises of Part 3 on the linear model and its closed form."""

import numpy as np
import torch
import torch.nn.functional as F

from d2lhelpers.checks.linear_regression import linear_regression as c

module = c


def ones(X):
    return torch.cat([X, torch.ones(len(X), 1)], dim=1)


def centered(X, y):
    """Fit without the means, then find the bias that brings them back."""
    w = torch.linalg.pinv(X - X.mean(0)) @ (y - y.mean())
    return torch.cat([w, (y.mean() - X.mean(0) @ w)[None]])


HOUSE = {"price": 294, "rise": 7, "square foot": 0.1858, "bathroom": 15}
WIDTHS = {"sigma": 20, "s": 16}

RIGHT = {
    c.house_by_hand: [(HOUSE,), (HOUSE | {"price": 294.0, "square foot": 0.186},)],
    c.noise_widths: [(WIDTHS,), (WIDTHS | {"sigma": 400**0.5},)],
    c.closed_form: [
        (centered,),
        (lambda X, y: torch.linalg.pinv(ones(X)) @ y,),
        (lambda X, y: np.linalg.lstsq(np.c_[X, np.ones(len(X))], y.numpy(), rcond=None)[0],),
        (lambda X, y: torch.linalg.solve(ones(X).T @ ones(X), ones(X).T @ y).tolist(),),
    ],
    c.region_columns: [
        (lambda t, s, r, k: torch.cat([F.one_hot(r, k), torch.stack([t, s], 1)], 1),),
        (lambda t, s, r, k: ones(torch.cat([t[:, None], s[:, None], F.one_hot(r, k)], 1)),),
        (lambda t, s, r, k: ones(torch.stack([t, s, *(r == i for i in range(k - 1))], 1)),),
        (lambda t, s, r, k: np.c_[t, s, np.eye(k)[r]],),
        (
            lambda t, s, r, k: [
                [a, b, *(int(z == i) for i in range(k))] for a, b, z in zip(t, s, r)
            ],
        ),
    ],
    c.fit_parabola: [
        (lambda x, y: torch.from_numpy(np.polyfit(x.numpy(), y.numpy(), 2)),),
        (lambda x, y: torch.linalg.pinv(torch.stack([x**2, x, x**0], 1)) @ y,),
        (lambda x, y: list(np.polynomial.Polynomial.fit(x, y.numpy(), 2).convert().coef[::-1]),),
    ],
}
WRONG = {
    c.house_by_hand: [
        (HOUSE | {"price": 254},),  # the base forgotten
        (HOUSE | {"rise": 15},),  # the bedroom is still counted
        (HOUSE | {"rise": -13},),  # as if ten square meters were lost too
        (HOUSE | {"square foot": 21.528},),  # multiplied
        (HOUSE | {"square foot": 2},),
        (HOUSE | {"bathroom": 15 / 10.764},),
    ],
    c.noise_widths: [
        (WIDTHS | {"sigma": 400},),  # the variance
        (WIDTHS | {"sigma": 200**0.5},),  # the half in L forgotten
        (WIDTHS | {"s": 4},),
    ],
    c.closed_form: [
        (lambda X, y: torch.linalg.lstsq(X, y).solution,),  # no bias
        (lambda X, y: torch.linalg.lstsq(ones(X), y).solution.roll(1),),  # bias first
        (lambda X, y: torch.linalg.lstsq(ones(X), y).solution[:-1],),
        (lambda X, y: torch.cat([torch.linalg.lstsq(X, y).solution, y.mean()[None]]),),
    ],
    c.region_columns: [
        (lambda t, s, r, k: torch.stack([t, s, r.float()], 1),),
        (lambda t, s, r, k: torch.cat([t[:, None], s[:, None], F.one_hot(r, k)[:, 1:]], 1),),
        (lambda t, s, r, k: F.one_hot(r, k).float(),),  # time and server forgotten
        (lambda t, s, r, k: torch.cat([t[:, None], s[:, None], F.one_hot(r)], 1),),  # k forgotten
        (lambda t, s, r, k: torch.randn(60, 60),),  # fits anything, predicts nothing
        (lambda t, s, r, k: torch.eye(60),),
        (lambda t, s, r, k: F.one_hot(r, k).T,),
    ],
    c.fit_parabola: [
        (lambda x, y: torch.linalg.lstsq(torch.stack([x**2, x], 1), y).solution,),
        (lambda x, y: torch.linalg.lstsq(torch.stack([x**0, x, x**2], 1), y).solution,),
        (lambda x, y: torch.linalg.lstsq(torch.stack([2 * x, x, x**0], 1), y).solution,),
        (lambda x, y: torch.tensor([*np.polyfit(x**2, y, 1)[:1], 0.0, y[4]]),),  # even curves only
        (lambda x, y: np.polyfit(x[:3], y[:3], 2),),  # right where all points lie on one curve
    ],
}
PREDICTIONS = {c.house_by_hand, c.noise_widths}
