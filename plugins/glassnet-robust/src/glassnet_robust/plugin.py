"""Losses for data that do not behave: outliers, lopsided costs, rare classes, claims that are mostly zero.

`y` are outputs and `z` the scores before the output activation, (n, k); `t` are targets. A value is the mean
over a row's columns unless the docstring says otherwise, and `grad` is the slope of exactly that number.
`score_value` and `score_grad` are the same two as functions of z, for the natural output activation.
"""

from typing import Annotated

import numpy as np
from glassnet import Loss, Range, hookimpl


def log_cosh() -> Loss:
    """Squared for small errors and straight for large ones, like huber, but without a seam and nothing to choose.

    With r = y - t:
    value = mean over columns of log(cosh(r)), computed so that it neither overflows nor, near 0, cancels:
        log(1 + 2 sinh(r/2)^2) where |r| < 1, else |r| + log(1 + e^(-2 |r|)) - log(2)
    grad = tanh(r) / columns

    Near 0 it is r^2 / 2, far out |r| - log(2). The bend is at an error of about 1 in the target's units, which in
    training is one standard deviation of the targets.

    Source: Green (1990), Bayesian reconstructions from emission tomography data using a modified EM algorithm.
    IEEE Transactions on Medical Imaging 9. Keras calls it log_cosh too.
    """

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        r = np.abs(y - t)
        near = np.log1p(2 * np.sinh(np.minimum(r, 1) / 2) ** 2)
        far = r + np.log1p(np.exp(-2 * r)) - float(np.log(2))
        return np.where(r < 1, near, far).mean(axis=1)

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return np.tanh(y - t) / y.shape[1]

    # The natural output is the identity, so the scores are the outputs: no way back through it is needed.
    return Loss(value, grad, "identity", "regression", score_value=value, score_grad=grad)


def pinball(quantile: Annotated[float, Range(0.001, 0.999)] = 0.5) -> Loss:
    """Aims at a quantile instead of the mean: too low and too high cost differently.

    value = mean over columns of quantile (t - y) where y < t, else (1 - quantile) (y - t)
    grad = -quantile / columns where y < t, (1 - quantile) / columns where y > t, 0 where y = t

    Options:
        quantile: the share of targets that is to lie below the output. 0.5 is the median, and half of
            absolute_error; 0.9 answers: what is exceeded in one case out of ten?

    Source: Koenker and Bassett (1978), Regression quantiles. Econometrica 46. The same number as scikit-learn's
    mean_pinball_loss, where quantile is called alpha.
    """

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return np.maximum(quantile * (t - y), (1 - quantile) * (y - t)).mean(axis=1)

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        # sign is -1, 0 or 1: half of it plus a constant gives both slopes, and y == t is taken out.
        sign = np.sign(y - t)
        return (0.5 * sign + (0.5 - quantile) * np.abs(sign)) / y.shape[1]

    return Loss(value, grad, "identity", "regression", score_value=value, score_grad=grad)


def focal(gamma: Annotated[float, Range(0)] = 2.0) -> Loss:
    """Cross-entropy that looks away from rows that are right already, so that few hard ones count.

    value = -sum over columns of t (1 - y)^gamma log y (a sum, not a mean: only one class is true)
    grad = t (1 - y)^gamma (gamma log(y) / (1 - y) - 1 / y)

    In scores, with y = softmax(z) and log y = z - m - log(sum of e^(z - m)), where m is the row's largest score:
    value as above, with 1 - y = -(e^(log y) - 1), which keeps the digits of a y close to 1
    grad = y sum(c) - c, where c = t (1 - y)^gamma (1 - gamma y log(y) / (1 - y))

    Two classes in one 0/1 column get two outputs, and t is then read as [1 - t, t]. The softmax of two scores is
    the sigmoid of their difference, so this is the paper's loss for yes or no, and for more classes its usual
    extension. Several labels a row are not for it. Without softmax, y and 1 - y are kept above 1e-19 (float32) or
    1e-154 (float64) where something is divided by them.

    Options:
        gamma: how much a row that is right is turned down, a plain power: 0 is cross_entropy, and at 2 a row with
            y = 0.9 counts a hundredth of what it counts there

    The paper's alpha, a weight for each class, is the trainer's: --class-weight balanced.

    Raises ValueError for outputs outside 0 to 1, for rows of targets that are not shares of 1, and where there is
    not one output for each class.
    Source: Lin, Goyal, Girshick, He and Dollár (2017), Focal loss for dense object detection, arXiv 1708.02002.
    """

    def damped(log_y: np.ndarray, miss: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(1 - y)^gamma, and gamma log(y) / (1 - y), which stays finite: where y = 1 the first factor is 0."""
        return miss**gamma, gamma * log_y / _positive(miss)

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        t = _true_class(t)
        _require_one_class(y, t)
        return -(t * (1 - y) ** gamma * np.log(_positive(y))).sum(axis=1)

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        t = _true_class(t)
        _require_one_class(y, t)
        weight, bend = damped(np.log(_positive(y)), 1 - y)
        return t * weight * (bend - 1 / _positive(y))

    def score_value(z: np.ndarray, t: np.ndarray) -> np.ndarray:
        t = _true_class(t)
        _require_targets(z, t)
        log_y = _log_softmax(z)
        return -(t * (-np.expm1(log_y)) ** gamma * log_y).sum(axis=1)

    def score_grad(z: np.ndarray, t: np.ndarray) -> np.ndarray:
        log_y = _log_softmax(z)
        y = np.exp(log_y)
        weight, bend = damped(log_y, -np.expm1(log_y))
        c = _true_class(t) * weight * (1 - y * bend)
        return y * c.sum(axis=1, keepdims=True) - c

    return Loss(
        value,
        grad,
        "softmax",
        "multiclass",
        score_value=score_value,
        score_grad=score_grad,
        width=lambda columns: max(columns, 2),
    )


def _log_softmax(z: np.ndarray) -> np.ndarray:
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _positive(p: np.ndarray) -> np.ndarray:
    # A stand-in for 0, which has no logarithm: the root of the smallest normal number, so that 1 / p keeps
    # room to be multiplied.
    return np.maximum(p, np.sqrt(np.finfo(p.dtype).tiny))


def _true_class(t: np.ndarray) -> np.ndarray:
    return np.hstack([1 - t, t]) if t.shape[1] == 1 else t


def _require_one_class(y: np.ndarray, t: np.ndarray) -> None:
    _require_shares(y, "outputs", "use --output softmax")
    _require_targets(y, t)


def _require_targets(outputs: np.ndarray, t: np.ndarray) -> None:
    _require_shares(t, "targets", "use --loss log_cosh for numbers")
    if outputs.shape[1] != t.shape[1]:
        raise ValueError(
            f"focal needs an output for each of {t.shape[1]} classes, got {outputs.shape[1]}: "
            "use --loss binary_cross_entropy for a single output"
        )
    if (np.abs(t.sum(axis=1) - 1) > 1e-3).any():
        raise ValueError(
            "focal needs targets that sum to 1 in each row, because one class is true: "
            "use --loss binary_cross_entropy where several may be true"
        )


def _require_shares(values: np.ndarray, what: str, remedy: str) -> None:
    # Written so that NaN passes: numbers that stopped being numbers are explained where they arise.
    if (values < 0).any() or (values > 1).any():
        low, high = np.nanmin(values), np.nanmax(values)
        raise ValueError(f"focal needs {what} from 0 to 1, got {low:.4g} to {high:.4g}: {remedy}")


# The power of y that divides t would overflow for y = 0. No mean of claims or of millimetres of rain is that small.
_LEAST = 1e-10
_LEAST_SCORE = float(np.log(_LEAST))  # below it softplus(z) = e^z to the last digit


def tweedie(power: Annotated[float, Range(1.01, 1.99)] = 1.5) -> Loss:
    """For sums of chance events: many rows are exactly 0, the others positive and lopsided, as claims or rain.

    With p = power, and d what the perfect output y = t leaves:
    value = mean over columns of 2 (y^(2 - p) / (2 - p) + t y^(1 - p) / (p - 1) - d), where
    d = t^(2 - p) / ((p - 1) (2 - p))
    grad = 2 (y - t) / y^p / columns

    In scores, with y = softplus(z) and s = sigmoid(z):
    value as above; below z = log(1e-10) the part with t goes on as a straight line
    grad = 2 (s / y) (y^(2 - p) - t y^(1 - p)) / columns, the slope of exactly that

    The lowest value is 0, where y = t. Where y is divided by, it is kept above 1e-10: finite, but steep. Targets
    stay in their own units, so their size matters for the rate.

    Options:
        power: how the variance grows with the mean, as mean^power: near 1 like counts (poisson), near 2 like
            durations (gamma), and between them the sum of a Poisson number of gamma amounts

    Raises ValueError for outputs or targets below 0.
    Source: Tweedie (1984), An index which distinguishes between some important exponential families; Jørgensen
    (1987), Exponential dispersion models. JRSS B 49. The same number as scikit-learn's mean_tweedie_deviance;
    its TweedieRegressor trains on the half of it.
    """

    def kept_apart(t: np.ndarray) -> np.ndarray:
        return t ** (2 - power) / ((power - 1) * (2 - power))

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        _require_nonnegative(y, "outputs", "use --output softplus")
        _require_nonnegative(t, "targets", "use --loss log_cosh")
        pull = t * np.maximum(y, _LEAST) ** (1 - power) / (power - 1)
        return 2 * (y ** (2 - power) / (2 - power) + pull - kept_apart(t)).mean(axis=1)

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        _require_nonnegative(y, "outputs", "use --output softplus")
        _require_nonnegative(t, "targets", "use --loss log_cosh")
        return (2 / y.shape[1]) * (y - t) / np.maximum(y, _LEAST) ** power

    def score_value(z: np.ndarray, t: np.ndarray) -> np.ndarray:
        _require_nonnegative(t, "targets", "use --loss log_cosh")
        y = _softplus(z)
        beyond = np.maximum(_LEAST_SCORE - z, 0)
        pull = t * np.maximum(y, _LEAST) ** (1 - power) * (1 / (power - 1) + beyond)
        return 2 * (y ** (2 - power) / (2 - power) + pull - kept_apart(t)).mean(axis=1)

    def score_grad(z: np.ndarray, t: np.ndarray) -> np.ndarray:
        y = _softplus(z)
        least = np.maximum(y, _LEAST)
        share = -np.expm1(-least) / least  # s / y, as s = 1 - e^-y; it is 1 where y is tiny
        return (2 / z.shape[1]) * share * (y ** (2 - power) - t * least ** (1 - power))

    return Loss(
        value,
        grad,
        "softplus",
        "regression",
        score_value=score_value,
        score_grad=score_grad,
        targets="nonnegative",
    )


def _softplus(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def _require_nonnegative(values: np.ndarray, what: str, remedy: str) -> None:
    if (values < 0).any():
        raise ValueError(f"tweedie needs {what} of at least 0, got {np.nanmin(values):.4g}: {remedy}")


@hookimpl
def losses() -> list:
    return [log_cosh, pinball, focal, tweedie]
