"""Dates and times as people and programs write them, found in the distinct words of a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

#: What a date looks like, and how it is read; the first form that all words have, and that are real dates in it.
_CLOCK = {
    "": "",
    r"[T ]\d\d?:\d\d": " %H:%M",
    r"[T ]\d\d?:\d\d:\d\d": " %H:%M:%S",
    r"[T ]\d\d?:\d\d:\d\d[.,]\d+": " %H:%M:%S.%f",
}
_DAYS = {
    r"\d{4}-\d\d?-\d\d?": ("%Y-%m-%d",),
    r"\d{4}/\d\d?/\d\d?": ("%Y/%m/%d",),
    r"\d{4}\.\d\d?\.\d\d?": ("%Y.%m.%d",),
    r"\d\d?\.\d\d?\.\d{4}": ("%d.%m.%Y",),
    r"\d\d?\.\d\d?\.\d\d": ("%d.%m.%y",),
    r"\d\d?/\d\d?/\d{4}": ("%d/%m/%Y", "%m/%d/%Y"),
    r"\d\d?/\d\d?/\d\d": ("%d/%m/%y", "%m/%d/%y"),
    r"\d\d?-\d\d?-\d{4}": ("%d-%m-%Y", "%m-%d-%Y"),
    r"\d\d?-[A-Za-z]{3}-\d{4}": ("%d-%b-%Y",),
    r"\d\d? [A-Za-z]{3} \d{4}": ("%d %b %Y",),
    r"[A-Za-z]{3} \d\d?, \d{4}": ("%b %d, %Y",),
}
_FORMS = [
    (re.compile(day + clock, re.ASCII), tuple(way + tail for way in ways))
    for day, ways in _DAYS.items()
    for clock, tail in _CLOCK.items()
]
_COMMA = re.compile(r"(?<=:\d\d),(?=\d)")


class Dates(NamedTuple):
    """The moment of each word, (n,) datetime64, and the other order of day and month if both would do.

    `order` is the word for the one that the dates themselves tell: ("dates=day",) for 31/12/2024.
    """

    values: Any
    format: str
    other: str
    order: tuple[str, ...] = ()


def read_dates(words: Sequence[str], day_first: bool) -> Dates | None:
    """All words as dates of one form, or None. `day_first` decides where every word may be read in both orders."""
    form = next((form for form in _FORMS if words and form[0].fullmatch(_bare(words[0]))), None)
    if form is None or not all(form[0].fullmatch(_bare(word)) for word in words):
        return None
    read = {way: values for way in form[1] if (values := _moments(words, way)) is not None}
    if not read:
        return None
    ways = list(read)
    if len(ways) == 2 and (read[ways[0]] == read[ways[1]]).all():
        ways = ways[:1]
    way = ways[0] if day_first else ways[-1]
    other = next((other for other in ways if other != way), "")
    told = len(form[1]) == 2 and len(read) == 1
    return Dates(read[way], way, other, (f"dates={'day' if way.startswith('%d') else 'month'}",) if told else ())


def _bare(word: str) -> str:
    """Without the zone of a moment that is given in UTC."""
    return word.removesuffix("Z").removesuffix("+00:00") if ":" in word else word


def _moments(words: Sequence[str], way: str) -> Any:
    import pandas as pd

    texts = [_bare(word) for word in words]
    if ":" in words[0]:  # one way to write the clock
        texts = [_COMMA.sub(".", text).replace("T", " ") for text in texts]
    try:
        return pd.to_datetime(pd.Series(texts), format=way).to_numpy()
    except (ValueError, OverflowError):
        return None
