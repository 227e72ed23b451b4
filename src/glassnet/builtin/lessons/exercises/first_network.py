"""Exercise on the first network: counting its mistakes."""

import numpy as np

from glassnet.lessons import function


def answers(rng):
    """Digits and what a network said of them, the shortest first."""
    yield np.array([1, 2, 3]), np.array([1, 2, 8])
    yield np.array([4]), np.array([4])
    for size in (10, 50):
        t = rng.integers(0, 10, size)
        yield t, np.where(rng.random(size) < 0.8, t, rng.integers(0, 10, size))


def by_mean(t, said):
    """The share of rows for which the answer is wrong: t and said are the digits and the answers, one a row."""
    return np.mean(t != said)


def by_counting(t, said):
    wrong = 0
    for one, other in zip(t, said):
        if one != other:
            wrong = wrong + 1
    return wrong / len(t)


def the_right_ones(t, said):
    return np.mean(t == said)


def a_count(t, said):
    return np.sum(t != said)


def how_far_off(t, said):
    return np.mean(np.abs(t - said))


def in_percent(t, said):
    return 100 * np.mean(t != said)


exercises = (
    function(
        "mistakes",
        "Write `mistakes(t, said)`: the share of rows for which the network's answer is wrong. `t` holds the digits, "
        "`said` the answers, one a row, both as NumPy arrays.",
        inputs=answers,
        right=(by_mean, by_counting),
        wrong=(
            (the_right_ones, "That is the share that is right, the accuracy. The mistakes are the rest."),
            (a_count, "That is how many are wrong. A share is that divided by the number of rows."),
            (in_percent, "That is in percent: a share lies between 0 and 1."),
            (how_far_off, "That is how far off the digits are as numbers; but 1 is as wrong for a 7 as 6 is."),
        ),
        hints=("Comparing two arrays gives True and False, one a row.", "The mean of True and False is a share."),
    ),
)
