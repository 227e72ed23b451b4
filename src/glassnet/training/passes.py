"""One epoch of work: a pass over the batches, or one iteration of a whole-data solver."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Rows
from ..data.sparse import dense
from ..kinds import Optimizer, Schedule, State
from ..streams import Stream, generator
from .batches import Batches, batch_starts
from .divergence import explain
from .epochs import Plan, Progress, Snapshot, finite
from .objective import Lowered, Objective, weighted_mean
from .steps import Stepper, solution

Array = NDArray[Any]


@dataclass(frozen=True)
class Done:
    """What a pass came to: its mean loss, the steps so far, the rate of the last one, and the loss of each."""

    loss: float
    step: int
    rate: float
    step_losses: Array


class BatchPass:
    """Visit every row once, a batch at a time. In each step all gradients come first, then one update."""

    def __init__(
        self,
        objective: Lowered,
        optimizer: Optimizer,
        schedule: Schedule,
        rows: Rows,
        plan: Plan,
        progress: Progress,
    ) -> None:
        network, n = objective.network, len(rows)
        self.objective, self.schedule, self.rows = objective, schedule, rows
        self.plan, self.progress = plan, progress
        self.batches = Batches(rows, batch_starts(n, plan.batch_size, join_single=network.batch_norm))
        self.stepper = Stepper(objective, optimizer, plan, progress.states)
        epochs = plan.epochs if plan.schedule_epochs is None else plan.schedule_epochs
        self.total_steps = epochs * len(self.batches.starts)
        self._z, self._last_factor = np.empty((n, network.outputs), network.dtype), 1.0

    def steps(self, number: int, before: Snapshot) -> Generator[int, None, Done]:
        """Take the steps of epoch `number`, yielding the count of each, and return what they came to.

        Raises `Diverged`; `before` is what the weights were when the epoch began.
        """
        network, lr = self.stepper.network, self.plan.lr
        step, seen = self.progress.step, 0
        order, dropout = self.batches.order(self.plan, number), generator(self.plan.seed, Stream.DROPOUT, number)
        stepper, take, factor, z = self.stepper, self.stepper.take, self._factor, self._z  # looked up once, not a step
        for batch in self.batches.in_order(order):
            step += 1
            if not take(batch, dropout, step, factor):
                raise explain(network, batch[0], before, epoch=number, step=step, lr=lr)
            scores = stepper.scores
            z[seen : seen + len(scores)] = scores
            seen += len(scores)
            yield step
        losses = self._step_losses(order)
        if not (finite(losses) and finite(network.w)):
            bad = np.flatnonzero(~np.isfinite(losses))
            first = self.progress.step + int(bad[0]) + 1 if len(bad) else step
            raise explain(network, self.rows.X[:1], before, epoch=number, step=first, lr=lr)
        self.progress.states = self.stepper.updater.states.copy()
        loss = float(np.average(losses, weights=self.batches.sizes))
        return Done(loss, step, float(lr * self._last_factor), losses)

    def _factor(self, step: int) -> float:
        """What the schedule makes of an update."""
        self._last_factor = self.schedule.factor(step, self.total_steps, self.progress.epochs)
        return self._last_factor

    def _step_losses(self, order: Array) -> Array:
        """The mean loss of each step from the scores that it had: one call an epoch instead of one a step."""
        losses = self.objective.losses(self._z, self.rows.t[order]).astype(np.float64)
        if self.rows.weight is not None:
            losses = losses * self.rows.weight[order]
        means: Array = np.add.reduceat(losses, self.batches.starts) / self.batches.sizes
        return means


class SolverPass:
    """One iteration of a solver that looks at all rows at once.

    One with a `state` goes on from it. One that keeps its memory to itself is replayed when it is resumed: from the
    initial weights through the iterations already done, to the very same place.
    """

    def __init__(self, objective: Objective, optimizer: Optimizer, rows: Rows, plan: Plan, progress: Progress) -> None:
        self.objective, self.rows, self.plan, self.progress = objective, rows, plan, progress
        self.state: State = dict(progress.states[0]) if progress.states else {}
        # Without a start to replay from, a training that goes on begins anew where its weights stand.
        self.behind = 0 if progress.start is None or self.state else len(progress.epochs)
        w = objective.network.w.copy()
        progress.start = w if progress.start is None else progress.start
        self.X = dense(rows.X)
        of_all_rows = objective.of_all_rows(self.X, rows.t, rows.weight)
        start = w if self.state else progress.start.copy()
        self.iterates = solution(optimizer, of_all_rows, start, plan.epochs, self.state)

    def steps(self, number: int, before: Snapshot) -> Generator[int, None, Done | None]:
        """Iteration `number` as the one step of its epoch; None when the solver has come to its end.

        Raises `Diverged`.
        """
        network, rows = self.objective.network, self.rows
        try:
            for _ in range(self.behind):
                next(self.iterates)
            self.behind, w = 0, next(self.iterates)
        except StopIteration as end:
            self.progress.gave_up = str(end.value or "")
            before.restore(network)
            return None
        network.w[:] = w
        z = self.objective.gradient(self.X, rows.t, rows.weight)
        network.remember()
        loss = weighted_mean(self.objective.losses(z, rows.t), rows.weight)
        if not (np.isfinite(loss) and finite(network.w)):
            raise explain(network, self.X, before, epoch=number, step=number, lr=self.plan.lr)
        yield number
        self.progress.states = [dict(self.state)] if self.state else []
        return Done(loss, number, self.plan.lr, np.array([loss]))
