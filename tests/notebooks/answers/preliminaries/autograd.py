"""Answers to the exercises of Part 2 on autograd in PyTorch."""

import torch

from d2lhelpers.checks.preliminaries import autograd as c

module = c


def slope_of_the_input(f, x):
    x.requires_grad_()
    f(x).backward()
    return x.grad


def slope_that_empties(f, x):
    marked = x.requires_grad
    x.requires_grad_()
    x.grad = None
    f(x).backward()
    found, x.grad = x.grad, None
    return found, x.requires_grad_(marked)


def scale(x, y, steps, before=lambda w: None, between=lambda w: None):
    w = torch.tensor(0.0, requires_grad=True)
    for _ in range(steps):
        before(w)
        ((w * x - y) ** 2).mean().backward()
        between(w)
        with torch.no_grad():
            w -= 0.1 * w.grad
    return w.item()


def empty(w):
    w.grad = None


def scale_as_found(x, y, steps):
    w = torch.tensor(0.0, requires_grad=True)
    for _ in range(steps):
        ((w * x - y) ** 2).mean().backward()
        w = w - 0.1 * w.grad
    return w.item()


def scale_by_grad(x, y, steps):
    w = torch.tensor(0.0, requires_grad=True)
    for _ in range(steps):
        (gradient,) = torch.autograd.grad(((w * x - y) ** 2).mean(), w)
        w = (w - 0.1 * gradient).detach().requires_grad_()
    return w


def rows(f, x, wanted=lambda y: range(len(y))):
    found = []
    for i in wanted(f(x)):
        leaf = x.clone().requires_grad_()
        f(leaf)[i].backward()
        found.append(leaf.grad)
    return torch.stack(found)


def rows_that_pile_up(f, x):
    x.requires_grad_()
    y, found = f(x), []
    for i in range(len(y)):
        y[i].backward(retain_graph=True)
        found.append(x.grad.clone())
    return torch.stack(found)


def put_back(f, x):
    marked, kept = x.requires_grad, x.grad
    x.requires_grad_()
    x.grad = None
    f(x).backward()
    found, x.grad = x.grad, kept
    x.requires_grad_(marked)
    return found


def zeroed(f, x):
    if x.grad is not None:
        x.grad.zero_()
    return slope_of_the_input(f, x.detach().clone())


def by_vjp(f, x):
    y, sweep_from = torch.func.vjp(f, x)
    return torch.stack([sweep_from(v)[0] for v in torch.eye(len(y))])


def one_graph(f, x):
    leaf = x.clone().requires_grad_()
    y = f(leaf)
    return torch.stack([torch.autograd.grad(one, leaf, retain_graph=True)[0] for one in y])


def secants(f, x):
    x, h = x.double(), 1e-6
    moves = h * torch.eye(len(x), dtype=x.dtype)
    return torch.stack([(f(x + m) - f(x - m)) / (2 * h) for m in moves], dim=1)


GRADS = {"after the first": 6, "after the second": 12, "after the third": 15}

SLOPES = {"slope of the loop": 1024, "slope of the slope": 3584, "w.grad": 124, "at the seam": 3}

RIGHT = {
    c.slopes_in_advance: [(SLOPES,), (SLOPES | {"w.grad": 124.0},)],
    c.grad_by_hand: [(GRADS,), (GRADS | {"after the third": 15.0},)],
    c.slope_of: [
        (lambda f, x: torch.func.grad(f)(x.detach()),),
        (lambda f, x: torch.func.grad(f)(x),),  # still part of a graph, which is not forbidden
        (lambda f, x: slope_of_the_input(f, x.detach().clone()).numpy(),),
        (lambda f, x: torch.func.jacrev(f)(x).tolist(),),
        (put_back,),
        (lambda f, x: slope_of_the_input(f, x.detach()),),  # a leaf of its own, same memory
        (lambda f, x: torch.autograd.functional.jacobian(f, x.detach()),),
    ],
    c.fit_scale: [(lambda *a: scale(*a, before=empty),), (scale_by_grad,)],
    c.jacobian: [
        (rows,),
        (torch.autograd.functional.jacobian,),
        (lambda f, x: rows(f, x).numpy(),),
        (lambda f, x: [row.tolist() for row in rows(f, x)],),
        (by_vjp,),
        (one_graph,),
    ],
}
WRONG = {
    c.slopes_in_advance: [
        (SLOPES | {"slope of the loop": 192},),  # as for x^6
        (SLOPES | {"slope of the slope": 1024},),
        (SLOPES | {"w.grad": 16},),  # the weights forgotten
        (SLOPES | {"at the seam": 2},),
    ],
    c.grad_by_hand: [
        (GRADS | {"after the second": 6},),
        (GRADS | {"after the third": 18},),  # as without detach
    ],
    c.slope_of: [
        (slope_of_the_input,),
        (lambda f, x: slope_that_empties(f, x)[0],),  # what was in .grad is lost
        (lambda f, x: slope_of_the_input(f, x.clone()),),  # of a copy that is no leaf
        (lambda f, x: f(x.detach()),),
        (lambda f, x: torch.autograd.grad(f(x), x)[0],),  # right for a marked x
        (lambda f, x: torch.autograd.grad(f(x.requires_grad_()), x)[0],),  # marks it for good
        (zeroed,),
        (lambda f, x: slope_of_the_input(f, x.detach().clone()).sum(),),
    ],
    c.fit_scale: [
        (scale_as_found,),
        (scale,),  # never emptied
        (lambda *a: scale(*a, between=lambda w: w.grad.zero_()),),  # emptied before the step
        (lambda x, y, steps: scale(x, y, 1, before=empty),),
        (lambda x, y, steps: (x @ y / (x @ x)).item(),),  # where it ends, after however many
    ],
    c.jacobian: [
        (lambda f, x: rows(f, x).T,),
        (rows_that_pile_up,),
        (lambda f, x: rows(f, x).sum(0),),  # the gradient of the sum of all outputs
        (lambda f, x: torch.func.jacrev(f)(x),),  # one sweep with all rows at once
        (lambda f, x: torch.func.jacfwd(f)(x),),  # no sweep at all
        (secants,),
        (lambda f, x: rows(f, x, wanted=lambda y: range(len(x))),),  # right for a square
    ],
}
PREDICTIONS = {c.grad_by_hand, c.slopes_in_advance}
