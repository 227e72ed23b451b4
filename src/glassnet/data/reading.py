"""What a person says about a table in place of a guess: how its file is written, and what its columns are for."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from encodings.aliases import aliases
from functools import partial
from typing import Any

from ..errors import GlassnetError, did_you_mean, join

Words = Iterable[str] | Mapping[str, Any]
A_TABLE = "a table (.csv, .xlsx, .parquet or .npy)"  # in sentences about words that say nothing of other data sets


@dataclass(frozen=True)
class Reading:
    """How a file is written; None means: found out from the file, and said.

    separator: between fields: one character, or tab. header: is the first line one of names? encoding: such as utf-8,
    cp1252. decimal: the mark in numbers, `.` or `,`. thousands: the mark between groups of three digits, or none.
    missing: the marks of missing values, in place of ours; an empty cell always is one. number: columns of numbers,
    although their cells look like names. dates: what comes first in 3/4/2024, day or month. comment: what begins a line
    that is none of the table's. skip: lines above the table. sheet: of a workbook, by name or number. disk: do the rows
    of an array or of Parquet stay in their file?

    `told` is no word of a person: what the table of the training has told about marks and dates, `decimal=,`.
    """

    separator: str | None = None
    header: bool | None = None
    encoding: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    missing: tuple[str, ...] | None = None
    number: tuple[str, ...] | None = None
    dates: str | None = None
    comment: str | None = None
    skip: int | None = None
    sheet: str | None = None
    disk: bool | None = None
    told: tuple[str, ...] = ()

    @property
    def mark(self) -> str | None:
        """The decimal mark, where the words say it or leave only one."""
        return self.decimal or {".": ",", ",": "."}.get(self.thousands or "")

    def likely(self, name: str) -> str | None:
        """What the table of the training told, where the cells of this one don't tell."""
        return next((word.partition("=")[2] for word in self.told if word.startswith(f"{name}=")), None)

    @classmethod
    def of(cls, words: Words, told: Sequence[str] = ()) -> Reading:
        """From words such as `decimal=,`, where `missing` and `number` may stand several times, or from a mapping."""
        found: dict[str, Any] = {}
        for word in in_words(words):
            name, _, value = word.partition("=")
            if name in SEVERAL:
                found[name] = (*found.get(name, ()), value)
            else:
                found[name] = _READ[name](value) if name in _READ else value
        return cls(**found, told=tuple(told))


def in_words(words: Words) -> tuple[str, ...]:
    """The words of an experiment, `("decimal=,", "missing=n/a")`, each looked at; from a mapping or a list of them."""
    if isinstance(words, str):
        words = (words,)
    pairs = words.items() if isinstance(words, Mapping) else (str(word).partition("=")[::2] for word in words)
    said: list[str] = []
    for name, value in pairs:
        if name not in NAMES:
            guess = did_you_mean(name, NAMES)
            raise GlassnetError(f"there is no word {name!r} for reading a table.{guess} Words: {join(NAMES)}")
        values = value if isinstance(value, list | tuple) else (value,)
        said += [f"{name}={_text(name, one)}" for one in values]
    return tuple(said)


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        value = "yes" if value else "no"
    text = str(value)
    if name in _READ:
        _READ[name](text)
    return text


def _yes_or_no(text: str, name: str = "header") -> bool:
    if text.lower() not in ("yes", "no", "true", "false"):
        raise GlassnetError(f"{name} is yes or no, not {text!r}")
    return text.lower() in ("yes", "true")


def _lines(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise GlassnetError(f"skip wants a number of lines above the table, not {text!r}")
    return int(text)


def _separator(text: str) -> str:
    mark = SPOKEN.get(text.lower(), text)
    if len(mark) != 1 or mark in '"\r\n':
        raise GlassnetError(f"the separator is one character or one of {join(SPOKEN)}, not {text!r}")
    return mark


def _decimal(text: str) -> str:
    if text not in (".", ","):
        raise GlassnetError(f"the decimal mark is . or , and not {text!r}")
    return text


def _thousands(text: str) -> str:
    mark = SPOKEN.get(text.lower(), text)
    if text != "none" and (len(mark) != 1 or mark.isalnum() or mark in "+-"):
        raise GlassnetError(f"the thousands mark is one character, such as . or ' or space, or none; not {text!r}")
    return mark


def _encoding(text: str) -> str:
    try:
        if codecs.lookup(text)._is_text_encoding and "a".encode(text).decode(text) == "a":
            return text
    except (LookupError, ValueError):
        pass
    guess = did_you_mean(text, (*COMMON, *sorted(set(aliases.values()))))
    raise GlassnetError(f"there is no encoding {text!r}.{guess} Such as: {join(COMMON)}")


def _dates(text: str) -> str:
    if text not in ("day", "month"):
        raise GlassnetError(f"first in a date is the day or the month, and not {text!r}")
    return text


_READ: dict[str, Callable[[str], Any]] = {
    "header": _yes_or_no, "skip": _lines, "separator": _separator, "decimal": _decimal, "thousands": _thousands,
    "encoding": _encoding, "dates": _dates, "disk": partial(_yes_or_no, name="disk"),
}  # fmt: skip
SEVERAL = ("missing", "number")
SPOKEN = {"tab": "\t", "\\t": "\t", "space": " ", "comma": ",", "semicolon": ";", "bar": "|"}
COMMON = ("utf-8", "utf-16", "cp1252", "latin-1", "mac_roman", "cp437", "cp1250", "cp1251", "shift_jis", "gb18030")
NAMES = tuple(field.name for field in fields(Reading) if field.name != "told")


def option_of(word: str) -> str:
    """The option of commands for a word, `--skip-lines` for `skip` and for `skip=3`."""
    name = word.partition("=")[0]
    return "--skip-lines" if name == "skip" else f"--{name}"


#: The words about what stands in the cells of a column, in a file of any sort.
OF_CELLS = ("decimal", "thousands", "missing", "number", "dates")

OF_ARRAYS = ("an array of NumPy", ("disk",))
OF_PARQUET = ("Parquet", (*OF_CELLS, "disk"))


def refuse_words(file: str, reading: Reading, what: str, possible: Collection[str]) -> None:
    """A word that says nothing about a file of this sort is a mistake."""
    for name in NAMES:
        if getattr(reading, name) is not None and name not in possible:
            raise GlassnetError(f"{option_of(name)} says nothing about {file}, which is {what}: leave it away.")


@dataclass(frozen=True)
class Roles:
    """What the columns of a table are for, where a person says so.

    target: what is learned. drop: left out. category: names, although they may look like numbers: a column of 0 and 1
    for each; `day:weekday` of a date. keep: an input, although it would be left out. group: rows with the same value
    stay in one split. order: rows with the largest values are the test rows, those before them the validation rows.
    """

    target: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    group: str | None = None
    order: str | None = None

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """Every column that is named, by the word that names it."""
        single = {"group": self.group, "order": self.order}
        several = {"target": self.target, "drop": self.drop, "category": self.category, "keep": self.keep}
        return several | {word: () if name is None else (name,) for word, name in single.items()}
