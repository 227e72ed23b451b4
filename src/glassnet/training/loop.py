"""The one loop. Progress bar, early stopping, live page, estimator and notebook all iterate over it."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import numpy as np

from ..data import Rows
from ..kinds import Optimizer, Schedule
from . import threads
from .epochs import Epoch, Plan, Progress, Scores, Snapshot, monitored
from .objective import Objective
from .passes import BatchPass, SolverPass
from .scoring import Scorer, at_most, evaluate

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
    one_pass = _pass_for(objective, optimizer, schedule, rows, plan, progress)
    looked_at = at_most(rows, SCORED_ROWS)
    while not (stop := _reason_to_stop(plan, progress)):
        number = len(progress.epochs) + 1
        before, began = Snapshot.of(network), perf_counter()
        try:
            # No error state and no thread limit is held across a yield: both end with this block.
            with np.errstate(all="ignore"), threads.suited_to(plan.batch_size or len(rows), network.widths):
                done = one_pass.run(number, before)
                validation_loss, scores = _measure(objective, looked_at, validation, scorer)
        except BaseException:
            before.restore(network)
            raise
        if done is None:
            stop = f"the solver ended after {number - 1} iterations"
            break
        loss, step, rate, step_losses = done
        epoch = Epoch(
            number=number,
            step=step,
            loss=loss,
            validation_loss=validation_loss,
            scores=scores,
            monitored=monitored(plan, loss, validation_loss, scores, scorer.better),
            rate=rate,
            seconds=perf_counter() - began,
            step_losses=step_losses if plan.keep_step_losses else None,
        )
        progress.add(epoch, network)
        yield epoch
    progress.stopped = stop
    if plan.patience is not None:
        progress.restore_best(network)


def _pass_for(
    objective: Objective, optimizer: Optimizer, schedule: Schedule, rows: Rows, plan: Plan, progress: Progress
) -> BatchPass | SolverPass:
    if optimizer.minimize:
        return SolverPass(objective, optimizer, rows, plan, progress)
    return BatchPass(objective, optimizer, schedule, rows, plan, progress)


def _measure(
    objective: Objective, looked_at: Rows, validation: Rows | None, scorer: Scorer
) -> tuple[float | None, Scores]:
    """(validation loss, metrics of the splits), one pass over each; None without validation rows."""
    scores: Scores = {"train": evaluate(objective, looked_at, scorer)[1] if scorer.metrics else {}}
    if validation is None:
        return None, scores
    loss, scores["validation"] = evaluate(objective, validation, scorer)
    return loss, scores


def _reason_to_stop(plan: Plan, progress: Progress) -> str:
    done = len(progress.epochs)
    if plan.patience is not None and done and done - progress.best_epoch >= plan.patience:
        return f"no better {plan.monitor} for {plan.patience} epochs: best weights of epoch {progress.best_epoch}"
    return f"all {plan.epochs} epochs" if done >= plan.epochs else ""
