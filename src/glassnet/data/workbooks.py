"""A sheet of an .xlsx workbook as columns of cells, as if it had been saved as CSV."""

from __future__ import annotations

import datetime
import io
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from ..errors import GlassnetError, did_you_mean, join
from ..process import unwarned
from ..wording import count
from .delimited import Cells, cells_of
from .dialects import Dialect, with_structure
from .reading import Reading

Row = tuple[int, list[str]]


def read_workbook(file: str, content: bytes, reading: Reading, known: Collection[str]) -> tuple[Cells, tuple[str, ...]]:
    """The cells of one sheet, the first unless another is named; and notes on what was found out."""
    sheet, others = _sheet(file, content, reading.sheet)
    rows = list(_rows(sheet))
    if not rows:
        raise GlassnetError(f"{file}: the sheet {sheet.title!r} is empty.")
    width = max(len(row) for _, row in rows)
    rows = [(line, row + [""] * (width - len(row))) for line, row in rows]
    dialect = with_structure(Dialect("\t", True, reading.skip or 0), rows, reading, known)
    rows = [(line, row) for line, row in rows if line > dialect.skip]
    cells = cells_of(file, [row for _, row in rows], [line for line, _ in rows], replace(dialect, separator="\t"))
    header = f"row {rows[0][0]} is a header" if cells.header else "no header, so columns are called column_1, ..."
    said = f"{file}, sheet {sheet.title!r}: {count(len(cells), 'row')}, {count(len(cells.names), 'column')}, {header}."
    more = f"It has {count(len(others), 'other sheet')}, {join(others)} (--sheet reads another)." if others else ""
    return cells, (said, *([more] if more and reading.sheet is None else []), *dialect.notes)


def _sheet(file: str, content: bytes, wanted: str | None) -> tuple[Any, list[str]]:
    try:
        import openpyxl
    except ImportError as error:
        raise GlassnetError(
            f"reading {file} needs openpyxl: pip install 'glassnet[excel]'. Or save the sheet as CSV from its program."
        ) from error
    try:
        with unwarned():  # about styles and forms, which are none of ours
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # bytes that were changed can make it raise nearly anything
        words = " ".join(str(error).split()) or type(error).__name__
        raise GlassnetError(f"{file} can't be read as a workbook: {words}. Save it again, or as CSV.") from error
    names = [sheet.title for sheet in book.worksheets]
    if not names:
        raise GlassnetError(f"{file} has no sheet with cells.")
    if wanted is None:
        return book.worksheets[0], names[1:]
    if wanted in names:
        return book.worksheets[names.index(wanted)], []
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return book.worksheets[int(wanted) - 1], []
    raise GlassnetError(f"{file} has no sheet {wanted!r}.{did_you_mean(wanted, names)} Sheets: {join(names)}")


def _rows(sheet: Any) -> Iterator[Row]:
    """Rows that aren't blank, with their numbers; cells without a value at the end are cut."""
    sheet.reset_dimensions()  # what a program has written down about them may be wrong
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        cells = [_text(value) for value in row]
        filled = [j for j, cell in enumerate(cells) if cell]
        if filled:
            yield number, cells[: filled[-1] + 1]


def _text(value: Any) -> str:
    """A cell as CSV would hold it: 3 for 3.0, dates as 2024-12-31."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, str) and value in ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"):
        return ""
    return str(value).strip()
