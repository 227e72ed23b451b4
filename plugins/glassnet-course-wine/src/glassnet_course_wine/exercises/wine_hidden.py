"""Exercises on a hidden layer: the mean difference with its error, and a training of one's own."""

import numpy as np
from glassnet.lessons import function, run


def two_rows_of_scores(rng):
    """Scores of two networks on the same splits, the plainest first."""
    yield np.array([0.9, 0.8, 1.0]), np.array([0.8, 0.8, 0.8])
    yield np.array([0.5, 0.7, 0.9, 0.7]), np.array([0.5, 0.9, 0.8, 0.6])
    for n in (5, 16):
        base = rng.random(n)
        yield base + 0.1 * rng.random(n), base


def paired(a, b):
    d = a - b
    return np.mean(d), np.std(d, ddof=1) / np.sqrt(len(d))


def by_hand(a, b):
    n = len(a)
    differences = [one - other for one, other in zip(a, b, strict=True)]
    mean = sum(differences) / n
    variance = sum((d - mean) ** 2 for d in differences) / (n - 1)
    return [mean, (variance / n) ** 0.5]


def not_paired(a, b):
    n = len(a)
    return np.mean(a) - np.mean(b), np.sqrt(np.var(a, ddof=1) / n + np.var(b, ddof=1) / n)


def the_spread(a, b):
    d = a - b
    return np.mean(d), np.std(d, ddof=1)


def one_too_many(a, b):
    d = a - b
    return np.mean(d), np.std(d) / np.sqrt(len(d))


def turned_round(a, b):
    d = b - a
    return np.mean(d), np.std(d, ddof=1) / np.sqrt(len(d))


exercises = (
    function(
        "gain",
        "Write `gain(a, b)`: a and b are the scores of two networks on the same splits. Return two numbers: the mean "
        "of the differences a - b, and the standard error of that mean, with n - 1.",
        inputs=two_rows_of_scores,
        right=(paired, by_hand),
        wrong=(
            (not_paired, "You take the two rows apart: both met the same rows each time, so take differences first."),
            (the_spread, "That is the spread of single differences: their mean is surer, by the root of n."),
            (one_too_many, "You divide by n: the mean was taken from the same rows, so it is n - 1 (`ddof=1`)."),
            (turned_round, "It is turned round: a - b is above 0 where a is better."),
        ),
        hints=(
            "First d = a - b: one number a split.",
            "`np.std(d, ddof=1)` is the spread of a single difference; that of the mean is smaller by the root of n.",
        ),
    ),
    run(
        "hidden",
        "Write a command that trains a network with a hidden layer on wine_cultivars to a test accuracy of 0.93, "
        'whatever the seed: `hidden = "glassnet train wine_cultivars --hidden ..."`, with at most 200 parameters and '
        "200 epochs.",
        dataset="wine_cultivars",
        right=(
            "glassnet train wine_cultivars --hidden 8 --optimizer adam:lr=0.01 --epochs 60",
            {"hidden": "10", "activation": "tanh", "optimizer": "adam:lr=0.02", "epochs": 40},
        ),
        wrong=(
            ("glassnet train wine_cultivars --hidden 8 --epochs 5", "Five epochs are twenty steps: too few for it."),
            ("glassnet train wine_cultivars --hidden 1", "One hidden unit leaves one number for three cultivars."),
            ("glassnet train wine_cultivars --hidden 100", "A hundred units have 1,703 parameters."),
        ),
        reach={"accuracy": 0.93},
        most={"parameters": 200, "epochs": 200},
        hints=(
            "Each hidden unit costs 13 + 1 + 3 parameters: 11 of them fit.",
            "Give it a larger rate than 0.001, or more epochs than 50.",
        ),
    ),
)
