"""What training lowers: the weighted mean loss of a batch plus penalties, and its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..backward import Room, by_rows
from ..errors import GlassnetError
from ..kinds import Loss
from ..network import Network
from ..streams import Drawn

Array = NDArray[Any]


class Lowered(Protocol):
    """What training asks of that which it lowers: an `Objective`, or one that looks on while it works."""

    @property
    def network(self) -> Network: ...

    def gradient(self, X: Array, t: Array, weight: Array | None = None, rng: Drawn | None = None) -> Array: ...

    def losses(self, z: Array, t: Array) -> Array: ...


class Objective:
    """Mean over rows of weight * loss, plus l1 * sum|W| + l2 / 2 * sum(W^2) over the weight matrices.

    With `natural` (the output activation is the loss's own) and a loss that gives `score_value` and
    `score_grad`, loss and slope are taken from the scores, which stays exact however large they are.
    Otherwise they go through the output activation. Weights of rows have mean 1 over the training rows and
    a batch divides by its number of rows.

    Of networks side by side each may have its own `l1` and `l2`, as columns (networks, 1) of the network's dtype.
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        *,
        natural: bool,
        l1: float | Array = 0.0,
        l2: float | Array = 0.0,
        name: str = "the loss",
    ) -> None:
        self.network, self.loss, self.l1, self.l2, self.name = network, loss, l1, l2, name
        self._lowers_l1, self._lowers_l2 = np.any(l1), np.any(l2)
        value, grad = (loss.score_value, loss.score_grad) if natural else (None, None)
        self.from_scores = value is not None and grad is not None
        if value is None or grad is None:
            value, grad = loss.value, loss.grad
        self.of_rows = value, grad  # as the part gives them: of the rows of one table
        self._value = by_rows(value) if network.lead else value
        self._grad = by_rows(grad) if network.lead else grad
        self._dz = Room(network.outputs, network.dtype, network.lead)
        self._W, self._dW = network.w[..., network.weights], network.g[..., network.weights]
        self._penalty = np.empty_like(self._W)

    def gradient(self, X: Array, t: Array, weight: Array | None = None, rng: Drawn | None = None) -> Array:
        """One training pass: fills `network.g` (penalties included) and returns the scores z."""
        z, back = self.network.forward(X, training=True, rng=rng)
        back(self.slope(z, t, weight))
        self._add_penalties()
        return z

    def slope(self, z: Array, t: Array, weight: Array | None = None) -> Array:
        """The slope of the weighted mean loss with respect to the scores z (n, k), in a kept buffer."""
        n = z.shape[-2]
        share = 1 / n if weight is None else (weight / n)[..., None]
        dz = self._dz.rows(n)
        if self.from_scores:
            return np.multiply(self._grad(z, t), share, out=dz)
        y = self.network.output_of(z)
        np.multiply(self._in_domain(self._grad, y, t), share, out=dz)
        return self.network.output_back(z, y, dz)

    def _add_penalties(self) -> None:
        """The slope of the penalties, l2 * W + l1 * sign(W), onto that of the loss."""
        if self._lowers_l2:
            np.multiply(self._W, self.l2, out=self._penalty)
            self._dW += self._penalty
        if self._lowers_l1:
            np.sign(self._W, out=self._penalty)
            self._penalty *= self.l1
            self._dW += self._penalty

    def losses(self, z: Array, t: Array) -> Array:
        """The loss of each row (n,), without penalties, from its scores."""
        return self._in_domain(self._value, z if self.from_scores else self.network.output_of(z), t)

    def _in_domain(self, function: Callable[[Array, Array], Array], y: Array, t: Array) -> Array:
        try:
            return function(y, t)
        except ValueError as error:  # a part that says in words what it can't be given
            words = str(error)
            raise GlassnetError(words if words.startswith(self.name) else f"{self.name}: {words}") from error

    def penalty(self) -> float:
        """l1 * sum|W| + l2 / 2 * sum(W^2) over the weight matrices, biases excluded."""
        W = self.network.w[self.network.weights].astype(np.float64)
        return float(self.l1 * np.abs(W).sum() + self.l2 / 2 * (W @ W))

    def value(self, X: Array, t: Array, weight: Array | None = None, rng: Drawn | None = None) -> float:
        """Mean loss plus penalties in training mode: the number whose slope `gradient` gives."""
        z, _ = self.network.forward(X, training=True, rng=rng)
        return weighted_mean(self.losses(z, t), weight) + self.penalty()

    def apart(self) -> Objective:
        """The bare loss, without penalties and dropout, over a network of its own that has the same weights now.

        For measuring: whatever is done with it, the network in training, its buffers and its statistics stay.
        """
        network = self.network.like(dropout=0.0, input_dropout=0.0)
        return Objective(network, self.loss, natural=self.from_scores, name=self.name)

    def of_all_rows(
        self, X: Array, t: Array, weight: Array | None, frozen: Array | slice = slice(0)
    ) -> Callable[[Array], tuple[float, Array]]:
        """objective(w) -> (mean loss with penalties, a copy of its gradient), for whole-data solvers.

        What is `frozen` has the value that it has now and no slope, wherever a solver looks.
        """
        kept = self.network.w[frozen]

        def objective(w: Array) -> tuple[float, Array]:
            self.network.w[:] = w
            self.network.w[frozen] = kept
            z = self.gradient(X, t, weight)
            self.network.g[frozen] = 0.0
            value = weighted_mean(self.losses(z, t), weight) + self.penalty()
            return value, self.network.g.copy()

        return objective


def weighted_mean(losses: Array, weight: Array | None) -> float:
    """sum(weight * loss) / n, in float64; a plain mean without weights."""
    return float(np.mean(losses if weight is None else losses * weight, dtype=np.float64))
