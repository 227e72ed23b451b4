"""One cell of a sweep: a network with its settings, its seed and its rows, trained and scored on what it never saw.

Words travel to the process that does the work, and parts are rebuilt there. So a cell comes to the same numbers in
whichever process it is trained: this one, a worker on another core, or one on another machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from time import perf_counter

import numpy as np

from ..catalog import Catalog, installed
from ..data import Rows
from ..errors import GlassnetError
from ..experiment import Experiment, Training, fit_line
from ..experiment.stacks import alone, train_side_by_side
from ..training import Scorer, evaluate, threads
from .division import Division, divide

DECIDE_ABOUT_ROWS = (
    "dataset", "target", "task", "drop", "category", "keep", "group", "order", "reading",
    "test", "validation", "split_seed",
)  # fmt: skip

_ONE_AT_A_TIME = Lock()  # a cluster's worker may have several threads, and BLAS is set for the whole process


@dataclass(frozen=True)
class Cell:
    """What tells one training of a sweep from another. `settings` are as `--set` writes them.

    `round` counts from 0, where a search goes on with fewer points for more epochs.
    """

    settings: tuple[str, ...]
    epochs: int
    seed: int
    fold: int = 0
    round: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a cell came to. `scores` are of the validation rows, the loss among them; `failed` is why there are none.

    `line` are those of a straight line on the same rows, where that was asked for. `alone` says why its network could
    not stand beside others.
    """

    cell: Cell
    scores: Mapping[str, float]
    epochs: int
    seconds: float
    failed: str = ""
    line: Mapping[str, float] = field(default_factory=dict)
    alone: str = ""


@dataclass(frozen=True)
class Guests:
    """Which plugins a cell is trained with: files with their SHA-256, and installed ones that are left out."""

    files: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()
    installed: bool = True

    @classmethod
    def of(cls, catalog: Catalog) -> Guests:
        """Those of this catalog, so that another process finds the very same parts."""
        packages = [guest for guest in catalog.guests if not guest.file]
        return cls(
            files=tuple((guest.file, guest.sha256) for guest in catalog.guests if guest.file and guest.state == "ok"),
            without=tuple(guest.distribution for guest in packages if guest.state == "blocked"),
            installed=any(guest.state == "ok" for guest in packages),
        )


@dataclass(frozen=True)
class Job:
    """A cell with all that another process needs to train it. `folds` 0 means: on the split's validation rows.

    `beside` asks for the scores of a straight line as well.
    """

    experiment: Experiment
    cell: Cell
    folds: int
    guests: Guests
    beside: bool = False


#: Who trains: this machine or a cluster. Outcomes come as they are ready, in no order.
Workers = Callable[[Sequence[Job]], Iterator[Outcome]]


def with_point(experiment: Experiment, settings: Sequence[str]) -> Experiment:
    """The experiment with the settings of a point, whole parts before options of parts.

    A point is a set: in whichever order the axes were named, `optimizer=sgd` must not undo `optimizer.lr=0.1`.
    """
    return experiment.with_settings(sorted(settings, key=lambda setting: "." in setting.partition("=")[0]))


def train_cells(jobs: Sequence[Job], division: Division | None = None) -> list[Outcome]:
    """Train cells, those of one shape side by side. What goes wrong in one is its outcome: the others know nothing.

    `division` are their rows, where whoever hands over the jobs has them in memory already.
    """
    with _ONE_AT_A_TIME, threads.one():
        works, like = [Work(job) for job in jobs], None
        for work in works:
            work.prepare(division, like)
            like = work.training or like
        begun = [work for work in works if work.training is not None]
        for numbers, ended_by in train_side_by_side([work.training for work in begun if work.training is not None]):
            if ended_by is not None:
                begun[numbers[0]].failed = _said(ended_by)
        return [work.outcome() for work in works]


class Work:
    """A cell at work: how far it has come, and what has gone wrong in it, if anything."""

    def __init__(self, job: Job) -> None:
        self.job, self.failed, self.seconds = job, "", 0.0
        self.training: Training | None = None
        self._held: Rows | None = None
        self._scorer: Scorer | None = None

    def prepare(self, division: Division | None, like: Training | None) -> None:
        """Set the training up; it shares the rows of one before it that asks for the very same."""
        with self._timed():
            self.training = training = training_of(self.job, division, like)
            self._held, self._scorer = training.data.validation, training.scorer
            if not looks_at_scores(training):
                training.data = replace(training.data, validation=None)
                training.scorer = Scorer({}, training.data.targets, training.objective.loss)
                training.plan = replace(training.plan, monitor="loss")

    def outcome(self) -> Outcome:
        """What it came to: the scores of rows that it has not learned from, after its last epoch."""
        scores: dict[str, float] = {}
        line: dict[str, float] = {}
        training = self.training
        if training is not None and not self.failed:
            assert self._held is not None and self._scorer is not None  # `divide` sees to it
            with self._timed(), np.errstate(all="ignore"):
                loss, scores = evaluate(training.objective, self._held, self._scorer)
                scores |= {"loss": loss}
                line = _of_line(training, self._held, self._scorer) if self.job.beside else {}
        if undefined := [name for name, value in scores.items() if not np.isfinite(value)]:
            self.failed = f"its {undefined[0]} is not a number"
        epochs = 0 if training is None else len(training.progress.epochs)
        if training is not None:
            self.seconds += float(training.progress.epochs.figures("seconds").sum())
        reason = "" if training is None else alone(training)
        return Outcome(self.job.cell, scores, epochs, self.seconds, self.failed, line, reason)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """What goes wrong inside is this cell's own affair: a guest's part may raise anything."""
        began = perf_counter()
        try:
            yield
        except Exception as error:
            self.failed = _said(error)
        self.seconds += perf_counter() - began


def _said(error: Exception) -> str:
    words = str(error) if isinstance(error, GlassnetError) else f"{type(error).__name__}: {error}"
    return " ".join(words.split())


def _of_line(training: Training, held: Rows, scorer: Scorer) -> dict[str, float]:
    """The scores of the straight line; none where there is no line."""
    try:
        line = fit_line(training.data, scorer, training.catalog)
        return line.scorer(line.outputs(held), line.own(held))
    except (GlassnetError, ArithmeticError, np.linalg.LinAlgError):
        return {}


def looks_at_scores(training: Training) -> bool:
    """Whether the course of training depends on scores of its epochs: else they need not be taken.

    They would be half of the work where networks are small. A schedule may look at them, so only the constant one
    is known not to.
    """
    return training.plan.patience is not None or training.chosen.schedule.part.full_name != "glassnet/constant"


def training_of(job: Job, division: Division | None = None, like: Training | None = None) -> Training:
    """The training of a cell at its beginning. Its rows are without test rows: these never come near a sweep.

    It takes those of a training that is `like` it, where they are the same: they then lie in memory once.
    """
    catalog = catalog_of(job.guests)
    cell = job.cell
    experiment = with_point(job.experiment, cell.settings).replace(epochs=cell.epochs, seed=cell.seed)
    division = division or division_of(job)
    return Training(experiment, catalog, source=division.source, split=division.splits[cell.fold], like=like)


def division_of(job: Job) -> Division:
    """The rows of a job's data set, divided; kept, because most cells of a sweep share them."""
    experiment = with_point(job.experiment, job.cell.settings)
    rows_alone = Experiment(**{name: getattr(experiment, name) for name in DECIDE_ABOUT_ROWS})
    return _division(rows_alone, job.folds, job.guests)


@lru_cache(maxsize=4)
def _division(experiment: Experiment, folds: int, guests: Guests) -> Division:
    return divide(experiment, catalog_of(guests), folds)


@lru_cache(maxsize=4)
def catalog_of(guests: Guests) -> Catalog:
    """The catalog of this process with these guests. A one-file plugin is run only if it is the one that was meant."""
    for path, digest in guests.files:
        _check_file(path, digest)
    here = {package.name for package in installed()}
    without = [name for name in guests.without if name in here]
    return Catalog.discover([Path(path) for path, _ in guests.files], without, guests.installed)


def packages_of(guests: Guests) -> dict[str, str]:
    """The plugin packages that cells are trained with here, and their versions."""
    return packages_in(catalog_of(guests))


def packages_in(catalog: Catalog) -> dict[str, str]:
    """The plugin packages that are in use, and their versions."""
    return {guest.distribution: guest.version for guest in catalog.guests if guest.state == "ok" and not guest.file}


def _check_file(path: str, digest: str) -> None:
    try:
        found = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError as error:
        raise GlassnetError(f"the plugin file {path} can't be read here: {error.strerror}") from error
    if found != digest:
        raise GlassnetError(f"the plugin file {path} is not the one that the sweep began with: bring the old one back")
