"""What training is told, what it reports, and what must be kept to go on with it later."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from math import isfinite, isnan
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray

from ..faces import Face, in_a_line
from ..kinds import State
from ..network import Network
from ..tables import Table
from ..wording import SPLITS, duration, figure, significant

Array = NDArray[Any]
Scores = dict[str, dict[str, float]]


@dataclass(frozen=True, repr=False)
class Epoch(Face):
    """One record of progress.

    `loss` is the mean over the epoch's steps, without penalties; `validation_loss` is taken after the last
    one. `scores` holds metrics of the splits. `monitored` is what early stopping looks at: lower is better.
    `rate` is the optimizer's rate at the last step; `step` counts updates since the very first.

    A new field needs a default, and nothing else: `row` and `of` are how histories, tables and saved estimators
    write epochs and read them back.
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

    def row(self) -> dict[str, Any]:
        """This epoch as one flat row: a column a field, then one a score, `validation_accuracy`."""
        row = {_column(one): getattr(self, one.name) for one in _flat(Epoch)}
        return row | {f"{split}_{name}": value for split, found in self.scores.items() for name, value in found.items()}

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Epoch:
        """The epoch of a flat row whose cells are numbers or their texts; an empty cell or None is no number.

        Raises `KeyError` where a column is missing that an epoch can't do without, `ValueError` for a cell that
        is no number.
        """
        scores: Scores = {}
        own = {_column(one): one for one in _flat(cls)}
        for column, cell in row.items():
            split, _, name = column.partition("_")
            if split in SCORED and column not in own and cell not in (None, ""):
                scores.setdefault(split, {})[name] = float(cell)
        hints = get_type_hints(cls)
        values = {one.name: _read(row[column], hints[one.name]) for column, one in own.items() if column in row}
        missing = [column for column, one in own.items() if column not in row and one.default is MISSING]
        if missing:
            raise KeyError(missing[0])
        return cls(scores=scores, **values)

    @classmethod
    def columns(cls, splits: Iterable[str], metrics: Iterable[str]) -> list[str]:
        """The columns of the rows of a training, before it has any."""
        metrics = list(metrics)
        return [*map(_column, _flat(cls)), *(f"{split}_{name}" for split in splits for name in metrics)]

    def line(self, between: str = "  ") -> str:
        """Its figures for people: the losses, and the first score of the validation rows (or the training rows)."""
        scores = next((self.scores[split] for split in reversed(SCORED) if self.scores.get(split)), {})
        figures = {"loss": self.loss, "validation": self.validation_loss, **dict([*scores.items()][:1])}
        return between.join(f"{name} {figure(value)}" for name, value in figures.items() if value is not None)

    def __repr__(self) -> str:
        return f"<Epoch {self.number}: {self.line(', ')}>"

    def _face_(self) -> Iterable[Table]:
        """Its losses and scores by split; what it took stands in the title."""
        losses = {"train": self.loss, "validation": self.validation_loss}
        splits = [split for split in SCORED if losses[split] is not None or self.scores.get(split)]
        names = dict.fromkeys(name for split in splits for name in self.scores.get(split, {}))
        rows = [("loss", *(figure(losses[split]) for split in splits))]
        rows += [(name, *(figure(self.scores.get(split, {}).get(name)) for split in splits)) for name in names]
        title = f"epoch {self.number}, step {self.step}: rate {significant(self.rate)}, {duration(self.seconds)}"
        yield Table(("", *(SPLITS[split] for split in splits)), rows, title)


SCORED = ("train", "validation")  # the splits that an epoch has scores of


def _flat(cls: type[Epoch]) -> list[Field[Any]]:
    """The fields that are one cell of a row each."""
    return [one for one in fields(cls) if one.name not in ("scores", "step_losses")]


def _column(one: Field[Any]) -> str:
    return "epoch" if one.name == "number" else one.name


def _read(cell: Any, hint: Any) -> Any:
    """A cell as the type that its field has."""
    if cell is None or cell == "":
        if hint in (int, float):
            raise ValueError("a number is missing")
        return None
    return int(cell) if hint is int else float(cell)


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

    epochs: list[Epoch] = field(default_factory=list)
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

    @property
    def best_monitored(self) -> float:
        return self.epochs[self.best_epoch - 1].monitored if self.best_epoch else float("inf")

    def add(self, epoch: Epoch, network: Network | Snapshot) -> None:
        """Take an epoch in; the first of equally good ones stays the best. One whose number is undefined never is."""
        better = epoch.monitored < self.best_monitored or (self.best is None and not isnan(epoch.monitored))
        self.epochs.append(epoch)
        self.step = epoch.step
        if better:
            self.best, self.best_epoch = Snapshot.of(network), epoch.number

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
