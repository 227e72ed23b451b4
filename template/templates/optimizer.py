"""An optimizer for glassnet. This module is the plugin: it is all that glassnet imports of the package.

An optimizer turns the gradient g into the change that the trainer subtracts from all parameters w, one long
vector. Its memory is the state, which it returns anew each time. Put your own rule in the place of this one;
`make check` says whether it finds its way down.
"""

from typing import Annotated

import numpy as np
from glassnet import Optimizer, Range, hookimpl


def {{ part }}(
    lr: Annotated[float, Range(0)] = 0.002,
    beta1: Annotated[float, Range(0, 0.999999)] = 0.9,
    beta2: Annotated[float, Range(0, 0.999999)] = 0.999,
    epsilon: Annotated[float, Range(1e-30)] = 1e-8,
) -> Optimizer:
    """Steps of at most about lr, each weight measured by its own largest recent gradient.

    m = beta1 m + (1 - beta1) g
    u = max(beta2 u, |g|)
    change = lr / (1 - beta1^step) * m / (u + epsilon)

    Options:
        lr: learning rate, about the length of a step
        beta1: the share of the mean gradient m that is kept
        beta2: the share of the largest gradient u that is kept
        epsilon: keeps the division away from 0 where a weight has had no gradient

    Source: AdaMax in Kingma and Ba (2015), Adam: a method for stochastic optimization, section 7.1.
    """

    def init(w: np.ndarray) -> dict:
        return {"m": np.zeros_like(w), "u": np.zeros_like(w)}

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        m = beta1 * state["m"] + (1 - beta1) * g
        u = np.maximum(beta2 * state["u"], np.abs(g))
        # m starts at 0 and is too small at first; u needs no such correction.
        change = lr / (1 - beta1**step) * m / (u + epsilon)
        return change, {"m": m, "u": u}

    return Optimizer(init=init, update=update, elementwise=True)


@hookimpl
def optimizers() -> list:
    """Every optimizer of this package: write a second one above and add its name here."""
    return [{{ part }}]
