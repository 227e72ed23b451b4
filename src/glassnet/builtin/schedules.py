"""How the learning rate changes: long steps first, short ones near the goal.

Each part gives one number from 0 to 1 for update `step` of `total` (counted from 1); the trainer multiplies
the optimizer's change by it. `epochs` holds the epochs that are finished.
"""

import math
from collections.abc import Sequence
from typing import Annotated, Any

from glassnet import Range, Schedule, hookimpl


def constant() -> Schedule:
    """The same rate from the first step to the last.

    factor = 1
    """
    return Schedule(factor=lambda step, total, epochs: 1.0)


def step_decay(drop: Annotated[float, Range(0, 1)] = 0.5, every: Annotated[int, Range(1)] = 10) -> Schedule:
    """The rate falls like a staircase: times `drop` after every so many epochs.

    factor = drop^floor(finished epochs / every)

    Options:
        drop: what is left of the rate at each stair
        every: epochs between two stairs
    """
    return Schedule(factor=lambda step, total, epochs: drop ** (len(epochs) // every))


def exponential_decay(rate: Annotated[float, Range(0, 1)] = 0.95) -> Schedule:
    """The rate loses the same share after each epoch.

    factor = rate^(finished epochs)

    Options:
        rate: what is left of the learning rate after one epoch; 0.95 halves it in 14 epochs
    """
    return Schedule(factor=lambda step, total, epochs: rate ** len(epochs))


def inverse_scaling(power: Annotated[float, Range(0)] = 0.5) -> Schedule:
    """The rate falls with a power of the step: fast at first, ever more slowly later.

    factor = 1 / step^power

    Options:
        power: 1 is the classic rate of stochastic approximation, 0.5 falls more slowly

    Source: Robbins and Monro (1951), A stochastic approximation method.
    scikit-learn's invscaling counts training rows instead of steps and moves only between epochs.
    """
    return Schedule(factor=lambda step, total, epochs: step**-power)


def cosine(floor: Annotated[float, Range(0, 1)] = 0.0) -> Schedule:
    """Half a cosine wave: the rate glides from 1 down to the floor and is near it for a while.

    factor = floor + (1 - floor) (1 + cos(pi p)) / 2, where p = (step - 1) / total

    Options:
        floor: the share of the rate that is left at the end

    Source: Loshchilov and Hutter (2017), SGDR, without its restarts.
    """
    return Schedule(
        factor=lambda step, total, epochs: _glide(step - 1, total, floor),
    )


def _glide(done: int, total: int, floor: float) -> float:
    p = min(done / total, 1.0)
    return floor + (1 - floor) * (1 + math.cos(math.pi * p)) / 2


def warmup_cosine(warmup: Annotated[float, Range(0, 1)] = 0.1, floor: Annotated[float, Range(0, 1)] = 0.0) -> Schedule:
    """A straight climb from almost 0 to the full rate, then the cosine: kind to fresh weights.

    With u = round(warmup * total) steps of climbing:
    factor = step / u while step <= u, then the cosine with p = (step - 1 - u) / (total - u)

    Options:
        warmup: the share of all steps that is spent climbing
        floor: the share of the rate that is left at the end

    Source: Goyal and others (2017), Accurate, large minibatch SGD (warm-up); Loshchilov and Hutter (2017).
    """

    def factor(step: int, total: int, epochs: Sequence[Any]) -> float:
        climb = round(warmup * total)
        if step <= climb:
            return step / climb
        return _glide(step - 1 - climb, max(total - climb, 1), floor)

    return Schedule(factor=factor)


def adaptive(
    divide: Annotated[float, Range(1)] = 5.0,
    patience: Annotated[int, Range(1)] = 2,
    tolerance: Annotated[float, Range(0)] = 1e-4,
) -> Schedule:
    """Keeps the rate while the training loss falls, and divides it when training stalls.

    factor = 1 / divide^k, where k counts how often `patience` epochs in a row did not bring the training
    loss at least `tolerance` below the best before

    Options:
        divide: what the rate is divided by
        patience: epochs in a row that may fail to improve
        tolerance: the smallest improvement that counts, in units of the loss

    Source: scikit-learn's learning_rate="adaptive", with its 5 and 1e-4; there the patience is
    n_iter_no_change, and a rate that falls to one millionth ends the training.
    """

    # What the epochs seen so far came to, so that each is looked at once and not at every step. Nothing depends on
    # it: where the epochs are others, they are counted from the first.
    seen: dict[str, Any] = {"last": None, "count": 0, "state": (math.inf, 0, 0)}

    def factor(step: int, total: int, epochs: Sequence[Any]) -> float:
        known = seen["count"]
        if known > len(epochs) or (known and epochs[known - 1] is not seen["last"]):
            known, seen["state"] = 0, (math.inf, 0, 0)
        best, stalled, divisions = seen["state"]
        for epoch in epochs[known:]:
            stalled = stalled + 1 if epoch.loss > best - tolerance else 0
            best = min(best, epoch.loss)
            if stalled == patience:
                stalled, divisions = 0, divisions + 1
        seen.update(last=epochs[-1] if epochs else None, count=len(epochs), state=(best, stalled, divisions))
        return divide**-divisions

    return Schedule(factor=factor)


@hookimpl
def schedules() -> list:
    return [
        constant,
        step_decay,
        exponential_decay,
        inverse_scaling,
        cosine,
        warmup_cosine,
        adaptive,
    ]
