"""What bends the straight lines: without an activation, layers on layers are still one linear map.

Every part gives its formula `f` and its slope `df`, where `a = f(z)` is handed over because many slopes are
cheaper from it. `z` and `a` are (n, width); each function works on one element at a time, except softmax.
"""

import math
from functools import cache
from typing import Annotated

import numpy as np

from glassnet import Activation, Range, hookimpl


def identity() -> Activation:
    """No bend at all: the output of a network that predicts numbers.

    f(z) = z, f'(z) = 1
    """
    return Activation(
        f=lambda z: z,
        df=lambda z, a: np.ones_like(z),
    )


def step() -> Activation:
    """All or nothing, as in the perceptron: it cannot learn by gradients, its slope is 0 everywhere.

    f(z) = 1 where z >= 0, else 0;  f'(z) = 0

    The true slope at the jump does not exist. With 0 in its place no layer before a step ever moves.

    Source: Rosenblatt (1958), The perceptron. Psychological Review 65.
    """
    return Activation(
        f=lambda z: np.heaviside(z, 1),
        df=lambda z, a: np.zeros_like(z),
    )


def _sigmoid(z: np.ndarray) -> np.ndarray:
    # 1 / (1 + e^-z) overflows at z = -1000. Held where it is the smallest normal number, it doesn't, both tails keep
    # all digits, and no subnormal numbers come out: a processor takes a hundred times as long for those.
    e = np.maximum(z, _lowest(z.dtype))
    np.negative(e, out=e)
    np.exp(e, out=e)
    e += 1
    return np.reciprocal(e, out=e)


def _sigmoid_slope(z: np.ndarray, a: np.ndarray) -> np.ndarray:
    slope = 1 - a
    slope *= a
    # A slope below 3e-10 (float32) or 1e-77 (float64) counts as 0: several layers of such slopes would make
    # subnormal numbers.
    nothing = float(np.finfo(a.dtype).tiny) ** 0.25
    if np.fmin.reduce(a, axis=None, initial=1.0) < nothing:
        slope *= a >= nothing
    return slope


@cache
def _lowest(dtype: np.dtype) -> float:
    """The score whose sigmoid is the smallest normal number, just about: -87 in float32, -708 in float64."""
    return math.ceil(math.log(np.finfo(dtype).tiny))


def sigmoid() -> Activation:
    """From 0 to 1: the probability whose log-odds are z.

    f(z) = 1 / (1 + e^-z), with z held above -87 (float32) or -708 (float64)
    f'(z) = a (1 - a), at most 1/4: one reason why gradients fade through many such layers

    Source: Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating errors.
    scikit-learn calls it logistic.
    """
    return Activation(
        f=_sigmoid,
        df=_sigmoid_slope,
    )


def tanh() -> Activation:
    """From -1 to 1: a sigmoid that is centred on 0, so that the next layer sees inputs of both signs.

    f(z) = (e^z - e^-z) / (e^z + e^-z) = 2 sigmoid(2z) - 1
    f'(z) = 1 - a^2

    Source: LeCun, Bottou, Orr and Müller (1998), Efficient backprop.
    """
    return Activation(
        f=np.tanh,
        df=lambda z, a: 1 - a**2,
    )


def relu() -> Activation:
    """Positive scores pass, the rest is 0: cheap, and the slope does not fade.

    f(z) = max(z, 0)
    f'(z) = 1 where z > 0, else 0 (there is no slope at z = 0; 0 is chosen, as PyTorch and scikit-learn do)

    A unit whose score is negative for every row gets no gradient and stays silent: it is dead.

    Source: Nair and Hinton (2010), Rectified linear units improve restricted Boltzmann machines.
    """
    return Activation(
        f=lambda z: np.maximum(z, 0),
        df=lambda z, a: z > 0,
        initializer="he_uniform",
    )


def leaky_relu(slope: Annotated[float, Range(0, 1)] = 0.01) -> Activation:
    """A relu that leaks a little below 0, so that no unit dies.

    f(z) = z where z > 0, else slope * z: the larger of the two, as slope is at most 1
    f'(z) = 1 where z > 0, else slope

    Options:
        slope: the slope below 0

    Source: Maas, Hannun and Ng (2013), Rectifier nonlinearities improve neural network acoustic models.
    PyTorch uses 0.01 too; Keras 0.3 in its layer and 0.2 in its function.
    """
    return Activation(
        f=lambda z: np.maximum(z, slope * z),
        # Two Python numbers alone would give float64: the dtype has to come from z.
        df=lambda z, a: np.where(z > 0, z.dtype.type(1), z.dtype.type(slope)),
        initializer="he_uniform",
    )


def elu(alpha: Annotated[float, Range(0)] = 1.0) -> Activation:
    """Like relu above 0, levelling off at -alpha below, so that the mean output comes closer to 0.

    f(z) = z where z > 0, else alpha (e^z - 1), computed as max(z, 0) + alpha (e^min(z, 0) - 1)
    f'(z) = 1 where z > 0, else a + alpha

    Options:
        alpha: how far below 0 the output can go

    Source: Clevert, Unterthiner and Hochreiter (2016), Fast and accurate deep network learning by ELUs.
    """
    return Activation(
        f=lambda z: np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0)),
        df=lambda z, a: np.where(z > 0, 1, a + alpha),
        initializer="he_uniform",
    )


def softplus() -> Activation:
    """A relu with a round corner, always positive: the output for counts and other positive means.

    f(z) = log(1 + e^z), computed as max(z, 0) + log(1 + e^-|z|), which cannot overflow
    f'(z) = sigmoid(z) = 1 - e^-a

    Source: Dugas and others (2001), Incorporating second-order functional knowledge.
    """
    return Activation(
        f=lambda z: np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))),
        df=lambda z, a: -np.expm1(-a),
        initializer="he_uniform",
    )


def silu() -> Activation:
    """Sigmoid linear unit, also called swish: smooth like softplus, with a dip below 0.

    f(z) = z s, where s = sigmoid(z)
    f'(z) = s + a (1 - s), negative left of z = -1.28: it cannot be told from the output alone

    Source: Elfwing, Uchibe and Doya (2018), Sigmoid-weighted linear units. Neural Networks 107.
    """

    def df(z: np.ndarray, a: np.ndarray) -> np.ndarray:
        s = _sigmoid(z)
        return s + a * (1 - s)

    return Activation(
        f=lambda z: np.maximum(z, -1000) * _sigmoid(z),  # the sigmoid never is 0, and the largest z would show it
        df=df,
        initializer="he_uniform",
    )


def gelu() -> Activation:
    """Gaussian error linear unit: z times the chance that a standard normal number is below z.

    f(z) = z Phi(z), where Phi(z) = (1 + erf(z / sqrt(2))) / 2 is the normal distribution function
    f'(z) = Phi(z) + z e^(-z^2 / 2) / sqrt(2 pi)

    Source: Hendrycks and Gimpel (2016), Gaussian error linear units, arXiv 1606.08415.
    This is the exact form; "gelu with tanh" elsewhere is an approximation of it.
    """
    from scipy.special import ndtr as Phi

    root = float(np.sqrt(2 * np.pi))
    return Activation(
        f=lambda z: z * Phi(z),
        df=lambda z, a: Phi(z) + z * np.exp(-0.5 * z**2) / root,
        initializer="he_uniform",
    )


def softmax() -> Activation:
    """Scores to probabilities: every row is positive and sums to 1, the output for several classes.

    f(z)_j = e^(z_j - m) / sum_k e^(z_k - m), where m is the row's largest score: it changes nothing
    in the result, and no exponent is above 0

    Columns mix, so there is no slope for each element. With u the loss's slope in a, its slope in z is
    a_j (u_j - sum_k u_k a_k)

    Source: Bridle (1990), Probabilistic interpretation of feedforward classification network outputs.
    """

    def f(z: np.ndarray) -> np.ndarray:
        largest = z.T.copy().max(axis=0)[..., None]  # of each row: NumPy compares whole columns ten times as fast
        e = np.exp(z - largest)
        return e / e.sum(axis=-1, keepdims=True)

    def vjp(z: np.ndarray, a: np.ndarray, upstream: np.ndarray) -> np.ndarray:
        return a * (upstream - (a * upstream).sum(axis=-1, keepdims=True))

    return Activation(f=f, vjp=vjp)


@hookimpl
def activations() -> list:
    return [
        identity,
        step,
        sigmoid,
        tanh,
        relu,
        leaky_relu,
        elu,
        softplus,
        silu,
        gelu,
        softmax,
    ]
