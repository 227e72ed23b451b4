"""What training is told, what it reports, and what must be kept to go on with it later."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite, isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..faces import in_a_line
from ..kinds import State
from ..network import Network
from .history import History, Scores

Array = NDArray[Any]


@dataclass(frozen=True)
class Plan:
    """The numbers of the loop. `batch_size` None means all rows at once; `lr` is only reported.

    `schedule_epochs` is how long a schedule takes the training to be, None as long as it is: epochs that are asked
    for one by one belong to a longer one. `frozen` holds where in `w` those weights lie that keep their values.
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
    shuffle: bool = True
    frozen: Array | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Snapshot:
    """Weights with their running statistics, copied."""

    w: Array
    running: Array

    @classmethod
    def of(cls, network: Network | Snapshot) -> Snapshot:
        return cls(network.w.copy(), network.running.copy())

    def restore(self, network: Network) -> None:
        network.w[:], network.running[:] = self.w, self.running


@dataclass
class Progress:
    """Where a training stands. It changes only between epochs, so that it is always fit to be saved.

    With the network's weights and running statistics it is all that resuming needs: random numbers are
    drawn anew from the seed and the number of the epoch.
    """

    __repr__ = in_a_line

    epochs: History = field(default_factory=History)
    step: int = 0
    states: list[State] = field(default_factory=list)
    best: Snapshot | None = None
    best_epoch: int = 0
    start: Array | None = None  # the initial weights, where a whole-data solver will be replayed from them
    stopped: str = ""
    gave_up: str = ""  # why a whole-data solver ended before it had found what it looks for

    def standing(self, total: int) -> str:
        """Where it stands for people: `not trained yet`, `epoch 12 of 50, loss 0.1234, ...`."""
        if not self.epochs:
            return self.stopped or "not trained yet"
        return f"epoch {len(self.epochs)} of {total}, {self.epochs[-1].line(', ')}"

    def __post_init__(self) -> None:
        self._lowest = self.epochs[self.best_epoch - 1].monitored if self.best_epoch else inf

    def note(self, figures: Any, scores: Scores, step_losses: Array | None = None) -> bool:
        """Take in what an epoch came to, see `History.note`, and return whether it is the best one so far.

        Then whoever has the weights keeps them as `best`. The first of equally good ones stays the best. One whose
        number is undefined never is.
        """
        self.epochs.note(figures, scores, step_losses)
        self.step, monitored = figures.step, figures.monitored
        better: bool = monitored < self._lowest or (not self.best_epoch and not isnan(monitored))
        if better:
            self.best_epoch, self._lowest = figures.number, monitored
        return better

    def restore_best(self, network: Network) -> None:
        """Give the network the weights of its best epoch: for a consumer that breaks off early."""
        if self.best is not None:
            self.best.restore(network)


def said_of_undefined(monitor: str, split: str) -> str:
    """What to know and to do where there is nothing to look at."""
    return (
        f"{monitor} of the {split} rows is undefined after the first epoch: no epoch can be the best one while it is. "
        f"Look at another --monitor (the loss is always there), or keep more {split} rows"
    )


def finite(vector: Array) -> bool:
    """Whether every element is finite, in one quick product where that already tells; of vectors side by side, too."""
    squares = np.vecdot(vector, vector)
    quick = isfinite(squares) if squares.ndim == 0 else np.isfinite(squares).all()
    return bool(quick) or bool(np.isfinite(vector).all())


def watched_split(splits: Container[str]) -> str:
    """The rows that early stopping looks at."""
    return "validation" if "validation" in splits else "train"


def monitored(
    plan: Plan, loss: float, validation_loss: float | None, scores: Scores, better: Mapping[str, str]
) -> float:
    """The number that early stopping looks at, turned so that lower is better.

    It is the validation rows' loss or metric where there are validation rows, else the training rows'.
    """
    if plan.monitor == "loss":
        return loss if validation_loss is None else validation_loss
    value = scores[watched_split(scores)][plan.monitor]
    return -value if better[plan.monitor] == "higher" else value
