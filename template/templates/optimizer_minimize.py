"""An optimizer for glassnet. This module is the plugin: it is all that glassnet imports of the package.

This one is a solver: it sees all rows at once. `minimize` is a generator: it yields one w after the other, the trainer
looks at each, and where the generator ends the training ends. `objective(w)` gives the loss with its penalties and the
gradient. Put your own rule in the place of this one; `make check` says whether it finds its way down.
"""

from collections.abc import Callable, Generator
from typing import Annotated

import numpy as np
from glassnet import Optimizer, Range, hookimpl

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]
ENOUGH = 1e-4  # of what a straight slope promises: more would refuse good steps, 0 would take steps that gain nothing


def {{ part }}(tolerance: Annotated[float, Range(0)] = 1e-5) -> Optimizer:
    """Downhill by steps of a length that it finds itself: there is no rate to choose. For all rows at once.

    w = w - length g, where length is halved until the loss falls by at least length |g|^2 / 10000
    The next step tries twice the length first

    Options:
        tolerance: stops when no slope is larger than this

    Source: Armijo (1966), Minimization of functions having Lipschitz continuous first partial derivatives,
    Pacific Journal of Mathematics 16.
    """

    def minimize(
        objective: Objective, w: np.ndarray, max_iter: int, state: dict
    ) -> Generator[np.ndarray, None, str | None]:
        w, length = w.copy(), float(state.get("length", 1.0))
        loss, g = objective(w)
        g = g.copy()  # it is lent: the next call writes over it
        for _ in range(max_iter):
            if np.abs(g).max() <= tolerance:
                return None
            found = _shorter(objective, w, loss, g, 2 * length)
            if found is None:  # within the rounding of the loss there is nothing to gain any more
                there = g @ g <= np.finfo(g.dtype).eps * abs(loss)
                return None if there else f"no step lowers the loss, though a slope is still {np.abs(g).max():.2g}"
            w, loss, g, length = found
            state["length"] = length  # a training that was killed goes on with it
            yield w
        return None

    return Optimizer(minimize=minimize)


def _shorter(
    objective: Objective, w: np.ndarray, loss: float, g: np.ndarray, length: float
) -> tuple[np.ndarray, float, np.ndarray, float] | None:
    """The first of length, length / 2, length / 4, ... that lowers the loss enough; None where none does."""
    for _ in range(60):
        there = w - length * g
        new_loss, new_g = objective(there)
        # Less than before as well: what is promised may be less than the loss can show. Both are false for nan.
        if new_loss < loss and new_loss <= loss - ENOUGH * length * float(g @ g):
            return there, new_loss, new_g.copy(), length
        length /= 2
    return None


@hookimpl
def optimizers() -> list:
    """Every optimizer of this package: write a second one above and add its name here."""
    return [{{ part }}]
