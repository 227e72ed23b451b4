"""Where libraries mean different things by the same word, and how one becomes the other.

Two libraries that "train with Adam and an L2 penalty" rarely compute the same numbers: the small epsilon sits in
another place, the penalty is halved, the loss is a sum here and a mean there. Each such difference is a row
below, with what follows from it, and a function where numbers have to be converted. All of it is exact: the
conversions are algebra, not approximations.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Convention:
    """One topic: what glassnet, scikit-learn, PyTorch and Keras do, and how to make them agree.

    A dash says that the library has no such thing.
    """

    topic: str
    glassnet: str
    sklearn: str
    torch: str
    keras: str
    convert: str


CONVENTIONS = (
    Convention(
        "Adam's epsilon",
        "added to sqrt(V), corrected for its start; 1e-8 (epsilon_place=corrected)",
        "added to sqrt(v), not corrected; 1e-8",
        "as glassnet; 1e-8",
        "as scikit-learn; 1e-7",
        "adam:epsilon_place=uncorrected follows scikit-learn and Keras; step by step, "
        "epsilon_corrected = epsilon_uncorrected / sqrt(1 - beta2^step)",
    ),
    Convention(
        "RMSprop",
        "rho 0.9, epsilon 1e-7 added to the root, rate 0.001",
        "-",
        "alpha 0.99, epsilon 1e-8 added to the root, rate 0.01",
        "rho 0.9, epsilon 1e-7 inside the root, rate 0.001",
        "rmsprop:rho=0.99,epsilon=1e-8,lr=0.01 is PyTorch's, rmsprop:epsilon_place=inside is Keras's",
    ),
    Convention(
        "Adagrad's start",
        "sum starts at 0, epsilon 1e-10 added to the root",
        "-",
        "as glassnet",
        "sum starts at 0.1, epsilon 1e-7 inside the root, rate 0.001",
        "adagrad:start=0.1,epsilon=1e-7,epsilon_place=inside,lr=0.001 is Keras's",
    ),
    Convention(
        "Momentum's rate",
        "inside the velocity (lr_place=inside)",
        "inside, Nesterov unless switched off",
        "outside the velocity",
        "inside",
        "the same steps at a constant rate, and under a schedule here, since it scales the change; "
        "velocity_inside = lr * velocity_outside",
    ),
    Convention(
        "Squared error",
        "mean over rows and columns (factor=1)",
        "half of that mean, but the slope is that of half the sum over columns",
        "mean over rows and columns",
        "mean over columns, then rows",
        "squared_error:factor=0.5 shows scikit-learn's numbers; its slope is columns / (2 factor) times ours",
    ),
    Convention(
        "Cross-entropy of several labels",
        "mean over columns",
        "sum over columns",
        "mean over columns",
        "mean over columns",
        "scikit-learn's loss and slope are as many times ours as there are columns",
    ),
    Convention(
        "L2 penalty",
        "l2/2 * sum(W^2) beside the mean loss; no biases",
        "alpha/(2 rows) * sum(W^2), rows of the batch; no biases",
        "weight_decay * w in the slope, biases too",
        "l2 * sum(W^2) for each layer that has it",
        "alpha = l2 * rows of the batch; weight_decay = l2 in a group of weights alone; Keras's l2 is ours / 2",
    ),
    Convention(
        "AdamW's decay",
        "lr * weight_decay * w, biases too",
        "-",
        "as glassnet",
        "as glassnet, default 0.004",
        "none: PyTorch's and our default is 0.01",
    ),
    Convention(
        "Initial weights",
        "by activation: he_uniform for relu, glorot_uniform for tanh",
        "glorot_uniform (bound sqrt(2/(i+o)) for logistic)",
        "uniform within 1/sqrt(inputs)",
        "glorot_uniform",
        "--initializer takes any of them; to compare, the very same arrays are handed over",
    ),
    Convention(
        "Initial biases",
        "0",
        "uniform, bound as for the weights",
        "uniform within 1/sqrt(inputs)",
        "0",
        "handed over with the weights",
    ),
    Convention(
        "Weight matrix",
        "(inputs, outputs)",
        "(inputs, outputs)",
        "(outputs, inputs)",
        "(inputs, outputs)",
        "transpose for PyTorch",
    ),
    Convention(
        "Leaky ReLU's slope",
        "0.01",
        "-",
        "0.01",
        "0.3 as a layer, 0.2 as a function",
        "leaky_relu:slope=0.2",
    ),
    Convention(
        "GELU",
        "exact, with the normal distribution",
        "-",
        "exact",
        "exact",
        "none",
    ),
    Convention(
        "Batch norm: momentum",
        "0.1 of the batch is taken in",
        "-",
        "0.1 of the batch is taken in",
        "0.99 of the past is kept",
        "Keras's momentum is 1 - ours: 0.9",
    ),
    Convention(
        "Batch norm: epsilon, variance",
        "1e-5; the running variance divides by n - 1",
        "-",
        "as glassnet",
        "1e-3; the running variance divides by n",
        "unbiased = biased * n / (n - 1), n the rows of the batch",
    ),
    Convention(
        "Early stopping",
        "any metric of the validation rows; ends after `patience` epochs without a better one",
        "accuracy or R^2; one epoch later, and only gains above tol count",
        "-",
        "any metric; as glassnet",
        "scikit-learn's n_iter_no_change is our patience - 1",
    ),
)  # fmt: skip


def epsilon_corrected(epsilon: float, beta2: float, step: int) -> float:
    """The epsilon that, added to Adam's corrected root, acts as `epsilon` does on the uncorrected one.

    epsilon / sqrt(1 - beta2^step)

    scikit-learn and Keras divide by sqrt(v) + epsilon and put the correction into the rate; PyTorch divides by
    sqrt(v / (1 - beta2^step)) + epsilon. `step` counts from 1.
    """
    return float(epsilon / (1.0 - beta2**step) ** 0.5)


def epsilon_uncorrected(epsilon: float, beta2: float, step: int) -> float:
    """The way back: the epsilon on Adam's uncorrected root that acts as `epsilon` on the corrected one.

    epsilon * sqrt(1 - beta2^step)
    """
    return float(epsilon * (1.0 - beta2**step) ** 0.5)


def sklearn_alpha(l2: float, rows: int) -> float:
    """scikit-learn's `alpha` for a batch of so many rows: it divides the penalty by them.

    alpha = l2 * rows, so that alpha / (2 rows) * sum(W^2) = l2/2 * sum(W^2)
    """
    return l2 * rows


def keras_l2(l2: float) -> float:
    """The factor of Keras's `L2` regularizer, which has no half in it: l2 / 2."""
    return l2 / 2


def keras_momentum(momentum: float) -> float:
    """Batch normalisation's momentum as Keras counts it, the share of the past that is kept: 1 - momentum."""
    return 1.0 - momentum


def sklearn_slope(loss: str, columns: int, factor: float = 1.0) -> float:
    """How many times our slope scikit-learn's is, for the same loss of `columns` outputs.

    columns / (2 factor) for squared_error, columns for binary_cross_entropy, 1 for cross_entropy

    It sums over the columns where we average, and trains on half the squared error. A slope that is r times as
    long is the same training at rate / r (sgd, momentum, nesterov) or epsilon * r (adam), with a penalty r times
    as large. Raises `KeyError` for a loss that scikit-learn's networks have no equal for.
    Source: its code as of 1.9; for regression see scikit-learn's issue 8349.
    """
    return {"squared_error": columns / (2 * factor), "binary_cross_entropy": float(columns), "cross_entropy": 1.0}[loss]


def sklearn_loss(loss: str, columns: int, factor: float = 1.0) -> float:
    """How many times our loss is the number that scikit-learn reports for it, penalties aside.

    1 / (2 factor) for squared_error, columns for binary_cross_entropy, 1 for cross_entropy

    For several numbers this is not the factor of the slopes: the loss is a mean over columns, its slope that of
    the sum. Raises `KeyError` as `sklearn_slope`.
    """
    return {"squared_error": 1 / (2 * factor), "binary_cross_entropy": float(columns), "cross_entropy": 1.0}[loss]
