"""Trainings that take their steps together: networks of one shape in one set of arrays, each as it would be alone.

A network that is alone is a team of one, whose arrays have no axis for the networks.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..backward import keep_freed_memory
from ..network import PREDICTION_ROWS
from . import threads
from .epochs import Snapshot, monitored
from .history import Figures, Scores
from .objective import Objective
from .passes import BatchPass, Done, Member, SolverPass
from .scoring import at_most, evaluate_each, score_each

Array = NDArray[Any]

SCORED_ROWS = 10_000  # training rows whose metrics are taken after each epoch; final scores see them all


class Midway(NamedTuple):
    """Where a training stands still inside an epoch: what its weights were before it, and how many steps it took."""

    before: Snapshot
    taken: int


class Team:
    """Members at work, an epoch at a time. All are at the same epoch."""

    def __init__(self, members: Sequence[Member]) -> None:
        first = members[0]
        self.members, self.begun, self.number = members, first.number, first.number
        self.objective = first.objective if len(members) == 1 else _side_by_side(members)
        self.network = network = self.objective.network
        scored = max(len(first.rows), 0 if first.validation is None else len(first.validation))
        self._sizes = first.plan.batch_size or len(first.rows), network.widths, min(scored, PREDICTION_ROWS)
        some = {id(one.rows): at_most(one.rows, SCORED_ROWS) for one in members}
        self.looked_at = [some[id(one.rows)] for one in members]
        self._best: Snapshot | None = None  # of networks side by side: the best weights of each,
        self._bettered = np.zeros(len(members), bool)  # where this team has found any
        self.midway: Midway | None = None
        self.one_pass: BatchPass | SolverPass
        if first.optimizer.minimize:
            assert isinstance(first.objective, Objective)
            self.one_pass = SolverPass(first.objective, first.optimizer, first.rows, first.plan, first.progress)
        else:
            self.one_pass = BatchPass(self.objective, members)

    def steps(self, standing_still: bool) -> Generator[int, None, bool]:
        """Take the steps of an epoch and write down what it came to for each; False where a solver had no more to do.

        Between the steps it stands still, yielding the number of each, if asked to. Whatever breaks it off leaves all
        as it was before the epoch.
        """
        before, begun = Snapshot.of(self.network), perf_counter()
        try:
            steps = self.one_pass.steps(self.number, before)
            while True:
                # No error state and no thread limit is held across a yield to the outside: both end with this block.
                with np.errstate(all="ignore"), threads.suited_to(*self._sizes):
                    try:
                        step = next(steps)
                        while not standing_still:
                            next(steps)
                    except StopIteration as end:
                        done: Done | None = end.value
                        if done is None:
                            return False
                        # a member's time is its share of the whole
                        measured, seconds = self._measured(), (perf_counter() - begun) / len(self.members)
                        break
                self.midway = Midway(before, self.midway.taken + 1 if self.midway else 1)
                yield step
        except BaseException:
            before.restore(self.network)
            self.one_pass.undo()
            raise
        finally:
            self.midway = None
        self._note(done, measured, seconds)
        if not self.network.lead:
            self.members[0].progress.states = self.one_pass.states
        self.number += 1
        return True

    def _note(self, done: Done, measured: list[tuple[float | None, Scores]], seconds: float) -> None:
        """Write into the records what a pass has come to."""
        better = []
        for member, loss, rate, step_losses, (validation_loss, scores) in zip(
            self.members, done.losses, done.rates, done.step_losses, measured, strict=True
        ):
            figures = Figures(
                number=self.number,
                step=done.step,
                loss=loss,
                validation_loss=validation_loss,
                monitored=monitored(member.plan, loss, validation_loss, scores, member.scorer.better),
                rate=rate,
                seconds=seconds,
            )
            kept = step_losses if member.plan.keep_step_losses else None
            better.append(member.progress.note(figures, scores, kept))
        self._keep_best(better)

    def _keep_best(self, better: list[bool]) -> None:
        """Keep the weights of those for whom this was the best epoch so far."""
        if not any(better):
            return
        if not self.network.lead:
            self.members[0].progress.best = Snapshot.of(self.network)
            return
        if self._best is None:
            self._best = Snapshot.of(self.network)
        self._bettered |= better
        for best, now in ((self._best.w, self.network.w), (self._best.running, self.network.running)):
            np.copyto(best, now, where=np.array(better)[:, None])

    def _measured(self) -> list[tuple[float | None, Scores]]:
        """(validation loss, metrics of the splits) of each, one pass over each split; None without validation rows."""
        members, scorers = self.members, [one.scorer for one in self.members]
        train: list[dict[str, float]] = [{} for _ in members]
        if scorers[0].metrics:
            train = score_each(self.objective, self.looked_at, scorers)
        validation = [one.validation for one in members if one.validation is not None]
        if not validation:
            return [(None, {"train": found}) for found in train]
        judged = evaluate_each(self.objective, validation, scorers)
        return [(loss, {"train": found, "validation": held}) for found, (loss, held) in zip(train, judged, strict=True)]

    def hand_back(self) -> None:
        """Give each member its weights, its running statistics and what its optimizer remembers."""
        if not self.network.lead or self.number == self.begun:
            return
        states = self.one_pass.states
        each = len(states) // len(self.members)
        w, running = self.network.w, self.network.running
        for number, member in enumerate(self.members):
            Snapshot(w[number], running[number]).restore(member.network)
            member.progress.states = states[number * each : (number + 1) * each]
            if self._best is not None and self._bettered[number]:
                member.progress.best = Snapshot.of(Snapshot(self._best.w[number], self._best.running[number]))


def _side_by_side(members: Sequence[Member]) -> Objective:
    """One objective for all of them, over their networks side by side."""
    objectives = [one.objective for one in members]
    first = objectives[0]
    assert isinstance(first, Objective)
    keep_freed_memory()
    network = first.network.like(together=len(members))
    for number, one in enumerate(objectives):
        network.w[number], network.running[number] = one.network.w, one.network.running
    l1, l2 = (
        np.array([getattr(one, name) for one in objectives], network.dtype)[:, None] for name in ("l1", "l2")
    )  # fmt: skip
    return Objective(network, first.loss, natural=first.from_scores, l1=l1, l2=l2, name=first.name)
