"""What the data look like on the page: over the plane of two columns, along one, or as pictures.

Rows and axes are in the units of the data set. The other columns stay at their mean or commonest value.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..data import Rows
from ..data.sparse import dense
from ..data.targets import Targets
from ..experiment import Training
from ..probes import output_range
from ..training.scoring import class_codes, point_numbers
from ..wording import SPLITS, round_numbers, significant
from .curves import known

Array = NDArray[Any]
SIDE = 50  # places along an axis of the plane
ALONG = 200  # places along a curve
MOST_SHOWN, MOST_PICTURES = 1_000, 40
MOST_INPUTS = 24  # inputs that have a picture
MARGIN = 0.06  # of the span of the rows, around them


@dataclass(frozen=True)
class Column:
    """A raw column of the data that is an input: its name, what it holds, and where the others of it stay."""

    name: str
    kind: Literal["number", "category"]
    at: int
    low: float
    high: float
    middle: Any


class View:
    """The data of a training, and the places at which its network is asked for the pictures."""

    def __init__(self, training: Training, axes: Sequence[int] | None = None, label: int = 0) -> None:
        self.training = training
        self.columns = list(_columns(training))
        numbers = [number for number, column in enumerate(self.columns) if column.kind == "number"]
        pictures = training.data.features.image_shape is not None
        wanted = [axis for axis in axes or () if axis in numbers]
        wanted = wanted if len(wanted) == 2 and wanted[0] != wanted[1] else numbers[:2]
        self.axes = [] if pictures else wanted
        self.chosen = self.axes not in ([], numbers[:2])  # by somebody, and not as they come
        self.kind = "pictures" if pictures else ("none", "curve", "plane")[len(self.axes)]
        self.labels = _labels(training.data.targets)
        self.label = label if 0 <= label < len(self.labels) else 0
        with np.errstate(over="ignore"):
            self.small = training.network.like(dtype=np.float32)
        self.reach = tuple(round(end, 3) for end in output_range(training.network.output))

    # --- the places ------------------------------------------------------------------------------------

    def ends(self, axis: int) -> tuple[float, float]:
        """Where an axis begins and ends: a little beyond the rows."""
        column = self.columns[axis]
        margin = MARGIN * (column.high - column.low or 1.0)
        return column.low - margin, column.high + margin

    @cached_property
    def places(self) -> Array | None:
        """The prepared inputs at each place, (places, d) in float32: rows from the highest y down, as on a screen."""
        if not self.axes:
            return None
        if self.kind == "curve":
            values = [np.linspace(*self.ends(self.axes[0]), ALONG)]
        else:
            across, up = (np.linspace(*self.ends(axis), SIDE) for axis in self.axes)
            values = [grid.ravel() for grid in np.meshgrid(across, up[::-1])]
        table = self._table(values)
        return np.ascontiguousarray(self.training.data.features.transform(table), np.float32)

    def _table(self, values: Sequence[Array]) -> Any:
        """Raw rows in which the axes take these values."""
        given = self.training.source.X
        every = {column.at: np.full(len(values[0]), column.middle, dtype=object) for column in self.columns}
        for axis, column_values in zip(self.axes, values, strict=True):
            every[self.columns[axis].at] = column_values
        names = self.training.data.features.names
        if hasattr(given, "iloc") or any(column.kind == "category" for column in self.columns):
            import pandas as pd

            whole = {name: every.get(at, np.full(len(values[0]), np.nan)) for at, name in enumerate(names)}
            return pd.DataFrame(whole).infer_objects()
        return np.column_stack([np.asarray(every.get(at, np.zeros(len(values[0]))), float) for at in range(len(names))])

    # --- the rows --------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> list[tuple[int, Rows]]:
        """Splits with their numbers; all rows once where there were too few to split."""
        splits = self.training.splits()
        if self.training.data.whole:
            return [(0, splits["train"])]
        return [(list(SPLITS).index(name), rows) for name, rows in splits.items()]

    def row(self, number: int) -> tuple[Array, Rows, int]:
        """The prepared inputs (1, d) of a row, its split, and its place there; `IndexError` where there is none."""
        for _, rows in self.rows:
            if 0 <= number < len(rows):
                return np.ascontiguousarray(dense(rows.X[number : number + 1])), rows, number
            number -= len(rows)
        raise IndexError

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        return sum(len(rows) for _, rows in self.rows)

    def points(self) -> dict[str, Any]:
        """At most a thousand rows as points: where they lie, what they are, in which split, and their number."""
        number = np.unique(np.linspace(0, self.count - 1, min(self.count, MOST_SHOWN)).astype(int))
        index = np.concatenate([rows.index for _, rows in self.rows])[number]
        target = np.concatenate([rows.target.reshape(len(rows), -1) for _, rows in self.rows])[number]
        split = np.concatenate([np.full(len(rows), at) for at, rows in self.rows])[number]
        t = target[:, self.label if target.shape[1] > 1 else 0]
        x = self._raw(self.axes[0], index)
        y = self._raw(self.axes[1], index) if self.kind == "plane" else t.astype(float)
        there = np.isfinite(x) & np.isfinite(y)
        points = {"x": _short(x[there]), "y": _short(y[there]), "split": split[there].tolist()}
        return points | {"row": number[there].tolist(), "t": _short(t[there].astype(float))}

    def _raw(self, axis: int, index: Array) -> Array:
        """A column of the data set at these rows, as numbers."""
        at, source = self.columns[axis].at, self.training.source
        values = _numbers(source.X, at)
        if source.test_X is not None:
            values = np.concatenate([values, _numbers(source.test_X, at)])
        return values[index]

    def pictures(self) -> dict[str, Any] | None:
        """Some rows as pictures; None where rows are none."""
        shape = self.training.data.features.image_shape
        if shape is None:
            return None
        numbers = self.pictured
        pixels = np.concatenate([self.row(number)[0] for number in numbers])
        t = [int(rows.target.reshape(len(rows), -1)[at, 0]) for _, rows, at in map(self.row, numbers)]
        bright = np.clip(255 * pixels / max(float(pixels.max()), 1e-12), 0, 255).astype(np.uint8)
        text = base64.b64encode(bright.tobytes()).decode()
        return {"width": shape[1], "height": shape[0], "row": numbers, "t": t, "pixels": text}

    @cached_property
    def pictured(self) -> list[int]:
        """The numbers of the rows that are shown as pictures: of the last split, which the network has not learned."""
        first = self.count - len(self.rows[-1][1])
        return np.unique(np.linspace(first, self.count - 1, MOST_PICTURES).astype(int)).tolist()

    # --- in words --------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All of it as plain data."""
        training, targets = self.training, self.training.data.targets
        low, high = zip(*map(self.ends, self.axes), strict=True) if self.axes else ((), ())
        at = [round_numbers(*ends, 5) for ends in zip(low, high, strict=True)]
        points = self.points() if self.axes else None
        if self.kind == "curve" and points:
            at.append([min(points["y"]), max(points["y"])])
        task = targets.task
        return {
            "task": task, "kind": self.kind,
            "rows": {name: len(rows) for name, rows in training.splits().items()},
            "columns": [{"name": column.name, "kind": column.kind} for column in self.columns],
            "inputs": [] if self.kind == "pictures" else list(training.data.features.outputs), "axes": self.axes,
            "chosen": self.chosen, "low": list(map(known, low)), "high": list(map(known, high)),
            "at": at, "ticks": [[significant(value) for value in values] for values in at],
            "classes": [str(name) for name in targets.classes or ()] or (["no", "yes"] if task == "multilabel" else []),
            "target": _target(training), "labels": self.labels, "label": self.label,
            "points": points, "pictures": self.pictures(),
        }  # fmt: skip

    # --- what the network says -------------------------------------------------------------------------

    def answers(self, y: Array) -> tuple[Array, str]:
        """What outputs (n, k) say at each place, (n,), and its form: `class` with a strength, or `value`."""
        targets, loss = self.training.data.targets, self.training.objective.loss
        if targets.task == "regression":
            return point_numbers(y, targets, loss)[:, self.label], "value"
        if targets.task == "multiclass" and y.shape[1] > 1:
            codes = class_codes(y, targets, loss)
            return codes * 16 + np.clip(15 * _strength(y), 0, 15).astype(int), "class"
        return y[:, min(self.label, y.shape[1] - 1) if targets.task == "multilabel" else y.shape[1] - 1], "value"


def _strength(y: Array) -> Array:
    """How sure outputs are, 0 to 1: by how much the largest is ahead of the next."""
    ordered = np.sort(y, axis=1)
    ahead = ordered[:, -1] - ordered[:, -2]
    most = float(ahead.max())
    return ahead if most <= 1 else ahead / most


def _columns(training: Training) -> Iterator[Column]:
    """The raw columns that are inputs, with their ends and where they stay while others move."""
    features, given = training.data.features, training.source.X
    if features.image_shape is not None:
        return
    for at, column in enumerate(features.columns):
        if not column.used:
            continue
        if column.kind == "number":
            values = _numbers(given, at)
            low, high, middle = (float(f(values)) for f in (np.nanmin, np.nanmax, np.nanmean))
            yield Column(column.name, "number", at, low, high, middle)
        else:
            values = given.iloc[:, at].dropna() if hasattr(given, "iloc") else np.asarray(given)[:, at]
            found, often = np.unique(np.asarray(values).astype(str), return_counts=True)
            common = str(found[np.argmax(often)])
            yield Column(column.name, "category", at, 0.0, 0.0, common)


def _numbers(table: Any, at: int) -> Array:
    column = table.iloc[:, at].to_numpy() if hasattr(table, "iloc") else dense(table)[:, at]
    return np.asarray(column, dtype=float)


def _labels(targets: Targets) -> list[str]:
    """What may be chosen for the plane: a label or a target of several."""
    return list(targets.names) if targets.task in ("multilabel", "regression") else []


def _target(training: Training) -> str:
    name = training.data.targets.names[0]
    given = training.experiment.target
    return str(given) if name == "target" and isinstance(given, str) else str(name)


def _short(values: Array) -> list[float | None]:
    return [known(value) for value in values.tolist()]
