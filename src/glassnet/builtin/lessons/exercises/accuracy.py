"""Exercises on accuracy: rows and not entries, and precision and recall at a threshold."""

import numpy as np

from glassnet.lessons import function


def tables(rng):
    """Outputs and one-hot targets, two rows first; some rows have no entry above one half, or two."""
    yield np.array([[0.9, 0.1], [0.8, 0.2]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    yield np.array([[0.4, 0.3, 0.3], [0.6, 0.7, 0.0]]), np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    for n, k in ((6, 3), (40, 10)):
        t = rng.integers(0, k, n)
        yield rng.random((n, k)) + 0.5 * np.eye(k)[t], np.eye(k)[t]


def by_argmax(Y, T):
    """The share of rows whose largest output stands where the target has its 1."""
    return np.mean(Y.argmax(axis=1) == T.argmax(axis=1))


def by_loop(Y, T):
    right = 0
    for y, t in zip(Y, T):
        largest = max(range(len(y)), key=lambda j: y[j])
        right += t[largest] == 1
    return right / len(Y)


def of_entries(Y, T):
    return np.mean((Y > 0.5) == T)


def of_rounded_rows(Y, T):
    return np.mean(np.all((Y > 0.5) == T, axis=1))


def how_many(Y, T):
    return np.sum(Y.argmax(axis=1) == T.argmax(axis=1))


def down_the_columns(Y, T):
    return np.mean(Y.argmax(axis=0) == T.argmax(axis=0))


def called(rng):
    """Targets, probabilities and a threshold, four rows first."""
    yield np.array([1, 1, 0, 0]), np.array([0.9, 0.2, 0.6, 0.1]), 0.5
    yield np.array([1, 0, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.3, 0.1]), 0.5
    yield np.array([1, 1, 0, 0]), np.array([0.9, 0.5, 0.6, 0.1]), 0.5
    for n, threshold in ((30, 0.3), (60, 0.7)):
        t = rng.integers(0, 2, n)
        yield t, np.clip(0.4 * t + 0.6 * rng.random(n), 0, 1), threshold


def by_counting(t, p, threshold):
    """Precision and recall where the answer is yes above the threshold: (precision, recall)."""
    yes = p > threshold
    found = np.sum(yes & (t == 1))
    return found / yes.sum(), found / (t == 1).sum()


def by_means(t, p, threshold):
    t = np.asarray(t)
    yes = np.asarray(p) > threshold
    return [float(np.mean(t[yes])), float(np.mean(yes[t == 1]))]


def swapped(t, p, threshold):
    yes = p > threshold
    found = np.sum(yes & (t == 1))
    return found / (t == 1).sum(), found / yes.sum()


def other_way(t, p, threshold):
    yes = p < threshold
    found = np.sum(yes & (t == 1))
    return found / yes.sum(), found / (t == 1).sum()


def always_half(t, p, threshold):
    yes = p > 0.5
    found = np.sum(yes & (t == 1))
    return found / yes.sum(), found / (t == 1).sum()


def accuracy_first(t, p, threshold):
    yes = p > threshold
    return np.mean(yes == t), np.sum(yes & (t == 1)) / (t == 1).sum()


def false_alarms_first(t, p, threshold):
    yes = p > threshold
    return np.sum(yes & (t == 0)) / yes.sum(), np.sum(yes & (t == 1)) / (t == 1).sum()


def from_the_threshold_on(t, p, threshold):
    yes = p >= threshold
    found = np.sum(yes & (t == 1))
    return found / yes.sum(), found / (t == 1).sum()


def of_all_rows(t, p, threshold):
    yes = p > threshold
    found = np.sum(yes & (t == 1))
    return found / len(t), found / len(t)


exercises = (
    function(
        "right_rows",
        "Write `right_rows(Y, T)`: the accuracy of a network with several outputs. Y holds its outputs, T the targets "
        "with a single 1 in each row, both (n, k).",
        inputs=tables,
        right=(by_argmax, by_loop),
        wrong=(
            (of_entries, "That counts entries: most of them are zeros, and right by themselves. Count rows."),
            (of_rounded_rows, "A row whose largest output is 0.4 has an answer, too: take the largest, don't round."),
            (how_many, "That is how many rows are right: a share is asked for."),
            (down_the_columns, "argmax went down the columns: the answer of a row is found along it, axis=1."),
        ),
        hints=("Y.argmax(axis=1) is the class that each row answers.", "Do the same with T, and compare."),
    ),
    function(
        "both",
        "Write `both(t, p, threshold)`: precision and recall where the answer is yes above the threshold. t holds 0 "
        "and 1, p the probabilities. Return `precision, recall`.",
        inputs=called,
        right=(by_counting, by_means),
        wrong=(
            (
                swapped,
                "The two are swapped: precision is a share of those called yes, recall a share of those that are.",
            ),
            (other_way, "The answer is yes *above* the threshold."),
            (from_the_threshold_on, "A row exactly at the threshold is no yes: above means > and not >=."),
            (always_half, "The threshold is not used: it need not be one half."),
            (accuracy_first, "The first is the accuracy: precision asks only among the rows that were called yes."),
            (false_alarms_first, "The first is the share of false alarms: precision is the share that is right."),
            (
                of_all_rows,
                "Both are divided by all rows: precision asks among those called, recall among those that are.",
            ),
        ),
        hints=(
            "How many were called yes and are? Both have this above the line.",
            "Below: those called yes; those that are.",
        ),
    ),
)
