"""What an optimizer promises: it goes downhill, and all that it remembers lies in its state."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from inspect import signature
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kinds import Block, Optimizer, State
from ..training.steps import solution
from ..wording import exact
from .cases import Call, Case, Refused, require_functions, same
from .running import Promise

Array = NDArray[Any]
Objective = Callable[[Array], tuple[float, Array]]

_STEPS = 2000
_START = np.array([0.15, -0.1, 0.2, -0.17])  # near enough for a rate of 0.0001
_CURVATURE = np.array([0.5, 1.0, 1.5, 2.0])
_VALLEY = np.array([-1.2, 1.0])


def quadratic(w: Array) -> tuple[float, Array]:
    """sum c w^2 / 2 with c from 0.5 to 2, for any length; its lowest point is 0."""
    c = np.resize(_CURVATURE, w.shape).astype(w.dtype)
    return float((c * w**2).sum() / 2), c * w


def rosenbrock(w: Array) -> tuple[float, Array]:
    """(1 - x)^2 / 100 + (y - x^2)^2, a hundredth of Rosenbrock's valley: a bent one, with a nearly flat floor."""
    x, y = w
    off = y - x**2
    return float((1 - x) ** 2 / 100 + off**2), np.array([-(1 - x) / 50 - 4 * x * off, 2 * off])


def whole(case: Case, bag: Optimizer) -> None:
    """It has one of the two ways to move."""
    if (bag.update is None) == (bag.minimize is None):
        raise Refused(f"it gives {'neither' if bag.update is None else 'both'} update and minimize: give one of them")
    require_functions(**({"update": bag.update} if bag.minimize is None else {"minimize": bag.minimize}))


def calls(case: Case, bag: Optimizer) -> Iterator[Call]:
    """A start, a few updates, or the whole of a short solution."""
    if bag.minimize is not None:
        for words, objective, w in (("quadratic", quadratic, _START), ("Rosenbrock", rosenbrock, _VALLEY)):
            yield Call(f"minimize({words})", partial(_solve, bag), {"objective": objective, "w": w})
        return
    w = _START.copy()
    yield Call("init(w)", lambda w: _begin(bag, w), {"w": w})
    state = _begin(bag, w)
    for step in range(1, 21):
        g = quadratic(w)[1] + 0.3 * np.sin(step + np.arange(len(w)))
        assert bag.update is not None
        yield Call("update(w, g, state, step)", bag.update, {"w": w, "g": g, "state": state, "step": step})
        _require_dict(state)
        change, state = bag.update(w.copy(), g.copy(), dict(state), step)
        w = w - change


def _solve(bag: Optimizer, objective: Objective, w: Array) -> list[Array]:
    return list(solution(bag, objective, w, 100, {}))


def _begin(bag: Optimizer, w: Array) -> State:
    if bag.init is None:
        return {}
    if len(signature(bag.init).parameters) < 2:
        return bag.init(w)
    weights = Block("weight", 0, slice(0, max(len(w) - 1, 1)), (max(len(w) - 1, 1), 1))
    bias = [Block("bias", 0, slice(len(w) - 1, len(w)), (1,))] if len(w) > 1 else []
    return bag.init(w, [weights, *bias])


def _walk(bag: Optimizer, objective: Objective, w: Array, state: State, steps: range) -> tuple[Array, State]:
    """As the trainer does it: weights and gradient are its own arrays, which it writes into all the time."""
    assert bag.update is not None
    g = np.empty_like(w)
    for step in steps:
        g[:] = objective(w)[1]
        change, state = bag.update(w, g, state, step)
        w -= change
    return w, state


def descends(case: Case) -> str:
    """Going downhill is all that is asked of it: on a round valley, and on Rosenbrock's bent one."""
    bag: Optimizer = case.bag
    said = []
    for words, objective, start in (("a quadratic", quadratic, _START), ("Rosenbrock's valley", rosenbrock, _VALLEY)):
        if case.moved and objective is rosenbrock:
            continue  # the same machinery; one valley is enough for each other value of an option
        before = objective(start)[0]
        after, steps = _lowered(bag, objective, start.copy(), before)
        if not after <= before / 2:  # in this form a NaN fails
            raise Refused(
                f"on {words} the loss starts at {exact(before, 4)} and is {exact(after, 4)} after {steps} steps: "
                f"expected at most half of it, {exact(before / 2, 4)}"
            )
        said.append(f"{words}: {exact(before, 3)} to {exact(after, 3)} in {steps} steps")
    return "; ".join(said)


def _lowered(bag: Optimizer, objective: Objective, w: Array, before: float) -> tuple[float, int]:
    """The loss at the end, and the steps that it took; it is over early where the loss is a thousandth."""
    if bag.minimize is not None:
        path = _solve(bag, objective, w)
        if len(path) > 100:
            raise Refused(f"minimize was given max_iter = 100 and yields {len(path)} points")
        return objective(path[-1])[0] if path else before, len(path)
    state, done = _begin(bag, w), 0
    while done < _STEPS and objective(w)[0] > before / 1000:
        w, state = _walk(bag, objective, w, state, range(done + 1, done + 51))
        done += 50
    return objective(w)[0], done


def state(case: Case) -> str | None:
    """All memory lies in the state: two trainings do not disturb each other, and one that was saved goes on exactly
    where it stopped, its step counted from 1 on."""
    bag: Optimizer = case.bag
    if bag.minimize is not None:
        return _two_solutions(bag)
    _require_plain(_walk(bag, quadratic, _START.copy(), _begin(bag, _START.copy()), range(1, 4))[1])
    _require_copies(bag)
    alone = [_walk(case.fresh(), quadratic, w, _begin(bag, w), range(1, 13))[0] for w in _starts()]
    for one, expected in zip(_interleaved(bag), alone, strict=True):
        if not same(one, expected):
            raise Refused(
                f"two trainings in turn: after 12 steps each, one has w = {_row(one)}; alone it has {_row(expected)}: "
                "they disturb each other, so something is remembered outside of the state"
            )
    _survive_a_file(case, alone[0])
    return None


def _starts() -> list[Array]:
    return [_START.copy(), 2 * _START[::-1]]


def _interleaved(bag: Optimizer) -> list[Array]:
    walkers = [(w, _begin(bag, w)) for w in _starts()]
    for step in range(1, 13):
        walkers = [_walk(bag, quadratic, w, state, range(step, step + 1)) for w, state in walkers]
    return [w for w, _ in walkers]


def _two_solutions(bag: Optimizer) -> str:
    alone = [list(solution(bag, quadratic, w, 10, {})) for w in _starts()]
    first, second = (solution(bag, quadratic, w, 10, {}) for w in _starts())
    together: list[list[Array]] = [[], []]
    for _ in range(10):
        for path, solver in zip(together, (first, second), strict=True):
            path += [w for w in [next(solver, None)] if w is not None]
    if not same(together, alone):
        raise Refused("two solutions in turn give other points than each alone: they share memory")
    return "two solutions in turn" + _gone_on(bag)


def _gone_on(bag: Optimizer) -> str:
    """A solver with a state, stopped after 4 points and begun again with what a file keeps, finds the same points."""
    state: State = {}
    expected = list(solution(bag, rosenbrock, _VALLEY.copy(), 8, {}))
    first = list(islice(solution(bag, rosenbrock, _VALLEY.copy(), 8, state), 4))
    if not state:
        return ""
    _require_plain(state)
    found = first + list(solution(bag, rosenbrock, first[-1].copy(), 4, _through_a_file(state)))
    if not same(found, expected):
        raise Refused(
            f"gone on after {len(first)} points with its state and the last w, it comes to {_row(found[-1])}; without "
            f"a stop to {_row(expected[-1])}: what it remembers is not all in the state"
        )
    return ", gone on from its state"


def _require_dict(state: Any) -> None:
    if not isinstance(state, dict):
        raise Refused(f"the state is {type(state).__name__}: expected a flat dict of arrays and Python numbers")


def _require_plain(state: Any) -> None:
    _require_dict(state)
    for name, value in state.items():
        plain = isinstance(value, int | float | np.generic) or (
            isinstance(value, np.ndarray) and not value.dtype.hasobject
        )
        if not plain or not isinstance(name, str):
            raise Refused(f"state[{name!r}] is {type(value).__name__}: a file holds arrays and Python numbers")


def _require_copies(bag: Optimizer) -> None:
    """w and g are lent: the trainer writes into them after the call."""
    assert bag.update is not None
    w, g = _START.copy(), quadratic(_START)[1]
    states = [("init", _begin(bag, w))]
    states.append(("update", bag.update(w, g, states[0][1], 1)[1]))
    for where, state in states:
        for name, value in state.items():
            for letter, lent in (("w", w), ("g", g)):
                if isinstance(value, np.ndarray) and np.shares_memory(value, lent):
                    raise Refused(f"{where} keeps {letter} itself as state[{name!r}]: it is lent, keep a copy of it")


def _survive_a_file(case: Case, expected: Array) -> None:
    w = _START.copy()
    w, state = _walk(case.bag, quadratic, w, _begin(case.bag, w), range(1, 6))
    went_on, _ = _walk(case.fresh(), quadratic, w, _through_a_file(state), range(6, 13))
    if not same(went_on, expected):
        raise Refused(
            f"saved after step 5 and gone on at step 6, w is {_row(went_on)} after step 12; without a stop it is "
            f"{_row(expected)}: what it remembers, or how it counts steps, is not all in state and step"
        )


def _through_a_file(state: State) -> State:
    file = io.BytesIO()
    np.savez(file, **{name: np.asarray(value) for name, value in state.items()})  # type: ignore[arg-type]
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name] if isinstance(state[name], np.ndarray) else arrays[name].item() for name in state}


def any_length(case: Case) -> None:
    """The trainer hands over all parameters as one vector, be they 1 or 1000, and weights that get no gradient."""
    bag: Optimizer = case.bag
    if bag.minimize is not None:
        for length in (1, 7, 200):
            path = list(solution(bag, quadratic, np.linspace(-1, 1, length) + 0.1, 5, {}))
            _require_finite(path[-1], (length,), length)
        return
    assert bag.update is not None
    for length in (1, 2, 7, 1000):
        for words, g in (("", np.linspace(-1, 1, length)), (" without a gradient", np.zeros(length))):
            w = np.linspace(1, 2, length)
            change, _ = bag.update(w, g, _begin(bag, w), 1)
            _require_finite(change, w.shape, length, words)
    if bag.elementwise:
        _require_pieces(bag)


def _require_finite(change: Any, shape: tuple[int, ...], length: int, words: str = "") -> None:
    if np.shape(change) != shape:
        raise Refused(f"for {length} weights it returns an array of shape {np.shape(change)}, expected {shape}")
    if not np.isfinite(change).all():
        bad = np.asarray(change)[~np.isfinite(change)][0]
        raise Refused(f"for {length} weights{words} it returns {bad}: a finite number is expected")


def _require_pieces(bag: Optimizer) -> None:
    w = np.linspace(-1, 1, 9)
    whole = _walk(bag, quadratic, w.copy(), _begin(bag, w), range(1, 6))[0]
    for index in range(len(w)):
        c = np.resize(_CURVATURE, w.shape)[index]
        piece = w[index : index + 1].copy()
        alone = _walk(bag, partial(_parabola, c), piece, _begin(bag, piece), range(1, 6))[0]
        if not np.allclose(alone, whole[index], rtol=1e-12, atol=1e-15):
            raise Refused(
                f"it says elementwise=True, but weight {index} goes to {exact(whole[index], 8)} among others and to "
                f"{exact(alone[0], 8)} alone: one element looks at another"
            )


def _parabola(c: float, w: Array) -> tuple[float, Array]:
    return float((c * w**2).sum() / 2), c * w


def dtype(case: Case) -> None:
    """Weights in float32 stay so: a change or a state in float64 costs twice the memory and time."""
    bag: Optimizer = case.bag
    for wanted in (np.float32, np.float64):
        w = _START.astype(wanted)
        if bag.minimize is not None:
            for point in solution(bag, quadratic, w, 3, {}):
                _require_dtype("minimize yields", point, wanted)
            continue
        assert bag.update is not None
        state = _begin(bag, w)
        for step in (1, 2):
            change, state = bag.update(w, quadratic(w)[1], state, step)
            _require_dtype("update returns a change of", change, wanted)
            for name, value in state.items():
                if isinstance(value, np.ndarray) and value.shape == w.shape and value.dtype.kind == "f":
                    _require_dtype(f"update returns state[{name!r}] of", value, wanted)


def _require_dtype(words: str, value: Any, wanted: Any) -> None:
    found = np.asarray(value).dtype
    if found != wanted:
        raise Refused(f"for w of {np.dtype(wanted)} {words} {found}")


def _row(values: Array) -> str:
    return "[" + ", ".join(exact(value) for value in values) + "]"


PROMISES = tuple(Promise(test) for test in (descends, state, any_length, dtype))
