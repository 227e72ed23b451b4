"""What a metric promises: nothing beats a perfect prediction, and weights mean what they say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import asked_for, raised_by_hand
from ..errors import GlassnetError, join
from ..kinds import Metric
from ..wording import exact, percent
from .cases import Call, Case, Refused, require_functions
from .running import Promise

Array = NDArray[Any]

_ROWS = 240


#: What is told of each of the targets below: the task, and how many classes or labels there are.
_TOLD: dict[str, tuple[str, int]] = {
    "one number": ("regression", 0),
    "two numbers": ("regression", 0),
    "two classes": ("binary", 2),
    "one output": ("binary", 2),
    "three classes": ("multiclass", 3),
    "three labels": ("multilabel", 3),
}


def _value(bag: Metric, words: str, prediction: Array, target: Array, weight: Array | None = None) -> float:
    """The metric of these rows, told what it asks for."""
    return bag.value(prediction, target, weight, **_context(bag, words))


def _context(bag: Metric, words: str) -> dict[str, Any]:
    task, classes = _TOLD[words]
    return asked_for(bag.value, task=task, classes=classes)


def _targets(bag: Metric) -> list[tuple[str, Array]]:
    """Targets as the metric sees them; what every one of its kind has to take comes first."""
    rng = np.random.default_rng(17)
    codes = rng.integers(0, 3, _ROWS)
    if bag.sees == "numbers":
        return [("one number", rng.gamma(4, 1, (_ROWS, 1))), ("two numbers", rng.gamma(4, 1, (_ROWS, 2)))]
    two, several = (codes > 0).astype(int), rng.integers(0, 2, (_ROWS, 3))
    if bag.sees == "labels":
        return [("two classes", two), ("three classes", codes), ("three labels", several)]
    return [("one output", two[:, None].astype(float)), ("three classes", np.eye(3)[codes])]


def _accepted(bag: Metric) -> list[tuple[str, Array]]:
    found: list[tuple[str, Array]] = []
    for words, target in _targets(bag):
        try:
            _value(bag, words, _spoilt(bag, target, 0.0), target.copy())
        except (ValueError, GlassnetError):
            if not found:
                raise
            continue
        found.append((words, target))
    return found


def _spoilt(bag: Metric, target: Array, share: float) -> Array:
    """A prediction of which that share of rows is wrong; 0 is perfect."""
    prediction = target.astype(float) if bag.sees == "numbers" else target.copy()
    rows = np.random.default_rng(19).permutation(len(target))[: int(share * len(target))]
    if bag.sees == "numbers":
        prediction[rows] *= np.where(np.arange(len(rows)) % 2, 1.7, 0.4)[:, None]  # still positive
    elif bag.sees == "labels" and target.ndim == 1:
        prediction[rows] = (prediction[rows] + 1) % (target.max() + 1)
    elif target.ndim == 2 and target.shape[1] > 1 and bag.sees == "scores":
        prediction[rows] = np.roll(prediction[rows], 1, axis=1)
    else:
        prediction[rows] = 1 - prediction[rows]
    if bag.sees == "scores":  # probabilities, a little unsure
        prediction = 0.98 * prediction + 0.01
    return prediction


def whole(case: Case, bag: Metric) -> None:
    """It has its function, and says what it sees and which way is better."""
    for name, value, possible in (
        ("better", bag.better, ("higher", "lower")),
        ("sees", bag.sees, ("labels", "scores", "numbers")),
    ):
        if value not in possible:
            raise Refused(f"{name} is {value!r}: expected one of {join(possible)}")
    require_functions(value=bag.value)


def calls(case: Case, bag: Metric) -> Iterator[Call]:
    """The value of a prediction with some wrong rows, with weights and without."""
    for words, target in _accepted(bag):
        for weight in (None, np.linspace(0.5, 1.5, _ROWS)):
            given = {"prediction": _spoilt(bag, target, 0.2), "target": target, "weight": weight}
            yield Call(
                f"value(prediction, target, weight) of {words}", partial(bag.value, **_context(bag, words)), given
            )


def direction(case: Case) -> str:
    """`better` decides which run wins: a perfect prediction has to score best, and a worse one worse."""
    bag: Metric = case.bag
    sign = 1 if bag.better == "higher" else -1
    best = math.nan
    for words, target in _accepted(bag):
        scores = []
        for share in (0.0, 0.1, 0.5):
            score = _value(bag, words, _spoilt(bag, target, share), target.copy())
            if not isinstance(score, float | int) or not math.isfinite(score):
                raise Refused(
                    f"for {words} with {percent(share)} of rows wrong it is {score!r}: expected a finite float"
                )
            scores.append(float(score))
        if not sign * scores[0] > sign * scores[1] > sign * scores[2]:
            raise Refused(
                f"for {words} a perfect prediction scores {exact(scores[0])}, "
                f"one with 10 % of rows wrong {exact(scores[1])}, "
                f"with 50 % {exact(scores[2])}: {bag.better} is better, so these should be "
                f"{'falling' if sign > 0 else 'rising'}"
            )
        best = scores[0] if math.isnan(best) else best
    return f"a perfect prediction scores {exact(best, 4)}"


def weights(case: Case) -> None:
    """A row of weight 2 counts as two rows, one of weight 0 as none, and without weights all count the same."""
    bag: Metric = case.bag
    weight = np.random.default_rng(23).integers(0, 4, _ROWS).astype(float)
    times = weight.astype(int)
    for words, target in _accepted(bag):
        prediction = _spoilt(bag, target, 0.3)
        value = partial(_value, bag, words)
        repeated = value(np.repeat(prediction, times, axis=0), np.repeat(target, times, axis=0))
        pairs = [
            ("weights of 0 to 3", value(prediction, target, weight), "the rows so often", repeated),
            ("weights of 1", value(prediction, target, np.ones(_ROWS)), "no weights", value(prediction, target)),
            ("weights three times as large", value(prediction, target, 3 * weight), "the weights", repeated),
        ]
        for one, found, other, expected in pairs:
            if not math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12):
                raise Refused(
                    f"for {words}, {one} give {exact(found)} and {other} {exact(expected)}: expected the same"
                )


def few_rows(case: Case) -> None:
    """Rows that judge may be few and hold one class only: it is a number then, or NaN where it is undefined.

    No number leaves `bounds`, where they are given.
    """
    bag: Metric = case.bag
    for words, target in _accepted(bag):
        first = np.unique(target, axis=0)[0]
        alike = target[(target == first).reshape(len(target), -1).all(axis=1)]
        for rows, some in (("all rows", target), ("rows of one class", alike), ("one row", target[:1])):
            try:
                score = _value(bag, words, _spoilt(bag, some, 0.5), some.copy())
            except ValueError as error:
                if raised_by_hand(error):  # its own word about rows that it can't judge
                    continue
                raise
            if not isinstance(score, float | int):
                raise Refused(f"for {rows} of {words} it is {score!r}: expected a float, NaN where it is undefined")
            low, high = bag.bounds or (-math.inf, math.inf)
            if score < low or score > high:
                raise Refused(f"for {rows} of {words} it is {exact(score)}, outside of its bounds {bag.bounds}")


PROMISES = (Promise(direction), Promise(weights), Promise(few_rows))
