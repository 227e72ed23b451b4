"""THE training step: the gradient of a batch, then one update. Trainings, trials, traces and sessions take it here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kinds import Block, Optimizer, State
from ..network import Network
from ..streams import Drawn
from .epochs import Plan, finite
from .objective import Lowered

Array = NDArray[Any]

PIECE = 1 << 15  # elements that an elementwise optimizer updates at a time: its new arrays stay in the cache


class Stepper:
    """An objective and the optimizer that takes it down, one batch at a time; of networks side by side, that of each.

    `scores` are those of the last batch, (..., n, k), in a kept buffer. `states` is what the optimizers remember: of
    one network after the other, one state a piece of its vector. Neighbours that share an optimizer share its calls.
    """

    def __init__(
        self, objective: Lowered, optimizers: Sequence[Optimizer], plan: Plan, states: Sequence[State] = ()
    ) -> None:
        self.objective, self.plan = objective, plan
        self._clips = plan.clip_norm is not None or plan.clip_value is not None
        self._frozen = plan.frozen
        self.network = network = objective.network
        self.scores: Array = np.empty((*network.lead, 0, network.outputs), network.dtype)
        self._updates: list[tuple[Updater, Array, slice]] = []
        w, g, size = network.w.reshape(-1), network.g.reshape(-1), network.w.shape[-1]
        each = len(states) // len(optimizers)
        for optimizer, networks in _neighbours(optimizers):
            first, stop = networks.start, networks.stop
            place, remembered = slice(first * size, stop * size), states[first * each : stop * each]
            updater = Updater(optimizer, w[place], network.layout, remembered, stop - first)
            self._updates.append((updater, g[place], networks))

    @property
    def states(self) -> list[State]:
        return [state for updater, _, _ in self._updates for state in updater.states_of_each()]

    def memory(self) -> list[list[State]]:
        """What the optimizers remember now, as it lies: for `remember_again`."""
        return [updater.states.copy() for updater, _, _ in self._updates]

    def remember_again(self, memory: list[list[State]]) -> None:
        """Go back to what was remembered then."""
        for (updater, _, _), states in zip(self._updates, memory, strict=True):
            updater.states = states.copy()

    def take(
        self,
        batch: tuple[Array, Array, Array | None],
        dropout: Drawn | None,
        number: int,
        factor: Callable[[int], float | Array],
    ) -> bool:
        """Update `number`, counted from 1, on the rows (X, t, weight) of a batch, with the schedule's factor for it.

        False where the gradient holds a number that is not finite: nothing has moved then.
        """
        g = self.network.g
        self.scores = self.objective.gradient(*batch, dropout)  # fills g, penalties included
        if not finite(g):
            return False
        kept = None if self._frozen is None else hold_still(self.network, self._frozen)
        if self._clips:
            clip(g, self.plan.clip_norm, self.plan.clip_value)
        scale = factor(number)
        for updater, slopes, networks in self._updates:  # w -= factor * change
            updater.apply(slopes, number, scale[networks] if isinstance(scale, np.ndarray) else scale)
        if kept is not None:  # momentum, penalties and the like move a weight without any gradient
            self.network.w[..., self._frozen] = kept
        self.network.remember()
        return True


def hold_still(network: Network, frozen: Array) -> Array:
    """Take the gradient from what is frozen, and return its values, to be put back after the update."""
    network.g[..., frozen] = 0.0
    kept: Array = network.w[..., frozen]  # a copy, as of any that are picked by their places
    return kept


def _neighbours(optimizers: Sequence[Optimizer]) -> Iterator[tuple[Optimizer, slice]]:
    """Each optimizer with the networks, one beside the other, that it moves."""
    first = 0
    for number, optimizer in enumerate(optimizers):
        if number + 1 == len(optimizers) or optimizers[number + 1] is not optimizer:
            yield optimizer, slice(first, number + 1)
            first = number + 1


def clip(g: Array, norm: float | None, value: float | None) -> None:
    """Shorten the gradient, in place: to length `norm` keeping its direction, then each element to ±`value`.

    Networks side by side have a length each.
    """
    if norm is not None:
        length = np.asarray(lengths(g))
        if (length > norm).any():
            g *= np.where(length > norm, norm / length, 1.0).astype(g.dtype)[..., None]
    if value is not None:
        np.clip(g, -value, value, out=g)


def lengths(g: Array) -> Array:
    """The length of each vector, in float64."""
    with np.errstate(over="ignore"):
        length = np.sqrt(np.vecdot(g, g)).astype(np.float64)
    if np.isfinite(length).all():
        return length
    exact = g.astype(np.float64)  # the squares may overflow although the gradient itself does not
    return np.where(np.isfinite(length), length, np.sqrt(np.vecdot(exact, exact)))


class Updater:
    """The optimizer at work on one vector, in pieces where it is elementwise.

    Why it is fast: simple optimizers make new arrays as long as what they are handed. On a whole large vector these
    leave the cache, and the system has to find fresh memory for each; on pieces they stay where they are. Vectors of
    networks that lie end to end in `w` go together, as many whole ones as fill a piece: one call for all of them.
    """

    def __init__(
        self, optimizer: Optimizer, w: Array, layout: list[Block], states: Sequence[State], networks: int = 1
    ) -> None:
        assert optimizer.update is not None
        self._update = optimizer.update
        self.w, self.size = w, max(1, len(w) // networks)
        most = PIECE if optimizer.elementwise else self.size
        self.whole = most // self.size if optimizer.elementwise else 1  # networks in a piece; 0: pieces of a network
        span = max(1, self.whole) * self.size
        step = min(span, most)
        self.pieces = [
            slice(start, min(start + step, first + span, len(w)))
            for first in range(0, len(w), span)
            for start in range(first, min(first + span, len(w)), step)
        ]
        self.states = (
            [_joined(states[start : start + self._shared], self.size) for start in range(0, len(states), self._shared)]
            if states else [initial_state(optimizer, w[piece], layout) for piece in self.pieces]
        )  # fmt: skip
        self._scaled = np.empty_like(w[: min(step, len(w))])

    @property
    def _shared(self) -> int:
        """How many states of networks are one here."""
        return max(1, self.whole)

    def apply(self, g: Array, step: int, factor: float | Array) -> None:
        """w -= factor * change, one factor for all or one a network. What the optimizer returned stays as it is."""
        plain = (factor == 1.0).all() if isinstance(factor, np.ndarray) else factor == 1.0
        for number, piece in enumerate(self.pieces):
            w = self.w[piece]
            change, self.states[number] = self._update(w, g[piece], self.states[number], step)
            if not plain:
                scale = self._of_piece(factor, piece) if isinstance(factor, np.ndarray) else factor
                change = np.multiply(change, scale, out=self._scaled[: len(w)])
            w -= change

    def _of_piece(self, factor: Array, piece: slice) -> Array:
        """The factor of each element of a piece, in its own precision."""
        networks = factor[piece.start // self.size : -(-piece.stop // self.size)].astype(self.w.dtype)
        return np.repeat(networks, self.size) if self.whole else networks

    def states_of_each(self) -> list[State]:
        """What is remembered, apart: of one network after the other, a state a piece."""
        found = []
        for state, piece in zip(self.states, self.pieces, strict=True):
            length = piece.stop - piece.start
            cuts = [slice(start, start + self.size) for start in range(0, length, self.size)]
            found += [_cut(state, length, cut) for cut in cuts] if length > self.size else [state]
        return found


def _joined(states: Sequence[State], size: int) -> State:
    """States of networks end to end: what is remembered of each element; all else is the same for all of them."""
    first = states[0]
    if len(states) == 1:
        return first
    return {
        name: np.concatenate([state[name] for state in states]) if np.shape(value) == (size,) else value
        for name, value in first.items()
    }


def _cut(state: State, length: int, part: slice) -> State:
    """What a state of so many elements remembers of some of them."""
    return {name: value[part].copy() if np.shape(value) == (length,) else value for name, value in state.items()}


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
