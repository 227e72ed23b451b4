"""A loss for glassnet. This module is the plugin: it is all that glassnet imports of the package.

A loss says how wrong the outputs y are for the targets t, both (n rows, columns), as one number a row. The
mean over rows and the weights belong to the trainer. Put your own formula in the place of this one;
`make check` says whether `grad` is the slope of `value`.
"""

from typing import Annotated

import numpy as np
from glassnet import Loss, Range, hookimpl


def {{ part }}(scale: Annotated[float, Range(1e-6)] = 1.0) -> Loss:
    """Squared for small errors, a logarithm for large ones: far outliers hardly pull at all.

    With r = (y - t) / scale:
    value = mean over columns of scale^2 / 2 * log(1 + r^2)
    grad = scale r / (1 + r^2) / columns

    Options:
        scale: the error that pulls most, in the target's units (training standardises targets, so that 1
            is one standard deviation); larger errors pull less again

    Source: the Cauchy loss in Zhang (1997), Parameter estimation techniques: a tutorial with application to
    conic fitting, Image and Vision Computing 15.
    """

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        r = (y - t) / scale
        return (scale**2 / 2 * np.log1p(r * r)).mean(axis=1)

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        r = (y - t) / scale
        return scale * r / (1 + r * r) / y.shape[1]

    # The natural output is the identity: scores are outputs, and the same two functions serve for both.
    return Loss(value, grad, "identity", "regression", score_value=value, score_grad=grad)


@hookimpl
def losses() -> list:
    """Every loss of this package: write a second one above and add its name here."""
    return [{{ part }}]
