"""A solver for all rows at once: it goes down in directions that do not undo what the ones before have gained.

`minimize` is a generator: it yields one w after the other, and where it ends the training ends.
"""

from collections.abc import Callable, Generator
from typing import Annotated

import numpy as np
from glassnet import Optimizer, Range, hookimpl

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]
Point = tuple[np.ndarray, float, np.ndarray]  # w, its loss, its gradient
ENOUGH, FLAT = 1e-4, 0.1  # Wolfe's two numbers; the second is small, as conjugate directions want exact lengths


def conjugate(tolerance: Annotated[float, Range(0)] = 1e-5) -> Optimizer:
    """Conjugate gradients: each direction keeps what the ones before have gained. For all rows at once.

    beta = max(0, g . (g - g of before) / |g of before|^2)
    direction = -g + beta (direction of before)
    w = w + length * direction, where the length satisfies the strong Wolfe conditions

    Where a direction leads nowhere, it starts again along -g; where that leads nowhere, it gives up.

    Options:
        tolerance: stops when no slope is larger than this

    Source: Polak and Ribiere (1969); the max with 0, which starts it again by itself: Powell (1984). As in Nocedal and
    Wright (2006), Numerical optimization, section 5.2.
    """

    def minimize(
        objective: Objective, w: np.ndarray, max_iter: int, state: dict
    ) -> Generator[np.ndarray, None, str | None]:
        def at(x: np.ndarray) -> Point:
            loss, g = objective(x.astype(w.dtype))
            return x, float(loss), np.array(g, dtype=float)  # a copy: the gradient is only lent

        point = at(np.array(state.get("w", w), dtype=float))
        direction = state.get("direction", -point[2])
        for _ in range(max_iter):
            _, loss, g = point
            if np.abs(g).max() <= tolerance:
                return None
            tried = ((_along(at, point, way), way) for way in (direction, -g))
            point, direction = next(((found, way) for found, way in tried if found), (None, direction))
            if point is None:  # within the rounding of the loss there is nothing to gain any more
                there = g @ g <= np.finfo(w.dtype).eps * abs(loss)
                return None if there else f"no step lowers the loss, though a slope is still {np.abs(g).max():.2g}"
            beta = max(0.0, point[2] @ (point[2] - g) / (g @ g))
            direction = beta * direction - point[2]
            state.update(w=point[0], direction=direction)
            yield point[0].astype(w.dtype)
        return None

    return Optimizer(minimize=minimize)


def _along(at: Callable[[np.ndarray], Point], start: Point, direction: np.ndarray) -> Point | None:
    """A point along the direction that satisfies the strong Wolfe conditions, found by SciPy; None if there is none."""
    import warnings

    from scipy.optimize import line_search

    w, loss, g = start
    if not direction @ g < 0:  # also where something is not a number
        return None
    seen: dict[bytes, Point] = {}

    def known(x: np.ndarray) -> Point:
        key = x.tobytes()
        if key not in seen:
            seen[key] = at(x)
        return seen[key]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that none was found is said below
        length = line_search(
            lambda x: known(x)[1], lambda x: known(x)[2], w, direction, g, loss, c1=ENOUGH, c2=FLAT, maxiter=30
        )[0]
    found = None if length is None else known(w + length * direction)
    return found if found and found[1] < loss else None


@hookimpl
def optimizers() -> list:
    """Every optimizer of this package."""
    return [conjugate]
