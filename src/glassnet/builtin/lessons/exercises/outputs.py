"""Exercises on outputs: a softmax that holds for all scores, and the loss of labels from scores."""

import numpy as np

from glassnet.lessons import function


def scores(rng):
    """Rows of scores: small ones, rows that lie far apart, very large and very negative ones."""
    yield (np.array([[0.0, 0.0]]),)
    yield (np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]]),)
    yield (rng.normal(size=(4, 3)),)
    yield (np.array([[-30.0, -31.0], [0.0, 1.0]]),)
    yield (np.array([[1000.0, 1001.0, 999.0], [-2000.0, -2001.0, -2000.0]]),)


def shifted(Z):
    """The softmax of each row of the scores Z (n, k)."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def row_by_row(Z):
    shares = []
    for row in Z:
        top = max(row)
        powers = [np.exp(score - top) for score in row]
        shares.append([power / sum(powers) for power in powers])
    return shares


def by_differences(Z):
    gaps = Z[:, None, :] - Z[:, :, None]
    with np.errstate(over="ignore"):
        return 1 / np.exp(gaps).sum(axis=2)


def not_shifted(Z):
    with np.errstate(all="ignore"):
        E = np.exp(Z)
        return E / E.sum(axis=1, keepdims=True)


def one_shift_for_all(Z):
    with np.errstate(all="ignore"):
        E = np.exp(Z - Z.max())
        return E / E.sum(axis=1, keepdims=True)


def a_little_more(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / (E.sum(axis=1, keepdims=True) + 1e-4)


def tiny_and_not_shifted(Z):
    with np.errstate(all="ignore"):
        E = np.exp(Z)
        return E / (E.sum(axis=1, keepdims=True) + 1e-9)


def over_the_rows(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


def clipped(Z):
    E = np.exp(np.clip(Z, -500, 500))
    return E / E.sum(axis=1, keepdims=True)


def of_everything(Z):
    E = np.exp(Z - Z.max())
    return E / E.sum()


def each_alone(Z):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-Z))


def labelled(rng):
    """Scores and the number of the true class of each row, equal scores first, then surely wrong ones."""
    yield np.array([[0.0, 0.0]]), np.array([1])
    yield np.array([[1.0, 2.0, 3.0], [2.0, 0.0, 1.0]]), np.array([2, 1])
    yield rng.normal(size=(5, 4)), rng.integers(0, 4, 5)
    yield np.array([[1000.0, 0.0], [0.0, -2000.0]]), np.array([1, 0])


def from_scores(Z, labels):
    """The mean over the rows of -ln of the probability that the softmax of Z (n, k) gives to the true class."""
    top = Z.max(axis=1)
    logs = np.log(np.exp(Z - top[:, None]).sum(axis=1)) + top
    return (logs - Z[np.arange(len(Z)), labels]).mean()


def by_logaddexp(Z, labels):
    total = 0.0
    for row, label in zip(Z, labels, strict=True):
        total += np.logaddexp.reduce(row) - row[label]
    return total / len(Z)


def one_hot_sum(Z, labels):
    T = np.zeros(Z.shape)
    T[np.arange(len(labels)), labels] = 1
    logs = Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)
    return -(T * logs).sum() / len(T)


def log_of_softmax(Z, labels):
    with np.errstate(all="ignore"):
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        Y = E / E.sum(axis=1, keepdims=True)
        return -np.log(Y[np.arange(len(Y)), labels]).mean()


def kept_off_zero(Z, labels):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    Y = np.clip(E / E.sum(axis=1, keepdims=True), 1e-15, 1)
    return -np.log(Y[np.arange(len(Y)), labels]).mean()


def a_sum(Z, labels):
    logs = np.logaddexp.reduce(Z, axis=1)
    return (logs - Z[np.arange(len(Z)), labels]).sum()


def mean_of_all(Z, labels):
    logs = np.logaddexp.reduce(Z, axis=1)
    return (logs - Z[np.arange(len(Z)), labels]).sum() / Z.size


def no_minus(Z, labels):
    logs = np.logaddexp.reduce(Z, axis=1)
    return (Z[np.arange(len(Z)), labels] - logs).mean()


def every_pair(Z, labels):
    with np.errstate(all="ignore"):
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        return -np.log((E / E.sum(axis=1, keepdims=True))[:, labels]).mean()


def every_pair_not_shifted(Z, labels):
    with np.errstate(all="ignore"):
        return -np.log((np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True))[:, labels]).mean()


def the_score_alone(Z, labels):
    return -Z[np.arange(len(Z)), labels].mean()


def plus_a_little(Z, labels):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    Y = E / E.sum(axis=1, keepdims=True)
    return -np.log(Y[np.arange(len(Y)), labels] + 1e-9).mean()


def of_the_likeliest(Z, labels):
    return (np.logaddexp.reduce(Z, axis=1) - Z.max(axis=1)).mean()


exercises = (
    function(
        "softmax_rows",
        "Write `softmax_rows(Z)`: the softmax of each row of the scores Z (n, k), for scores of any size.",
        inputs=scores,
        right=(shifted, row_by_row, by_differences),
        wrong=(
            (
                not_shifted,
                "$e^{1000}$ is too large for a computer: take the row's largest score from all of them first.",
            ),
            (one_shift_for_all, "One shift for all rows makes rows that lie far below it all 0: each row has its own."),
            (a_little_more, "A number was added to the denominator: the rows don't add up to 1."),
            (
                tiny_and_not_shifted,
                "A number in the denominator doesn't help where e^z overflows: shift the row instead.",
            ),
            (over_the_rows, "The columns add up to 1, and the rows should: sum over the classes, axis 1."),
            (clipped, "Clipping makes different scores equal: 1000 and 1001 are both 500 then. Shift instead."),
            (each_alone, "That is a sigmoid of each score alone: the shares of a row depend on one another."),
            (of_everything, "All numbers together add up to 1: each row should."),
        ),
        hints=(
            "The shares of a row don't change if you take the same number from all of its scores.",
            "Z.max(axis=1, keepdims=True) has the largest of each row, in a form that can be taken from Z.",
        ),
    ),
    function(
        "loss_of_labels",
        "Write `loss_of_labels(Z, labels)`: the mean cross-entropy from scores Z (n, k) and the number of each row's "
        "true class, for scores of any size.",
        inputs=labelled,
        right=(from_scores, by_logaddexp, one_hot_sum),
        wrong=(
            (
                log_of_softmax,
                "The probability is 0 to a computer, and its logarithm infinite: stay with scores, z_c - ln sum e^z.",
            ),
            (
                kept_off_zero,
                "Held off 0 by hand, all surely wrong rows cost the same: stay with scores, z_c - ln sum e^z.",
            ),
            (a_sum, "That is the sum over the rows: the mean is asked for."),
            (mean_of_all, "That is divided by rows times classes: a row has one loss, so divide by the rows."),
            (no_minus, "The sign is turned round: a loss is 0 at best and else positive."),
            (every_pair, "[:, labels] takes every label of every row: [np.arange(n), labels] takes one of each."),
            (
                every_pair_not_shifted,
                "[:, labels] takes every label of every row, and e^1000 is too large: two things.",
            ),
            (
                the_score_alone,
                "That is the score alone: ln of the sum of e^z is missing, which compares it to the others.",
            ),
            (
                plus_a_little,
                "A small number was added to the probability, and holds the loss down where it should hurt.",
            ),
            (of_the_likeliest, "That takes the class with the largest score: what counts is the true class."),
        ),
        hints=(
            "$-\\ln y_c = \\ln \\sum_j e^{z_j} - z_c$.",
            "For the logarithm of the sum: take the largest score out, and add it again afterwards.",
        ),
    ),
)
