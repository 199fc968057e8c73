"""Answers to the exercises on NumPy arrays."""

import numpy as np
import torch

from d2lhelpers.checks.preliminaries import arrays as c

module = c


def looped_distances(A, B):
    result = np.zeros((len(A), len(B)))
    for i, a in enumerate(A):
        for j, b in enumerate(B):
            result[i, j] = np.sqrt(((a - b) ** 2).sum())
    return result


def expanded(A, B):
    squared = (A**2).sum(axis=1)[:, None] + (B**2).sum(axis=1) - 2 * A @ B.T
    return np.sqrt(np.maximum(squared, 0))


def looped_gray(photo):
    gray = np.zeros(photo.shape[:2])
    y = 0
    while y < len(gray):
        gray[y] = photo[y] @ WEIGHTS
        y += 1
    return gray


def by_channels(photo):
    red, green, blue = photo[..., 0], photo[..., 1], photo[..., 2]
    return 0.299 * red + 0.587 * green + 0.114 * blue


WEIGHTS = np.array([0.299, 0.587, 0.114])
BY_HAND = {"picked": 8, "masked": 15, "size": 12, "darkens from": 156, "additions": 64}

RIGHT = {
    c.arrays_by_hand: [(BY_HAND,)],
    c.gray: [
        (lambda photo: (photo * WEIGHTS).sum(axis=2),),
        (lambda photo: np.einsum("hwc,c->hw", photo, WEIGHTS),),
        (lambda photo: np.float32(photo) @ np.float32(WEIGHTS),),
        (by_channels,),
        (lambda photo: np.average(photo, axis=2, weights=WEIGHTS),),
        (lambda photo: np.tensordot(photo, WEIGHTS, axes=1).tolist(),),
        (lambda photo: (torch.from_numpy(photo) * torch.tensor(WEIGHTS)).sum(2),),
    ],
    c.center: [
        (lambda X: X - X.mean(axis=0, keepdims=True),),
        (lambda X: (X.T - X.mean(axis=0)[:, None]).T,),
        (lambda X: [[x - m for x, m in zip(row, X.mean(axis=0))] for row in X],),
        (lambda X: torch.tensor(X) - torch.tensor(X).mean(0),),
    ],
    c.brighten: [
        (lambda photo, amount: np.clip(photo.astype(float) + amount, 0, 255).astype(np.uint8),),
        (lambda photo, amount: np.uint8(np.minimum(255, np.maximum(0, np.int16(photo) + amount))),),
    ],
    c.distances: [
        (looped_distances,),
        (lambda A, B: torch.cdist(torch.tensor(A), torch.tensor(B)),),
        (lambda A, B: looped_distances(A, B).tolist(),),
        (lambda A, B: np.linalg.norm(A[:, None] - B, axis=-1),),
        (expanded,),
    ],
}
WRONG = {
    c.arrays_by_hand: [
        (BY_HAND | {"picked": 6},),
        (BY_HAND | {"masked": 2},),
        (BY_HAND | {"size": 7},),
        (BY_HAND | {"darkens from": 155},),  # 255, no darker
        (BY_HAND | {"additions": 256},),
    ],
    c.gray: [
        (lambda photo: photo.mean(axis=2),),
        (lambda photo: photo @ WEIGHTS[::-1],),
        (lambda photo: photo * WEIGHTS,),
        (lambda photo: (photo @ WEIGHTS)[..., None],),
        (lambda photo: (photo @ WEIGHTS).astype(np.uint8),),  # no decimals
        (lambda photo: sum(w * photo[..., i] for i, w in enumerate(WEIGHTS)),),
        (lambda photo: [[pixel @ WEIGHTS for pixel in row] for row in photo],),
        (lambda photo: np.apply_along_axis(lambda pixel: pixel @ WEIGHTS, 2, photo),),
        (looped_gray,),
        (lambda photo: looped_gray(photo),),
        (lambda photo: (photo @ WEIGHTS).T,),  # right for a square
    ],
    c.center: [
        (lambda X: X - X.mean(axis=1),),
        (lambda X: X - X.mean(axis=1, keepdims=True),),
        (lambda X: X - X.mean(),),
        (lambda X: X - np.median(X, axis=0),),  # right for two rows
        (lambda X: (X - X.mean(axis=0)) / X.std(axis=0),),
    ],
    c.brighten: [
        (lambda photo, amount: photo + np.uint8(amount % 256),),
        (lambda photo, amount: np.clip(photo + np.uint8(amount % 256), 0, 255),),  # too late
        (lambda photo, amount: np.clip(photo.astype(int) + amount, 0, 255),),  # another dtype
        (lambda photo, amount: np.minimum(photo.astype(int) + amount, 255).astype(np.uint8),),
        (lambda photo, amount: np.clip(np.int8(photo) + amount, 0, 255).astype(np.uint8),),
        (lambda photo, amount: np.clip(photo.astype(int) + amount % 256, 0, 255).astype("uint8"),),
        (lambda photo, amount: np.clip(photo.astype(int) + amount, 0, 255).tolist(),),
        (lambda photo, amount: np.clip(photo.astype(int) + amount, 0, 255).astype(np.int16),),
    ],
    c.distances: [
        (lambda A, B: ((A[:, None] - B) ** 2).sum(axis=2),),  # no root
        (lambda A, B: looped_distances(B, A),),
        (lambda A, B: np.abs(A[:, None] - B).sum(axis=2),),
        (lambda A, B: np.linalg.norm(A - B, axis=1) if A.shape == B.shape else A @ B.T,),
        (lambda A, B: np.linalg.norm(A[:, None] - B, axis=1),),  # over the points
        (lambda A, B: np.linalg.norm((A[:, None] - B)[..., :2], axis=2),),  # right in the plane
    ],
}
PREDICTIONS = {c.arrays_by_hand}
TYPED = {c.brighten}
