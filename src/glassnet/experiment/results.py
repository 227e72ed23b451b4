"""What a training came to: scores of each split, beside a baseline and with an interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Rows, Targets
from ..kinds import Metric
from ..streams import Stream, generator
from ..training import Scorer
from ..training.scoring import class_codes

Array = NDArray[Any]

RESAMPLES = 200
Interval = tuple[float, float]


def baseline(train: Rows, test: Rows, targets: Targets, scorer: Scorer) -> dict[str, float]:
    """The metrics of a guess that never looks at the inputs: the most frequent class, or the mean.

    It is taken from the training rows and scored on the test rows. Metrics that see scores are given the
    frequencies of the classes.
    """
    constant = np.repeat(_mean_target(train), len(test), axis=0)
    guesses = {
        "numbers": lambda: targets.numbers(constant),
        "scores": lambda: constant,
        "labels": lambda: _most_frequent(constant, targets),
    }
    return {name: scorer.judge(name, guesses[metric.sees](), test) for name, metric in scorer.metrics.items()}


def _mean_target(rows: Rows) -> Array:
    mean: Array = np.average(rows.t, axis=0, keepdims=True).astype(rows.t.dtype)
    return mean


def _most_frequent(frequencies: Array, targets: Targets) -> Array:
    if targets.task == "multilabel":
        return (frequencies >= 0.5).astype(np.intp)
    if frequencies.shape[1] == 1:
        return (frequencies[:, 0] >= 0.5).astype(np.intp)
    return frequencies.argmax(axis=1)


def intervals(y: Array, rows: Rows, scorer: Scorer, split_seed: int) -> dict[str, Interval]:
    """A 95 % interval for each metric of the rows, for the luck of having drawn just these.

    Accuracy gets Wilson's interval, which stays sensible near 0 and 1 (Wilson 1927); the others the
    percentiles of 200 bootstrap samples. Samples of rows that are all judged alike can't vary: see `unseen`.
    """
    return {
        name: wilson(scorer(y, rows)[name], len(rows))
        if name == "accuracy"
        else _bootstrap(name, metric, y, rows, scorer, split_seed)
        for name, metric in scorer.metrics.items()
    }


def wilson(share: float, n: int, z: float = 1.959963984540054) -> Interval:
    """Wilson's score interval of a share of n independent rows; z is the normal quantile (1.96 for 95 %)."""
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def _bootstrap(name: str, metric: Metric, y: Array, rows: Rows, scorer: Scorer, seed: int) -> Interval:
    alone = Scorer({name: metric}, scorer.targets, scorer.loss)
    rng = generator(seed, Stream.BOOTSTRAP)
    values = [alone(y[drawn], resampled(rows, drawn))[name] for drawn in _draws(rng, len(rows))]
    values = [value for value in values if np.isfinite(value)]  # a sample may hold one class only
    low, high = np.quantile(values, [0.025, 0.975]) if values else (float("nan"), float("nan"))
    if low < high:
        return float(low), float(high)
    return unseen(alone(y, rows)[name], metric.bounds, rarest(y, rows, scorer))


def unseen(value: float, bounds: Interval | None, rows: int) -> Interval:
    """The interval of a score that no resampling of its rows moves, as far as 95 % allow for rows not seen.

    None of `rows` was judged otherwise. So, but for one time in forty, less than q = 1 - 0.025^(1 / rows) of all rows
    are (Clopper and Pearson 1934; about 3.7 / rows), and the score is at most q of its whole span away. A metric
    without `bounds` says nothing about rows not seen: nan.
    """
    if bounds is None or np.isnan(value):
        return float("nan"), float("nan")
    low, high = bounds
    away = (1 - 0.025 ** (1 / max(1, rows))) * (high - low)
    return max(low, value - away), min(high, value + away)


def rarest(y: Array, rows: Rows, scorer: Scorer) -> int:
    """How many rows the class has that has fewest among targets or answers: all that recall, or roc_auc, rests on."""
    if scorer.targets.task == "regression":
        return len(rows)
    answers = class_codes(y, scorer.targets, scorer.loss)
    columns = [column for codes in (answers, rows.target) for column in codes.reshape(len(rows), -1).T]
    return min(int(np.unique(column, return_counts=True)[1].min()) for column in columns)


def _draws(rng: np.random.Generator, n: int) -> Iterator[Array]:
    return (rng.integers(0, n, n) for _ in range(RESAMPLES))  # not all at once: of many rows they are large


def resampled(rows: Rows, drawn: Array) -> Rows:
    """A sample with replacement. Metrics look at targets alone, so the inputs are left where they are."""
    weight = None if rows.weight is None else rows.weight[drawn]
    return replace(rows, t=rows.t[drawn], target=rows.target[drawn], weight=weight, index=rows.index[drawn])
