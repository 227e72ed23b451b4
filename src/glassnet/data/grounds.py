"""Rows that belong together, and rows that come later: what a split goes by beside chance.

Rows of one patient or of one day are no news to a network that has seen one of them, and what comes later is none where
it has learned what comes after that. So groups stay whole, in an order the last rows are the test rows, and copies of
rows that were learned are counted among those that judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError, join
from ..kinds import Dataset, Task
from ..wording import amount, count
from .columns import form_of, measured_values
from .splits import Index, Split, share, split
from .targets import Targets

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Grounds:
    """What a split goes by, for all rows of a data set: classes (n,), groups (n,) as whole numbers, order (n,)."""

    codes: NDArray[Any] | None = None
    groups: NDArray[np.intp] | None = None
    order: NDArray[np.float64] | None = None

    def divide(self, rows: Index, fraction: float, rng: np.random.Generator) -> tuple[Index, Index]:
        """Divide `rows` into those that stay and those that are taken, each in ascending order."""
        codes = None if self.codes is None else self.codes[rows]
        if fraction == 0 or (self.groups is None and self.order is None):
            return split(rows, fraction, rng, codes)
        if self.order is not None:
            return split_in_order(rows, fraction, self.order[rows])
        assert self.groups is not None
        return split_groups(rows, fraction, rng, self.groups[rows], codes)


def split_in_order(rows: Index, fraction: float, order: NDArray[np.float64]) -> tuple[Index, Index]:
    """The last rows are taken; rows of one moment stay together, so that the border lies where the order changes."""
    ascending = np.argsort(order, kind="stable")
    changes = np.flatnonzero(np.diff(order[ascending])) + 1
    if not len(changes):
        return rows, rows[:0]
    wanted = len(rows) - share(len(rows), fraction)
    border = changes[np.argmin(abs(changes - wanted))]
    return np.sort(rows[ascending[:border]]), np.sort(rows[ascending[border:]])


def split_groups(
    rows: Index, fraction: float, rng: np.random.Generator, groups: NDArray[Any], codes: NDArray[Any] | None = None
) -> tuple[Index, Index]:
    """Whole groups are taken, so many that rows and classes come near to their share."""
    counts, group = counts_of_groups(groups, codes)
    taken = _take(counts, fraction, rng)[group]
    return rows[~taken], rows[taken]


def counts_of_groups(groups: NDArray[Any], codes: NDArray[Any] | None) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """(groups, classes): how many rows of each class a group has; and the place of each row's group in it."""
    found, group = np.unique(groups, return_inverse=True)
    classes, code = np.unique(np.zeros(len(groups)) if codes is None else codes, return_inverse=True)
    counts = np.zeros((len(found), len(classes)))
    np.add.at(counts, (group, code), 1)
    return counts, group


def _take(counts: NDArray[Any], fraction: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """In random order each group that brings the sum nearer to its share; every class keeps a group, and one is taken.

    How near: the squares of what is missing or too much, each class by its own size, and all rows by theirs.
    """
    total = counts.sum(axis=0)
    taken, sum_ = np.zeros(len(counts), dtype=bool), np.zeros(len(total))

    def distance(sums: NDArray[Any]) -> Any:
        off = sums - fraction * total
        return (off**2 / total).sum(axis=-1) + off.sum(axis=-1) ** 2 / total.sum()

    for group in rng.permutation(len(counts)):
        more = sum_ + counts[group]
        if (more < total).all() and distance(more) < distance(sum_):
            taken[group], sum_ = True, more
    possible = np.flatnonzero((counts < total).all(axis=1))
    if not taken.any() and len(possible):
        taken[possible[np.argmin(distance(counts[possible]))]] = True
    return taken


def deal_groups(counts: NDArray[Any], folds: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """The fold of each group, from 0: the largest first, each where rows and classes stay most even."""
    total = counts.sum(axis=0)
    held = np.zeros((folds, len(total)))
    fold = np.empty(len(counts), np.intp)
    order = rng.permutation(len(counts))
    for group in order[np.argsort(-counts[order].sum(axis=1), kind="stable")]:
        more = held + counts[group]
        growth = ((more**2 - held**2) / total).sum(axis=1) + (
            more.sum(axis=1) ** 2 - held.sum(axis=1) ** 2
        ) / total.sum()
        fold[group] = np.argmin(growth)
        held[fold[group]] = more[fold[group]]
    return fold


def grounds_of(dataset: Dataset, y: Array, task: Task) -> Grounds:
    """What the split of a data set goes by; rows without a group are one each."""
    if dataset.groups is not None and dataset.order is not None:
        raise GlassnetError("--group and --order divide the rows in two ways: give one of them.")
    codes = y if task in ("binary", "multiclass") else None
    if dataset.order is not None:
        return Grounds(codes, order=_order(dataset.order))
    if dataset.groups is None:
        return Grounds(codes)
    import pandas as pd

    groups, _ = pd.factorize(pd.Series(dataset.groups))
    alone = np.flatnonzero(groups < 0)
    groups[alone] = groups.max(initial=-1) + 1 + np.arange(len(alone))
    return Grounds(codes, groups=groups)


def _order(values: Any) -> NDArray[np.float64]:
    import pandas as pd

    column = pd.Series(values)
    form = form_of(column)
    if form == "text":
        raise GlassnetError(f"--order wants a column of numbers or dates, and {column.name!r} holds text.")
    order = measured_values(column, form)
    if gaps := int(np.isnan(order).sum()):
        have = "row has" if gaps == 1 else "rows have"
        raise GlassnetError(f"--order {column.name}: {gaps} {have} no value there: fill it in, or leave such rows out.")
    return order


def why_none(grounds: Grounds) -> str:
    if grounds.order is not None:
        return "the column of --order has too few different values"
    if grounds.groups is not None:
        return "a group stays whole, and there are too few groups"
    return "nearly every class has a single row"


def split_account(dataset: Dataset, grounds: Grounds, rows: Split, targets: Targets, y: Array) -> Iterator[str]:
    """How groups or the order have divided the rows."""
    parts = {"training": rows.train, "validation": rows.validation, "the test": rows.test}
    parts = {name: part for name, part in parts.items() if len(part)}
    if grounds.groups is not None:
        name, groups = getattr(dataset.groups, "name", None), grounds.groups
        of = f" of {name!r}" if name else ""
        said = [f"{amount(len(np.unique(groups[part])))} for {which}" for which, part in parts.items()]
        yield f"Groups{of} stay together: {', '.join(said)}, of {amount(len(np.unique(groups)))}."
    if grounds.order is not None:
        name = getattr(dataset.order, "name", None)
        said = [f"{_from_to(dataset.order, grounds.order, part)} for {which}" for which, part in parts.items()]
        yield f"In the order of {name!r}: {', '.join(said)}." if name else f"In order: {', '.join(said)}."
    if targets.classes and len(rows.train) and (grounds.groups is not None or grounds.order is not None):
        there = set(targets.codes(y[rows.train]).tolist())
        if gone := [str(c) for code, c in enumerate(targets.classes) if code not in there]:
            yield f"No training row has the class {join(gone)}."


def _from_to(values: Any, order: NDArray[np.float64], part: Index) -> str:
    first, last = part[np.argmin(order[part])], part[np.argmax(order[part])]
    held = np.asarray(values)
    return " to ".join(
        str(held[row]).removesuffix("T00:00:00.000000000").removesuffix(" 00:00:00") for row in (first, last)
    )


def copies_account(dataset: Dataset, train: Any, validation: Any, test: Any) -> Iterator[str]:
    """How many rows of a table that judge are copies of such that were learned, inputs and target alike."""
    if not dataset.columns:
        return
    learned = set(_keys(train))
    said = []
    for name, part in (("validation", validation), ("test", test)):
        copies = 0 if part is None else sum(key in learned for key in _keys(part))
        if part is not None and copies:
            said.append(f"{amount(copies)} of the {count(len(part), f'{name} row')}")
    if said:
        are = (
            "is a copy of a training row"
            if said[0].startswith("1 ") and len(said) == 1
            else "are copies of training rows"
        )
        yield f"{' and '.join(said)} {are}, which makes them easy (--group copies keeps equal rows together)."


def _keys(rows: Any) -> list[int]:
    both = np.column_stack([rows.X, rows.target])
    return [hash(row.tobytes()) for row in both]
