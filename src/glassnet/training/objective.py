"""What training lowers: the weighted mean loss of a batch plus penalties, and its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..backward import Room
from ..errors import GlassnetError
from ..kinds import Loss
from ..network import Network

Array = NDArray[Any]


class Lowered(Protocol):
    """What training asks of that which it lowers: an `Objective`, or one that looks on while it works."""

    @property
    def network(self) -> Network: ...

    def gradient(
        self, X: Array, t: Array, weight: Array | None = None, rng: np.random.Generator | None = None
    ) -> Array: ...

    def losses(self, z: Array, t: Array) -> Array: ...


class Objective:
    """Mean over rows of weight * loss, plus l1 * sum|W| + l2 / 2 * sum(W^2) over the weight matrices.

    With `natural` (the output activation is the loss's own) and a loss that gives `score_value` and
    `score_grad`, loss and slope are taken from the scores, which stays exact however large they are.
    Otherwise they go through the output activation. Weights of rows have mean 1 over the training rows and
    a batch divides by its number of rows.
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        *,
        natural: bool,
        l1: float = 0.0,
        l2: float = 0.0,
        name: str = "the loss",
    ) -> None:
        self.network, self.loss, self.l1, self.l2, self.name = network, loss, l1, l2, name
        self.from_scores = natural and loss.score_value is not None and loss.score_grad is not None
        self._dz = Room(network.outputs, network.dtype)
        self._penalty = np.empty_like(network.w[network.weights])

    def gradient(
        self, X: Array, t: Array, weight: Array | None = None, rng: np.random.Generator | None = None
    ) -> Array:
        """One training pass: fills `network.g` (penalties included) and returns the scores z."""
        z, back = self.network.forward(X, training=True, rng=rng)
        back(self.slope(z, t, weight))
        self._add_penalties()
        return z

    def slope(self, z: Array, t: Array, weight: Array | None = None) -> Array:
        """The slope of the weighted mean loss with respect to the scores z (n, k), in a kept buffer."""
        share = 1 / len(z) if weight is None else (weight / len(z))[:, None]
        dz = self._dz.rows(len(z))
        if self.from_scores:
            assert self.loss.score_grad is not None
            return np.multiply(self.loss.score_grad(z, t), share, out=dz)
        y = self.network.output.f(z)
        np.multiply(self._in_domain(self.loss.grad, y, t), share, out=dz)
        return self.network.output_back(z, y, dz)

    def _add_penalties(self) -> None:
        """The slope of the penalties, l2 * W + l1 * sign(W), onto that of the loss."""
        weights = self.network.weights
        if self.l2:
            np.multiply(self.network.w[weights], self.l2, out=self._penalty)
            self.network.g[weights] += self._penalty
        if self.l1:
            np.sign(self.network.w[weights], out=self._penalty)
            self._penalty *= self.l1
            self.network.g[weights] += self._penalty

    def losses(self, z: Array, t: Array) -> Array:
        """The loss of each row (n,), without penalties, from its scores."""
        if self.from_scores:
            assert self.loss.score_value is not None
            return self._in_domain(self.loss.score_value, z, t)
        return self._in_domain(self.loss.value, self.network.output.f(z), t)

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

    def value(self, X: Array, t: Array, weight: Array | None = None, rng: np.random.Generator | None = None) -> float:
        """Mean loss plus penalties in training mode: the number whose slope `gradient` gives."""
        z, _ = self.network.forward(X, training=True, rng=rng)
        return weighted_mean(self.losses(z, t), weight) + self.penalty()

    def apart(self) -> Objective:
        """The bare loss, without penalties and dropout, over a network of its own that has the same weights now.

        For measuring: whatever is done with it, the network in training, its buffers and its statistics stay.
        """
        network = self.network.like(dropout=0.0, input_dropout=0.0)
        return Objective(network, self.loss, natural=self.from_scores, name=self.name)

    def of_all_rows(self, X: Array, t: Array, weight: Array | None) -> Callable[[Array], tuple[float, Array]]:
        """objective(w) -> (mean loss with penalties, a copy of its gradient), for whole-data solvers."""

        def objective(w: Array) -> tuple[float, Array]:
            self.network.w[:] = w
            z = self.gradient(X, t, weight)
            value = weighted_mean(self.losses(z, t), weight) + self.penalty()
            return value, self.network.g.copy()

        return objective


def weighted_mean(losses: Array, weight: Array | None) -> float:
    """sum(weight * loss) / n, in float64; a plain mean without weights."""
    return float(np.mean(losses if weight is None else losses * weight, dtype=np.float64))
