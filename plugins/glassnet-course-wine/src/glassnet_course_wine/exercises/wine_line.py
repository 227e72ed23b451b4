"""Exercises on a network without a hidden layer: the accuracy by hand, and a training of one's own."""

import numpy as np
from glassnet.lessons import function, run


def answers(rng):
    """Probabilities of three classes and the classes that are true, the plainest first."""
    yield np.array([[0.8, 0.1, 0.1], [0.2, 0.5, 0.3]]), np.array([0, 2])
    yield np.array([[0.4, 0.35, 0.25], [0.1, 0.3, 0.6], [0.2, 0.6, 0.2]]), np.array([0, 2, 0])
    for n in (5, 36):
        y = rng.random((n, 3))
        yield y / y.sum(axis=1, keepdims=True), rng.integers(0, 3, n)


def by_argmax(y, t):
    return np.mean(np.argmax(y, axis=1) == t)


def by_counting(y, t):
    right = 0
    for row, true in zip(y, t, strict=True):
        if row[true] == max(row):
            right += 1
    return right / len(t)


def the_count(y, t):
    return np.sum(np.argmax(y, axis=1) == t)


def over_a_half(y, t):
    return np.mean(y[np.arange(len(t)), t] > 0.5)


def the_probability(y, t):
    return np.mean(y[np.arange(len(t)), t])


def the_wrong_ones(y, t):
    return np.mean(np.argmax(y, axis=1) != t)


exercises = (
    function(
        "share_right",
        "Write `share_right(y, t)`: y has a row for each wine with its three probabilities, t the number of its "
        "cultivar (0, 1 or 2). Return the accuracy, the share of the wines whose cultivar has the highest probability.",
        inputs=answers,
        right=(by_argmax, by_counting),
        wrong=(
            (the_count, "That is how many are right: the share is that divided by all."),
            (over_a_half, "You ask for more than one half: with three classes the highest may be less."),
            (the_probability, "That is the mean probability of the true cultivar: only which one is highest counts."),
            (the_wrong_ones, "Those are the wines that it gets wrong."),
        ),
        hints=(
            "`np.argmax(y, axis=1)` has the number of the highest column for each row.",
            "The mean of True and False is the share of True.",
        ),
    ),
    run(
        "straight",
        "Write a command that trains a network without a hidden layer on wine_cultivars to a test accuracy of 0.95, "
        'whatever the seed: `straight = "glassnet train wine_cultivars ..."`, with at most 42 parameters and 200 '
        "epochs.",
        dataset="wine_cultivars",
        right=(
            "glassnet train wine_cultivars --hidden none --optimizer adam:lr=0.01 --epochs 40",
            {"hidden": "none", "optimizer": "sgd:lr=0.1", "epochs": 60},
        ),
        wrong=(
            (
                "glassnet train wine_cultivars --hidden none --scale none",
                "Raw inputs: proline counts in hundreds, hue in tenths, and one rate has to suit both.",
            ),
            (
                "glassnet train wine_cultivars --hidden none --epochs 1",
                "One epoch is four steps: it has hardly begun.",
            ),
            ("glassnet train wine_cultivars --hidden 8", "That has a hidden layer."),
        ),
        reach={"accuracy": 0.95},
        most={"parameters": 42, "epochs": 200},
        hints=(
            "`--hidden none` leaves the hidden layer out: 13 weights and a bias for each of three cultivars.",
            "If 50 epochs are not enough: a larger rate, `--optimizer adam:lr=0.01`.",
        ),
    ),
)
