"""An optimizer that goes about with another one: a slow copy of the weights follows the fast ones at a distance.

The fast weights are moved by an optimizer of glassnet-lion, a guest that this guest requires: its parts are plain
functions, so that they can be called like any other.
"""

from typing import Annotated, Literal

import numpy as np
from glassnet import Optimizer, Range, hookimpl
from glassnet_lion import plugin as inner_ones


def lookahead(
    inner: Literal["lion", "nadam", "amsgrad", "radam"] = "radam",
    lr: Annotated[float, Range(0)] = 0.003,
    every: Annotated[int, Range(1)] = 5,
    share: Annotated[float, Range(0, 1)] = 0.5,
) -> Optimizer:
    """Some fast steps forward, then back to a point between where they began and where they ended.

    In each step: w = w - change of the inner optimizer
    In each step whose number `every` divides: s = s + share (w - s), then w = s
    s begins as the first w

    Options:
        inner: whose steps they are, an optimizer of glassnet-lion with its other options as they are by default
        lr: learning rate of the inner optimizer
        every: steps between two looks back
        share: how far s goes toward w; 1 is the inner optimizer alone

    Source: Zhang, Lucas, Hinton and Ba (2019), Lookahead optimizer: k steps forward, 1 step back, arXiv:1907.08610.
    The paper's k and alpha are every and share here. As in its Algorithm 1 the inner memory is kept at a look back.
    """
    part = getattr(inner_ones, inner)(lr=lr)

    def init(w: np.ndarray) -> dict:
        return {**part.init(w), "slow": w.copy()}

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        slow = state["slow"]
        memory = {name: value for name, value in state.items() if name != "slow"}
        change, memory = part.update(w, g, memory, step)
        if step % every == 0:
            slow = slow + share * (w - change - slow)
            change = w - slow
        return change, {**memory, "slow": slow}

    return Optimizer(init=init, update=update, elementwise=True)


@hookimpl
def optimizers() -> list:
    """Every optimizer of this package."""
    return [lookahead]
