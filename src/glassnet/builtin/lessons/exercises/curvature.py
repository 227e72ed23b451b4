"""Exercises on curvature: Newton's step, a bend from two slopes, and a training that needs no rate."""

import numpy as np

from glassnet.lessons import choice, function, run


def bowls(rng):
    """A place, its slope and the Hessian, one weight first."""
    yield np.array([3.0]), np.array([6.0]), np.array([[2.0]])
    yield np.array([10.0, 1.0]), np.array([10.0, 100.0]), np.array([[1.0, 0.0], [0.0, 100.0]])
    for d in (2, 4):
        A = rng.normal(size=(d + 2, d))
        yield rng.normal(size=d), rng.normal(size=d), A.T @ A + np.eye(d)


def by_solving(w, g, H):
    """The place after one step of Newton's from w, with the gradient g and the Hessian H."""
    return w - np.linalg.solve(H, g)


def by_eigenvectors(w, g, H):
    bends, ways = np.linalg.eigh(H)
    for bend, way in zip(bends, ways.T):
        w = w - (way @ g) / bend * way
    return w


def multiplied(w, g, H):
    return w - H @ g


def diagonal_only(w, g, H):
    return w - g / np.diag(H)


def away(w, g, H):
    return w + np.linalg.solve(H, g)


def largest_bend(w, g, H):
    return w - g / np.linalg.eigvalsh(H)[-1]


def pairs(rng):
    """Two places and their slopes: a parabola first."""
    yield 0.0, -4.0, 1.0, -2.0
    yield 1.0, 6.0, 0.5, 1.0
    for _ in range(4):
        w0, w1 = rng.normal(size=2)
        yield w0, 3 * (w0 - 0.5) + w0**3, w1, 3 * (w1 - 0.5) + w1**3


def by_bend(w0, g0, w1, g1):
    """Where the slope would be 0 if it went on as between w0 and w1; g0 and g1 are the slopes there."""
    bend = (g1 - g0) / (w1 - w0)
    return w1 - g1 / bend


def by_line(w0, g0, w1, g1):
    return (w0 * g1 - w1 * g0) / (g1 - g0)


def the_bend(w0, g0, w1, g1):
    return (g1 - g0) / (w1 - w0)


def upside_down(w0, g0, w1, g1):
    return w1 - g1 * (g1 - g0) / (w1 - w0)


def old_slope(w0, g0, w1, g1):
    bend = (g1 - g0) / (w1 - w0)
    return w1 - g0 / bend


def halfway(w0, g0, w1, g1):
    return (w0 + w1) / 2


exercises = (
    function(
        "newton",
        "Write `newton(w, g, H)`: the place after one step of Newton's from w, with the gradient g, (d,), and the "
        "Hessian H, (d, d).",
        inputs=bowls,
        right=(by_solving, by_eigenvectors),
        wrong=(
            (multiplied, "It multiplies by the bend: the step is divided by it, steep directions get shorter steps."),
            (
                diagonal_only,
                "It divides by the diagonal alone: bends between two weights count, too. Solve with the whole H.",
            ),
            (away, "The sign is turned round: it goes uphill."),
            (largest_bend, "It divides all by the largest bend, which is plain descent with a good rate."),
        ),
        hints=("np.linalg.solve(H, g) is $H^{-1} g$.",),
        relative=1e-5,
    ),
    function(
        "secant",
        "Write `secant(w0, g0, w1, g1)`: the slopes g0 and g1 were felt at w0 and w1. Guess the bend between the two, "
        "and return the place where the slope will be 0 if it goes on like this.",
        inputs=pairs,
        right=(by_bend, by_line),
        wrong=(
            (the_bend, "That is the bend. Where does it lead from w1? Go back g1 divided by it."),
            (upside_down, "It multiplies by the bend: divide by it."),
            (old_slope, "The step starts at w1, and so it needs the slope there, g1."),
            (halfway, "That is half way between the two, whatever the slopes are."),
        ),
        hints=("The bend is (g1 - g0) / (w1 - w0).", "Newton's step from w1: w1 - g1 / bend."),
    ),
    choice(
        "smooth",
        "Why does L-BFGS refuse batches?",
        {
            "It would be too slow": "A batch would make each step quicker, and not slower.",
            "The change of the slope would come from the change of batch": "Right: two batches have two landscapes, "
            "and the difference of their slopes says nothing of the bend.",
            "Its memory would overflow": "It keeps ten pairs, whatever the rows.",
            "It needs a rate for batches": "It searches along its direction, and needs no rate.",
        },
        "The change of the slope would come from the change of batch",
        hints=("From what does it guess the bend?",),
    ),
    run(
        "fit",
        "The set `sine` is a noisy wave. Train it so that r2 on the test rows is at least 0.97, whatever the seed, "
        'with at most 8 hidden units and 60 epochs: `fit = "glassnet train sine ..."`.',
        dataset="sine",
        right=(
            "glassnet train sine --hidden 8 --activation tanh --optimizer lbfgs --epochs 60",
            {"hidden": "8", "activation": "tanh", "optimizer": "lbfgs:memory=20", "epochs": 50},
        ),
        wrong=(
            (
                "glassnet train sine --hidden 8 --activation tanh --optimizer sgd --epochs 60",
                "Plain descent creeps at this rate.",
            ),
            (
                "glassnet train sine --hidden none --optimizer lbfgs --epochs 60",
                "Without a hidden layer it is a line, and a wave is none.",
            ),
            (
                "glassnet train sine --hidden 8 --activation tanh --epochs 60",
                "Sixty epochs are too few for the default solver: which one gets more out of a look at all rows?",
            ),
        ),
        reach={"r2": 0.97},
        most={"epochs": 60, "hidden": 8},
        hints=(
            "200 rows, 60 looks at all of them: which solver is made for this?",
            "tanh bends smoothly, as a wave does.",
        ),
    ),
)
