"""Answers to the exercises on plots, images and tables."""

import numpy as np
import pandas as pd
import torch

from d2lhelpers.checks.preliminaries import pictures as c

module = c


def by_block(images, columns):
    missing = -len(images) % columns
    padded = [*images, *np.zeros((missing, *images.shape[1:]))]
    return np.block([padded[i : i + columns] for i in range(0, len(padded), columns)])


def sheet(images, columns):
    n, height, width = images.shape
    rows = -(-n // columns)
    padded = np.concatenate([images, np.zeros((rows * columns - n, height, width))])
    grid = padded.reshape(rows, columns, height, width)
    return grid.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)


PICTURES = {"row": 2, "column": 1, "brightest": 0, "numbers": 1800, "axis from": 0.9}

RIGHT = {
    c.pictures_by_hand: [(PICTURES,)],
    c.to_uint8: [
        (lambda image: np.uint8(np.clip(image, 0, 1) * 255 + 0.5),),
        (lambda image: np.rint(255 * np.clip(image, 0, 1)).astype("uint8"),),
        (lambda image: (255 * torch.from_numpy(image)).clamp(0, 255).round().byte(),),
    ],
    c.one_hot: [
        (lambda column, zones: torch.tensor(column.to_numpy()[:, None] == np.array(zones)),),
        (
            lambda column, zones: torch.tensor(
                pd.get_dummies(pd.Categorical(column, zones), dtype=float).to_numpy()
            ),
        ),
        (
            lambda column, zones: torch.tensor(
                pd.get_dummies(column, dtype=float).reindex(columns=zones, fill_value=0).to_numpy()
            ),
        ),
    ],
    c.contact_sheet: [
        (sheet,),
        (lambda images, columns: torch.tensor(sheet(images, columns)),),
        (lambda images, columns: sheet(images, columns).astype(np.float32).tolist(),),
        (by_block,),
    ],
}
WRONG = {
    c.pictures_by_hand: [
        (PICTURES | {"row": 1, "column": 4},),
        (PICTURES | {"brightest": 229},),
        (PICTURES | {"numbers": 600},),
        (PICTURES | {"axis from": 0.55},),
    ],
    c.to_uint8: [
        (lambda image: np.uint8(np.clip(image, 0, 1) * 255),),  # cut, not rounded
        (lambda image: np.clip(image, 0, 1).astype(np.uint8),),
        (lambda image: np.rint(255 * image).astype(np.int64).astype(np.uint8),),  # wraps around
        (lambda image: np.rint(255 * np.clip(image, 0, 1)),),  # still floats
        (
            lambda image: (
                np.rint(256 * np.clip(image, 0, 1)).astype(int).clip(0, 255).astype("uint8")
            ),
        ),
        (lambda image: np.rint(255 * image / image.max()).astype(np.uint8),),
        (lambda image: np.rint(255 * np.clip(image, 0, 1)).astype(np.int64),),
    ],
    c.one_hot: [
        (lambda column, zones: torch.tensor(pd.get_dummies(column, dtype=float).to_numpy()),),
        (lambda column, zones: torch.tensor([zones.index(value) for value in column]),),
        (lambda column, zones: torch.eye(len(zones))[: len(column)],),
        (lambda column, zones: torch.eye(len(zones))[pd.factorize(column, sort=True)[0]],),
        (
            lambda column, zones: torch.tensor(
                column.to_numpy()[:, None] == np.array(sorted(zones))
            ),
        ),
    ],
    c.contact_sheet: [
        (lambda images, columns: np.concatenate(list(images), axis=1),),
        (lambda images, columns: images.reshape(-1, columns * images.shape[2]),),
        (lambda images, columns: sheet(images[: len(images) // columns * columns], columns),),
        (lambda images, columns: sheet(images, -(-len(images) // columns)),),  # rows for columns
        (lambda images, columns: sheet(images.transpose(0, 2, 1), columns),),  # right for squares
        (lambda images, columns: np.where((s := sheet(images, columns)) == 0, 1, s),),
    ],
}
PREDICTIONS = {c.pictures_by_hand}
TYPED = {c.to_uint8}
