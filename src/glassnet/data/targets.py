"""What is to be learned, as numbers: one-hot classes, a 0/1 column, several of them, or standardised numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..errors import GlassnetError, did_you_mean, join
from ..kinds import TASKS, Dataset, Task
from ..probes import EVERYWHERE, Reach

Array = NDArray[Any]
MOST_CLASSES = 20
FEWEST_ONE_HOT = 10  # rows; of fewer, each may well have just one label by chance

#: Mean and scale of numbers, (c,) each.
Units = tuple[Array, Array]


def target_values(y: Any) -> Array:
    """y as an array of booleans, whole numbers, numbers or text, with no gap in it."""
    values = np.asarray(y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim not in (1, 2):
        raise GlassnetError(f"y must be (n,) or (n, c), but its shape is {values.shape}.")
    if values.dtype.kind == "O":
        values = _plain(values)
    if values.dtype.kind == "S":
        values = values.astype(str)
    if values.dtype.kind not in "biufU":
        raise GlassnetError(f"the target holds {values.dtype.name}; it must hold numbers, text or true/false.")
    if values.dtype.kind == "f":
        bad = ~np.isfinite(values) if values.ndim == 1 else ~np.isfinite(values).all(axis=1)
        if bad.any():
            row = int(np.argmax(bad))
            raise GlassnetError(
                f"the target of row {row} (counted from 0) is {values[row].tolist()}, and so in {int(bad.sum())} "
                "rows in all. Leave such rows out."
            )
    return values


def _plain(values: Array) -> Array:
    """An array of Python objects as one of a plain type; text wins over numbers."""
    import pandas as pd

    gaps = pd.isna(values)
    if gaps.any():
        row = int(np.argwhere(gaps)[0, 0])
        raise GlassnetError(f"row {row} (counted from 0) has no target. Leave such rows out.")
    found = pd.api.types.infer_dtype(values.ravel(), skipna=False)
    types = {"boolean": bool, "integer": np.int64, "floating": float, "mixed-integer-float": float}
    if found in types:
        return values.astype(types[found])
    if found in ("string", "mixed-integer", "mixed") and any(isinstance(v, str) for v in values.flat):
        return values.astype(str)
    raise GlassnetError(f"the target holds {found} values; it must hold numbers, text or true/false.")


def infer_task(dataset: Dataset, task: str | None = None) -> Task:
    """What kind of question y asks.

    The given `task` wins, then the data set's own. Otherwise a target of whole numbers (also written 1.0), text or
    true/false with at most 20 values is a class (binary with two, else multiclass), several columns of 0 and 1 are
    multilabel, and everything else is regression.
    """
    wanted = task or dataset.task
    if wanted is not None and wanted not in TASKS:
        guess = did_you_mean(wanted, TASKS)
        raise GlassnetError(f"there is no task {wanted!r}.{guess} Possible are {join(TASKS)}.")
    values = target_values(dataset.y)
    if len(values) == 0:
        raise GlassnetError("the data set has no rows.")
    if wanted is not None:
        inferred: Task = wanted
    elif values.ndim == 2:
        inferred = "multilabel" if _zeros_and_ones(values) else "regression"
    else:
        inferred = _infer_column(values, dataset.classes)
    _check_task(values, inferred, dataset.classes)
    return inferred


def _infer_column(values: Array, classes: Sequence[Any] | None) -> Task:
    if classes is not None:
        return "binary" if len(classes) == 2 else "multiclass"
    if values.dtype.kind == "f" and not _whole(values):
        return "regression"
    different = len(np.unique(values))
    if different <= MOST_CLASSES:
        return "binary" if different <= 2 else "multiclass"
    if values.dtype.kind == "U":
        raise GlassnetError(
            f"the target holds {different} different texts, and more than {MOST_CLASSES} are not taken for classes "
            "unasked. If they are classes, give the task multiclass; otherwise choose another target column."
        )
    return "regression"


def _whole(values: Array) -> bool:
    """Whether numbers are whole ones: pandas writes 1.0 where a column has, or once had, a gap."""
    return bool(((np.trunc(values) == values) & (np.abs(values) < 2**53)).all())


def _zeros_and_ones(values: Array) -> bool:
    return values.dtype.kind != "U" and bool(np.isin(values, (0, 1)).all())


def one_hot_remark(y: Any) -> str:
    """What to say where several labels look like the classes of rows, each with exactly one of them; else empty."""
    values = target_values(y)
    n, columns = values.shape if values.ndim == 2 else (0, 0)
    if n < max(columns, FEWEST_ONE_HOT) or not _zeros_and_ones(values) or (values.sum(axis=1) != 1).any():
        return ""
    return (
        f"the target has {columns} columns with exactly one 1 in each row, as classes written one-hot have; they are "
        f"learned as {columns} labels, of which a row may have any number. If a row has one class, give it as one "
        "column: y.argmax(axis=1)"
    )


def _check_task(values: Array, task: Task, classes: Sequence[Any] | None = None) -> None:
    """Does y fit the task? Where the classes are known, rows of a single one of them are enough."""
    if task == "regression":
        if values.dtype.kind == "U":
            raise GlassnetError(f"regression needs numbers, but the target holds text such as {str(values.flat[0])!r}.")
        return
    if task == "multilabel":
        if not _zeros_and_ones(values):
            raise GlassnetError("a multilabel target is (n, c) of 0 and 1 only; this one holds something else.")
        return
    if values.ndim == 2:
        raise GlassnetError(f"a {task} target is one column, but this one has {values.shape[1]}.")
    different = np.unique(values)
    if len(different) < 2 and len(classes or ()) < 2:
        raise GlassnetError(
            f"every row has the same target, {different[0].item()!r}: there is only one class, nothing to tell apart."
        )
    if task == "binary" and len(different) > 2:
        raise GlassnetError(
            f"a binary target has two values, but this one has {len(different)}. Try --task multiclass."
        )


@dataclass(frozen=True, eq=False)
class Targets:
    """How targets become numbers, and numbers become targets again.

    `classes` are the plain values of the classes in the order of their codes (binary and multiclass only).
    `mean` and `scale`, (c,), belong to regression: t = (y - mean) / scale. `names` are those of the c target
    columns where the target has several.
    """

    task: Task
    classes: tuple[Any, ...] | None
    mean: Array
    scale: Array
    names: tuple[str, ...]
    dtype: np.dtype[Any]

    @classmethod
    def fit(
        cls,
        y: Any,
        task: Task,
        *,
        classes: Sequence[Any] | None = None,
        names: Sequence[str] | None = None,
        standardise: bool = True,
        reach: Reach = EVERYWHERE,
        weight: Array | None = None,
        dtype: DTypeLike = np.float64,
    ) -> Targets:
        """Learn classes, or mean and standard deviation, from the training rows, weighed by `weight` (n,).

        `reach` is what outputs can be: numbers that would lie outside of it once they are standardised are divided
        by their spread only, where outputs have one end, or stay as they are, where they have two.
        """
        values = target_values(y)
        width = values.shape[1] if values.ndim == 2 else 1
        mean, scale = np.zeros(width), np.ones(width)
        if task == "regression" and standardise:
            numbers = values.astype(np.float64).reshape(len(values), width)
            with np.errstate(over="ignore", invalid="ignore"):
                mean = np.average(numbers, axis=0, weights=weight)
                spread = np.sqrt(np.average((numbers - mean) ** 2, axis=0, weights=weight))
            if np.isfinite(numbers).all() and not np.isfinite(spread).all():
                largest = np.abs(numbers).max()
                raise GlassnetError(
                    f"the target holds numbers up to {largest:g}, too large to square: give other units"
                )
            varies = spread > 1e-12 * np.abs(mean)  # less is the rounding error of a constant column
            scale = np.where(varies, spread, 1.0)
            ways = _ways(mean, scale, reach)
            mean, scale = next((way for way in ways if within((numbers - way[0]) / way[1], reach)), ways[0])
        found = None
        if task in ("binary", "multiclass"):
            found = tuple(_plain_value(v) for v in (_different(values) if classes is None else classes))
        given = tuple(str(name) for name in names or ())
        default = ("target",) if width == 1 else tuple(f"target_{i + 1}" for i in range(width))
        return cls(task, found, mean, scale, given if len(given) == width else default, np.dtype(dtype))

    def in_units(self, units: Units) -> Targets:
        """The same targets with other (mean, scale); as they are where these are for other columns, or for classes."""
        mean, scale = units
        fits = self.task == "regression" and mean.shape == scale.shape == self.mean.shape
        return replace(self, mean=mean, scale=scale) if fits else self

    @property
    def columns(self) -> int:
        """c, the number of target columns."""
        return len(self.classes) if self.task == "multiclass" and self.classes else len(self.mean)

    def encode(self, y: Any) -> Array:
        """t, (n, c) in the network's dtype: what losses see."""
        if self.task == "multiclass":
            return np.eye(self.columns, dtype=self.dtype)[self.target(y)]
        if self.task == "regression":
            return ((self.target(y) - self.mean) / self.scale).astype(self.dtype)
        target = self.target(y)
        return target.reshape(len(target), -1).astype(self.dtype)

    def target(self, y: Any) -> Array:
        """What metrics see: class codes (n,), 0 and 1 (n, c), or numbers (n, c) in their own units."""
        values = target_values(y)
        if self.classes is not None:
            return self.codes(values)
        _check_task(values, self.task)
        values = values.reshape(len(values), -1)
        if values.shape[1] != len(self.mean):
            raise GlassnetError(f"the target has {values.shape[1]} columns where {len(self.mean)} were trained.")
        return values.astype(np.float64 if self.task == "regression" else np.int64)

    def codes(self, y: Any) -> NDArray[np.int64]:
        """Class codes, (n,), counted from 0. y holds the classes or, where these are text, already the codes."""
        classes = self.classes or ()
        values = target_values(y)
        if values.ndim == 2:
            raise GlassnetError(f"a {self.task} target is one column, but this one has {values.shape[1]}.")
        found, inverse = np.unique(values, return_inverse=True)
        known = {c: i for i, c in enumerate(classes)}
        known_text = {str(c): i for i, c in enumerate(classes)}
        table = [known.get(v, known_text.get(str(v), -1)) for v in found.tolist()]
        if values.dtype.kind in "biu" and set(table) == {-1} and all(isinstance(c, str) for c in classes):
            table = [v if 0 <= v < len(classes) else -1 for v in found.tolist()]
        unknown = [v for v, code in zip(found.tolist(), table, strict=True) if code < 0]
        if unknown:
            raise GlassnetError(
                f"rows hold classes that training rows don't: {join(unknown[:10])}. Known are {join(classes)}."
            )
        return np.asarray(table, dtype=np.int64)[inverse]

    def numbers(self, outputs: Array) -> Array:
        """Outputs of the network, (n, c), back in the target's own units, float64."""
        return np.asarray(outputs, dtype=np.float64) * self.scale + self.mean

    def labels(self, codes: Any) -> Array:
        """Class names of class codes, (n,); several labels, (n, c) of 0 and 1, stay as they are."""
        codes = np.asarray(codes)
        return codes if self.classes is None else np.asarray(self.classes)[codes.astype(np.int64)]

    def to_arrays(self) -> dict[str, Array]:
        """All of it as plain arrays for `np.savez`; no key is one of `Features.to_arrays`."""
        return {
            "targets_task": np.array(self.task),
            "targets_classes": np.array(() if self.classes is None else self.classes),
            "targets_mean": self.mean,
            "targets_scale": self.scale,
            "targets_names": np.array(self.names),
            "targets_dtype": np.array(self.dtype.name),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Targets:
        """The reverse of `to_arrays`; other keys are ignored."""
        classes = arrays["targets_classes"].tolist()
        return cls(
            task=str(arrays["targets_task"]),  # type: ignore[arg-type]
            classes=tuple(classes) or None,
            mean=np.asarray(arrays["targets_mean"]),
            scale=np.asarray(arrays["targets_scale"]),
            names=tuple(arrays["targets_names"].tolist()),
            dtype=np.dtype(str(arrays["targets_dtype"])),
        )


def _different(values: Array) -> Array:
    """The classes of a target in order; the class 1.0 is called 1."""
    found = np.unique(values)
    return found.astype(np.int64) if found.dtype.kind == "f" and _whole(found) else found


def _ways(mean: Array, scale: Array, reach: Reach) -> list[Units]:
    """Every (mean, scale) that numbers may be encoded with for outputs of such a reach, the best first."""
    ends = int(np.isfinite(reach).sum())
    standard, nothing = (mean, scale), np.zeros_like(mean)
    if ends == 2:
        return [(nothing, np.ones_like(scale)), standard]
    return [standard, (nothing, scale)] if ends else [standard]


def within(t: Array, reach: Reach) -> bool:
    """Whether all targets can be reached; a hundredth is allowed for, as some outputs come to their ends slowly."""
    low, high = reach
    margin = 0.01 * (high - low if np.isfinite(reach).all() else 1.0)
    return bool(t.size == 0 or (t.min() >= low - margin and t.max() <= high + margin))


def _plain_value(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
