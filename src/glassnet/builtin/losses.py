"""How wrong an output is, as one number a row, and which way is less wrong.

`y` are outputs and `z` the scores before the output activation, (n, k); `t` are targets. A value is the mean
over a row's columns unless the docstring says otherwise, and `grad` is the slope of exactly that number: if
the value is halved or averaged, so is the slope. The mean over rows, and weights, are the trainer's.

`score_value` and `score_grad` are the same loss as a function of z, for the natural output activation. There
the exponential of the output and the logarithm of the loss cancel on paper, so nothing overflows.
"""

from typing import Annotated

import numpy as np

from glassnet import Loss, Range, hookimpl


def squared_error(factor: Annotated[float, Range(1e-6)] = 1.0) -> Loss:
    """The mean squared difference: for numbers, where large errors are to hurt most.

    value = factor * mean over columns of (y - t)^2
    grad = factor * 2 (y - t) / columns

    Options:
        factor: 1 is the mean squared error of Keras and PyTorch, 0.5 the half of it that scikit-learn
            trains on, whose slope has no 2

    Source: Legendre (1805), Gauss (1809): least squares.
    """

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return factor * _mean((y - t) ** 2)

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return (2 * factor / y.shape[1]) * (y - t)

    # The natural output is the identity, so the scores are the outputs: no way back through it is needed.
    return Loss(value, grad, "identity", "regression", score_value=value, score_grad=grad)


def _mean(values: np.ndarray) -> np.ndarray:
    # Over the columns of each row. One column is its own mean, for which NumPy takes longer than for all else.
    return values[:, 0] if values.shape[1] == 1 else values.mean(axis=1)


def absolute_error() -> Loss:
    """The mean absolute difference: for numbers with outliers; it aims at the median instead of the mean.

    value = mean over columns of |y - t|
    grad = sign(y - t) / columns, with 0 where y = t
    """

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return _mean(np.abs(y - t))

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return np.sign(y - t) / y.shape[1]

    return Loss(value, grad, "identity", "regression", score_value=value, score_grad=grad)


def huber(delta: Annotated[float, Range(1e-6)] = 1.0) -> Loss:
    """Squared for small errors, straight for large ones, so that no outlier pulls harder than delta.

    With r = y - t:
    value = mean over columns of r^2 / 2 where |r| <= delta, else delta (|r| - delta / 2)
    grad = r / columns, with r cut to [-delta, delta]

    Options:
        delta: the error where the parabola turns into a line, in the target's units (standardised targets
            in training, so 1 is one standard deviation)

    Source: Huber (1964), Robust estimation of a location parameter. PyTorch's huber_loss is the same;
    its smooth_l1_loss is this divided by delta.
    """

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        r = y - t
        cut = np.clip(r, -delta, delta)
        return _mean(cut * (r - 0.5 * cut))  # both cases of the formula in one

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return np.clip(y - t, -delta, delta) / y.shape[1]

    return Loss(value, grad, "identity", "regression", score_value=value, score_grad=grad)


def hinge() -> Loss:
    """Wants every row on its own side with a margin of 1, and no more: the loss of support vector machines.

    Targets 0 and 1 become s = 2t - 1, which is -1 or +1.
    value = mean over columns of max(0, 1 - s y)
    grad = -s / columns where s y < 1, else 0

    The output is a score, no probability. One column counts as class 1 above 0; of several the largest wins.

    Raises ValueError for targets outside 0 to 1.
    Source: Cortes and Vapnik (1995), Support-vector networks.
    """

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        _require_shares(t, "hinge", "targets", "use --loss squared_error for numbers")
        return _mean(np.maximum(0, 1 - (2 * t - 1) * y))

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        _require_shares(t, "hinge", "targets", "use --loss squared_error for numbers")
        s = 2 * t - 1
        return np.where(np.isnan(y), y, (s * y < 1) * -s) / y.shape[1]

    def predict(y: np.ndarray) -> np.ndarray:
        return (y[:, 0] > 0).astype(int) if y.shape[1] == 1 else y.argmax(axis=1)

    return Loss(value, grad, "identity", "binary", predict=predict)


def _require_shares(values: np.ndarray, loss: str, what: str, remedy: str) -> None:
    # fmin and fmax pass NaN by: numbers that stopped being numbers are explained where they arise.
    if np.fmin.reduce(values, axis=None, initial=0) < 0 or np.fmax.reduce(values, axis=None, initial=1) > 1:
        low, high = np.nanmin(values), np.nanmax(values)
        raise ValueError(f"{loss} needs {what} from 0 to 1, got {low:.4g} to {high:.4g}: {remedy}")


def _positive(p: np.ndarray) -> np.ndarray:
    # A stand-in for 0, which has no logarithm: 1e-19 in float32 and 1e-154 in float64, the root of the
    # smallest normal number. So 1 / p keeps room to be multiplied by a large target or weight.
    return np.maximum(p, np.sqrt(np.finfo(p.dtype).tiny))


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def _softplus(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def binary_cross_entropy() -> Loss:
    """Minus the log-likelihood of yes or no: for one question, or for several independent ones.

    value = mean over columns of -(t log y + (1 - t) log(1 - y))
    grad = ((1 - t) / (1 - y) - t / y) / columns

    In scores, with y = sigmoid(z):
    value = mean over columns of max(z, 0) - t z + log(1 + e^-|z|)
    grad = (sigmoid(z) - t) / columns

    Without sigmoid, y and 1 - y are kept above 1e-19 (float32) or 1e-154 (float64): finite, but steep.

    Raises ValueError for outputs or targets outside 0 to 1.
    Source: Cox (1958), The regression analysis of binary sequences. Also called log loss.
    """

    def require(y: np.ndarray, t: np.ndarray) -> None:
        _require_shares(y, "binary_cross_entropy", "outputs", "use --output sigmoid")
        require_targets(t)

    def require_targets(t: np.ndarray) -> None:
        _require_shares(t, "binary_cross_entropy", "targets", "use --loss squared_error for numbers")

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        require(y, t)
        return -_mean(t * np.log(_positive(y)) + (1 - t) * np.log(_positive(1 - y)))

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        require(y, t)
        return ((1 - t) / _positive(1 - y) - t / _positive(y)) / y.shape[1]

    def score_value(z: np.ndarray, t: np.ndarray) -> np.ndarray:
        require_targets(t)
        # log(1 + e^z) - t z would lose all digits where z is large and t = 1: keep the small part apart.
        return _mean(np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(z))))

    def score_grad(z: np.ndarray, t: np.ndarray) -> np.ndarray:
        return (_sigmoid(z) - t) / z.shape[1]

    return Loss(value, grad, "sigmoid", "binary", score_value=score_value, score_grad=score_grad)


def _largest(z: np.ndarray) -> np.ndarray:
    # The largest score of each row, (n, 1). NumPy compares whole columns ten times as fast as the few of each row.
    return z.T.copy().max(axis=0)[:, None]


def _total(y: np.ndarray, one_counts: bool = False) -> np.ndarray:
    # The sum of each row, (n, 1). NumPy adds whole columns ten times as fast as the few numbers of each row, and to the
    # same bits where these are fewer than eight or all but one of them 0.
    return y.T.copy().sum(axis=0)[:, None] if one_counts or y.shape[1] < 8 else y.sum(axis=1, keepdims=True)


def cross_entropy() -> Loss:
    """Minus the log-likelihood of the true class: for one class out of several.

    value = -sum over columns of t log y (a sum, not a mean: only one class is true)
    grad = -t / y

    In scores, with y = softmax(z) and m the row's largest score:
    value = -sum over columns of t (z - m - log(sum of e^(z - m)))
    grad = softmax(z) - t, where a share below 3e-10 (float32) or 1e-77 (float64) counts as 0

    Each row of t sums to 1. Two classes in one 0/1 column need two outputs; t is then read as [1 - t, t].
    Without softmax, y is kept above 1e-19 (float32) or 1e-154 (float64): finite, but steep.

    Raises ValueError for outputs outside 0 to 1, for rows of targets that are not shares of 1, and where
    there is not one output for each class.
    Source: Bridle (1990), Probabilistic interpretation of feedforward classification network outputs.
    """

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        _require_shares(y, "cross_entropy", "outputs", "use --output softmax")
        t = _true_class(t)
        _require_one_class(t, y)
        return -_total(t * np.log(_positive(y)), one_counts=True)[:, 0]

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        _require_shares(y, "cross_entropy", "outputs", "use --output softmax")
        t = _true_class(t)
        _require_one_class(t, y)
        return -t / _positive(y)

    def score_value(z: np.ndarray, t: np.ndarray) -> np.ndarray:
        t = _true_class(t)
        _require_one_class(t, z)
        shifted = z - _largest(z)
        log_y = shifted - np.log(_total(np.exp(shifted)))
        return -_total(t * log_y, one_counts=True)[:, 0]

    def score_grad(z: np.ndarray, t: np.ndarray) -> np.ndarray:
        y = np.exp(z - _largest(z))
        y /= _total(y)
        # Smaller shares are far below the rounding of the others. Multiplied on their way back they would become
        # subnormal numbers, for which a processor takes a hundred times as long.
        nothing = float(np.finfo(y.dtype).tiny) ** 0.25
        if np.fmin.reduce(y, axis=None, initial=1.0) < nothing:
            y *= y >= nothing
        return y - _true_class(t)

    return Loss(
        value,
        grad,
        "softmax",
        "multiclass",
        score_value=score_value,
        score_grad=score_grad,
        width=lambda columns: max(columns, 2),
    )


def _true_class(t: np.ndarray) -> np.ndarray:
    return np.hstack([1 - t, t]) if t.shape[1] == 1 else t


def _require_one_class(t: np.ndarray, outputs: np.ndarray) -> None:
    _require_shares(t, "cross_entropy", "targets", "use --loss squared_error for numbers")
    if outputs.shape[1] != t.shape[1]:
        raise ValueError(
            f"cross_entropy needs an output for each of {t.shape[1]} classes, got {outputs.shape[1]}: "
            "use --loss binary_cross_entropy for a single output"
        )
    if (np.abs(_total(t, one_counts=True) - 1) > 1e-3).any():
        raise ValueError(
            "cross_entropy needs targets that sum to 1 in each row, because one class is true: "
            "use --loss binary_cross_entropy where several may be true"
        )


def poisson() -> Loss:
    """Minus the log-likelihood of counts whose mean is y, up to a part without y.

    value = mean over columns of y - t log y
    grad = (1 - t / y) / columns

    In scores, with y = softplus(z):
    value = mean over columns of y - t log y, where log y = z below z = -40
    grad = s (1 - t / y) / columns, where s = sigmoid(z) and s / y = 1 below z = -40

    The lowest value is t - t log t, not 0. Without softplus, the y in log y and t / y is kept above 1e-19
    (float32) or 1e-154 (float64): finite, but steep.

    Raises ValueError for outputs or targets below 0.
    Source: McCullagh and Nelder (1989), Generalized linear models, chapter 6. Keras's poisson is the same;
    PyTorch's poisson_nll_loss takes log y by default.
    """

    def require(y: np.ndarray, t: np.ndarray) -> None:
        if (y < 0).any():
            raise ValueError(f"poisson needs outputs of at least 0, got {np.nanmin(y):.4g}: use --output softplus")
        require_targets(t)

    def require_targets(t: np.ndarray) -> None:
        if (t < 0).any():
            raise ValueError(
                f"poisson needs targets of at least 0, as counts are, got {np.nanmin(t):.4g}: use --loss squared_error"
            )

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        require(y, t)
        return _mean(y - t * np.log(_positive(y)))

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        require(y, t)
        return (1 - t / _positive(y)) / y.shape[1]

    # Below -40 softplus(z) = e^z to the last digit, and further down e^z is 0 while its logarithm is still z.
    def score_value(z: np.ndarray, t: np.ndarray) -> np.ndarray:
        require_targets(t)
        log_y = np.log(_softplus(np.maximum(z, -40))) + np.minimum(z + 40, 0)
        return _mean(_softplus(z) - t * log_y)

    def score_grad(z: np.ndarray, t: np.ndarray) -> np.ndarray:
        y = _softplus(np.maximum(z, -40))
        s = -np.expm1(-y)
        return (s - t * (s / y)) / z.shape[1]

    return Loss(
        value,
        grad,
        "softplus",
        "regression",
        score_value=score_value,
        score_grad=score_grad,
        targets="nonnegative",
    )


@hookimpl
def losses() -> list:
    return [
        squared_error,
        absolute_error,
        huber,
        hinge,
        binary_cross_entropy,
        cross_entropy,
        poisson,
    ]
