"""What a metric promises: nothing beats a perfect prediction, and weights mean what they say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError, join
from ..kinds import Metric
from ..wording import exact, percent
from .cases import Call, Case, Refused, require_functions
from .running import Promise

Array = NDArray[Any]

_ROWS = 240


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
            bag.value(_spoilt(bag, target, 0.0), target.copy(), None)
        except (ValueError, GlassnetError):
            if not found:
                raise
            continue
        found.append((words, target))
    return found


def _spoilt(bag: Metric, target: Array, share: float) -> Array:
    """A prediction of which that share of rows is wrong; 0 is perfect."""
    prediction = target.astype(float) if bag.sees == "numbers" else target.copy()
    rows = np.random.default_rng(19).permutation(_ROWS)[: int(share * _ROWS)]
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
            yield Call(f"value(prediction, target, weight) of {words}", bag.value, given)


def direction(case: Case) -> str:
    """`better` decides which run wins: a perfect prediction has to score best, and a worse one worse."""
    bag: Metric = case.bag
    sign = 1 if bag.better == "higher" else -1
    best = math.nan
    for words, target in _accepted(bag):
        scores = []
        for share in (0.0, 0.1, 0.5):
            score = bag.value(_spoilt(bag, target, share), target.copy(), None)
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
        repeated = bag.value(np.repeat(prediction, times, axis=0), np.repeat(target, times, axis=0), None)
        pairs = [
            ("weights of 0 to 3", bag.value(prediction, target, weight), "the rows so often", repeated),
            (
                "weights of 1",
                bag.value(prediction, target, np.ones(_ROWS)),
                "no weights",
                bag.value(prediction, target, None),
            ),
            ("weights three times as large", bag.value(prediction, target, 3 * weight), "the weights", repeated),
        ]
        for one, found, other, expected in pairs:
            if not math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12):
                raise Refused(
                    f"for {words}, {one} give {exact(found)} and {other} {exact(expected)}: expected the same"
                )


PROMISES = (Promise(direction), Promise(weights))
