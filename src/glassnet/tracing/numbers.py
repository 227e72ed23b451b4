"""How the numbers of a matrix are written and shaded, the same in a terminal and on a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LEVELS = (0.1, 0.3, 0.6)  # shares of a matrix's largest number where the next shade begins
MOST_DECIMALS = 12


def written(values: Array, digits: int) -> list[list[str]]:
    """The cells of a table: as many decimals for all of them as its largest number needs for so many digits.

    Whole numbers stay whole. A number too small for these decimals is written with an exponent, so that only a true
    zero is a 0.
    """
    finite = np.abs(values[np.isfinite(values)])
    largest = float(finite.max(initial=0.0))
    if np.array_equal(finite, np.round(finite)) and largest < 10**6:
        return [[f"{value:.0f}" if math.isfinite(value) else str(value) for value in row] for row in values.tolist()]
    before_point = math.floor(math.log10(largest)) + 1
    if not -3 < before_point <= max(digits, 6):
        return [[_cell(value, f".{digits - 1}e") for value in row] for row in values.tolist()]
    decimals = min(max(digits - max(before_point, 0), 1), MOST_DECIMALS)
    return [[_fixed(value, decimals) for value in row] for row in values.tolist()]


def _fixed(value: float, decimals: int) -> str:
    small = value != 0 and abs(value) < 0.5 * 10 ** (1 - decimals)  # fewer than two digits would be left
    return _cell(value, ".1e" if small else f".{decimals}f")


def _cell(value: float, form: str) -> str:
    return "0" if value == 0 else f"{value:{form}}"


def shades(values: Array) -> list[list[int]]:
    """How large a number is in its matrix, from 0 to 3, with its sign."""
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    if largest == 0.0 or values.size == 1:
        return [[0] * values.shape[1] for _ in values]
    share = np.abs(np.nan_to_num(values.astype(float), posinf=0.0, neginf=0.0)) / largest
    found: list[list[int]] = (np.digitize(share, LEVELS) * np.sign(np.nan_to_num(values))).astype(int).tolist()
    return found


def elided(count: int, most: int) -> list[int | None]:
    """The places that are shown of `count` things, at most so many; None stands for those between."""
    if count <= most:
        return list(range(count))
    last = max(most // 3, 1)
    return [*range(max(most - last, 1)), None, *range(count - last, count)]


def picked(things: Sequence[Any], places: list[int | None], gap: Any) -> list[Any]:
    return [gap if place is None else things[place] for place in places]
