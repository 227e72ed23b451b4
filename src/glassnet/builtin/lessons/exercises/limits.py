"""Exercises on limits: what wrong labels do to a score, and the last layer of random features as a linear system."""

import numpy as np

from glassnet.lessons import function, number


def layers(rng):
    """Features (n, m), targets (n, k) and a penalty."""
    yield np.array([[1.0], [1.0]]), np.array([[2.0], [4.0]]), 0.0
    yield np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]), np.array([[1.0], [2.0], [2.0]]), 1.0
    for n, m, k, l2 in ((6, 3, 2, 0.5), (10, 4, 1, 2.0), (4, 6, 3, 0.1)):
        yield rng.normal(size=(n, m)), rng.normal(size=(n, k)), l2


def by_solve(A, T, l2):
    """The weights (m, k) of the last layer on the features A (n, m), for the targets T (n, k)."""
    return np.linalg.solve(A.T @ A + l2 * np.eye(A.shape[1]), A.T @ T)


def by_more_rows(A, T, l2):
    m, k = A.shape[1], T.shape[1]
    more = np.concatenate([A, np.sqrt(l2) * np.eye(m)])
    return np.linalg.lstsq(more, np.concatenate([T, np.zeros((m, k))]), rcond=None)[0]


def no_penalty(A, T, l2):
    return np.linalg.pinv(A) @ T


def added_everywhere(A, T, l2):
    return np.linalg.pinv(A.T @ A + l2) @ A.T @ T


def turned(A, T, l2):
    return np.linalg.pinv(A.T @ A - l2 * np.eye(A.shape[1])) @ A.T @ T


def times_the_rows(A, T, l2):
    return np.linalg.solve(A.T @ A + l2 * len(A) * np.eye(A.shape[1]), A.T @ T)


def squared(A, T, l2):
    return np.linalg.solve(A.T @ A + l2**2 * np.eye(A.shape[1]), A.T @ T)


exercises = (
    number(
        "measured",
        "Two classes. Of the test labels 5 % are wrong, at random, and the network is right about 98 % of the rows, "
        "independently of that. Which accuracy is measured, as a share?",
        0.932,
        absolute=0.0005,
        unit="share of rows",
        near={
            0.931: "Almost: where network and label are both wrong, they agree, and that counts as right.",
            0.98: "That is the truth; it is measured with labels, and some of these are wrong.",
            0.95: "That is what a perfect network would be measured at.",
            0.93: "Errors don't simply add up: where both are wrong, they agree.",
        },
        hints=(
            "It counts as right where the two agree: both right, or both wrong.",
            "Both right: $0.98 \\cdot 0.95$. How often are both wrong?",
        ),
    ),
    function(
        "readout",
        "Write `readout(A, T, l2)`: the weights $W$ (m, k) of the formula above, for features `A` (n, m), targets `T` "
        "(n, k) and $\\lambda$ = `l2`.",
        inputs=layers,
        right=(by_solve, by_more_rows),
        wrong=(
            (no_penalty, "The penalty is missing."),
            (added_everywhere, "The penalty belongs on the diagonal only: times the unit matrix."),
            (turned, "The penalty is added, and not subtracted."),
            (times_the_rows, "No rows here: the formula has sums, and not means."),
            (squared, "The penalty is taken as it is, and not squared."),
        ),
        hints=(
            "`np.eye(m)` is the unit matrix; `A.T @ A` has the shape (m, m).",
            "`np.linalg.solve(M, B)` is better than the inverse of M times B.",
        ),
    ),
)
