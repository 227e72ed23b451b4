"""From a data set to training, validation and test rows, with an account of what was done to get there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..errors import GlassnetError, join
from ..faces import in_a_line
from ..kinds import ColumnRole, Dataset, Task
from ..probes import EVERYWHERE, Reach
from ..streams import Stream, generator
from ..wording import amount, count
from .columns import input_table
from .features import Features, check_scale
from .grounds import Grounds, copies_account, grounds_of, split_account, why_none
from .reading import Roles
from .roles import roles_of
from .sparse import Sparse, all_here
from .splits import Index, Split, check_fraction
from .stored import Stored
from .targets import Targets, Units, target_values

Array = NDArray[Any]
TOO_FEW_TO_SPLIT = 20


@dataclass(frozen=True, eq=False)
class Rows:
    """Prepared rows.

    `X` (n, d) and `t` (n, c) are what the network sees, C-contiguous in its dtype; sparse inputs stay `Sparse`,
    and those that lie in a file `Stored`.
    `target` is what metrics see: class codes (n,), 0 and 1 (n, c), or numbers (n, c) in their own units. `weight`
    (n,) has mean 1; it exists on training rows, and on validation rows only where rows were given weights. `index`
    holds the row numbers in the data set, counted from 0; fixed test rows are counted on from its last row.
    """

    __repr__ = in_a_line

    X: Array
    t: Array
    target: Array
    weight: Array | None
    index: Index

    def __len__(self) -> int:
        return len(self.X)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A data set ready to train on.

    `whole` says that there are too few rows to split: training, validation and test are then all the same rows.
    `account` tells people what was done with rows and columns (the data set's own
    `notes` come before it); `raw` are the rows before any of it, and `checksum` is their SHA-256.
    """

    __repr__ = in_a_line

    train: Rows
    validation: Rows | None
    test: Rows | None
    whole: bool
    features: Features
    targets: Targets
    account: tuple[str, ...]
    dtype: np.dtype[Any]
    raw: tuple[Any, Array, Dataset]

    @cached_property
    def checksum(self) -> str:
        """Taken when it is asked for: on large data it costs as much as reading them."""
        return _checksum(*self.raw)


def checksum_of(dataset: Dataset) -> str:
    """The SHA-256 of the rows of a data set, as `Prepared.checksum` is, before anything is done to them."""
    return _checksum(input_table(dataset.X, dataset.feature_names)[0], target_values(dataset.y), dataset)


def prepare(
    dataset: Dataset,
    task: Task,
    *,
    test: float = 0.2,
    validation: float = 0.1,
    split_seed: int = 0,
    scale: str = "auto",
    keep: Sequence[str] = (),
    dtype: DTypeLike | None = None,
    class_weight: str | None = None,
    standardise_target: bool = True,
    reach: Reach = EVERYWHERE,
    units: Units | None = None,
    rows: Split | None = None,
    weight: Array | None = None,
    features: Features | None = None,
    learned: tuple[Features, Targets] | None = None,
    making: Sequence[str] = (),
) -> Prepared:
    """Split the rows, learn the preparation from the training rows, and apply it to all.

    `test` is a share of all rows, `validation` a share of what is left; 0 means none. Fixed test rows of the
    data set take the place of `test`. The split is stratified for classes. `scale` and `keep` are those of
    `Features.fit`. `class_weight` is "balanced" or None. The dtype is float64 for tables and float32 for images
    unless it is given. `rows` are given by whoever has divided them already (folds, validation rows of one's
    own); shares and fixed test rows then don't count. `weight` (n,) weighs the rows of the data set.
    `reach` is what outputs can be, see `Targets.fit`; `units` (mean, scale) and `features` take the place of those that
    would be learned. `learned` is what an earlier preparation learned; it is applied to these rows, and nothing is
    learned from them. `making` says what is made of the number columns, `("squares", "products")`.
    """
    shares = check_fraction("test", test), check_fraction("validation", validation)
    check_scale(scale)
    X, names = input_table(dataset.X, dataset.feature_names)
    y = target_values(dataset.y)
    _check_rows(X, y, "")
    fixed = dataset.test_X is not None and rows is None
    whole = not fixed and rows is None and len(X) < TOO_FEW_TO_SPLIT
    grounds, divided = grounds_of(dataset, y, task), rows is None
    if rows is None:
        rows = _whole(len(X), shares) if whole else _split(len(X), grounds, shares, split_seed, fixed)
    parts = (rows.train, rows.validation, rows.test)
    kind, image = _network_dtype(dtype, dataset), dataset.image_shape
    if learned is None:
        if features is None or features.dtype != kind:
            roles = dataset.columns or _roles(dataset, X, keep)
            features = Features.fit(
                X,
                parts[0],
                names=names,
                scale=scale,
                keep=keep,
                roles=roles,
                image_shape=image,
                dtype=kind,
                making=making,
            )
        targets = _fit_targets(dataset, y, task, parts[0], standardise_target, reach, weight, kind)
        learned = features, targets if units is None else targets.in_units(units)
    features, targets = learned
    if tuple(making) != (ways := () if features.made is None else features.made.ways):
        given, earlier = (join(one) or "none" for one in (making, ways))
        raise GlassnetError(f"--features {given} can't go on from {earlier}: leave it as it was, or start anew")
    train, validated, tested = (_rows(X, y, part, features, targets) for part in parts)
    if fixed:
        tested = _fixed_test_rows(dataset, features, targets, len(X))
    assert train is not None  # _split sees to it
    account = [_row_account(train, validated, tested, whole, fixed, grounds)]
    if divided and not whole:
        account += split_account(dataset, grounds, rows, targets, y)
        account += copies_account(dataset, train, validated, tested) if all_here(X) else ()
    account += features.account()
    if task == "regression" and standardise_target:
        account.append(_target_account(targets, reach))
    balance = _balance(train, class_weight, targets)
    train = _weighted(train, balance, weight)
    if validated is not None:  # what early stopping looks at is what training lowers
        validated = _weighted(validated, balance, weight)
    return Prepared(train, validated, tested, whole, features, targets, tuple(account), kind, (X, y, dataset))


def _roles(dataset: Dataset, X: Any, keep: Sequence[str]) -> tuple[ColumnRole, ...]:
    """The role of each column of a DataFrame that nobody has looked at; numbers alone are taken as they are."""
    if not hasattr(X, "iloc"):
        return ()
    return roles_of(X, Roles(keep=tuple(keep)), hasattr(dataset.X, "columns") or dataset.feature_names is not None)


def _fit_targets(
    dataset: Dataset, y: Array, task: Task, train: Index, standardise: bool, reach: Reach, weight: Array | None,
    dtype: np.dtype[Any],
) -> Targets:  # fmt: skip
    """Mean and spread are those of the training rows; classes are the same in all, the split sees to that.

    A row of weight 2 is to count like two rows, so weights count in mean and spread, too.
    """
    if task != "regression":
        seen, weight = y, None
    else:
        seen, weight = y[train], None if weight is None else weight[train]
    classes, names = dataset.classes, dataset.target_names
    return Targets.fit(
        seen, task, classes=classes, names=names, standardise=standardise, reach=reach, weight=weight, dtype=dtype
    )


def _target_account(targets: Targets, reach: Reach) -> str:
    """What was done to numbers before they were learned."""
    if targets.mean.any() or reach == EVERYWHERE:
        return "The target was standardised for training; every score is in its own units."
    if (targets.scale == 1).all():
        return "The target keeps its units in training, as the outputs have a lowest and a highest number."
    return (
        "The target was divided by its spread for training and not shifted, as the outputs end on one side; "
        "every score is in its own units."
    )


def _check_rows(X: Any, y: Array, which: str) -> None:
    if len(X) != len(y):
        raise GlassnetError(f"X has {len(X)} {which}rows, but y has {len(y)}.")
    if len(X) == 0:
        raise GlassnetError(f"the data set has no {which}rows.")


def _network_dtype(dtype: DTypeLike | None, dataset: Dataset) -> np.dtype[Any]:
    default = np.float32 if dataset.image_shape else np.float64
    try:
        chosen = np.dtype(default if dtype is None else dtype)
    except TypeError:
        chosen = np.dtype(bool)
    if chosen not in (np.float32, np.float64):
        raise GlassnetError(f"a network computes in float32 or float64, not in {dtype!r}.")
    return chosen


def _whole(n: int, shares: tuple[float, float]) -> Split:
    everything = np.arange(n)
    test, validation = shares
    return Split(everything, everything if validation else everything[:0], everything if test else everything[:0])


def _split(n: int, grounds: Grounds, shares: tuple[float, float], seed: int, fixed: bool) -> Split:
    """Row numbers for training, validation and test. The test rows are drawn first, so that the share of
    validation rows doesn't change which rows they are."""
    rng = generator(seed, Stream.SPLIT)
    test, validation = (0.0 if fixed else shares[0]), shares[1]
    rest, tested = grounds.divide(np.arange(n), test, rng)
    trained, validated = grounds.divide(rest, validation, rng)
    if len(trained) == 0:
        raise GlassnetError(
            f"test={test:g} and validation={validation:g} leave no training row of {n}. Give smaller shares."
        )
    for name, fraction, taken in (("test", test, tested), ("validation", validation, validated)):
        if fraction and len(taken) == 0:
            raise GlassnetError(f"no row is left for {name}: {why_none(grounds)}. Give --{name} 0, or more rows.")
    return Split(trained, validated, tested)


def _rows(X: Any, y: Array, rows: Index, features: Features, targets: Targets) -> Rows | None:
    if len(rows) == 0:
        return None
    return Rows(features.transform(X, rows), targets.encode(y[rows]), targets.target(y[rows]), None, rows)


def _fixed_test_rows(dataset: Dataset, features: Features, targets: Targets, first: int) -> Rows:
    X, _ = input_table(dataset.test_X, dataset.feature_names)
    y = target_values(dataset.test_y)
    _check_rows(X, y, "test ")
    try:
        t, target = targets.encode(y), targets.target(y)
    except GlassnetError as error:
        raise GlassnetError(f"the fixed test rows don't fit the training rows: {error}") from error
    return Rows(features.transform(X), t, target, None, np.arange(first, first + len(X)))


def _weighted(rows: Rows, balance: Array | None, given: Array | None) -> Rows:
    """Rows with their weights in the loss, of mean 1: those given, times those of their classes."""
    if balance is None and given is None:
        return rows
    weight = np.ones(len(rows)) if given is None else np.asarray(given, np.float64)[rows.index]
    if balance is not None:
        weight = weight * balance[rows.target]
    if not (np.isfinite(weight).all() and weight.min() >= 0 and weight.sum() > 0):
        raise GlassnetError("weights of rows are finite numbers from 0 on, and not all of them 0.")
    return replace(rows, weight=(weight / weight.mean()).astype(rows.X.dtype))


def _balance(train: Rows, class_weight: str | None, targets: Targets) -> Array | None:
    """n / (classes * rows of the class): the weight of each class with which all count the same in training.

    A class without training rows has nothing to be balanced by, and counts as it is.
    """
    if class_weight is None:
        return None
    if class_weight != "balanced":
        raise GlassnetError(f"class_weight is None or 'balanced', but {class_weight!r} was given.")
    if targets.classes is None:
        raise GlassnetError(f"class_weight='balanced' needs classes, but the task is {targets.task}.")
    counts = np.bincount(train.target, minlength=len(targets.classes))
    weight: Array = len(train) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return np.where(counts > 0, weight, 1.0)


def _row_account(
    train: Rows, validation: Rows | None, test: Rows | None, whole: bool, fixed: bool, grounds: Grounds
) -> str:
    if whole:
        return (
            f"Only {len(train)} rows, too few to split (fewer than {TOO_FEW_TO_SPLIT}): "
            "training and scoring use all of them."
        )
    sizes = [0 if part is None else len(part) for part in (train, validation, test)]
    how = ", stratified by class" if grounds.codes is not None and grounds.order is None else ""
    how += " as far as groups allow" if how and grounds.groups is not None else ""
    origin = " (the publisher's own)" if fixed else ""
    return (
        f"{count(sum(sizes), 'row')}: {amount(sizes[0])} for training, {amount(sizes[1])} for validation, "
        f"{amount(sizes[2])} for the test{origin}{how}."
    )


def _pieces(array: Any) -> list[Any]:
    """The columns of a table, what sparse rows are made of, and any other array as it is."""
    if isinstance(array, Sparse):
        return [np.array(array.shape), array.matrix.indptr, array.matrix.indices, array.matrix.data]
    return [array.iloc[:, j] for j in range(array.shape[1])] if hasattr(array, "columns") else [array]


def _checksum(X: Any, y: Array, dataset: Dataset) -> str:
    """SHA-256 over names, types and values of all rows, fixed test rows included."""
    digest = hashlib.sha256()
    arrays: tuple[Any, ...] = (X, y, dataset.test_X, dataset.test_y, dataset.groups, dataset.order)
    for array in arrays:
        if array is None:
            continue
        for piece in _pieces(array):
            values = piece if isinstance(piece, Stored) else np.asarray(piece)
            digest.update(f"{getattr(piece, 'name', '')} {values.dtype.str} {values.shape}".encode())
            if isinstance(values, Stored):
                for _, block in values.passed():
                    digest.update(np.ascontiguousarray(block).data)
            elif values.dtype.kind in "biuf":
                digest.update(np.ascontiguousarray(values).data)
            else:
                digest.update(json.dumps([str(v) for v in values.ravel()]).encode())
    return digest.hexdigest()
