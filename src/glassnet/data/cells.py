"""One column of cells as what it holds: true or false, whole numbers, numbers with gaps, or text.

What counts as missing: an empty cell and the marks in `MISSING`, in every column; `-` and `.` only where
all other cells of the column are numbers.
"""

from __future__ import annotations

import re
from typing import Any

from ..errors import GlassnetError
from .delimited import Cells
from .reading import Reading
from .targets import MOST_CLASSES

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?")
DASHES = ("-", ".")
DECIMAL_COMMA = re.compile(r"^([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)$")


def typed(
    cells: Cells, name: str, reading: Reading, *, target: bool = False, text: bool = False, number: bool = False
) -> Any:
    """One column as booleans, whole numbers, numbers with NaN for gaps, or text with None for gaps.

    `text` and `number` say what it must be; else the cells decide.
    """
    import pandas as pd

    column = pd.Series(cells.column(name), dtype=object, name=name)
    gap = column.isin(marks(reading))
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
    other = "" if must else f", or read the column as text with --category {name}"
    return (
        f"{cells.file}, line {cells.lines[rows[0]]}: {cells.column(name)[rows[0]]!r} in column {name!r} is not a "
        f"number{more}, but the column holds numbers. Correct it, leave the cell empty{other}."
    )


def marks(reading: Reading) -> tuple[str, ...]:
    """What stands for a missing value: the marks that were given, else ours; an empty cell always."""
    return MISSING if reading.missing is None else ("", *reading.missing)
