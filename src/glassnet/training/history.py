"""Epochs: the record of one, how it is written and read, and many of them in little memory."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from math import nan
from typing import Any, get_type_hints, overload

import numpy as np
from numpy.typing import NDArray

from ..faces import Face
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
    step_losses: Array | None = field(default=None, compare=False)

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


#: The fields of an epoch that are one number each, and those of them that are whole.
FIGURES = [one.name for one in _flat(Epoch)]
COUNTS = [one.name for one in _flat(Epoch) if one.type == "int"]


def _named_tuple(names: list[str], defaults: list[Any]) -> Any:
    return namedtuple("Figures", names, defaults=defaults)


#: All of them as one tuple.
Figures = _named_tuple(FIGURES, [one.default for one in _flat(Epoch) if one.default is not MISSING])


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
        self._latest: tuple[int, Any, Scores, Array | None] = -1, (), {}, None  # what came last: most ask for that
        if isinstance(epochs, History):
            self._stretches = [_Stretch(one.start, one.told, one.values) for one in epochs._stretches]
            self._step_losses, self._latest = epochs._step_losses.copy(), epochs._latest
            return
        for epoch in epochs:
            self.append(epoch)

    def append(self, epoch: Epoch) -> None:
        """Take an epoch in that somebody else has made."""
        self.note(Figures(*[getattr(epoch, name) for name in FIGURES]), epoch.scores, epoch.step_losses)

    def note(self, figures: Any, scores: Scores, step_losses: Array | None = None) -> None:
        """Take in what an epoch came to: `Figures` and all else that an `Epoch` has.

        Its numbers are taken in at one stroke: an interrupt finds it among the others, or not at all.
        """
        at = len(self)
        row: list[Any] = [*figures]
        missing: tuple[str, ...] = ()
        if None in row:
            missing = tuple(name for name, value in zip(FIGURES, row, strict=True) if value is None)
            row = [nan if value is None else value for value in row]
        told = missing, *[(split, *found) for split, found in scores.items()]
        if not self._stretches or self._stretches[-1].told != told:
            self._stretches.append(_Stretch(at, told))
        for found in scores.values():
            row += found.values()
        if step_losses is not None:
            self._step_losses[at] = step_losses
        self._stretches[-1].values.extend(row)
        self._latest = at, figures, scores, step_losses

    def __len__(self) -> int:
        return self._stretches[-1].stop if self._stretches else 0

    @overload
    def __getitem__(self, at: int) -> Epoch: ...
    @overload
    def __getitem__(self, at: slice) -> list[Epoch]: ...
    def __getitem__(self, at: int | slice) -> Epoch | list[Epoch]:
        if isinstance(at, slice):
            return [self._made(index) for index in range(*at.indices(len(self)))]
        length = len(self)
        index = at + length if at < 0 else at
        if not 0 <= index < length:
            raise IndexError(f"there is no epoch {at} among {length}")
        return self._made(index)

    def __iter__(self) -> Iterator[Epoch]:
        at = 0
        while at < len(self):  # also those that are added meanwhile
            yield self._made(at)
            at += 1

    def __eq__(self, other: object) -> bool:
        if isinstance(other, History):
            return self._bits() == other._bits()  # where numbers are undefined in both, they are the same
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        return repr(list(self))

    def _bits(self) -> list[Any]:
        """Everything in it, down to the bit."""
        losses = sorted((at, found.tobytes()) for at, found in self._step_losses.items())
        return [losses, *((one.start, one.told, one.values.tobytes()) for one in self._stretches if one.values)]

    def figures(self, name: str) -> Array:
        """One figure of every epoch, such as `loss`, in float64; a validation loss that there is not is NaN."""
        at = FIGURES.index(name)
        return np.concatenate([np.empty(0), *(np.array(one.values[at :: one.width]) for one in self._stretches)])

    def _made(self, index: int) -> Epoch:
        latest, *last = self._latest
        figures, scores, step_losses = last if index == latest else self._read(index)
        epoch = object.__new__(Epoch)  # twice as fast as by its constructor, of which nothing is to be checked
        apart = {split: {**found} for split, found in scores.items()}  # whoever writes into it changes no history
        vars(epoch).update(figures._asdict(), scores=apart, step_losses=step_losses)
        return epoch

    def _read(self, index: int) -> tuple[Any, Scores, Array | None]:
        stretch = self._stretches[bisect_right(self._stretches, index, key=lambda one: one.start) - 1]
        first = (index - stretch.start) * stretch.width
        numbers = stretch.values[first : first + stretch.width]
        figures: dict[str, Any] = dict(zip(FIGURES, numbers, strict=False))
        scores, values = {}, iter(numbers[len(FIGURES) :])
        for split, *names in stretch.told[1:]:
            scores[split] = dict(zip(names, values, strict=False))
        for name in stretch.told[0]:
            figures[name] = None
        for name in COUNTS:
            figures[name] = int(figures[name])
        return Figures(**figures), scores, self._step_losses.get(index)


class _Stretch:
    """Epochs in a row of which the same is told: which figures there are not, and the scores of each split.

    A stretch begins with the epoch at `start`, and has `width` numbers of each.
    """

    def __init__(self, start: int, told: tuple[Any, ...], values: Iterable[float] = ()) -> None:
        self.start, self.told = start, told
        self.width = len(FIGURES) + sum(len(of_split) - 1 for of_split in told[1:])
        self.values = array("d", values)

    @property
    def stop(self) -> int:
        """One more than the place of its last epoch."""
        return self.start + len(self.values) // self.width
