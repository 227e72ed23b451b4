"""An optimizer for glassnet. This module is the plugin: it is all that glassnet imports of the package.

An optimizer turns the gradient g into the change that the trainer subtracts from all parameters w, one long vector.
This one asks for the `layout` as well: which piece of w is the matrix or the bias of which layer. Its memory is the
state, which it returns anew each time. Put your own rule in the place of this one; `make check` says whether it finds
its way down.
"""

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from glassnet import Block, Optimizer, Range, hookimpl


def {{ part }}(
    lr: Annotated[float, Range(0)] = 0.005,
    momentum: Annotated[float, Range(0, 0.999999)] = 0.9,
) -> Optimizer:
    """Each weight matrix moves by a share of its own length, whatever the length of its gradient.

    Of each weight matrix: ratio = |w| / |g|. Of everything else, and where a length is 0: ratio = 1
    v = momentum v + lr ratio g
    change = v

    Options:
        lr: the share of its length that a matrix moves in a step, before momentum adds up
        momentum: the share of the velocity v that is kept

    Source: LARS in You, Gitman and Ginsburg (2017), Large batch training of convolutional networks,
    arXiv:1708.03888; here without weight decay.
    """

    def init(w: np.ndarray, layout: Sequence[Block]) -> dict:
        # A state holds arrays and numbers: of each weight matrix where it begins and ends.
        places = [(block.slice.start, block.slice.stop) for block in layout if block.kind == "weight"]
        return {"v": np.zeros_like(w), "places": np.array(places, dtype=int).reshape(-1, 2)}

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        scaled = lr * g
        for start, stop in state["places"]:
            matrix, slope = np.linalg.norm(w[start:stop]), np.linalg.norm(g[start:stop])
            if matrix and slope:
                scaled[start:stop] *= matrix / slope
        v = momentum * state["v"] + scaled
        return v.copy(), {**state, "v": v}

    return Optimizer(init=init, update=update)


@hookimpl
def optimizers() -> list:
    """Every optimizer of this package: write a second one above and add its name here."""
    return [{{ part }}]
