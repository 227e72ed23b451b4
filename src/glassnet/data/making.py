"""Inputs that are made of others before anything is scaled: squares, products and sines of the number columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError, join
from ..wording import amount, count
from .columns import shift_and_scale

Array = NDArray[Any]

MOST = 2000  # inputs that are made


@dataclass(frozen=True)
class Way:
    """One way of making inputs: of so many columns each, what it is called, computed, and written in Python."""

    takes: int
    name: str
    make: Callable[..., Array]
    source: str


WAYS = {
    "squares": Way(1, "{}^2", lambda x: x * x, "X[:, {}] ** 2"),
    "products": Way(2, "{}·{}", lambda x, y: x * y, "X[:, {}] * X[:, {}]"),
    "sines": Way(1, "sin {}", np.sin, "np.sin(X[:, {}])"),
}


def how_many(ways: Sequence[str], sources: int) -> int:
    """How many inputs these ways make of so many columns of numbers."""
    return sum(comb(sources, WAYS[way].takes) for way in ways)


@dataclass(frozen=True, eq=False)
class Made:
    """What is made of the columns of numbers that are called `sources`; each is then (value - shift) / scale."""

    ways: tuple[str, ...]
    sources: tuple[str, ...]
    shift: Array
    scale: Array

    @classmethod
    def fit(cls, ways: Sequence[str], sources: Sequence[str], raw: Array, scaling: str) -> Made:
        """Learn shift and scale from the training rows `raw` (n, sources), gaps filled."""
        chosen = tuple(way for way in WAYS if way in ways)
        if not sources:
            raise GlassnetError(f"--features {join(chosen)} are made of columns of numbers, and there is none")
        if (inputs := how_many(chosen, len(sources))) > MOST:
            raise GlassnetError(
                f"--features {join(chosen)} of {count(len(sources), 'column')} are {amount(inputs)} inputs, "
                f"and at most {amount(MOST)} are made: --drop columns, or leave products away"
            )
        made = cls(chosen, tuple(sources), np.empty(0), np.empty(0))
        found = []
        for name, (_, column) in zip(made.names, made._columns(raw), strict=True):
            with np.errstate(over="ignore", invalid="ignore"):
                ends = float(column.min()), float(column.max()), float(column.mean())
                found.append(shift_and_scale(name, *ends, float(column.std()), scaling))
        shift, scale = np.array(found).reshape(-1, 2).T
        return cls(chosen, tuple(sources), shift, scale)

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called: `x^2`, `x·y`, `sin x`."""
        return tuple(WAYS[way].name.format(*(self.sources[one] for one in of)) for way, of in self._each())

    def _each(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Each way with the numbers of the columns that it takes."""
        for way in self.ways:
            for of in combinations(range(len(self.sources)), WAYS[way].takes):
                yield way, of

    def _columns(self, raw: Array, places: Sequence[int] | None = None) -> Iterator[tuple[int, Array]]:
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is told where it arrives
            for place, (way, of) in enumerate(self._each()):
                if places is None or place in places:
                    yield place, WAYS[way].make(*(raw[:, one] for one in of))

    def fill(self, raw: Array, out: Array, places: Sequence[int] | None = None) -> None:
        """Make them of rows of numbers (n, sources), in `out` (n, names); all, or those at some places."""
        for place, column in self._columns(raw, places):
            out[:, place] = (column - self.shift[place]) / self.scale[place]

    def places_of(self, sources: Collection[int]) -> list[int]:
        """Which of them are made of any of these sources, by number."""
        return [place for place, (_, of) in enumerate(self._each()) if not set(sources).isdisjoint(of)]

    def account(self) -> str:
        """What was done, in a sentence for people."""
        names = self.names
        shown = ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
        return (
            f"{count(len(names), 'input')} made of {count(len(self.sources), 'number column')} before scaling: {shown}."
        )

    def in_python(self, columns: Sequence[str]) -> list[str]:
        """Each as an expression of a matrix X that has these columns."""
        places = [columns.index(name) for name in self.sources]
        return [WAYS[way].source.format(*(places[one] for one in of)) for way, of in self._each()]

    def to_arrays(self) -> dict[str, Array]:
        return {
            "features_made_ways": np.array(self.ways, dtype=str),
            "features_made_of": np.array(self.sources, dtype=str),
            "features_made": np.column_stack([self.shift, self.scale]),
        }

    @classmethod
    def from_arrays(cls, a: Mapping[str, Any]) -> Made | None:
        """The reverse, from the arrays as lists without their prefix; None where nothing was made."""
        if "made_ways" not in a:
            return None
        shift, scale = np.array(a["made"], dtype=float).reshape(-1, 2).T
        made = cls(tuple(a["made_ways"]), tuple(a["made_of"]), shift, scale)
        if not set(made.ways) <= set(WAYS) or len(made.names) != len(shift):
            raise ValueError("inputs that are made in an unknown way")
        return made
