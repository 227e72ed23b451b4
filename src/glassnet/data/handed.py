"""A table that is handed to a trained model: the columns that it needs, the answers if they are there, and the names.

What is neither an input nor an answer and tells the rows apart, as a name or a number does, stays beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError, did_you_mean, join
from .cells import marks
from .features import Features
from .reading import Reading, Words
from .sheets import Sheet, open_sheet
from .tables import by_position, features_of
from .targets import Targets
from .unfamiliar import unfamiliar

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Handed:
    """Rows for a trained model.

    `X` holds the columns that it needs, `beside` what is kept of the others, both DataFrames; `names` are all columns.
    `expected` are the answers of the rows that have one, and `known` (n,) says which these are; both are
    None where the table has no column of the target's name. `remarks` say what was guessed in reading, and what no
    training row held.
    """

    file: str
    names: tuple[str, ...]
    X: Any
    beside: Any
    known: Array | None
    expected: Array | None
    remarks: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.X)


def read_handed(
    path: str | Path, features: Features, targets: Targets, names: Sequence[str], *, reading: Words = (),
    beside: Sequence[str] = (), told: Sequence[str] = (),
) -> Handed:  # fmt: skip
    """Read a table for a model that has learned `names`; the columns `beside` are kept, and whatever tells rows apart.

    `told` is what the table of the training told about marks and dates, for cells that don't tell.

    Raises `GlassnetError` for a column that is missing, and a cell that does not fit.
    """
    how = replace(Reading.of(reading, told), disk=None)  # where the training's rows lay says nothing about these
    sheet = by_position(open_sheet(path, how, known=[*features.names, *names, *beside]), features)
    X = features_of(sheet, features)
    kept = _beside(sheet, {*features.needed, *names}, set(features.ids), beside)
    known, expected = _expected(sheet, names, targets, how) if set(names) <= set(sheet.names) else (None, None)
    said = (remark for name in features.needed if name in sheet.names for remark in sheet.heard.of(name))
    return Handed(
        sheet.file, sheet.names, X, kept, known, expected, (*sheet.notes[1:], *said, *unfamiliar(features, X))
    )


def _beside(sheet: Sheet, used: set[str], ids: set[str], asked: Sequence[str]) -> Any:
    """The columns that were asked for, those known as ids, and others that are not used and tell the rows apart."""
    import pandas as pd

    for name in asked:
        if name not in sheet.names:
            guess = did_you_mean(name, sheet.names)
            raise GlassnetError(
                f"{sheet.file} has no column {name!r} to keep beside the predictions.{guess} "
                f"Columns: {join(sheet.names)}."
            )
    columns = {name: sheet.column(name, text=True) for name in sheet.names if name in asked or name not in used}
    kept = {*asked, *ids}
    return pd.DataFrame({name: column for name, column in columns.items() if name in kept or _tells_apart(column)})


def _tells_apart(column: Any) -> bool:
    """Whether no two rows are alike and none is empty, as with names and numbers of rows; measurements tell nothing."""
    if column.isna().any() or column.duplicated().any():
        return False
    numbers = [_number(str(value)) for value in column]
    return any(number is None for number in numbers) or all(float(number or 0).is_integer() for number in numbers)


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def _expected(sheet: Sheet, names: Sequence[str], targets: Targets, reading: Reading) -> tuple[Array, Array]:
    """(which rows have an answer, the answers of these), each column read as it was in training."""
    texts = targets.classes is not None and all(isinstance(name, str) for name in targets.classes)
    absent = set(marks(reading)) - set(map(str, targets.classes or ()))

    def column(sheet: Sheet, name: str) -> Any:
        return sheet.column(name, target=True, text=texts, number=targets.classes is None)

    known = np.ones(len(sheet), bool)
    for name in names:
        values = column(sheet, name)
        known &= (values.notna() & ~values.isin(absent)).to_numpy()
    answered = sheet.rows(known)
    if not known.any():
        return known, np.zeros((0, len(names)) if len(names) > 1 else 0)
    columns = [column(answered, name).to_numpy() for name in names]
    return known, np.column_stack(columns) if len(columns) > 1 else columns[0]
