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
        for where, block in X.passed(rows):
            gaps = _gaps(block)
            low = np.minimum(low, block.min(axis=0) if gaps is None else np.where(gaps, np.inf, block).min(axis=0))
            high = np.maximum(high, block.max(axis=0) if gaps is None else np.where(gaps, -np.inf, block).max(axis=0))
            if not (np.isfinite(low).all() and np.isfinite(high).all()):
                _refuse_endless(X, names, where, block)
            with np.errstate(over="ignore"):
                total += _sums(block, gaps)
            present += len(block) if gaps is None else (~gaps).sum(axis=0)
        return cls(low, high, total, present)


def _gaps(block: Array) -> Array | None:
    """Where numbers are missing; None where none is, as in most files: then nothing has to be copied."""
    if block.dtype.kind != "f" or not np.isnan(block.sum()):  # an endless number may make it one as well
        return None
    return np.isnan(block)


def _sums(block: Array, gaps: Array | None) -> Array:
    known = block if gaps is None else np.where(gaps, 0, block)
    sums: Array = known.sum(axis=0, dtype=np.float64)
    return sums


def _refuse_endless(X: Stored, names: Sequence[str], where: Array, block: Array) -> None:
    """Inputs are finite numbers; a column that has none so far is no matter."""
    endless = np.argwhere(np.isinf(block))
    if len(endless):
        i, j = endless[0]
        raise GlassnetError(not_finite(names[j], float(block[i, j]), int(X.index[where[i]]), np.dtype(float)))


def _spreads(X: Stored, rows: Array, held: Held, mean: Array) -> Array:
    """The standard deviations (d,), around means that are known: differences of large sums would lose their digits."""
    squares = np.zeros(X.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        for _, block in X.passed(rows):
            away = block - mean
            squares += _sums(np.square(away, out=away), _gaps(block))
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
