"""What does it come to? A number within stated bounds; what goes wrong with numbers everywhere is told apart here."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from ...errors import GlassnetError
from ...teaching import Exercise, Verdict
from ...wording import exact


def number(
    name: str,
    question: str,
    right: float | Callable[[], float],
    *,
    absolute: float | None = None,
    relative: float | None = None,
    digits: int | None = None,
    unit: str = "",
    near: Mapping[float, str] | None = None,
    hints: Sequence[str] = (),
) -> Exercise:
    """A question whose answer is a number.

    How far off it may be is said in one of three ways: `absolute`, in the number's own unit; `relative`, a share of
    it; `digits` after the point. A function in place of `right` computes the number, once, for what training decides.
    `near` has the numbers that students arrive at by mistake, each with the words that it gets; a turned sign, percent
    in place of a share, twice or half of it and rounding too early are told in any case.
    """
    if sum(bound is not None for bound in (absolute, relative, digits)) != 1:
        raise GlassnetError(f"number {name!r}: say how far off it may be, with one of absolute=, relative=, digits=")
    said = dict(near or {})

    @cache  # it may take a training, and somebody who tries again would wait for it each time
    def truth() -> float:
        return float(right() if callable(right) else right)

    def bound(value: float) -> float:
        if digits is not None:
            return 0.5 * 10.0**-digits * (1 + 1e-9)
        return absolute if absolute is not None else abs((relative or 0) * value)

    def check(answer: Any) -> Verdict:
        given = as_number(answer)
        if isinstance(given, str):
            return Verdict(False, given, answer)
        wanted = truth()
        allowed = bound(wanted)
        for read in (given, *_read_otherwise(answer, given, unit)):
            if abs(read - wanted) <= allowed:
                return Verdict(True, "", read, wanted)
        for value, words in said.items():
            if abs(given - value) <= min(bound(value) or allowed, abs(value - wanted) / 2):
                return Verdict(False, words, given)
        return Verdict(False, next(_usual(given, wanted, allowed, unit)), given)

    value = math.nan if callable(right) else float(right)
    mistakes = list(said.items())
    if not math.isnan(value) and value:
        mistakes += _generated(value, bound(value), unit, said)[: max(0, 3 - len(mistakes))]
    accepted = (right, right) if callable(right) else (value, exact(value, 15), f" {exact(value, 15)} ")
    of_what = f"as a {unit}" if unit.startswith(("share", "probability")) else f"in {unit}"
    text = f"{question} ({of_what})" if unit and unit.split()[0].lower() not in question.lower() else question
    return Exercise(name, text, check, accepted, tuple(mistakes), tuple(hints), sort="number")


_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)


def as_number(answer: Any) -> float | str:
    """The number that an answer is, or words on why it is none."""
    import numpy as np

    if isinstance(answer, str):
        text = answer.strip().replace("−", "-").replace("_", "")
        if re.fullmatch(r"[-+]?\d+,\d+", text):
            text = text.replace(",", ".")
        above, slash, below = text.partition("/")
        if text.endswith("%"):
            share = as_number(text[:-1])
            return share / 100 if isinstance(share, float) else share
        if slash and _NUMBER.fullmatch(above.strip()) and _NUMBER.fullmatch(below.strip()) and float(below):
            return float(above) / float(below)
        if re.fullmatch(r"[-+]?\d{1,3}(,\d{3}){2,}", text):
            text = text.replace(",", "")
        if re.fullmatch(r"[-+]?\d{1,3}( \d{3})+", text):
            text = text.replace(" ", "")
        if re.fullmatch(r"[\d.(][\d.()+*/ -]*[*+-][\d.()+*/ -]*", text) and not _NUMBER.fullmatch(text):
            return f"{answer!r:.60} is a text: without the quotes, Python computes it."
        if not _NUMBER.fullmatch(text):
            return f"{answer!r:.60} is no number: write it as in 0.75, without units."
        return _finite(float(text))
    try:
        values = np.asarray(answer, dtype=float).ravel()
    except (TypeError, ValueError):
        return f"{answer!r:.60} is no number: write it as in 0.75."
    if values.size != 1:
        return f"one number is asked for, and there are {values.size}."
    return _finite(float(values[0]))


def _finite(value: float) -> float | str:
    return value if math.isfinite(value) else f"{value} is no number that could be compared: write it as in 0.75."


def _read_otherwise(answer: Any, given: float, unit: str) -> Iterator[float]:
    """What an answer may mean as well: "1,200" a number of thousands, "75 %" the number of percent."""
    if isinstance(answer, str) and re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+", answer.strip()):
        yield float(answer.strip().replace(",", ""))
    if isinstance(answer, str) and answer.strip().endswith("%") and _in_percent(unit):
        yield 100 * given


def _in_percent(unit: str) -> bool:
    return "percent" in unit or unit.strip() == "%"


def _usual(given: float, wanted: float, allowed: float, unit: str) -> Iterator[str]:
    """What went wrong, as far as a number tells; the plainest words come last."""
    for wrong, words in _mistakes(wanted, unit):
        if wrong and abs(given - wrong) <= max(allowed * abs(wrong / wanted) if wanted else allowed, 1e-12):
            yield words
    if 0 < abs(given - wanted) <= min(12 * allowed, abs(wanted) / 10):
        yield "Almost: it was rounded too early. Keep all digits until the end."
    yield f"{exact(given)} is not it: it is too {'large' if given > wanted else 'small'}."


def _mistakes(wanted: float, unit: str) -> Iterator[tuple[float, str]]:
    yield -wanted, "The sign is turned round."
    if "share" in unit or "probability" in unit:
        yield 100 * wanted, "That is in percent: a share lies between 0 and 1."
    if _in_percent(unit):
        yield wanted / 100, "That is a share: percent are a hundred times that."
    yield 2 * wanted, "That is twice as much as it should be."
    yield wanted / 2, "That is half of what it should be."


def _generated(wanted: float, allowed: float, unit: str, near: Mapping[float, str]) -> list[tuple[float, str]]:
    """Mistakes of every number that none of the lesson's own lies beside."""
    taken = [wanted, *near]
    return [
        (wrong, words)
        for wrong, words in _mistakes(wanted, unit)
        if all(abs(wrong - other) > 3 * allowed for other in taken)
    ]
