"""What prepared rows say in the table's own words: numbers in their units, dates, names and gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet import pictures

if TYPE_CHECKING:
    from glassnet import Run

MOST_NUMBERS = 4_000_000  # of the rows that others are compared with
GAP = "gap"


@dataclass(frozen=True)
class Values:
    """One input of some rows.

    `texts` are its values in words. `places` (n,) say where each lies among the training rows: the share of these that
    is lower, half of those that are equal; NaN for names and gaps, which have no order.
    """

    name: str
    texts: list[str]
    places: Any


def in_units(run: Run, column: int, values: Any) -> Any:
    """Prepared values of an input as they stand in the table."""
    measured = [one for one in run.trained.data.features.columns if one.measured]
    if column >= len(measured):
        return values  # 0 or 1: a category, or whether there is a gap
    return np.asarray(values, dtype=float) * float(measured[column].scale) + float(measured[column].shift)


def values_of(run: Run, X: Any) -> list[Values]:
    """Each input of prepared rows X (n, inputs), in the order of the table."""
    columns = [one for one in run.trained.data.features.columns if one.used]
    trained = run.rows("train").X
    trained = np.sort(trained[:: -(-len(trained) * trained.shape[1] // MOST_NUMBERS)], axis=0)
    found = []
    for one in columns:
        at, *others = run.trained.data.features.places[one.name]
        if one.measured:
            texts = _numbers(one.kind, in_units(run, at, X[:, at]))
            places = _places(trained[:, at], X[:, at])
        else:
            codes = X[:, at : at + len(one.values)]
            texts = [one.values[code.argmax()] if code.any() else GAP for code in codes]
            places = np.full(len(X), np.nan)
        missing = X[:, others[-1]] > 0.5 if one.gaps else np.zeros(len(X), bool)
        texts = [GAP if gone else text for gone, text in zip(missing, texts, strict=True)]
        found.append(Values(pictures.caption(run, one.name), texts, np.where(missing, np.nan, places)))
    return found


def _numbers(kind: str, values: Any) -> list[str]:
    if kind == "date":
        return [str(np.datetime64(round(day), "D")) for day in values.tolist()]
    texts = [(value, pictures.significant(value, 4)) for value in values.tolist()]
    return [text if abs(value) >= 10_000 else text.replace(",", "") for value, text in texts]  # 2009 may be a year


def _places(trained: Any, values: Any) -> Any:
    """The share of sorted numbers below each value, half of the equal ones."""
    low, high = (np.searchsorted(trained, values, side) for side in ("left", "right"))
    return (low + high) / (2 * len(trained))
