"""Many trainings at once: those of one shape are trained side by side, each bit for bit as it would be alone.

A step of a small network is mostly the overhead of its NumPy calls. Networks that share these calls share it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..backward import Room, way_back
from ..catalog import Catalog
from ..data.sparse import Sparse, all_here
from ..errors import Diverged, need
from ..kinds import Activation, Optimizer
from ..probes import minds_company
from ..training import Epoch, Found, Loop
from ..training.live import run_to_the_end
from .building import Training
from .choosing import DEFAULT_BATCH
from .words import Experiment

Array = NDArray[Any]

ROWS_ASKED = 8  # of a part, whether it minds company
MOST, LEAST = 64, 4  # networks side by side: more gain little, and fewer are worth more memory than the cache has
CACHE = 8 << 20  # bytes that their arrays may have together


@dataclass(frozen=True)
class Stack:
    """Trainings that take their steps together, by their numbers. `alone` says why one can't stand beside others."""

    numbers: tuple[int, ...]
    alone: str = ""


def run_together(experiments: Sequence[Experiment], catalog: Catalog | None = None) -> list[Training]:
    """Train many experiments to their ends, those of one shape side by side, and return the trainings in their order.

    `run_together([experiment.replace(seed=seed) for seed in range(16)])` takes a fraction of the time of 16 calls of
    `run(experiment).finish()`, and comes to the same numbers, bit for bit. One that diverges keeps the weights of its
    last good epoch, and its `progress.stopped` says so. Any other error is raised once all the others are finished.
    """
    need(experiments, list | tuple, "run_together wants a list of experiments, such as [experiment.replace(seed=1)]")
    catalog = catalog or Catalog.discover()
    trainings: list[Training] = []
    for experiment in experiments:
        need(experiment, Experiment, "run_together wants experiments, each an Experiment(dataset='iris')")
        trainings.append(Training(experiment, catalog, like=trainings[-1] if trainings else None))
    broken: list[Exception] = []
    run_to_the_end(_epochs(trainings, broken), max((one.plan.epochs for one in trainings), default=0))
    if broken:
        raise broken[0]
    return trainings


def _epochs(trainings: Sequence[Training], broken: list[Exception]) -> Iterator[Epoch]:
    for numbers, ended_by in train_side_by_side(trainings):
        if ended_by is None:
            yield trainings[numbers[-1]].progress.epochs[-1]
        elif not isinstance(ended_by, Diverged):
            broken.append(ended_by)


def train_side_by_side(trainings: Sequence[Training]) -> Iterator[Found]:
    """Yield after each epoch which trainings, by their numbers from 0, have one more in their `progress`.

    With an exception, it is the one that this has ended.
    """
    for stack in stacks_of(trainings):
        if len(stack.numbers) == 1:
            yield from _by_itself(stack.numbers[0], trainings[stack.numbers[0]])
            continue
        loop = Loop(*_members([trainings[number] for number in stack.numbers]))
        for numbers, ended_by in loop.together():
            yield [stack.numbers[number] for number in numbers], ended_by


def _by_itself(number: int, training: Training) -> Iterator[Found]:
    try:
        for _ in training:
            yield [number], None
    except Exception as error:
        yield [number], error


def _members(trainings: Sequence[Training]) -> Iterator[Any]:
    """What the loop is told of each; those with the same words for their optimizer share it."""
    optimizers: dict[str, Optimizer] = {}
    for training in trainings:
        member = training.member()
        shared = optimizers.setdefault(str(training.chosen.optimizer), member.optimizer)
        yield replace(member, optimizer=shared)


def stacks_of(trainings: Sequence[Training]) -> list[Stack]:
    """Which of the trainings take their steps together: of one key, not more than the cache holds."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    stacks = []
    for number, training in enumerate(trainings):
        if reason := alone(training):
            stacks.append(Stack((number,), reason))
        else:
            alike.setdefault(_key(training), []).append(number)
    for numbers in alike.values():
        numbers.sort(key=lambda number: str(trainings[number].chosen.optimizer))
        first = trainings[numbers[0]]
        batch = min(first.plan.batch_size or len(first.data.train), len(first.data.train))
        size = most_together(first.network.widths, batch, first.network.dtype.itemsize)
        stacks += [Stack(tuple(numbers[first : first + size])) for first in range(0, len(numbers), size)]
    return stacks


def most_together(widths: Sequence[int], batch: int, itemsize: int = 4) -> int:
    """How many networks of these widths are trained side by side: what they hold has to stay in the cache."""
    weights = sum((i + 1) * o for i, o in pairwise(widths))
    numbers = 9 * weights + 4 * batch * sum(widths)
    return max(LEAST, min(MOST, CACHE // (numbers * itemsize)))


def most_by_words(words: Experiment, n: int, inputs: int) -> int:
    """The same as far as an experiment's words tell, for so many rows and columns: no part is built for it."""
    if str(words.optimizer).partition(":")[0] == "lbfgs":
        return 1
    return most_together([inputs, *words.hidden, 1], batch_by_words(words, n))


def batch_by_words(words: Experiment, n: int) -> int:
    """How many of n rows a step sees."""
    return n if words.batch_size == "full" else min(n, int(words.batch_size or DEFAULT_BATCH))


def alone(training: Training) -> str:
    """Why this one is trained alone; empty where it may stand beside others."""
    optimizer = training.chosen.optimizer.build()
    if optimizer.minimize is not None:
        return f"{training.chosen.optimizer.part.name} looks at all rows at once and ends when it likes"
    if not all_here(rows := training.data.train.X):
        return "its rows are sparse" if isinstance(rows, Sparse) else "its rows stay in their file"
    return _mind_company(training)


_asked: dict[tuple[Any, ...], str] = {}  # what parts were found to do, so that each is asked once


def _mind_company(training: Training) -> str:
    """Which of its parts can't be handed the rows of several networks at once, and why; empty where all can."""
    network, chosen = training.network, training.chosen
    kinds = [*zip(chosen.activations, network.activations, network.hidden, strict=True)]
    kinds.append((chosen.output, network.output, network.outputs))
    for choice, activation, width in kinds:
        key: tuple[Any, ...] = (choice.part.function, str(choice), width, network.dtype)
        if key not in _asked:
            _asked[key] = _answer(lambda: _activation_minds(activation, width, network.dtype))  # noqa: B023
        if _asked[key]:
            return f"{choice.part.name} wants its rows alone: {_asked[key]}"
    t = training.data.train.t[:ROWS_ASKED]
    key = chosen.loss.part.function, str(chosen.loss), str(chosen.output), t.tobytes(), network.dtype
    if key not in _asked:
        _asked[key] = _answer(lambda: _loss_minds(training, t))
    return f"{chosen.loss.part.name} wants its rows alone: {_asked[key]}" if _asked[key] else ""


def _answer(ask: Callable[[], str]) -> str:
    """What a part was found to do; one of a guest may raise anything, which is told where its network is trained."""
    try:
        return ask()
    except Exception as error:
        return f"it can't be asked whether others change it ({type(error).__name__})"


def _activation_minds(activation: Activation, width: int, dtype: np.dtype[Any]) -> str:
    z, upstream = _scores(ROWS_ASKED, width, dtype), _scores(ROWS_ASKED, width, dtype)
    back = way_back(activation, Room(width, dtype))
    return minds_company(activation.f, z) or minds_company(back, z, activation.f(z.copy()), upstream)


def _scores(n: int, width: int, dtype: np.dtype[Any]) -> Array:
    """Small scores and large ones."""
    return (np.random.default_rng(1).standard_normal((n, width)) * np.geomspace(1, 1e3, n)[:, None]).astype(dtype)


def _loss_minds(training: Training, t: Array) -> str:
    network, objective = training.network, training.objective
    z = _scores(len(t), network.outputs, network.dtype)
    given = z if objective.from_scores else network.output.f(z)
    return next(filter(None, (minds_company(function, given, given=t) for function in objective.of_rows)), "")


def _key(training: Training) -> tuple[Any, ...]:
    """What trainings side by side must have in common."""
    chosen, words, data, progress = training.chosen, training.experiment, training.data, training.progress
    held = None if data.whole or data.validation is None else data.validation.X.shape
    optimizer = chosen.optimizer.build()
    return (
        str(training.network.words()), tuple(map(str, chosen.activations)), str(chosen.output), str(chosen.loss),
        tuple(map(str, chosen.metrics.values())), training.plan.batch_size, words.clip_norm, words.clip_value,
        words.l1 > 0, words.l2 > 0, words.freeze, data.train.X.shape, data.train.t.shape, data.train.weight is None,
        held, optimizer.elementwise, len(progress.epochs), progress.step, len(progress.states),
    )  # fmt: skip
