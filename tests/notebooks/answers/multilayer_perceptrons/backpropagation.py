"""Answers to the exercises on backpropagation by hand."""

import numpy as np
import torch

from d2lhelpers.checks.multilayer_perceptrons import backpropagation as c

module = c

PENCIL = {"dW, first": 49, "dW, second": 2, "db": 13, "dX[1, 0]": 36}
COST = {"forward": 109_184, "backward": 118_016}


def with_jacobians(P, dP):
    return torch.stack([(p.diag() - p.outer(p)) @ d for p, d in zip(P, dP)])


def in_numpy(P, dP):
    P, dP = np.asarray(P), np.asarray(dP)
    return P * dP - P * np.einsum("bk,bk->b", P, dP)[:, None]


def with_lists(P, dP):
    rows = []
    for p, d in zip(P.tolist(), dP.tolist()):
        mean = sum(a * b for a, b in zip(p, d))
        rows.append([a * (b - mean) for a, b in zip(p, d)])
    return rows


def by_autograd(P, dP):
    scores = P.log().requires_grad_()
    return torch.autograd.grad(scores.softmax(dim=1), scores, dP)[0]


def audited(f, gradient, w, entries=None, h=1e-5, rtol=1e-4, atol=1e-6):
    for i in range(len(w)) if entries is None else entries:
        up, down = w.clone(), w.clone()
        up[i] += h
        down[i] -= h
        q = (f(up) - f(down)) / (2 * h)
        if abs(q - gradient[i]) > atol + rtol * abs(q):
            return False
    return True


def all_at_once(f, gradient, w):
    steps = 1e-5 * torch.eye(len(w), dtype=w.dtype)
    q = torch.stack([f(w + s) - f(w - s) for s in steps]) / 2e-5
    return (q - gradient).norm() < 1e-5 * (1 + q.norm())


def audited_in_numpy(f, gradient, w):
    w, gradient = w.numpy().copy(), gradient.numpy()
    steps = 1e-6 * np.eye(len(w))
    q = np.array([float(f(w + s)) - float(f(w - s)) for s in steps]) / 2e-6
    return np.allclose(q, gradient, rtol=1e-4, atol=1e-6)


def leaves_a_step(f, gradient, w):
    verdict = audited(f, gradient, w)
    w[0] += 1e-5
    return verdict


def signs_only(f, gradient, w):
    q = torch.stack([f(w + s) - f(w - s) for s in 1e-5 * torch.eye(len(w), dtype=w.dtype)])
    return bool((q.sign() == gradient.sign()).all())


def directions_only(f, gradient, w):
    steps = 1e-5 * torch.eye(len(w), dtype=w.dtype)
    q = torch.stack([f(w + s) - f(w - s) for s in steps]) / 2e-5
    return bool(torch.cosine_similarity(q, gradient, dim=0) > 0.9999)


def sum_only(f, gradient, w):
    q = (f(w + 1e-5) - f(w - 1e-5)) / 2e-5
    return bool(abs(q - gradient.sum()) < 1e-4)


def asks_autograd(f, gradient, w):
    leaf = w.clone().requires_grad_()
    return torch.allclose(torch.autograd.grad(f(leaf), leaf)[0], gradient, rtol=1e-4)


RIGHT = {
    c.backprop_pencil: [(PENCIL,)],
    c.backprop_cost: [(COST,)],
    c.softmax_backward: [(with_jacobians,), (in_numpy,), (with_lists,)],
    c.gradient_check: [(audited,), (all_at_once,), (audited_in_numpy,)],
}
WRONG = {
    c.backprop_pencil: [
        (PENCIL | {"dW, first": 24.5},),
        (PENCIL | {"db": 6.5},),
        (PENCIL | {"dX[1, 0]": 12},),
    ],
    c.backprop_cost: [
        (COST | {"backward": 109_184},),
        (COST | {"backward": 218_368},),
        (COST | {"forward": 109_386},),
    ],
    c.softmax_backward: [
        (lambda P, dP: dP * P * (1 - P),),
        (by_autograd,),
        (lambda P, dP: P * (dP - (P * dP).sum()),),  # right for a single row
        (lambda P, dP: P * (dP - (P * dP).sum(dim=0)),),
        (lambda P, dP: P - dP,),
    ],
    c.gradient_check: [
        (lambda f, gradient, w: True,),
        (lambda f, gradient, w: audited(f, gradient, w, entries=[0]),),
        (lambda f, gradient, w: audited(f, gradient, w, entries=range(len(w) - 1)),),
        (lambda f, gradient, w: audited(f, gradient, w, entries=range(1, len(w))),),
        (lambda f, gradient, w: audited(f, gradient, w, rtol=0.05),),
        (leaves_a_step,),
        (signs_only,),
        (directions_only,),
        (sum_only,),
        (asks_autograd,),
    ],
}
PREDICTIONS = {c.backprop_pencil, c.backprop_cost}
