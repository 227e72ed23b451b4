"""Exercises on the perceptron: a gate by hand, and one step of the learning rule."""

import numpy as np

from glassnet.lessons import function

CORNERS = ([0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0])


def corners(rng):
    """The four rows, one at a time."""
    for corner in CORNERS:
        yield (np.array(corner),)


def turned_and(x):
    """nand: 0 where both inputs of the row x are 1, else 1."""
    w, b = np.array([-1.0, -1.0]), 1.5
    return int(x @ w + b > 0)


def written_out(x):
    return 1 if 1.5 - x[0] - x[1] > 0 else 0


def plain_and(x):
    return int(x[0] + x[1] - 1.5 > 0)


def nor(x):
    return int(-x[0] - x[1] + 0.5 > 0)


def always(x):
    return int(-x[0] - x[1] + 2.5 > 0)


def only_the_score(x):
    return -x[0] - x[1] + 1.5


def steps(rng):
    """Weights, bias, row and target: first a right answer, then both kinds of wrong ones, then any."""
    yield np.array([1.0, 1.0]), -0.5, np.array([1.0, 0.0]), 1
    yield np.array([0.0, 0.0]), 0.0, np.array([1.0, 2.0]), 1
    yield np.array([1.0, 1.0]), 0.5, np.array([3.0, 1.0]), 0
    for _ in range(20):
        yield rng.normal(size=3), float(rng.normal()), rng.normal(size=3), int(rng.integers(0, 2))


def by_the_rule(w, b, x, t):
    """The weights and the bias after one row x with the target t: (w, b)."""
    y = 1 if w @ x + b > 0 else 0
    return w + (t - y) * x, b + (t - y)


def by_cases(w, b, x, t):
    score = b
    for weight, value in zip(w, x):
        score += weight * value
    if score > 0 and t == 0:
        return [weight - value for weight, value in zip(w, x)], b - 1
    if score <= 0 and t == 1:
        return [weight + value for weight, value in zip(w, x)], b + 1
    return w, b


def turned_round(w, b, x, t):
    y = 1 if w @ x + b > 0 else 0
    return w + (y - t) * x, b + (y - t)


def bias_forgotten(w, b, x, t):
    y = 1 if w @ x + b > 0 else 0
    return w + (t - y) * x, b


def with_the_score(w, b, x, t):
    y = w @ x + b
    return w + (t - y) * x, b + (t - y)


def always_moves(w, b, x, t):
    return w + t * x, b + t


def at_zero_too(w, b, x, t):
    y = 1 if w @ x + b >= 0 else 0
    return w + (t - y) * x, b + (t - y)


def answers_without_bias(w, b, x, t):
    y = 1 if w @ x > 0 else 0
    return w + (t - y) * x, b + (t - y)


def input_forgotten(w, b, x, t):
    y = 1 if w @ x + b > 0 else 0
    return w + (t - y), b + (t - y)


exercises = (
    function(
        "nand",
        "Write `nand(x)`: a neuron that answers 0 where both inputs of the row x are 1, and 1 otherwise. Find two "
        "weights and a bias for it.",
        inputs=corners,
        right=(turned_and, written_out),
        wrong=(
            (plain_and, "That is `and`: the answers are just the other way round."),
            (nor, "That is `nor`: one input alone turns it off already, so the bias is too small."),
            (only_the_score, "That is z. The last step is missing: 1 where z > 0, else 0."),
            (always, "It always answers 1: the bias is so large that both inputs together don't get below 0."),
        ),
        hints=(
            "Each input should make it *less* sure: which sign have the weights?",
            "With weights of -1 z is b, b - 1 or b - 2. Which of them may be above 0?",
        ),
    ),
    function(
        "one_step",
        "Write `one_step(w, b, x, t)`: the weights and the bias after the learning rule has seen one row x with the "
        "target t. Return both: `return w, b`.",
        inputs=steps,
        right=(by_the_rule, by_cases),
        wrong=(
            (turned_round, "The error is turned round: it is t - y, and what should be higher gets lower here."),
            (bias_forgotten, "The bias learns, too: it moves by the error, as if it had an input that is always 1."),
            (with_the_score, "The error compares answers: y is 0 or 1, the step of z, and not z itself."),
            (at_zero_too, "A z of exactly 0 is answered with 0: the neuron says 1 where z > 0, and not where z >= 0."),
            (answers_without_bias, "The bias has a say in the answer y, too: z = w x + b."),
            (input_forgotten, "Each weight moves by the error times its own input: (t - y) x."),
            (always_moves, "It moves although the answer is right: what counts is t - y, and not t."),
        ),
        hints=(
            "First the answer y: 1 where w x + b > 0, else 0.",
            "Then both move by (t - y): w by (t - y) x, b by (t - y).",
        ),
    ),
)
