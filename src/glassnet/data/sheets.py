"""Any file of rows as a `Sheet`: named columns, each read as what it holds, and where in the file a row stands."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol

from ..errors import GlassnetError, join
from ..wording import count
from .arrays import read_array
from .cells import Coded, Heard, Place, Wish, marks, numbered, typed
from .delimited import Cells, read_cells
from .dialects import Dialect, dialect_of
from .frames import FrameSheet
from .headers import counted, is_value
from .large import SMALL, LargeSheet, is_packed, read_large, read_large_file
from .numerals import SAMPLE, decimal_habit
from .parquets import read_frame
from .reading import NAMES, OF_ARRAYS, OF_CELLS, OF_PARQUET, Reading, refuse_words
from .sources import ARRAY_SUFFIXES, PARQUET_SUFFIXES, STANDARD_INPUT, Held, Source, contents, decoded, is_workbook
from .staying import stored_sheet
from .workbooks import read_workbook


class Sheet(Protocol):
    """Rows of a file, or of a DataFrame. `notes` say what was found out about how it is written."""

    @property
    def notes(self) -> tuple[str, ...]: ...

    @property
    def file(self) -> str: ...

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def header(self) -> bool: ...

    @property
    def heard(self) -> Heard: ...

    def __len__(self) -> int: ...

    def column(self, name: str, *, target: bool = False, text: bool = False, number: bool = False) -> Any:
        """One column as a pandas Series: numbers with NaN for gaps, or text with None for gaps.

        `text` and `number` say what it must be, else the cells decide; a column of few values may be a `target` of
        classes although some of its cells are numbers.

        Raises `GlassnetError` with file, line and column for a cell that does not fit.
        """

    def plain(self, names: Collection[str]) -> dict[str, Any]:
        """Those of the columns that are plain finite numbers, as arrays: there may be very many."""

    def where(self, rows: Sequence[int]) -> str:
        """Which rows these are, for people: `lines 3, 4, 9` of the file, or `rows 2 and 3`."""

    def called(self, names: Sequence[str]) -> Sheet:
        """With other names for the columns, in their order."""

    def rows(self, present: Any) -> Sheet:
        """Only the rows that are marked, (n,) of true and false."""


def open_sheet(path: str | Path | Held, reading: Reading, known: Collection[str] = ()) -> Sheet:
    """The rows of a file, however it is written; `known` columns tell a header from a first row."""
    if isinstance(path, Held):
        path.refuse_others()
        return _of_contents(STANDARD_INPUT, *contents(path), reading, known)
    if Path(path).suffix.lower() in PARQUET_SUFFIXES:
        refuse_words(Path(path).name, reading, *OF_PARQUET)
        return parquet(path, reading)
    if Path(path).suffix.lower() in ARRAY_SUFFIXES:
        refuse_words(Path(path).name, reading, *OF_ARRAYS)
        return array(path, reading)
    if large := read_large_file(path, reading, known):
        refuse_words(large[0].file, reading, "text", OF_TEXT)
        return _with_notes(*large, reading, known)
    return _of_contents(path, *contents(path), reading, known)


OF_TEXT = [name for name in NAMES if name not in ("sheet", "disk")]


def _of_contents(path: str | Path, file: str, content: bytes, reading: Reading, known: Collection[str]) -> Sheet:
    """The rows of a text table or of a workbook, from its bytes."""
    if is_workbook(content):
        refuse_words(file, reading, "a workbook", ("header", "skip", "sheet", *OF_CELLS))
        cells, notes = read_workbook(file, content, reading, known)
        return _without_row_names(TextSheet(cells, reading, notes), known)
    refuse_words(file, reading, "text", OF_TEXT)
    return _with_notes(*_read_text(path, file, content, reading, known), reading, known)


def _read_text(
    path: str | Path, file: str, content: bytes, reading: Reading, known: Collection[str]
) -> tuple[TextSheet | LargeSheet, Source, Dialect]:
    unpacked = str(path) == STANDARD_INPUT or is_packed(path)
    if (
        unpacked
        and len(content) >= SMALL
        and (large := read_large(file, partial(io.BytesIO, content), len(content), reading, known))
    ):
        return large
    source = decoded(file, content, reading)
    dialect = dialect_of(source, reading, known)
    return TextSheet(read_cells(source, dialect), reading), source, dialect


def _with_notes(
    sheet: TextSheet | LargeSheet, source: Source, dialect: Dialect, reading: Reading, known: Collection[str]
) -> Sheet:
    """A sheet with all that was found out about how its file is written."""
    commas = "Numbers are written with decimal commas (--decimal overrules)."
    said = (commas,) if reading.decimal is None and sheet.has_commas() and sheet.habit == "," else ()
    notes = (_detected(sheet, dialect), *source.notes, *dialect.notes, *said)
    return _without_row_names(replace(sheet, notes=notes), known)


def open_rows(path: str | Path, reading: Reading, known: Collection[str] = ()) -> Sheet:
    """The same to learn from: rows of an array and of Parquet stay in their file where there is no room for them."""
    suffix = Path(path).suffix.lower()
    if suffix in (*ARRAY_SUFFIXES, *PARQUET_SUFFIXES):
        refuse_words(Path(path).name, reading, *(OF_ARRAYS if suffix in ARRAY_SUFFIXES else OF_PARQUET))
        if stored := stored_sheet(path, reading):
            return stored
    return open_sheet(path, reading, known)


@dataclass(frozen=True)
class TextSheet:
    """A sheet of text cells."""

    cells: Cells
    reading: Reading
    notes: tuple[str, ...] = ()
    sample: Sequence[Sequence[str]] | None = None  # columns of the file's first rows, if other rows are left out
    heard: Heard = field(default_factory=Heard)

    @property
    def file(self) -> str:
        return self.cells.file

    @property
    def names(self) -> tuple[str, ...]:
        return self.cells.names

    @property
    def header(self) -> bool:
        return self.cells.header

    def __len__(self) -> int:
        return len(self.cells)

    def column(self, name: str, *, target: bool = False, text: bool = False, number: bool = False) -> Any:
        at = self.cells.names.index(name)
        place = Place(self.file, self.cells.separator, lambda row: f"line {self.cells.lines[row]}", lambda: self.habit)
        wish = Wish(target, text, number or name in (self.reading.number or ()))
        read = typed(Coded.of(self.cells.columns[at]), name, place, self.reading, wish)
        return self.heard.take(name, read)

    def plain(self, names: Collection[str]) -> dict[str, Any]:
        return {}

    @cached_property
    def habit(self) -> str | None:
        """The decimal mark that the first rows of the file show."""
        return decimal_habit(self._first_rows())

    def _first_rows(self) -> Sequence[Sequence[str]]:
        return self.sample or [column[:SAMPLE] for column in self.cells.columns]

    def has_commas(self) -> bool:
        """Whether there is anything in the first rows that may be a decimal comma."""
        return any("," in cell for column in self._first_rows() for cell in column)

    def where(self, rows: Sequence[int]) -> str:
        return numbered("line", [self.cells.lines[row] for row in rows])

    def rows(self, present: Any) -> TextSheet:
        return replace(self, cells=self.cells.rows(present), sample=self._first_rows())

    def written(self, name: str) -> list[str]:
        """The cells of a column as they are written."""
        return self.cells.column(name)

    def without(self, name: str) -> TextSheet:
        """All columns but one."""
        return replace(self, cells=self.cells.without(name))

    def called(self, names: Sequence[str]) -> TextSheet:
        """With other names for the columns, in their order."""
        return replace(self, cells=replace(self.cells, names=tuple(names)))

    def marks(self) -> set[str]:
        """The marks of missing values that occur."""
        known = marks(self.reading)
        return {cell for column in self.cells.columns for cell in set(column) if cell in known}


def _detected(sheet: TextSheet | LargeSheet, dialect: Dialect) -> str:
    found = sheet.marks()
    missing_as = join(sorted(mark or "an empty cell" for mark in found))
    header = "the first line is a header" if sheet.header else "no header, so columns are called column_1, ..."
    if sheet.header and dialect.first > 1:
        header = f"line {dialect.first} is a header"
    columns = len(sheet.names)
    separated = f"separated by {dialect.separated}, " if columns > 1 else ""
    missing = f"; missing values are written as {missing_as}" if found else ""
    return f"{sheet.file}: {count(len(sheet), 'row')}, {count(columns, 'column')}, {separated}{header}{missing}."


def _without_row_names(sheet: TextSheet | LargeSheet, known: Collection[str]) -> TextSheet | LargeSheet:
    """Leave out the nameless first column in which R and pandas number or name the rows: it is no measurement."""
    name = sheet.names[0]
    if not sheet.header or name != "column_1" or len(sheet.names) < 3 or name in known:
        return sheet
    first = sheet.written(name)
    if all(cell.isdecimal() for cell in first):
        does = "numbers" if first == counted(first[0], len(first)) else ""
    else:
        does = "names" if len(set(first)) == len(first) > 1 and not any(map(is_value, first)) else ""
    if not does:
        return sheet
    said = f"The first column has no name and {does} the rows: left out (--keep column_1 overrules)."
    return replace(sheet.without(name), notes=(*sheet.notes, said))


def parquet(path: str | Path, reading: Reading) -> FrameSheet:
    """A Parquet file, which needs pyarrow."""
    frame = read_frame(path)
    file = Path(path).name
    if len(frame) == 0:
        raise GlassnetError(f"{file} holds no rows.")
    said = f"{file}: {count(len(frame), 'row')}, {count(frame.shape[1], 'column')}, Parquet."
    return FrameSheet((said,), file, frame, reading=reading)


def array(path: str | Path, reading: Reading) -> FrameSheet:
    """An array of NumPy, read into memory; it has no names for its columns."""
    frame, source = read_array(path)
    return FrameSheet((source.said,), source.file, frame, header=False, reading=reading)
