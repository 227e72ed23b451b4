"""An activation for glassnet. This module is the plugin: it is all that glassnet imports of the package.

An activation bends the scores z of a layer into its outputs a, both (n rows, width), one element at a time.
Put your own formula in the place of this one; `make check` says whether its slope is right.
"""

from typing import Annotated

import numpy as np
from glassnet import Activation, Range, hookimpl


def {{ part }}(alpha: Annotated[float, Range(1e-6)] = 1.0) -> Activation:
    """A relu that levels off smoothly below 0, at -1 / sqrt(alpha), without an exponential.

    f(z) = z where z >= 0, else z / sqrt(1 + alpha z^2)
    f'(z) = 1 where z >= 0, else (1 + alpha z^2)^(-3/2)

    Options:
        alpha: how soon it levels off; 1 does so at -1, 4 at -1/2

    Source: Carlile, Delamarter, Kinney, Marti and Whitney (2017), Improving deep learning by inverse square
    root linear units (ISRLUs), arXiv:1710.09967.
    """

    def f(z: np.ndarray) -> np.ndarray:
        below = np.minimum(z, 0)  # 0 where z is positive, so that only one term of the sum counts
        return np.maximum(z, 0) + below / np.sqrt(1 + alpha * below**2)

    return Activation(
        f=f,
        df=lambda z, a: (1 + alpha * np.minimum(z, 0) ** 2) ** -1.5,
        initializer="he_uniform",
    )


@hookimpl
def activations() -> list:
    """Every activation of this package: write a second one above and add its name here."""
    return [{{ part }}]
