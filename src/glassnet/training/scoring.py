"""Scores of a split: one pass over its rows gives its loss and every metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import asked_for
from ..data import Rows, Targets
from ..data.sparse import some_of
from ..errors import GlassnetError
from ..kinds import Loss, Metric
from ..wording import count
from .batches import side_by_side
from .objective import Lowered, weighted_mean

Array = NDArray[Any]


def class_codes(y: Array, targets: Targets, loss: Loss) -> Array:
    """What outputs mean in classes: codes (n,), or 0 and 1 (n, c) for several labels.

    As the loss says; else the largest output wins, and a single one counts from 0.5.
    """
    if loss.predict is not None and targets.task == "multilabel":  # each label is a question of its own
        return np.column_stack([loss.predict(y[:, [column]]) for column in range(y.shape[1])])
    if loss.predict is not None:
        codes: Array = loss.predict(y)
    elif targets.task == "multilabel" or y.shape[1] == 1:
        codes = (y >= 0.5).astype(np.intp)
    else:
        codes = y.argmax(axis=1)
    if targets.task != "multilabel" and codes.ndim == 2:
        codes = codes[:, 0]
    return codes


def classes_of(targets: Targets) -> int:
    """How many classes, or labels, a target has, whether or not the rows at hand hold them all; 0 for numbers."""
    if targets.task == "regression":
        return 0
    return len(targets.classes) if targets.classes else targets.columns


def point_numbers(y: Array, targets: Targets, loss: Loss) -> Array:
    """What outputs mean in numbers, (n, c) in the target's own units: the loss's point prediction, or y itself."""
    points = y if loss.predict is None else np.asarray(loss.predict(y)).reshape(len(y), -1)
    if points.shape[1] != targets.columns:
        raise GlassnetError(
            f"the loss makes {count(points.shape[1], 'number')} of outputs {y.shape}, and the target has "
            f"{count(targets.columns, 'column')}: its predict(y) has to return the point prediction (n, c)"
        )
    return targets.numbers(points)


def answers(y: Array, targets: Targets, loss: Loss) -> Array:
    """What outputs mean: class codes (n,), 0 and 1 (n, c), or numbers (n, c) in their own units."""
    return (point_numbers if targets.task == "regression" else class_codes)(y, targets, loss)


class Scorer:
    """Metrics of outputs, each seeing what it asks for: labels, scores, or numbers in the target's own units.

    Every row counts once: weights belong to the loss that is trained, not to what is reported of it.
    """

    def __init__(self, metrics: Mapping[str, Metric], targets: Targets, loss: Loss) -> None:
        self.metrics, self.targets, self.loss = dict(metrics), targets, loss
        self.better = {name: metric.better for name, metric in metrics.items()}
        told = {"task": targets.task, "classes": classes_of(targets)}
        self._forms = {metric.sees for metric in metrics.values()} - {"scores"}
        self._told = {name: asked_for(metric.value, **told) for name, metric in metrics.items()}

    def __call__(self, y: Array, rows: Rows) -> dict[str, float]:
        seen = {"scores": y}
        for form in self._forms:
            seen[form] = answers(y, self.targets, self.loss)
        return {name: self.judge(name, seen[metric.sees], rows) for name, metric in self.metrics.items()}

    def judge(self, name: str, prediction: Array, rows: Rows) -> float:
        """One metric of a prediction in the form that it sees."""
        metric = self.metrics[name]
        target = rows.t if metric.sees == "scores" else rows.target
        try:
            return float(metric.value(prediction, target, None, **self._told[name]))
        except ValueError as error:
            raise GlassnetError(f"metric {name}: {error}") from error

    def undefined(self, name: str, rows: Rows) -> bool:
        """Whether these rows have none of a metric, whatever the network answers: not even all right answers do."""
        y = rows.t
        if y.shape[1] == 1 and self.targets.task == "binary" and self.loss.width(1) == 2:
            y = np.hstack([1 - y, y])
        try:
            return isnan(self.judge(name, y if self.metrics[name].sees == "scores" else rows.target, rows))
        except GlassnetError:
            return False  # no form of an answer that it knows: the network's own will tell


def evaluate(objective: Lowered, rows: Rows, scorer: Scorer) -> tuple[float, dict[str, float]]:
    """(mean loss, metrics) of the rows in prediction mode: the loss weighs rows as training does, metrics never do."""
    return evaluate_each(objective, [rows], [scorer])[0]


def score_each(objective: Lowered, rows: Sequence[Rows], scorers: Sequence[Scorer]) -> list[dict[str, float]]:
    """The metrics of networks side by side, each with its own rows, where nobody asks for their loss."""
    network = objective.network
    y = network.predict(side_by_side([one.X for one in rows], network.lead))
    return [scorer(of_one, one) for of_one, one, scorer in zip(y if network.lead else [y], rows, scorers, strict=True)]


def evaluate_each(
    objective: Lowered, rows: Sequence[Rows], scorers: Sequence[Scorer]
) -> list[tuple[float, dict[str, float]]]:
    """The loss and the metrics of networks side by side, each with its own rows."""
    network = objective.network
    lead = network.lead
    z = network.scores(side_by_side([one.X for one in rows], lead))
    t = np.stack([one.t for one in rows]) if lead else rows[0].t
    losses, y = objective.losses(z, t), network.output_of(z)
    each = zip(*((losses, y) if lead else ([losses], [y])), rows, scorers, strict=True)
    return [(weighted_mean(losses, one.weight), scorer(y, one)) for losses, y, one, scorer in each]


def at_most(rows: Rows, n: int) -> Rows:
    """At most n of the rows, evenly spaced, as views."""
    every = slice(None, None, -(-len(rows) // n))
    weight = None if rows.weight is None else rows.weight[every]
    return replace(
        rows,
        X=some_of(rows.X, every),
        t=rows.t[every],
        target=rows.target[every],
        weight=weight,
        index=rows.index[every],
    )
