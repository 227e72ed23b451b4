"""The network before its first step: what its choices made of the rows before any of them was learned from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from ..errors import GlassnetError
from ..experiment import RateRange, Training, rate_range
from ..streams import Stream, generator
from ..training.epochs import Snapshot
from ..training.objective import weighted_mean
from ..training.scoring import at_most
from ..watching import Watched, measure

#: Rows on which losses are taken here: a mean is wanted that holds to some percent, no score.
SOME_ROWS = 500


@dataclass(frozen=True, eq=False)
class Start:
    """`loss` is that of the initial weights, `silent` that of a network whose scores are all 0; both without penalties.

    `gradient` is the Euclidean norm of the loss's slope with respect to all weights, `pull` that of the penalties'
    slope, l2 * W + l1 * sign(W). `alike` says that the units of a hidden layer all begin with the same weights.
    """

    seen: Watched
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
            rows = at_most(training.data.train, SOME_ROWS)
            seen = measure(objective, training.data.train)
            w = network.w[network.weights].astype(float)
            scores = network.scores(rows.X)
            with np.errstate(all="ignore"):
                loss, silent = (
                    weighted_mean(objective.losses(z, rows.t), rows.weight) for z in (scores, np.zeros_like(scores))
                )
            columns = [network.view(network.w, "weight", layer) for layer in range(len(network.hidden))]
            return cls(
                seen,
                loss,
                silent,
                float(np.linalg.norm(seen.gradients[-1])),
                float(np.linalg.norm(objective.l2 * w + objective.l1 * np.sign(w))),
                any(W.shape[1] > 1 and not np.ptp(W, axis=1).any() for W in columns),
                float(np.linalg.norm(w)),
            )


def rates_of(training: Training) -> RateRange | None:
    """What `learning_rate_range` finds from the initial weights; None where there is no rate to try."""
    try:
        with at_the_start(training):
            return rate_range(training)
    except GlassnetError:
        return None


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
