"""Exercise on layers without a bend: two of them are one."""

import numpy as np

from glassnet.lessons import function


def layers(rng):
    """Weights and biases of two layers, the smallest first."""
    yield np.array([[2.0]]), np.array([1.0]), np.array([[3.0]]), np.array([-1.0])
    for inputs, hidden, outputs in ((2, 3, 1), (4, 5, 3), (3, 1, 2), (2, 2, 2)):
        yield (
            rng.normal(size=(inputs, hidden)),
            rng.normal(size=hidden),
            rng.normal(size=(hidden, outputs)),
            rng.normal(size=outputs),
        )


def multiplied(W1, b1, W2, b2):
    """One layer, (W, b), that does what two layers without an activation do: x W + b = (x W1 + b1) W2 + b2."""
    return W1 @ W2, b1 @ W2 + b2


def by_trying(W1, b1, W2, b2):
    def both(x):
        return np.dot(np.dot(x, W1) + b1, W2) + b2

    b = both(np.zeros(len(W1)))
    W = np.array([both(row) - b for row in np.eye(len(W1))])
    return W, b


def first_bias_lost(W1, b1, W2, b2):
    return W1 @ W2, b2


def biases_added(W1, b1, W2, b2):
    return W1 @ W2, b1.sum() + b2


def biases_as_they_are(W1, b1, W2, b2):
    return W1 @ W2, b1 + b2


def weights_first(W1, b1, W2, b2):
    return W1 @ W2, W2 @ b1 + b2


def other_way_round(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2 + b2


def second_bias_lost(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2


def turned(W1, b1, W2, b2):
    return (W1 @ W2).T, b1 @ W2 + b2


def number_by_number(W1, b1, W2, b2):
    return W1 * W2, b1 * W2 + b2


exercises = (
    function(
        "collapsed",
        "Write `collapsed(W1, b1, W2, b2)`: the weights and the bias of the *one* layer that does what two layers "
        "without an activation do. W1 is (i, h), W2 is (h, o), and the biases have the shapes (h,) and (o,). Return "
        "both, W of shape (i, o) and b of shape (o,): `return W, b`.",
        inputs=layers,
        right=(multiplied, by_trying),
        wrong=(
            (first_bias_lost, "The first bias is lost: it passes through the second layer's weights, too."),
            (biases_added, "The first bias has one number a hidden neuron: each goes through its row of W2."),
            (biases_as_they_are, "b1 passes through the second layer before b2 is added: b1 W2 + b2."),
            (weights_first, "b1 stands on the left of W2, as x does: b1 @ W2."),
            (other_way_round, "x meets W1 first: its product is W1 @ W2, and not the other way round."),
            (second_bias_lost, "The second layer's own bias is missing."),
            (number_by_number, "`*` multiplies number by number: the product of two tables is `@`."),
            (turned, "The table is turned: a row for each input, a column for each output."),
        ),
        hints=("Multiply out (x W1 + b1) W2 + b2.", "What stands beside x is W; all the rest is b."),
    ),
)
