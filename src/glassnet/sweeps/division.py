"""Which rows train and which choose, in a sweep: the split's own validation rows, or every row once, in folds.

Test rows are in none of them. They are drawn first, as everywhere, and left out before a cell sees anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import Catalog
from ..data import Prepared, Split, infer_task, prepare
from ..data.grounds import counts_of_groups, deal_groups, grounds_of, split_in_order
from ..data.splits import Index
from ..errors import GlassnetError
from ..experiment import Experiment, kept_inputs, load_dataset
from ..kinds import Dataset
from ..streams import Stream, generator


@dataclass(frozen=True, eq=False)
class Division:
    """A data set and its splits, none of which has test rows. `test` are the rows that were left out.

    `whole` says that there are too few rows to split: then each cell is scored on the rows that it learned.
    """

    source: Dataset
    splits: tuple[Split, ...]
    test: Index
    whole: bool


def divide(experiment: Experiment, catalog: Catalog, folds: int = 0) -> Division:
    """The split's training and validation rows, or with `folds` as many splits of all rows but the test rows."""
    _, source = load_dataset(experiment, catalog)
    task = infer_task(source, experiment.task)
    prepared = prepare(
        source, task, test=experiment.test, validation=0.0 if folds else experiment.validation,
        split_seed=experiment.split_seed, scale="none", keep=kept_inputs(experiment),
        standardise_target=False,
    )  # fmt: skip
    nothing = np.arange(0)
    left_out = nothing if prepared.test is None or prepared.whole else prepared.test.index
    if prepared.whole:
        if folds:
            raise GlassnetError(f"{len(prepared.train)} rows are too few for --folds: leave it away")
        everything = prepared.train.index
        return Division(source, (Split(everything, everything, nothing),), nothing, True)
    if folds:
        return Division(source, _folds(prepared, folds, experiment.split_seed), left_out, False)
    if prepared.validation is None:
        raise GlassnetError("--validation 0 leaves no rows to choose by: give a share such as 0.1, or --folds 5")
    split = Split(prepared.train.index, prepared.validation.index, nothing)
    return Division(source, (split,), left_out, False)


def _folds(prepared: Prepared, folds: int, seed: int) -> tuple[Split, ...]:
    rows = prepared.train
    if folds > len(rows):
        raise GlassnetError(f"--folds {folds} is more than the {len(rows)} rows beside the test rows: give fewer")
    grounds = grounds_of(prepared.raw[2], prepared.raw[1], prepared.targets.task)
    if grounds.order is not None:
        return _forward(rows.index, grounds.order[rows.index], folds)
    codes = rows.target if grounds.codes is not None else np.zeros(len(rows), int)
    if grounds.groups is None:
        fold = fold_of_each(codes, folds, generator(seed, Stream.FOLDS))
    else:
        counts, group = counts_of_groups(grounds.groups[rows.index], codes)
        if folds > len(counts):
            raise GlassnetError(
                f"--folds {folds} is more than the {len(counts)} groups beside the test rows: give fewer"
            )
        fold = deal_groups(counts, folds, generator(seed, Stream.FOLDS))[group]
    return tuple(Split(rows.index[fold != k], rows.index[fold == k], np.arange(0)) for k in range(folds))


def _forward(rows: Index, order: NDArray[np.float64], folds: int) -> tuple[Split, ...]:
    """Each fold is validated by rows that come after all it learned from, as the test rows come after them all.

    The rows in their order are cut into one part more than there are folds: the first is learned from alone, then the
    first two, and the next one validates. Rows of one moment are not parted.
    """
    splits, learned, left = [], rows[:0], rows
    for part in range(folds, 0, -1):
        begun, left = split_in_order(left, part / (part + 1), order[np.searchsorted(rows, left)])
        learned = np.sort(np.concatenate([learned, begun]))
        splits.append((learned, left))
    ends = [later for _, later in splits[1:]] + [rows[:0]]
    if any(len(later) == 0 for _, later in splits):
        raise GlassnetError(f"--folds {folds}: the column of --order has too few different values: give fewer")
    return tuple(
        Split(learned, np.setdiff1d(later, after), rows[:0])
        for (learned, later), after in zip(splits, ends, strict=True)
    )


def fold_of_each(codes: NDArray[Any], folds: int, rng: np.random.Generator) -> NDArray[Any]:
    """The fold of each row, from 0: every class, and all rows, are dealt out evenly, like cards.

    Rows are shuffled, sorted by class and dealt one by one, so that sizes differ by one row at most.
    """
    order = rng.permutation(len(codes))
    order = order[np.argsort(codes[order], kind="stable")]
    fold = np.empty(len(codes), int)
    fold[order] = np.arange(len(codes)) % folds
    return fold
