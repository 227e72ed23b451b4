"""Slopes from the formula alone: the outside truth that every derivative a student writes is held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cases import Refused

Array = NDArray[Any]

STEP = 1e-5
RULE = "(f(x + h) - f(x - h)) / 2h with h = 1e-5"


@dataclass(frozen=True)
class Slopes:
    """Central differences at every element, how far they can be trusted, and where there is a kink."""

    central: Array
    tolerance: Array
    kink: Array

    def disagreement(self, found: Array, x: Array) -> tuple[int, ...] | None:
        """Where `found` is too far from the differences, kinks left out; None where it is nowhere.

        Of the worst points it is the one nearest to 0, where a person can follow the formula by hand.
        """
        found = np.asarray(found, dtype=float)
        excess = np.abs(found - self.central) / self.tolerance
        excess[np.isnan(excess)] = np.inf  # a NaN disagrees with every number
        excess[self.kink] = 0
        if excess.max() <= 1:
            return None
        candidates = np.where(excess >= min(excess.max() / 2, np.finfo(float).max), np.abs(x), np.inf)
        index = np.unravel_index(int(candidates.argmin()), candidates.shape)
        return tuple(int(i) for i in index)

    def require_points(self, what: str) -> None:
        """Refuse a formula that is all kinks: its slope could be anything."""
        kept = int((~self.kink).sum())
        if 2 * kept < self.kink.size:
            raise Refused(
                f"{what} has a kink or a jump at {self.kink.size - kept} of {self.kink.size} points, so that its "
                "slope can't be held against differences: the slopes from the left and from the right disagree"
            )


def own_slopes(function: Callable[[Array], Array], x: Array) -> Slopes:
    """The slope of each result with respect to its own input: d f(x)[i, j] / d x[i, j].

    `function` takes (n, k) and returns (n, k), or (n,): then it is the slope of row i's number.
    """
    columns = [_along(function, x, _unit(x, j)) for j in range(x.shape[1])]
    picked = [
        [part[:, j] if part.ndim == 2 else part for part in (slopes.central, slopes.tolerance, slopes.kink)]
        for j, slopes in enumerate(columns)
    ]
    return Slopes(*(np.stack(parts, axis=1) for parts in zip(*picked, strict=True)))


def slopes_of_sum(function: Callable[[Array], Array], x: Array, upstream: Array) -> Slopes:
    """The slope of sum(upstream * f(x)) with respect to each element of x, the way back of `upstream`.

    One element moves at a time, so that rows that mix are seen too.
    """
    parts = []
    for index in np.ndindex(x.shape):
        direction = np.zeros_like(x)
        direction[index] = 1
        moved = _along(function, x, direction)
        trust = float((np.abs(upstream) * moved.tolerance).sum())
        parts.append((float((upstream * moved.central).sum()), trust, bool((moved.kink & (upstream != 0)).any())))
    return Slopes(*(np.array(part).reshape(x.shape) for part in zip(*parts, strict=True)))


def _along(function: Callable[[Array], Array], x: Array, direction: Array) -> Slopes:
    """Differences of every result while x moves along one direction."""
    here = np.asarray(function(x.copy()), dtype=float)
    above = np.asarray(function(x + STEP * direction), dtype=float)
    below = np.asarray(function(x - STEP * direction), dtype=float)
    right, left = (above - here) / STEP, (here - below) / STEP
    central = (above - below) / (2 * STEP)
    size = np.maximum(np.abs(right), np.abs(left))
    rounding = 20 * np.finfo(float).eps * np.abs(here) / STEP
    tolerance = 1e-6 + 1e-5 * np.abs(central) + rounding
    return Slopes(central, tolerance, np.abs(right - left) > 2e-3 * np.maximum(1, size) + rounding)


def _unit(x: Array, column: int) -> Array:
    direction = np.zeros_like(x)
    direction[:, column] = 1
    return direction
