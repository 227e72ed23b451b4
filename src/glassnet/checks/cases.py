"""A part at work: built with its default options, and again with each option moved to another value."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from types import CodeType
from typing import Any

import numpy as np

from .. import process
from ..catalog import Catalog, Choice, Option, Part
from ..data import downloads
from ..errors import GlassnetError
from ..kinds import Activation
from ..slopes import Slopes


class Refused(Exception):
    """The part breaks a promise; the message shows the input, what was expected and what was found."""


class NotApplicable(Exception):
    """The promise says nothing about this part; the message says why."""


class NotTried(Exception):
    """Nothing is known about the promise, because what it needs could not be had; the message says what and why."""


def require_functions(**functions: Any) -> None:
    """Each of these has to be a function."""
    for name, function in functions.items():
        if not callable(function):
            raise Refused(f"{name} is {function!r:.60}: expected a function")


def require_points(slopes: Slopes, what: str) -> None:
    """Refuse a formula that is nearly all kinks."""
    trouble = slopes.trouble(what)
    if trouble:
        raise Refused(trouble)


@dataclass(frozen=True)
class Call:
    """One call of a function of a bag: what it is called in messages, the function, and its arguments by name."""

    words: str
    function: Callable[..., Any]
    arguments: dict[str, Any] = field(default_factory=dict)

    def run(self) -> Any:
        """The result, for copies of the arguments."""
        return self.function(*deepcopy(list(self.arguments.values())))


@dataclass(frozen=True)
class Case:
    """A part with its options decided. `moved` names the one that is not at its starting value, if any."""

    choice: Choice
    find: Callable[[], Catalog]
    download: bool = False
    moved: str = ""

    @property
    def part(self) -> Part:
        return self.choice.part

    @property
    def prefix(self) -> str:
        """How a message begins that is about a moved option."""
        return f"with {self.moved}={self.choice.options[self.moved]}: " if self.moved else ""

    @cached_property
    def _built(self) -> Any:
        try:
            return self.fresh()
        except (Refused, NotApplicable) as error:
            return error

    @property
    def bag(self) -> Any:
        """The part's bag, built once."""
        if isinstance(self._built, Exception):
            raise self._built
        return self._built

    def fresh(self) -> Any:
        """The part's bag, built anew."""
        online = self.download or self.part.kind != "dataset"
        with nullcontext() if online else _nothing_fetched():
            try:
                return self.choice.bag()
            except GlassnetError as error:
                raise self._without_rows(error) from error

    def _without_rows(self, error: GlassnetError) -> Exception:
        """What it means that there is no bag: rows that can't be had break a promise only where they were asked for."""
        missing = _not_fetched(error)
        if missing is None:
            return Refused(str(error))
        if not self.download:
            return NotApplicable(f"its rows are not on this machine ({str(error).partition(' ')[0]}; see --download)")
        return Refused(str(error)) if missing.answered else NotTried(str(error))

    @property
    def can_be_built(self) -> bool:
        """Whether there is a bag at all."""
        return not isinstance(self._built, Exception)

    @property
    def refuses_in_words(self) -> bool:
        """Whether these options are ones that the part itself says can't be had together."""
        error = getattr(self._built, "__cause__", None)
        if error is None or not _came_through(error, inspect.unwrap(self.part.function).__code__):
            return False
        return isinstance(error.__cause__ or error, GlassnetError | ValueError)

    def activation(self, phrase: str) -> Activation:
        """The activation that a phrase in this part's bag means."""
        part = self.part
        bag: Activation = self.find().choose("activation", phrase, home=part.distribution).build()
        return bag

    def explain(self, error: BaseException) -> str:
        """What a part raised, in one line with the place in its source."""
        from ..catalog import explain

        return explain(error, self.part.distribution)[0]


def cases_of(choice: Choice, find: Callable[[], Catalog], download: bool) -> list[Case]:
    """The choice itself, then one more for each other value of an option that is worth a look."""
    cases = [Case(choice, find, download)]
    for option in choice.part.options:
        for value in moved_values(option, choice.options[option.name]):
            cases.append(Case(Choice(choice.part, choice.options | {option.name: value}), find, download, option.name))
    return cases


def moved_values(option: Option, value: Any) -> Iterator[Any]:
    """Other values of an option: every other choice, or one number that is neither near a bound nor costly.

    A whole number moves by 1. Another number moves half the way to its farther bound; where it has none on one
    side it is halved, which is no nonsense for a rate, a share or a scale alike, and from 0 it goes to 1/2.
    """
    if option.choices:
        yield from (choice for choice in option.choices if choice != value)
    elif option.type is bool:
        yield not value
    elif option.type in (int, float) and value is not None:
        low, high = (option.range.low, option.range.high) if option.range else (-np.inf, np.inf)
        other: float
        if option.type is int:
            other = value + 1 if value + 1 <= high else value - 1
        elif np.isfinite(low) and np.isfinite(high):
            other = (value + (high if high - value > value - low else low)) / 2
        else:
            other = value / 2 or 0.5
            other = other if other >= low else 2 * value
        if low <= other <= high and other != value:
            yield option.type(other)


def same(one: Any, other: Any) -> bool:
    """Whether two results are equal to the last bit, NaN in the same places included."""
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return isinstance(other, list | tuple) and len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "equals"):  # a DataFrame
        return bool(one.equals(other))
    if isinstance(one, np.ndarray | float):
        floats = np.asarray(one).dtype.kind in "fc" and np.asarray(other).dtype.kind in "fc"
        return bool(np.array_equal(one, other, equal_nan=floats))
    return bool(one == other)


def _came_through(error: BaseException, code: CodeType) -> bool:
    """Whether an error, or the one behind it, was raised inside of that function."""
    frame = error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code is code:
            return True
        frame = frame.tb_next
    return error.__cause__ is not None and _came_through(error.__cause__, code)


def _not_fetched(error: BaseException | None) -> downloads.NotFetched | None:
    """The error of `fetch` that is behind another one, if there is one."""
    while error is not None and not isinstance(error, downloads.NotFetched):
        error = error.__cause__ or error.__context__
    return error


@contextmanager
def _nothing_fetched() -> Iterator[None]:
    """Here `fetch` finds only what is on this machine: in the user's mirror if there is one, else in the cache."""
    given = os.environ.get(downloads.MIRROR)
    if given and given.strip():
        yield
        return
    with process.alone():
        os.environ[downloads.MIRROR] = str(downloads.cache_folder())
        try:
            yield
        finally:
            del os.environ[downloads.MIRROR]
            if given is not None:
                os.environ[downloads.MIRROR] = given
