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
from ..data.splits import Index
from ..errors import GlassnetError
from ..experiment import Experiment, load_dataset
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
        split_seed=experiment.split_seed, scale="none", keep=(*experiment.keep, *experiment.category),
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
    codes = rows.target if prepared.targets.task in ("binary", "multiclass") else np.zeros(len(rows), int)
    fold = fold_of_each(codes, folds, generator(seed, Stream.FOLDS))
    return tuple(Split(rows.index[fold != k], rows.index[fold == k], np.arange(0)) for k in range(folds))


def fold_of_each(codes: NDArray[Any], folds: int, rng: np.random.Generator) -> NDArray[Any]:
    """The fold of each row, from 0: every class, and all rows, are dealt out evenly, like cards.

    Rows are shuffled, sorted by class and dealt one by one, so that sizes differ by one row at most.
    """
    order = rng.permutation(len(codes))
    order = order[np.argsort(codes[order], kind="stable")]
    fold = np.empty(len(codes), int)
    fold[order] = np.arange(len(codes)) % folds
    return fold
