"""A text file as columns of cells, whatever its dialect.

Nothing is guessed silently about structure: a line with too few or too many fields is an error that names
the line, because a reader that fills it up shifts a student's numbers into the wrong columns.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..errors import GlassnetError, join
from ..wording import count
from .dialects import Dialect, split, uncommented
from .sources import Source


@dataclass(frozen=True)
class Cells:
    """A table of text. `lines` holds, for each row, its line number in the file, counted from 1."""

    file: str
    names: tuple[str, ...]
    columns: tuple[list[str], ...]
    lines: list[int]
    separator: str
    header: bool

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> list[str]:
        """The cells of one column."""
        return self.columns[self.names.index(name)]

    def rows(self, present: Sequence[bool]) -> Cells:
        """Only some of the rows."""
        columns = tuple(list(itertools.compress(column, present)) for column in self.columns)
        return replace(self, columns=columns, lines=list(itertools.compress(self.lines, present)))

    def without(self, name: str) -> Cells:
        """All columns but one."""
        at = self.names.index(name)
        return replace(
            self, names=self.names[:at] + self.names[at + 1 :], columns=self.columns[:at] + self.columns[at + 1 :]
        )


def read_cells(source: Source, dialect: Dialect) -> Cells:
    """Read a text into cells. Without a header the columns are called column_1, column_2 and so on."""
    rows, lines = _rectangle(source, dialect)
    return cells_of(source.file, rows, lines, dialect)


def cells_of(file: str, rows: list[list[str]], lines: list[int], dialect: Dialect) -> Cells:
    """Rows of one width as columns with names, but for columns that have neither a name nor a value."""
    first = [" ".join(cell.split()) for cell in rows[0]]
    names = tuple(cell if dialect.header and cell else f"column_{i + 1}" for i, cell in enumerate(first))
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise GlassnetError(
            f"{file}, line {lines[0]}: several columns are called {join(sorted(twice))}. Give each a name of its "
            "own, or say --no-header if that line holds values."
        )
    if dialect.header:
        rows, lines = rows[1:], lines[1:]
    if not rows:
        raise GlassnetError(f"{file} holds only a header, no rows.")
    columns = tuple(list(column) for column in zip(*rows, strict=True))
    if dialect.header:  # where there are names, an empty column without one is only a separator too many
        stays = [bool(name) or any(column) for name, column in zip(first, columns, strict=True)]
        names, columns = tuple(itertools.compress(names, stays)), tuple(itertools.compress(columns, stays))
    return Cells(file, names, columns, lines, dialect.separator, dialect.header)


def _rectangle(source: Source, dialect: Dialect) -> tuple[list[list[str]], list[int]]:
    """All rows and their line numbers, each as wide as the first, but for empty fields behind the last."""
    rows: list[list[str]] = []
    lines: list[int] = []
    if dialect.commented:
        rows, lines = [_commented(source.text, dialect)], [dialect.skip + 1]
    try:
        for line, row in split(source.text, dialect):
            rows.append(row)
            lines.append(line)
    except csv.Error as error:
        raise GlassnetError(
            f"{source.file}: after line {lines[-1] if lines else 0} a quotation mark is never closed ({error})."
        ) from error
    if not rows:
        below = f" below its first {count(dialect.skip, 'line')}" if dialect.skip else ""
        raise GlassnetError(f"{source.file} is empty{below}.")
    if dialect.row_names:
        rows[0] = ["", *rows[0]]
    _trim(source.file, rows, lines)
    if "\n" in rows[-1][-1] and source.text.count('"') % 2:
        raise GlassnetError(f"{source.file}, line {lines[-1]}: a quotation mark is opened and never closed.")
    return rows, lines


def _commented(text: str, dialect: Dialect) -> list[str]:
    line = next(itertools.islice(io.StringIO(text, newline=""), dialect.skip, None))
    return next(split(uncommented(line, dialect.comment), replace(dialect, skip=0, comment="")))[1]


def _trim(file: str, rows: list[list[str]], lines: list[int]) -> None:
    """Cut empty fields behind the last column; refuse every other row that is longer or shorter than the first."""
    width = len(rows[0])
    short = min((len(row) for row in rows[1:]), default=width)
    while width > short and not rows[0][width - 1]:
        width -= 1  # names end in separators, and rows do not
    for row, line in zip(rows, lines, strict=True):
        if len(row) < width or any(row[width:]):
            raise GlassnetError(_ragged(file, line, row, rows[0], lines[0]))
        del row[width:]


def _ragged(file: str, line: int, row: Sequence[str], first: Sequence[str], at: int) -> str:
    fields = count(len(row), "field")
    return (
        f"{file}, line {line} has {fields} where line {at} has {len(first)}. "
        "Correct the line: a missing value still needs its separator."
    )
