"""Exercises on the line: its best weights in one line, and the slope of its loss."""

import numpy as np

from glassnet.lessons import function


def clouds(rng):
    """Rows and targets, three points on a line first."""
    yield np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0])
    yield np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 1.0, 4.0])
    for n, d in ((8, 2), (30, 4)):
        X = rng.normal(2, 1, size=(n, d))
        yield X, X @ rng.normal(size=d) + 5 + rng.normal(size=n)


def by_solving(X, t):
    """The weights, one an input, and the bias of the line with the least squared error: (w, b)."""
    A = np.column_stack([X, np.ones(len(X))])
    solved = np.linalg.solve(A.T @ A, A.T @ t)
    return solved[:-1], solved[-1]


def by_means(X, t):
    centre, middle = X.mean(axis=0), t.mean()
    w, *_ = np.linalg.lstsq(X - centre, t - middle, rcond=None)
    return w, middle - centre @ w


def no_bias(X, t):
    return np.linalg.solve(X.T @ X, X.T @ t), 0.0


def bias_first(X, t):
    A = np.column_stack([np.ones(len(X)), X])
    solved = np.linalg.solve(A.T @ A, A.T @ t)
    return solved[:-1], solved[-1]


def bias_afterwards(X, t):
    w = np.linalg.solve(X.T @ X, X.T @ t)
    return w, np.mean(t - X @ w)


def all_in_one(X, t):
    A = np.column_stack([X, np.ones(len(X))])
    return np.linalg.solve(A.T @ A, A.T @ t)


def places(rng):
    """Rows, targets, weights and a bias, two rows first."""
    yield np.array([[1.0], [2.0]]), np.array([0.0, 1.0]), np.array([1.0]), 0.0
    for n, d in ((3, 2), (20, 4)):
        yield rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=d), float(rng.normal())


def by_matmul(X, t, w, b):
    """The slopes of the mean squared error for the weights and for the bias: (dw, db)."""
    difference = X @ w + b - t
    return 2 / len(X) * X.T @ difference, 2 * difference.mean()


def row_by_row(X, t, w, b):
    dw, db = np.zeros(len(w)), 0.0
    for x, target in zip(X, t):
        off = float(np.dot(x, w)) + b - target
        dw += 2 * off * x / len(X)
        db += 2 * off / len(X)
    return [dw, db]


def of_the_sum(X, t, w, b):
    difference = X @ w + b - t
    return 2 * X.T @ difference, 2 * difference.sum()


def of_the_half(X, t, w, b):
    difference = X @ w + b - t
    return X.T @ difference / len(X), difference.mean()


def uphill_turned(X, t, w, b):
    difference = t - X @ w - b
    return 2 / len(X) * X.T @ difference, 2 * difference.mean()


def of_the_half_sum(X, t, w, b):
    difference = X @ w + b - t
    return X.T @ difference, difference.sum()


exercises = (
    function(
        "normal",
        "Write `normal(X, t)`: the weights and the bias with the least squared error, by the normal equations or any "
        "other way. X is (n, d), t is (n,). Return `w, b`, with w of shape (d,) and b a number.",
        inputs=clouds,
        right=(by_solving, by_means),
        wrong=(
            (no_bias, "Without a bias the line has to go through the origin: put a column of ones beside X."),
            (bias_first, "The column of ones stands first, so the bias comes first: these are taken apart wrongly."),
            (
                bias_afterwards,
                "The weights were found for a line through the origin; a bias added afterwards is too late.",
            ),
            (all_in_one, "Those are the right numbers, all in one array: return the weights and the bias apart."),
        ),
        hints=(
            "A = np.column_stack([X, np.ones(len(X))]) has the bias as its last weight.",
            "np.linalg.solve(A.T @ A, A.T @ t) solves the normal equations.",
        ),
        relative=1e-5,
    ),
    function(
        "slopes",
        "Write `slopes(X, t, w, b)`: the slopes of the *mean* squared error for the weights, (d,), and for the bias, a "
        "number. Return `dw, db`. X is (n, d), t is (n,).",
        inputs=places,
        right=(by_matmul, row_by_row),
        wrong=(
            (of_the_sum, "Those are the slopes of the sum: divide by the number of rows."),
            (of_the_half, "Those are the slopes of half the mean: the 2 of the square is missing."),
            (of_the_half_sum, "Those are the slopes of half the sum: the 2 of the square and the mean are missing."),
            (uphill_turned, "The sign is turned round: these point downhill. The difference is y - t."),
        ),
        hints=(
            "The slope of $(y - t)^2$ for $y$ is $2 (y - t)$.",
            "How does y move when one weight moves? By its input.",
        ),
    ),
)
