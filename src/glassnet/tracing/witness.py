"""Looking on while the trainer works: its own layers, objective, optimizer and schedule, and a copy of what passes.

Nothing is computed a second time here. What a trace shows are the very arrays of the step that training takes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kinds import Optimizer, Schedule, State
from ..layers import Back, Layer, Passed
from ..network import Network
from ..streams import Drawn
from ..training import Objective
from ..training.epochs import Snapshot
from ..training.objective import weighted_mean

Array = NDArray[Any]


class WatchedLayer:
    """A layer that does its work as ever, and writes it down."""

    def __init__(self, layer: Layer, diary: list[Passed]) -> None:
        self.layer, self.diary = layer, diary

    def forward(self, x: Array, training: bool, rng: Drawn | None) -> tuple[Array, Back]:
        entering = x.copy()
        out, back = self.layer.forward(x, training, rng)
        passed = Passed(self.layer, entering, out.copy(), copied(self.layer.arrays), copied(self.layer.drawn()))
        self.diary.append(passed)

        def watched_back(upstream: Array) -> Array | None:
            passed.upstream = upstream.copy()
            downstream = back(upstream)
            passed.downstream = None if downstream is None else downstream.copy()
            passed.slopes = copied(self.layer.slopes)
            return downstream

        return out, watched_back


@dataclass
class Update:
    """One call of the optimizer: for the whole vector, or for a piece of it."""

    g: Array
    before: State
    change: Array
    after: State


@dataclass
class Seen:
    """All that one step did, in copies. `g` is the gradient with penalties, before clipping.

    `losses` (n,) are those of the rows, `step` of `total` is what the schedule counts, and `index` holds the rows'
    numbers in the data set.
    """

    before: Snapshot
    X: Array
    t: Array
    weight: Array | None
    z: Array
    passed: list[Passed]
    g: Array
    losses: Array
    penalty: float
    step: int = 0
    total: int = 0
    epoch: int = 0
    index: Array = field(default_factory=lambda: np.empty(0, int))
    factor: float = 1.0
    updates: list[Update] = field(default_factory=list)
    after: Snapshot | None = None

    @property
    def loss(self) -> float:
        """The weighted mean over the rows, without penalties, as training reports it."""
        return weighted_mean(self.losses, self.weight)

    def joined(self, name: str) -> Array:
        """`g` or `change` of all pieces as one vector, as the optimizer saw and returned it."""
        return np.concatenate([getattr(update, name) for update in self.updates])


class Enough(Exception):
    """As many steps as were wanted have been seen."""


class Witness:
    """Stands in for the trainer's objective, keeps a copy of the first `wanted` steps, and then raises `Enough`.

    The first `passing` steps are taken without a look: a training that stands still inside an epoch has had them.
    """

    def __init__(self, objective: Objective, wanted: int, passing: int = 0) -> None:
        self.objective, self.network, self.wanted = objective, objective.network, wanted
        self.passing, self.looking = passing, True
        self.seen: list[Seen] = []

    def losses(self, z: Array, t: Array) -> Array:
        return self.objective.losses(z, t)

    def gradient(self, X: Array, t: Array, weight: Array | None = None, rng: Drawn | None = None) -> Array:
        self.conclude()
        if len(self.seen) == self.wanted:
            raise Enough
        self.looking = not self.passing
        if not self.looking:
            self.passing -= 1
            return self.objective.gradient(X, t, weight, rng)
        before, diary = Snapshot.of(self.network), list[Passed]()
        z = self._watched(diary, X, t, weight, rng).copy()
        self.seen.append(
            Seen(
                before,
                X.copy(),
                t.copy(),
                None if weight is None else weight.copy(),
                z,
                diary,
                self.network.g.copy(),
                self.objective.losses(z, t),
                self.objective.penalty(),
            )
        )
        return z

    def _watched(self, diary: list[Passed], X: Array, t: Array, weight: Array | None, rng: Drawn | None) -> Array:
        network: Network = self.network
        layers = network.layers
        network.layers = [WatchedLayer(layer, diary) for layer in layers]  # type: ignore[misc]
        try:
            return self.objective.gradient(X, t, weight, rng)
        finally:
            network.layers = layers

    def conclude(self) -> None:
        """The weights now are what the last step has come to."""
        if self.seen and self.seen[-1].after is None:
            self.seen[-1].after = Snapshot.of(self.network)

    def optimizer(self, optimizer: Optimizer) -> Optimizer:
        """The same optimizer, watched."""
        update = optimizer.update
        assert update is not None

        def watched(w: Array, g: Array, state: State, step: int) -> tuple[Array, State]:
            if not self.looking:
                return update(w, g, state, step)
            before = copied(state)
            change, after = update(w, g, state, step)
            self.seen[-1].updates.append(Update(g.copy(), before, change.copy(), copied(after)))
            return change, after

        return replace(optimizer, update=watched)

    def schedule(self, schedule: Schedule) -> Schedule:
        """The same schedule, watched."""

        def factor(step: int, total: int, epochs: Any) -> float:
            if not self.looking:
                return schedule.factor(step, total, epochs)
            seen = self.seen[-1]
            seen.step, seen.total, seen.factor = step, total, schedule.factor(step, total, epochs)
            return seen.factor

        return Schedule(factor)


def copied(state: State) -> State:
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in state.items()}
