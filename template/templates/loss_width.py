"""A loss for glassnet. This module is the plugin: it is all that glassnet imports of the package.

A loss says how wrong the outputs y are for the targets t, as one number a row. Here a target column wants three
outputs: `width` says so, `predict` says which of them is the prediction, and `further` names the others. Put your own
formula in the place of this one; `make check` says whether `grad` is the slope of `value`.
"""

from typing import Annotated

import numpy as np
from glassnet import Loss, Range, hookimpl


def {{ part }}(inside: Annotated[float, Range(0.01, 0.99)] = 0.8) -> Loss:
    """A number with a band around it: between a lower and an upper output lies the truth with a known chance.

    With outputs y = [lower, middle, upper] of every column, and q = (1 - inside) / 2, 1 / 2, (1 + inside) / 2:
    value = mean over columns and outputs of q (t - y) where y < t, else (1 - q) (y - t)
    grad = -q where y < t, 1 - q where y > t, over columns and outputs; 0 where y = t

    Options:
        inside: the share of rows that should lie between lower and upper, without unit

    Source: Koenker and Bassett (1978), Regression quantiles, Econometrica 46.
    """
    shares = ((1 - inside) / 2, 0.5, (1 + inside) / 2)

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        outputs = np.split(y, 3, axis=1)
        costs = [np.maximum(q * (t - one), (1 - q) * (one - t)) for q, one in zip(shares, outputs, strict=True)]
        return np.hstack(costs).mean(axis=1)

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        outputs = np.split(y, 3, axis=1)
        slopes = [(one > t) * (1 - q) - (one < t) * q for q, one in zip(shares, outputs, strict=True)]
        return (np.hstack(slopes) / y.shape[1]).astype(y.dtype)

    def further(y: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> dict[str, np.ndarray]:
        """Training standardises targets: here they are in their own units again."""
        lower, _, upper = (one * scale + mean for one in np.split(y, 3, axis=1))
        ends = {"lower": lower, "upper": upper}
        if len(mean) == 1:
            return {name: end[:, 0] for name, end in ends.items()}
        return {f"{name} {c + 1}": end[:, c] for c in range(len(mean)) for name, end in ends.items()}

    return Loss(
        value,
        grad,
        "identity",
        "regression",
        width=lambda c: 3 * c,
        predict=lambda y: np.split(y, 3, axis=1)[1],
        further=further,
    )


@hookimpl
def losses() -> list:
    """Every loss of this package: write a second one above and add its name here."""
    return [{{ part }}]
