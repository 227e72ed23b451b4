"""Central differences, away from kinks: the outside truth about slopes."""

from collections.abc import Callable

import numpy as np


def central_differences(value: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """The gradient of `value` at `at`, element by element."""
    slopes = np.empty_like(at)
    for index in np.ndindex(at.shape):
        moved = at.copy()
        moved[index] = at[index] + step
        above = value(moved)
        moved[index] = at[index] - step
        slopes[index] = (above - value(moved)) / (2 * step)
    return slopes


def kinks(value: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """Where the slopes from the two sides disagree: there is no derivative to check there."""
    here, found = value(at), np.zeros(at.shape, bool)
    for index in np.ndindex(at.shape):
        sides = []
        for sign in (1, -1):
            moved = at.copy()
            moved[index] = at[index] + sign * step
            sides.append(sign * (value(moved) - here) / step)
        found[index] = abs(sides[0] - sides[1]) > 1e-3 * max(1.0, abs(sides[0]), abs(sides[1]))
    return found


def relative_error(found: np.ndarray, expected: np.ndarray) -> float:
    """|found - expected| / (|found| + |expected|), of the whole vectors; 0 where both vanish."""
    scale = float(np.linalg.norm(found) + np.linalg.norm(expected))
    return float(np.linalg.norm(found - expected)) / scale if scale > 1e-12 else 0.0
