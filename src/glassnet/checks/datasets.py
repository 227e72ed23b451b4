"""What a data set promises: rows that fit together, a truth worth learning, and where it all comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import infer_task
from ..errors import GlassnetError, join
from ..kinds import Dataset
from ..wording import count
from .cases import Call, Case, NotApplicable, Refused
from .running import Promise

Array = NDArray[Any]

EXEMPT = {"input-untouched": "it is handed nothing but numbers and rng", "paper": "see provenance"}
_MOST_SHARED = 0.01  # honest repeats, as of two equal flowers, are rarer than that


def calls(case: Case, bag: Dataset) -> Iterator[Call]:
    """A data set has no functions: what is compared are its rows."""
    for name in ("X", "y", "test_X", "test_y"):
        rows = getattr(bag, name)
        if rows is not None:
            yield Call(name, lambda rows=rows: rows)


def _splits(bag: Dataset) -> list[tuple[str, Any, Any]]:
    splits = [("", bag.X, bag.y)]
    return splits + ([("test_", bag.test_X, bag.test_y)] if bag.test_X is not None else [])


def rows_agree(case: Case) -> str:
    """Row i of X belongs to row i of y: one row too many shifts every answer."""
    bag: Dataset = case.bag
    if (bag.test_X is None) != (bag.test_y is None):
        raise Refused(f"it gives test_{'y' if bag.test_X is None else 'X'} alone: the two belong together")
    columns = np.shape(bag.X)[1] if np.ndim(bag.X) == 2 else 0
    for name, X, y in _splits(bag):
        if np.ndim(X) != 2 or np.ndim(y) not in (1, 2):
            raise Refused(
                f"{name}X has shape {np.shape(X)} and {name}y {np.shape(y)}: expected (n, d), and (n,) or (n, c)"
            )
        if len(X) != len(y) or len(X) == 0:
            raise Refused(f"{name}X has {count(len(X), 'row')} and {name}y has {len(y)}: expected the same, at least 1")
        if np.shape(X)[1] != columns:
            raise Refused(f"{name}X has {count(np.shape(X)[1], 'column')} and X has {columns}")
    _require_names(bag, columns)
    return f"{count(len(bag.X), 'row')}, {count(columns, 'column')}"


def _require_names(bag: Dataset, columns: int) -> None:
    targets = np.shape(bag.y)[1] if np.ndim(bag.y) == 2 else 1
    for name, names, wanted in (
        ("feature_names", bag.feature_names, columns),
        ("target_names", bag.target_names, targets),
    ):
        if names is not None and len(names) != wanted:
            raise Refused(
                f"{name} holds {count(len(names), 'name')} for {count(wanted, 'column')}: {join(list(names)[:5])}"
            )
    if bag.image_shape is not None and int(np.prod(bag.image_shape)) != columns:
        raise Refused(f"image_shape {tuple(bag.image_shape)} is not that of {count(columns, 'column')}")


def finite(case: Case) -> None:
    """Infinity can't be scaled, and a target that is missing can't be learned; only inputs may have gaps, as NaN."""
    for name, X, y in _splits(case.bag):
        for column, values in _columns(X):
            bad = np.isinf(values)
            if bad.any():
                row = int(np.argmax(bad))
                raise Refused(f"{name}X, row {row}, column {column} is {values[row]}: expected a finite number")
            if np.isnan(values).all():
                raise Refused(f"{name}X, column {column} holds no number at all")
        for column, values in _columns(np.asarray(y).reshape(len(y), -1)):
            bad = ~np.isfinite(values)
            if bad.any():
                row = int(np.argmax(bad))
                raise Refused(f"{name}y, row {row}, column {column} is {values[row]}: expected a finite number")


def _columns(table: Any) -> Iterator[tuple[str, Array]]:
    """The columns of numbers that could hold anything but numbers, by name or position."""
    if hasattr(table, "columns"):
        columns = [(str(name), np.asarray(table[name])) for name in table.columns]
    else:
        columns = [(str(j), column) for j, column in enumerate(np.asarray(table).T)]
    yield from ((name, column) for name, column in columns if column.dtype.kind == "f")


def classes(case: Case) -> str:
    """A class that never occurs can't be learned, and one that is only among the test rows can't be foreseen."""
    bag: Dataset = case.bag
    task = _task(bag)
    if task not in ("binary", "multiclass"):
        raise NotApplicable(f"its task is {task}")
    found = set(np.unique(np.asarray(bag.y)).tolist())
    names = None if bag.classes is None else list(bag.classes)
    if names is not None:
        if len(set(names)) != len(names):
            raise Refused(f"classes names one twice: {join(names)}")
        expected = set(names) if found <= set(names) else set(range(len(names)))
        if found != expected:
            odd = sorted(map(str, found ^ expected))
            raise Refused(f"y holds {_some(found)} and classes names {join(names)}: they differ in {join(odd[:10])}")
    elif len(found) < 2:
        raise Refused(f"y holds one class only, {_some(found)}: there is nothing to tell apart")
    if bag.test_y is not None:
        unknown = set(np.unique(np.asarray(bag.test_y)).tolist()) - found
        if unknown:
            raise Refused(f"test_y holds classes that y does not: {_some(unknown)}")
    return f"{len(found)} classes"


def _some(values: set[Any]) -> str:
    ordered = sorted(values, key=lambda value: (isinstance(value, str), value))
    return join(ordered[:10]) + (f" and {len(ordered) - 10} more" if len(ordered) > 10 else "")


def task(case: Case) -> str:
    """Loss, output and scores are chosen by the task: it has to be one that the targets can be."""
    return _task(case.bag)


def _task(bag: Dataset) -> str:
    try:
        return infer_task(bag)
    except GlassnetError as error:
        raise Refused(str(error)) from error


def disjoint_test(case: Case) -> str:
    """A score on rows that were trained on says nothing: test rows are none of the training rows."""
    bag: Dataset = case.bag
    if bag.test_X is None:
        raise NotApplicable("it has no fixed test rows")
    known = set(_rows(bag.X, bag.y))
    shared = [row for row, content in enumerate(_rows(bag.test_X, bag.test_y)) if content in known]
    if len(shared) > _MOST_SHARED * len(bag.test_X):
        raise Refused(
            f"{len(shared)} of {len(bag.test_X)} test rows are training rows too; the first is test row {shared[0]}"
        )
    return f"{len(bag.test_X)} test rows, {len(shared)} of them equal to a training row"


def _rows(X: Any, y: Any) -> Iterator[Any]:
    if hasattr(X, "itertuples"):
        yield from zip(map(repr, X.itertuples(index=False, name=None)), map(repr, np.asarray(y).tolist()), strict=True)
        return
    values, targets = np.ascontiguousarray(X), np.ascontiguousarray(y)
    yield from ((x.tobytes(), t.tobytes()) for x, t in zip(values, targets, strict=True))


def provenance(case: Case) -> str:
    """Whoever shows a result has to be able to say where the rows come from and what may be done with them."""
    bag: Dataset = case.bag
    for name in ("source", "licence"):
        if not str(getattr(bag, name)).strip():
            raise Refused(f'{name} is empty: give Dataset(..., {name}="..."), "none stated" if that is so')
    return f"{bag.source}; {bag.licence}"


PROMISES = tuple(Promise(test) for test in (rows_agree, finite, classes, task, disjoint_test, provenance))
