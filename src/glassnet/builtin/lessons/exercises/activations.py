"""Exercises on activations: a slope, a count of the dead, and a judge that isn't taken in by chance."""

import numpy as np

from glassnet.lessons import claim, function


def scores(rng):
    """Scores and how far below 0 an elu can go, small ones first."""
    yield np.array([[1.0, -1.0]]), 1.0
    yield np.array([[-2.0, 0.5, 3.0]]), 0.5
    for n, width in ((3, 4), (5, 2)):
        yield rng.normal(size=(n, width)) * 3, float(rng.uniform(0.3, 2))


def by_where(z, alpha):
    """The slope of elu at each score z: elu(z) is z where z > 0, else alpha (e^z - 1)."""
    return np.where(z > 0, 1.0, alpha * np.exp(z))


def by_output(z, alpha):
    z = np.array(z, dtype=float)
    a = np.where(z > 0, z, alpha * (np.exp(z) - 1))
    slope = np.ones(z.shape)
    slope[z <= 0] = a[z <= 0] + alpha
    return slope


def no_alpha(z, alpha):
    return np.where(z > 0, 1.0, np.exp(z))


def of_relu(z, alpha):
    return np.where(z > 0, 1.0, 0.0)


def of_leaky(z, alpha):
    return np.where(z > 0, 1.0, alpha)


def the_output(z, alpha):
    return np.where(z > 0, z, alpha * (np.exp(z) - 1))


def negative_output(z, alpha):
    return np.where(z > 0, 1.0, alpha * (np.exp(z) - 1))


def outputs(rng):
    """What a layer of relus puts out for some rows, the smallest first."""
    yield (np.array([[0.0, 1.0], [0.0, 0.0]]),)
    yield (np.array([[0.0, 0.0, 2.0, 0.0], [1.0, 0.0, 3.0, 0.0], [0.0, 0.0, 1.0, 0.5]]),)
    for n, width in ((2, 10), (4, 12), (3, 7)):
        yield (np.maximum(rng.normal(size=(n, width)) - 0.5, 0),)


def silent_columns(A):
    """The share of units that are dead: A (n, width) is what a layer of relus puts out for n rows."""
    return (A == 0).all(axis=0).mean()


def by_maximum(A):
    width = len(A[0])
    dead = 0
    for unit in range(width):
        if max(row[unit] for row in A) <= 0:
            dead += 1
    return dead / width


def share_of_zeros(A):
    return (A == 0).mean()


def a_count(A):
    return int((A == 0).all(axis=0).sum())


def sometimes_silent(A):
    return (A == 0).any(axis=0).mean()


def silent_rows(A):
    return (A == 0).all(axis=1).mean()


def the_living(A):
    return (A > 0).any(axis=0).mean()


def two_activations(rng, differs):
    """Accuracies of two activations with the same 16 seeds: the seeds differ more than the activations do."""
    seeds = rng.normal(0.95, 0.02, 16)
    gap = 0.012 if differs else 0.0
    sign = rng.choice([-1, 1])
    return seeds + rng.normal(0, 0.008, 16), seeds + sign * gap + rng.normal(0, 0.008, 16)


def interval_of_pairs(a, b):
    """Whether two activations differ: a and b are the accuracies with the same 16 seeds, in the same order."""
    gap = a - b
    half = 2.13 * gap.std(ddof=1) / np.sqrt(len(gap))
    return bool(abs(gap.mean()) > half)


def turned_signs(a, b):
    gap = np.array(a) - np.array(b)
    rng = np.random.default_rng(0)
    signs = rng.choice([-1, 1], size=(2000, len(gap)))
    by_chance = np.abs((signs * gap).mean(axis=1))
    return bool((by_chance >= abs(gap.mean())).mean() < 0.05)


def larger_mean(a, b):
    return bool(np.mean(a) != np.mean(b))


def ranges_apart(a, b):
    return bool(a.min() > b.max() or b.min() > a.max())


def as_if_unpaired(a, b):
    half = 2.04 * np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))
    return bool(abs(a.mean() - b.mean()) > half)


def best_seed(a, b):
    return bool(abs(a.max() - b.max()) > 0.005)


def by_spread(a, b):
    gap = a - b
    return bool(abs(gap.mean()) > 2 * gap.std(ddof=1))


exercises = (
    function(
        "elu_slope",
        "Write `elu_slope(z, alpha)`: the slope of elu at each score z; elu(z) is z where z > 0, else alpha (e^z - 1).",
        inputs=scores,
        right=(by_where, by_output),
        wrong=(
            (no_alpha, "alpha is missing: below 0 the whole curve is stretched by it, and so is its slope."),
            (of_relu, "That is the slope of relu: below 0 elu still rises, ever less."),
            (of_leaky, "That is a leaky relu with the slope alpha: below 0 elu is curved."),
            (the_output, "That is elu itself: its slope is asked for."),
            (
                negative_output,
                "Below 0 that is elu's output, which is negative: a curve that rises has a positive slope.",
            ),
        ),
        hints=("What is the slope of $e^z$?", "Below 0: $\\alpha e^z$, which is elu's output plus alpha."),
    ),
    function(
        "dead_units",
        "Write `dead_units(A)`: the share of units that are dead, where A (n, width) is what a layer of relus puts out "
        "for n rows.",
        inputs=outputs,
        right=(silent_columns, by_maximum),
        wrong=(
            (share_of_zeros, "That is the share of zeros: a unit may be silent for a row and speak for the next."),
            (a_count, "That is how many are dead: a share is that divided by the number of units."),
            (sometimes_silent, "Those are silent for *some* row, as every good relu is: dead means for all."),
            (silent_rows, "Those are rows for which all units are silent: units are the columns."),
            (the_living, "Those are the living: the dead are the rest."),
        ),
        hints=("A unit is a column.", "(A == 0).all(axis=0) has True where a whole column is 0."),
    ),
    claim(
        "differs",
        "Write `differs(a, b)`: a and b are accuracies of two activations with the same 16 seeds, in the same order. "
        "Return True where they differ by more than chance.",
        simulate=two_activations,
        right=(interval_of_pairs, turned_signs),
        wrong=(
            (larger_mean, "Two means are never quite equal: the question is whether chance alone does that."),
            (ranges_apart, "That waits until no seed of one reaches any of the other: means can differ long before."),
            (as_if_unpaired, "The seeds are the same for both: what both have in common drops out of a - b."),
            (best_seed, "The best of 16 seeds is mostly luck: look at all of them."),
            (by_spread, "That is the spread of single seeds: a mean of 16 is four times as sure."),
        ),
        hints=(
            "Look at a - b, seed by seed: how far is its mean from 0, and how sure is that mean?",
            "The mean of n differences is off by about their spread divided by the root of n.",
        ),
    ),
)
