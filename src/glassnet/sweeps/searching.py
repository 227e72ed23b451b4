"""Which points a sweep visits: all of a grid, some drawn at random, or fewer and fewer for longer and longer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

from ..errors import GlassnetError, join
from ..streams import Stream, generator
from .axes import Axis

Point = tuple[str, ...]  # one setting an axis, as --set writes it

MOST_POINTS = 100_000
MOST_TRAININGS = 1_000_000


def grid(axes: Sequence[Axis]) -> list[Point]:
    """Every combination, the last axis fastest."""
    uncounted = [axis.text for axis in axes if not axis.values]
    if uncounted:
        raise GlassnetError(
            f"--over {join(uncounted)}: a grid needs to know how many values: :log:7 or :linear:5 (or --random N)"
        )
    count = math.prod(len(axis.values) for axis in axes)
    if count > MOST_POINTS:
        raise GlassnetError(f"that grid has {count:,} points: give fewer values, or --random N")
    keys = [axis.key for axis in axes]
    return [_point(keys, values) for values in product(*(axis.values for axis in axes))]


def at_random(axes: Sequence[Axis], count: int, seed: int) -> list[Point]:
    """`count` different points: values of a list are equally likely, a range is drawn from between its ends."""
    rng = generator(seed, Stream.SEARCH)
    keys = [axis.key for axis in axes]
    points: dict[Point, None] = {}
    for _ in range(100 * count):
        if len(points) == count:
            break
        shares = rng.random(len(axes))
        points[_point(keys, [axis.draw(float(share)) for axis, share in zip(axes, shares, strict=True)])] = None
    if len(points) < count:
        raise GlassnetError(f"--random {count}: only {len(points)} different points were found; leave --random away")
    return list(points)


def _point(keys: Sequence[str], values: Sequence[str]) -> Point:
    return tuple(f"{key}={value}" for key, value in zip(keys, values, strict=True))


def rounds(points: int, epochs: int, eta: int | None) -> list[tuple[int, int]]:
    """(points, epochs) of each round: one round of all, or successive halving down to at most `eta` points.

    In each round 1/eta of the points stay and get eta times as many epochs; the last has all of them. A round is
    trained from the start: a schedule then sees its own length, and a cell never depends on an earlier one.
    Source: Jamieson and Talwalkar (2016), Non-stochastic best arm identification and hyperparameter optimization.
    """
    if eta is None or points <= eta:
        return [(points, epochs)]
    sizes = [points]
    while sizes[-1] > eta and epochs // eta ** len(sizes) >= 1:
        sizes.append(math.ceil(sizes[-1] / eta))
    last = len(sizes) - 1
    return [(size, epochs // eta ** (last - number)) for number, size in enumerate(sizes)]
