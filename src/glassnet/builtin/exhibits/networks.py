"""Mistakes in how a network is laid out, and in the weights that it begins with."""

import numpy as np

from glassnet import Exhibit, Initializer


def xor_without_hidden() -> Exhibit:
    """XOR is learned without a hidden layer, and three rows of four are called not bad: no line gets the fourth.

    sigmoid(X w + b) cuts the plane by one line, and the two rows of a class lie at opposite corners. More epochs and
    other rates change nothing; a hidden layer draws two lines.
    """
    X, t = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])

    def wrong(X, t, rng):
        w, b = rng.normal(size=(2, 1)), 0.0
        for _ in range(200):
            y = 1 / (1 + np.exp(-(X @ w + b)))
            w, b = w - 0.1 * X.T @ (y - t), b - 0.1 * (y - t).sum()
        return y

    def mended(X, t, rng):
        V, c, w, b = rng.normal(size=(2, 4)), rng.normal(size=4), rng.normal(size=(4, 1)), 0.0
        for _ in range(500):
            a = np.tanh(X @ V + c)
            y = 1 / (1 + np.exp(-(a @ w + b)))
            below = (y - t) @ w.T * (1 - a**2)
            V, c = V - 0.4 * X.T @ below, c - 0.4 * below.sum(axis=0)
            w, b = w - 0.4 * a.T @ (y - t), b - 0.4 * (y - t).sum()
        return y

    def best(learn):
        return max(np.mean((learn(X, t, np.random.default_rng(seed)) > 0.5) == t) for seed in range(8))

    def all_four(learn):
        y = learn(X, t, np.random.default_rng(4))
        off = [i for i in range(4) if (y[i, 0] > 0.5) != t[i, 0]]
        said = ", ".join(f"{one:.3f}" for one in y[:, 0])
        return f"{len(off)} of 4 rows wrong; the outputs {said} should be 0, 1, 1, 0" if off else ""

    def truth():
        a = X @ np.array([[1, 1], [1, 1]]) + np.array([-0.5, -1.5]) > 0  # by hand: OR and AND ...
        return np.mean((a @ np.array([[1], [-1]]) > 0.5) == t)  # ... and XOR is OR without AND

    return Exhibit(
        wrong,
        mended,
        measure=best,
        truth=truth,
        apart=0.2,
        caught_by=all_four,
        source="a lecture's demonstration that a network learns the gates",
        unit="share of XOR's rows right, best of 8 seeds",
    )


def two_intercepts() -> Exhibit:
    """A column of ones stands beside the model's own bias: two weights do one job, and each reports half of it.

    b + w0 * 1 can be split between b and w0 at will. Descent from 0 moves both alike, so that neither is the intercept,
    and a step of the intercept is twice as long as that of a slope. One of them is enough.
    """

    def wrong(x, t):
        X = np.column_stack([np.ones_like(x), x])
        w, b = np.zeros(2), 0.0
        for _ in range(2000):
            error = (X @ w + b - t) / len(t)
            w, b = w - 0.2 * X.T @ error, b - 0.2 * error.sum()
        return b

    def mended(x, t):
        w, b = 0.0, 0.0
        for _ in range(2000):
            error = (x * w + b - t) / len(t)
            w, b = w - 0.2 * x @ error, b - 0.2 * error.sum()
        return b

    x = np.linspace(-1, 2, 20)

    def constant_is_found(fit):
        b = fit(x, np.full(20, 6.0))
        return "" if abs(b - 6) < 1e-3 else f"all targets are 6, and the intercept is said to be {b:.3g}"

    return Exhibit(
        wrong,
        mended,
        measure=lambda fit: fit(x, 2 + 3 * x),
        truth=lambda: np.polyfit(x, 2 + 3 * x, 1)[1],
        apart=0.5,
        caught_by=constant_is_found,
        source="a lecture's matrix of inputs, handed to a network with biases",
        unit="intercept of t = 2 + 3 x",
    )


def standard_normal_weights() -> Exhibit:
    """Weights begin as N(0, 1) however many inputs a unit has: its score is a sum that grows with their root.

    Of d inputs of size 1, sum_i x_i w_i has the standard deviation sqrt(d) std(w): 16 for 256 inputs, where a sigmoid
    or tanh is flat. Divided by sqrt(d) it is 1 at every width.
    """

    def wrong(inputs, units, rng):
        return rng.normal(0, 1, (inputs, units))

    def mended(inputs, units, rng):
        return rng.normal(0, 1 / np.sqrt(inputs), (inputs, units))

    def spread(weights, inputs=256):
        X = np.random.default_rng(0).normal(size=(500, inputs))
        return (X @ weights(inputs, 200, np.random.default_rng(1))).std()

    def width_does_not_matter(weights):
        narrow, broad = spread(weights, 16), spread(weights, 256)
        return (
            f"scores spread by {narrow:.2g} with 16 inputs, and by {broad:.2g} with 256" if broad > 2 * narrow else ""
        )

    return Exhibit(
        wrong,
        mended,
        measure=spread,
        truth=lambda: 1.0,  # by hand: 256 terms of variance 1 / 256; LeCun and others (1998)
        apart=5,
        caught_by=width_does_not_matter,
        source="a lecture's network class, in a lecture that warns of it",
        unit="spread of the scores of units with 256 inputs",
    )


def all_positive_weights() -> Exhibit:
    """Weights begin between 0 and 0.1, all positive: all units of a layer say nearly the same.

    With inputs of 0 and more every score is positive, and moves with the inputs' sum. Weights scatter around 0, so
    that units begin on different sides. And they are drawn by a seed, or no run can be repeated.
    """

    def wrong():
        return Initializer(
            weights=lambda inputs, units, rng: rng.uniform(0, 0.1, (inputs, units)),
            biases=lambda inputs, units, rng: np.zeros(units),
        )

    def mended():
        return Initializer(
            weights=lambda inputs, units, rng: rng.uniform(-0.1, 0.1, (inputs, units)),
            biases=lambda inputs, units, rng: np.zeros(units),
        )

    def mean_score(initializer):
        X = np.random.default_rng(0).uniform(0, 1, (100, 50))
        return (X @ initializer().weights(50, 2000, np.random.default_rng(1))).mean()

    return Exhibit(
        wrong,
        mended,
        measure=mean_score,
        truth=lambda: 0.0,  # by hand: the mean of a weight that is as often below 0 as above
        apart=0.5,
        caught_by="initializer/spread",
        source="a notebook's first network, without a seed",
        unit="mean score of units, inputs between 0 and 1",
    )


def bias_as_column() -> Exhibit:
    """The bias is made as (outputs, 1): with one output it fits by luck, with two a row becomes two rows.

    Scores are (rows, outputs), so a bias is (outputs,) or (1, outputs), and is repeated for each row. NumPy stretches
    a column without a word: (1, 2) + (2, 1) is (2, 2).
    """

    def wrong(X, W):
        b = np.zeros((W.shape[1], 1))
        return X @ W + b

    def mended(X, W):
        b = np.zeros((1, W.shape[1]))
        return X @ W + b

    def shapes_fit(forward):
        for rows, outputs in ((5, 1), (1, 2), (5, 2)):
            try:
                found = forward(np.ones((rows, 3)), np.ones((3, outputs))).shape
            except ValueError as error:
                return f"rows {rows}, outputs {outputs}: {error}"
            if found != (rows, outputs):
                return f"rows {rows}, outputs {outputs}, and the scores have the shape {found}"
        return ""

    return Exhibit(
        wrong,
        mended,
        measure=lambda forward: len(forward(np.ones((1, 3)), np.ones((3, 2)))),
        truth=lambda: 1.0,  # one row in, one row out
        apart=1,
        caught_by=shapes_fit,
        source="a notebook's layer, whose exercise has one output",
        unit="rows of scores for one row of inputs, two outputs",
    )


def two_layers_for_one() -> Exhibit:
    """The task asks for one hidden layer of ten units, and the solution has two: nobody counts along.

    One layer on 13 inputs and 3 classes has 13 * 10 + 10 + 10 * 3 + 3 parameters. A summary of the network, read once
    against the task, is the test.
    """

    def wrong():
        from glassnet import Experiment

        return Experiment(dataset="wine_cultivars", hidden=(10, 10))

    def mended():
        from glassnet import Experiment

        return Experiment(dataset="wine_cultivars", hidden=(10,))

    def built(solution):
        from glassnet import run

        return run(solution()).network

    def hidden_layers(solution):
        widths = built(solution).widths
        return (
            f"the layers are {' - '.join(map(str, widths))}: {len(widths) - 2} are hidden" if len(widths) != 3 else ""
        )

    return Exhibit(
        wrong,
        mended,
        measure=lambda solution: built(solution).w.size,
        truth=lambda: 13 * 10 + 10 + 10 * 3 + 3,  # by hand
        apart=50,
        caught_by=hidden_layers,
        source="a notebook's exercise on wines, and its own solution",
        unit="parameters",
    )


def width_between_ends() -> Exhibit:
    """A hidden layer is to be as wide as something between input and output: for one of each, one unit.

    How many units a task needs depends on how bent it is, not on how many columns it has. A wave of three periods has
    one input and one output. Widths are tried on validation rows; a hundred units for eight inputs may be right.
    """

    def wrong(width_tried, inputs, outputs):
        return (inputs + outputs) // 2

    def mended(width_tried, inputs, outputs):
        errors = {width: width_tried(width) for width in (1, 2, 4, 8, 16, 32, 64)}
        return min(errors, key=lambda width: errors[width])

    x = np.linspace(-1, 1, 400)[:, np.newaxis]
    t = np.sin(3 * np.pi * x[:, 0])

    def error(width, rows=slice(1, None, 4)):
        rng = np.random.default_rng(width)
        a = np.column_stack([np.ones(400), np.tanh(x * rng.normal(0, 8, width) + rng.normal(0, 4, width))])
        w = np.linalg.lstsq(a[::2], t[::2], rcond=1e-8)[0]  # hidden weights by chance, those of the output fitted
        return np.mean((a[rows] @ w - t[rows]) ** 2)

    def r2(choose):
        return 1 - error(choose(error, 1, 1), slice(3, None, 4)) / np.var(t[3::4])

    def wide_enough(choose):
        said = r2(choose)
        return f"it chooses {choose(error, 1, 1)}: of a wave it explains {said:.2g}" if said < 0.9 else ""

    return Exhibit(
        wrong,
        mended,
        measure=r2,
        truth=lambda: 1.0,  # the wave has no noise: all of it can be explained
        apart=0.5,
        caught_by=wide_enough,
        source="a lecture's rule of thumb, which its own example breaks",
        unit="share of a wave that is explained (R2)",
    )
