"""The one loop. Progress bar, early stopping, live page, estimator and notebook all iterate over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Rows
from ..kinds import Optimizer, Schedule
from ..streams import Stream, generator
from . import threads
from .batches import Batches, batch_starts
from .divergence import explain
from .epochs import Epoch, Plan, Progress, Scores, Snapshot, finite, monitored
from .objective import Objective, weighted_mean
from .scoring import Scorer, at_most, evaluate
from .updates import Updater, clip

Array = NDArray[Any]

SCORED_ROWS = 10_000  # training rows whose metrics are taken after each epoch; final scores see them all


def train(
    objective: Objective,
    optimizer: Optimizer,
    schedule: Schedule,
    rows: Rows,
    validation: Rows | None,
    scorer: Scorer,
    plan: Plan,
    progress: Progress | None = None,
) -> Iterator[Epoch]:
    """Train `objective.network` in place and yield an `Epoch` after each pass over the rows.

    `progress` is filled as it goes; handed in again with the network's weights, it is where training goes
    on. With `plan.patience` the best weights are restored at the end; a consumer that breaks off early asks
    `progress.restore_best(network)` for them. An interrupt or a divergence inside an epoch leaves the
    weights of the epoch before.

    Raises `Diverged` at the first number that is not finite.
    """
    network = objective.network
    progress = Progress() if progress is None else progress
    one_epoch = _solver_epochs if optimizer.minimize else _batch_epochs
    run_epoch = one_epoch(objective, optimizer, schedule, rows, plan, progress)
    looked_at = at_most(rows, SCORED_ROWS)
    while not (stop := _reason_to_stop(plan, progress)):
        before, began = Snapshot.of(network), perf_counter()
        number = len(progress.epochs) + 1
        try:
            # No error state and no thread limit is held across a yield: both end with this block.
            with np.errstate(all="ignore"), threads.suited_to(plan.batch_size or len(rows), network.widths):
                done = run_epoch(number, before)
                if done is None:
                    stop = f"the solver ended after {number - 1} iterations"
                    break
                loss, step, rate, step_losses = done
                scores: Scores = {"train": evaluate(objective, looked_at, scorer)[1] if scorer.metrics else {}}
                validation_loss = None
                if validation is not None:
                    validation_loss, scores["validation"] = evaluate(objective, validation, scorer)
        except BaseException:
            before.restore(network)
            raise
        value = monitored(plan, loss, validation_loss, scores, scorer.better)
        seconds = perf_counter() - began
        epoch = Epoch(
            number, step, loss, validation_loss, scores, value, rate, seconds,
            step_losses if plan.keep_step_losses else None,
        )  # fmt: skip
        progress.add(epoch, network)
        yield epoch
    progress.stopped = stop
    if plan.patience is not None:
        progress.restore_best(network)


def _reason_to_stop(plan: Plan, progress: Progress) -> str:
    done = len(progress.epochs)
    if plan.patience is not None and done and done - progress.best_epoch >= plan.patience:
        return f"no better {plan.monitor} for {plan.patience} epochs: best weights of epoch {progress.best_epoch}"
    return f"all {plan.epochs} epochs" if done >= plan.epochs else ""


Done = tuple[float, int, float, Array]  # mean loss, steps so far, rate, loss of each step
RunEpoch = Callable[[int, Snapshot], Done | None]


def _batch_epochs(
    objective: Objective, optimizer: Optimizer, schedule: Schedule, rows: Rows, plan: Plan, progress: Progress
) -> RunEpoch:
    """A function that runs one epoch of batches. In each step all gradients come first, then one update."""
    network, n = objective.network, len(rows)
    starts = batch_starts(n, plan.batch_size or n, join_single=network.batch_norm)
    batches, sizes = Batches(rows, starts), np.diff([*starts, n])
    updater = Updater(optimizer, network.w, network.layout, progress.states)
    z_of_epoch = np.empty((n, network.outputs), network.dtype)
    total = plan.epochs * len(starts)

    def run(number: int, before: Snapshot) -> Done:
        order = generator(plan.seed, Stream.SHUFFLE, number).permutation(n)
        dropout = generator(plan.seed, Stream.DROPOUT, number)
        step, factor, seen = progress.step, 1.0, 0
        for X, t, weight in batches.in_order(order):
            step += 1
            z = objective.gradient(X, t, weight, dropout)
            z_of_epoch[seen : seen + len(X)] = z
            seen += len(X)
            if not finite(network.g):
                raise explain(network, X, before, epoch=number, step=step, lr=plan.lr)
            clip(network.g, plan.clip_norm, plan.clip_value)
            factor = schedule.factor(step, total, progress.epochs)
            updater.apply(network.g, step, factor)
            network.remember()
        # The loss of every step from the scores it had, in one call instead of one a step
        order = order if len(starts) > 1 else np.arange(n)
        losses = objective.losses(z_of_epoch, rows.t[order]).astype(np.float64)
        if rows.weight is not None:
            losses = losses * rows.weight[order]
        step_losses = np.add.reduceat(losses, starts) / sizes
        if not (finite(step_losses) and finite(network.w)):
            bad = np.flatnonzero(~np.isfinite(step_losses))
            first = progress.step + int(bad[0]) + 1 if len(bad) else step
            raise explain(network, rows.X[:1], before, epoch=number, step=first, lr=plan.lr)
        progress.states = updater.states.copy()
        return float(losses.mean()), step, plan.lr * factor, step_losses

    return run


def _solver_epochs(
    objective: Objective, optimizer: Optimizer, schedule: Schedule, rows: Rows, plan: Plan, progress: Progress
) -> RunEpoch:
    """A function that runs one iteration of a whole-data solver.

    A solver keeps its memory to itself, so a resumed one is replayed: from the initial weights through the
    iterations already done, to the very same place.
    """
    assert optimizer.minimize is not None
    network = objective.network
    of_all_rows = objective.of_all_rows(rows.X, rows.t, rows.weight)
    progress.start = network.w.copy() if progress.start is None else progress.start
    iterates = optimizer.minimize(of_all_rows, progress.start.copy(), plan.epochs)
    behind = len(progress.epochs)

    def run(number: int, before: Snapshot) -> Done | None:
        nonlocal behind
        for _ in range(behind):
            next(iterates, None)
        behind = 0
        w = next(iterates, None)
        if w is None:
            before.restore(network)
            return None
        network.w[:] = w
        z = objective.gradient(rows.X, rows.t, rows.weight)
        network.remember()
        loss = weighted_mean(objective.losses(z, rows.t), rows.weight)
        if not (np.isfinite(loss) and finite(network.w)):
            raise explain(network, rows.X, before, epoch=number, step=number, lr=plan.lr)
        return loss, number, plan.lr, np.array([loss])

    return run
