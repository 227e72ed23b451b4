"""Exercises on a part of one's own: a difference quotient, and an activation in three pieces."""

import numpy as np

from glassnet import Activation
from glassnet.lessons import function, part


def curves(rng):
    """Values of a function on both sides of a point, and the step."""
    yield 1.0, 3.0, 1.0
    yield 0.0, 0.0, 0.5
    for _ in range(10):
        yield float(rng.normal()), float(rng.normal()), float(rng.uniform(0.01, 0.5))


def central(below, above, h):
    """The slope from f(z - h), f(z + h) and h."""
    return (above - below) / (2 * h)


def mean_of_both(below, above, h):
    middle = (above + below) / 2
    return ((above - middle) / h + (middle - below) / h) / 2


def not_twice(below, above, h):
    return (above - below) / h


def turned(below, above, h):
    return (below - above) / (2 * h)


def times(below, above, h):
    return (above - below) / 2 * h


def hard_swish():
    """z times a ramp from 0 at -3 to 1 at 3.

    f(z) = z min(max(z + 3, 0), 6) / 6
    """
    return Activation(
        f=lambda z: z * np.clip(z + 3, 0, 6) / 6,
        df=lambda z, a: np.where(z <= -3, 0.0, np.where(z >= 3, 1.0, (2 * z + 3) / 6)).astype(z.dtype),
    )


def in_pieces():
    """z times a ramp from 0 at -3 to 1 at 3.

    f(z) = 0 below -3, z above 3, z (z + 3) / 6 between
    """

    def f(z):
        return np.where(z < -3, 0, np.where(z > 3, z, z * (z + 3) / 6)).astype(z.dtype)

    def df(z, a):
        between = (z > -3) & (z < 3)
        return (between * (z / 3 + 0.5) + (z >= 3)).astype(z.dtype)

    return Activation(f, df)


def slope_of_the_ramp():
    """z times a ramp.

    f(z) = z min(max(z + 3, 0), 6) / 6
    """
    return Activation(
        f=lambda z: z * np.clip(z + 3, 0, 6) / 6,
        df=lambda z, a: np.where((z > -3) & (z < 3), 1 / 6, 0.0).astype(z.dtype),
    )


def ramp_alone():
    """A ramp from 0 at -3 to 1 at 3.

    f(z) = min(max(z + 3, 0), 6) / 6
    """
    return Activation(
        f=lambda z: np.clip(z + 3, 0, 6) / 6,
        df=lambda z, a: np.where((z > -3) & (z < 3), 1 / 6, 0.0).astype(z.dtype),
    )


def flat_outside():
    """z times a ramp.

    f(z) = z min(max(z + 3, 0), 6) / 6
    """
    return Activation(
        f=lambda z: z * np.clip(z + 3, 0, 6) / 6,
        df=lambda z, a: np.where((z > -3) & (z < 3), (2 * z + 3) / 6, 0.0).astype(z.dtype),
    )


def values(bag):
    """The formula and its slope on both sides of the two bends."""
    z = np.array([[-5.0, -2.0, -0.5, 0.25, 1.0, 2.5, 7.0]])
    a = bag.f(z)
    return {"f(z)": a, "df(z, a)": np.asarray(bag.df(z, a), dtype=float)}


exercises = (
    function(
        "slope_of",
        "Write `slope_of(below, above, h)`: the slope of a function at z, from its values `below` $= f(z - h)$ and "
        "`above` $= f(z + h)$.",
        inputs=curves,
        right=(central, mean_of_both),
        wrong=(
            (not_twice, "From z - h to z + h it is 2h, and not h."),
            (turned, "The sign is turned round: a function that rises has a positive slope."),
            (times, "Divide by all of 2h: without brackets only the 2 stands below the line."),
        ),
        hints=("How far is it from z - h to z + h?",),
    ),
    part(
        "hard_ramp",
        "Write `hard_ramp()`: a function that returns an `Activation` with the formula above and its slope, with a "
        "docstring that says what it is and holds the formula.",
        "activation",
        does=values,
        right=(hard_swish, in_pieces),
        wrong=(
            (slope_of_the_ramp, "That is the slope of the ramp alone: z times a ramp is a product, and has two terms."),
            (ramp_alone, "That is the ramp: it is still to be multiplied by z."),
            (flat_outside, "Above 3 the formula is z, and the slope of z is 1, not 0."),
        ),
        hints=(
            "Between -3 and 3 it is $z (z + 3) / 6 = (z^2 + 3z) / 6$.",
            "Below -3 it is 0, above 3 it is z: which slopes have these?",
        ),
    ),
)
