"""Several runs side by side: in which choices they differ, and whether their scores do, beyond luck.

The rows that judge are few, so a score has an interval. Two intervals that overlap say little about two runs that were
judged by the very same rows: luck with these rows is shared. The difference is then judged row by row instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError, join
from ..experiment import Difference, Interval, paired, resampled, unpaired
from ..experiment import intervals as intervals_of
from ..faces import Face, Shows, in_brief
from ..kinds import Metric
from ..runs import Run, Score, need_run
from ..training import Scorer
from .faces import runs_face

Array = NDArray[Any]

RESAMPLES = 1000
ROWS = {"validation": "validation rows", "test": "test rows", "train": "training rows", "all": "rows, too few to split"}


@dataclass(frozen=True, repr=False)
class RunComparison(Face):
    """Runs beside each other: `scores`, `intervals` and `differences` are by metric, one entry a run.

    The first run is what the others are compared with; its own difference is None. `better` says which way is
    up. `settings` holds the fields in which the runs differ. `judged` are the rows that all of them are judged by:
    "validation", "test" where that was asked for or there are no validation rows, "train" where there is neither, or
    "all" of a set too small to split.
    """

    runs: tuple[Run, ...]
    judged: str
    same_rows: tuple[bool, ...]
    scores: Mapping[str, tuple[float, ...]]
    intervals: Mapping[str, tuple[Interval, ...]]
    differences: Mapping[str, tuple[Difference | None, ...]]
    better: Mapping[str, str]
    settings: Mapping[str, tuple[Any, ...]]

    @property
    def names(self) -> list[str]:
        """What each is called: its folder, and where it was never written down its place here and what it learned."""
        called = [run.folder.name if run.folder.is_dir() else "" for run in self.runs]
        titles = [f"{place}: {run.title}" for place, run in enumerate(self.runs, 1)]
        return [name or title for name, title in zip(called, titles, strict=True)]

    @property
    def split(self) -> str:
        """The split that holds the rows that judge; of a set too small to split any one does."""
        return split_of(self.judged)

    def _face_(self) -> Iterator[str | Shows]:
        return runs_face(self)


def compare_runs(runs: Sequence[Run], metric: str | None = None, rows: str | None = None) -> RunComparison:
    """Compare finished runs with the first of them; `metric` picks one score, else all that they have in common.

    They are judged by their validation rows, since comparing is choosing, and by the test rows where a run has no
    validation rows, or `rows="test"` asks for it.

    On shared rows: 1000 samples of the rows with replacement, the same for both runs; the interval holds the
    middle 95 % of the differences (Efron 1979). Elsewhere only the two intervals count, as for independent
    scores (Newcombe 1998).
    """
    if len(runs) < 2:
        raise GlassnetError("one run alone can't be compared: name at least two, such as 1 2, or 3 last")
    _refuse_unfinished(runs)
    names = _metrics(runs, metric)
    judged = _judged_alike(runs, rows)
    split = split_of(judged)
    same = tuple(_share_rows(runs[0], run, split) for run in runs)
    scores, intervals, differences = {}, {}, {}
    for name in names:
        judged_by = [run.score(split, name) for run in runs]
        scores[name] = tuple(score.value for score in judged_by)
        intervals[name] = tuple(_interval(run, score) for run, score in zip(runs, judged_by, strict=True))
        pairs = list(zip(scores[name], intervals[name], strict=True))
        rest = [
            _paired(runs[0], run, split, name, unpaired(pairs[0], pair)) if together else unpaired(pairs[0], pair)
            for run, together, pair in list(zip(runs, same, pairs, strict=True))[1:]
        ]
        differences[name] = (None, *rest)
    better = {name: runs[0].score(split, name).better for name in names}
    return RunComparison(tuple(runs), judged, same, scores, intervals, differences, better, _settings(runs))


def compare(runs: Sequence[Any], metric: str | None = None, rows: str | None = None) -> RunComparison:
    """Runs beside each other, the others against the first: `compare([load(1), load(2)])`, `compare(load_all())`.

    Each is a run, a training that was finished, or a fitted estimator. `metric` picks one score; `rows` is "validation"
    or "test", by default the validation rows, since comparing is choosing. Shown, it is a table for each score, how the
    differences were judged, and the choices in which the runs differ.

    Raises `GlassnetError` for fewer than two, for one that is not finished, and where they share no score.
    """
    if isinstance(runs, str) or not isinstance(runs, Sequence):
        raise GlassnetError(f"compare wants a list of runs, compare([load(1), load(2)]), not {in_brief(runs)}")
    return compare_runs([need_run(one, "compare") for one in runs], metric, rows)


def _refuse_unfinished(runs: Sequence[Run]) -> None:
    for run in runs:
        stopped = str(run.result.get("stopped", "")) if run.result else "unfinished"
        if not run.result or stopped.startswith("diverged"):
            why = "has no final figures" if not run.result else "diverged"
            raise GlassnetError(f"{run.folder} {why}: finish it with glassnet train --resume, or leave it out")


def _metrics(runs: Sequence[Run], wanted: str | None) -> list[str]:
    """The metrics that all runs have, in the first one's order."""
    first, *others = (run.metrics for run in runs)
    shared = [name for name in first if all(name in names for names in others)]
    if wanted is not None and wanted not in shared:
        raise GlassnetError(f"not every run has the metric {wanted!r}; they share: {join(shared) or 'none'}")
    if not shared:
        tasks = join(f"{run.folder.name} is {run.experiment.task}" for run in runs)
        raise GlassnetError(f"these runs have no score in common ({tasks}): compare runs of one question")
    return [wanted] if wanted is not None else shared


def split_of(judged: str) -> str:
    """The split that holds the rows; of a set too small to split any one does."""
    return "test" if judged == "all" else judged


def _interval(run: Run, score: Score) -> Interval:
    if score.low is None and score.high is None and not isnan(score.value):  # an older run has those of its test rows
        alone = Scorer({score.metric: _metric(run, score.metric)}, run.trained.data.targets, run.trained.objective.loss)
        y, rows = run.outputs(score.split), run.rows(score.split)
        return intervals_of(y, rows, alone, run.experiment.split_seed)[score.metric]
    return tuple(float("nan") if end is None else end for end in (score.low, score.high))  # type: ignore[return-value]


def _judged_alike(runs: Sequence[Run], wanted: str | None) -> str:
    """The rows that all of them are judged by. A score of rows that were learned from says less than one of others."""
    if wanted is None and runs[0].chosen_by(*runs) == "validation":
        wanted = "validation"
    judged = [_judged(run, wanted) for run in runs]
    if len(set(judged)) > 1:
        by = join(f"{run.folder.name} by its {ROWS[one]}" for run, one in zip(runs, judged, strict=True))
        raise GlassnetError(
            f"these runs are judged by rows of different kinds ({by}), and a network does better on rows that it has "
            "learned from: train them again with the same --test"
        )
    return judged[0]


def _judged(run: Run, wanted: str | None) -> str:
    if wanted is not None and wanted not in run.scored:
        raise GlassnetError(f"{run.folder} has no {ROWS.get(wanted, wanted)}: it has {join(run.scored)}")
    counts = set(run.provenance.get("rows", {}).values())
    # All rows are in every split of a small set. Others need not be loaded to see that: their files may be gone.
    whole = run.judged != "train" and len(counts) <= 1 and run.trained.data.whole
    return "all" if whole else wanted or run.judged


def _share_rows(one: Run, other: Run, split: str) -> bool:
    """Whether two runs are judged by the very same rows: of the same data, in the same order, with the same targets."""
    if one.provenance.get("data_sha256") != other.provenance.get("data_sha256"):
        return False
    left, right = one.rows(split), other.rows(split)
    return np.array_equal(left.index, right.index) and np.array_equal(left.target, right.target)


def _metric(run: Run, name: str) -> Metric:
    return run.trained.scorer.metrics[name]


def _paired(one: Run, other: Run, split: str, name: str, apart: Difference) -> Difference:
    """Judged row by row; where no resampling moves the difference, by the two intervals apart, which have a width."""
    if np.array_equal(one.outputs(split), other.outputs(split)):
        return Difference(0.0, 0.0, 0.0, paired=True)  # the same answers: no other rows are needed to know
    left, right = (_judge(run, split, name) for run in (one, other))
    return paired(left, right, len(one.rows(split)), one.experiment.split_seed, RESAMPLES, apart)


def _judge(run: Run, split: str, name: str) -> Any:
    """rows -> the run's score on them."""
    training, rows, y = run.trained, run.rows(split), run.outputs(split)
    scorer = Scorer({name: _metric(run, name)}, training.data.targets, training.objective.loss)
    return lambda drawn: scorer(y[drawn], resampled(rows, drawn))[name]


def _settings(runs: Sequence[Run]) -> dict[str, tuple[Any, ...]]:
    """The fields in which the experiments differ."""
    experiments = [run.experiment for run in runs]
    names = experiments[0].differing(experiments[1:])
    return {name: tuple(getattr(one, name) for one in experiments) for name in names}
