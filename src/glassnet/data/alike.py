"""Do two columns say the same, in other units or in other words?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..wording import significant
from .evidence import Evidence
from .preparation import TOO_FEW_TO_SPLIT

#: A correlation that no measurement has by chance.
ALIKE = 1 - 1e-9
#: Columns that are held against each other.
MOST_COMPARED = 500


def straight(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    """How y is x in other units; empty where it is not."""
    there = np.isfinite(x) & np.isfinite(y)
    x, y = x[there], y[there]
    if len(x) < max(TOO_FEW_TO_SPLIT, len(there) / 2) or x.min() == x.max() or y.min() == y.max():
        return ""
    a, b = x - x.mean(), y - y.mean()
    if abs(float(a @ b)) < ALIKE * math.sqrt(float(a @ a) * float(b @ b)):
        return ""
    slope = float(a @ b) / float(a @ a)
    return "the same numbers" if np.allclose(x, y, rtol=1e-9) else f"{significant(slope, 4)} times it"


def pairs(codes: Any, values: Any, others: Any, other_values: Any, gaps: bool = False) -> str:
    """How each value of one column goes with one of the other; empty where it does not.

    With `gaps`, these must lie in the same rows; without, at least half of the rows have a value.
    """
    if gaps and ((codes < 0) != (others < 0)).any():
        return ""
    there = (codes >= 0) & (others >= 0)
    if len(values) != len(other_values) or len(values) < 2 or there.sum() < max(TOO_FEW_TO_SPLIT, len(codes) / 2):
        return ""
    found = np.unique(codes[there] * len(other_values) + others[there])
    if len(found) != len(values):
        return ""
    each = [f"{values[pair // len(other_values)]} = {other_values[pair % len(other_values)]}" for pair in found[:3]]
    return ", ".join(each) + (", ..." if len(found) > 3 else "")


def coded(y: Any) -> tuple[NDArray[np.intp], Any]:
    values, codes = np.unique(y, return_inverse=True)
    return codes, values


def alike_numbers(e: Evidence) -> Iterator[tuple[str, str]]:
    """(earlier, later) columns of numbers with a correlation of 1 or -1."""
    names = [name for name in e.measured if not np.isnan(e.numbers(name)).all()][:MOST_COMPARED]
    if len(names) < 2:
        return
    rows = np.linspace(0, len(e) - 1, min(len(e), 1000)).astype(np.intp)
    table = np.stack([e.numbers(name)[rows] for name in names], axis=1)
    with np.errstate(all="ignore"):
        table = np.nan_to_num((table - np.nanmean(table, axis=0)) / np.nanstd(table, axis=0), posinf=0, neginf=0)
        near = np.abs(table.T @ table) / len(rows) > 0.999
    taken: set[int] = set()
    for i, j in np.argwhere(np.triu(near, 1)).tolist():
        first, second = e.numbers(names[i]), e.numbers(names[j])
        same_gaps = bool((np.isnan(first) == np.isnan(second)).all())
        if i not in taken and j not in taken and same_gaps and straight(first, second):
            taken.add(j)
            yield names[i], names[j]


def alike_names(e: Evidence) -> Iterator[tuple[str, str]]:
    """(earlier, later) columns of which one is text: each value of one goes with one value of the other."""
    texts = [name for name in e.used if name not in e.measured]
    names = [name for name in e.used if 1 < len(e.codes(name)[1]) <= max(50, len(e) // 2)][:MOST_COMPARED]
    by_size: dict[int, list[str]] = {}
    for name in names:
        by_size.setdefault(len(e.codes(name)[1]), []).append(name)
    for alike in by_size.values():
        taken: set[str] = set()
        for i, first in enumerate(alike):
            for second in alike[i + 1 :]:
                text = first in texts or second in texts
                if text and not {first, second} & taken and pairs(*e.codes(first), *e.codes(second), gaps=True):
                    taken.add(second)
                    yield first, second
