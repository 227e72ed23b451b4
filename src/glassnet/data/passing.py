"""What the columns of rows in a file hold, in two passes over it: least and largest number, gaps, mean and spread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError
from .columns import Column, not_finite, shift_and_scale
from .stored import Stored

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Held:
    """Of each column (d,): the least and the largest number, their sum, and how many there are, gaps aside."""

    low: Array
    high: Array
    total: Array
    present: Array

    @classmethod
    def of(cls, X: Stored, names: Sequence[str], rows: Array | None = None) -> Held:
        """Found in one pass over these rows (all by default); raises `GlassnetError` for a number without end."""
        d = X.shape[1]
        low, high, total, present = np.full(d, np.inf), np.full(d, -np.inf), np.zeros(d), np.zeros(d, int)
        for numbers, gaps, where in _blocks(X, rows):
            if np.isinf(numbers).any():
                i, j = np.argwhere(np.isinf(numbers))[0]
                raise GlassnetError(not_finite(names[j], numbers[i, j], int(X.index[where[i]]), np.dtype(float)))
            low = np.minimum(low, np.where(gaps, np.inf, numbers).min(axis=0))
            high = np.maximum(high, np.where(gaps, -np.inf, numbers).max(axis=0))
            with np.errstate(over="ignore"):
                total = total + np.where(gaps, 0.0, numbers).sum(axis=0)
            present = present + (~gaps).sum(axis=0)
        return cls(low, high, total, present)


def _blocks(X: Stored, rows: Array | None) -> Iterator[tuple[Array, Array, Array]]:
    """(numbers in float64, where they are gaps, the numbers of the rows), a few rows at a time."""
    for where, block in X.passed(rows):
        numbers = block.astype(np.float64, copy=False)
        yield numbers, np.isnan(numbers), where


def _spreads(X: Stored, rows: Array, held: Held, mean: Array) -> Array:
    """The standard deviations (d,), around means that are known: differences of large sums would lose their digits."""
    squares = np.zeros(X.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        for numbers, gaps, _ in _blocks(X, rows):
            squares += np.where(gaps, 0.0, (numbers - mean) ** 2).sum(axis=0)
        spread: Array = np.sqrt(squares / np.maximum(held.present, 1))
    return spread


def fit_stored(X: Stored, rows: Array, names: Sequence[str], way: str) -> Iterator[Column]:
    """Learn each column of numbers from the training rows, as `fit_column` does of rows in memory."""
    held = Held.of(X, names, rows)
    mean = held.total / np.maximum(held.present, 1)
    spread = _spreads(X, rows, held, mean) if way == "standard" else np.zeros(len(names))
    of_each = zip(names, *(one.tolist() for one in (held.present, held.low, held.high, mean, spread)), strict=True)
    for name, present, low, high, middle, width in of_each:
        if not present:
            yield Column(name, "dropped", why=f"Column {name!r} was dropped: it is empty in the training rows")
            continue
        shift, scale = shift_and_scale(name, low, high, middle, width, way)
        yield Column(name, "number", middle, shift, scale, gaps=present < len(rows))
