"""Say what went wrong when a number is no longer finite: where, since when, what grew, and what to try."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Diverged
from ..network import Network
from ..wording import significant
from .epochs import Snapshot

Array = NDArray[Any]


def explain(network: Network, X: Array, before: Snapshot, *, epoch: int, step: int, lr: float) -> Diverged:
    """The error for a training that has left the finite numbers at `step`, with the batch `X` in hand."""
    return Diverged(
        f"training diverged in epoch {epoch} at step {step}: {first_not_finite(network, X)}; "
        f"{what_grew(network, before)}. Try a learning rate ten times smaller (it is {lr:g} now), --clip-norm 1, "
        f"or inputs on one scale (--scale standard). The weights of the last good epoch are kept"
    )


def first_not_finite(network: Network, X: Array) -> str:
    """The first quantity on the way forward that is not finite, by layer; else the gradient's."""
    x = X
    for layer in network.layers:
        x = layer.forward(x, False, None)[0]
        if layer.number and not np.isfinite(x).all():  # below the first layer these are the inputs
            return f"the {layer.gives} of layer {layer.number} are not finite"
    for block in reversed(network.layout):  # back-propagation meets the last layer first
        if not np.isfinite(network.g[block.slice]).all():
            return f"the gradient of layer {block.layer + 1}'s {block.kind} is not finite"
    return "the loss is not finite"


def what_grew(network: Network, before: Snapshot) -> str:
    """The array of parameters that grew most since the epoch began, with its root mean square then and now."""
    growth = []
    for block in network.layout:
        old, new = size(before.w[block.slice]), size(network.w[block.slice])
        growth.append((new / old if old > 0 else new, block, old, new))
    _, block, old, new = max(growth, key=lambda row: np.inf if np.isnan(row[0]) else row[0])
    grown = f"from {significant(old)} to {significant(new)}"
    return f"layer {block.layer + 1}'s {block.kind} grew most, {grown} (root mean square)"


def size(array: Array) -> float:
    """Root mean square, in a form that does not overflow before the numbers themselves do."""
    largest = float(np.abs(array).max(initial=0.0))
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.mean((array.astype(np.float64) / largest) ** 2)))
