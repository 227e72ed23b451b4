"""Large text tables, quickly: blocks of bytes go to the C parser of pandas, and only what is unclear is read as text.

What the parser takes silently is looked at first: the number of fields in each line, zeros that begin a code, which
marks of missing values occur. A file that is unusual in any of these is `Unclear`, and read cell by cell instead.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..process import raising
from .cells import Coded

Array = NDArray[Any]
BLOCK = 2**21  # bytes that are parsed at a time
FEWEST_LINES = 2000  # in a block, if lines are long: each column of each block has its price
LONGEST = 8 * BLOCK


class Unclear(Exception):
    """This file is one for the reader of single cells."""


@dataclass(frozen=True)
class Layout:
    """How the rows of a file lie: `width` fields in each, from the byte `start` on, which is in the line `line`.

    opened: the file's bytes, from the first one on. separator, encoding, decimal and missing are how they are written,
    as `Reading` has them; size: bytes of a block; length: of the file.
    """

    opened: Callable[[], IO[bytes]]
    start: int
    line: int
    width: int
    separator: str
    encoding: str
    decimal: str
    missing: tuple[str, ...]
    length: int
    size: int = BLOCK

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Whole records in pieces, each with the number of its first line; the last ends its line as all others."""
        line, size, rest = self.line, self.size, b""
        with self.opened() as stream:
            stream.seek(self.start)
            while piece := stream.read(size):
                if size == BLOCK and not rest and _count(piece, 10) < FEWEST_LINES:
                    size = LONGEST
                    piece += stream.read(size - len(piece))
                whole = rest + piece
                cut = _last_record(whole)
                if cut:
                    yield line, self._looked_at(whole[:cut])
                    line += _count(whole[:cut], 10)
                elif len(whole) > 4 * LONGEST:
                    raise Unclear
                rest = whole[cut:]
        if rest:
            yield line, self._looked_at(rest + b"\n")

    def _looked_at(self, block: bytes) -> bytes:
        """Raises `Unclear` for bytes that end lines in another way, or are no text in this encoding."""
        if b"\0" in block or (b"\r" in block and _count(block, 13) != block.count(b"\r\n")):
            raise Unclear
        if not block.isascii():
            block.decode(self.encoding)
        return block

    def records(self) -> Iterator[bytes]:
        """The blocks without their blank lines."""
        for _, block in self.blocks():
            if rows := rows_of(block, self.separator.encode()):
                yield rows

    def parsed(self, block: bytes, **options: Any) -> Any:
        """The rows of a block as a DataFrame with columns 0, 1, ..."""
        import pandas as pd

        try:
            with raising(pd.errors.ParserWarning):  # the first line is too long
                return pd.read_csv(
                    io.BytesIO(block), header=None, names=range(self.width), index_col=False, sep=self.separator,
                    skipinitialspace=True, keep_default_na=False, low_memory=False, encoding=self.encoding, **options,
                )  # fmt: skip
        except (ValueError, pd.errors.ParserWarning) as error:  # another one is
            raise Unclear from error


def _count(block: bytes, letter: int) -> int:
    return int(np.count_nonzero(np.frombuffer(block, np.uint8) == letter))


def _last_record(piece: bytes) -> int:
    """Where the last line ends that does not end inside of a cell; 0 if none does."""
    cut = piece.rfind(b"\n") + 1
    odd = piece.count(b'"', 0, cut) % 2
    while cut and odd:
        before = piece.rfind(b"\n", 0, cut - 1) + 1
        odd ^= piece.count(b'"', before, cut) % 2
        cut = before
    return cut


def rows_of(block: bytes, separator: bytes) -> bytes:
    """A block without its blank lines, which are no rows; the same one, if there are none."""
    data = np.frombuffer(b"\n" + block, np.uint8)
    follows = (data[1:] == 10) | (data[1:] == 13) | (data[1:] == 32)
    follows &= data[:-1] == 10
    if not follows.any():
        return block
    if b'"' in block:
        raise Unclear
    return b"".join(line for line in block.splitlines(keepends=True) if _is_filled(line, separator))


def _is_filled(line: bytes, separator: bytes) -> bool:
    return separator in line or bool(line.strip())


class Fields(NamedTuple):
    """Where the fields of a block lie: their first bytes, and those behind their last, row by row."""

    starts: Array
    ends: Array

    @classmethod
    def of(cls, block: bytes, layout: Layout) -> Fields:
        """Raises `Unclear` where a line has another width, or a quotation mark stands inside a field."""
        data = np.frombuffer(block, np.uint8)
        line, edge = data == 10, data == ord(layout.separator)
        edge |= line
        if b'"' in block:
            inside = _quoted(data, edge)
            line, edge = line & ~inside, edge & ~inside
        ends = np.flatnonzero(edge)
        last = np.flatnonzero(line[ends])
        if len(ends) % layout.width or (last != np.arange(layout.width - 1, len(ends), layout.width)).any():
            raise Unclear
        starts = np.concatenate(([0], ends[:-1] + 1))
        ends = ends - (line[ends] & (ends > starts) & (data[ends - 1] == 13))
        return cls(starts, ends)

    def marks(self, block: bytes, layout: Layout, empty: Array) -> set[str]:
        """The marks of missing values in some fields."""
        starts, ends = self.starts[empty], self.ends[empty]
        found = {""} if (ends == starts).any() else set()
        filled = ends > starts
        longest = max(len(mark.encode()) for mark in layout.missing) + 4  # with quotation marks or blanks around it
        letters = np.zeros((int(filled.sum()), longest), np.uint8)
        data = np.frombuffer(block, np.uint8)
        for j in range(longest):
            there = starts[filled] + j < ends[filled]
            letters[there, j] = data[starts[filled][there] + j]
        for word in set(letters.view(f"S{longest}").ravel().tolist()):
            found.add(word.decode(layout.encoding, "replace").strip().strip('"').strip())
        return found


def _quoted(data: Array, edge: Array) -> Array:
    """Which bytes stand between quotation marks; a pair begins and ends a field, or is doubled inside of one."""
    quotes = np.flatnonzero(data == 34)
    if len(quotes) % 2:
        raise Unclear
    before, after = quotes[::2] - 1, quotes[1::2] + 1
    fine = (before < 0) | edge[before] | (data[before] == 34)
    fine &= edge[after] | (data[after] == 34) | (data[after] == 13)
    if not fine.all():
        raise Unclear
    return _inside(data)


def _inside(data: Array) -> Array:
    return np.bitwise_xor.accumulate((data == 34).view(np.uint8)).view(bool)


class Words:
    """The text of a column, gathered block by block."""

    def __init__(self) -> None:
        self.cells: list[Array] = []

    def add(self, cells: Any) -> None:
        """More rows."""
        self.cells.append(np.asarray(cells, dtype=object))

    def coded(self) -> Coded:
        """Its distinct words; blanks around a cell don't count."""
        import pandas as pd

        codes, words = pd.factorize(np.concatenate(self.cells))
        bare = [word.strip() for word in words]
        if bare == words.tolist():
            return Coded(tuple(bare), codes)
        merged = Coded.of(bare)
        return Coded(merged.words, merged.codes[codes])


def read_words(layout: Layout, wanted: Sequence[int]) -> dict[int, Coded]:
    """Some columns as text, by position."""
    words = {j: Words() for j in wanted}
    for block in layout.records():
        frame = layout.parsed(block, usecols=list(wanted), na_filter=False, dtype=object)
        for j in wanted:
            words[j].add(frame[j])
    return {j: words[j].coded() for j in wanted}


@dataclass
class Parsed:
    """The rows of a file, by the position of their columns: `values` of numbers, true and false; `words` of text.

    `coded` are columns in which a zero begins a number. `found` are marks of missing values among the numbers. `gaps`
    and `kinds` are what the parser is told about them and about the columns of text.
    """

    values: dict[int, Array] = field(default_factory=dict)
    words: dict[int, Words] = field(default_factory=dict)
    rows: int = 0
    coded: set[int] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    gaps: Any = ()
    kinds: dict[int, type] = field(default_factory=dict)


def parse(layout: Layout) -> Parsed:
    """Read all blocks. A column that holds text in the first is one of text; in others its text is read on demand.

    Raises `Unclear` for a file whose lines differ in width, or whose quotation marks stand inside of cells.
    """
    done = Parsed()
    for block in layout.records():
        if done.rows:
            frame = text = layout.parsed(block, na_values=done.gaps, dtype=done.kinds, decimal=layout.decimal)
        else:
            frame, text = _first(block, layout, done)
        tables = _tables(frame)
        _look_at(block, len(frame), tables, layout, done)
        for j, words in done.words.items():
            words.add(text[j])
        _add(tables, len(frame), done, layout.length / len(block))
    if not done.rows:
        raise Unclear
    done.values = {j: values[: done.rows] for j, values in done.values.items()}
    return done


def _first(block: bytes, layout: Layout, done: Parsed) -> tuple[Any, Any]:
    """The first block, as it is parsed and as text; it tells which columns are read as text from now on."""
    marks = list(layout.missing)
    frame = layout.parsed(block, na_values=marks, decimal=layout.decimal)
    texts = [j for j, kind in enumerate(frame.dtypes) if kind.kind not in "biuf"]
    done.words, done.kinds = {j: Words() for j in texts}, dict.fromkeys(texts, object)
    done.gaps = {j: marks for j in range(layout.width) if j not in done.words} if texts else marks
    return frame, layout.parsed(block, usecols=texts, na_filter=False, dtype=object) if texts else frame


class Table(NamedTuple):
    """Columns of one type: their positions, and their values (columns, rows)."""

    at: Array
    values: Array


def _tables(frame: Any) -> list[Table]:
    """The columns of numbers, and of true and false; one look for all columns of a type."""
    kinds = frame.dtypes.to_numpy()
    every = {kind: np.flatnonzero(kinds == kind) for kind in set(kinds) if kind.kind in "biuf"}
    if len(set(kinds)) == 1:
        return [Table(at, frame.to_numpy().T) for at in every.values()]
    return [Table(at, frame.iloc[:, at].to_numpy().T) for at in every.values()]


def _look_at(block: bytes, rows: int, tables: Sequence[Table], layout: Layout, done: Parsed) -> None:
    """Has every line its fields? Where do zeros begin numbers, and which marks stand for what is missing?"""
    plain = b'"' not in block
    if plain:  # two counts will do: the parser refuses lines that are too long, but for the first, and fills up others
        mark, others = ord(layout.separator), layout.width - 1
        first = _count(block[: block.find(b"\n")], mark)
        if first != others or _count(block, mark) != rows * others or _count(block, 10) != rows:
            raise Unclear
    zeros = _zeros(block, layout)
    gaps = [
        (table.at, gap) for table in tables if table.values.dtype.kind == "f" and (gap := np.isnan(table.values)).any()
    ]
    if plain and not len(zeros) and not gaps:
        return
    fields = Fields.of(block, layout)
    if len(fields.ends) != rows * layout.width:
        raise Unclear
    done.coded |= set(np.unique(np.searchsorted(fields.ends, zeros) % layout.width).tolist())
    for at, gap in gaps:
        column, row = np.nonzero(gap)
        done.found |= fields.marks(block, layout, row * layout.width + at[column])


def _zeros(block: bytes, layout: Layout) -> Array:
    """Where a zero begins a field and a digit follows."""
    data = np.frombuffer(b"\n" + block, np.uint8)
    before, after = data[:-2], data[2:]
    zero = data[1:-1] == 48
    zero &= (before <= 34) | (before == ord(layout.separator))
    zero &= after >= 48
    zero &= after <= 57
    return np.flatnonzero(zero) if zero.any() else np.zeros(0, int)


def _add(tables: Sequence[Table], rows: int, done: Parsed, blocks: float) -> None:
    """Put a block's columns behind those of the blocks before, with room for about so many blocks."""
    fresh = {j: values for table in tables for j, values in zip(table.at.tolist(), table.values, strict=True)}
    if not done.rows:
        room = rows if blocks <= 1 else int(rows * blocks * 1.02) + 100
        done.values = {j: np.empty(room, values.dtype) for j, values in fresh.items()}
    end = done.rows + rows
    kept = {}
    for j, values in done.values.items():
        new = fresh.get(j)
        if new is None or (new.dtype != values.dtype and {new.dtype.kind, values.dtype.kind} != {"i", "f"}):
            continue  # text in this block: all of it is read as text
        if new.dtype.kind == "f" and values.dtype.kind == "i":
            values = values.astype(float)
        if end > len(values):
            values = np.concatenate((values, np.empty(end - len(values) + len(values) // 10, values.dtype)))
        values[done.rows : end] = new
        kept[j] = values
    done.rows, done.values = end, kept


def row_lines(layout: Layout) -> Array:
    """The line of the file in which each row begins."""
    found, separator = [], layout.separator.encode()
    for line, block in layout.blocks():
        data = np.frombuffer(block, np.uint8)
        newline = data == 10
        ends = np.flatnonzero(newline & ~_inside(data) if b'"' in block else newline)
        at = line + np.concatenate(([0], np.cumsum(newline)[ends[:-1]]))
        if rows_of(block, separator) is not block:
            at = at[[_is_filled(one, separator) for one in block.splitlines(keepends=True)]]
        found.append(at)
    return np.concatenate(found)
