"""Mistakes on the way back: gradients that are not the slope of the cost."""

import numpy as np

from glassnet import Activation, Exhibit

from .tried import by_moving, sigmoid, softmax


def bias_times_a_hundred() -> Exhibit:
    """The bias has a column of 0.01, and its gradient forgets that: it comes out a hundred times too large.

    With A = (0.01, X), prediction = A w and cost = mean (A w - t)^2 / 2, the gradient is A^T (A w - t) / n for all
    weights alike, the first one included. What multiplies a weight on the way forward multiplies it on the way back.
    """
    X = np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 2.0], [2.0, 2.0]])
    t = np.array([1.0, 0.0, -2.0, 0.5])
    w = np.array([1.0, 0.5, -0.5])

    def wrong(X, t, w):
        A = np.column_stack([np.full(len(X), 0.01), X])
        error = (A @ w - t) / len(X)
        return np.append(error.sum(), X.T @ error)

    def mended(X, t, w):
        A = np.column_stack([np.full(len(X), 0.01), X])
        error = (A @ w - t) / len(X)
        return A.T @ error

    def cost(w):
        return np.mean((0.01 * w[0] + X @ w[1:] - t) ** 2) / 2

    def gradient_check(gradient):
        said, true = gradient(X, t, w), by_moving(cost, w)
        off = [i for i in range(3) if abs(said[i] - true[i]) > 1e-6]
        if off:
            i = off[0]
            return (
                f"weight {i} has the gradient {said[i]:.3g}; moving it a little, the cost has the slope {true[i]:.3g}"
            )
        return ""

    def truth():
        from scipy.optimize import approx_fprime

        return approx_fprime(w, cost, 1e-6)[0]

    return Exhibit(
        wrong,
        mended,
        measure=lambda gradient: gradient(X, t, w)[0],
        truth=truth,
        apart=0.1,
        caught_by=gradient_check,
        source="a lecture's regression and classifier, whose matrix of inputs begins with a column of 0.01",
        unit="slope of the cost in the bias",
    )


def update_too_early() -> Exhibit:
    """The last layer is updated before the error goes back through it: old activations meet new weights.

    The gradient of the first layer is X^T (delta W2^T * (1 - a^2)) with the W2 that the forward pass went through.
    So all gradients come first, and all updates after them. At a small rate the mistake can hardly be seen.
    """
    X = np.array([[1.0, 0.0], [0.5, -1.0], [-1.0, 2.0]])
    t = np.array([[2.0], [1.0], [-1.0]])
    W1 = np.array([[0.5, -0.3], [0.2, 0.4]])
    W2 = np.array([[0.2], [0.9]])

    def wrong(X, t, W1, W2, rate):
        a = np.tanh(X @ W1)
        delta = (a @ W2 - t) / len(X)
        W2 = W2 - rate * a.T @ delta
        W1 = W1 - rate * X.T @ (delta @ W2.T * (1 - a**2))
        return W1, W2

    def mended(X, t, W1, W2, rate):
        a = np.tanh(X @ W1)
        delta = (a @ W2 - t) / len(X)
        g1 = X.T @ (delta @ W2.T * (1 - a**2))
        g2 = a.T @ delta
        return W1 - rate * g1, W2 - rate * g2

    def used(step, rate):
        return (W1 - step(X, t, W1, W2, rate)[0])[0, 0] / rate

    def rates_agree(step):
        large, small = used(step, 1.0), used(step, 1e-4)
        if abs(large - small) < 1e-6:
            return ""
        return f"step / rate is {large:.3g} at rate 1 and {small:.3g} at rate 0.0001: one slope cannot be both"

    def truth():
        def cost(W):
            return np.sum((np.tanh(X @ W) @ W2 - t) ** 2) / 2 / len(X)

        return by_moving(cost, W1)[0, 0]

    return Exhibit(
        wrong,
        mended,
        measure=lambda step: used(step, 1.0),
        truth=truth,
        apart=0.2,
        caught_by=rates_agree,
        source="a lecture's network class, whose loop over the layers goes back and updates in one go",
        unit="slope that the first weight is moved by",
    )


def softmax_slope_of_zero() -> Exhibit:
    """Softmax given the slope of its sum: the sum is always 1, so every slope is 0 and nothing learns.

    Each output depends on all scores, so an "element-wise" gradient adds up a row's outputs before it derives.
    The way back is y_i (u_i - sum_j u_j y_j), where u is what comes from above: a product with the whole Jacobian.
    """
    z, u = np.log([[2.0, 1.0, 1.0]]), np.array([[1.0, 0.0, 0.0]])

    def wrong(z, u):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        y = e / e.sum(axis=1, keepdims=True)
        slope = y * (1 - y.sum(axis=1, keepdims=True))
        return u * slope

    def mended(z, u):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        y = e / e.sum(axis=1, keepdims=True)
        return y * (u - (u * y).sum(axis=1, keepdims=True))

    def moving_agrees(back):
        said, true = back(z, u), by_moving(lambda z: (u * softmax(z)).sum(), z)
        if np.allclose(said, true, atol=1e-6):
            return ""
        return (
            f"it says {np.round(said[0], 4).tolist()}; moving the scores a little gives {np.round(true[0], 4).tolist()}"
        )

    return Exhibit(
        wrong,
        mended,
        measure=lambda back: back(z, u)[0, 0],
        truth=lambda: (
            1 / 2 * (1 - 1 / 2)
        ),  # by hand: the outputs are 1/2, 1/4, 1/4, and dy/dz of the first is y (1 - y)
        apart=0.2,
        caught_by=moving_agrees,
        source="a lecture's softmax, derived with an element-wise gradient",
        unit="slope of the first output in the first score",
    )


def slope_at_the_output() -> Exhibit:
    """The slope of an activation is asked for at the output a, where it belongs at the score z.

    sigmoid'(z) = sigmoid(z) (1 - sigmoid(z)) = a (1 - a). Whoever has a at hand and writes sigmoid'(a) squeezes
    twice; as a lies between 0 and 1, every slope comes out between 0.19 and 0.25, and no unit ever
    looks saturated.
    """

    def wrong():
        def f(z):
            return 1 / (1 + np.exp(-z))

        return Activation(f, df=lambda z, a: f(a) * (1 - f(a)))

    def mended():
        def f(z):
            return 1 / (1 + np.exp(-z))

        return Activation(f, df=lambda z, a: a * (1 - a))

    def slope_at_four(part):
        bag, z = part(), np.array([[4.0]])
        return bag.df(z, bag.f(z))[0, 0]

    def truth():
        from scipy.stats import logistic

        return logistic.pdf(4)  # the sigmoid is the distribution function of the logistic law, its slope the density

    return Exhibit(
        wrong,
        mended,
        measure=slope_at_four,
        truth=truth,
        apart=0.1,
        caught_by="activation/slope",
        source="a lecture's example that prints what it calls the derivative valued at z",
        unit="slope of the sigmoid at z = 4",
    )


def jacobian_row_twice() -> Exhibit:
    """One entry of a Jacobian copied from the row above: dx/dr stands where dy/dr belongs.

    Row by row it is the function, column by column the variable: J = (dx/dr, dx/dphi; dy/dr, dy/dphi). For polar
    coordinates x = r cos(phi), y = r sin(phi) its determinant is r, by which a small area grows.
    """

    def wrong(r, phi):
        return np.array([[np.cos(phi), -r * np.sin(phi)], [np.cos(phi), r * np.cos(phi)]])

    def mended(r, phi):
        return np.array([[np.cos(phi), -r * np.sin(phi)], [np.sin(phi), r * np.cos(phi)]])

    def place(at):
        return np.array([at[0] * np.cos(at[1]), at[0] * np.sin(at[1])])

    def rows_agree(jacobian):
        at = np.array([2.0, 1.0])
        for name, row, said in zip("xy", (0, 1), jacobian(*at), strict=True):
            true = by_moving(lambda at, row=row: place(at)[row], at)
            if not np.allclose(said, true, atol=1e-6):
                return (
                    f"row {name} is {np.round(said, 3).tolist()}; moving r and phi gives {np.round(true, 3).tolist()}"
                )
        return ""

    return Exhibit(
        wrong,
        mended,
        measure=lambda jacobian: np.linalg.det(jacobian(2.0, np.pi / 3)),
        truth=lambda: 2.0,  # by hand: r (cos^2 + sin^2) = r
        apart=0.5,
        caught_by=rows_agree,
        source="a lecture's formula for the chain rule in two variables",
        unit="growth of a small area, at r = 2",
    )


def slope_by_name() -> Exhibit:
    """The derivative is looked up by the function's name: under another name it is that of another function.

    A function and its slope belong together, in one object. Names are for people: `logistic`, a lambda and a
    function wrapped by another are the same sigmoid, and none is called so.
    """

    def wrong(activation, z):
        name = activation.f.__name__
        if name == "sigmoid":
            return activation.f(z) * (1 - activation.f(z))
        if name == "relu":
            return (z > 0) * 1.0
        return np.ones_like(z)

    def mended(activation, z):
        return activation.df(z, activation.f(z))

    def logistic(z):
        return sigmoid(z)

    renamed = Activation(logistic, df=lambda z, a: a * (1 - a))
    called = Activation(sigmoid, df=lambda z, a: a * (1 - a))
    at = np.zeros(1)

    def names_do_not_matter(slope):
        one, other = slope(called, at)[0], slope(renamed, at)[0]
        return "" if one == other else f"the slope at 0 is {one:.3g} as sigmoid, and {other:.3g} as logistic"

    return Exhibit(
        wrong,
        mended,
        measure=lambda slope: slope(renamed, at)[0],
        truth=lambda: by_moving(lambda z: sigmoid(z).sum(), at)[0],
        apart=0.5,
        caught_by=names_do_not_matter,
        source="a lecture's network class, which picks derivative and task by the name of a function",
        unit="slope of the sigmoid at z = 0",
    )
