"""One column of a table before anything is trained: numbers, or names that are counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from glassnet import Dataset, pictures

MOST_VALUES = 6  # names that are shown of a column
NAMES = 1.2  # inches that they take
BAR = 0.7  # of the room of a name, for the bars of all classes


@dataclass(frozen=True)
class Column:
    """A column: its `numbers` (n,), NaN for gaps, or its `words` (n,), None for gaps; `unit` is empty or says it."""

    name: str
    numbers: Any = None
    words: Any = None
    unit: str = ""

    @property
    def gaps(self) -> int:
        """How many rows have no value."""
        if self.words is not None:
            return int(sum(word is None for word in self.words))
        return int(np.count_nonzero(~np.isfinite(self.numbers)))

    @property
    def counts(self) -> list[tuple[str, int]]:
        """The names with their rows, the most frequent first."""
        return Counter(word for word in self.words if word is not None).most_common()

    @property
    def note(self) -> str:
        """What a panel does not show: `20 % gaps; 6 of 12 values`."""
        share = pictures.percent(self.gaps / len(self)) if self.gaps else ""
        many = 0 if self.words is None else len(self.counts)
        values = f"{MOST_VALUES} of {pictures.count(many, 'value')}" if many > MOST_VALUES else ""
        return "; ".join(part for part in (f"{share} gaps" if share else "", values) if part)

    def __len__(self) -> int:
        return len(self.numbers if self.words is None else self.words)


def columns_of(dataset: Dataset) -> list[Column]:
    """The inputs of a data set in their order, without those that nobody learns from."""
    X = dataset.X
    table = hasattr(X, "iloc")
    if not table:
        X = np.asarray(X[:])
    own = [str(name) for name in X.columns] if table else [f"x{number + 1}" for number in range(X.shape[1])]
    names = [str(name) for name in dataset.feature_names or own]
    named = {one.name for one in dataset.columns if one.role == "category"}
    aside = {one.name for one in left_out(dataset)}
    return [
        _column(str(dataset.captions.get(name, name)), X.iloc[:, at] if table else X[:, at], name in named)
        for at, name in enumerate(names)
        if name not in aside
    ]


def left_out(dataset: Dataset) -> list[Any]:
    """The columns of a table that are no inputs, although they might be."""
    return [one for one in dataset.columns if one.role in ("id", "constant", "left out")]


def _column(name: str, values: Any, named: bool) -> Column:
    kind = getattr(values.dtype, "kind", "O")
    gap = np.asarray(values.isna()) if hasattr(values, "isna") else np.array([_is_gap(one) for one in values])
    if kind == "M":
        return _days(name, values, gap)
    plain = [None if gone else value for gone, value in zip(gap, values, strict=True)]
    if not named and (kind in "biuf" or all(one is None or isinstance(one, Real) for one in plain)):
        return Column(name, np.array([np.nan if one is None else float(one) for one in plain]))
    return Column(name, words=np.array([None if one is None else str(one) for one in plain], dtype=object))


def _is_gap(value: Any) -> bool:
    return value is None or bool(value != value)  # NaN, and dates that are none, differ from themselves


def _days(name: str, moments: Any, gap: Any) -> Column:
    """Dates as days since the first of them: an axis counts, it knows no calendar."""
    local = moments.dt.tz_localize(None) if hasattr(moments, "dt") else moments
    days = np.asarray(local, dtype="datetime64[ns]").astype(np.int64) / 86_400e9
    first = np.floor(days[~gap].min()) if not gap.all() else 0.0
    return Column(name, np.where(gap, np.nan, days - first), unit=f"days since {np.datetime64(int(first), 'D')}")


# --- a panel ------------------------------------------------------------------------------------------------


def draw_counts(axes: Any, column: Column, classes: list[tuple[str, Any]]) -> None:
    """How often each value occurs, for each class: a line of steps over numbers, a mark beside each name."""
    if column.words is not None:
        _draw_bars(axes, column, classes)
        return
    finite = column.numbers[np.isfinite(column.numbers)]
    if not len(finite):
        return
    edges = np.histogram_bin_edges(finite, bins=min(30, max(5, len(np.unique(finite)))))
    for (called, of), look in zip(classes, pictures.looks(), strict=False):
        rows = column.numbers[of]
        counts, _ = np.histogram(rows[np.isfinite(rows)], edges)
        axes.stairs(counts, edges, color=look["color"], linestyle=look["linestyle"], linewidth=2, label=called)


def _draw_bars(axes: Any, column: Column, classes: list[tuple[str, Any]]) -> None:
    """A bar for each name and class, those of a name beside each other, with a mark at its end."""
    shown = _names(axes, column)
    for number, ((called, of), look) in enumerate(zip(classes, pictures.looks(), strict=False)):
        counts = Counter(column.words[of])
        lengths = np.array([counts[name] or np.nan for name in shown], dtype=float)  # no mark where there is no row
        places = np.arange(len(shown)) + BAR * ((number + 0.5) / len(classes) - 0.5)
        axes.hlines(places, 0, lengths, color=look["color"], linestyle=look["linestyle"], linewidth=2)
        axes.plot(lengths, places, look["marker"], color=look["color"], markersize=6, label=called)
    axes.set_xlim(0, 1.08 * np.nanmax([1, *axes.dataLim.intervalx]))


def draw_target(axes: Any, column: Column, target: Any, every: int) -> None:
    """The target over numbers, or along x for each name with a bar at its median; every so-manieth row."""
    dots: dict[str, Any] = {"color": pictures.BLUE, "markersize": 3, "alpha": 0.4}
    if column.words is None:
        axes.plot(column.numbers[::every], target[::every], "o", **dots)
        return
    for place, name in enumerate(_names(axes, column)):
        of = target[column.words == name]
        axes.plot(of[::every], np.full(len(of[::every]), place), "o", **dots)
        axes.plot([np.median(of)], [place], "|", color=pictures.VERMILION, markersize=14, markeredgewidth=3)


def _names(axes: Any, column: Column) -> list[str]:
    """The most frequent values, written along y from top to bottom."""
    shown = [name for name, _ in column.counts[:MOST_VALUES]]
    if shown:
        pictures.name_ticks(axes, pictures.fitted(shown, NAMES, pictures.TICK), "y")
        axes.set_ylim(len(shown) - 0.5, -0.5)
    return shown
