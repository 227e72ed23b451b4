"""The network before its first step: what its choices made of the rows before any of them was learned from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import GlassnetError
from ..experiment import RateRange, Training, rate_range
from ..streams import Stream, generator
from ..training.epochs import Snapshot
from ..training.objective import weighted_mean
from ..training.scoring import at_most
from ..watching import measure

#: Rows on which losses are taken here: a mean is wanted that holds to some percent, no score.
SOME_ROWS = 500
#: A bottom within so many times the first rate of a trial is none.
BEGINS = 10.0


@dataclass(frozen=True, eq=False)
class Start:
    """`loss` is that of the initial weights, `silent` that of `silent_loss`; both without penalties.

    `gradient` is the Euclidean norm of the loss's slope with respect to all weights, `pull` that of the penalties'
    slope, l2 * W + l1 * sign(W). `alike` says that the units of a hidden layer all begin with the same weights.
    """

    loss: float
    silent: float
    gradient: float
    pull: float
    alike: bool
    weights: float

    @classmethod
    def of(cls, training: Training) -> Start:
        """That of a training, whatever its weights are now."""
        with at_the_start(training):
            network, objective = training.network, training.objective
            w = network.w[network.weights].astype(float)
            matrices = [network.view(network.w, "weight", layer) for layer in range(len(network.hidden))]
            return cls(
                loss=_mean_loss(training, network.scores),
                silent=silent_loss(training),
                gradient=float(np.linalg.norm(measure(objective, training.data.train).gradients[-1])),
                pull=float(np.linalg.norm(objective.l2 * w + objective.l1 * np.sign(w))),
                alike=any(W.shape[1] > 1 and not np.ptp(W, axis=1).any() for W in matrices),
                weights=float(np.linalg.norm(w)),
            )


def silent_loss(training: Training) -> float:
    """The loss of a network that says nothing: its scores are all 0."""
    return _mean_loss(training, lambda X: np.zeros((len(X), training.network.outputs), training.network.dtype))


def _mean_loss(training: Training, scores: Callable[[Any], Any]) -> float:
    """Of such scores, over some of the training rows."""
    rows = at_most(training.data.train, SOME_ROWS)
    with np.errstate(all="ignore"):
        return weighted_mean(training.objective.losses(scores(rows.X), rows.t), rows.weight)


def rates_of(training: Training, steps: int = 200) -> RateRange | None:
    """What `learning_rate_range` finds from the initial weights; None where there is no rate to try, and where the
    loss only wandered: its bottom is then among the first rates, at which nothing moves."""
    try:
        with at_the_start(training):
            found = rate_range(training, steps=steps)
    except GlassnetError:
        return None
    return found if found.bottom is not None and found.bottom > BEGINS * found.rates[0] else None


@contextmanager
def at_the_start(training: Training) -> Iterator[None]:
    """The training's network with its initial weights, as it was before the first step; as it is now afterwards."""
    network = training.network
    now = Snapshot.of(network)
    initializers = [choice.build() for choice in training.chosen.initializers]
    network.initialise(initializers, generator(training.experiment.seed, Stream.WEIGHTS))
    network.reset_running()
    try:
        yield
    finally:
        now.restore(network)
