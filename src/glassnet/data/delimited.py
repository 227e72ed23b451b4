"""A text file as columns of cells: which encoding, which separator, and is the first line a header?

Nothing is guessed silently about structure: a line with too few or too many fields is an error that names
the line, because a reader that fills it up shifts a student's numbers into the wrong columns.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import GlassnetError, join, nearest
from ..wording import count

SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", " ": "spaces"}
SAMPLE = 100  # rows that the separator is guessed from
BINARY = (b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"BZh", b"\xfd7zXZ")


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


def existing(path: str | Path) -> Path:
    """The path of a file that is there; near names are offered if it isn't."""
    path = Path(path)
    if path.is_dir():
        raise GlassnetError(f"{path} is a folder, not a file.")
    if not path.is_file():
        try:
            others = sorted(other.name for other in path.parent.iterdir() if other.is_file())
        except OSError:
            others = []
        guess = nearest(path.name, others)
        hint = f" Did you mean {str(path.with_name(guess))!r}?" if guess else " Check the name and the folder."
        raise GlassnetError(f"there is no file {str(path)!r}.{hint}")
    return path


def read_cells(path: str | Path, known: Collection[str] = ()) -> Cells:
    """Read a file into cells.

    The first line is a header if it holds one of the `known` column names, or no number at all. Without a
    header the columns are called column_1, column_2 and so on. Blanks around a cell don't count.
    """
    path = existing(path)
    text = _decoded(path)
    separator = _separator(text)
    rows, lines = _rectangle(path.name, text, separator)
    first = [" ".join(cell.split()) for cell in rows[0]]
    header = any(cell in known for cell in first) or not any(_is_number(cell) for cell in first)
    names = tuple(cell if header and cell else f"column_{i + 1}" for i, cell in enumerate(first))
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise GlassnetError(f"{path.name}, line {lines[0]}: several columns are called {join(twice)}.")
    if header:
        rows, lines = rows[1:], lines[1:]
    if not rows:
        raise GlassnetError(f"{path.name} holds only a header, no rows.")
    columns = tuple(list(column) for column in zip(*rows, strict=True))
    return Cells(path.name, names, columns, lines, separator, header)


def _decoded(path: Path) -> str:
    """UTF-8 with or without a mark at its start, else Latin-1."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GlassnetError(f"can't read {path}: {error.strerror}.") from error
    if not content.strip():
        raise GlassnetError(f"{path.name} is empty.")
    if content.startswith(BINARY) or b"\0" in content:
        raise GlassnetError(
            f"{path.name} holds binary data, not a text table. Unpack it, or save it as CSV from its program."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _split_lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that aren't blank, each with the number of its first line."""
    stream: Iterator[str] = io.StringIO(text, newline="")
    if separator == " ":
        stream = (line.strip() for line in stream)
    reader = csv.reader(stream, delimiter=separator, skipinitialspace=True)
    start = 1
    for row in reader:
        cells = [cell.strip() for cell in row]
        if len(row) > 1 or (row and (cells[0] or _is_quoted(text, row))):
            yield start, cells
        start = reader.line_num + 1


def _is_quoted(text: str, row: Sequence[str]) -> bool:
    """In a table of a single column an empty cell is written "" and a blank line is nothing."""
    return row == [""] and '""' in text


def _separator(text: str) -> str:
    """The separator with which most rows have as many fields as the first; several fields, if possible."""
    best, agreement = ",", 0.0
    for separator in SEPARATORS:
        if separator == " " and agreement:
            break
        try:
            widths = [len(row) for _, row in itertools.islice(_split_lines(text, separator), SAMPLE)]
        except csv.Error:
            continue
        agree = sum(width == widths[0] for width in widths) / len(widths) if widths else 0.0
        if widths and widths[0] > 1 and agree > agreement:
            best, agreement = separator, agree
    return best


def _rectangle(file: str, text: str, separator: str) -> tuple[list[list[str]], list[int]]:
    """All rows and their line numbers, each as wide as the first."""
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for line, row in _split_lines(text, separator):
            rows.append(row)
            lines.append(line)
            if len(row) != len(rows[0]):
                raise GlassnetError(_ragged(file, line, row, rows[0], lines[0]))
    except csv.Error as error:
        raise GlassnetError(
            f"{file}: after line {lines[-1] if lines else 0} a quotation mark is never closed ({error})."
        ) from error
    if not rows:
        raise GlassnetError(f"{file} is empty.")
    if "\n" in rows[-1][-1] and text.count('"') % 2:
        raise GlassnetError(f"{file}, line {lines[-1]}: a quotation mark is opened and never closed.")
    return rows, lines


def _ragged(file: str, line: int, row: Sequence[str], first: Sequence[str], at: int) -> str:
    fields = count(len(row), "field")
    return (
        f"{file}, line {line} has {fields} where line {at} has {len(first)}. "
        "Correct the line: a missing value still needs its separator."
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return cell.lower() not in ("nan", "inf", "infinity")
