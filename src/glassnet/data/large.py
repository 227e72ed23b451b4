"""A large text file as a sheet: read in blocks where it is written plainly, else not here."""

from __future__ import annotations

import codecs
import itertools
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError
from .blocks import BLOCK, Layout, Parsed, Unclear, parse, read_words, row_lines
from .cells import Coded, Heard, Place, Typed, Wish, marks, numbered, typed
from .delimited import cells_of
from .dialects import Dialect, dialect_of, sample
from .headers import is_value
from .numerals import SAMPLE, decimal_habit
from .reading import Reading
from .sources import Source, decoded, encoding_of, refuse_too_large

Array = NDArray[Any]
Opened = Callable[[], IO[bytes]]
SMALL = 100_000  # bytes that are read cell by cell in no time
HEAD = 2 * SAMPLE  # lines that tell how a file is written
ENCODINGS = ("utf-8", "utf-8-sig", "iso8859-1", "cp1252")  # of which bytes below 128 are ASCII
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"PK\x03\x04")


Read = tuple["LargeSheet", Source, Dialect]


def read_large_file(path: str | Path, reading: Reading, known: Collection[str] = ()) -> Read | None:
    """The rows of a file that is large and not packed, without ever holding all of it as text; else None."""
    path = Path(path)
    try:
        length = path.stat().st_size if path.is_file() else 0
        if length < SMALL or is_packed(path):
            return None
    except OSError:
        return None
    refuse_too_large(path.name, length // 2)
    return read_large(path.name, lambda: path.open("rb"), length, reading, known)


def is_packed(path: str | Path) -> bool:
    """Whether a file begins as packed ones do, workbooks among them."""
    with Path(path).open("rb") as stream:
        return stream.read(8).startswith(PACKED)


def read_large(
    file: str, opened: Opened, length: int, reading: Reading, known: Collection[str] = (), size: int = BLOCK
) -> Read | None:
    """The rows of a file of some length, read in blocks of a size in bytes; None where only single cells can tell.

    What is refused here is left to the reader of single cells, which says why.
    """
    try:
        with opened() as stream:
            head = b"".join(itertools.islice(stream, HEAD))
        try:
            source = _source(file, head, head, reading)
            return _read(opened, length, source, reading, known, size)
        except UnicodeError:  # other letters than the first lines have
            with opened() as stream:
                source = _source(file, head, stream.read(), reading)
            return _read(opened, length, source, reading, known, size)
    except (Unclear, UnicodeError, OSError):
        return None


def _source(file: str, head: bytes, content: bytes, reading: Reading) -> Source:
    """The first lines as text, in the letters of all; raises `Unclear` where bytes alone don't tell where lines end."""
    if b"\0" in head:
        raise Unclear
    encoding, notes = (reading.encoding, ()) if reading.encoding else encoding_of(file, content)
    if codecs.lookup(encoding).name not in ENCODINGS:
        raise Unclear
    if encoding not in ("utf-8", "utf-8-sig") and content is head and not reading.encoding:
        raise UnicodeError  # all of the file has to tell
    return replace(decoded(file, head, replace(reading, encoding=encoding)), notes=notes)


def _read(opened: Opened, length: int, source: Source, reading: Reading, known: Collection[str], size: int) -> Read:
    dialect = dialect_of(source, reading, known)
    names, line = _names(source, dialect)
    with opened() as stream:
        start = sum(map(len, itertools.islice(stream, line - 1)))
        if not start and stream.seek(0) == 0 and stream.read(3) == codecs.BOM_UTF8:
            start = len(codecs.BOM_UTF8)
    missing = marks(reading)
    if any(map(is_value, missing)):
        raise Unclear  # the parser takes -999.0, too, where -999 is said
    encoding = "utf-8" if source.encoding == "utf-8-sig" else source.encoding
    layout = Layout(
        opened, start, line, len(names), dialect.separator, encoding, _decimal(source, dialect, reading), missing,
        length, size,
    )  # fmt: skip
    at = dict(zip(names, range(len(names)), strict=True))
    heard = Heard(words={"": ("decimal=,",)} if layout.decimal == "," else {})  # the parser took it for that
    sheet = LargeSheet(source.file, at, dialect, reading, layout, parse(layout), source, heard=heard)
    if dialect.header and names[0] == "column_1" and not any(sheet.written("column_1")):
        raise Unclear  # a separator too many, it seems
    return sheet, source, dialect


def _names(source: Source, dialect: Dialect) -> tuple[tuple[str, ...], int]:
    """What the columns are called, and the line of the first row; raises `Unclear` for what isn't plain."""
    mark = dialect.separator
    rows = sample(source.text, dialect, 2)
    odd = (
        dialect.comment or dialect.row_names or dialect.rule or not mark.isascii() or mark.isalnum() or mark in ' "\r\n'
    )
    if odd or len(rows) < 2 or len(rows[0][1]) < 2:
        raise Unclear
    line, first = rows[0]
    if any("\n" in cell for cell in first) or (dialect.header and not all(first[1:])):
        raise Unclear
    try:
        cells = cells_of(source.file, [first, ["x"] * len(first)], [line, line + 1], dialect)
    except GlassnetError as error:
        raise Unclear from error
    return cells.names, line + dialect.header


def _decimal(source: Source, dialect: Dialect, reading: Reading) -> str:
    """The mark that the parser takes for the decimal one; numbers with the other are read as text first."""
    told = reading.mark
    if dialect.separator == ",":
        if told == ",":
            raise Unclear  # 1.234 is a number to the parser
        return "."
    return told or ("," in source.text and _habit(source, dialect)) or "."


def _habit(source: Source, dialect: Dialect) -> str | None:
    rows = sample(source.text, dialect, SAMPLE + dialect.header)
    return decimal_habit(zip(*(cells for _, cells in rows[dialect.header :]), strict=False))


@dataclass(frozen=True)
class LargeSheet:
    """A sheet whose plain numbers are there as arrays. `at` tells the position in the file of each column."""

    file: str
    at: dict[str, int]
    dialect: Dialect
    reading: Reading
    layout: Layout
    parsed: Parsed
    source: Source
    notes: tuple[str, ...] = ()
    present: Array | None = None
    _texts: dict[int, Coded] = field(default_factory=dict)
    heard: Heard = field(default_factory=Heard)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.at)

    @property
    def header(self) -> bool:
        return self.dialect.header

    def __len__(self) -> int:
        return self.parsed.rows if self.present is None else int(self.present.sum())

    def column(self, name: str, *, target: bool = False, text: bool = False, number: bool = False) -> Any:
        import pandas as pd

        values = None if text else self._numbers(self.at[name])
        if values is None:
            place = Place(self.file, self.dialect.separator, lambda row: f"line {self.lines[row]}", lambda: self.habit)
            wish = Wish(target, text, number or name in (self.reading.number or ()))
            read = typed(self._coded(self.at[name]), name, place, self.reading, wish)
        else:
            read = Typed(pd.Series(values, name=name))
        return self.heard.take(name, read)

    def plain(self, names: Collection[str]) -> dict[str, Any]:
        found = {name: self._numbers(self.at[name]) for name in names if name in self.at}
        return {name: values for name, values in found.items() if values is not None and not np.isinf(values).any()}

    def where(self, rows: Sequence[int]) -> str:
        return numbered("line", [int(self.lines[row]) for row in rows])

    def rows(self, present: Any) -> LargeSheet:
        kept = np.asarray(present)
        if self.present is not None:
            every = self.present.copy()
            every[self.present] = kept
            kept = every
        return replace(self, present=kept)

    def written(self, name: str) -> list[str]:
        """The cells of a column as text, but for its gaps and fractions as they are written."""
        values = self._numbers(self.at[name])
        if values is not None:
            return ["" if value != value else str(value) for value in values.tolist()]
        coded = self._coded(self.at[name])
        return np.array(coded.words, dtype=object)[coded.codes].tolist()

    def without(self, name: str) -> LargeSheet:
        """All columns but one."""
        return replace(self, at={one: at for one, at in self.at.items() if one != name})

    def called(self, names: Sequence[str]) -> LargeSheet:
        """With other names for the columns, in their order."""
        return replace(self, at=dict(zip(names, self.at.values(), strict=True)))

    def marks(self) -> set[str]:
        """The marks of missing values that occur."""
        known = set(self.layout.missing)
        texts = [self._coded(j, every=True).words for j in self.at.values() if j not in self.parsed.values]
        return (self.parsed.found & known).union(*(known.intersection(words) for words in texts))

    @cached_property
    def habit(self) -> str | None:
        """The decimal mark that the first rows of the file show."""
        return _habit(self.source, self.dialect)

    def has_commas(self) -> bool:
        """Whether there is anything in the first rows that may be a decimal comma."""
        return ("," if self.dialect.separator != "," else '"') in self.source.text

    @cached_property
    def lines(self) -> Array:
        """The line of the file in which each row begins."""
        lines = row_lines(self.layout)
        return lines if self.present is None else lines[self.present]

    def _numbers(self, j: int) -> Array | None:
        """The numbers of a column, or None where only its text tells."""
        values = self.parsed.values.get(j)
        if values is None or j in self.parsed.coded:
            return None
        if values.dtype.kind == "f" and (_is_empty(values) or (_may_be_grouped(values) and self.habit != ".")):
            return None
        if self.present is None:
            return values
        kept = values[self.present]
        if values.dtype.kind == "f" and not np.isnan(kept).any() and _are_whole(kept):
            return None  # whole numbers, now that gaps and fractions are gone? only their text tells
        return kept

    def _coded(self, j: int, every: bool = False) -> Coded:
        """A column as text, of the rows that are present or of all."""
        if j not in self._texts:
            if j in self.parsed.words:
                self._texts[j] = self.parsed.words.pop(j).coded()
            else:
                self._texts.update(read_words(self.layout, self._unread(j)))
        return self._texts[j] if self.present is None or every else self._texts[j].rows(self.present)

    def _unread(self, j: int) -> list[int]:
        """The columns whose text is needed sooner or later: they are read together."""
        parsed = self.parsed
        needed = {i for i in self.at.values() if i not in parsed.values or i in parsed.coded}
        return sorted({j} | (needed - set(parsed.words) - set(self._texts)))


def _are_whole(values: Array) -> bool:
    return bool((values == np.floor(values)).all())


def _may_be_grouped(values: Array) -> bool:
    """Might the points of these numbers stand between thousands? Three digits behind each, and no zero in front."""

    def suits(some: Array) -> bool:
        size = np.abs(some[some != np.floor(some)])
        return bool(((size >= 1) & (size < 1000) & (_remainder(size * 1000) < 1e-6)).all())

    first = float(values[0])
    if first != int(first) and not (1 <= abs(first) < 1000) if math.isfinite(first) else False:
        return False  # one look is enough for most columns
    known = values[np.isfinite(values)]
    return suits(known[:SAMPLE]) and suits(known) and bool((_remainder(known * 100) > 1e-6).any())


def _is_empty(values: Array) -> bool:
    return bool(values[0] != values[0] and np.isnan(values).all())


def _remainder(values: Array) -> Array:
    return np.abs(values - np.rint(values))
