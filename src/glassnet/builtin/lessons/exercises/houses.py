"""Exercises on house prices: R2 by hand, and a network that is better than a line."""

import numpy as np

from glassnet.lessons import function, run


def answers(rng):
    """True values and answers: a small one, a poor one, a biased one, then random ones."""
    yield np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0])
    yield np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])
    yield np.array([0.0, 1.0, 5.0]), np.array([2.0, 4.0, 12.0])
    for n in (5, 20, 50):
        t = rng.normal(2, 1, n)
        yield t, t + rng.normal(0.3, 0.5, n)


def by_sums(t, y):
    """1 minus the squared misses of y, as a share of those of the mean."""
    return 1 - np.sum((t - y) ** 2) / np.sum((t - np.mean(t)) ** 2)


def by_means(t, y):
    middle = sum(t) / len(t)
    missed = sum((a - b) ** 2 for a, b in zip(t, y, strict=True))
    spread = sum((a - middle) ** 2 for a in t)
    return (spread - missed) / spread


def correlation(t, y):
    return np.corrcoef(t, y)[0, 1] ** 2


def what_is_left(t, y):
    return np.sum((t - y) ** 2) / np.sum((t - np.mean(t)) ** 2)


def mean_of_answers(t, y):
    return 1 - np.sum((t - y) ** 2) / np.sum((t - np.mean(y)) ** 2)


def spread_of_answers(t, y):
    return np.var(y) / np.var(t)


def roots(t, y):
    return 1 - np.sqrt(np.sum((t - y) ** 2) / np.sum((t - np.mean(t)) ** 2))


exercises = (
    function(
        "r_squared",
        "Write `r_squared(t, y)`: the R2 of the answers y for the true values t, two arrays of n numbers.",
        inputs=answers,
        right=(by_sums, by_means),
        wrong=(
            (correlation, "That is the squared correlation: it doesn't mind answers that are all too high."),
            (what_is_left, "That is what is left of the variance: R2 is 1 minus that."),
            (mean_of_answers, "The plainest guess is the mean of the true values, not of the answers."),
            (spread_of_answers, "How much the answers spread says nothing about whether they fit."),
            (roots, "No root: R2 compares squares."),
        ),
        hints=("Two sums: the squared misses of y, and those of the mean of t.",),
    ),
    run(
        "houses_net",
        "Train a network with an R2 of at least 0.72 on the test rows, whatever the seed, with at most 10 epochs and "
        "150 hidden units.",
        dataset="california_housing",
        right=(
            "glassnet train california_housing --hidden 64,32 --epochs 8 --batch-size 64 --optimizer adam:lr=0.004",
            {"hidden": "80,40", "epochs": 10, "activation": "tanh", "optimizer": "adam:lr=0.003"},
        ),
        wrong=(
            ({"hidden": "none"}, "Without a hidden layer it is a line, and a line doesn't get there."),
            ({"activation": "identity"}, "Layers without bends are a line, too."),
            ({"epochs": 1, "hidden": "100"}, "One epoch is too short."),
        ),
        reach={"r2": 0.72},
        most={"epochs": 10, "hidden": 150},
        hints=(
            "With few epochs, more steps help: smaller batches, or a rate above 0.001.",
            "Two hidden layers of 64 and 32 are enough.",
        ),
    ),
)
