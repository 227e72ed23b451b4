"""A student's own table: a CSV file however it was written, or Parquet, as rows to learn from.

What counts as missing: an empty cell and the marks in `MISSING`, in every column; `-` and `.` only where
all other cells of the column are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import GlassnetError, did_you_mean, join
from ..kinds import Dataset
from ..wording import count
from .delimited import SEPARATORS, Cells, existing, read_cells
from .features import Features
from .targets import MOST_CLASSES

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?")
DASHES = ("-", ".")
DECIMAL_COMMA = re.compile(r"^([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)$")


def read_table(path: str | Path, target: str | None, *, keep: Sequence[str] = ()) -> Dataset:
    """Read a table with a column to learn.

    Rows without a target are left out. Columns named in `keep` stay text even if most of their cells are
    numbers. `notes` of the data set tell what was detected and done.

    Raises `GlassnetError` with file, line and column for whatever can't be read.
    """
    if Path(path).suffix.lower() in (".parquet", ".pq"):
        return _read_parquet_table(path, target)
    cells = read_cells(path, known=() if target is None else (target,))
    notes = [_detected(cells)]
    cells = _without_row_names(cells, target, notes)
    target = _check_target(cells.file, target, cells.names, cells.header)
    present = ~_typed(cells, target, target=True, text=target in keep).isna()
    _check_present(cells.file, target, present)
    if not present.all():
        gone = [line for line, there in zip(cells.lines, present, strict=True) if not there]
        where = join(gone[:5]) + (", ..." if len(gone) > 5 else "")
        notes.append(f"Left out for want of a value in {target!r}: {count(len(gone), 'row')} (lines {where}).")
        cells = cells.rows(present)
    y = _typed(cells, target, target=True, text=target in keep).to_numpy()
    return _dataset(_frame(cells.without(target), keep), y, target, cells.file, notes)


def _dataset(X: Any, y: Any, target: str, file: str, notes: Sequence[str]) -> Dataset:
    if X.shape[1] == 0:
        raise GlassnetError(f"{file} has no column besides the target {target!r}: there is nothing to learn from.")
    return Dataset(X, y, target_names=(target,), source=file, notes=tuple(notes))


def _detected(cells: Cells) -> str:
    found = {cell for column in cells.columns for cell in set(column) if cell in MISSING}
    marks = join(sorted(mark or "an empty cell" for mark in found))
    header = "the first line is a header" if cells.header else "no header, so columns are called column_1, ..."
    separated = f"separated by {SEPARATORS[cells.separator]}, " if len(cells.names) > 1 else ""
    missing = f"; missing values are written as {marks}" if found else ""
    return (
        f"{cells.file}: {count(len(cells), 'row')}, {count(len(cells.names), 'column')}, {separated}{header}{missing}."
    )


def _without_row_names(cells: Cells, target: str | None, notes: list[str]) -> Cells:
    """Leave out the nameless first column in which R and pandas number the rows: it is no measurement."""
    first = cells.columns[0]
    numbered = all(cell.isdecimal() for cell in first) and len(cells.names) > 2
    if not cells.header or cells.names[0] != "column_1" or not numbered or target == "column_1":
        return cells
    if any(int(b) - int(a) != 1 for a, b in pairwise(first)):
        return cells
    notes.append("The first column has no name and numbers the rows: left out.")
    return cells.without("column_1")


def _check_target(file: str, target: str | None, names: Collection[str], header: bool) -> str:
    all_names = join(names, "its first line" if header else "")
    columns = f"Columns of {file}: {all_names}" + ("." if header else " (it has no header line).")
    if target is None:
        raise GlassnetError(f"which column is to be learned? Name it with --target. {columns}")
    if target not in names:
        raise GlassnetError(f"there is no column {target!r}.{did_you_mean(target, names)} {columns}")
    return target


def _check_present(file: str, target: str, present: Any) -> None:
    if not present.any():
        raise GlassnetError(f"{file}: no row has a value in the target column {target!r}.")


def _frame(cells: Cells, keep: Collection[str]) -> Any:
    import pandas as pd

    return pd.DataFrame({name: _typed(cells, name, text=name in keep) for name in cells.names})


def _typed(cells: Cells, name: str, *, target: bool = False, text: bool = False, number: bool = False) -> Any:
    """One column as booleans, whole numbers, numbers with NaN for gaps, or text with None for gaps.

    `text` and `number` say what it must be; else the cells decide.
    """
    import pandas as pd

    column = pd.Series(cells.column(name), dtype=object, name=name)
    gap = column.isin(MISSING)
    present = column[~gap]
    if text:
        return column.where(~gap, None)
    lower = present.str.lower()
    if len(present) and lower.isin(("true", "false")).all():
        truth = lower == "true"
        return truth if not gap.any() else truth.astype(float).reindex(column.index)
    numbers = _numbers(present, cells.separator)
    stray = numbers.isna() & ~present.isin(DASHES)
    if stray.any() and (number or _is_slip(present, numbers, stray, target)):
        raise GlassnetError(_stray(cells, name, stray, number or target))
    if stray.any() or (len(present) and numbers.isna().all() and not number):
        return column.where(~gap, None)
    numbers = numbers[numbers.notna()]
    return numbers if len(numbers) == len(column) else numbers.astype(float).reindex(column.index)


def _numbers(column: Any, separator: str) -> Any:
    """Cells as numbers, NaN where they aren't; `1,5` is a number unless commas separate the columns."""
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce")
    if separator != "," and numbers.isna().any():
        numbers = pd.to_numeric(column.str.replace(DECIMAL_COMMA, r"\1.\2", regex=True), errors="coerce")
    return numbers


def _is_slip(present: Any, numbers: Any, stray: Any, target: bool) -> bool:
    """Is a little text among numbers a slip, or is this a text column some of whose values look like numbers?

    A slip: most cells are numbers, and at most three cells or a tenth of them are not. Class names such as
    1, 2, 3, other are no slip.
    """
    if target and present.nunique() <= MOST_CLASSES:
        return False
    count = int(stray.sum())
    return numbers.count() * 2 > len(present) and count <= max(3, len(present) / 10)


def _stray(cells: Cells, name: str, stray: Any, must: bool) -> str:
    rows = list(stray.index[stray])
    more = f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
    other = "" if must else f", or read the column as text with --keep {name}"
    return (
        f"{cells.file}, line {cells.lines[rows[0]]}: {cells.column(name)[rows[0]]!r} in column {name!r} is not a "
        f"number{more}, but the column holds numbers. Correct it, leave the cell empty{other}."
    )


def read_features(path: str | Path, features: Features) -> Any:
    """The columns that a trained model needs, as a DataFrame.

    They are found by name, and other columns are ignored. A file without a header is taken by position if it has
    exactly the columns that were trained on; the names column_1, ... of a longer one count as names.
    """
    needed = {column.name: column.kind for column in features.columns if column.kind != "dropped"}
    if Path(path).suffix.lower() in (".parquet", ".pq"):
        frame = _read_parquet(path)
        _check_needed(Path(path).name, needed, frame.columns)
        return frame[list(needed)]
    cells = read_cells(path, known=features.names)
    if not cells.header and len(cells.names) == len(features.names):
        cells = replace(cells, names=features.names)
    elif not cells.header and not set(needed) <= set(cells.names):
        raise GlassnetError(
            f"{cells.file} has no header and {len(cells.names)} columns where the model needs "
            f"{len(features.names)}: {join(features.names)}."
        )
    _check_needed(cells.file, needed, cells.names)
    import pandas as pd

    return pd.DataFrame(
        {name: _typed(cells, name, text=kind == "text", number=kind == "number") for name, kind in needed.items()}
    )


def _check_needed(file: str, needed: Collection[str], names: Collection[str]) -> None:
    if missing := [name for name in needed if name not in names]:
        guess = did_you_mean(missing[0], names)
        raise GlassnetError(
            f"{file} lacks {len(missing)} of the {len(needed)} columns that the model needs: {join(missing)}.{guess}"
        )


def _read_parquet_table(path: str | Path, target: str | None) -> Dataset:
    frame = _read_parquet(path)
    file = Path(path).name
    target = _check_target(file, target, list(frame.columns), header=True)
    if len(frame) == 0:
        raise GlassnetError(f"{file} holds no rows.")
    notes = [f"{file}: {count(len(frame), 'row')}, {count(frame.shape[1], 'column')}, Parquet."]
    present = frame[target].notna()
    _check_present(file, target, present)
    if not present.all():
        notes.append(f"Left out for want of a value in {target!r}: {count(int((~present).sum()), 'row')}.")
        frame = frame[present]
    frame = frame.reset_index(drop=True)
    y = np.array(frame[target].tolist()) if frame[target].dtype != object else frame[target].to_numpy()
    return _dataset(frame.drop(columns=target), y, target, file, notes)


def _read_parquet(path: str | Path) -> Any:
    path = existing(path)
    try:
        import pyarrow
    except ImportError as error:
        raise GlassnetError(
            f"reading {path.name} needs pyarrow. Install it with: pip install 'glassnet[parquet]'"
        ) from error
    import pandas as pd

    try:
        frame = pd.read_parquet(path, engine="pyarrow")
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise GlassnetError(f"{path.name} can't be read as Parquet: {reason}") from error
    frame.columns = [str(name) for name in frame.columns]
    return frame
