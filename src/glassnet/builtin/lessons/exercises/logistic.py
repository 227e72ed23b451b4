"""Exercises on logistic regression: its descent, its trend, its penalty, and a loss that never overflows."""

from functools import cache

import numpy as np

from glassnet.lessons import choice, function, number


@cache
def six_rows():
    """The six rows of toy6 and their targets."""
    from glassnet import Experiment, run

    rows = run(Experiment(dataset="toy6", hidden="none", scale="none", test=0, validation=0)).splits()["train"]
    return rows.X, rows.t


def descents(rng):
    """Rows, targets, steps and rate: one row and one step first, then the six rows."""
    yield np.array([[1.0]]), np.array([[1.0]]), 0, 0.5
    yield np.array([[1.0]]), np.array([[1.0]]), 1, 0.5
    yield np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[1.0], [0.0]]), 2, 0.1
    for steps in (10, 500):
        yield *six_rows(), steps, 0.01


def by_matrices(X, t, steps, rate):
    """The mean cross-entropy after so many steps of descent, from weights of 1 and a bias of 0."""
    W, b = np.ones((X.shape[1], 1)), np.zeros((1, 1))
    for _ in range(steps):
        delta = (1 / (1 + np.exp(-(X @ W + b))) - t) / len(X)
        W, b = W - rate * X.T @ delta, b - rate * delta.sum(axis=0, keepdims=True)
    p = 1 / (1 + np.exp(-(X @ W + b)))
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))


def with_ones(X, t, steps, rate):
    A, n = np.hstack([X, np.ones((len(X), 1))]), len(X)
    w = np.ones(A.shape[1])
    w[-1] = 0
    target = np.ravel(t)
    for _ in range(steps):
        p = 0.5 + 0.5 * np.tanh(A @ w / 2)
        w = w - rate * ((p - target) @ A) / n
    z = A @ w
    return float(np.sum(np.logaddexp(0, z) - target * z) / n)


def after_20_000_steps():
    """What `patience` asks for, computed anew."""
    X, t = six_rows()
    return with_ones(X, t, 20_000, 0.01)


def uphill(X, t, steps, rate):
    W, b = np.ones((X.shape[1], 1)), np.zeros((1, 1))
    for _ in range(steps):
        delta = (1 / (1 + np.exp(-(X @ W + b))) - t) / len(X)
        W, b = W + rate * X.T @ delta, b + rate * delta.sum(axis=0, keepdims=True)
    p = 1 / (1 + np.exp(-(X @ W + b)))
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))


def of_the_sum(X, t, steps, rate):
    W, b = np.ones((X.shape[1], 1)), np.zeros((1, 1))
    for _ in range(steps):
        delta = 1 / (1 + np.exp(-(X @ W + b))) - t
        W, b = W - rate * X.T @ delta, b - rate * delta.sum(axis=0, keepdims=True)
    p = 1 / (1 + np.exp(-(X @ W + b)))
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))


def no_minus(X, t, steps, rate):
    W, b = np.ones((X.shape[1], 1)), np.zeros((1, 1))
    for _ in range(steps):
        delta = (1 / (1 + np.exp(-(X @ W + b))) - t) / len(X)
        W, b = W - rate * X.T @ delta, b - rate * delta.sum(axis=0, keepdims=True)
    p = 1 / (1 + np.exp(-(X @ W + b)))
    return np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))


def bias_stays(X, t, steps, rate):
    W = np.ones((X.shape[1], 1))
    for _ in range(steps):
        delta = (1 / (1 + np.exp(-(X @ W))) - t) / len(X)
        W = W - rate * X.T @ delta
    p = 1 / (1 + np.exp(-(X @ W)))
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))


def from_nought(X, t, steps, rate):
    W, b = np.zeros((X.shape[1], 1)), np.zeros((1, 1))
    for _ in range(steps):
        delta = (1 / (1 + np.exp(-(X @ W + b))) - t) / len(X)
        W, b = W - rate * X.T @ delta, b - rate * delta.sum(axis=0, keepdims=True)
    p = 1 / (1 + np.exp(-(X @ W + b)))
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))


def summed(X, t, steps, rate):
    W, b = np.ones((X.shape[1], 1)), np.zeros((1, 1))
    for _ in range(steps):
        delta = (1 / (1 + np.exp(-(X @ W + b))) - t) / len(X)
        W, b = W - rate * X.T @ delta, b - rate * delta.sum(axis=0, keepdims=True)
    p = 1 / (1 + np.exp(-(X @ W + b)))
    return -np.sum(t * np.log(p) + (1 - t) * np.log(1 - p))


def only_the_ones(X, t, steps, rate):
    W, b = np.ones((X.shape[1], 1)), np.zeros((1, 1))
    for _ in range(steps):
        delta = (1 / (1 + np.exp(-(X @ W + b))) - t) / len(X)
        W, b = W - rate * X.T @ delta, b - rate * delta.sum(axis=0, keepdims=True)
    p = 1 / (1 + np.exp(-(X @ W + b)))
    return -np.mean(t * np.log(p))


def bias_moved_with_new_weights(X, t, steps, rate):
    W, b = np.ones((X.shape[1], 1)), np.zeros((1, 1))
    for _ in range(steps):
        W = W - rate * X.T @ ((1 / (1 + np.exp(-(X @ W + b))) - t) / len(X))
        b = b - rate * ((1 / (1 + np.exp(-(X @ W + b))) - t) / len(X)).sum(axis=0, keepdims=True)
    p = 1 / (1 + np.exp(-(X @ W + b)))
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))


def scores(rng):
    """A score and its target: plain ones, then those that overflow."""
    yield 0.0, 1.0
    yield 2.0, 0.0
    for z in (-3.0, 40.0, 800.0, -800.0):
        for t in (0.0, 1.0):
            yield z, t


def by_logaddexp(z, t):
    """The cross-entropy of the score z and the target t, 0 or 1; it never overflows."""
    return np.logaddexp(0, z) - t * z


def by_sides(z, t):
    against = -z if t == 1 else z
    if against > 0:
        return against + np.log1p(np.exp(-against))
    return np.log1p(np.exp(against))


def from_p(z, t):
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-z))
        return -(t * np.log(p) + (1 - t) * np.log(1 - p))


def held(z, t):
    p = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return -(t * np.log(p) + (1 - t) * np.log(1 - p))


def targets_turned(z, t):
    return np.logaddexp(0, z) - (1 - t) * z


def negative(z, t):
    return t * z - np.logaddexp(0, z)


def hinge(z, t):
    return max(0.0, z) - t * z


def never_minus(z, t):
    return np.logaddexp(0, z)


exercises = (
    function(
        "trend",
        "Write `trend(X, t, steps, rate)`: the mean cross-entropy after so many steps of descent. X is (n, d), t is "
        "(n, 1); begin with all weights at 1 and a bias of 0, and take all rows in each step.",
        inputs=descents,
        right=(by_matrices, with_ones),
        wrong=(
            (uphill, "It climbs: the slope points uphill, and a step goes against it."),
            (of_the_sum, "The steps are too long: the slope of the mean is the sum over the rows, divided by n."),
            (no_minus, "The minus in front of the cross-entropy is missing: a loss is positive."),
            (bias_stays, "The bias never moves: its slope is the sum of (p - t) / n."),
            (from_nought, "It begins with weights of 0: begin with 1."),
            (summed, "That is the sum over the rows: the mean is asked for."),
            (only_the_ones, "Rows with the target 0 count, too: there it is log(1 - p)."),
            (
                bias_moved_with_new_weights,
                "The bias is moved by a slope that knows the new weights: compute both slopes first, then move.",
            ),
        ),
        hints=(
            "Copy the page's functions; after descend comes forward, and the loss at the end.",
            "With 0 steps it is the loss of the weights 1.",
        ),
    ),
    number(
        "patience",
        "Let your `trend` run on the six rows of toy6 with a rate of 0.01. What is the loss after 20,000 steps? (The "
        "first cell of the page shows how to get X and t.)",
        after_20_000_steps,
        relative=0.01,
        unit="loss",
        near={
            0.147: "That is the loss after 10,000 steps.",
            0.453: "That is the loss after 1,000 steps.",
            0.040: "That is the loss after 100,000 steps.",
            0.551: "That is the loss after 500 steps.",
        },
        hints=("It lies between the losses after 10,000 and after 100,000 steps.",),
    ),
    choice(
        "why_differ",
        "Our weights after 100,000 steps and scikit-learn's differ by a factor of ten. Why?",
        {
            "Its solver is better than plain descent": "It gets to its lowest place faster; but it is another place.",
            "It penalises large weights, and the rows can be separated": "Right: without the penalty the weights would "
            "grow for ever, and with it there is a place to stop.",
            "We have taken too few steps": "More steps lead further away from its weights: ours grow.",
            "It scales the inputs first": "It doesn't: scaling is left to you.",
        },
        "It penalises large weights, and the rows can be separated",
        hints=("Which line of the table agrees with it, and what was set there?",),
    ),
    function(
        "safe",
        "Write `safe(z, t)`: the cross-entropy of one score z and its target t (0 or 1), right for scores of -800 and "
        "of 800 as well.",
        inputs=scores,
        right=(by_logaddexp, by_sides),
        wrong=(
            (
                from_p,
                "For large scores the probability is rounded to 1, and the logarithm of 0 is infinite: stay with z.",
            ),
            (held, "Clipped: no error any more, and no truth either. For z = 40 and t = 0 the loss is 40, not 28."),
            (targets_turned, "Turned round: a high score should cost little where the target is 1."),
            (negative, "The sign is turned round: a loss is positive."),
            (hinge, "Near 0 that is too little: log(1 + e^z) bends where max(0, z) has a corner."),
            (never_minus, "That is right for t = 0 alone: where is the target?"),
        ),
        hints=("np.logaddexp(0, z) is log(1 + e^z), for any z.", "For t = 1 subtract z."),
    ),
)
