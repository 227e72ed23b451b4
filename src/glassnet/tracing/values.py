"""What a trace is: one training step as plain arrays and words, which any view can show without knowing the network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..faces import in_a_line
from ..wording import count, exact

Array = NDArray[Any]
Stage = Literal["forward", "loss", "back", "update"]
STAGES: tuple[Stage, ...] = ("forward", "loss", "back", "update")


@dataclass(frozen=True, eq=False)
class Matrix:
    """One array of a step: numbers, where they come from, and what rows and columns are called.

    `name` is its letter in formulas, `formula` what was computed, and `shapes` the same with the shape of each
    operand. `values` has two axes, one or none; `rows` and `columns` name them, and are empty where there is none.
    """

    name: str
    values: Array
    formula: str
    shapes: str
    meaning: str
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    __repr__ = in_a_line

    @property
    def table(self) -> Array:
        """The values with two axes, for a view: one axis of row names is a column, one of column names a row."""
        values = np.asarray(self.values)
        if values.ndim == 1 and self.rows:
            return values[:, None]
        return np.atleast_2d(values)

    def as_plain(self) -> dict[str, Any]:
        values = np.asarray(self.values)
        return {
            "name": self.name,
            "formula": self.formula,
            "shapes": self.shapes,
            "meaning": self.meaning,
            "shape": list(values.shape),
            "rows": list(self.rows),
            "columns": list(self.columns),
            "values": plain(values.tolist()),
        }


@dataclass(frozen=True, eq=False)
class Card:
    """What happens in one place of the network: a stage of the step at a layer (0: before or behind all layers).

    `words` are lines of the parts' own help that say which formula is at work.
    """

    stage: Stage
    layer: int
    title: str
    matrices: tuple[Matrix, ...]
    words: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Card {self.title!r}: {', '.join(matrix.name for matrix in self.matrices)}>"

    def as_plain(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "layer": self.layer,
            "title": self.title,
            "words": list(self.words),
            "matrices": [matrix.as_plain() for matrix in self.matrices],
        }


@dataclass(frozen=True)
class Comparison:
    """One matrix of slopes beside central differences of the loss.

    `checked` of its `size` numbers were repeated. `largest` is the largest difference, `relative` the same as a share
    of the matrix's largest number, and `allowed` how large that may be. `kinks` names the numbers that were left out,
    because the slopes from the left and from the right disagree there. `too_small` says that all numbers are smaller
    than what rounding leaves of a difference, so that nothing is known about them.
    """

    name: str
    checked: int
    size: int
    largest: float
    relative: float
    allowed: float
    kinks: tuple[str, ...] = ()
    too_small: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong, as far as can be told."""
        return self.relative <= self.allowed

    @property
    def verdict(self) -> str:
        """In a word; where every number lies on a kink there is nothing that could agree."""
        if not self.ok:
            return "DIFFERS"
        if self.too_small:
            return "too small to check"
        return "agrees" if self.checked else "nothing to check"

    def as_plain(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "checked": self.checked,
            "size": self.size,
            "largest": plain(self.largest),
            "relative": plain(self.relative),
            "allowed": self.allowed,
            "kinks": list(self.kinks),
            "too_small": self.too_small,
            "ok": self.ok,
        }


@dataclass(frozen=True, eq=False)
class Step:
    """One update of the weights. `rows` are row numbers of the data set; `loss` is the mean, without `penalty`.

    Rows of one's own are numbered -1, -2, ...; without answers they only go forward, and `loss` is NaN.
    `step["dW1"]` are the values of the matrix of that name.
    """

    number: int
    epoch: int
    rows: tuple[int, ...]
    loss: float
    penalty: float
    cards: tuple[Card, ...]
    comparisons: tuple[Comparison, ...] = ()

    def describe(self) -> str:
        """`Step 13, epoch 4, 32 rows, loss 0.763211`."""
        where = f"Step {self.number}, epoch {self.epoch}, {count(len(self.rows), 'row')}"
        return f"{where}, loss {exact(self.loss)}" if self.is_step else f"{where}: forward alone, without answers"

    @property
    def is_step(self) -> bool:
        """Whether weights were changed; rows without answers only go forward."""
        return any(card.stage == "update" for card in self.cards)

    def __repr__(self) -> str:
        return f"<{self.describe()}: {', '.join(matrix.name for matrix in self.matrices())}>"

    def __getitem__(self, name: str) -> Array:
        for matrix in self.matrices():
            if matrix.name == name:
                return matrix.values
        raise KeyError(f"{name!r}: this step has {', '.join(matrix.name for matrix in self.matrices())}")

    def matrices(self) -> Iterator[Matrix]:
        """Every matrix, in the order in which the step needs them."""
        for card in self.cards:
            yield from card.matrices

    def as_plain(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "epoch": self.epoch,
            "rows": list(self.rows),
            "loss": plain(self.loss),
            "penalty": plain(self.penalty),
            "cards": [card.as_plain() for card in self.cards],
            "comparisons": [one.as_plain() for one in self.comparisons],
        }


IN_FULL = 3  # steps on a screen: of more, the first and the last


def in_full(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps that a screen or a notebook shows with all their matrices; JSON and pages have them all."""
    return steps if len(steps) <= IN_FULL else (steps[0], steps[-1])


def plain(value: Any) -> Any:
    """A number or nested lists of them, with words where JSON has no number."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, float) and not np.isfinite(value):
        return "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
