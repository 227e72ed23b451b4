"""Does the first row of a table hold names or values? Told by what stands below it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

Row = tuple[int, list[str]]
GAPS = ("", "?", "-", ".", "na", "n/a", "nan", "null", "none", "#n/a")

_NUMBER = re.compile(r"[(+\-−–]?\s?[€$£¥]?\s?[+\-−]?(\d[\d.,'’ \u00a0\u202f]*|[.,]\d+)([eE][+-]?\d+)?\s?[%‰€$£¥°]?\)?")
_DATE = re.compile(r"\d{1,4}[-/]\d{1,2}[-/]\d{1,4}([ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?Z?)?|\d{1,2}:\d{2}(:\d{2})?")
_COUNTED = re.compile(r"column_\d+")  # what people call a column of a table without names
_RULE = re.compile(r"[-+=:| ]{3,}")


def is_value(cell: str) -> bool:
    """Whether a cell looks like a number, in whichever way it is written, or like a date or a time."""
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def is_rule(row: Sequence[str]) -> bool:
    """Whether a row draws a line below the names, as in a console and in Markdown."""
    filled = [cell for cell in row if cell]
    return bool(filled) and all(_RULE.fullmatch(cell) for cell in filled)


def has_names(rows: Sequence[Sequence[str]], known: Collection[str] = (), missing: Collection[str] = ()) -> bool:
    """Names are known ones, or text above numbers, or text that is not among the values below."""
    first, columns = _first_and_below(rows)
    if any(cell in known for cell in first if cell):
        return True
    if any(map(is_value, first)):
        words = _are_words([cell for cell in first if is_value(cell)])
        return words and (_stands_above_numbers(first, columns, missing) or _counts(first, columns))
    if _stands_above_numbers(first, columns, missing):
        return True
    if known and all(map(_COUNTED.fullmatch, known)):
        return False
    if len(rows) < 4:
        return True
    again = sum(cell in column for cell, column in zip(first, columns, strict=True) if cell)
    filled = [cell for cell in first if cell]
    return not (2 * again > len(filled) or (again and len(set(filled)) < len(filled)))


def stands_above_numbers(rows: Sequence[Sequence[str]], missing: Collection[str] = ()) -> bool:
    """Whether text stands in the first row above a column of numbers or dates: the surest sign of a name."""
    return _stands_above_numbers(*_first_and_below(rows), missing)


def names_rows(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the header is one field shorter than every row, and these begin with names or count, as in R."""
    short, names = len(rows[0]), [row[0] for row in rows[1:]]
    if len(rows) < 3 or any(len(row) != short + 1 for row in rows[1:]) or not any(row[-1] for row in rows[1:]):
        return False
    return len(set(names)) == len(names) and (not any(map(is_value, names)) or names == counted(names[0], len(names)))


def counted(first: str, n: int) -> list[str]:
    """The whole numbers from the first one on, as cells."""
    return [str(int(first) + i) for i in range(n)] if first.isascii() and first.isdecimal() and len(first) < 19 else []


def _first_and_below(rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    first = [" ".join(cell.split()) for cell in rows[0]]
    below = [row for row in rows[1:] if len(row) in (len(first), len(first) + 1)]
    shift = bool(below) and all(len(row) == len(first) + 1 for row in below)  # the rows have names: R
    return first, [[row[j + shift] for row in below] for j in range(len(first))]


def _stands_above_numbers(first: Sequence[str], columns: Sequence[Sequence[str]], missing: Collection[str]) -> bool:
    gaps = {*GAPS, *(mark.lower() for mark in missing)}
    return any(
        cell.lower() not in gaps and not is_value(cell) and _are_values(column, gaps)
        for cell, column in zip(first, columns, strict=True)
    )


def _are_values(column: Sequence[str], gaps: Collection[str]) -> bool:
    present = [cell for cell in column if cell.lower() not in gaps]
    return bool(present) and all(map(is_value, present))


def _are_words(values: Sequence[str]) -> bool:
    """Whether values may be names: whole numbers or dates, all different; or wavelengths that only rise or fall."""
    if len(set(values)) < len(values):
        return False
    if all(value.isdecimal() or _DATE.fullmatch(value) for value in values):
        return True
    try:
        steps = [float(b) - float(a) for a, b in pairwise(values)]
    except ValueError:
        return False
    return len(steps) > 2 and (min(steps) > 0 or max(steps) < 0)


def _counts(first: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """pandas calls columns without names 0, 1, 2, ...; people call them 2019, 2020, 2021: not so the rows below."""
    numbers = [cell for cell in first if is_value(cell)]
    years = all(len(number) == 4 and "1500" <= number <= "2100" for number in numbers)
    ordered = numbers == counted(numbers[0], len(numbers)) and (numbers[0] == "0" or years) and len(numbers) > 2
    again = sum(cell in column for cell, column in zip(first, columns, strict=True) if cell)
    return ordered and len(first) <= len(numbers) + 2 and 2 * again <= len(numbers)
