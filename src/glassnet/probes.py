"""What an activation or a loss does, found out by trying it: a part says nothing of itself but its formula.

It is asked with few numbers, once for each network; a guest's formula that can't be asked so counts as unknown.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from .kinds import Activation
from .slopes import Array, central_slope

#: The lowest and the highest number that something can be.
Reach = tuple[float, float]
EVERYWHERE: Reach = (-math.inf, math.inf)

#: A slope of at most this share of the steepest is flat: next to nothing is learned there.
FLAT = 0.05
STEEPEST_WITHIN = 3.0  # where scores of a healthy layer lie
_SAME = 1e-6  # outputs that are nearer to each other have stopped moving


def mixes_columns(activation: Activation, width: int = 2) -> bool:
    """Whether a unit's output depends on its neighbours' scores, as in softmax."""
    z = np.linspace(-2.0, 2.0, 4 * width).reshape(4, width)
    other = z.copy()
    other[:, 1:] += 0.5
    with np.errstate(all="ignore"):
        return not np.allclose(activation.f(z)[:, 0], activation.f(other)[:, 0])


def minds_company(function: Callable[..., Array], *tables: Array, given: Array | None = None) -> str:
    """How other rows change what a function makes of these, by a bit at least; empty where they do not.

    Networks that are trained side by side hand over their rows as one table, and each has to come to what it would
    come to alone: also beside one that has left the finite numbers. `tables` have as many rows, (n, width) each, and
    so have the `given` targets, which are always finite.
    """
    drawn = np.random.default_rng(0).integers(0, len(tables[0]), 2 * len(tables[0]) + 3)
    lost = [np.full_like(table[:3], np.nan) for table in tables]
    more = [] if given is None else [given]
    companies = {
        "other rows": [np.concatenate([table[drawn], table]) for table in [*tables, *more]],
        "rows that are not finite": [
            np.concatenate(both) for both in [*zip(lost, tables, strict=True), *((one[:3], one) for one in more)]
        ],
    }
    with np.errstate(all="ignore"):
        alone = np.asarray(function(*(table.copy() for table in [*tables, *more])))
        for words, company in companies.items():
            try:
                found = np.asarray(function(*company))
            except ValueError:  # it says in words what it can't be given, and that ends the company
                continue
            if not found.flags.c_contiguous:
                return "its numbers do not lie row by row in memory (np.ascontiguousarray puts them so)"
            if found[-len(alone) :].tobytes() != alone.tobytes():
                return f"{words} beside a row change its numbers"
    return ""


def first_slope(activation: Activation, z: Array) -> Array:
    """The slope of the first output with respect to the first score, (n,), for scores (n, width).

    It is the part's own, or that of differences where it gives none.
    """
    first = np.zeros_like(z)
    first[:, 0] = 1
    a = activation.f(z.copy())
    if activation.df is not None:
        slope = activation.df(z.copy(), a.copy())
    elif activation.vjp is not None:
        slope = activation.vjp(z.copy(), a.copy(), first)
    else:
        slope = central_slope(activation.f, z, first, 1e-6)
    return np.asarray(slope, dtype=float)[:, 0]


def steepest(activation: Activation, slope: Callable[[Array, Array], Array], columns: int = 1) -> float:
    """The largest size of slope(z, f(z)) for scores from -3 to 3, in all columns alike."""
    z = np.linspace(-STEEPEST_WITHIN, STEEPEST_WITHIN, 601)[:, None] * np.ones(columns)
    with np.errstate(all="ignore"):
        steep = np.abs(np.asarray(slope(z, activation.f(z)), float))
    return float(steep[np.isfinite(steep)].max(initial=0.0))


def flat_share(slope: Array, steep: float) -> float:
    """The share of these slopes that are flat beside the steepest."""
    return float(np.mean(np.abs(slope) <= FLAT * steep))


def saturates(activation: Activation) -> bool:
    """Whether the output hardly moves any more at large scores."""
    a = activation.f(np.array([[30.0, 0.0], [40.0, 0.0]]))
    return bool(abs(a[1, 0] - a[0, 0]) < _SAME)


def is_bounded(activation: Activation) -> bool:
    """Whether it is flat at both ends, as sigmoid and tanh are."""
    if activation.vjp is not None:  # columns mix: no ends to speak of
        return False
    z = np.array([[-40.0], [-30.0], [30.0], [40.0]])
    try:
        with np.errstate(all="ignore"):
            a = np.asarray(activation.f(z))[:, 0]
    except Exception:  # a guest's formula may want columns that come in pairs
        return False
    return bool(abs(a[1] - a[0]) < _SAME and abs(a[3] - a[2]) < _SAME and abs(a[3] - a[0]) > _SAME)


def _few(width: int) -> int:
    """As many columns as show what so many do: one is a case of its own, and a formula may want them in pairs."""
    return min(width, 2 + width % 2)


def is_flat(activation: Activation, width: int = 2) -> bool:
    """Whether its slope is 0 wherever it is looked at, as that of step: no error finds its way back through it.

    False where it can't be asked.
    """
    sizes = np.repeat([0.01, 0.1, 1.0, 3.0, 30.0], 20)[:, None]
    z = sizes * np.random.default_rng(0).standard_normal((100, _few(width)))
    try:
        with np.errstate(all="ignore"):
            slope = first_slope(activation, z)
    except Exception:
        return False
    return bool(np.isfinite(slope).any() and not slope[np.isfinite(slope)].any())


def output_range(activation: Activation, width: int = 2) -> Reach:
    """The lowest and the highest output, within a grid's accuracy; infinite where outputs go on growing.

    Scores go from -10,000 to 10,000; where columns mix, the neighbours' scores stay 0. (-inf, inf) where it can't be
    asked.
    """
    far = np.geomspace(10, 1e4, 400)
    z = np.concatenate([-far[::-1], np.linspace(-10, 10, 2001), far])
    scores = np.zeros((len(z), _few(width)))
    scores[:, 0] = z
    try:
        with np.errstate(all="ignore"):
            a = np.asarray(activation.f(scores), dtype=float)[:, 0]
    except Exception:
        return EVERYWHERE
    near, a = a[np.isfinite(a) & (np.abs(z) <= 1e3)], a[np.isfinite(a)]
    if not near.size:
        return EVERYWHERE
    growth = 0.01 * float(near.max() - near.min())  # from 1,000 to 10,000; even a logarithm grows by more
    low = -math.inf if a.min() < near.min() - growth else float(a.min())
    high = math.inf if a.max() > near.max() + growth else float(a.max())
    return low, high
