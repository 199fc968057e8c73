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
}
WRONG = {
    c.lengths_by_hand: [
        (LENGTHS | {"L1 of a": -1},),
        (LENGTHS | {"L2 of -2a": -10},),
        (LENGTHS | {"a dot b": 24},),
        (dict.fromkeys(LENGTHS, ...),),
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
}
PREDICTIONS = {c.lengths_by_hand}
EXTRA = {}
