"""How many seeds each point of a sweep is trained with, where nobody says.

A score from one seed is an anecdote, and small networks train side by side, so that five seeds cost little more than
one. What is little is read off the words and the size of the data, never off a clock: one command means the same cells
on every machine.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from ..catalog import Catalog
from ..data.making import how_many
from ..experiment import Experiment, Training
from ..experiment.stacks import alone, batch_by_words, most_by_words
from .cells import with_point
from .planning import Plan

SEVERAL = 5
SMALL = 16  # so many fit the cache together: each takes at most half of the time that it would take alone
STEPS = 100_000  # of all the networks together: a few seconds


def with_seeds(plan: Plan, training: Training) -> Plan:
    """The plan with a number of seeds, and the reason where nobody chose it. `training` is that of a point.

    One where folds show the spread already, and where halving is to find a short way through many points.
    """
    if plan.seeds is not None:
        return plan
    if plan.folds or plan.halving:
        return replace(plan, seeds=1)
    if reason := alone(training) or _costs_much(plan, training):
        return replace(plan, seeds=1, why_seeds=reason)
    return replace(plan, seeds=SEVERAL, why_seeds="they cost little side by side")


def _costs_much(plan: Plan, training: Training) -> str:
    """Why several seeds would take long; empty where all points are small networks with few steps."""
    rows, steps = len(training.data.train), 0
    for point in plan.points():
        words = with_point(plan.experiment, point)
        if _is_solver(words, training.catalog):
            return f"{words.optimizer} looks at all rows at once"
        if most_by_words(words, rows, _inputs(words, training)) < SMALL:
            return "more networks of this size would take their time"
        steps += SEVERAL * words.epochs * ceil(rows / batch_by_words(words, rows))
        if steps > STEPS:
            return "so many steps would take their time"
    return ""


def _inputs(words: Experiment, training: Training) -> int:
    """How many inputs the network has: those of the training, but for what is made of the columns of numbers."""
    numbers = sum(column.measured for column in training.data.features.columns)
    made = how_many(training.experiment.features, numbers)
    return training.network.inputs - made + how_many(words.features, numbers)


def _is_solver(words: Experiment, catalog: Catalog) -> bool:
    """Whether its optimizer, ours or a guest's, looks at all rows at once; one that is nowhere fails where trained."""
    name = str(words.optimizer or "").partition(":")[0]
    found = catalog.matches("optimizer", name) if name else []
    return len(found) == 1 and catalog.choose("optimizer", name).build().minimize is not None
