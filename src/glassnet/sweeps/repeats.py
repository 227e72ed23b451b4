"""One setting trained again and again: its mean score, how much it moves, and how sure the mean is.

Scores of folds are not independent: the training rows of any two overlap. Taken as if they were, their interval would
be too narrow, so its variance is corrected for the overlap (Nadeau and Bengio 2003).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from .cells import Outcome

Key = tuple[int, int]  # seed, fold


@dataclass(frozen=True)
class Repeated:
    """A number over trainings: `values` by (seed, fold), their mean, standard deviation and 95 % interval of the mean.

    `spread`, `low` and `high` are NaN where there is one alone. With folds the interval is for the luck of the rows and
    of the seeds; with seeds alone it is for theirs, on the very same rows.
    """

    values: Mapping[Key, float]
    mean: float
    spread: float
    low: float
    high: float


def repeated(values: Mapping[Key, float], folds: int, bounds: tuple[float, float] | None = None) -> Repeated:
    """With folds mean +- t s sqrt(1/n + 1/(folds - 1)) of the n fold means, else mean +- t s / sqrt(n) of n seeds.

    An interval ends at the `bounds` of what the number can be.
    """
    nan = float("nan")
    if not values:
        return Repeated({}, nan, nan, nan, nan)
    every = np.array(list(values.values()))
    units = _by_fold(values) if folds else every
    n, mean = len(units), float(every.mean())
    spread = float(every.std(ddof=1)) if len(every) > 1 else nan
    if n < 2:
        return Repeated(values, mean, spread, nan, nan)
    from scipy.special import stdtrit

    away = stdtrit(n - 1, 0.975) * units.std(ddof=1) * np.sqrt(1 / n + (1 / (folds - 1) if folds else 0))
    low, high = bounds or (-np.inf, np.inf)
    centre = float(units.mean())
    return Repeated(values, mean, spread, max(low, centre - float(away)), min(high, centre + float(away)))


def _by_fold(values: Mapping[Key, float]) -> np.ndarray:
    """The mean over the seeds of each fold: trainings on the same rows share the luck of the rows."""
    folds = sorted({fold for _, fold in values})
    return np.array([np.mean([value for (_, fold), value in values.items() if fold == one]) for one in folds])


@dataclass(frozen=True)
class Repeats:
    """What the repeated trainings of one setting came to, by metric: the network, the straight line, and the first
    less the second in pairs of the same rows. The two latter are empty where no line was fitted."""

    scores: Mapping[str, Repeated]
    line: Mapping[str, Repeated]
    differences: Mapping[str, Repeated]
    failed: int
    reason: str


Bounds = Callable[[str], tuple[float, float] | None]


def repeats_of(outcomes: Iterable[Outcome], folds: int, bounds: Bounds = lambda name: None) -> Repeats:
    """The outcomes of one setting together; those that failed are counted apart. `bounds` are those of a metric."""
    every = sorted(outcomes, key=lambda one: (one.cell.seed, one.cell.fold))
    done = {(one.cell.seed, one.cell.fold): one for one in every if not one.failed}
    failed = [one for one in every if one.failed]
    names = [name for name in next(iter(done.values())).scores if name != "loss"] if done else []
    both = {key: one for key, one in done.items() if names and set(names) <= set(one.line)}
    scores, line, differences = {}, {}, {}
    for name in names:
        scores[name] = repeated({key: one.scores[name] for key, one in done.items()}, folds, bounds(name))
        if both:
            line[name] = repeated({key: one.line[name] for key, one in both.items()}, folds, bounds(name))
            apart = {key: one.scores[name] - one.line[name] for key, one in both.items()}
            differences[name] = repeated(apart, folds)
    return Repeats(scores, line, differences, len(failed), failed[0].failed if failed else "")
