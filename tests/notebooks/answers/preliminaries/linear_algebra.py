"""Answers to the exercises of Part 2, vectors and matrices."""

import numpy as np
import torch
import torch.nn.functional as F

from d2lhelpers.checks.preliminaries import linear_algebra as c

module = c

LENGTHS = {"L1 of a": 7, "L2 of a": 5, "L-infinity of a": 4, "L2 of -2a": 10, "a dot b": 0}

COINS = {"both 1": 250, "cosine": 0.5, "straight over detour": 0.866, "cosine of signs": 0}


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

ROUNDS = {"(2, 1), (1, 2)": 13, "(5, 4), (4, 5)": 7, "(20, 10), (10, 20)": 13}


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


def signed(A, b, rounds):
    for _ in range(rounds):
        b = A @ (b / b.norm())
    return b[0] / (b[0] / b.norm()).abs()


def in_double(A, b, rounds):
    A, b = A.double().numpy(), b.double().numpy()
    for _ in range(rounds):
        b = A @ b / np.sqrt(b @ b)
    return np.sqrt(b @ b)


def by_minors(A):
    S = ((A + A.T) / 2 - 1e-6 * torch.eye(len(A))).double()
    return all(torch.linalg.det(S[:k, :k]) > 0 for k in range(1, len(A) + 1))


def by_trying(A):
    x = torch.randn(200, len(A), generator=torch.Generator().manual_seed(0))
    return bool(((x @ A) * x).sum(dim=1).min() > 0)


RIGHT = {
    c.lengths_by_hand: [(LENGTHS,)],
    c.coin_vectors: [(COINS,)],
    c.angle: [
        (degrees,),
        (
            lambda a, b: np.degrees(
                np.arccos(
                    np.clip(
                        np.dot(a.numpy(), b.numpy()) / np.linalg.norm(a) / np.linalg.norm(b), -1, 1
                    )
                )
            ),
        ),
        (lambda a, b: F.cosine_similarity(a, b, dim=0).clamp(-1, 1).acos().rad2deg(),),
    ],
    c.unit_rows: [
        (lambda X: F.normalize(X, dim=1),),
        (lambda X: torch.stack([r / r.norm() if r.any() else r for r in X]),),
        (lambda X: (X / X.norm(dim=1)[:, None]).nan_to_num(),),
    ],
    c.split: [
        (halves,),
        (lambda b, a: tuple(halves(b, a)),),
        (lambda b, a: [(a @ b / (a @ a) * a).tolist(), (b - a @ b / (a @ a) * a).numpy()],),
    ],
    c.nearest: [
        (looped,),
        (lambda P, q, p: np.argmin(np.linalg.norm((P - q).numpy(), ord=p, axis=1)),),
        (lambda P, q, p: torch.cdist(P, q[None], p=p).argmin(),),
    ],
    c.products_by_hand: [(PRODUCTS,)],
    c.thirteenth_arrow: [(ROUNDS,)],
    c.move: [
        (lambda A, points: torch.stack([A @ point for point in points]),),
        (lambda A, points: (A @ points.T).T,),
        (lambda A, points: torch.einsum("ij,nj->ni", A, points),),
    ],
    c.strongest_stretch: [
        (powers,),
        (lambda *a: torch.tensor([powers(*a)]),),
        (in_double,),
    ],
    c.is_positive_definite: [
        (lambda A: bool((torch.linalg.eigvalsh(A + A.T) > 2e-6).all()),),
        (lambda A: (torch.linalg.eigvalsh((A + A.T) / 2).min() > 1e-6).item(),),
        (lambda A: int(torch.linalg.cholesky_ex(A + A.T - 2e-6 * torch.eye(len(A))).info == 0),),
        (lambda A: np.linalg.eigvalsh((A + A.T).double().numpy() / 2).min() > 1e-6,),
        (by_minors,),
    ],
}
WRONG = {
    c.lengths_by_hand: [
        (LENGTHS | {"L1 of a": -1},),
        (LENGTHS | {"L2 of -2a": -10},),
        (LENGTHS | {"a dot b": 24},),
    ],
    c.coin_vectors: [
        (COINS | {"both 1": 500},),
        (COINS | {"cosine": 0.25},),
        (COINS | {"straight over detour": 0.707},),
        (COINS | {"cosine of signs": 0.5},),
    ],
    c.angle: [
        (lambda a, b: (a @ b / (a.norm() * b.norm())).acos().rad2deg(),),  # nan
        (lambda a, b: (a @ b / (a.norm() * b.norm())).clamp(-1, 1).acos(),),  # radians
        (lambda a, b: (a @ b / (a.norm() * b.norm())).clamp(0, 1).acos().rad2deg(),),
        (lambda a, b: (a @ b).clamp(-1, 1).acos().rad2deg(),),  # not divided
        (lambda a, b: torch.atan2(b[1], b[0]).abs().rad2deg(),),  # from the first axis only
    ],
    c.unit_rows: [
        (lambda X: X / X.norm(),),
        (lambda X: X / X.norm(dim=1, keepdim=True),),  # 0 / 0
        (lambda X: X / X.norm(dim=0),),
        (lambda X: X / (X.norm(dim=1, keepdim=True) + 1e-3),),  # nearly
        (lambda X: X / X.norm(dim=1, keepdim=True).clamp(min=1),),  # right for long rows
        (lambda X: X[X.any(dim=1)] / X[X.any(dim=1)].norm(dim=1, keepdim=True),),
        (lambda X: X / X.abs().sum(dim=1, keepdim=True).clamp(min=1e-9),),
    ],
    c.split: [
        (lambda b, a: torch.stack([(a @ b) * a, b - (a @ b) * a]),),
        (lambda b, a: torch.stack([(a @ b) / a.norm() * a, b - (a @ b) / a.norm() * a]),),
        (lambda b, a: halves(a, b),),
        (lambda b, a: halves(b, a).flip(0),),
        (lambda b, a: halves(b, a)[0],),
        (lambda b, a: torch.stack([b * (a != 0), b * (a == 0)]),),  # right along the axes
        (lambda b, a: torch.stack([(a @ b).abs() / (a @ a) * a, b - (a @ b).abs() / (a @ a) * a]),),
    ],
    c.nearest: [
        (lambda P, q, p: torch.linalg.vector_norm(P - q, dim=1).argmin(),),  # p ignored
        (lambda P, q, p: torch.linalg.vector_norm(P, ord=p, dim=1).argmin(),),
        (lambda P, q, p: torch.linalg.vector_norm(P - q, ord=p, dim=1).min(),),
        (lambda P, q, p: (P @ q).argmax(),),
        (lambda P, q, p: (P - q).abs().min(dim=1).values.argmin() if p > 2 else looped(P, q, p),),
    ],
    c.products_by_hand: [
        (PRODUCTS | {"first entry": 1},),
        (PRODUCTS | {"entries": 15},),
        (PRODUCTS | {"spectral norm": 2},),
        (PRODUCTS | {"spectral norm": -5},),
    ],
    c.thirteenth_arrow: [
        (ROUNDS | {"(2, 1), (1, 2)": 12},),
        (ROUNDS | {"(5, 4), (4, 5)": 13},),
        (ROUNDS | {"(20, 10), (10, 20)": 5},),  # the size of an eigenvalue, not the ratio
    ],
    c.move: [
        (lambda A, points: points @ A,),
        (lambda A, points: points * A[0],),
        (lambda A, points: A @ points.T,),
        (lambda A, points: points @ torch.linalg.inv(A),),  # right for rotations
        (lambda A, points: (A @ points[0])[None].expand_as(points),),  # right for one point
    ],
    c.strongest_stretch: [
        (overflowing,),
        (unshortened_start,),  # b = (1, 1) has not length 1: right only after many rounds
        (lambda A, b, rounds: torch.linalg.eigvalsh(A).abs().max(),),  # not the iteration
        (lambda A, b, rounds: torch.linalg.matrix_norm(A),),
        (lambda A, b, rounds: torch.linalg.matrix_norm(A, 2),),
        (lambda A, b, rounds: powers(A, b, 1),),
        (lambda A, b, rounds: powers(A, b, rounds) ** rounds,),
        (signed,),
    ],
    c.is_positive_definite: [
        (lambda A: bool((torch.linalg.eigvalsh(A) > 1e-6).all()),),  # reads one half of A
        (lambda A: bool((torch.linalg.eigvalsh((A + A.T) / 2) >= -1e-6).all()),),
        (lambda A: bool((A > 0).all()),),
        (lambda A: bool(torch.linalg.det(A) > 1e-6),),
        (lambda A: bool(torch.linalg.det(A + A.T) > 1e-6 and A.trace() > 0),),  # two by two only
        (lambda A: bool((A.diag() > 1e-6).all() and torch.linalg.det((A + A.T) / 2) > 1e-6),),
        (lambda A: min(A.diag().min(), A[:2, :2].det(), (A + A.T).det()) > 1e-6,),
        (lambda A: bool((torch.linalg.eigvals(A).real > 1e-6).all()),),
        (lambda A: bool((torch.linalg.eigvalsh((A + A.T) / 2) > 0).all()),),
        (lambda A: torch.equal(A, A.T) and bool((torch.linalg.eigvalsh(A) > 1e-6).all()),),
        (by_trying,),
        (lambda A: torch.linalg.eigvalsh((A + A.T) / 2) > 1e-6,),
    ],
}
PREDICTIONS = {c.lengths_by_hand, c.coin_vectors, c.products_by_hand, c.thirteenth_arrow}
