"""Answers to the exercises of Part 2, vectors and matrices."""

import torch
import torch.nn.functional as F

from d2lhelpers.checks import linear_algebra as c

module = c

LENGTHS = {"L1 of a": 7, "L2 of a": 5, "L-infinity of a": 4, "L2 of -2a": 10, "a dot b": 0}


def degrees(a, b):
    a, b = a / a.norm(), b / b.norm()
    return torch.rad2deg(2 * torch.atan2((a - b).norm(), (a + b).norm())).item()


def halves(b, a):
    unit = a / a.norm()
    return torch.stack([(unit @ b) * unit, b - (unit @ b) * unit])


def looped(points, query, p):
    distances = [torch.linalg.vector_norm(point - query, p) for point in points]
    return distances.index(min(distances))


PRODUCTS = {
    "first entry": -1,
    "entries": 10,
    "multiplications": 30,
    "spectral norm": 5,
    "Frobenius norm": 5,
}


def powers(A, b, rounds):
    for _ in range(rounds):
        before, b = b.norm(), A @ b
        factor, b = b.norm() / before, b / b.norm()
    return factor.item()


def overflowing(A, b, rounds):
    for _ in range(rounds):
        before, b = b, A @ b
    return b.norm() / before.norm()


def unshortened_start(A, b, rounds):
    for _ in range(rounds):
        b = A @ b
        length, b = b.norm(), b / b.norm()
    return length


RIGHT = {
    c.lengths_by_hand: [(LENGTHS,)],
    c.angle: [
        (degrees,),
        (lambda a, b: F.cosine_similarity(a, b, dim=0).clamp(-1, 1).acos().rad2deg(),),
    ],
    c.unit_rows: [
        (lambda X: F.normalize(X, dim=1),),
        (lambda X: torch.stack([r / r.norm() if r.any() else r for r in X]),),
        (lambda X: (X / X.norm(dim=1)[:, None]).nan_to_num(),),
    ],
    c.split: [(halves,)],
    c.nearest: [
        (looped,),
        (lambda P, q, p: torch.cdist(P, q[None], p=p).argmin(),),
    ],
    c.products_by_hand: [(PRODUCTS,)],
    c.move: [
        (lambda A, points: torch.stack([A @ point for point in points]),),
        (lambda A, points: (A @ points.T).T,),
        (lambda A, points: torch.einsum("ij,nj->ni", A, points),),
    ],
    c.strongest_stretch: [(powers,)],
    c.is_positive_definite: [
        (lambda A: bool((torch.linalg.eigvalsh(A + A.T) > 2e-6).all()),),
        (lambda A: (torch.linalg.eigvalsh((A + A.T) / 2).min() > 1e-6).item(),),
        (lambda A: int(torch.linalg.cholesky_ex(A + A.T - 2e-6 * torch.eye(len(A))).info == 0),),
    ],
}
WRONG = {
    c.lengths_by_hand: [
        (LENGTHS | {"L1 of a": -1},),
        (LENGTHS | {"L2 of -2a": -10},),
        (LENGTHS | {"a dot b": 24},),
    ],
    c.angle: [
        (lambda a, b: (a @ b / (a.norm() * b.norm())).acos().rad2deg(),),  # nan
        (lambda a, b: (a @ b / (a.norm() * b.norm())).clamp(-1, 1).acos(),),  # radians
        (lambda a, b: (a @ b / (a.norm() * b.norm())).clamp(0, 1).acos().rad2deg(),),
        (lambda a, b: (a @ b).clamp(-1, 1).acos().rad2deg(),),  # not divided
    ],
    c.unit_rows: [
        (lambda X: X / X.norm(),),
        (lambda X: X / X.norm(dim=1, keepdim=True),),  # 0 / 0
        (lambda X: X / X.norm(dim=0),),
        (lambda X: X / X.abs().sum(dim=1, keepdim=True).clamp(min=1e-9),),
    ],
    c.split: [
        (lambda b, a: torch.stack([(a @ b) * a, b - (a @ b) * a]),),
        (lambda b, a: torch.stack([(a @ b) / a.norm() * a, b - (a @ b) / a.norm() * a]),),
        (lambda b, a: halves(a, b),),
        (lambda b, a: halves(b, a).flip(0),),
    ],
    c.nearest: [
        (lambda P, q, p: torch.linalg.vector_norm(P - q, dim=1).argmin(),),  # p ignored
        (lambda P, q, p: torch.linalg.vector_norm(P, ord=p, dim=1).argmin(),),
        (lambda P, q, p: torch.linalg.vector_norm(P - q, ord=p, dim=1).min(),),
        (lambda P, q, p: (P @ q).argmax(),),
    ],
    c.products_by_hand: [
        (PRODUCTS | {"first entry": 1},),
        (PRODUCTS | {"entries": 15},),
        (PRODUCTS | {"spectral norm": 2},),
        (PRODUCTS | {"spectral norm": -5},),
    ],
    c.move: [
        (lambda A, points: points @ A,),
        (lambda A, points: points * A[0],),
        (lambda A, points: A @ points.T,),
    ],
    c.strongest_stretch: [
        (overflowing,),
        (unshortened_start,),  # b = (1, 1) has not length 1: right only after many rounds
        (lambda A, b, rounds: torch.linalg.eigvalsh(A).abs().max(),),  # not the iteration
        (lambda A, b, rounds: torch.linalg.matrix_norm(A),),
    ],
    c.is_positive_definite: [
        (lambda A: bool((torch.linalg.eigvalsh(A) > 1e-6).all()),),  # reads one half of A
        (lambda A: bool((torch.linalg.eigvalsh((A + A.T) / 2) >= -1e-6).all()),),
        (lambda A: bool((A > 0).all()),),
        (lambda A: bool(torch.linalg.det(A) > 1e-6),),
        (lambda A: bool(torch.linalg.det(A + A.T) > 1e-6 and A.trace() > 0),),  # two by two only
    ],
}
PREDICTIONS = {c.lengths_by_hand, c.products_by_hand}
EXTRA = {}
