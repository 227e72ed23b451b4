"""THE training step: the gradient of a batch, then one update. Trainings, trials, traces and sessions take it here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kinds import Block, Optimizer, State
from .epochs import Plan, finite
from .objective import Lowered

Array = NDArray[Any]

PIECE = 1 << 15  # elements that an elementwise optimizer updates at a time: its new arrays stay in the cache


class Stepper:
    """An objective and an optimizer that takes it down, one batch at a time.

    `scores` are those of the last batch, (n, k), in a kept buffer; `states` is what the optimizer remembers, one a
    piece of the vector.
    """

    def __init__(self, objective: Lowered, optimizer: Optimizer, plan: Plan, states: Sequence[State] = ()) -> None:
        self.objective, self.plan = objective, plan
        self._clips = plan.clip_norm is not None or plan.clip_value is not None
        self.network = objective.network
        self.updater = Updater(optimizer, self.network.w, self.network.layout, states)
        self.scores: Array = np.empty((0, self.network.outputs), self.network.dtype)

    def take(
        self,
        batch: tuple[Array, Array, Array | None],
        dropout: np.random.Generator,
        number: int,
        factor: Callable[[int], float],
    ) -> bool:
        """Update `number`, counted from 1, on the rows (X, t, weight) of a batch, with the schedule's factor for it.

        False where the gradient holds a number that is not finite: nothing has moved then.
        """
        g = self.network.g
        self.scores = self.objective.gradient(*batch, dropout)  # fills g, penalties included
        if not finite(g):
            return False
        if self._clips:
            clip(g, self.plan.clip_norm, self.plan.clip_value)
        self.updater.apply(g, number, factor(number))  # w -= factor * change
        self.network.remember()
        return True


def clip(g: Array, norm: float | None, value: float | None) -> None:
    """Shorten the gradient, in place: to length `norm` keeping its direction, then each element to ±`value`."""
    if norm is not None:
        with np.errstate(over="ignore"):
            length = float(np.sqrt(g @ g))
        if not np.isfinite(length):  # the squares overflow although the gradient itself does not
            length = float(np.linalg.norm(g.astype(np.float64)))
        if length > norm:
            g *= norm / length
    if value is not None:
        np.clip(g, -value, value, out=g)


class Updater:
    """The optimizer at work on one vector, in pieces where it is elementwise.

    Why it is fast: simple optimizers make new arrays as long as what they are handed. On a whole large vector these
    leave the cache, and the system has to find fresh memory for each; on pieces they stay where they are.
    """

    def __init__(self, optimizer: Optimizer, w: Array, layout: list[Block], states: Sequence[State]) -> None:
        assert optimizer.update is not None
        self._update = optimizer.update
        self.w = w
        size = PIECE if optimizer.elementwise else max(len(w), 1)
        self.pieces = [slice(start, start + size) for start in range(0, len(w), size)]
        self.states = list(states) or [initial_state(optimizer, w[piece], layout) for piece in self.pieces]
        self._scaled = np.empty_like(w[: min(size, len(w))])

    def apply(self, g: Array, step: int, factor: float) -> None:
        """w -= factor * change. What the optimizer returned is never written into."""
        for number, piece in enumerate(self.pieces):
            w = self.w[piece]
            change, self.states[number] = self._update(w, g[piece], self.states[number], step)
            if factor != 1.0:
                change = np.multiply(change, factor, out=self._scaled[: len(w)])
            w -= change


def check_states(optimizer: Optimizer, w: Array, layout: list[Block], states: list[State]) -> None:
    """Hold states that were read from a file against those that the optimizer begins with; `ValueError` if other."""
    if not states:
        return
    if optimizer.update is None:
        _try_state(optimizer, w, states)
        return
    fresh = Updater(optimizer, w, layout, []).states
    if len(states) != len(fresh):
        raise ValueError(f"the optimizer remembers {len(states)} pieces of {len(fresh)}")
    for state, first in zip(states, fresh, strict=True):
        for name, value in first.items():
            if name not in state:
                raise ValueError(f"the optimizer's {name!r} is missing")
            if np.shape(state[name]) != np.shape(value):
                raise ValueError(f"the optimizer's {name!r} has the shape {np.shape(state[name])}")


def _try_state(optimizer: Optimizer, w: Array, states: list[State]) -> None:
    """Let a solver take one step with a state, in a bowl: only itself knows what its memory looks like."""
    if len(states) != 1:
        raise ValueError(f"the solver remembers {len(states)} pieces of 1")
    try:
        with np.errstate(all="ignore"):
            next(solution(optimizer, lambda v: (float(v @ v) / 2, v.copy()), w.copy(), 1, dict(states[0])), None)
    except Exception as error:
        raise ValueError(f"the solver's memory is none of its own ({type(error).__name__}: {error})") from error


def solution(
    optimizer: Optimizer, objective: Callable[[Array], tuple[float, Array]], w: Array, max_iter: int, state: State
) -> Iterator[Array]:
    """minimize(objective, w, max_iter), or with `state` at the end for a solver that asks for its memory."""
    assert optimizer.minimize is not None
    asks = len(signature(optimizer.minimize).parameters) > 3
    return optimizer.minimize(objective, w, max_iter, *([state] if asks else []))


def descent(
    optimizer: Optimizer, objective: Callable[[Array], tuple[float, Array]], start: Array, steps: int
) -> Iterator[Array]:
    """Where an optimizer is before its first step and after each, on any objective, until a number is not finite.

    `start` and what is yielded have the shape of one weight matrix; `objective(w)` returns (value, slope), where w
    and the slope are vectors. A solver that finds no more to do ends early.
    """
    w = np.array(start, dtype=float).ravel()
    yield w.reshape(start.shape).copy()
    with np.errstate(all="ignore"):
        for found in _moves(optimizer, objective, w, [Block("weight", 0, slice(0, w.size), start.shape)], steps):
            if not np.isfinite(found).all():
                return
            yield found.reshape(start.shape).copy()


def _moves(
    optimizer: Optimizer, objective: Callable[[Array], tuple[float, Array]], w: Array, layout: list[Block], steps: int
) -> Iterator[Array]:
    if optimizer.update is None:
        yield from solution(optimizer, objective, w, steps, {})
        return
    state = initial_state(optimizer, w, layout)
    for step in range(1, steps + 1):
        change, state = optimizer.update(w, objective(w)[1], state, step)
        w = w - change
        yield w


def initial_state(optimizer: Optimizer, w: Array, layout: list[Block]) -> State:
    """init(w), or init(w, layout) for an optimizer that asks for the layers; empty without one."""
    if optimizer.init is None:
        return {}
    state: State = optimizer.init(w, layout) if len(signature(optimizer.init).parameters) > 1 else optimizer.init(w)
    return state
