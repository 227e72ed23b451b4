"""What a part does, found out by trying it: a picture of a part shows this, since there is no run to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..kinds import Optimizer, Schedule

    Array = NDArray[Any]


def descent(optimizer: Optimizer, objective: Callable[[Array], tuple[float, Array]], start: Array, steps: int) -> Array:
    """Where an optimizer comes by, (steps + 1, *start.shape), on its way down an objective.

    `objective(w)` returns (value, slope) for a vector w, `start` is the matrix of weights before the first step. The
    way is shorter where the optimizer finds no more to do, or runs away to where no number is finite.
    """
    import numpy as np

    from ..training import steps as training  # here: it loads the trainer

    return np.stack(list(training.descent(optimizer, objective, start, steps)))


def rate_factors(schedule: Schedule, epochs: int, steps: int, stalls: int) -> Array:
    """What a schedule multiplies each step's change by, (epochs * steps,).

    The loss that it may react to is made up: it falls up to the epoch `stalls` and stays where it is from then on.
    """
    from ..catalog import factors_of

    return factors_of(schedule, epochs, steps, stalls)
