"""Exercises on back-propagation: a hidden delta, and three bugs that learned all the same."""

import numpy as np

from glassnet import Exhibit
from glassnet.lessons import find_the_bug, function


def layers(rng):
    """A delta, the weights above and the activations below it, one row and one unit first."""
    yield np.array([[1.0]]), np.array([[2.0]]), np.array([[0.5]])
    yield np.array([[-0.1]]), np.array([[1.0], [-2.0], [0.5]]), np.array([[0.7, 0.3, 0.4]])
    for n, width, k in ((4, 3, 2), (2, 5, 1), (3, 2, 4)):
        yield rng.normal(size=(n, k)), rng.normal(size=(width, k)), rng.random((n, width))


def by_matmul(delta, W, a):
    """The delta (n, width) of a sigmoid layer whose outputs are a, from the delta (n, k) of the layer above."""
    return (delta @ W.T) * a * (1 - a)


def by_loops(delta, W, a):
    n, width = np.shape(a)
    found = np.zeros((n, width))
    for row in range(n):
        for unit in range(width):
            blame = sum(delta[row][k] * W[unit][k] for k in range(len(W[unit])))
            found[row, unit] = blame * (a[row][unit] - a[row][unit] ** 2)
    return found


def by_einsum(delta, W, a):
    return np.einsum("nk,wk->nw", delta, W) * (a * (1 - a))


def no_slope(delta, W, a):
    return delta @ W.T


def tanh_slope(delta, W, a):
    return (delta @ W.T) * (1 - a**2)


def slope_at_a(delta, W, a):
    s = 1 / (1 + np.exp(-a))
    return (delta @ W.T) * s * (1 - s)


def times_a(delta, W, a):
    return (delta @ W.T) * a


def with_columns(rng):
    """Inputs and deltas, one row first."""
    yield np.array([[3.0, 4.0]]), np.array([[1.0]])
    yield np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[1.0, 0.5], [2.0, -1.0]])
    for n, d, k in ((5, 3, 2), (4, 1, 3)):
        yield rng.normal(size=(n, d)), rng.normal(size=(n, k))


def bias_column() -> Exhibit:
    """The bias has a column of 0.01 for its input, and its slope is that of a column of ones: 100 times too large."""

    def wrong(X, delta):
        # z = 0.01 * theta[0] + X @ theta[1:]: the first row of theta is the bias, on a column of 0.01
        bias = delta.sum(axis=0)
        weights = X.T @ delta
        return np.vstack([bias, weights])  # the slopes of the loss in theta

    def mended(X, delta):
        bias = 0.01 * delta.sum(axis=0)
        weights = X.T @ delta
        return np.vstack([bias, weights])

    X, t, theta = np.array([[3.0, 4.0], [1.0, -1.0]]), np.array([[1.0], [0.0]]), np.array([[0.5], [0.1], [-0.2]])

    def cost(theta):
        return ((0.01 * theta[0] + X @ theta[1:] - t) ** 2).sum() / 2

    def slope(slopes):
        return float(slopes(X, 0.01 * theta[0] + X @ theta[1:] - t)[0, 0])

    def quotient():
        h = np.array([[1e-4], [0.0], [0.0]])
        return float((cost(theta + h) - cost(theta - h)) / 2e-4)

    def compared(slopes):
        found, tried = slope(slopes), quotient()
        return "" if abs(found - tried) < 1e-6 else f"the slope in the bias is {found:.6f}, and by trying {tried:.6f}"

    return Exhibit(
        wrong,
        mended,
        measure=slope,
        truth=quotient,
        apart=0.1,
        caught_by=compared,
        source="A network class whose design matrix begins with a column of 0.01.",
        unit="slope of the loss in the bias",
    )


def by_one_matrix(X, delta):
    column = np.full((len(X), 1), 0.01)
    return np.hstack([column, X]).T @ delta


def row_after_row(X, delta):
    found = np.zeros((1 + len(X[0]), len(delta[0])))
    for x, d in zip(X, delta, strict=True):
        found += np.outer([0.01, *x], d)
    return found


def bias_left_out(X, delta):
    return X.T @ delta


def bias_twice_small(X, delta):
    return np.vstack([0.0001 * delta.sum(axis=0), X.T @ delta])


def bias_last(X, delta):
    return np.vstack([X.T @ delta, 0.01 * delta.sum(axis=0)])


def a_mean(X, delta):
    return np.vstack([0.01 * delta.mean(axis=0), X.T @ delta])


def all_by_100(X, delta):
    return 0.01 * np.vstack([delta.sum(axis=0), X.T @ delta])


def steps(rng):
    """A row, its target, the weights of two layers and a rate, the smallest first."""
    yield np.array([[1.0]]), np.array([[1.0]]), np.array([[1.0]]), np.array([[1.0]]), 1.0
    for n, d, width, k, rate in ((1, 2, 3, 1, 5.0), (4, 3, 2, 2, 10.0), (2, 2, 4, 3, 1.0)):
        yield (
            rng.normal(size=(n, d)),
            rng.integers(0, 2, (n, k)).astype(float),
            rng.normal(size=(d, width)),
            rng.normal(size=(width, k)),
            rate,
        )


def order() -> Exhibit:
    """The second layer moves before delta has gone back through it: old activations meet new weights."""

    def wrong(X, t, W1, W2, rate):
        a = 1 / (1 + np.exp(-X @ W1))
        y = 1 / (1 + np.exp(-a @ W2))
        delta2 = (y - t) * y * (1 - y)
        W2 = W2 - rate * a.T @ delta2
        delta1 = (delta2 @ W2.T) * a * (1 - a)
        W1 = W1 - rate * X.T @ delta1
        return W1, W2

    def mended(X, t, W1, W2, rate):
        a = 1 / (1 + np.exp(-X @ W1))
        y = 1 / (1 + np.exp(-a @ W2))
        delta2 = (y - t) * y * (1 - y)
        delta1 = (delta2 @ W2.T) * a * (1 - a)
        W2 = W2 - rate * a.T @ delta2
        W1 = W1 - rate * X.T @ delta1
        return W1, W2

    X, t, W1, W2 = np.array([[1.0]]), np.array([[0.0]]), np.array([[1.0]]), np.array([[1.0]])

    def moved(step):
        return float((1.0 - step(X, t, W1, W2, 10.0)[0][0, 0]) / 10.0)

    def quotient(h=1e-5):
        def cost(w):
            return (1 / (1 + np.exp(-1 / (1 + np.exp(-w))))) ** 2 / 2

        return float((cost(1 + h) - cost(1 - h)) / (2 * h))

    def compared(step):
        found, tried = moved(step), quotient()
        return "" if abs(found - tried) < 1e-6 else f"the first weight moves by {found:.6f}, its slope is {tried:.6f}"

    return Exhibit(
        wrong,
        mended,
        measure=moved,
        truth=quotient,
        apart=0.01,
        caught_by=compared,
        source="A network class whose loop over the layers updates each as it passes.",
        unit="move of the first weight for a rate of 1",
    )


def slopes_first(X, t, W1, W2, rate):
    a = 1 / (1 + np.exp(-X @ W1))
    y = 1 / (1 + np.exp(-a @ W2))
    delta = (y - t) * (y - y**2)
    d2 = a.T @ delta
    d1 = X.T @ (delta @ W2.T * (a - a**2))
    return W1 - rate * d1, W2 - rate * d2


def from_a_copy(X, t, W1, W2, rate):
    old = np.array(W2)
    a = 1 / (1 + np.exp(-X @ W1))
    y = 1 / (1 + np.exp(-a @ old))
    delta2 = (y - t) * y * (1 - y)
    W2 = old - rate * a.T @ delta2
    delta1 = (delta2 @ old.T) * a * (1 - a)
    return [W1 - rate * X.T @ delta1, W2]


def first_before_second(X, t, W1, W2, rate):
    a = 1 / (1 + np.exp(-X @ W1))
    y = 1 / (1 + np.exp(-a @ W2))
    delta2 = (y - t) * y * (1 - y)
    W1 = W1 - rate * X.T @ ((delta2 @ W2.T) * a * (1 - a))
    a = 1 / (1 + np.exp(-X @ W1))
    return W1, W2 - rate * a.T @ delta2


def uphill(X, t, W1, W2, rate):
    a = 1 / (1 + np.exp(-X @ W1))
    y = 1 / (1 + np.exp(-a @ W2))
    delta2 = (y - t) * y * (1 - y)
    delta1 = (delta2 @ W2.T) * a * (1 - a)
    return W1 + rate * X.T @ delta1, W2 + rate * a.T @ delta2


def second_alone(X, t, W1, W2, rate):
    a = 1 / (1 + np.exp(-X @ W1))
    y = 1 / (1 + np.exp(-a @ W2))
    return W1, W2 - rate * a.T @ ((y - t) * y * (1 - y))


def scores_and_deltas(rng):
    """Scores, the delta above and the weights between, large scores first."""
    yield np.array([[4.0, 5.0, 6.0]]), np.array([[1.0]]), np.array([[1.0], [1.0], [1.0]])
    yield np.array([[0.0]]), np.array([[1.0]]), np.array([[1.0]])
    for n, width, k in ((3, 2, 1), (2, 4, 3)):
        yield rng.normal(size=(n, width)), rng.normal(size=(n, k)), rng.normal(size=(width, k))


def place() -> Exhibit:
    """The slope of the sigmoid is asked for at z, and computed at a."""

    def wrong(z, delta, W):
        def sigmoid(z):
            return 1 / (1 + np.exp(-z))

        def slope(z):
            return sigmoid(z) * (1 - sigmoid(z))

        a = sigmoid(z)
        return (delta @ W.T) * slope(a)  # the delta of this layer, from that of the layer above

    def mended(z, delta, W):
        def sigmoid(z):
            return 1 / (1 + np.exp(-z))

        def slope(z):
            return sigmoid(z) * (1 - sigmoid(z))

        return (delta @ W.T) * slope(z)

    def at_four(hidden):
        return float(hidden(np.array([[4.0]]), np.array([[1.0]]), np.array([[1.0]]))[0, 0])

    def quotient(h=1e-5):
        return float((1 / (1 + np.exp(-4 - h)) - 1 / (1 + np.exp(-4 + h))) / (2 * h))

    def compared(hidden):
        found, tried = at_four(hidden), quotient()
        return "" if abs(found - tried) < 1e-6 else f"the slope at 4 is {found:.4f}, and by trying {tried:.4f}"

    return Exhibit(
        wrong,
        mended,
        measure=at_four,
        truth=quotient,
        apart=0.05,
        caught_by=compared,
        source="A demonstration of a sigmoid's derivative on activations in place of scores.",
        unit="slope at z = 4",
    )


def from_outputs(z, delta, W):
    a = 1 / (1 + np.exp(-z))
    return delta @ W.T * a * (1 - a)


def by_difference(z, delta, W):
    def sigmoid(z):
        return 0.5 + 0.5 * np.tanh(z / 2)

    return np.dot(delta, np.transpose(W)) * (sigmoid(z + 1e-5) - sigmoid(z - 1e-5)) / 2e-5


def z_as_output(z, delta, W):
    return delta @ W.T * z * (1 - z)


def slope_left_out(z, delta, W):
    return delta @ W.T


def output_for_slope(z, delta, W):
    return delta @ W.T / (1 + np.exp(-z))


exercises = (
    function(
        "delta_hidden",
        "Write `delta_hidden(delta, W, a)`: the delta of a sigmoid layer from that of the layer above. delta is (n, "
        "k), W (width, k) lies between the two layers, a (n, width) is what the lower one put out.",
        inputs=layers,
        right=(by_matmul, by_loops, by_einsum),
        wrong=(
            (
                no_slope,
                "The slope of the activation is missing: delta goes through the weights and then through the bend.",
            ),
            (tanh_slope, "1 - a^2 is the slope of tanh; these are sigmoids."),
            (slope_at_a, "The slope is taken at a: a is the output already, and the slope is a (1 - a)."),
            (times_a, "The slope of the sigmoid is a (1 - a), and there is only a."),
        ),
        hints=(
            "Back through the weights: each hidden unit gets delta of every unit above, times the weight between.",
            "Then element by element times a (1 - a).",
        ),
    ),
    find_the_bug(
        "bias_column",
        bias_column(),
        question="`bias_column(X, delta)` gives the slopes of the loss in theta, the bias first, where "
        "$z = 0.01 \\cdot$ bias $+ X \\cdot$ weights. One thing is wrong here: mend it.",
        inputs=with_columns,
        right=(by_one_matrix, row_after_row),
        wrong=(
            (bias_left_out, "The bias has no slope any more: theta has a row for it, the first."),
            (bias_twice_small, "Now it is too small: 0.01 belongs into the slope once."),
            (bias_last, "The bias went to the end: it is the first row of theta."),
            (a_mean, "The bias has the mean over the rows, and the weights have the sum: both are sums here."),
            (all_by_100, "The weights were right: their inputs are X, and only the bias sits on 0.01."),
        ),
        hints=("The slope in a weight is its input times delta.", "Which input does the bias have here?"),
    ),
    find_the_bug(
        "order",
        order(),
        question="`order(X, t, W1, W2, rate)` makes one step of descent (sigmoids, no biases, half the squared error "
        "summed over the rows) and returns the new W1 and W2. One thing is wrong here: mend it.",
        inputs=steps,
        right=(slopes_first, from_a_copy),
        wrong=(
            (
                first_before_second,
                "Now the activations are new, too: all slopes first, from the same network, then update.",
            ),
            (uphill, "Now it goes uphill: a step is against the slope."),
            (second_alone, "The first layer no longer moves."),
        ),
        hints=("Follow each name: which W2 does delta1 go back through?", "All slopes first, then all updates."),
    ),
    find_the_bug(
        "place",
        place(),
        question="`place(z, delta, W)` gives the delta of a sigmoid layer with the scores z, from the delta above. "
        "One thing is wrong here: mend it.",
        inputs=scores_and_deltas,
        right=(from_outputs, by_difference),
        wrong=(
            (z_as_output, "a (1 - a) wants the output a, and it was given the score z."),
            (slope_left_out, "The slope of the sigmoid is gone altogether."),
            (output_for_slope, "That is times the output of the sigmoid: its slope is asked for."),
        ),
        hints=("`slope` wants a score. What is it given?",),
    ),
)
