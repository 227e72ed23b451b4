"""One epoch of work: a pass over the batches, or one iteration of a whole-data solver."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..data import Rows
from ..data.sparse import dense
from ..kinds import Optimizer, Schedule, State
from ..network import Network
from ..streams import Drawn, SideBySide, Stream, generator
from .batches import Batches, batch_starts, visiting_order
from .divergence import explain
from .epochs import Plan, Progress, Snapshot, finite
from .objective import Lowered, Objective, weighted_mean
from .scoring import Scorer
from .steps import Stepper, solution

Array = NDArray[Any]


class Done(NamedTuple):
    """What a pass came to: the steps so far, and of each network its mean loss, its last rate, and each step's loss."""

    step: int
    losses: list[float]
    rates: list[float]
    step_losses: Array


@dataclass(frozen=True, eq=False)
class Member:
    """One training, with all that is its own: what it lowers and how, its rows, and where it stands.

    Side by side it stands with members of the same shape, parts, rows in number, and place in the training.
    """

    objective: Lowered
    optimizer: Optimizer
    schedule: Schedule
    rows: Rows
    validation: Rows | None
    scorer: Scorer
    plan: Plan
    progress: Progress
    warn: Callable[[str], object] = lambda words: None

    @property
    def network(self) -> Network:
        return self.objective.network

    @property
    def number(self) -> int:
        """The epoch that comes next."""
        return len(self.progress.epochs) + 1


class Apart(Exception):
    """Some of several networks side by side can't go on with the others: their numbers, from 0."""

    def __init__(self, networks: Sequence[int]) -> None:
        super().__init__(networks)
        self.networks = networks


class BatchPass:
    """Visit every row once, a batch at a time. In each step all gradients come first, then one update.

    Networks side by side take each step together, every one with its own rows in its own order.
    """

    def __init__(self, objective: Lowered, members: Sequence[Member]) -> None:
        network, self.members, self.plan = objective.network, members, members[0].plan
        starts = batch_starts(len(members[0].rows), self.plan.batch_size, join_single=network.batch_norm)
        self.objective = objective
        self.batches = Batches([one.rows for one in members], starts, network.lead)
        states = [state for one in members for state in one.progress.states]
        self.stepper = Stepper(objective, [one.optimizer for one in members], self.plan, states)
        self.totals = [(one.plan.schedule_epochs or one.plan.epochs) * len(starts) for one in members]
        self._z = np.empty((*network.lead, len(members[0].rows), network.outputs), network.dtype)
        keys = [(one.plan.seed, one.plan.shuffle) for one in members]
        self._orderly = {key: one.plan for key, one in zip(keys, members, strict=True)}  # one for all with its order
        self._which_order = [[*self._orderly].index(key) for key in keys]
        self._only_order = self._order(1) if len(starts) == 1 else None  # one batch has all rows in every epoch
        self._last_factors: Sequence[float] = [1.0] * len(members)
        self._begun = members[0].progress.step
        self._remembered = self.stepper.memory()

    def steps(self, number: int, before: Snapshot) -> Generator[int, None, Done]:
        """Take the steps of epoch `number`, yielding the count of each, and return what they came to.

        Raises `Diverged`; `before` is what the weights were when the epoch began.
        """
        network = self.stepper.network
        step, seen = self._begun, 0
        order = self._order(number) if self._only_order is None else self._only_order
        dropout = self._dropout(number)
        self._remembered = self.stepper.memory()
        stepper, take, factor, z = self.stepper, self.stepper.take, self._factor, self._z  # looked up once, not a step
        for batch in self.batches.in_order(order):
            step += 1
            if not take(batch, dropout, step, factor):
                raise self._explained(batch[0], before, number, step)
            scores = stepper.scores
            z[..., seen : seen + scores.shape[-2], :] = scores
            seen += scores.shape[-2]
            yield step
        losses = self._step_losses(order)
        if not (finite(losses) and finite(network.w)):
            bad = np.flatnonzero(~np.isfinite(losses))
            first = self._begun + int(bad[0]) + 1 if len(bad) else step
            raise self._explained(self.members[0].rows.X[:1], before, number, first, losses)
        self._begun = step
        means = (losses * self.batches.sizes).sum(axis=-1) / len(self.members[0].rows)
        rates = [float(one.plan.lr * factor) for one, factor in zip(self.members, self._last_factors, strict=True)]
        return Done(step, np.atleast_1d(means).tolist(), rates, np.atleast_2d(losses))

    def _order(self, epoch: int) -> Array:
        """In which order each network visits its rows; a seed has one for all of its networks."""
        X, batches = self.members[0].rows.X, len(self.batches.starts)
        orders = [visiting_order(X, batches, plan, epoch) for plan in self._orderly.values()]
        return np.array(orders)[self._which_order] if self.batches.lead else orders[0]

    def _dropout(self, epoch: int) -> Drawn | None:
        """What draws the masks, where there are any."""
        if not (self.stepper.network.dropout or self.stepper.network.input_dropout):
            return None
        drawn = [generator(one.plan.seed, Stream.DROPOUT, epoch) for one in self.members]
        return SideBySide(drawn) if self.batches.lead else drawn[0]

    def undo(self) -> None:
        """Forget what the optimizers have remembered since the epoch began."""
        self.stepper.remember_again(self._remembered)

    @property
    def states(self) -> list[State]:
        """What the optimizers remember, of one member after the other."""
        return self.stepper.states

    def _explained(self, X: Array, before: Snapshot, epoch: int, step: int, *more: Array) -> Exception:
        """The words for a network that is alone; of several, which it was that has left the finite numbers."""
        network = self.objective.network
        if not network.lead:
            return explain(network, X, before, epoch=epoch, step=step, lr=self.plan.lr)
        fine = np.logical_and.reduce([np.isfinite(numbers).all(axis=-1) for numbers in (network.g, network.w, *more)])
        return Apart(np.flatnonzero(~fine).tolist())

    def _factor(self, step: int) -> float | Array:
        """What the schedule makes of an update."""
        self._last_factors = [
            one.schedule.factor(step, total, one.progress.epochs)
            for one, total in zip(self.members, self.totals, strict=True)
        ]
        return np.array(self._last_factors) if self.batches.lead else self._last_factors[0]

    def _step_losses(self, order: Array) -> Array:
        """The mean loss of each step from the scores that it had: one call an epoch instead of one a step."""
        t, weight = self.batches.answers(order)
        losses = self.objective.losses(self._z, t).astype(np.float64)
        if weight is not None:
            losses = losses * weight
        means: Array = np.add.reduceat(losses, self.batches.starts, axis=-1) / self.batches.sizes
        return means


class SolverPass:
    """One iteration of a solver that looks at all rows at once.

    One with a `state` goes on from it. One that keeps its memory to itself is replayed when it is resumed: from the
    initial weights through the iterations already done, to the very same place.
    """

    def __init__(self, objective: Objective, optimizer: Optimizer, rows: Rows, plan: Plan, progress: Progress) -> None:
        self.objective, self.rows, self.plan, self.progress = objective, rows, plan, progress
        self.states = progress.states
        self.state: State = dict(progress.states[0]) if progress.states else {}
        # Without a start to replay from, a training that goes on begins anew where its weights stand.
        self.behind = 0 if progress.start is None or self.state else len(progress.epochs)
        w = objective.network.w.copy()
        progress.start = w if progress.start is None else progress.start
        self.X = dense(rows.X)
        self.frozen = slice(0) if plan.frozen is None else plan.frozen
        self.kept = w[self.frozen]
        of_all_rows = objective.of_all_rows(self.X, rows.t, rows.weight, self.frozen)
        start = w if self.state else progress.start.copy()
        self.iterates = solution(optimizer, of_all_rows, start, plan.epochs, self.state)

    def undo(self) -> None:
        """Nothing is remembered before an epoch has ended well."""

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
        network.w[self.frozen] = self.kept
        z = self.objective.gradient(self.X, rows.t, rows.weight)
        network.remember()
        loss = weighted_mean(self.objective.losses(z, rows.t), rows.weight)
        if not (np.isfinite(loss) and finite(network.w)):
            raise explain(network, self.X, before, epoch=number, step=number, lr=self.plan.lr)
        yield number
        self.states = [dict(self.state)] if self.state else []
        return Done(number, [loss], [self.plan.lr], np.array([[loss]]))
