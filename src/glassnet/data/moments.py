"""What is asked of a date besides its day: `day:weekday` is a column of names, made of the column `day`.

A date by itself becomes days since the first one, a number that knows nothing of weeks and years.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from ..errors import GlassnetError, did_you_mean, join

#: By the word after the column's name: the names that it makes of moments, a Series.
PARTS: dict[str, Callable[[Any], Any]] = {
    "weekday": lambda moments: moments.dt.day_name(),
    "month": lambda moments: moments.dt.month_name(),
    "hour": lambda moments: moments.dt.strftime("%H h"),
}


def part_of(name: str, names: Collection[str]) -> tuple[str, str] | None:
    """The date's column and what is asked of it, of `day:weekday`; None where that is a column itself, or none.

    Raises `GlassnetError` for a column of that name of which something else is asked.
    """
    column, colon, part = name.rpartition(":")
    if name in names or not colon or column not in names:
        return None
    if part not in PARTS:
        guess = did_you_mean(part, PARTS)
        raise GlassnetError(f"--category {name}: no {part!r} of a date.{guess} Possible: {join(PARTS)}.")
    return column, part


def part_values(column: Any, part: str) -> Any:
    """The names of that part of each date, as text with None for gaps."""
    import pandas as pd

    from .columns import form_of

    moments = pd.Series(column)
    if form_of(moments) != "date":
        raise GlassnetError(f"--category {column.name}:{part}: the column {column.name!r} holds no dates.")
    if moments.dtype.kind != "M":
        moments = pd.to_datetime(moments)
    names = PARTS[part](moments).astype(object)
    return names.where(moments.notna(), None).rename(f"{column.name}:{part}")


def with_parts(X: Any, wanted: Collection[str]) -> Any:
    """A DataFrame and, of the columns that are wanted and not there, what can be made of its dates."""
    parts = {name: part for name in wanted if (part := part_of(name, X.columns))}
    return X.assign(**{name: part_values(X[column], part) for name, (column, part) in parts.items()}) if parts else X
