"""Which steps a trace follows: those that training would take next, or steps on a few chosen rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Rows
from ..errors import GlassnetError, join
from ..experiment import Training
from ..faces import in_brief
from ..training import History, Plan, Progress, Scorer, train
from ..training.batches import batch_starts, visiting_order
from ..training.epochs import Snapshot
from ..training.passes import SolverPass
from ..wording import amount
from .witness import Enough, Seen, Witness

Array = NDArray[Any]

MOST_NUMBERS = 50_000_000  # kept in a trace: some 400 MB
COPIES = 10  # a step keeps about so many arrays as long as all parameters, and as all activations


def follow(training: Training, rows: Rows | None, steps: int) -> list[Seen]:
    """The next `steps` steps of a training, in all detail; on `rows` alone where they are given.

    The training itself is left as it was: weights, running statistics and progress. Where it stands still inside an
    epoch, the next step is the one after those that this epoch has had.
    """
    taken = training.data.train if rows is None else rows
    refuse_too_much(training, taken, steps)
    start = Snapshot.of(training.network)
    progress = replace(training.progress, epochs=History(training.progress.epochs))
    passing = 0
    if training.midway is not None and rows is None:
        training.midway.before.restore(training.network)
        passing = training.midway.taken
    try:
        if training.chosen.is_solver:
            return _solve(training, taken, steps, progress, passing)
        return _step(training, taken, steps, progress, rows is not None, passing)
    finally:
        start.restore(training.network)


def refuse_too_much(training: Training, rows: Rows, steps: int) -> None:
    if steps < 1:
        raise GlassnetError(f"--steps wants a number of at least 1, not {steps}")
    batch = min(training.plan.batch_size or len(rows), len(rows))
    numbers = COPIES * (len(training.network.w) + batch * sum(training.network.widths)) * steps
    if numbers > MOST_NUMBERS:
        raise GlassnetError(
            f"a trace keeps every number, and {steps} steps of this network are about {amount(numbers)} (at most "
            f"{amount(MOST_NUMBERS)}): give fewer --steps, a few --rows or a smaller network"
        )


def _step(training: Training, rows: Rows, steps: int, progress: Progress, chosen: bool, passing: int) -> list[Seen]:
    """The real loop, looked at from inside until there was enough."""
    witness = Witness(training.objective, steps, passing)
    plan, scorer = _plan(training, rows, passing + steps, progress, chosen), training.scorer
    validation = None if training.data.whole or chosen else training.data.validation
    if chosen:  # a score of three rows says nothing, and some metrics refuse them
        scorer = Scorer({}, training.data.targets, training.objective.loss)
    optimizer, schedule = training.chosen.optimizer.build(), training.chosen.schedule.build()
    epochs = train(
        witness, witness.optimizer(optimizer), witness.schedule(schedule), rows, validation, scorer, plan, progress
    )
    try:
        for _ in epochs:
            pass
        witness.conclude()
    except Enough:
        pass
    _say_which_rows(witness.seen, rows, plan, len(training.progress.epochs), training.network.batch_norm, passing)
    return witness.seen


def _plan(training: Training, rows: Rows, steps: int, progress: Progress, chosen: bool) -> Plan:
    """The training's own plan, long enough for the steps; chosen rows are one batch each time."""
    plan = training.plan
    if chosen:
        plan = replace(plan, batch_size=None, monitor="loss")
    batches = len(batch_starts(len(rows), plan.batch_size, training.network.batch_norm))
    needed = len(progress.epochs) + -(-steps // batches)
    return replace(plan, epochs=max(plan.epochs, needed), patience=None)


def _say_which_rows(seen: list[Seen], rows: Rows, plan: Plan, done: int, batch_norm: bool, passing: int) -> None:
    """Rows are drawn anew for each epoch, the same wherever they are drawn."""
    n = len(rows)
    starts = batch_starts(n, plan.batch_size, batch_norm)
    stops = [*starts[1:], n]
    for count, step in enumerate(seen, passing):
        epoch, batch = divmod(count, len(starts))
        step.epoch = done + epoch + 1
        order = visiting_order(rows.X, len(starts), plan, step.epoch)
        step.index = rows.index[order[starts[batch] : stops[batch]]]


def _solve(training: Training, rows: Rows, steps: int, progress: Progress, passing: int) -> list[Seen]:
    """Iterations of a whole-data solver: the gradient where it stands, and where it goes next."""
    network, done = training.network, len(progress.epochs) + passing
    plan = replace(training.plan, epochs=max(training.plan.epochs, done + steps))
    witness = Witness(training.objective, steps)
    solver = SolverPass(training.objective, training.chosen.optimizer.build(), rows, plan, progress)
    with np.errstate(all="ignore"):
        for number in range(done + 1 - passing, done + 1):
            list(solver.steps(number, Snapshot.of(network)))
    for number in range(done + 1, done + steps + 1):
        before = Snapshot.of(network)
        with np.errstate(all="ignore"):
            witness.gradient(rows.X, rows.t, rows.weight)
            if not list(solver.steps(number, before)):
                witness.seen.pop()
                break
        witness.conclude()
        seen = witness.seen[-1]
        seen.step, seen.total, seen.epoch, seen.index = number, plan.epochs, number, rows.index
    if not witness.seen:
        name = training.chosen.optimizer.part.name
        raise GlassnetError(f"{name} has nothing left to do at these weights: it takes no further step")
    return witness.seen


def choose_rows(training: Training, given: int | Sequence[int]) -> Rows:
    """Some training rows: the first so many that training takes, or those of the given numbers, in that order."""
    rows = training.data.train
    if isinstance(given, int):
        return _taken(rows, _first(training, given))
    if isinstance(given, str) or not hasattr(given, "__len__"):
        raise GlassnetError(
            "rows wants how many (4), their numbers in the data set ([0, 5]), or rows themselves (X[:2]), "
            f"not {in_brief(given)}"
        )
    given = [int(number) for number in given]
    place = {int(number): position for position, number in enumerate(rows.index)}
    for number in given:
        if number not in place:
            raise GlassnetError(_no_such_row(training, number))
    if len(set(given)) < len(given) or not given:
        raise GlassnetError(f"--rows wants different row numbers, at least one, not {join(given) or 'none'}")
    return _taken(rows, np.array([place[number] for number in given]))


def _first(training: Training, count: int) -> Array:
    """In the order of the next epoch; a single batch of all rows has the order of the data set."""
    n = len(training.data.train)
    if not 1 <= count <= n:
        raise GlassnetError(f"--rows {count}: there are {n} training rows, so give a number from 1 to {n}")
    batches = len(batch_starts(n, training.plan.batch_size, training.network.batch_norm))
    return visiting_order(training.data.train.X, batches, training.plan, len(training.progress.epochs) + 1)[:count]


def _no_such_row(training: Training, number: int) -> str:
    for name, rows in training.splits().items():
        if number in rows.index:
            return (
                f"row {number} is one of the {name} rows, and no step is ever taken on them: training rows are "
                f"{join(sorted(training.data.train.index.tolist())[:8])} ..."
            )
    return f"there is no row {number}: rows are counted from 0 to {sum(map(len, training.splits().values())) - 1}"


def _taken(rows: Rows, positions: Array) -> Rows:
    weight = None if rows.weight is None else rows.weight[positions]
    return Rows(
        np.ascontiguousarray(rows.X[positions]), rows.t[positions], rows.target[positions], weight,
        rows.index[positions],
    )  # fmt: skip
