"""Rows that a formula gives: small, free of charge, and their truth is known.

`rng` is the only source of chance; the same generator gives the same rows.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from glassnet import Dataset, Range

Array = NDArray[Any]
Count = Annotated[int, Range(1, 1_000_000)]
Spread = Annotated[float, Range(0)]
SOURCE = "computed from a formula"
LICENCE = "CC0 1.0"


def _gate(answers: list[int], repeat: int, noise: float, rng: np.random.Generator) -> Dataset:
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    X = np.tile(inputs, (repeat, 1))
    X += noise * rng.standard_normal(X.shape)
    y = np.tile(answers, repeat)
    return Dataset(
        X, y, task="binary", feature_names=("a", "b"), target_names=("output",), source=SOURCE, licence=LICENCE
    )


def and_gate(*, repeat: Count = 1, noise: Spread = 0.0, rng: np.random.Generator) -> Dataset:
    """AND gate: true where both inputs are.

    y = 1 if a = 1 and b = 1, else 0

    X (4 repeat, 2): a and b, 0 or 1. y: 0 or 1. A straight line separates the two classes.
    repeat: how often the four rows appear. noise: standard deviation of what is added to the inputs.
    """
    return _gate([0, 0, 0, 1], repeat, noise, rng)


def or_gate(*, repeat: Count = 1, noise: Spread = 0.0, rng: np.random.Generator) -> Dataset:
    """OR gate: true where at least one input is.

    y = 0 if a = 0 and b = 0, else 1

    X (4 repeat, 2): a and b, 0 or 1. y: 0 or 1. A straight line separates the two classes.
    repeat: how often the four rows appear. noise: standard deviation of what is added to the inputs.
    """
    return _gate([0, 1, 1, 1], repeat, noise, rng)


def nand_gate(*, repeat: Count = 1, noise: Spread = 0.0, rng: np.random.Generator) -> Dataset:
    """NAND gate: false where both inputs are true; every other gate can be built from it.

    y = 0 if a = 1 and b = 1, else 1

    X (4 repeat, 2): a and b, 0 or 1. y: 0 or 1. A straight line separates the two classes.
    repeat: how often the four rows appear. noise: standard deviation of what is added to the inputs.
    """
    return _gate([1, 1, 1, 0], repeat, noise, rng)


def xor(*, repeat: Count = 1, noise: Spread = 0.0, rng: np.random.Generator) -> Dataset:
    """XOR gate: true where exactly one input is; no straight line separates it.

    y = 1 if a != b, else 0

    X (4 repeat, 2): a and b, 0 or 1. y: 0 or 1. Without a hidden layer at most 3 of the 4 rows come right.
    repeat: how often the four rows appear. noise: standard deviation of what is added to the inputs.

    Minsky and Papert 1969, Perceptrons.
    """
    return _gate([0, 1, 1, 0], repeat, noise, rng)


def toy6(*, rng: np.random.Generator) -> Dataset:
    """Six rows small enough to follow by hand: three exponential inputs, two classes.

    x1 = exp(1.1 t + 0.75), t = 0.1, 0.2, ... 0.6; x2 = exp(0.4 u + 0.75), u = 0.6, 0.7, ... 1.1;
    x3 = exp(0.4 r + 0.75), r six random numbers from 0 to 1; y = 1 where x1 > 3, else 0

    X (6, 3): x1, x2, x3. y: 0 or 1, three rows each: x1 alone tells them apart, x3 tells nothing. Always the same
    rows: r is drawn once, by NumPy's old generator from the seed 0.
    """
    t, u, r = np.arange(1, 7) / 10, np.arange(6, 12) / 10, np.random.RandomState(0).rand(6)
    X = np.column_stack([np.exp(1.1 * t + 0.75), np.exp(0.4 * u + 0.75), np.exp(0.4 * r + 0.75)])
    y = (X[:, 0] > 3).astype(int)
    return Dataset(
        X, y, task="binary", feature_names=("x1", "x2", "x3"), target_names=("large",), source=SOURCE, licence=LICENCE
    )


def sine(
    *,
    size: Count = 200,
    noise: Spread = 0.1,
    periods: Annotated[float, Range(0.1, 100)] = 1.0,
    rng: np.random.Generator,
) -> Dataset:
    """A noisy sine wave: the simplest curve that no line fits.

    y = sin(x) + noise, x uniform from 0 to 2 pi periods

    X (size, 1): x in radians. y: a number.
    size: rows. noise: standard deviation of what is added to y. periods: how many waves.
    """
    x = rng.uniform(0, 2 * np.pi * periods, size)
    y = np.sin(x) + noise * rng.standard_normal(size)
    return Dataset(
        x[:, None], y, task="regression", feature_names=("x",), target_names=("y",), source=SOURCE, licence=LICENCE
    )


def step_function(*, size: Count = 200, noise: Spread = 0.05, rng: np.random.Generator) -> Dataset:
    """A jump from 0 to 1: what a smooth network can only come near to.

    y = (1 if x >= 0 else 0) + noise, x uniform from -1 to 1

    X (size, 1): x. y: a number.
    size: rows. noise: standard deviation of what is added to y.
    """
    x = rng.uniform(-1, 1, size)
    y = np.where(x >= 0, 1.0, 0.0) + noise * rng.standard_normal(size)
    return Dataset(
        x[:, None], y, task="regression", feature_names=("x",), target_names=("y",), source=SOURCE, licence=LICENCE
    )


def skranke(
    *,
    size: Annotated[int, Range(2, 1000)] = 20,
    noise: Spread = 0.0,
    degree: Annotated[int, Range(0, 10)] = 0,
    rng: np.random.Generator,
) -> Dataset:
    """A polynomial surface of second degree over the unit square.

    z = 0 + x + 2 y + 3 x^2 + 4 x y + 5 y^2 + noise, on a grid of size x size points from 0 to 1

    X (size^2, 2): x and y; with a degree, the columns x^i y^k of its polynomial design matrix, i + k from 1 to
    degree, without the column of ones that would repeat the network's own bias. The target is z.
    size: grid points a side. noise: standard deviation of what is added to z. degree: 0 for plain x and y.

    Hjorth-Jensen, Computational Physics lecture notes, University of Oslo.
    """
    side = np.linspace(0, 1, size)
    x, y = (axis.ravel() for axis in np.meshgrid(side, side))
    z = x + 2 * y + 3 * x**2 + 4 * x * y + 5 * y**2
    z = z + noise * rng.standard_normal(len(z))
    powers = [(total - k, k) for total in range(1, degree + 1) for k in range(total + 1)] or [(1, 0), (0, 1)]
    X = np.column_stack([x**i * y**k for i, k in powers])
    names = tuple(" ".join(_power("x", i) + _power("y", k)) for i, k in powers)
    return Dataset(X, z, task="regression", feature_names=names, target_names=("z",), source=SOURCE, licence=LICENCE)


def _power(name: str, exponent: int) -> list[str]:
    return [] if exponent == 0 else [name if exponent == 1 else f"{name}^{exponent}"]


def _plane(parts: list[Array], noise: float, rng: np.random.Generator) -> Dataset:
    """Points of the plane, one array of them for each class."""
    X = np.concatenate(parts)
    X = X + noise * rng.standard_normal(X.shape)
    y = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return Dataset(X, y, feature_names=("x1", "x2"), target_names=("class",), source=SOURCE, licence=LICENCE)


def _shares(size: int, classes: int) -> list[int]:
    """Rows of each class, as equal as can be."""
    return [len(part) for part in np.array_split(np.arange(size), classes)]


def blobs(
    *,
    size: Annotated[int, Range(20, 1_000_000)] = 300,
    classes: Annotated[int, Range(2, 20)] = 3,
    noise: Spread = 1.0,
    rng: np.random.Generator,
) -> Dataset:
    """Round clouds of points in the plane, one for each class.

    x ~ Normal(centre of the class, noise^2), centres evenly spaced on a circle of radius 4

    X (size, 2): x1 and x2. y: the class, counted from 0.
    size: rows. classes: clouds. noise: standard deviation of a cloud.
    """
    angle = 2 * np.pi * np.arange(classes) / classes
    centres = 4 * np.column_stack([np.cos(angle), np.sin(angle)])
    parts = [np.tile(centre, (n, 1)) for centre, n in zip(centres, _shares(size, classes), strict=True)]
    return _plane(parts, noise, rng)


def moons(
    *, size: Annotated[int, Range(20, 1_000_000)] = 400, noise: Spread = 0.15, rng: np.random.Generator
) -> Dataset:
    """Two half circles that reach into each other.

    class 0: (cos a, sin a); class 1: (1 - cos a, 1/2 - sin a); a evenly spaced from 0 to pi, plus noise

    X (size, 2): x1 and x2. y: 0 or 1.
    size: rows. noise: standard deviation of what is added to the points.

    The same curves as scikit-learn's make_moons.
    """
    upper, lower = (np.linspace(0, np.pi, n) for n in _shares(size, 2))
    parts = [
        np.column_stack([np.cos(upper), np.sin(upper)]),
        np.column_stack([1 - np.cos(lower), 0.5 - np.sin(lower)]),
    ]
    return _plane(parts, noise, rng)


def circles(
    *,
    size: Annotated[int, Range(20, 1_000_000)] = 400,
    noise: Spread = 0.1,
    ratio: Annotated[float, Range(0, 1)] = 0.5,
    rng: np.random.Generator,
) -> Dataset:
    """A circle inside a circle.

    class 0: (cos a, sin a); class 1: ratio (cos a, sin a); a evenly spaced from 0 to 2 pi, plus noise

    X (size, 2): x1 and x2. y: 0 outside, 1 inside.
    size: rows. noise: standard deviation of what is added to the points. ratio: inner radius over outer.

    The same curves as scikit-learn's make_circles.
    """
    parts = []
    for radius, n in zip((1.0, ratio), _shares(size, 2), strict=True):
        angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
        parts.append(radius * np.column_stack([np.cos(angle), np.sin(angle)]))
    return _plane(parts, noise, rng)


def spirals(
    *,
    size: Annotated[int, Range(20, 1_000_000)] = 400,
    classes: Annotated[int, Range(2, 10)] = 2,
    turns: Annotated[float, Range(0.1, 5)] = 1.0,
    noise: Spread = 0.03,
    rng: np.random.Generator,
) -> Dataset:
    """Arms of a spiral that wind around each other: hard for a small network.

    class c: r (cos a, sin a) with a = 2 pi (turns r + c / classes), r evenly spaced from 0.1 to 1, plus noise

    X (size, 2): x1 and x2. y: the arm, counted from 0.
    size: rows. classes: arms. turns: how far each winds. noise: standard deviation of what is added.

    After the two-spirals problem: Lang and Witbrock 1988.
    """
    parts = []
    for c, n in enumerate(_shares(size, classes)):
        r = np.linspace(0.1, 1, n)
        angle = 2 * np.pi * (turns * r + c / classes)
        parts.append(r[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))
    return _plane(parts, noise, rng)


def function(
    *,
    shape: Literal["sine", "cubic", "v"] = "sine",
    size: Annotated[int, Range(20, 1_000_000)] = 400,
    noise: Spread = 0.1,
    rng: np.random.Generator,
) -> Dataset:
    """Above or below a curve in the plane: a sine, a cubic or a V.

    y = 1 if x2 > f(x1), else 0; f(x) is sin(pi x), 4 x^3 - 3 x or 2 |x| - 1; x1, x2 uniform from -1 to 1, then noise

    X (size, 2): x1 and x2. y: 0 below, 1 above, about as many.
    shape: the curve. size: rows. noise: standard deviation of what is added to the points, once their class is known.
    """
    X = rng.uniform(-1, 1, (size, 2))
    x = X[:, 0]
    curve = {"sine": np.sin(np.pi * x), "cubic": 4 * x**3 - 3 * x, "v": 2 * np.abs(x) - 1}[shape]
    y = (X[:, 1] > curve).astype(int)
    X += noise * rng.standard_normal(X.shape)
    return Dataset(
        X, y, task="binary", feature_names=("x1", "x2"), target_names=("above",), source=SOURCE, licence=LICENCE
    )
