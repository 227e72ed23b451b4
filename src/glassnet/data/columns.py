"""One input column at a time: is it numbers or text, and what do the training rows say about scaling it?"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError, join
from ..wording import count
from .sparse import all_here, is_sparse

Array = NDArray[Any]
Kind = Literal["number", "date", "text", "id", "dropped"]
Form = Literal["number", "date", "text"]
MOST_VALUES = 50
MANY = 200  # columns


@dataclass(frozen=True)
class Column:
    """What happens to one input column.

    number: a gap becomes `fill`, then (x - shift) / scale. date: the same, x in days since 1970. text: one column of 0
    and 1 for each of `values`. id and dropped: none. `gaps`: the training rows have gaps, which get a column of 0 and 1
    of their own. `why` says why it is no input; of a date, what its numbers count.
    """

    name: str
    kind: Kind
    fill: float = 0.0
    shift: float = 0.0
    scale: float = 1.0
    values: tuple[str, ...] = ()
    gaps: bool = False
    why: str = ""

    @property
    def used(self) -> bool:
        """Whether it is an input of the network."""
        return self.kind not in ("id", "dropped")

    @property
    def measured(self) -> bool:
        """Whether it is one number a row: a number or a date."""
        return self.kind in ("number", "date")


def input_table(X: Any, names: Sequence[str] | None = None) -> tuple[Any, tuple[str, ...]]:
    """X as a matrix of numbers, as `Sparse`, as `Stored` or as a DataFrame, and the names of its columns."""
    if is_sparse(X):
        raise GlassnetError("X is a sparse matrix; give X.toarray().")
    if not hasattr(X, "iloc") and all_here(X):
        X = np.asarray(X)
        if X.ndim != 2:
            raise GlassnetError(f"X must have rows and columns, (n, d), but its shape is {X.shape}.")
    if X.shape[1] == 0:
        raise GlassnetError("X has no column to learn from.")
    own = [str(name) for name in X.columns] if hasattr(X, "iloc") else None
    if names is not None and len(names) != X.shape[1]:
        raise GlassnetError(f"X has {X.shape[1]} columns, but {len(names)} names were given for them.")
    named = tuple(str(n) for n in (names or own or (f"column_{i + 1}" for i in range(X.shape[1]))))
    refuse_namesakes(named)
    if own is None and X.dtype.kind in "biuf":
        return X, named
    if own is None:
        import pandas as pd

        return pd.DataFrame(X, columns=list(named)).infer_objects(), named
    return X.set_axis(list(named), axis=1), named


def as_matrix(X: Any) -> Any:
    """A table of very many columns of numbers as a matrix, for each column of a table takes its time; else X."""
    if not hasattr(X, "iloc") or X.shape[1] <= MANY:
        return X
    plain = all(isinstance(kind, np.dtype) and kind.kind in "iuf" for kind in set(X.dtypes))
    return X.to_numpy() if plain else X


def refuse_namesakes(names: Sequence[str]) -> None:
    """Columns are told apart by their names."""
    if twice := sorted(name for name, times in Counter(names).items() if times > 1):
        raise GlassnetError(f"several columns have the same name: {join(twice)}. Call each by a name of its own.")


def form_of(column: Any) -> Form:
    """Does a column of a table hold numbers (true/false included), dates or text? Declared categories are names."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        return "text"
    if pd.api.types.is_complex_dtype(column.dtype):
        found = "complex numbers"
    elif pd.api.types.is_numeric_dtype(column.dtype):
        return "number"
    else:
        found = pd.api.types.infer_dtype(column, skipna=True)
        if found in ("boolean", "integer", "floating", "mixed-integer-float", "decimal", "empty"):
            return "number"
        if found in ("datetime64", "datetime", "date"):
            return "date"
        if found in ("string", "categorical"):
            return "text"
    raise GlassnetError(
        f"column {str(column.name)!r} holds {found} values, but inputs are numbers, dates, text or true/false. "
        "Turn it into numbers (a duration into hours) or leave it out."
    )


def day_values(column: Any) -> NDArray[np.float64]:
    """One column of dates as days since 1970, with NaN for gaps; of a time zone's moments what its clocks show."""
    import pandas as pd

    try:
        moments = pd.Series(column)
        if moments.dtype.kind != "M":
            moments = pd.to_datetime(moments, utc=True)
    except (TypeError, ValueError) as error:
        raise GlassnetError(f"column {str(column.name)!r} must hold dates, as in training, but {error}.") from error
    days = (moments.dt.tz_localize(None) - pd.Timestamp(0)) / pd.Timedelta(days=1)
    return np.asarray(days.to_numpy(dtype=np.float64, na_value=np.nan))


def measured_values(column: Any, kind: str) -> NDArray[np.float64]:
    """One column of numbers or dates as float64 with NaN for gaps."""
    return day_values(column) if kind == "date" else number_values(column)


def number_values(column: Any) -> NDArray[np.float64]:
    """One column as float64 with NaN for gaps."""
    if isinstance(column, np.ndarray):
        return column.astype(np.float64)
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if column.dtype == object:
        column = column.where(column.notna(), np.nan)
    try:
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    except (TypeError, ValueError) as error:
        raise GlassnetError(f"column {str(column.name)!r} must hold numbers, as in training, but {error}.") from error


def text_values(column: Any) -> Array:
    """One column as str, with None for gaps."""
    gap = column.isna().to_numpy()
    return np.array([None if g else str(v) for v, g in zip(column, gap, strict=True)], dtype=object)


def not_finite(name: str, value: float, row: int, dtype: np.dtype[Any]) -> str:
    """What to say about an input that is no finite number, or becomes none in the network's dtype."""
    if np.isfinite(value):
        return f"column {name!r} holds {value:g} in row {row} (counted from 0), too large for {dtype.name}."
    return (
        f"column {name!r} holds {value} in row {row} (counted from 0). Inputs must be finite numbers: "
        "correct it, or leave the value out so that it counts as missing."
    )


def fit_column(X: Any, j: int, name: str, rows: NDArray[np.intp], way: str, kept: bool) -> Column:
    """Learn one column from the training rows."""
    column = X.iloc[:, j] if hasattr(X, "iloc") else X[:, j]
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":  # most, and pandas is slow to take rows
        form: Form = "number"
        raw = np.asarray(column)[rows]
    else:
        form, raw = form_of(column), column.iloc[rows]
    if form == "text":
        return _fit_text(name, text_values(raw), kept)
    values = measured_values(raw, form)
    present = values[~np.isnan(values)]
    if not len(present):
        return Column(name, "dropped", why=f"Column {name!r} was dropped: it is empty in the training rows")
    if not np.isfinite(present).all():
        bad = int(np.argmax(np.isinf(values)))
        raise GlassnetError(not_finite(name, values[bad], int(rows[bad]), np.dtype(float)))
    with np.errstate(over="ignore"):
        mean = float(present.mean())
        low, high, spread = (
            float(present.min()),
            float(present.max()),
            float(present.std()) if way == "standard" else 0.0,
        )
    shift, scale = shift_and_scale(name, low, high, mean, spread, way)
    why = ""
    if form == "date":
        first = np.floor(present.min())
        why, shift = f"days since {np.datetime64(int(first), 'D')}", first if way == "none" else shift
    return Column(name, form, mean, shift, scale, gaps=len(present) < len(values), why=why)


def shift_and_scale(name: str, low: float, high: float, mean: float, spread: float, way: str) -> tuple[float, float]:
    """What a column is shifted and divided by, from what its training rows hold."""
    if way == "none":
        shift, scale = 0.0, 1.0
    elif way == "image":
        shift, scale = 0.0, max(high, 0.0)
    else:
        shift, scale = (low, high - low) if way == "minmax" else (mean, spread)
        # The standard deviation of a constant column is rounding error, and dividing by it would blow that up.
        if low == high or scale <= 1e-14 * abs(mean):
            shift, scale = low, 1.0
    if not np.isfinite([mean, shift, scale]).all():
        raise GlassnetError(f"column {name!r} holds numbers up to {max(-low, high):g}, too large to scale.")
    return shift, scale


def _fit_text(name: str, values: Array, kept: bool) -> Column:
    found = sorted({v for v in values if v is not None})
    gaps = any(v is None for v in values)
    if not found:
        return Column(name, "dropped", why=f"Column {name!r} was dropped: it is empty in the training rows")
    if len(found) > MOST_VALUES and not kept:
        why = (
            f"Text column {name!r} was dropped: it has {count(len(found), 'different value')}, more than {MOST_VALUES} "
            f"(--keep {shlex.quote(name)} restores it)"
        )
        return Column(name, "dropped", why=why)
    return Column(name, "text", values=tuple(found), gaps=gaps)
