"""What training is told, what it reports, and what must be kept to go on with it later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kinds import State
from ..network import Network

Array = NDArray[Any]
Scores = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Epoch:
    """One record of progress.

    `loss` is the mean over the epoch's steps, without penalties; `validation_loss` is taken after the last
    one. `scores` holds metrics of the splits. `monitored` is what early stopping looks at: lower is better.
    `rate` is the optimizer's rate at the last step; `step` counts updates since the very first.
    """

    number: int
    step: int
    loss: float
    validation_loss: float | None
    scores: Scores
    monitored: float
    rate: float
    seconds: float
    step_losses: Array | None = None


@dataclass(frozen=True)
class Plan:
    """The numbers of the loop. `batch_size` None means all rows at once; `lr` is only reported.

    `schedule_epochs` is how long a schedule takes the training to be, None as long as it is: epochs that are asked
    for one by one belong to a longer one.
    """

    epochs: int = 50
    schedule_epochs: int | None = None
    batch_size: int | None = 32
    seed: int = 0
    clip_norm: float | None = None
    clip_value: float | None = None
    patience: int | None = None
    monitor: str = "loss"
    lr: float = 1.0
    keep_step_losses: bool = False


@dataclass(frozen=True)
class Snapshot:
    """Weights with their running statistics, copied."""

    w: Array
    running: Array

    @classmethod
    def of(cls, network: Network) -> Snapshot:
        return cls(network.w.copy(), network.running.copy())

    def restore(self, network: Network) -> None:
        network.w[:], network.running[:] = self.w, self.running


@dataclass
class Progress:
    """Where a training stands. It changes only between epochs, so that it is always fit to be saved.

    With the network's weights and running statistics it is all that resuming needs: random numbers are
    drawn anew from the seed and the number of the epoch.
    """

    epochs: list[Epoch] = field(default_factory=list)
    step: int = 0
    states: list[State] = field(default_factory=list)
    best: Snapshot | None = None
    best_epoch: int = 0
    start: Array | None = None  # the initial weights, where a whole-data solver will be replayed from them
    stopped: str = ""

    @property
    def best_monitored(self) -> float:
        return self.epochs[self.best_epoch - 1].monitored if self.best_epoch else float("inf")

    def add(self, epoch: Epoch, network: Network) -> None:
        """Take an epoch in; the first of equally good ones stays the best."""
        better = epoch.monitored < self.best_monitored or isnan(self.best_monitored)
        self.epochs.append(epoch)
        self.step = epoch.step
        if better or self.best is None:
            self.best, self.best_epoch = Snapshot.of(network), epoch.number

    def restore_best(self, network: Network) -> None:
        """Give the network the weights of its best epoch: for a consumer that breaks off early."""
        if self.best is not None:
            self.best.restore(network)


def finite(vector: Array) -> bool:
    """Whether every element is finite, in one quick product where that already tells."""
    return bool(np.isfinite(vector @ vector)) or bool(np.isfinite(vector).all())


def monitored(
    plan: Plan, loss: float, validation_loss: float | None, scores: Scores, better: Mapping[str, str]
) -> float:
    """The number that early stopping looks at, turned so that lower is better.

    It is the validation rows' loss or metric where there are validation rows, else the training rows'.
    """
    if plan.monitor == "loss":
        return loss if validation_loss is None else validation_loss
    split: Sequence[str] = [name for name in ("validation", "train") if name in scores]
    value = scores[split[0]][plan.monitor]
    return -value if better[plan.monitor] == "higher" else value
