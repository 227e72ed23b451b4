"""A large text file as a sheet: read in blocks where it is written plainly, else not here."""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .blocks import BLOCK, Layout, Parsed, Unclear, parse, read_words, row_lines
from .cells import Coded, Place, Typed, Wish, marks, numbered, typed
from .delimited import cells_of
from .dialects import Dialect, dialect_of, sample, split
from .headers import is_value
from .numerals import SAMPLE, decimal_habit
from .reading import Reading
from .sources import Source, decoded, encoding_of

Array = NDArray[Any]
SMALL = 100_000  # bytes that are read cell by cell in no time
HEAD = 2 * SAMPLE  # lines that tell how a file is written
ENCODINGS = ("utf-8", "utf-8-sig", "iso8859-1", "cp1252")  # of which bytes below 128 are ASCII


def read_large(
    file: str, content: bytes, reading: Reading, known: Collection[str] = (), size: int = BLOCK
) -> tuple[LargeSheet, Source, Dialect] | None:
    """The rows of a file, read in blocks of a size in bytes; None where only the reader of single cells can tell.

    What it refuses is left to that reader, too, which says why.
    """
    try:
        source, end = _head(file, content, reading)
        dialect = dialect_of(source, reading, known)
        layout, names = _layout(source, content, dialect, reading, size)
        if end < len(content) and layout.start >= end:
            raise Unclear
        parsed = parse(layout)
    except (Unclear, UnicodeError):
        return None
    at = dict(zip(names, range(len(names)), strict=True))
    return LargeSheet(file, at, dialect, reading, layout, parsed, source), source, dialect


def _head(file: str, content: bytes, reading: Reading) -> tuple[Source, int]:
    """The first lines as text, and where they end; raises `Unclear` for an encoding in which bytes aren't letters."""
    if b"\0" in content:
        raise Unclear
    encoding, notes = (reading.encoding, ()) if reading.encoding else encoding_of(file, content)
    if codecs.lookup(encoding).name not in ENCODINGS:
        raise Unclear
    if reading.encoding and not content.isascii():
        content.decode(encoding)
    end = 0
    for _ in range(HEAD):
        end = content.find(b"\n", end) + 1
        if not end:
            end = len(content)
            break
    return replace(decoded(file, content[:end], replace(reading, encoding=encoding)), notes=notes), end


def _layout(
    source: Source, content: bytes, dialect: Dialect, reading: Reading, size: int
) -> tuple[Layout, tuple[str, ...]]:
    """Where the rows lie and what their columns are called; raises `Unclear` for what isn't plain."""
    separator = dialect.separator
    odd = dialect.comment or dialect.row_names or dialect.rule
    if odd or not separator.isascii() or separator.isalnum() or separator in ' "\r\n':
        raise Unclear
    rows = sample(source.text, dialect, 2)
    if len(rows) < 2:
        raise Unclear
    line, first = rows[0]
    if any("\n" in cell for cell in first) or not all(first[1:] if dialect.header else first[:0]):
        raise Unclear
    if any(len(row) != len(first) for _, row in rows) or len(first) < 2:
        raise Unclear
    names = (
        cells_of(source.file, [first, ["x"] * len(first)], [line, line + 1], dialect).names
        if dialect.header
        else (tuple(f"column_{j + 1}" for j in range(len(first))))
    )
    start = 3 if content.startswith(codecs.BOM_UTF8) else 0
    line += dialect.header
    for _ in range(line - 1):
        start = content.index(b"\n", start) + 1
    missing = marks(reading)
    if any(map(is_value, missing)):
        raise Unclear  # the parser takes -999.0, too, where -999 is said
    encoding = "utf-8" if source.encoding == "utf-8-sig" else source.encoding
    return Layout(
        content, start, line, len(first), separator, encoding, _decimal(source, dialect, reading), missing, size
    ), names


def _decimal(source: Source, dialect: Dialect, reading: Reading) -> str:
    """The mark that the parser takes for the decimal one; numbers with the other are read as text first."""
    told = reading.decimal or {".": ",", ",": "."}.get(reading.thousands or "")
    if dialect.separator == ",":
        if told == ",":
            raise Unclear  # 1.234 is a number to the parser
        return "."
    return told or ("," in source.text and _habit(source, dialect)) or "."


def _habit(source: Source, dialect: Dialect) -> str | None:
    rows = itertools.islice(split(source.text, dialect), SAMPLE + dialect.header)
    return decimal_habit(zip(*(cells for _, cells in list(rows)[dialect.header :]), strict=False))


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
    _said: dict[str, tuple[str, ...]] = field(default_factory=dict)

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
        self._said[name] = read.remarks
        return read.values

    def remarks(self, name: str) -> tuple[str, ...]:
        return self._said.get(name, ())

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
            return list(map(str, values.tolist()))
        coded = self._coded(self.at[name])
        return np.array(coded.words, dtype=object)[coded.codes].tolist()

    def without(self, name: str) -> LargeSheet:
        """All columns but one."""
        return replace(self, at={one: at for one, at in self.at.items() if one != name})

    def marks(self) -> set[str]:
        """The marks of missing values that occur."""
        known = set(self.layout.missing)
        texts = {
            word for j in self.at.values() if j not in self.parsed.values for word in self._coded(j, every=True).words
        }
        return (self.parsed.found | texts) & known

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
        if values.dtype.kind == "f" and (np.isnan(values).all() or (_may_be_grouped(values) and self.habit != ".")):
            return None
        if self.present is None:
            return values
        kept = values[self.present]
        if values.dtype.kind == "f" and np.isnan(values).any() and not np.isnan(kept).any() and _are_whole(kept):
            return None  # whole numbers again, now that the gaps are gone? only their text tells
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

    known = values[np.isfinite(values)]
    return suits(known[:SAMPLE]) and suits(known) and bool((_remainder(known * 100) > 1e-6).any())


def _remainder(values: Array) -> Array:
    return np.abs(values - np.rint(values))
