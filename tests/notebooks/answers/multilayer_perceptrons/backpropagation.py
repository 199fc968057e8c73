"""Answers to the exercises on backpropagation by hand."""

import math

import numpy as np
import torch

from d2lhelpers.checks.multilayer_perceptrons import backpropagation as c

module = c

PENCIL = {"dW, first": 49, "dW, second": 2, "db": 13, "dX[1, 0]": 36}
ZERO = {"gradients not zero": 1, "wrong programs that pass": 3, "relative error": 63}
COST = {"forward": 109_184, "backward": 118_016}


class Skip:
    def __init__(self, inner):
        self.inner = inner

    def forward(self, X):
        return X + self.inner.forward(X)

    def backward(self, dZ):
        return dZ + self.inner.backward(dZ)


class InNumpy(Skip):
    def forward(self, X):
        return np.add(X.numpy(), np.asarray(self.inner.forward(X)))

    def backward(self, dZ):
        return self.inner.backward(dZ).add(dZ)


class Copying(Skip):
    def forward(self, X):
        Z = X.clone()
        Z += self.inner.forward(X)
        return Z

    def backward(self, dZ):
        return sum([self.inner.backward(dZ), dZ])


class OneWay(Skip):
    def backward(self, dZ):
        return self.inner.backward(dZ)


class OtherWay(Skip):
    def backward(self, dZ):
        self.inner.backward(dZ)
        return dZ


class Halved(Skip):
    def backward(self, dZ):
        return (dZ + self.inner.backward(dZ)) / 2


class InPlace(Skip):
    def forward(self, X):
        X += self.inner.forward(X)
        return X


class InPlaceBack(Skip):
    def backward(self, dZ):
        dZ += self.inner.backward(dZ)
        return dZ


class Before(Skip):  # the slope of the sum is not dZ twice
    def backward(self, dZ):
        return self.inner.backward(2 * dZ)


class InnerNeverTold(Skip):  # right for dX, with one layer that multiplies
    def backward(self, dZ):
        return dZ + dZ @ self.inner.W


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


def by_kernel(P, dP):
    return torch._softmax_backward_data(dP, P, 1, P.dtype)


def by_attribute(P, dP):
    scores = P.log()
    scores.requires_grad = True
    return torch.autograd.grad(scores.softmax(dim=1), scores, dP)[0]


def by_vjp(P, dP):
    return torch.func.vjp(lambda o: o.softmax(dim=1), P.log())[1](dP)[0]


def with_scores(P, dP):  # 0 has no logarithm
    scores = P.log()
    return P * dP - P * (scores.exp() * dP).sum(dim=1, keepdim=True) + 0 * scores


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
    larger = torch.maximum(q.abs(), gradient.abs())
    return ((q - gradient).abs() / larger).max() < 1e-4


def in_place(f, gradient, w, h=1e-4):
    for i, claimed in enumerate(gradient.tolist()):
        old = w[i].item()
        w[i] = old + h
        up = f(w).item()
        w[i] = old - h
        down = f(w).item()
        w[i] = old
        q = (up - down) / (2 * h)
        if abs(q - claimed) > 1e-4 * max(abs(q), abs(claimed)):
            return 0
    return 1


def in_lists(f, gradient, w):
    def quotient(i):
        up, down = w.tolist(), w.tolist()
        up[i], down[i] = up[i] + 1e-5, down[i] - 1e-5
        return (
            float(f(torch.tensor(up, dtype=w.dtype))) - float(f(torch.tensor(down, dtype=w.dtype)))
        ) / 2e-5

    return all(
        math.isclose(quotient(i), float(g), rel_tol=2e-4, abs_tol=1e-6)
        for i, g in enumerate(gradient)
    )


def by_norm(f, gradient, w):
    steps = 1e-5 * torch.eye(len(w), dtype=w.dtype)
    q = torch.stack([f(w + s) - f(w - s) for s in steps]) / 2e-5
    return bool((q - gradient).norm() < 1e-4 * q.norm())


def one_sided(f, gradient, w, h=1e-5):
    steps = h * torch.eye(len(w), dtype=w.dtype)
    q = torch.stack([f(w + s) - f(w) for s in steps]) / h
    return torch.allclose(q, gradient, rtol=1e-4, atol=1e-5)


def left_restoring(f, gradient, w, h=1e-5):
    for i in range(len(w)):
        w[i] += h
        up = f(w)
        w[i] -= 2 * h
        down = f(w)
        if abs((up - down) / (2 * h) - gradient[i]) > 1e-6 + 1e-4 * abs(gradient[i]):
            return False
        w[i] += h + 1e-9
    return True


def by_jacobian(f, gradient, w):
    return torch.allclose(torch.func.jacrev(f)(w), gradient, rtol=1e-4)


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


class AddsInPlace(Skip):
    """Spoils an inner layer that keeps the tensor it returns."""

    def forward(self, X):
        out = self.inner.forward(X)
        out += X
        return out


def absolute_only(f, gradient, w):
    steps = 1e-5 * torch.eye(len(w), dtype=w.dtype)
    q = torch.stack([f(w + s) - f(w - s) for s in steps]) / 2e-5
    return bool((q - gradient).abs().max() < 0.009)


RIGHT = {
    c.backprop_pencil: [(PENCIL,)],
    c.backprop_zero_start: [(ZERO,)],
    c.backprop_cost: [(COST,)],
    c.skip_layer: [(Skip,), (InNumpy,), (Copying,)],
    c.softmax_backward: [(with_jacobians,), (in_numpy,), (with_lists,)],
    c.gradient_check: [(audited,), (all_at_once,), (in_place,), (in_lists,), (audited_in_numpy,)],
}
WRONG = {
    c.backprop_pencil: [
        (PENCIL | {"dW, first": 24.5},),
        (PENCIL | {"db": 6.5},),
        (PENCIL | {"dX[1, 0]": 12},),
    ],
    c.backprop_zero_start: [
        (ZERO | {"gradients not zero": 2},),  # W3 and b3
        (ZERO | {"gradients not zero": 6},),
        (ZERO | {"wrong programs that pass": 4},),
        (ZERO | {"relative error": 64},),
        (ZERO | {"relative error": 1 - 1 / 64},),
    ],
    c.skip_layer: [
        (OneWay,),
        (OtherWay,),
        (Halved,),
        (InPlace,),
        (InPlaceBack,),
        (Before,),
        (InnerNeverTold,),
        (AddsInPlace,),
    ],
    c.backprop_cost: [
        (COST | {"backward": 109_184},),
        (COST | {"backward": 218_368},),
        (COST | {"forward": 109_386},),
    ],
    c.softmax_backward: [
        (lambda P, dP: dP * P * (1 - P),),
        (by_autograd,),
        (by_attribute,),
        (by_vjp,),
        (by_kernel,),
        (with_scores,),
        (lambda P, dP: P * (dP - (P * dP).sum()),),  # right for a single row
        (lambda P, dP: P * (dP - (P * dP).sum(dim=0)),),
        (lambda P, dP: P - dP,),
    ],
    c.gradient_check: [
        (lambda f, gradient, w: True,),
        (lambda f, gradient, w: audited(f, gradient, w, entries=[0]),),
        (lambda f, gradient, w: audited(f, gradient, w, entries=range(len(w) - 1)),),
        (lambda f, gradient, w: audited(f, gradient, w, entries=range(1, len(w))),),
        (lambda f, gradient, w: audited(f, gradient, w, entries={0, len(w) - 1}),),
        (absolute_only,),
        (lambda f, gradient, w: audited(f, gradient, w, rtol=1.9e-3),),
        (lambda f, gradient, w: audited(f, gradient, w, rtol=0.05),),
        (lambda f, gradient, w: audited(f, gradient, w, rtol=3e-3),),
        (one_sided,),
        (lambda f, gradient, w: one_sided(f, gradient, w, h=-1e-6),),
        (lambda f, gradient, w: one_sided(f, gradient, w, h=1e-8),),
        (by_norm,),
        (leaves_a_step,),
        (left_restoring,),
        (by_jacobian,),
        (signs_only,),
        (directions_only,),
        (sum_only,),
        (asks_autograd,),
    ],
}
PREDICTIONS = {c.backprop_pencil, c.backprop_zero_start, c.backprop_cost}
TYPED = {c.skip_layer}
