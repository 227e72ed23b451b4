"""The weights before the first step: random, so that units differ, and of a size that keeps signals alive.

A unit adds up fan_in inputs. If a signal is to keep its variance from layer to layer, each weight's variance
must be about 1 / fan_in; the parts below differ in what they assume about the activation. Weights come as
(fan_in, fan_out), biases as (fan_out,), both float64; the network turns them into its own dtype. All normal
ones are plain normal, not truncated at two standard deviations as in Keras. Biases start at 0.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from glassnet import Initializer, Range, hookimpl


def _no_bias(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    return np.zeros(fan_out)


def zeros() -> Initializer:
    """All weights 0: enough without a hidden layer, hopeless with one.

    W = 0

    All units of a hidden layer get the same gradient and stay equal for ever; with 0 in the next layer too
    they get none at all. Without hidden layers the loss is convex in the weights and 0 is a fine start.
    """
    return Initializer(
        weights=lambda fan_in, fan_out, rng: np.zeros((fan_in, fan_out)),
        biases=_no_bias,
    )


def uniform(bound: Annotated[float, Range(0)] = 0.05) -> Initializer:
    """Small numbers between two bounds, the same for every layer.

    W ~ U(-bound, bound), standard deviation bound / sqrt(3)

    Options:
        bound: the largest size of a weight
    """
    return Initializer(
        weights=lambda fan_in, fan_out, rng: rng.uniform(-bound, bound, (fan_in, fan_out)),
        biases=_no_bias,
    )


def normal(std: Annotated[float, Range(0)] = 0.01) -> Initializer:
    """Small normal numbers, the same spread for every layer.

    W ~ N(0, std^2)

    Options:
        std: the standard deviation of a weight

    Source: Krizhevsky, Sutskever and Hinton (2012), ImageNet classification, with 0.01. Keras uses 0.05.
    """
    return Initializer(
        weights=lambda fan_in, fan_out, rng: rng.normal(0, std, (fan_in, fan_out)),
        biases=_no_bias,
    )


def standard_normal() -> Initializer:
    """N(0, 1) weights, an exhibit of what goes wrong: scores grow with the square root of the width.

    W ~ N(0, 1)

    With 100 inputs of size 1 a score has a standard deviation of 10. Sigmoid and tanh units are then
    saturated, with a slope near 0; relu layers multiply the signal by about 7 each until it overflows.

    Source: Glorot and Bengio (2010) show why. Use glorot_uniform or he_uniform instead.
    """
    return Initializer(
        weights=lambda fan_in, fan_out, rng: rng.standard_normal((fan_in, fan_out)),
        biases=_no_bias,
    )


def lecun_normal() -> Initializer:
    """Keeps the variance of a signal going forward through units that are linear near 0.

    W ~ N(0, 1 / fan_in)

    Source: LeCun, Bottou, Orr and Müller (1998), Efficient backprop, section 4.6.
    """
    return Initializer(
        weights=lambda fan_in, fan_out, rng: rng.normal(0, np.sqrt(1 / fan_in), (fan_in, fan_out)),
        biases=_no_bias,
    )


def glorot_normal(gain: Annotated[float, Range(0)] = 1.0) -> Initializer:
    """The compromise of Glorot and Bengio, normal: signals keep their variance forward, gradients back.

    W ~ N(0, std^2), std = gain sqrt(2 / (fan_in + fan_out))

    Options:
        gain: factor on the standard deviation, 1 for units that are linear near 0

    Source: Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward networks.
    Also called Xavier.
    """

    def weights(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
        std = gain * np.sqrt(2 / (fan_in + fan_out))
        return rng.normal(0, std, (fan_in, fan_out))

    return Initializer(weights=weights, biases=_no_bias)


def glorot_uniform(gain: Annotated[float, Range(0)] = 1.0) -> Initializer:
    """The compromise of Glorot and Bengio, uniform: for tanh, sigmoid, softmax and no activation.

    W ~ U(-bound, bound), bound = gain sqrt(6 / (fan_in + fan_out)),
    standard deviation gain sqrt(2 / (fan_in + fan_out)), as in glorot_normal

    Options:
        gain: factor on the bound, 1 for units that are linear near 0

    Source: Glorot and Bengio (2010), equation 16. Also called Xavier. For its logistic activation
    scikit-learn takes 2 in place of 6, which is a gain of 0.577, and draws biases from the same bounds.
    """

    def weights(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
        bound = gain * np.sqrt(6 / (fan_in + fan_out))
        return rng.uniform(-bound, bound, (fan_in, fan_out))

    return Initializer(weights=weights, biases=_no_bias)


def he_normal() -> Initializer:
    """For relu and its relatives, normal: twice the variance, because half of the signal is cut off.

    W ~ N(0, 2 / fan_in)

    Source: He, Zhang, Ren and Sun (2015), Delving deep into rectifiers. Also called Kaiming.
    """
    return Initializer(
        weights=lambda fan_in, fan_out, rng: rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out)),
        biases=_no_bias,
    )


def he_uniform() -> Initializer:
    """For relu and its relatives, uniform: twice the variance, because half of the signal is cut off.

    W ~ U(-bound, bound), bound = sqrt(6 / fan_in), standard deviation sqrt(2 / fan_in)

    Source: He, Zhang, Ren and Sun (2015), Delving deep into rectifiers. PyTorch's Linear draws weights
    and biases from U(-1 / sqrt(fan_in), 1 / sqrt(fan_in)): a sixth of this variance.
    """

    def weights(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
        bound = np.sqrt(6 / fan_in)
        return rng.uniform(-bound, bound, (fan_in, fan_out))

    return Initializer(weights=weights, biases=_no_bias)


@hookimpl
def initializers() -> list:
    return [
        zeros,
        uniform,
        normal,
        standard_normal,
        lecun_normal,
        glorot_normal,
        glorot_uniform,
        he_normal,
        he_uniform,
    ]
