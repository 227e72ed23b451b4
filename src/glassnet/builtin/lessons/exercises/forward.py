"""Exercises on the way forward: two layers, and a softmax of two scores."""

import numpy as np

from glassnet.lessons import function


def networks(rng):
    """Rows and the weights of two layers, the one of the page first."""
    W1, b1 = np.array([[1.0, -1.0], [2.0, 1.0]]), np.array([0.0, 1.0])
    yield np.array([[1.0, -1.0]]), W1, b1, np.array([[1.0], [-2.0]]), np.array([0.5])
    for n, d, hidden, k in ((4, 2, 2, 1), (3, 4, 5, 2), (1, 3, 2, 3)):
        yield (
            rng.normal(size=(n, d)),
            rng.normal(size=(d, hidden)),
            rng.normal(size=hidden),
            rng.normal(size=(hidden, k)),
            rng.normal(size=k),
        )


def in_two_lines(X, W1, b1, W2, b2):
    """The outputs (n, k) of a network with two layers, both with the sigmoid."""
    a = 1 / (1 + np.exp(-(X @ W1 + b1)))
    return 1 / (1 + np.exp(-(a @ W2 + b2)))


def row_by_row(X, W1, b1, W2, b2):
    def sigmoid(z):
        return 0.5 * (1 + np.tanh(z / 2))

    answers = []
    for x in X:
        a = np.array([sigmoid(sum(x[i] * W1[i, j] for i in range(len(x))) + b1[j]) for j in range(len(b1))])
        answers.append([sigmoid(np.dot(a, W2[:, k]) + b2[k]) for k in range(len(b2))])
    return np.array(answers)


def no_bend_between(X, W1, b1, W2, b2):
    return 1 / (1 + np.exp(-((X @ W1 + b1) @ W2 + b2)))


def scores_at_the_end(X, W1, b1, W2, b2):
    a = 1 / (1 + np.exp(-(X @ W1 + b1)))
    return a @ W2 + b2


def without_biases(X, W1, b1, W2, b2):
    a = 1 / (1 + np.exp(-(X @ W1)))
    return 1 / (1 + np.exp(-(a @ W2)))


def wrong_sign(X, W1, b1, W2, b2):
    a = 1 / (1 + np.exp(X @ W1 + b1))
    return 1 / (1 + np.exp(a @ W2 + b2))


def pairs(rng):
    """Two scores, equal ones first."""
    yield 0.0, 0.0
    yield 1.0, 0.0
    for _ in range(20):
        yield float(rng.normal()), float(rng.normal())


def by_exponentials(p, q):
    """The share of the first of two classes with the scores p and q."""
    return np.exp(p) / (np.exp(p) + np.exp(q))


def by_sigmoid(p, q):
    return 1 / (1 + np.exp(q - p))


def the_other(p, q):
    return np.exp(q) / (np.exp(p) + np.exp(q))


def share_of_scores(p, q):
    return p / (p + q) if p + q else 0.5


def first_alone(p, q):
    return 1 / (1 + np.exp(-p))


exercises = (
    function(
        "forward",
        "Write `forward(X, W1, b1, W2, b2)`: the outputs of a network with two layers, both with the sigmoid, for all "
        "rows of `X`.",
        inputs=networks,
        right=(in_two_lines, row_by_row),
        wrong=(
            (no_bend_between, "The hidden layer has no activation: what it passes on are its scores."),
            (scores_at_the_end, "Those are the scores of the last layer: its sigmoid is missing."),
            (without_biases, "The biases are missing: each layer adds its own."),
            (wrong_sign, "The sigmoid is turned round: it is $e^{-z}$, so that a large score comes near 1."),
        ),
        hints=(
            "A layer is two steps: scores, then the sigmoid of the scores.",
            "The second layer reads what the first puts out.",
        ),
    ),
    function(
        "softmax_two",
        "Write `softmax_two(p, q)`: the share that the softmax gives to the first of two classes whose scores are p "
        "and q.",
        inputs=pairs,
        right=(by_exponentials, by_sigmoid),
        wrong=(
            (the_other, "That is the share of the second class."),
            (share_of_scores, "Scores may be negative and cancel: shares are made of $e^p$ and $e^q$."),
            (first_alone, "That looks at p alone: what counts is how far p is above q."),
        ),
        hints=("Both shares have the same denominator, and add up to 1.",),
    ),
)
