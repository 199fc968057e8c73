"""Answers to the exercises on NumPy arrays."""

import numpy as np

from d2lhelpers.checks import arrays as c

module = c


def looped_distances(A, B):
    result = np.zeros((len(A), len(B)))
    for i, a in enumerate(A):
        for j, b in enumerate(B):
            result[i, j] = np.sqrt(((a - b) ** 2).sum())
    return result


WEIGHTS = np.array([0.299, 0.587, 0.114])
BY_HAND = {"picked": 8, "wrapped": 4, "masked": 15, "size": 12}

RIGHT = {
    c.arrays_by_hand: [(BY_HAND,)],
    c.gray: [
        (lambda photo: (photo * WEIGHTS).sum(axis=2),),
        (lambda photo: np.einsum("hwc,c->hw", photo, WEIGHTS),),
        (lambda photo: np.float32(photo) @ np.float32(WEIGHTS),),
    ],
    c.center: [
        (lambda X: X - X.mean(axis=0, keepdims=True),),
        (lambda X: (X.T - X.mean(axis=0)[:, None]).T,),
    ],
    c.brighten: [
        (lambda photo, amount: np.clip(photo.astype(float) + amount, 0, 255).astype(np.uint8),),
        (lambda photo, amount: np.uint8(np.minimum(255, np.maximum(0, np.int16(photo) + amount))),),
    ],
    c.distances: [
        (looped_distances,),
        (lambda A, B: np.linalg.norm(A[:, None] - B, axis=-1),),
    ],
}
WRONG = {
    c.arrays_by_hand: [
        (BY_HAND | {"picked": 6},),
        (BY_HAND | {"wrapped": 260},),
        (BY_HAND | {"masked": 2},),
        (BY_HAND | {"size": 7},),
    ],
    c.gray: [
        (lambda photo: photo.mean(axis=2),),
        (lambda photo: photo @ WEIGHTS[::-1],),
        (lambda photo: photo * WEIGHTS,),
        (lambda photo: (photo @ WEIGHTS)[..., None],),
    ],
    c.center: [
        (lambda X: X - X.mean(axis=1),),
        (lambda X: X - X.mean(axis=1, keepdims=True),),
        (lambda X: X - X.mean(),),
    ],
    c.brighten: [
        (lambda photo, amount: photo + np.uint8(amount % 256),),
        (lambda photo, amount: np.clip(photo + np.uint8(amount % 256), 0, 255),),  # too late
        (lambda photo, amount: np.clip(photo.astype(int) + amount, 0, 255),),  # another dtype
        (lambda photo, amount: np.minimum(photo.astype(int) + amount, 255).astype(np.uint8),),
    ],
    c.distances: [
        (lambda A, B: ((A[:, None] - B) ** 2).sum(axis=2),),  # no root
        (lambda A, B: looped_distances(B, A),),
        (lambda A, B: np.abs(A[:, None] - B).sum(axis=2),),
    ],
}
PREDICTIONS = {c.arrays_by_hand}
