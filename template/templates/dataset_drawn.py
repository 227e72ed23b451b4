"""A data set for glassnet. This module is the plugin: it is all that glassnet imports of the package.

A data set gives rows to learn from: X (n rows, d inputs) and y (n,). These are drawn from a formula, so that their
truth is known; chance comes only from the generator `rng` that is handed in. Put your own rows in the place of these;
`make check` says whether they are in order.
"""

from typing import Annotated

import numpy as np
from glassnet import Dataset, Range, hookimpl


def {{ part }}(
    *,
    size: Annotated[int, Range(20, 10_000_000)] = 1000,
    squares: Annotated[int, Range(2, 100)] = 4,
    flipped: Annotated[float, Range(0, 0.5)] = 0.0,
    rng: np.random.Generator,
) -> Dataset:
    """A chessboard: neighbouring squares belong to different classes, which no line can tell apart.

    class = (column + row) mod 2, where column and row count the square of a point from the lower left corner

    X (size, 2): where a point lies, from 0 to 1 along each side. y (size,): dark (code 0) or light (code 1).

    Options:
        size: number of points
        squares: squares along each side; 2 is the XOR problem
        flipped: share of points, drawn at random, that say the other class; no network can know them

    Source: the parity problem of Minsky and Papert (1969), Perceptrons, laid out in the plane.
    """
    X = rng.random((size, 2))
    light = np.floor(squares * X).sum(axis=1) % 2 == 1
    light ^= rng.random(size) < flipped
    return Dataset(
        X=X,
        y=light.astype(int),
        task="binary",
        feature_names=("x", "y"),
        classes=("dark", "light"),
        source="drawn from its formula",
        licence="CC0 1.0",
    )


@hookimpl
def datasets() -> list:
    """Every data set of this package: write a second one above and add its name here."""
    return [{{ part }}]
