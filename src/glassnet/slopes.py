"""Slopes from a formula alone, by moving its input a little: the truth that every derivative is held against.

Where the slopes from the left and from the right disagree there is a kink, which has no slope. Many numbers at once
are held against differences of one width; a single one, in float64 and to more digits, against those of two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

    def trouble(self, what: str) -> str:
        """Why a formula that is nearly all kinks proves nothing: its slope could be anything. Empty if it is not."""
        kept = int((~self.kink).sum())
        if 2 * kept >= self.kink.size:
            return ""
        return (
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
    """Differences of every result while x moves along one direction.

    Two widths say how far they can be trusted: where the slope itself bends in a corner, as that of z / (c + |z|) at
    0, the error shrinks only as the width, and is twice what the halved width changes.
    """
    here = np.asarray(function(x.copy()), dtype=float)
    above, below = (np.asarray(function(x + step * direction), dtype=float) for step in (STEP, -STEP))
    right, left = (above - here) / STEP, (here - below) / STEP
    central = (above - below) / (2 * STEP)
    half = central_slope(function, x, direction, STEP / 2)
    size = np.maximum(np.abs(right), np.abs(left))
    rounding = 20 * np.finfo(float).eps * np.abs(here) / STEP
    apart = np.abs(central - half)
    tolerance = 1e-6 + 1e-5 * np.abs(central) + rounding + 3 * apart
    rough = apart > 0.1 * np.maximum(1, size) + rounding  # too narrow a corner for such a width
    return Slopes(central, tolerance, rough | (np.abs(right - left) > 2e-3 * np.maximum(1, size) + rounding))


def central_slope(function: Callable[[Array], Array], x: Array, direction: Array, step: float = STEP) -> Array:
    """(f(x + step direction) - f(x - step direction)) / 2 step, of the shape of f(x)."""
    above, below = (np.asarray(function(x + by * direction), dtype=float) for by in (step, -step))
    return np.asarray((above - below) / (2 * step))


def _unit(x: Array, column: int) -> Array:
    direction = np.zeros_like(x)
    direction[:, column] = 1
    return direction


# --- one number, in two widths -------------------------------------------------------------------------------

CLOSER = 16  # times, where a kink may lie within a step
ROUNDING = 20 * CLOSER * np.finfo(float).eps  # of a result about 1; divided by the step it is that of a slope


@dataclass(frozen=True)
class _Difference:
    """The slope across a point, and how far those from its two sides are apart."""

    central: float
    jump: float


def slope_across(moved: Callable[[float], Array], here: Array, share: Array, h: float, least: float) -> float | None:
    """The slope of share @ moved(by) at by = 0, where it is `here`, from steps of about h; None on a kink.

    Slopes below `least` are rounding: where results are about 1 that is `ROUNDING` / h.
    """

    def across(h: float) -> _Difference:
        # row by row first: rows that do not move cancel exactly
        left, right = float(share @ (here - moved(-h))) / h, float(share @ (moved(h) - here)) / h
        return _Difference((left + right) / 2, abs(right - left))

    wide, half = across(h), across(h / 2)
    together = (4 * half.central - wide.central) / 3  # the error of h^2 cancels
    noise = least * max(1.0, abs(together))
    if wide.jump <= noise and abs(wide.central - half.central) <= noise:
        return together
    close, closer = across(h / CLOSER), across(h / (2 * CLOSER))
    if close.jump > 0.08 * wide.jump and close.jump > noise:  # where all is smooth it has shrunk to a sixteenth
        return None
    if abs(wide.central - half.central) <= 1e-8 * abs(together) + noise:
        return together
    # A kink between wide and half, of which small steps see nothing; or one of the second slope, as at the end of
    # a parabola that goes on straight, where the error shrinks as the step itself.
    return 2 * closer.central - close.central
