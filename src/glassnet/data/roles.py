"""What every column of a table is for, decided once over all its rows: a measurement, names, a date, or no input.

A table of a class or of a laboratory holds columns that say who a row is, and not what it is like. A network learns
them by heart and nothing from them, so they are left out, in a sentence that holds the word that keeps them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from ..kinds import ColumnRole
from ..wording import count
from .columns import MOST_VALUES, form_of
from .passing import Held
from .reading import Roles
from .stored import Stored

FEWEST = 10  # rows: of fewer, all may well differ
FEWEST_NUMBERED = 20  # rows, for whole numbers
SHOWN = 6  # names in a sentence
SAMPLE = 1000  # values that tell what text is
FEW_VALUES = 20  # so many different numbers called an id may be names of a few things
_WORD = re.compile(r"[A-ZÄÖÜ]+(?![a-zäöüß])|[A-ZÄÖÜ]?[a-zäöüßéè]+|\d+|#")


def _words_in(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

#: Words that call a column an id wherever they stand first or last.
_ID = _words_in(
    "id ids pid uid uuid guid pk identifier identifiant identificador kennung matrikelnummer kundennummer rownames"
)
#: What an id may belong to: "passengerid", "student number".
_OWNERS = _words_in(
    """passenger customer user student patient subject participant respondent person client employee member account
    order invoice ticket transaction record row case sample item product session device policy contract serial
    kunde kunden patienten proband probanden rechnung rechnungs bestell matrikel personal mitglied mitglieds artikel
    vertrags teilnehmer schüler client"""
)
#: Names of a whole column that numbers the rows, and words for a number that need an owner.
_NUMBERING = _words_in(
    "nr no num number nummer index idx order row rownum rownumber lfdnr laufnummer seq serial key zeile # unnamed 0"
)
_NUMBER = _words_in("nr no num number nummer nummern key index")
_PEOPLE = _words_in(
    """first_name last_name surname forename given_name family_name middle_name full_name firstname lastname fullname
    vorname nachname familienname prénom prenom nombre apellido apellidos cognome"""
)
_CONTACT = _words_in("phone telephone tel telefon telefonnummer mobile mobil handy handynummer fax cell cellphone")


def roles_of(X: Any, asked: Roles, header: bool = True) -> tuple[ColumnRole, ...]:
    """The role of each column of X, a DataFrame of what was not set aside.

    `header` says that the columns have names of their own; else none of them is a name.
    """
    named = {*asked.keep, *asked.category}
    return tuple(
        ColumnRole(name, "number")
        if name not in named and _is_measurement(name, values, header)
        else _role(name, values, asked, header)
        for name, values in X.items()
    )


class Columns(Protocol):
    """Where a single column can be had, as a Series."""

    @property
    def header(self) -> bool: ...

    def column(self, name: str) -> Any: ...


def roles_of_stored(X: Stored, names: Sequence[str], sheet: Columns, asked: Roles) -> Iterator[ColumnRole]:
    """The role of each column of numbers that stays in its file, found in one pass over it.

    A column whose name says something is looked at alone, as are those in memory.
    """
    held = Held.of(X, names)
    for name, low, high, present in zip(names, held.low, held.high, held.present.tolist(), strict=True):
        if name in asked.keep:
            yield ColumnRole(name, "number", "as you asked")
        elif not present:
            yield _empty(name)
        elif low == high and present == len(X) > 1:
            value = sheet.column(name).iloc[0]  # as its own column holds it
            yield _left_out(name, "constant", "Column", f"holds {value} in all {count(len(X), 'row')}")
        elif sheet.header and _is_telling(name) and low == np.trunc(low) and high == np.trunc(high):
            yield _role(name, sheet.column(name), asked, sheet.header)
        else:
            yield ColumnRole(name, "number")


def _is_telling(name: str) -> bool:
    """Whether the name of a column of numbers may make it no measurement."""
    return is_nameless(name) or is_id(name) or bool(words_of(name) & _CONTACT)


def _is_measurement(name: str, values: Any, header: bool) -> bool:
    """Numbers without a gap that are not all the same and whose name says nothing else: most columns of most tables."""
    if not isinstance(values.dtype, np.dtype) or values.dtype.kind not in "fiu" or not len(values):
        return False
    array = values.to_numpy()
    if array.dtype.kind == "f" and np.isfinite(array[0]) and array[0] != np.trunc(array[0]):
        return bool((array != array[0]).any())  # a fraction: whether there are gaps tells nothing
    if np.isnan(array).any() or (array == array[0]).all():
        return False
    return array.dtype.kind == "f" or not (header and _is_telling(name))


def _role(name: str, values: Any, asked: Roles, header: bool) -> ColumnRole:
    form = "text" if name in asked.category else form_of(values)
    role = {"number": "number", "text": "category", "date": "date"}[form]
    if name in asked.keep or name in asked.category:
        return ColumnRole(name, role, "as you asked")
    present = values[values.notna()]
    if not len(present):
        return _empty(name)
    kind, why = _no_input(name if header else None, form, present, len(values))
    if not kind:
        return ColumnRole(name, role)
    return _left_out(name, kind, "Text column" if form == "text" else "Column", why)


def _empty(name: str) -> ColumnRole:
    return ColumnRole(name, "left out", f"Column {name!r} was dropped: it is empty")


def _left_out(name: str, kind: str, noun: str, why: str) -> ColumnRole:
    word = f"--keep {shlex.quote(name)}"
    return ColumnRole(name, kind, f"{noun} {name!r} was dropped: it {why} ({word} restores it)", word)


def _no_input(name: str | None, form: str, present: Any, rows: int) -> tuple[str, str]:
    """(role, why) of a column that is no input; empty where it is one. `name` is None where the file has no names."""
    different = present.nunique()
    if different == 1 and len(present) == rows > 1:
        return "constant", f"holds {present.iloc[0]} in all {count(rows, 'row')}"
    if form == "text":
        return _text(name or "", present, different)
    if name is not None and form == "number" and _is_whole(present, rows):
        return _whole(name, present, different, rows)
    return "", ""


def _text(name: str, present: Any, different: int) -> tuple[str, str]:
    differ = "differs in every row" if different == len(present) else f"has {count(different, 'different value')}"
    among = f"{differ} in {count(len(present), 'row')}" if different < len(present) else differ
    words = words_of(name)
    if np.mean([bool(_EMAIL.fullmatch(str(value))) for value in present.unique()[:SAMPLE]]) > 0.9:
        return "id", "holds e-mail addresses"
    if different > MOST_VALUES and different <= len(present) / 2:
        return "left out", f"{differ}, more than {MOST_VALUES}"
    if words & _CONTACT and different * 2 > len(present) and different > 2:
        return "id", f"is called a telephone number, and {among}"
    if "_".join(_words(name)) in _PEOPLE and different > FEW_VALUES / 4:
        return "id", f"is called a name of people, and {among}"
    if (len(present) >= FEWEST and different * 2 > len(present)) or different > MOST_VALUES:
        return "id", f"{among}, as names and ids do" if different == len(present) else f"{among}, too many to learn"
    return "", ""


def _is_whole(present: Any, rows: int) -> bool:
    """Numbers without a fraction; of floats only where gaps have made them so, because a measurement is no id."""
    if present.dtype.kind == "b":
        return False
    if present.dtype.kind in "iu":
        return True
    numbers = present.to_numpy(float)
    return len(present) < rows and bool((np.trunc(numbers) == numbers).all())


def _whole(name: str, present: Any, different: int, rows: int) -> tuple[str, str]:
    every = "a different whole number in every row"
    unique = different == len(present)
    if is_nameless(name):
        return (
            ("id", f"has no name and {every}, as ids and row numbers have")
            if unique and len(present) == rows
            else ("", "")
        )
    if words_of(name) & _CONTACT and different * 2 > len(present) and different > 2:
        return "id", "is called a telephone number"
    if is_id(name) and unique:
        return "id", f"is called an id and has {every}"
    if is_id(name) and not _is_number_word(name) and different > FEW_VALUES:
        group = f"--group {shlex.quote(name)} keeps the rows of one together"
        return "id", f"is called an id and has {different} different whole numbers; {group}"
    return "", ""


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def words_of(name: str) -> set[str]:
    """The words of a name, in small letters: `passenger` and `id` of `PassengerId`."""
    return {*_words(name)}


def is_nameless(name: str) -> bool:
    """Whether a column among named ones has none: what `to_csv` and R do with the numbers of rows."""
    return re.fullmatch(r"(column_\d+|Unnamed: \d+)?", name) is not None


def is_id(name: str) -> bool:
    """Whether a name says that its column holds ids or numbers of rows: `Id`, `student_no`, `Lfd. Nr.`, `kundenid`."""
    words = _words(name)
    if not words:
        return False
    glued = any(words[-1] == owner + end for owner in _OWNERS for end in ("id", "nr", "no", "number", "nummer"))
    return words[0] in _ID or words[-1] in _ID or glued or _is_number_word(name)


def _is_number_word(name: str) -> bool:
    words = _words(name)
    owned = words[-1] in _NUMBER and any(word in _OWNERS for word in words[:-1])
    return {*words} <= {*_NUMBERING, "lfd"} or owned


def remarks(X: Any, columns: Sequence[ColumnRole]) -> Iterator[str]:
    """What may be an id or names after all, and is an input; each with the word that says so."""
    used = [column.name for column in columns if column.role == "number" and not column.why]
    kinds = dict(zip(X.columns, X.dtypes, strict=True))
    whole = [name for name in used if kinds[name].kind in "iu"]
    numbered = [name for name in whole if len(X) >= FEWEST_NUMBERED and X[name].is_unique]
    if len(numbered) == 1:
        yield (
            f"Column {numbered[0]!r} holds a different whole number in every row, as ids do, and counts as a "
            f"measurement (--drop {shlex.quote(numbered[0])} leaves it out)."
        )
    elif numbered:
        more = ", ..." * (len(numbered) > SHOWN)
        yield (
            f"Columns {', '.join(map(repr, numbered[:SHOWN]))}{more} hold a different whole number in every row, as "
            "ids do, and count as measurements (--drop NAME leaves one out)."
        )
    for name in whole:
        if not is_nameless(name) and is_id(name) and not _is_number_word(name) and name not in numbered:
            word = shlex.quote(name)
            yield (
                f"Column {name!r} is called an id and counts as a measurement: --category {word} reads its "
                f"{X[name].nunique()} numbers as names, --drop {word} leaves it out."
            )
