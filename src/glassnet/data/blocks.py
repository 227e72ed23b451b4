"""Large text tables, quickly: blocks of bytes go to the C parser of pandas, and only what is unclear is read as text.

What the parser takes silently is looked at first: the number of fields in each line, zeros that begin a code, which
marks of missing values occur. A file that is unusual in any of these is `Unclear`, and read cell by cell instead.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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

    separator, encoding, decimal and missing are how they are written, as `Reading` has them; size: bytes of a block.
    """

    content: bytes
    start: int
    line: int
    width: int
    separator: str
    encoding: str
    decimal: str
    missing: tuple[str, ...]
    size: int = BLOCK

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Whole records in pieces, each with the number of its first line; the last ends its line as all others."""
        line, start, end = self.line, self.start, len(self.content)
        lines = self.content.count(b"\n", start, start + self.size)
        size = self.size if lines >= FEWEST_LINES or self.size < BLOCK else LONGEST
        while start < end:
            stop = self._cut(start, min(start + size, end))
            block = self.content[start:stop]
            if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
                raise Unclear
            yield line, block if block.endswith(b"\n") else block + b"\n"
            line += block.count(b"\n")
            start = stop

    def _cut(self, start: int, stop: int) -> int:
        """The end of the last record that ends before `stop`, or of the first one."""
        while stop < len(self.content):
            cut = self.content.rfind(b"\n", start, stop) + 1
            odd = self.content.count(b'"', start, cut) % 2
            while cut > start and odd:  # the end of this line is inside of a cell
                before = max(self.content.rfind(b"\n", start, cut - 1) + 1, start)
                odd ^= self.content.count(b'"', before, cut) % 2
                cut = before
            if cut > start:
                return cut
            if stop - start > 4 * LONGEST:
                raise Unclear
            stop += stop - start
        return len(self.content)

    def parsed(self, block: bytes, **options: Any) -> Any:
        """The rows of a block as a DataFrame with columns 0, 1, ..."""
        import pandas as pd

        try:
            return pd.read_csv(
                io.BytesIO(block), header=None, names=range(self.width), index_col=False, sep=self.separator,
                skipinitialspace=True, keep_default_na=False, low_memory=False, encoding=self.encoding, **options,
            )  # fmt: skip
        except ValueError as error:  # a line that is too long, most likely
            raise Unclear from error

    def records(self) -> Iterator[bytes]:
        """The blocks without blank lines, which are no rows."""
        for _, block in self.blocks():
            if filled := filled_lines(block, self.separator.encode()):
                yield filled


def filled_lines(block: bytes, separator: bytes) -> bytes:
    """A block without its blank lines."""
    begins = block[:1] in (b"\r", b"\n", b" ")
    if not begins and b"\n\n" not in block and b"\n\r\n" not in block and b"\n " not in block:
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
    """The text of a column as its distinct words, gathered block by block."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.codes: list[Array] = []

    def add(self, cells: Any) -> None:
        """More rows; blanks around a cell don't count."""
        import pandas as pd

        codes, words = pd.factorize(np.asarray(cells, dtype=object))
        known = self.known
        self.codes.append(np.array([known.setdefault(word.strip(), len(known)) for word in words], np.int32)[codes])

    def coded(self) -> Coded:
        return Coded(tuple(self.known), np.concatenate(self.codes))


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
        _look_at(block, frame, layout, done)
        for j, words in done.words.items():
            words.add(text[j])
        _add(_arrays(frame), len(frame), done, len(layout.content) / len(block))
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


def _look_at(block: bytes, frame: Any, layout: Layout, done: Parsed) -> None:
    """Has every line its fields? Where do zeros begin numbers, and which marks stand for what is missing?"""
    plain = b'"' not in block
    if plain:  # two counts will do: the parser refuses lines that are too long, but for the first, and fills up others
        separator = layout.separator.encode()
        first = block.count(separator, 0, block.find(b"\n"))
        every = block.count(separator) == len(frame) * (layout.width - 1)
        if first != layout.width - 1 or not every or block.count(b"\n") != len(frame):
            raise Unclear
    zeros = _zeros(block, layout)
    kinds = frame.dtypes.to_numpy()
    floats = np.array([kind.kind == "f" for kind in kinds])
    gaps = np.zeros(0)
    if floats.any():
        gaps = np.isnan(frame.loc[:, floats].to_numpy())
    if plain and not len(zeros) and not gaps.any():
        return
    fields = Fields.of(block, layout)
    if len(fields.ends) != len(frame) * layout.width:
        raise Unclear
    done.coded |= set(np.unique(np.searchsorted(fields.ends, zeros) % layout.width).tolist())
    if gaps.any():
        row, column = np.nonzero(gaps)
        done.found |= fields.marks(block, layout, row * layout.width + np.flatnonzero(floats)[column])


def _zeros(block: bytes, layout: Layout) -> Array:
    """Where a zero begins a field and a digit follows."""
    data = np.frombuffer(b"\n" + block, np.uint8)
    zero = data[1:-1] == 48
    zero &= (data[2:] >= 48) & (data[2:] <= 57)
    at = np.flatnonzero(zero)
    return at[np.isin(data[at], [10, 32, 34, ord(layout.separator)])]


def _arrays(frame: Any) -> dict[int, Array]:
    """The columns of numbers and of true and false by their position; one look for all columns of a type."""
    kinds = frame.dtypes.to_numpy()
    found: dict[int, Array] = {}
    for kind in set(kinds):
        if kind.kind in "biuf":
            at = np.flatnonzero(kinds == kind)
            found.update(zip(at.tolist(), frame.iloc[:, at].to_numpy().T, strict=True))
    return found


def _add(fresh: dict[int, Array], rows: int, done: Parsed, blocks: float) -> None:
    """Put a block's columns behind those of the blocks before, with room for about so many blocks."""
    if not done.rows:
        room = rows if blocks <= 1 else int(rows * blocks * 1.02) + 100
        for j, values in fresh.items():
            done.values[j] = np.empty(room, values.dtype)
    else:
        done.values = {j: values for j, values in done.values.items() if j in fresh}
    end = done.rows + rows
    for j, values in list(done.values.items()):
        kinds = {values.dtype.kind, fresh[j].dtype.kind}
        if len(kinds) > 1 and kinds != {"i", "f"}:
            del done.values[j]
            continue
        if fresh[j].dtype.kind == "f" and values.dtype.kind == "i":
            values = values.astype(float)
        if end > len(values):
            values = np.concatenate((values, np.empty(end - len(values) + len(values) // 10, values.dtype)))
        values[done.rows : end] = fresh[j]
        done.values[j] = values
    done.rows = end


def row_lines(layout: Layout) -> Array:
    """The line of the file in which each row begins."""
    found, separator = [], layout.separator.encode()
    for line, block in layout.blocks():
        data = np.frombuffer(block, np.uint8)
        newline = data == 10
        ends = np.flatnonzero(newline & ~_inside(data) if b'"' in block else newline)
        at = line + np.concatenate(([0], np.cumsum(newline)[ends[:-1]]))
        if filled_lines(block, separator) is not block:
            at = at[[_is_filled(one, separator) for one in block.splitlines(keepends=True)]]
        found.append(at)
    return np.concatenate(found)
