"""The score of a run on rows of another table, which hold the answers: what its test rows promised, tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..data import Rows
from ..errors import GlassnetError, did_you_mean
from ..experiment import Interval, baseline, intervals
from ..training import Scorer
from ..wording import count
from .reading import Run

if TYPE_CHECKING:
    from ..data.handed import Handed


@dataclass(frozen=True)
class Labelled:
    """Scores on `rows` rows, by metric, with their 95 % intervals.

    `baseline` is what guessing has on them, from the run's own training rows; empty where these can't be had again,
    and `why` says it.
    """

    rows: int
    scores: Mapping[str, float]
    intervals: Mapping[str, Interval]
    baseline: Mapping[str, float]
    why: str = ""


def score_handed(run: Run, handed: Handed) -> Labelled:
    """Score a run on the rows that have an answer. Raises `GlassnetError` where there is none, or an unknown one."""
    rows = labelled_rows(run, handed)
    scorer = Scorer({name: run.metric(name) for name in run.metrics}, run.model.targets, run.model.loss)
    with np.errstate(all="ignore"):
        y = run.model.network.predict(rows.X)
        guess, why = _baseline(run, rows, scorer)
        found = intervals(y, rows, scorer, run.experiment.split_seed)
        return Labelled(len(rows), scorer(y, rows), found, guess, why)


def labelled_rows(run: Run, handed: Handed) -> Rows:
    """The rows that have an answer, prepared as the run's own were."""
    model = run.model
    if handed.expected is None:
        given = run.experiment.target or model.targets.names
        names = (given,) if isinstance(given, str) else given
        missing = next(name for name in names if name not in handed.names)
        guess = did_you_mean(missing, handed.names)
        raise GlassnetError(
            f"{handed.file} has no column {missing!r} to score by.{guess} "
            f"Without one: glassnet predict {run.folder} FILE"
        )
    if not len(handed.expected):
        raise GlassnetError(f"{handed.file}: no row has an answer to score by")
    try:
        t, target = model.targets.encode(handed.expected), model.targets.target(handed.expected)
    except GlassnetError as error:
        raise GlassnetError(f"{handed.file}: {error}") from error
    X = model.features.transform(handed.X[handed.known].reset_index(drop=True))
    return Rows(X, t, target, None, np.arange(len(t)))


def _baseline(run: Run, rows: Rows, scorer: Scorer) -> tuple[Mapping[str, float], str]:
    try:
        return baseline(run.rows("train"), rows, run.model.targets, scorer), ""
    except GlassnetError as error:
        return {}, str(error)


def is_own(run: Run, table: str | Path, handed: Handed) -> bool:
    """Whether a table is the very one that the run was trained on, so that most of its rows are known by heart."""
    own, answered = run.provenance.get("rows", {}), 0 if handed.known is None else int(handed.known.sum())
    if answered not in (sum(own.values()), *own.values()):  # nearly always, and at no cost
        return False
    try:
        return Run(run.folder, run.catalog, data_given=str(table)).table is not None
    except GlassnetError:
        return False


def own_table(run: Run, handed: Handed) -> str:
    """What to say of a score on the rows that the run was trained on."""
    learned = count(run.provenance.get("rows", {}).get("train", 0), "row")
    return (
        f"{handed.file} is the table that {run.folder} was trained on: {learned} of it were learned from; "
        f"glassnet evaluate {run.folder} scores those that were kept apart"
    )
