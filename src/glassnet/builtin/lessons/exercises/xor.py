"""Exercises on xor: what a line gets right, two hidden units by hand, and a training that solves it."""

import numpy as np

from glassnet.lessons import function, run

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def lines(rng):
    """Weights and biases of lines, the plainest first."""
    yield np.array([1.0, 1.0]), -0.5
    yield np.array([1.0, 1.0]), -1.5
    yield np.array([1.0, 1.0]), -1.0
    for _ in range(20):
        yield rng.normal(size=2), float(rng.normal())


def by_matmul(w, b):
    """How many of xor's four rows the neuron 1[w x + b > 0] gets right."""
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    return int(np.sum((X @ w + b > 0) == np.array([0, 1, 1, 0])))


def by_loop(w, b):
    right = 0
    for one in (0, 1):
        for other in (0, 1):
            right += (w[0] * one + w[1] * other + b > 0) == (one != other)
    return right


def no_bias(w, b):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    return int(np.sum((X @ w > 0) == np.array([0, 1, 1, 0])))


def a_share(w, b):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    return float(np.mean((X @ w + b > 0) == np.array([0, 1, 1, 0])))


def the_wrong_ones(w, b):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    return int(np.sum((X @ w + b > 0) != np.array([0, 1, 1, 0])))


def at_zero_too(w, b):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    return int(np.sum((X @ w + b >= 0) == np.array([0, 1, 1, 0])))


def corners(rng):
    """The four rows, one at a time."""
    for x in CORNERS:
        yield (x,)


def two_units(x):
    """The answer of a network with two hidden steps, or and and, to the row x of two inputs."""
    h_or = x[0] + x[1] - 0.5 > 0
    h_and = x[0] + x[1] - 1.5 > 0
    return int(1 * h_or - 1 * h_and - 0.5 > 0)


def by_matrices(x):
    W1, b1 = np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([-0.5, -1.5])
    w2, b2 = np.array([1.0, -1.0]), -0.5
    hidden = (np.asarray(x) @ W1 + b1 > 0).astype(float)
    return int(hidden @ w2 + b2 > 0)


def only_or(x):
    return int(x[0] + x[1] - 0.5 > 0)


def only_and(x):
    return int(x[0] + x[1] - 1.5 > 0)


def no_steps(x):
    h_or = x[0] + x[1] - 0.5
    h_and = x[0] + x[1] - 1.5
    return int(h_or - h_and - 0.5 > 0)


def both_added(x):
    return int(x[0] + x[1] - 0.5 > 0) + int(x[0] + x[1] - 1.5 > 0)


def turned_round(x):
    return int(x[0] == x[1])


exercises = (
    function(
        "count_right",
        "Write `count_right(w, b)`: how many of the four rows a neuron with the weights w (2 numbers) and the bias b "
        "gets right.",
        inputs=lines,
        right=(by_matmul, by_loop),
        wrong=(
            (no_bias, "The bias is missing: every line goes through the origin then."),
            (a_share, "That is the share of the rows: how many of them are asked for."),
            (at_zero_too, "On the line itself, where the sum is exactly 0, the neuron answers 0: > and not >=."),
            (the_wrong_ones, "Those are the rows that it gets wrong."),
        ),
        hints=(
            "X @ w + b has one score for each row of X.",
            "A comparison gives True and False, and these can be added up.",
        ),
    ),
    function(
        "by_hand",
        "Write `by_hand(x)`: two hidden steps and one at the end, with weights of your own, that answer xor for a row "
        "x of two inputs with 0 or 1.",
        inputs=corners,
        right=(two_units, by_matrices),
        wrong=(
            (only_or, "That is `or`: it answers 1 for the row (1, 1), too."),
            (only_and, "That is `and`: it answers 1 for the row (1, 1) alone."),
            (no_steps, "It answers 1 to every row. Has each hidden unit a step? Sums of sums are a line."),
            (both_added, "The two are added: the answer is or *and not* and, so take the second away."),
            (turned_round, "It is turned round: 1 where the two inputs are equal."),
        ),
        hints=(
            "or: $x_1 + x_2 - 0.5 > 0$; and: $x_1 + x_2 - 1.5 > 0$.",
            "The last step: or, and not and: $h_1 - h_2 - 0.5 > 0$.",
        ),
    ),
    run(
        "solves",
        'Write a command that trains xor to 100 %, whatever the seed: `solves = "glassnet train xor ..."`, with '
        "at most 16 hidden units and 1,000 epochs.",
        dataset="xor",
        right=(
            "glassnet train xor --hidden 16 --activation tanh --optimizer adam:lr=0.05 --epochs 400",
            {"hidden": "12", "activation": "tanh", "optimizer": "adam:lr=0.03", "epochs": 600},
        ),
        wrong=(
            ("glassnet train xor --hidden none", "Without a hidden layer it is a line."),
            ("glassnet train xor --activation identity", "Layers without an activation are a line, too."),
            ("glassnet train xor --hidden 1", "One hidden unit draws one line, and a band has two."),
        ),
        reach={"accuracy": 1.0},
        split="train",
        most={"epochs": 1000, "hidden": 16},
        hints=("More hidden units than two make it easier: some start at the right place.",),
    ),
)
