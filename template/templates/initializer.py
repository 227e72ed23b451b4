"""An initializer for glassnet. This module is the plugin: it is all that glassnet imports of the package.

An initializer gives the weights before the first step, as a matrix of (fan_in, fan_out): column j holds what unit j
gives to each of its inputs. Chance comes only from the generator `rng` that is handed in. Put your own rule in the
place of this one; `make check` says whether its weights scatter around 0.
"""

from typing import Annotated

import numpy as np
from glassnet import Initializer, Range, hookimpl


def {{ part }}(inputs: Annotated[int, Range(1)] = 15) -> Initializer:
    """Each unit listens to a few inputs only, drawn for it; all its other weights are 0.

    W = N(0, 1) / sqrt(k) in k places of each column, else 0, with k = min(inputs, fan_in)
    b = 0

    With inputs a of mean square 1 the scores z = a W have the variance k / k = 1, however wide the layer is.

    Options:
        inputs: how many inputs a unit listens to at first; as many as there are gives a dense layer

    Source: Martens (2010), Deep learning via Hessian-free optimization, ICML, section 5.
    """

    def weights(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
        k = min(inputs, fan_in)
        # The places of the k smallest of random numbers are k places drawn without repeats.
        order = rng.random((fan_in, fan_out)).argsort(axis=0).argsort(axis=0)
        return np.where(order < k, rng.standard_normal((fan_in, fan_out)) / np.sqrt(k), 0.0)

    def biases(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
        return np.zeros(fan_out)

    return Initializer(weights, biases)


@hookimpl
def initializers() -> list:
    """Every initializer of this package: write a second one above and add its name here."""
    return [{{ part }}]
