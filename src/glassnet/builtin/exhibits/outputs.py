"""Mistakes in what a network puts out, and in the losses that judge it."""

import numpy as np

from glassnet import Exhibit

from .tried import by_moving, softmax


def one_slope_for_all_costs() -> Exhibit:
    """Output minus target is taken for the slope whatever the cost, here one that is averaged over all entries.

    y - t is the slope in the scores of one row's cross-entropy, behind a softmax. The cost here is
    -mean(t log y) over n rows times k classes, so its slope is (y - t) / (n k); with a squared error not even the
    direction would be right. A loss and its slope are declared together, or they drift apart.
    """
    rng = np.random.default_rng(1)
    z, t = rng.normal(size=(20, 3)), np.eye(3)[rng.integers(3, size=20)]

    def wrong(z, t):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        y = e / e.sum(axis=1, keepdims=True)
        return y - t

    def mended(z, t):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        y = e / e.sum(axis=1, keepdims=True)
        return (y - t) / y.size

    def cost(z):
        return -np.mean(t * np.log(softmax(z)))

    def ratio(slope):
        return slope(z, t)[0, 0] / by_moving(cost, z)[0, 0]

    def gradient_check(slope):
        off = ratio(slope)
        return (
            "" if abs(off - 1) < 1e-5 else f"its slopes are {off:.3g} times those found by moving each score a little"
        )

    return Exhibit(
        wrong,
        mended,
        measure=ratio,
        truth=lambda: 1.0,  # a slope is once itself; the slope that it is held against is found by moving
        apart=10,
        caught_by=gradient_check,
        source="a lecture's network class, in the branch for softmax",
        unit="slope, in true slopes (20 rows, 3 classes)",
    )


def half_for_many_classes() -> Exhibit:
    """Each class is called by a threshold of 0.5: a row where no class is that sure gets none at all.

    With two classes one of them has at least 0.5; with three, (0.40, 0.35, 0.25) is a clear answer that passes no
    threshold. The answer is the largest: argmax over the classes.
    """

    def wrong(probabilities):
        return (probabilities > 0.5).astype(int)

    def mended(probabilities):
        return np.eye(probabilities.shape[1], dtype=int)[probabilities.argmax(axis=1)]

    def of_iris():
        from sklearn.datasets import load_iris
        from sklearn.linear_model import LogisticRegression

        X, t = load_iris(return_X_y=True)
        return LogisticRegression(C=0.01, max_iter=500).fit(X, t).predict_proba(X)

    def one_class_each(predict):
        rows = np.array([[0.40, 0.35, 0.25], [0.1, 0.2, 0.7]])
        answers = predict(rows)
        bad = [i for i in (0, 1) if answers[i].sum() != 1]
        return f"of the probabilities {rows[bad[0]].tolist()} it makes {answers[bad[0]].tolist()}" if bad else ""

    return Exhibit(
        wrong,
        mended,
        measure=lambda predict: (predict(of_iris()).sum(axis=1) == 0).sum(),
        truth=lambda: 0.0,  # every flower is of some species
        apart=5,
        caught_by=one_class_each,
        source="a lecture's network class, whose predict was written for two classes",
        unit="irises of 150 that get no species",
    )


def overflow_changes_all() -> Exhibit:
    """One score overflows, and the rescue turns the whole array into 0 and 1, rows without a fault as well.

    e^1000 is more than a float can hold. A formula that never computes it needs no rescue: with e = e^-|z|, which is
    never above 1, 1 / (1 + e) for z >= 0 and e / (1 + e) below.
    """

    def wrong(z):
        try:
            with np.errstate(over="raise"):
                return 1 / (1 + np.exp(-z))
        except FloatingPointError:
            return np.where(z > 0, 1.0, 0.0)

    def mended(z):
        e = np.exp(-np.abs(z))
        return np.where(z >= 0, 1, e) / (1 + e)

    z = np.array([-1000.0, 0.0, 3.0])

    def alone_as_together(sigmoid):
        together, alone = sigmoid(z), [float(sigmoid(z[i : i + 1])[0]) for i in range(3)]
        off = [i for i in range(3) if abs(together[i] - alone[i]) > 1e-9]
        if not off:
            return ""
        i = off[0]
        return f"z = {z[i]:g} gives {alone[i]:.3g} alone, and {together[i]:.3g} beside a row of -1000"

    def truth():
        from scipy.special import expit

        return expit(0.0)

    return Exhibit(
        wrong,
        mended,
        measure=lambda sigmoid: sigmoid(z)[1],
        truth=truth,
        apart=0.4,
        caught_by=alone_as_together,
        source="a lecture's sigmoid, with a handler for overflow",
        unit="sigmoid of 0, beside a score of -1000",
    )


def softmax_almost_one() -> Exhibit:
    """A little something in the denominator of softmax: no row adds up to 1, and nothing is gained.

    It was to prevent a division by 0. But once the largest score is subtracted, one term is e^0 = 1 and the sum is
    at least that. (Without subtracting, scores of -30 would make rows that add up to 0.0003.)
    """

    def wrong(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / (e.sum(axis=1, keepdims=True) + 1e-9)

    def mended(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    z = np.array([[50.0, 0.0, -20.0], [1.0, 2.0, 3.0]])

    def missing(softmax):
        return 1e9 * (1 - softmax(z).sum(axis=1)[0])

    def rows_add_up(softmax):
        off = missing(softmax)
        return (
            ""
            if abs(off) < 1e-3
            else f"the first row is {off:.3g} billionth short of 1, a million times what rounding takes"
        )

    def truth():
        from scipy.special import softmax

        return missing(lambda z: softmax(z, axis=1))

    return Exhibit(
        wrong,
        mended,
        measure=missing,
        truth=truth,
        apart=0.5,
        caught_by=rows_add_up,
        source="a lecture's softmax, with a guard against a division by zero",
        unit="billionths that are missing from a row",
    )


def scores_as_probabilities() -> Exhibit:
    """Cross-entropy is fed the scores 4, 5, 6: it takes their logarithms as if they were probabilities.

    -log p is never below 0, as p is never above 1; -log s of a score s > 1 is. Scores become probabilities first, by
    softmax: -log(e^s / sum e^s) = log(sum e^s) - s. A loss should refuse what lies outside of its domain.
    """

    def wrong(scores, true_class):
        return -np.log(scores[true_class])

    def mended(scores, true_class):
        below = scores - scores.max()
        return np.log(np.exp(below).sum()) - below[true_class]

    scores = np.array([4.0, 5.0, 6.0])

    def never_below_zero(cost):
        said = [float(cost(scores, k)) for k in range(3)]
        return f"it costs {min(said):.3g}: no cross-entropy with a class is below 0" if min(said) < 0 else ""

    def truth():
        from scipy.special import log_softmax

        return -log_softmax(scores)[2]

    return Exhibit(
        wrong,
        mended,
        measure=lambda cost: cost(scores, 2),
        truth=truth,
        apart=1,
        caught_by=never_below_zero,
        source="a lecture's try-out of its cost functions",
        unit="cross-entropy of the scores 4, 5, 6",
    )


def log_of_nothing() -> Exhibit:
    """The loss takes the logarithm of a probability that was rounded to 0 or 1: infinite, or not a number.

    From z = 37 on the sigmoid is exactly 1 in floats, and log(1 - y) = log(0). Written with the score, exponential
    and logarithm cancel on paper: max(z, 0) - t z + log(1 + e^-|z|), finite for every z.
    """

    def wrong(z, t):
        y = 1 / (1 + np.exp(-z))
        return -(t * np.log(y) + (1 - t) * np.log(1 - y))

    def mended(z, t):
        return np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(z)))

    z = np.array([-800.0, -50.0, -1.0, 1.0, 50.0, 800.0])

    def unknown(loss):
        return sum((~np.isfinite(loss(z, t))).sum() for t in (0.0, 1.0))

    def sure_and_wrong(loss):
        said = float(loss(np.array([40.0]), 0.0)[0])
        return (
            "" if abs(said - 40) < 1e-6 else f"a row with score 40 and target 0 costs {said:.3g}, and it should cost 40"
        )

    def truth():
        from scipy.special import log_expit

        return sum((~np.isfinite(log_expit(sign * z))).sum() for sign in (-1, 1))

    return Exhibit(
        wrong,
        mended,
        measure=unknown,
        truth=truth,
        apart=3,
        caught_by=sure_and_wrong,
        source="a notebook's logistic regression, once it is sure of a row",
        unit="losses of 12 that are no finite number",
    )


def loss_from_accuracy() -> Exhibit:
    """A loss computed from the accuracy: it does not change when a weight moves a little, so nothing can learn.

    Accuracy only jumps, when a row crosses the threshold; between the jumps its slope is 0. Training needs a loss
    that feels how sure each answer is. Of cross-entropy the slope in a score is sigmoid(z) - t.
    The same notes have more of the kind: a unit's value need not lie between 0 and 1 (think of relu and tanh), tanh is
    no more extreme than its -1 and 1, and grey pictures have one channel, not the three of RGB.
    """

    def wrong(z, t):
        return 1 - np.mean((z > 0) == (t == 1))

    def mended(z, t):
        return np.mean(np.logaddexp(0, z) - t * z)

    z, t = np.array([0.3]), np.array([1.0])

    def something_to_follow(loss):
        slopes = by_moving(lambda z: loss(z, np.array([1.0, 0.0, 1.0])), [0.3, 1.2, -2.0])
        return (
            ""
            if slopes.any()
            else "three rows, one right and two wrong, and no score has a slope: nothing says where to go"
        )

    def truth():
        from scipy.special import expit

        return expit(0.3) - 1

    return Exhibit(
        wrong,
        mended,
        measure=lambda loss: by_moving(lambda z: loss(z, t), z)[0],
        truth=truth,
        apart=0.3,
        caught_by=something_to_follow,
        source="course notes that explain what a loss is calculated from",
        unit="slope of the loss in a score of 0.3",
    )


def one_cost_three_scales() -> Exhibit:
    """A cost is the mean over rows in the text, and over rows times classes in the code: a third of it.

    Sum, half the sum, mean over rows and mean over entries have the same minimum. But rates, penalties and reported
    figures depend on the scale, so it is said once, by name, for text, code and gradient.
    """

    def wrong(y, t):
        return -np.mean(t * np.log(y))

    def mended(y, t):
        return -np.mean(np.sum(t * np.log(y), axis=1))

    classes = np.array([0, 1, 2, 2, 1, 0])
    guess = np.full((6, 3), 1 / 3)

    def guessing_costs_log_k(cost):
        for k in (2, 3, 10):
            said = cost(np.full((k, k), 1 / k), np.eye(k))
            if abs(said - np.log(k)) > 1e-9:
                return f"guessing among {k} classes costs {said:.3g}, and it should cost log {k} = {np.log(k):.3g}"
        return ""

    def truth():
        from sklearn.metrics import log_loss

        return log_loss(classes, guess, labels=[0, 1, 2])

    return Exhibit(
        wrong,
        mended,
        measure=lambda cost: cost(guess, np.eye(3)[classes]),
        truth=truth,
        apart=0.5,
        caught_by=guessing_costs_log_k,
        source="a lecture whose formulas and code divide the cost by different numbers",
        unit="cross-entropy of guessing among 3 classes",
    )
