"""One epoch of work: a pass over the batches, or one iteration of a whole-data solver."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Rows
from ..kinds import Optimizer, Schedule
from ..streams import Stream, generator
from .batches import Batches, batch_starts
from .divergence import explain
from .epochs import Plan, Progress, Snapshot, finite
from .objective import Objective, weighted_mean
from .updates import Updater, clip

Array = NDArray[Any]
Done = tuple[float, int, float, Array]  # mean loss, steps so far, rate of the last step, loss of each step


class BatchPass:
    """Visit every row once, a batch at a time. In each step all gradients come first, then one update."""

    def __init__(
        self,
        objective: Objective,
        optimizer: Optimizer,
        schedule: Schedule,
        rows: Rows,
        plan: Plan,
        progress: Progress,
    ) -> None:
        network, n = objective.network, len(rows)
        self.objective, self.schedule, self.rows = objective, schedule, rows
        self.plan, self.progress = plan, progress
        self.starts = batch_starts(n, plan.batch_size or n, join_single=network.batch_norm)
        self.batches = Batches(rows, self.starts)
        self.updater = Updater(optimizer, network.w, network.layout, progress.states)
        epochs = plan.epochs if plan.schedule_epochs is None else plan.schedule_epochs
        self.total_steps = epochs * len(self.starts)
        self._z = np.empty((n, network.outputs), network.dtype)

    def run(self, number: int, before: Snapshot) -> Done:
        """Run epoch `number`. Raises `Diverged`; `before` is what the weights were when it began."""
        network, plan = self.objective.network, self.plan
        n, step, factor, seen = len(self.rows), self.progress.step, 1.0, 0
        order = generator(plan.seed, Stream.SHUFFLE, number).permutation(n)
        dropout = generator(plan.seed, Stream.DROPOUT, number)
        for X, t, weight in self.batches.in_order(order):
            step += 1
            z = self.objective.gradient(X, t, weight, dropout)
            self._z[seen : seen + len(X)] = z
            seen += len(X)
            if not finite(network.g):
                raise explain(network, X, before, epoch=number, step=step, lr=plan.lr)
            clip(network.g, plan.clip_norm, plan.clip_value)
            factor = self.schedule.factor(step, self.total_steps, self.progress.epochs)
            self.updater.apply(network.g, step, factor)
            network.remember()
        losses = self._step_losses(order if len(self.starts) > 1 else np.arange(n))
        if not (finite(losses) and finite(network.w)):
            bad = np.flatnonzero(~np.isfinite(losses))
            first = self.progress.step + int(bad[0]) + 1 if len(bad) else step
            raise explain(network, self.rows.X[:1], before, epoch=number, step=first, lr=plan.lr)
        self.progress.states = self.updater.states.copy()
        sizes = np.diff([*self.starts, n])
        return float(np.average(losses, weights=sizes)), step, float(plan.lr * factor), losses

    def _step_losses(self, order: Array) -> Array:
        """The mean loss of each step from the scores that it had: one call an epoch instead of one a step."""
        losses = self.objective.losses(self._z, self.rows.t[order]).astype(np.float64)
        if self.rows.weight is not None:
            losses = losses * self.rows.weight[order]
        means: Array = np.add.reduceat(losses, self.starts) / np.diff([*self.starts, len(order)])
        return means


class SolverPass:
    """One iteration of a solver that looks at all rows at once.

    A solver keeps its memory to itself, so a resumed one is replayed: from the initial weights through the
    iterations already done, to the very same place.
    """

    def __init__(self, objective: Objective, optimizer: Optimizer, rows: Rows, plan: Plan, progress: Progress) -> None:
        assert optimizer.minimize is not None
        self.objective, self.rows, self.plan = objective, rows, plan
        # Without a start to replay from, a training that goes on begins anew where its weights stand.
        self.behind = 0 if progress.start is None else len(progress.epochs)
        progress.start = objective.network.w.copy() if progress.start is None else progress.start
        of_all_rows = objective.of_all_rows(rows.X, rows.t, rows.weight)
        self.iterates = optimizer.minimize(of_all_rows, progress.start.copy(), plan.epochs)

    def run(self, number: int, before: Snapshot) -> Done | None:
        """Run iteration `number`; None when the solver has come to its end. Raises `Diverged`."""
        network, rows = self.objective.network, self.rows
        for _ in range(self.behind):
            next(self.iterates, None)
        self.behind = 0
        w = next(self.iterates, None)
        if w is None:
            before.restore(network)
            return None
        network.w[:] = w
        z = self.objective.gradient(rows.X, rows.t, rows.weight)
        network.remember()
        loss = weighted_mean(self.objective.losses(z, rows.t), rows.weight)
        if not (np.isfinite(loss) and finite(network.w)):
            raise explain(network, rows.X, before, epoch=number, step=number, lr=self.plan.lr)
        return loss, number, self.plan.lr, np.array([loss])
