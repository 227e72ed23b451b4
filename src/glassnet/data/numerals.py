"""How the numbers of a column are written: the decimal mark, the mark between thousands, a unit that all share.

No cell decides for itself: `1,234` may be a thousand and some or one and a bit, and only the column or the file tells.
All is learned from the distinct words of a column and the number of rows that hold each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .reading import Reading

Array = NDArray[Any]
Habit = Callable[[], str | None]
FEWEST_WITH_UNIT = 3  # different words: 2wd and 4wd are two names, and no lengths in wd
SAMPLE = 1000  # rows that tell how a file writes its decimals


class Way(NamedTuple):
    """A decimal mark, and a mark between groups of three digits or none."""

    decimal: str
    thousands: str

    @property
    def pattern(self) -> re.Pattern[str]:
        whole = rf"[1-9][0-9]{{0,2}}(?:{self.thousands}[0-9]{{3}})+|[0-9]+" if self.thousands else "[0-9]+"
        mark, exponent = re.escape(self.decimal), "(?:[eE][+-]?[0-9]+)?"
        return re.compile(rf"(?:{whole.replace('.', '[.]')})(?:{mark}[0-9]*)?{exponent}|{mark}[0-9]+{exponent}")

    def number(self, core: str) -> float:
        """The number that these digits and marks are."""
        return float((core.replace(self.thousands, "") if self.thousands else core).replace(self.decimal, "."))


PLAIN = Way(".", "")
_WAYS = (PLAIN, Way(",", ""), Way(".", ","), Way(",", "."), Way(".", " "), Way(",", " "), Way(".", "'"), Way(",", "'"))
_FITS = {way: way.pattern for way in _WAYS}
_GROUPED = {mark: re.compile(rf"[1-9][0-9]{{0,2}}([{mark}][0-9]{{3}})+") for mark in ".,"}

_PLAIN_LETTERS = str.maketrans("\N{NO-BREAK SPACE}\u2007\u2009\u202f\N{MINUS SIGN}\u2010\u2011’", "    ---'")
_CURRENCY = (
    r"[A-Z]{0,2}[€$£¥₹₽₩¢]|(?:EUR|USD|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|HUF|TRY|AUD|CAD|BRL|ZAR)(?![A-Z])"
    r"|Fr\.|kr\.?|zł|Kč|Ft"
)
_MONEY = re.compile(_CURRENCY)
_NUMBER = r"(?:[0-9]+(?:[.,' ][0-9]+)*[.,]?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"
_UNIT = r"(?:[%‰°]|°?[A-Za-zµμΩÅ][A-Za-zµμΩÅ²³]*(?:[/·*^][A-Za-zµμΩÅ0-9²³]+)*)?"
_WRITTEN = re.compile(
    rf"(?P<open>\()?(?P<sign>[+-]?) ?(?P<before>{_CURRENCY})? ?(?P<inner>[+-]?)(?P<core>{_NUMBER}) ?"
    rf"(?P<after>{_CURRENCY}|{_UNIT})(?P<close>\))?"
)
_FIRST = frozenset("0123456789+-.,($kzABCDEFGHIJKLMNOPQRSTUVWXYZ")  # it is slow to try words that begin otherwise


class Word(NamedTuple):
    """One cell taken apart: `-$1,234.50` is less than nothing, `1,234.50`, in `$`."""

    negative: bool
    core: str
    unit: str


@dataclass(frozen=True)
class Numerals:
    """`values`: the number of each word, NaN where it is none; whole where all are.

    `example` is a word that is written in an unusual way, at `at`. `other` is what else it may be, where nothing
    tells, as its decimal mark. `units` are those that differ, so that the words aren't numbers. `way` is how they are
    written.
    """

    values: Array
    at: int | None = None
    other: str = ""
    units: tuple[str, ...] = ()
    way: Way = PLAIN

    @property
    def known(self) -> Array:
        """Which words are numbers."""
        return ~np.isnan(self.values.astype(float))


def read_numbers(
    words: Sequence[str], rows: Array, reading: Reading, separator: str, habit: Habit, *, fewest: int = FEWEST_WITH_UNIT
) -> Numerals:
    """The numbers of a column from its distinct words, none of which is a gap, and the number of rows of each.

    habit: the decimal mark of the rest of the file, asked only where the column doesn't tell. fewest: different words
    that make the letters behind them a unit; 0 where it is known that the column holds numbers.
    """
    plain = _plain_numbers(words)
    numerals = Numerals(plain)
    if plain.dtype.kind in "iu":
        return numerals
    told = reading.decimal == "," or reading.thousands not in (None, "none")
    if numerals.known.all() and not told and not (plain.dtype.kind == "f" and _looks_grouped(words)):
        return numerals
    parts = [_taken_apart(word) if word[0] in _FIRST or word[0] > "~" else None for word in words]
    units, differing = _shared_units(parts, fewest)
    parts = [part if part and part.unit in units else None for part in parts]
    at = np.array([i for i, part in enumerate(parts) if part], int)
    if not len(at):
        return Numerals(plain, units=differing)
    cores = [part.core for part in parts if part]
    way, other = _way(cores, rows[at], reading, separator, habit)
    if way == PLAIN and numerals.known[at].all():
        return Numerals(plain, units=differing)
    values = np.where(np.isinf(plain.astype(float)), plain.astype(float), np.nan)
    for i, part in zip(at, (part for part in parts if part), strict=True):
        if _FITS[way].fullmatch(part.core):
            values[i] = -way.number(part.core) if part.negative else way.number(part.core)
    if np.isnan(values).all():
        return Numerals(plain, units=differing)
    return Numerals(_whole(values, cores, way), _unusual(words, values, plain), other, differing, way)


def _plain_numbers(words: Sequence[str]) -> Array:
    """The numbers of words as programs write them; it is slow to try words that begin otherwise."""
    import pandas as pd

    likely = [i for i, word in enumerate(words) if word[0] in "0123456789+-." or (word[0] in "iI" and len(word) < 9)]
    if len(likely) == len(words):
        return np.asarray(pd.to_numeric(pd.Series(words, dtype=object), errors="coerce"))
    numbers = np.full(len(words), np.nan)
    numbers[likely] = pd.to_numeric(pd.Series([words[i] for i in likely], dtype=object), errors="coerce")
    return numbers


def _taken_apart(word: str) -> Word | None:
    found = _WRITTEN.fullmatch(word if word.isascii() else word.translate(_PLAIN_LETTERS))
    if not found or bool(found["open"]) != bool(found["close"]) or (found["sign"] and found["inner"]):
        return None
    if found["before"] and found["after"]:
        return None
    return Word(
        "-" in found["sign"] + found["inner"] or bool(found["open"]), found["core"], found["before"] or found["after"]
    )


def _shared_units(parts: Sequence[Word | None], fewest: int) -> tuple[set[str], tuple[str, ...]]:
    """What may stand around the numbers of this column, and the units that speak against each other.

    A currency may be left out in some cells; a unit is one of all numbers or of none.
    """
    seen = Counter(part.unit for part in parts if part)
    bare = seen.pop("", 0)
    if not seen:
        return {""}, ()
    if len(seen) > 1:
        return {""}, tuple(sorted(seen)) if not bare else ()
    (unit,) = seen
    if _MONEY.fullmatch(unit) or not fewest:
        return {"", unit}, ()
    enough = seen[unit] >= fewest or not unit[0].isalpha()
    return ({unit} if enough and not bare else {""}), ()


def _way(cores: Sequence[str], rows: Array, reading: Reading, separator: str, habit: Habit) -> tuple[Way, str]:
    """The way in which most rows are numbers; and, where two would do and nothing tells, the other decimal mark."""
    ways = [
        way
        for way in _WAYS
        if _allowed(way, reading) and (not way.thousands or any(way.thousands in core for core in cores))
    ]
    if not ways:
        return PLAIN, ""
    share = {
        way: sum(n for core, n in zip(cores, rows.tolist(), strict=True) if _FITS[way].fullmatch(core)) for way in ways
    }
    best = [way for way in ways if share[way] == max(share.values())]
    marked = {mark for mark in ".," if any(mark in core for core in cores)}
    grouping = [way for way in best if way.thousands in marked]
    single = [way for way in best if not way.thousands]
    if not grouping or not single or len(marked) > 1:
        return best[0], ""
    (mark,) = marked
    decimal = next((way for way in single if way.decimal == mark), None)
    return (best[0], "") if decimal is None else _told(cores, mark, decimal, grouping[0], separator, habit)


def _told(
    cores: Sequence[str], mark: str, decimal: Way, grouping: Way, separator: str, habit: Habit
) -> tuple[Way, str]:
    """Is `1,234` a thousand and some? Ask the column's other words, then the file's other columns."""
    bare = [core for core in cores if mark not in core and core.isdecimal() and core != "0"]
    if any(len(core) > 3 for core in bare):
        return decimal, ""
    if (known := habit()) is not None:
        return (decimal if known == mark else grouping), ""
    if len(set(bare)) > 1 and (mark == "," or separator != ","):
        return grouping, ""
    likely, other = (grouping, decimal) if mark == "," and separator != ";" else (decimal, grouping)
    return likely, other.decimal if mark == "," or len(set(bare)) > 1 else ""


def _allowed(way: Way, reading: Reading) -> bool:
    """Does a way agree with the words that were given?"""
    if reading.decimal not in (None, way.decimal) or reading.thousands == way.decimal:
        return False
    return reading.thousands is None or way.thousands in ("", reading.thousands)


def _looks_grouped(words: Sequence[str]) -> bool:
    """Has each point three digits behind it and at most three before, as marks of thousands have?"""
    pointed = (word.lstrip("+-") for word in words if "." in word)
    first = next(pointed, "")
    return bool(_GROUPED["."].fullmatch(first)) and all(_GROUPED["."].fullmatch(word) for word in pointed)


def _unusual(words: Sequence[str], values: Array, plain: Array) -> int | None:
    """The word that shows best how the column is written, if not as programs write numbers."""
    odd = np.flatnonzero(~np.isnan(values) & (values != plain)).tolist()
    return max(odd, key=lambda i: (not has_only_comma(words[i]), len(words[i]), words[i]), default=None)


def has_only_comma(word: str) -> bool:
    """Is nothing unusual in a number but the comma in place of a point?"""
    return bool(_FITS[Way(",", "")].fullmatch(word.lstrip("+-")))


def _whole(values: Array, cores: Sequence[str], way: Way) -> Array:
    """As whole numbers, where nothing but digits is written."""
    written = any(way.decimal in core or "e" in core.lower() for core in cores)
    known = values[~np.isnan(values)]
    if written or len(known) < len(values) or (np.abs(known) >= 2**53).any():
        return values
    return values.astype(np.int64)


def decimal_habit(columns: Iterable[Iterable[str]]) -> str | None:
    """The decimal mark that most of a file's columns show, of those where it can be nothing else; None: none does."""
    votes = Counter(mark for column in columns if (mark := _shown(set(column))))
    return None if votes[","] == votes["."] else max(votes, key=lambda mark: votes[mark])


def _shown(words: set[str]) -> str | None:
    """The mark that only a decimal one can be in these words: not grouped, in most that are numbers."""
    cores = [part.core for part in map(_taken_apart, words) if part]
    if len(cores) * 2 <= len(words):
        return None
    shown = {
        way.decimal
        for way in _WAYS
        if all(_FITS[way].fullmatch(core) for core in cores)
        and any(way.decimal in core and not _GROUPED[way.decimal].fullmatch(core) for core in cores)
    }
    return shown.pop() if len(shown) == 1 else None
