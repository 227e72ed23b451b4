"""Activations with a dip or a wave: smooth relatives of relu, and one for what repeats itself.

`z` and `a = f(z)` are (n, width), and each function works on one element at a time.
"""

from typing import Annotated

import numpy as np
from glassnet import Activation, Range, hookimpl


def _sigmoid(z: np.ndarray) -> np.ndarray:
    # 1 / (1 + e^-z) overflows at z = -1000. Here no exponent is above 0, and both tails keep all digits.
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def swish(beta: Annotated[float, Range(0)] = 1.0) -> Activation:
    """The score times a gate that the score itself opens: a smooth relu with a dip below 0.

    f(z) = z s, where s = sigmoid(beta z)
    f'(z) = s + beta a (1 - s)

    Options:
        beta: how sharply the gate opens, in units of 1/z: 0 is the straight line z / 2, 1 is glassnet's silu,
            and relu is where it leads as beta grows

    Source: Ramachandran, Zoph and Le (2017), Searching for activation functions, arXiv 1710.05941. They also
    learn beta; here it stays as given. Keras and PyTorch mean beta = 1 by swish and SiLU.
    """

    def df(z: np.ndarray, a: np.ndarray) -> np.ndarray:
        s = _sigmoid(beta * z)
        return s + beta * a * (1 - s)

    return Activation(
        f=lambda z: z * _sigmoid(beta * z),
        df=df,
        initializer="he_uniform",
    )


def mish() -> Activation:
    """Like swish with a gate of another shape: smooth, and a little deeper in its dip.

    f(z) = z g, where g = tanh(softplus(z)) and softplus(z) = log(1 + e^z)
    f'(z) = g + z (1 - g^2) sigmoid(z), between -0.113 and 1.089

    Source: Misra (2019), Mish: a self regularized non-monotonic activation function, arXiv 1908.08681.
    PyTorch and Keras compute the same.
    """

    def gate(z: np.ndarray) -> np.ndarray:
        # log(1 + e^z) in a form that cannot overflow
        return np.tanh(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))))

    def df(z: np.ndarray, a: np.ndarray) -> np.ndarray:
        g = gate(z)
        return g + z * (1 - g**2) * _sigmoid(z)

    return Activation(
        f=lambda z: z * gate(z),
        df=df,
        initializer="he_uniform",
    )


def hard_swish() -> Activation:
    """Swish from straight lines and a parabola, without any exponential: made for telephones.

    f(z) = z min(max(z + 3, 0), 6) / 6: 0 below -3, z above 3, and z (z + 3) / 6 between
    f'(z) = 0 below -3, 1 above 3, (2 z + 3) / 6 between

    It has kinks at -3 and 3, where the slope jumps from 0 to -1/2 and from 3/2 to 1. At both the slope of the
    parabola is taken.

    Source: Howard and others (2019), Searching for MobileNetV3, arXiv 1905.02244. PyTorch's Hardswish and
    Keras's hard_silu are the same.
    """
    return Activation(
        f=lambda z: z * (np.clip(z + 3, 0, 6) / 6),
        df=lambda z, a: np.where(np.abs(z) <= 3, z / 3 + 0.5, z > 0),
        initializer="he_uniform",
    )


def snake(alpha: Annotated[float, Range(1e-6)] = 1.0) -> Activation:
    """A straight line that winds: for curves that repeat themselves, also beyond the rows that were seen.

    f(z) = z + sin(alpha z)^2 / alpha
    f'(z) = 1 + sin(2 alpha z), never below 0

    Options:
        alpha: how fast it winds, in radians per unit of z: a wave is pi / alpha long and 1 / alpha high

    The paper draws its first weights with variance 1 / fan_in, and so does the initializer suggested here. For
    curves with many waves it sets alpha between 5 and 50.

    Source: Ziyin, Hartwig and Ueda (2020), Neural networks fail to learn periodic functions and how to fix it,
    arXiv 2006.08195. They also learn alpha; here it stays as given.
    """
    return Activation(
        f=lambda z: z + np.sin(alpha * z) ** 2 / alpha,
        df=lambda z, a: 1 + np.sin(2 * alpha * z),
        initializer="lecun_normal",
    )


@hookimpl
def activations() -> list:
    return [swish, mish, hard_swish, snake]
