"""What new rows hold that no training row held: values that a network has no input for, gaps in a full column.

A prediction for such a row rests on less than it seems. So each column is named once, with the number of its rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import join, nearest, shortened
from ..wording import amount, count, significant
from .columns import Column, text_values
from .features import Features
from .moments import with_parts
from .sparse import Sparse, is_sparse

SHOWN = 5  # values of a column


def unfamiliar(features: Features, X: Any) -> Iterator[str]:
    """A sentence for each column of raw rows X that holds what training never saw; X fits the features."""
    if isinstance(X, Sparse) or is_sparse(X):
        return
    if hasattr(X, "iloc"):
        X = with_parts(X.set_axis([str(name) for name in X.columns], axis=1), features.needed)
    for place, column in enumerate(features.columns):
        if not column.used:
            continue
        values = X[column.name] if hasattr(X, "iloc") else np.asarray(X)[:, place]
        yield from _gaps(column, values)
        if column.kind == "text":
            yield from _values(column, values)


def _gaps(column: Column, values: Any) -> Iterator[str]:
    gaps = int(_missing(values).sum())
    if gaps and not column.gaps:
        mean = _day(column.fill) if column.kind == "date" else significant(column.fill, 4)
        filled = f"the mean of training, {mean}" if column.measured else "no known value"
        has = "row has a gap" if gaps == 1 else "rows have a gap"
        yield f"Column {column.name!r}: {amount(gaps)} {has}, and no training row had one: taken for {filled}."


def _day(days: float) -> str:
    return str(np.datetime64(0, "D") + round(days))


def _missing(values: Any) -> NDArray[np.bool_]:
    import pandas as pd

    return np.asarray(pd.isna(values))


def _values(column: Column, values: Any) -> Iterator[str]:
    import pandas as pd

    found = Counter(value for value in text_values(pd.Series(values)) if value is not None)
    new = {value: rows for value, rows in found.items() if value not in set(column.values)}
    if not new:
        return
    named = [_named(value, rows, column) for value, rows in list(new.items())[:SHOWN]]
    more = f" and {count(len(new) - SHOWN, 'more value')}" if len(new) > SHOWN else ""
    hold = "row holds" if sum(new.values()) == 1 else "rows hold"
    yield (
        f"Column {column.name!r}: {amount(sum(new.values()))} {hold} what no training row held, {join(named)}{more}: "
        f"taken for none of the {count(len(column.values), 'known value')}."
    )


def _named(value: str, rows: int, column: Column) -> str:
    guess = nearest(value, column.values)
    meant = f"; is {shortened(guess)!r} meant?" if guess else ""
    return f"{shortened(value)!r} ({count(rows, 'row')}{meant})"
