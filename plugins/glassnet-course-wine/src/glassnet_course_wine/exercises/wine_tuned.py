"""Exercises on tuning: a judge of one's own for whether one setting is better than another."""

import numpy as np
from glassnet.lessons import claim

SPLITS = 12


def two_settings(rng, differs):
    """Scores of two settings on twelve shared splits; where they differ, the first is better by a row of 36.

    Some splits are easier than others, for both: that moves the scores more than all else.
    """
    easy = rng.normal(0.85, 0.06, SPLITS)
    a, b = easy + rng.normal(0, 0.015, SPLITS), easy + rng.normal(0, 0.015, SPLITS)
    return a + (1 / 36 if differs else 0), b


def paired_t(a, b):
    d = a - b
    return abs(d.mean()) > 2.2 * d.std(ddof=1) / np.sqrt(len(d))


def by_signs(a, b):
    """Turn the sign of each difference at random: how often is the mean as far off as the one that was seen?"""
    d = np.asarray(a) - np.asarray(b)
    turned = np.random.default_rng(0).choice([-1, 1], (500, len(d))) * d
    return np.mean(np.abs(turned.mean(axis=1)) >= abs(d.mean())) < 0.05


def any_difference(a, b):
    return np.mean(a) > np.mean(b)


def best_against_best(a, b):
    return np.max(a) > np.max(b)


def not_paired(a, b):
    error = np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))
    return abs(a.mean() - b.mean()) > 2.07 * error


def beyond_the_spread(a, b):
    d = a - b
    return abs(d.mean()) > 2.2 * d.std(ddof=1)


exercises = (
    claim(
        "better",
        "Write `better(a, b)`: a and b are the accuracies of two settings on the same 12 splits. Return True where one "
        "of them is better than luck explains. It is tried on 200 experiments; in half of them nothing differs.",
        simulate=two_settings,
        right=(paired_t, by_signs),
        wrong=(
            (any_difference, "Any difference is a gain to you: one of two is always ahead."),
            (best_against_best, "You compare the luckiest split of each: keep all twelve."),
            (not_paired, "You take the two rows apart: how easy a split is moves both, and drowns the difference."),
            (beyond_the_spread, "You ask for more than the spread of single splits: a mean of twelve is surer."),
        ),
        hints=(
            "Take the differences split by split: what the splits have in common is gone.",
            "Compare the mean of the differences with its standard error: about 2.2 times it, for 12 splits.",
        ),
    ),
)
