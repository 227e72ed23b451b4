"""A metric for glassnet. This module is the plugin: it is all that glassnet imports of the package.

A metric says how good predictions are, as one number for people; training does not follow it. `sees` chooses what it
is given: class codes, scores, or numbers (n rows, columns) in the target's own units. A weight of 2 counts a row
twice. Put your own formula in the place of this one; `make check` says whether the better prediction scores better.
"""

import numpy as np
from glassnet import Metric, hookimpl


def {{ part }}() -> Metric:
    """The error as a share of the size of target and prediction: 0 is perfect, 2 the worst there is.

    value = mean over rows and columns of 2 |p - t| / (|p| + |t|), 0 where both are 0

    Unlike the error as a share of the target alone it stays finite where a target is 0.

    Source: Makridakis (1993), Accuracy measures: theoretical and practical concerns, International Journal of
    Forecasting 9.
    """

    def value(prediction: np.ndarray, target: np.ndarray, weight: np.ndarray | None) -> float:
        error, size = np.abs(prediction - target), np.abs(prediction) + np.abs(target)
        shares = 2 * error / np.where(size > 0, size, 1)  # where both are 0 the error is 0, too
        return float(np.average(shares.mean(axis=1), weights=weight))

    return Metric(value, better="lower", sees="numbers")


@hookimpl
def metrics() -> list:
    """Every metric of this package: write a second one above and add its name here."""
    return [{{ part }}]
