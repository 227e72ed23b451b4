"""What training is told, what it reports, and what must be kept to go on with it later."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from math import inf, isfinite, isnan, nan
from typing import Any, get_type_hints, overload

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

    A new field that is a number needs a default and its place in `History.note`: `row` and `of` are how histories,
    tables and saved estimators write epochs and read them back.
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


#: The fields of an epoch that are one number each.
FIGURES = [one.name for one in _flat(Epoch)]


def _read(cell: Any, hint: Any) -> Any:
    """A cell as the type that its field has."""
    if cell is None or cell == "":
        if hint in (int, float):
            raise ValueError("a number is missing")
        return None
    return int(cell) if hint is int else float(cell)


class History(Sequence[Epoch]):
    """Epochs one after the other, kept as numbers in rows; an `Epoch` is made when somebody asks for one.

    Why: of a hundred thousand short epochs these numbers are 7 MB, and as many objects a hundred, each of which takes
    longer to make than a small network's step.
    """

    def __init__(self, epochs: Iterable[Epoch] = ()) -> None:
        self._stretches: list[_Stretch] = []
        self._step_losses: dict[int, Array] = {}
        self._length = 0
        if isinstance(epochs, History):
            self._stretches = [_Stretch(one.start, one.told, one.values) for one in epochs._stretches]
            self._step_losses, self._length = epochs._step_losses.copy(), len(epochs)
            return
        for epoch in epochs:
            self.append(epoch)

    def append(self, epoch: Epoch) -> None:
        """Take an epoch in that somebody else has made."""
        figures = (getattr(epoch, name) for name in FIGURES)
        self.note(*figures, scores=epoch.scores, step_losses=epoch.step_losses)

    def note(
        self,
        number: int,
        step: int,
        loss: float,
        validation_loss: float | None,
        monitored: float,
        rate: float,
        seconds: float,
        *,
        scores: Scores,
        step_losses: Array | None = None,
    ) -> None:
        """Take in what an epoch came to: the fields of an `Epoch`."""
        told = validation_loss is not None, *[(split, *found) for split, found in scores.items()]
        if not self._stretches or self._stretches[-1].told != told:
            self._stretches.append(_Stretch(self._length, told))
        held = nan if validation_loss is None else validation_loss
        values = [value for found in scores.values() for value in found.values()]
        self._stretches[-1].values.extend((number, step, loss, held, monitored, rate, seconds, *values))
        if step_losses is not None:
            self._step_losses[self._length] = step_losses
        self._length += 1

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> Epoch: ...
    @overload
    def __getitem__(self, at: slice) -> list[Epoch]: ...
    def __getitem__(self, at: int | slice) -> Epoch | list[Epoch]:
        if isinstance(at, slice):
            return [self._made(index) for index in range(*at.indices(self._length))]
        index = at + self._length if at < 0 else at
        if not 0 <= index < self._length:
            raise IndexError(f"there is no epoch {at} among {self._length}")
        return self._made(index)

    def __iter__(self) -> Iterator[Epoch]:
        at = 0
        while at < self._length:  # also those that are added meanwhile
            yield self._made(at)
            at += 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        return repr(list(self))

    def figures(self, name: str) -> Array:
        """One figure of every epoch, such as `loss`, in float64; a validation loss that there is not is NaN."""
        at = FIGURES.index(name)
        return np.concatenate([np.empty(0), *(np.array(one.values[at :: one.width]) for one in self._stretches)])

    def _made(self, index: int) -> Epoch:
        stretch = self._stretches[-1]  # most ask for the last one
        if index < stretch.start:
            stretch = self._stretches[bisect_right(self._stretches, index, key=lambda one: one.start) - 1]
        first = (index - stretch.start) * stretch.width
        number, step, loss, held, monitored, rate, seconds, *more = stretch.values[first : first + stretch.width]
        scores, values = {}, iter(more)
        for split, *names in stretch.told[1:]:
            scores[split] = dict(zip(names, values, strict=False))
        validation_loss = held if stretch.told[0] else None
        step_losses = self._step_losses.get(index)
        return Epoch(int(number), int(step), loss, validation_loss, scores, monitored, rate, seconds, step_losses)


class _Stretch:
    """Epochs in a row of which the same is told: whether there is a validation loss, and which scores of which split.

    A stretch begins with the epoch at `start`, and has `width` numbers of each.
    """

    def __init__(self, start: int, told: tuple[Any, ...], values: Iterable[float] = ()) -> None:
        self.start, self.told = start, told
        self.width = len(FIGURES) + sum(len(of_split) - 1 for of_split in told[1:])
        self.values = array("d", values)


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

    def note(
        self,
        number: int,
        step: int,
        loss: float,
        validation_loss: float | None,
        monitored: float,
        *about: float,
        scores: Scores,
        step_losses: Array | None = None,
    ) -> bool:
        """Take in what an epoch came to, see `History.note`, and return whether it is the best one so far.

        Then whoever has the weights keeps them as `best`. The first of equally good ones stays the best. One whose
        number is undefined never is.
        """
        self.epochs.note(
            number, step, loss, validation_loss, monitored, *about, scores=scores, step_losses=step_losses
        )  # fmt: skip
        self.step = step
        better = monitored < self._lowest or (not self.best_epoch and not isnan(monitored))
        if better:
            self.best_epoch, self._lowest = number, monitored
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
