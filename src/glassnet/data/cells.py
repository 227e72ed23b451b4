"""One column of cells as what it holds: true or false, whole numbers, numbers with gaps, dates, or text.

The distinct words of the column and the number of rows that hold each decide, whoever reads the file. Whatever is
unusual is said in one line, with the word that overrules it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError, join
from ..wording import amount, count, exact, listed
from .dates import read_dates
from .numerals import FEWEST_WITH_UNIT, PLAIN, Habit, Numerals, has_only_comma, read_numbers
from .reading import Reading
from .targets import MOST_CLASSES

Array = NDArray[Any]

#: What stands for a missing value in every column, but for a target of text; an empty cell always.
MISSING = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "null", "NULL", "None", "?")
#: What stands for one only where all other cells of the column are numbers or dates.
DASHES = (
    "-", "--", "---", "–", "—", ".", "..", "...", "*", "NAN",
    "#NA", "#NV", "#NULL!", "#NUM!", "#DIV/0!", "#VALUE!", "#WERT!", "#REF!", "#NAME?",
)  # fmt: skip
#: The same, but for targets, where such a word may well be a class.
ABSENT = ("na", "none", "missing", "Missing", "MISSING", "nil", "Null", "unknown", "Unknown")
#: True and false: as programs write them, and spreadsheets in other languages.
TRUTHS = (("true", "false"), ("wahr", "falsch"), ("vrai", "faux"), ("verdadero", "falso"), ("vero", "falso"))
MOST_TRUTHS = 20  # words for them, in small and capital letters


def marks(reading: Reading) -> tuple[str, ...]:
    """What stands for a missing value: the marks that were given, else ours; an empty cell always."""
    return MISSING if reading.missing is None else ("", *reading.missing)


@dataclass(frozen=True)
class Coded:
    """A column of text: its distinct words, and which of them each row holds, (n,)."""

    words: tuple[str, ...]
    codes: NDArray[np.intp]

    @classmethod
    def of(cls, cells: Sequence[str]) -> Coded:
        """From one text for each row."""
        import pandas as pd

        codes, words = pd.factorize(np.asarray(cells, dtype=object))
        return cls(tuple(words), codes)

    @cached_property
    def counts(self) -> NDArray[np.intp]:
        """How many rows hold each word."""
        return np.bincount(self.codes, minlength=len(self.words))

    def rows(self, present: Array) -> Coded:
        """Only some rows, and the words that they hold."""
        codes = self.codes[present]
        held = np.flatnonzero(np.bincount(codes, minlength=len(self.words)))
        fresh = np.zeros(len(self.words), np.intp)
        fresh[held] = np.arange(len(held))
        return Coded(tuple(self.words[i] for i in held), fresh[codes])


@dataclass(frozen=True)
class Place:
    """Where a column stands, for messages: the file, its separator, how a row is called, its way with decimals."""

    file: str
    separator: str
    at: Callable[[int], str]
    habit: Habit = lambda: None


def numbered(noun: str, numbers: Sequence[int]) -> str:
    """`line 3`, `lines 3, 4, 9`: where rows stand."""
    return noun + "s" * (len(numbers) > 1) + " " + join(numbers[:5]) + ", ..." * (len(numbers) > 5)


@dataclass(frozen=True)
class Typed:
    """A column as what it holds, and what has to be said about it."""

    values: Any
    remarks: tuple[str, ...] = ()
    found: tuple[str, ...] = ()  # the words of `Reading` that the cells themselves have told


@dataclass(frozen=True)
class Heard:
    """What the columns of a sheet have told when they were last read, by name.

    remarks: what was unusual, a line each, with the word that overrules it. words: those of `Reading` about marks and
    dates.
    """

    remarks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def take(self, name: str, read: Typed) -> Any:
        """Keep what a column has told, and hand on its values."""
        self.remarks[name], self.words[name] = read.remarks, read.found
        return read.values

    def of(self, name: str) -> tuple[str, ...]:
        """The remarks on a column."""
        return self.remarks.get(name, ())

    def agreed(self) -> tuple[str, ...]:
        """The words, such as `decimal=,`, that no other column contradicts."""
        found = sorted({word for words in self.words.values() for word in words})
        names = [word.partition("=")[0] for word in found]
        return tuple(word for word, name in zip(found, names, strict=True) if names.count(name) == 1)


@dataclass(frozen=True)
class Wish:
    """What a column must be, where that is known: a target, text, numbers."""

    target: bool = False
    text: bool = False
    number: bool = False


def typed(cells: Coded, name: str, place: Place, reading: Reading, wish: Wish = Wish()) -> Typed:
    """One column as booleans, whole numbers, numbers with NaN for gaps, dates, or text with None for gaps.

    Raises `GlassnetError` with the place of a cell that is no number where nearly all are, or all must be.
    """
    column = _Column(cells, name, place, reading, wish)
    if wish.text:
        return column.text()
    return column.truth() or column.numerals() or column.dates() or column.text(column.nearly())


@dataclass(frozen=True)
class _Column:
    """A column while it is being understood; all arrays are by word, those that mark a gap anywhere left out."""

    cells: Coded
    name: str
    place: Place
    reading: Reading
    wish: Wish

    @cached_property
    def at(self) -> NDArray[np.intp]:
        """Where the words are, among all that the cells hold."""
        known = set(marks(self.reading))
        return np.array([i for i, word in enumerate(self.cells.words) if word not in known], np.intp)

    @cached_property
    def words(self) -> list[str]:
        return [self.cells.words[i] for i in self.at]

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """How many rows hold each word."""
        return self.cells.counts[self.at]

    @cached_property
    def dashes(self) -> Array:
        """Which words are marks of gaps among numbers and dates; none, where the marks were given."""
        known = frozenset(() if self.reading.missing is not None else DASHES if self.wish.target else DASHES + ABSENT)
        return np.array([word in known for word in self.words], bool)

    @cached_property
    def read(self) -> Numerals:
        """The words as numbers, as far as they are."""
        fewest = 0 if self.wish.number else FEWEST_WITH_UNIT
        if self.wish.target and len(self.words) <= MOST_CLASSES:
            fewest = MOST_CLASSES + 1
        return read_numbers(self.words, self.rows, self.reading, self.place.separator, self.habit, fewest=fewest)

    def habit(self) -> str | None:
        """The decimal mark of the file, else that of the table that a model has learned from."""
        return self.place.habit() or self.reading.likely("decimal")

    @property
    def stray(self) -> Array:
        """Which words are neither numbers nor gaps."""
        return ~self.read.known & ~self.dashes

    @property
    def option(self) -> str:
        """The column's name, as it is typed behind an option."""
        return shlex.quote(self.name)

    def truth(self) -> Typed | None:
        """True and false, in the words of programs and spreadsheets; with gaps 1, 0 and NaN."""
        lower = [word.lower() for word in self.words[:MOST_TRUTHS]]
        few = 0 < len(self.words) < MOST_TRUTHS
        pair = next((pair for pair in TRUTHS if few and set(lower) <= set(pair)), None)
        if pair is None or (pair != TRUTHS[0] and len(set(lower)) < 2):
            return None
        words = f"{pair[0]} and {pair[1]} are read as true and false"
        said = f"Column {self.name!r}: {words} (--category {self.option}: as text)."
        return self._series(np.array([word == pair[0] for word in lower]), "" if pair == TRUTHS[0] else said)

    def numerals(self) -> Typed | None:
        """Numbers; None where they are text or dates."""
        if not self.words:
            marked = self.wish.target and self.reading.missing is None and sum(map(bool, self.cells.words)) > 1
            return None if marked else self._series(np.zeros(0))  # classes called NA and None, or nothing but gaps
        if not self.wish.number and self._are_codes():
            return None
        known = self.read.known
        if self.stray.any() and (self.wish.number or self._is_slip()):
            raise GlassnetError(self._slip())
        if self.stray.any() or not (known.any() or self.wish.number):
            return None
        values = self.read.values
        told = self.read.way != PLAIN and not self.read.other
        found = (f"decimal={self.read.way.decimal}",) if told else ()
        values = values if known.all() else values.astype(float)
        return replace(self._series(values, self._said_way(), self._said_dashes()), found=found)

    def dates(self) -> Typed | None:
        """Dates and times, all of one form."""
        words = [word for word, dash in zip(self.words, self.dashes, strict=True) if not dash]
        read = None if self.wish.target else read_dates(words, self._day_first())
        if read is None:
            return None
        values = np.full(len(self.words), np.datetime64("NaT"), read.values.dtype)
        values[~self.dashes] = read.values
        read_as = self._series(values, self._said_order(words[0], read.other), self._said_dashes())
        return replace(read_as, found=() if read.other else read.order)

    def text(self, *remarks: str) -> Typed:
        """Text with None for gaps. A target of text has no gap but an empty cell, or the marks that were given."""
        import pandas as pd

        known = ("",) if self.wish.target and self.reading.missing is None else marks(self.reading)
        words = np.array([None if word in known else word for word in (*self.cells.words, None)], dtype=object)
        classes = "" if known != ("",) else self._said_classes()
        column = pd.Series(words[self.cells.codes], name=self.name, dtype=object)
        return Typed(column, tuple(filter(None, (*remarks, classes))))

    def nearly(self) -> str:
        """What to say about text that looks like numbers."""
        text = f"Column {self.name!r} is read as text: "
        if self.words and self._are_codes():
            code = min((word for word in self.words if word[0] == "0" and len(word) > 1), key=lambda w: (len(w), w))
            return f"{text}{code} begins with a zero; --number {self.option} reads numbers."
        if self.read.units:
            return f"{text}its numbers have different units ({listed(self.read.units[:5])})."
        numbers, cells = int(self.rows[self.read.known].sum()), int(self.rows.sum())
        if self.wish.target or numbers * 2 <= cells:
            return ""
        stray = np.flatnonzero(self.stray)
        word = self.words[max(stray, key=lambda i: (self.rows[i], self.words[i]))]
        more = f" and {count(len(stray) - 1, 'other word')} are" if len(stray) > 1 else " is"
        return (
            f"{text}{amount(numbers)} of {count(cells, 'cell')} are numbers; {word!r}{more} not. "
            f"--missing {shlex.quote(word)} reads it as a gap, --number {self.option} shows where it stands."
        )

    def _series(self, values: Array, *remarks: str) -> Typed:
        """The values of the words, and gaps, by row."""
        import pandas as pd

        if len(values) < len(self.cells.words):
            gap = np.datetime64("NaT") if values.dtype.kind == "M" else np.nan
            every = np.full(len(self.cells.words), gap, values.dtype if values.dtype.kind == "M" else float)
            every[self.at] = values
            values = every
        return Typed(pd.Series(values[self.cells.codes], name=self.name), tuple(filter(None, remarks)))

    def _are_codes(self) -> bool:
        """Numbers of a post or of parts: digits only, with a zero before one at least."""
        return any(word[0] == "0" and len(word) > 1 for word in self.words) and all(
            word.isascii() and word.isdecimal() for word, dash in zip(self.words, self.dashes, strict=True) if not dash
        )

    def _is_slip(self) -> bool:
        """Is a little text among numbers a slip, or is this a text column some of whose values look like numbers?

        A slip: most cells are numbers, and at most three cells or a tenth of them are not. Class names such as
        1, 2, 3, other are no slip.
        """
        if self.wish.target and len(self.words) <= MOST_CLASSES:
            return False
        strays, cells = self.rows[self.stray].sum(), self.rows.sum()
        return bool(self.rows[self.read.known].sum() * 2 > cells and strays <= max(3, cells / 10))

    def _slip(self) -> str:
        rows = np.flatnonzero(np.isin(self.cells.codes, self.at[self.stray]))
        more = f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
        must = self.wish.number or self.wish.target
        other = (
            "or leave the cell empty"
            if must
            else f"leave the cell empty, or read the column as text with --category {self.option}"
        )
        word, at = self.cells.words[self.cells.codes[rows[0]]], self.place.at(int(rows[0]))
        return (
            f"{self.place.file}, {at}: {word!r} in column {self.name!r} is not a number{more}, but the column holds "
            f"numbers. Correct it, {other}."
        )

    def _day_first(self) -> bool:
        if self.reading.dates is not None:
            return self.reading.dates == "day"
        if first := self.reading.likely("dates"):
            return first == "day"
        return self.place.separator == ";" or self.habit() == ","

    def _said_way(self) -> str:
        """How numbers are written that programs write otherwise."""
        at = self.read.at
        if at is None or (has_only_comma(self.words[at]) and (self.reading.mark or self.habit()) == ","):
            return ""
        said = f"Column {self.name!r}: {self.words[at]!r} is read as {exact(self.read.values[at], 15)}"
        if self.read.other:
            return f"{said}, though nothing tells what its mark is for; --decimal {self.read.other} reads it otherwise."
        return f"{said} (--category {self.option} reads text)."

    def _said_dashes(self) -> str:
        found = [f"{self.words[i]!r} ({count(int(self.rows[i]), 'cell')})" for i in np.flatnonzero(self.dashes)]
        verb = "is" if len(found) == 1 else "are"
        return f"Column {self.name!r}: {listed(found)} {verb} read as missing." if found else ""

    def _said_order(self, word: str, other: str) -> str:
        if not other or self.reading.dates is not None:
            return ""
        first, second = ("day", "month") if other.startswith("%m") else ("month", "day")
        return (
            f"Column {self.name!r}: {word!r} is read with the {first} first; if it is the {second}: --dates {second}."
        )

    def _said_classes(self) -> str:
        """Classes whose names are marks of missing values elsewhere."""
        named = [word for word in self.words if word in ABSENT + DASHES]
        odd = sorted({*(word for word in self.cells.words if word and word in MISSING), *named})
        hint = " ".join(f"--missing {shlex.quote(word)}" for word in odd)
        verb = "is a class" if len(odd) == 1 else "are classes"
        return f"Target {self.name!r}: {listed(map(repr, odd))} {verb}; as missing values: {hint}." if odd else ""
