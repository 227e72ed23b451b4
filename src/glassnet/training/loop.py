"""The one loop. Progress bar, early stopping, live page, estimator and notebook all iterate over it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from math import isnan
from time import perf_counter

import numpy as np

from ..data import Rows
from ..errors import Diverged
from ..kinds import Optimizer, Schedule
from ..wording import count
from . import threads
from .epochs import Epoch, Plan, Progress, Scores, Snapshot, monitored, said_of_undefined, watched_split
from .objective import Lowered, Objective
from .passes import BatchPass, Done, SolverPass
from .scoring import Scorer, at_most, evaluate

SCORED_ROWS = 10_000  # training rows whose metrics are taken after each epoch; final scores see them all


def train(
    objective: Lowered,
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
    progress = Progress() if progress is None else progress
    return iter(Loop(objective, optimizer, schedule, rows, validation, scorer, plan, progress))


class Loop:
    """A training at work: iterate over it for its epochs, or over `steps()` to stand still after each update."""

    def __init__(
        self,
        objective: Lowered,
        optimizer: Optimizer,
        schedule: Schedule,
        rows: Rows,
        validation: Rows | None,
        scorer: Scorer,
        plan: Plan,
        progress: Progress,
        warn: Callable[[str], object] = lambda words: None,
    ) -> None:
        self.objective, self.network = objective, objective.network
        self.validation, self.scorer, self.plan, self.progress = validation, scorer, plan, progress
        self.looked_at, self.rows = at_most(rows, SCORED_ROWS), len(rows)
        self.warn = warn
        self._exhausted = False  # whether a whole-data solver has come to its end
        self.one_pass: BatchPass | SolverPass
        if optimizer.minimize:
            assert isinstance(objective, Objective)
            self.one_pass = SolverPass(objective, optimizer, rows, plan, progress)
        else:
            self.one_pass = BatchPass(objective, optimizer, schedule, rows, plan, progress)

    def __iter__(self) -> Iterator[Epoch]:
        with self._reason_kept():
            while not self._over():
                with self._undone_if_broken() as before:
                    begun, steps = perf_counter(), self.one_pass.steps(self.number, before)
                    with self._quiet():
                        try:
                            while True:
                                next(steps)
                        except StopIteration as end:
                            epoch = self._epoch(end.value, begun)
                if epoch is not None:
                    self._take_in(epoch)
                    yield epoch

    def steps(self) -> Iterator[int | Epoch]:
        """Yield the number of each update once it is done, and after the last one of a pass its `Epoch`.

        Whoever breaks off inside an epoch finds the weights as they were before it, as after an interrupt. Asking
        for each step costs a few microseconds each time: small networks go quicker by epochs.
        """
        with self._reason_kept():
            while not self._over():
                with self._undone_if_broken() as before:
                    begun, steps = perf_counter(), self.one_pass.steps(self.number, before)
                    while True:
                        with self._quiet():
                            try:
                                step = next(steps)
                            except StopIteration as end:
                                epoch = self._epoch(end.value, begun)
                                break
                        yield step
                if epoch is not None:
                    self._take_in(epoch)
                    yield epoch

    def _take_in(self, epoch: Epoch) -> None:
        self.progress.add(epoch, self.network)
        if epoch.number == 1 and isnan(epoch.monitored):
            self.warn(said_of_undefined(self.plan.monitor, watched_split(epoch.scores)))

    @property
    def number(self) -> int:
        """The epoch that comes next."""
        return len(self.progress.epochs) + 1

    @contextmanager
    def _quiet(self) -> Generator[None]:
        """No error state and no thread limit is held across a yield to the outside: both end with this block."""
        rows = self.plan.batch_size or self.rows
        with np.errstate(all="ignore"), threads.suited_to(rows, self.network.widths):
            yield

    @contextmanager
    def _undone_if_broken(self) -> Generator[Snapshot]:
        """The weights before an epoch; they come back where something breaks it off."""
        before = Snapshot.of(self.network)
        try:
            yield before
        except BaseException:
            before.restore(self.network)
            raise

    @contextmanager
    def _reason_kept(self) -> Generator[None]:
        """Why it ended is written into `progress.stopped`, also where it did not end well."""
        try:
            yield
        except Diverged as error:
            self.progress.stopped = f"diverged: {error}"
            raise
        except KeyboardInterrupt:
            self._end("interrupted")
            raise
        if over := self._over():
            self._end(over)

    def _end(self, reason: str) -> None:
        self.progress.stopped = reason
        if self.plan.patience is not None:
            self.progress.restore_best(self.network)

    def _over(self) -> str:
        """Why no further epoch begins; empty while one does."""
        plan, progress, done = self.plan, self.progress, len(self.progress.epochs)
        if self._exhausted:
            ended = f"the solver ended after {count(done, 'iteration')}"
            return f"{ended} without converging: {progress.gave_up}" if progress.gave_up else f"{ended}: it converged"
        if plan.patience is not None and done and done - progress.best_epoch >= plan.patience:
            which = f"best weights of epoch {progress.best_epoch}" if progress.best_epoch else "it was never defined"
            return f"no better {plan.monitor} for {count(plan.patience, 'epoch')}: {which}"
        return f"all {plan.epochs} epochs" if done >= plan.epochs else ""

    def _epoch(self, done: Done | None, begun: float) -> Epoch | None:
        """The record of a pass that has just ended; None where the solver had nothing left to do."""
        if done is None:
            self._exhausted = True
            return None
        validation_loss, scores = self._measure()
        return Epoch(
            number=self.number,
            step=done.step,
            loss=done.loss,
            validation_loss=validation_loss,
            scores=scores,
            monitored=monitored(self.plan, done.loss, validation_loss, scores, self.scorer.better),
            rate=done.rate,
            seconds=perf_counter() - begun,
            step_losses=done.step_losses if self.plan.keep_step_losses else None,
        )

    def _measure(self) -> tuple[float | None, Scores]:
        """(validation loss, metrics of the splits), one pass over each; None without validation rows."""
        scorer, validation = self.scorer, self.validation
        scores: Scores = {"train": evaluate(self.objective, self.looked_at, scorer)[1] if scorer.metrics else {}}
        if validation is None:
            return None, scores
        loss, scores["validation"] = evaluate(self.objective, validation, scorer)
        return loss, scores
