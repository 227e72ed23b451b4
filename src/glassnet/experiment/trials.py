"""Short trainings that answer one question before a long one is begun: which rate, and how many rows a step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError, need
from ..faces import Face, in_a_line
from ..streams import Stream, generator
from ..training import Scorer, evaluate, threads, train
from ..training.batches import Batches, batch_starts, visiting_order
from ..training.epochs import Progress, Snapshot
from ..training.objective import weighted_mean
from ..training.scoring import at_most
from ..training.steps import Stepper
from ..wording import count as count_of
from ..wording import significant
from .building import Training

Array = NDArray[Any]

BOTTOM = 0.05  # of the whole fall
GIVEN_UP = 4.0  # times the lowest level
LEAST_FALL = 0.01  # of the highest level: what falls by less has not been learning
LEVEL_ROWS = 500


@dataclass(frozen=True, eq=False, repr=False)
class RateRange(Face):
    """Loss against a rate that grows with every step; `losses` and `level` are as long as `rates`.

    `losses` are of each step's own batch, `level` of the same rows before each step: a batch of few rows says more
    about its rows than about the weights. `bottom` is the first rate at which the level is down to the last 5 % of
    its whole fall, `suggested` a tenth of it: there the loss still falls steeply, and room is left before it rises.
    Both are None where nothing was learned at any rate.
    """

    rates: Array
    losses: Array
    level: Array

    def _face_(self) -> Iterator[str]:
        tried = f"{count_of(len(self.rates), 'rate')} tried, from {significant(self.rates[0])} to "
        found = "nothing was learned at any of them"
        if self.bottom is not None and self.suggested is not None:
            found = f"about {significant(self.suggested)} suits, the loss is lowest near {significant(self.bottom)}"
        yield f"{tried}{significant(self.rates[-1])}: {found}"

    @property
    def bottom(self) -> float | None:
        lowest = int(np.argmin(self.level))
        low, high = self.level[lowest], self.level[: lowest + 1].max()
        if high - low <= LEAST_FALL * abs(high):
            return None
        return float(self.rates[np.argmax(self.level <= low + BOTTOM * (high - low))])

    @property
    def suggested(self) -> float | None:
        return None if self.bottom is None else self.bottom / 10


def rate_range(training: Training, low: float = 1e-6, high: float = 10.0, steps: int = 200) -> RateRange:
    """Train while the rate grows from `low` to `high`, by the same factor each step, and write down the loss.

    `rate_range(run(experiment)).suggested` is a rate to begin with.
    It starts from the network's weights and leaves them, and everything else, as they were. The level is that of at
    most 500 evenly spaced training rows; where it is four times its lowest, or no longer a number, the test ends
    early. (Smith 2017, who looks at the losses of batches.)
    """
    _need_training(training, "rate_range")
    for given in (low, high, steps):
        need(given, int | float | np.number, "rate_range wants numbers for low, high and steps")
    if not 0 < low <= high or steps < 2:
        raise GlassnetError(f"rate_range wants 0 < low <= high and at least 2 steps, not {low}, {high} and {steps}")
    choice = training.chosen.optimizer
    optimizer = choice.build()
    if optimizer.update is None or "lr" not in choice.options:
        raise GlassnetError(f"{choice.part.name} has no rate (lr) to try out")
    network, objective, plan = training.network, training.objective, training.plan
    before = Snapshot.of(network)
    stepper = Stepper(objective, [optimizer], plan)
    rates, losses, level = np.geomspace(low, high, steps), [], []
    some, nothing = at_most(training.data.train, LEVEL_ROWS), Scorer({}, training.data.targets, objective.loss)
    dropout = generator(plan.seed, Stream.DROPOUT)
    try:
        with np.errstate(all="ignore"), threads.suited_to(plan.batch_size or len(training.data.train), network.widths):
            for step, batch in zip(range(1, steps + 1), _batches(training), strict=False):
                level.append(evaluate(objective, some, nothing)[0])
                taken = stepper.take(batch, dropout, step, lambda step: float(rates[step - 1] / choice.options["lr"]))
                _, t, weight = batch
                losses.append(weighted_mean(objective.losses(stepper.scores, t), weight))
                if not taken or not level[-1] < GIVEN_UP * np.abs(level).min():
                    break
    finally:
        before.restore(network)
    kept = np.isfinite(level)
    return RateRange(rates[: len(level)][kept], np.array(losses)[kept], np.array(level)[kept])


def _need_training(given: Any, what: str) -> None:
    need(given, Training, f"{what} wants a training, {what}(run(experiment))")


def _batches(training: Training) -> Any:
    """Batch after batch, without an end, in the order of a training with this seed."""
    rows, plan = training.data.train, training.plan
    starts = batch_starts(len(rows), plan.batch_size, join_single=training.network.batch_norm)
    batches = Batches([rows], starts)
    for number in count(1):
        yield from batches.in_order(visiting_order(rows.X, len(starts), plan, number))


@dataclass(frozen=True, eq=False)
class BatchTrial:
    """A training with one batch size: `losses` (epochs + 1,) over all its rows, before it and after each epoch.

    `steps` and `seconds`, as long, say what they took; scoring is not counted. `stopped` is empty, or says what
    went wrong.
    """

    __repr__ = in_a_line

    batch_size: int
    rows: int
    losses: Array
    steps: Array
    seconds: Array
    stopped: str = ""


def batch_trials(training: Training, sizes: Sequence[int], epochs: int = 10, rows: int = 500) -> list[BatchTrial]:
    """The same start trained with several batch sizes (0: all rows), on at most `rows` evenly spaced training rows.

    `batch_trials(run(experiment), [8, 0], epochs=2)` compares batches of 8 with all rows at once.
    The network's weights are as they were afterwards. With batch normalisation a size of 1 becomes 2.
    """
    _need_training(training, "batch_trials")
    wanted = "batch_trials wants a list of sizes, such as [8, 32, 0] (0: all rows)"
    need(sizes, list | tuple | range | np.ndarray, wanted)
    for size in sizes:
        need(size, int | np.integer, wanted)
    some = at_most(training.data.train, rows)
    least = 2 if training.network.batch_norm else 1
    _trial(training, some, len(some), 1)  # what only the first one has to load or lay out is on nobody's clock
    return [_trial(training, some, min(max(size or len(some), least), len(some)), epochs) for size in sizes]


def _trial(training: Training, rows: Any, batch_size: int, epochs: int) -> BatchTrial:
    objective, progress = training.objective, Progress()
    nothing = Scorer({}, training.data.targets, objective.loss)
    plan = replace(training.plan, epochs=epochs, batch_size=batch_size, patience=None, monitor="loss")
    before, stopped = Snapshot.of(training.network), ""
    losses, steps, seconds = [evaluate(objective, rows, nothing)[0]], [0], [0.0]
    optimizer, schedule = training.chosen.optimizer.build(), training.chosen.schedule.build()
    try:
        for epoch in train(objective, optimizer, schedule, rows, None, nothing, plan, progress):
            with np.errstate(all="ignore"):
                losses.append(evaluate(objective, rows, nothing)[0])
            steps.append(epoch.step)
            seconds.append(seconds[-1] + epoch.seconds)
    except GlassnetError as error:
        stopped = str(error)
    finally:
        before.restore(training.network)
    return BatchTrial(batch_size, len(rows), np.array(losses), np.array(steps), np.array(seconds), stopped)
