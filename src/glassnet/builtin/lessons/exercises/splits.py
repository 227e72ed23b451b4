"""Exercises on honest scores: three shares of the rows, and a scale that has seen training rows alone."""

import numpy as np

from glassnet.lessons import function


def sizes(rng):
    """How many rows, and which shares are for testing and validation."""
    yield 10, 0.2, 0.2
    yield 100, 0.2, 0.1
    yield 150, 0.3, 0.0
    yield 7, 0.5, 0.5


def of_what_is_left(n, test, validation):
    """(training, validation, test) rows of n: `test` is a share of all rows, `validation` one of the rows left."""
    tested = round(n * test)
    checked = round((n - tested) * validation)
    return n - tested - checked, checked, tested


def step_by_step(n, test, validation):
    counts = {"test": int(np.rint(n * test))}
    rest = n - counts["test"]
    counts["validation"] = int(np.rint(rest * validation))
    return [rest - counts["validation"], counts["validation"], counts["test"]]


def of_all(n, test, validation):
    tested, checked = round(n * test), round(n * validation)
    return n - tested - checked, checked, tested


def turned(n, test, validation):
    tested = round(n * test)
    checked = round((n - tested) * validation)
    return tested, checked, n - tested - checked


def counted_twice(n, test, validation):
    tested = round(n * test)
    return n - tested, round((n - tested) * validation), tested


def tables(rng):
    """Training rows and new rows, the smallest first; one column may be constant."""
    yield np.array([[0.0], [2.0]]), np.array([[4.0]])
    yield np.array([[1.0, 5.0], [3.0, 5.0], [5.0, 5.0]]), np.array([[1.0, 5.0], [7.0, 6.0]])
    for _ in range(5):
        yield rng.normal(3, 2, (8, 3)), rng.normal(-1, 4, (4, 3))


def with_training_rows(train, new):
    """The new rows, scaled with mean and standard deviation of the training rows; constant columns are only moved."""
    spread = train.std(axis=0)
    return (new - train.mean(axis=0)) / np.where(spread == 0, 1, spread)


def column_by_column(train, new):
    result = np.array(new, dtype=float)
    for j in range(train.shape[1]):
        middle = sum(train[:, j]) / len(train)
        spread = (sum((train[:, j] - middle) ** 2) / len(train)) ** 0.5
        result[:, j] -= middle
        if spread > 0:
            result[:, j] /= spread
    return result


def with_new_rows(train, new):
    spread = new.std(axis=0)
    return (new - new.mean(axis=0)) / np.where(spread == 0, 1, spread)


def with_all_rows(train, new):
    both = np.vstack([train, new])
    spread = both.std(axis=0)
    return (new - both.mean(axis=0)) / np.where(spread == 0, 1, spread)


def one_scale_for_all(train, new):
    return (new - train.mean()) / train.std()


def no_care_for_constants(train, new):
    return (new - train.mean(axis=0)) / train.std(axis=0)


exercises = (
    function(
        "three_shares",
        "Write `three_shares(n, test, validation)`: how many of n rows are for training, validation and testing. "
        "`test` is a share of all rows, `validation` a share of the rows that are left then. Round to whole rows, and "
        "return the three numbers in this order.",
        inputs=sizes,
        right=(of_what_is_left, step_by_step),
        wrong=(
            (of_all, "The validation rows are a share of what is left after the test rows, and not of all."),
            (turned, "The order is training, validation, testing."),
            (counted_twice, "The validation rows are still among the training rows: they must not be."),
        ),
        hints=("First the test rows; what is left is shared between the other two.",),
    ),
    function(
        "scaled",
        "Write `scaled(train, new)`: the new rows, standardised as a Pipeline does it, with mean and standard "
        "deviation of the *training* rows, column by column. A column that is constant in training is only moved.",
        inputs=tables,
        right=(with_training_rows, column_by_column),
        wrong=(
            (with_new_rows, "Those are mean and spread of the new rows: a single new row would always become 0."),
            (with_all_rows, "The new rows had a say in mean and spread: that is the leak."),
            (one_scale_for_all, "Each column has a mean and a spread of its own: axis=0."),
            (no_care_for_constants, "A constant column has the spread 0, and nothing can be divided by it."),
        ),
        hints=("`train.mean(axis=0)` has one number a column.", "Where the spread is 0, divide by 1."),
    ),
)
