"""Exercises on shapes: the way through a network in shapes alone, and a loss that compares all with all."""

import numpy as np

from glassnet.lessons import function


def networks(rng):
    """Rows and widths, the smallest first."""
    yield 6, [3, 1]
    yield 4, [2, 5, 3]
    yield 1, [7, 2]
    yield 32, [784, 64, 64, 10]


def by_pairs(n, widths):
    """The shapes of the scores z of each layer, for n rows: a list of pairs."""
    return [(n, width) for width in widths[1:]]


def by_walking(n, widths):
    a, shapes = np.zeros((n, widths[0])), []
    for i in range(len(widths) - 1):
        a = a @ np.zeros((widths[i], widths[i + 1]))
        shapes.append(list(a.shape))
    return shapes


def with_the_inputs(n, widths):
    return [(n, width) for width in widths]


def of_the_weights(n, widths):
    return [(widths[i], widths[i + 1]) for i in range(len(widths) - 1)]


def turned(n, widths):
    return [(width, n) for width in widths[1:]]


def only_the_last(n, widths):
    return [(n, widths[-1])]


def columns(rng):
    """Answers as a column and targets without one, two rows first."""
    yield np.array([[0.0], [1.0]]), np.array([0.0, 1.0])
    yield np.array([[0.5], [2.0], [1.0]]), np.array([1.0, 2.0, 4.0])
    for n in (4, 9):
        yield rng.normal(size=(n, 1)), rng.normal(size=n)


def compares_all(y, t):
    """The mean squared difference of the answers y, (n, 1), and the targets t, (n,)."""
    return np.mean((y - t) ** 2)


def stood_up(y, t):
    return np.mean((y - t[:, None]) ** 2)


def laid_down(y, t):
    total = 0.0
    for answer, target in zip(y[:, 0], t):
        total += (answer - target) ** 2
    return total / len(t)


def sum_instead(y, t):
    return np.sum((y.ravel() - t) ** 2)


def sum_of_all(y, t):
    return np.mean(np.sum((y - t) ** 2, axis=1))


def not_squared(y, t):
    return np.mean(y.ravel() - t)


def laid_on_the_side(y, t):
    return np.mean((y.T - t[:, None]) ** 2)


exercises = (
    function(
        "scores",
        "Write `scores(n, widths)`: the shapes of the scores z of all layers, in order, for n rows. `widths` are the "
        "numbers of inputs, hidden neurons and outputs: `scores(6, [3, 1])` is `[(6, 1)]`.",
        inputs=networks,
        right=(by_pairs, by_walking),
        wrong=(
            (with_the_inputs, "The inputs are there, too: they are no scores, no layer has computed them."),
            (of_the_weights, "Those are the tables of weights. The scores have a row for each row of the data."),
            (turned, "Turned: rows of the data are rows, neurons are columns."),
            (only_the_last, "That is the last layer only: each layer has scores."),
        ),
        hints=(
            "(n, 3) times (3, 5) is (n, 5): which number stays on the left all the way?",
            "One pair for each entry of widths but the first.",
        ),
    ),
    function(
        "six_differences",
        "This loss compares each answer with every target. Mend it: the mean squared difference of answers y, of shape "
        "(n, 1), and targets t, of shape (n,).",
        inputs=columns,
        stub=compares_all,
        right=(stood_up, laid_down),
        wrong=(
            (
                laid_on_the_side,
                "Each answer is still compared with every target: print (y - t).shape, it should have n numbers.",
            ),
            (sum_instead, "Now the shapes fit, and it is the sum: the mean was there before, and should stay."),
            (sum_of_all, "It sums over a row that should not be there: y - t is still (n, n)."),
            (not_squared, "Without the square, too high and too low cancel."),
        ),
        hints=(
            "Print (y - t).shape.",
            "Either the targets stand up, `t[:, None]`, or the answers lie down, `y.ravel()`.",
        ),
        sort="bug",
    ),
)
