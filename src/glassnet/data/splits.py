"""Which rows train, which choose and which only judge: drawn once, from a seed of their own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of a data set, counted from 0: which rows train, which choose and which only judge."""

    train: Index
    validation: Index
    test: Index


def check_fraction(name: str, value: Any) -> float:
    """A share of rows, from 0 up to but not including 1."""
    try:
        fraction = float(value)
    except (TypeError, ValueError):
        fraction = math.nan
    if 0 <= fraction < 1:
        return fraction
    percent = f" For {fraction:g} % give {fraction / 100:g}." if 1 < fraction < 100 else ""
    raise GlassnetError(f"{name} is a share of the rows, from 0 to below 1, but {value!r} was given.{percent}")


def share(rows: int, fraction: float) -> int:
    """How many rows a fraction takes: rounded up, as scikit-learn does, so that a small share isn't empty."""
    whole = math.ceil(rows * fraction - 1e-9)  # 0.07 * 100 is 7.000000000000001
    return max(whole, 1) if fraction else 0


def stratified_counts(sizes: NDArray[np.intp], take: int) -> NDArray[np.intp]:
    """How many rows of each class to take, by the largest remainder; at least one row of each class stays.

    Every class gets its exact quota rounded down or up. Where classes of a single row leave no way to
    reach `take` like that, fewer rows are taken.
    """
    quota = sizes * (take / sizes.sum())
    counts = np.minimum(np.floor(quota + 1e-9).astype(np.intp), sizes - 1)
    for cls in np.argsort(counts - quota, kind="stable"):
        if counts.sum() >= take:
            break
        if counts[cls] < min(math.ceil(quota[cls] - 1e-9), sizes[cls] - 1):
            counts[cls] += 1
    return counts


def split(
    rows: Index, fraction: float, rng: np.random.Generator, codes: NDArray[Any] | None = None
) -> tuple[Index, Index]:
    """Divide `rows` into those that stay and those that are taken, each in ascending order.

    `codes` (class codes of these very rows) makes it stratified: every class keeps its share within one row.
    """
    if fraction == 0:
        return rows, rows[:0]
    take = share(len(rows), fraction)
    order = rng.permutation(len(rows))
    taken = np.zeros(len(rows), dtype=bool)
    if codes is None:
        taken[order[:take]] = True
    else:
        found, code = np.unique(codes, return_inverse=True)
        counts = stratified_counts(np.bincount(code, minlength=len(found)), take)
        for cls, count in enumerate(counts):
            taken[order[code[order] == cls][:count]] = True
    return rows[~taken], rows[taken]
