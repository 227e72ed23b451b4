"""Exercise on what a network can represent: hinges that join the dots."""

import numpy as np

from glassnet.lessons import function


def dots(rng):
    """Places, in order, and values there, the fewest first."""
    yield np.array([0.0, 1.0]), np.array([0.0, 2.0])
    yield np.array([0.0, 1.0, 3.0]), np.array([1.0, 2.0, 0.0])
    for size in (4, 6, 9):
        yield np.cumsum(rng.uniform(0.2, 2, size)), rng.normal(size=size)


def changes_of_slope(x, y):
    """The c of y[0] + sum of c[i] relu(s - x[i]), one for each place but the last, that goes through all dots."""
    slopes = np.diff(y) / np.diff(x)
    return np.diff(slopes, prepend=0)


def one_after_the_other(x, y):
    c = []
    for k in range(1, len(x)):
        reached = y[0] + sum(c[i] * (x[k] - x[i]) for i in range(len(c)))
        c.append((y[k] - reached) / (x[k] - x[k - 1]))
    return c


def by_solving(x, y):
    hinges = np.maximum(x[1:, None] - x[None, :-1], 0)
    return np.linalg.solve(hinges, y[1:] - y[0])


def the_slopes(x, y):
    return np.diff(y) / np.diff(x)


def not_divided(x, y):
    return np.diff(np.diff(y), prepend=0)


def first_left_out(x, y):
    return np.diff(np.diff(y) / np.diff(x))


def turned_round(x, y):
    return -np.diff(np.diff(y) / np.diff(x), prepend=0)


def the_values(x, y):
    return np.array(y[1:])


exercises = (
    function(
        "hinges",
        "Write `hinges(x, y)`: the numbers c, one for each place but the last, for which y[0] + sum of c[i] * "
        "relu(s - x[i]) goes through all dots; x has the places in order, y the values there.",
        inputs=dots,
        right=(changes_of_slope, one_after_the_other, by_solving),
        wrong=(
            (the_slopes, "Those are the slopes between the dots; hinges add up, so each one is a *change* of slope."),
            (not_divided, "The dots are not one apart: a slope is the rise divided by the distance."),
            (first_left_out, "The first hinge is missing: it makes the first slope, from 0."),
            (turned_round, "The sign is turned round: a hinge with a positive c bends upwards."),
            (the_values, "Those are the values: hinges go on rising behind their place, and add up."),
        ),
        hints=(
            "How steep is the line between the first two dots? Only the first hinge is at work there.",
            "From one piece to the next the slope changes by c[i].",
        ),
    ),
)
