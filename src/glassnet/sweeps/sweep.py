"""A sweep: many trainings of one experiment, each with other settings, to see which settings serve best.

`for outcome in sweep.run(workers): ...` hands over each cell when it is finished and has been written down.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from threading import Thread
from typing import Any

from .. import pictures
from ..catalog import Catalog, code_of
from ..data.sources import STANDARD_INPUT
from ..errors import GlassnetError, join
from ..experiment import Experiment, Training
from ..files import plain, read_json, remove_leftovers, write_text
from ..folders import number_of
from ..installs import install_line
from ..owners import owning
from ..pictures.files import get_ready
from ..runs import provenance
from ..schemas import DAMAGE, SWEEP
from ..wording import figure
from .axes import Axis
from .cells import (
    Cell,
    Guests,
    Job,
    Outcome,
    Workers,
    division_of,
    packages_in,
    training_of,
    with_point,
)
from .faces import ranking_table
from .keeping import BEST, DEFAULT_FOLDER, ELSEWHERE, FOLDERS, WORDS, append, mend, read_outcomes, write_table
from .packing import packed
from .planning import Plan
from .ranking import ALL_ROWS, VALIDATION_ROWS, Row, Score, rank
from .repeats import Repeats, repeats_of
from .searching import Point, rounds
from .seeds import with_seeds


class Sweep:
    """A plan at work in a folder. `outcomes` holds the finished cells, those of an earlier start among them.

    What its pictures ask for: `axes` (each a `key` with its `values`), `score` (`metric`, `better`, `rows`, `of`),
    `on_grid`, `title`, and `rows()`, the points from best to worst.
    """

    def __init__(self, plan: Plan, guests: Guests, score: Score, folder: Path, outcomes: Sequence[Outcome]) -> None:
        self.plan, self.guests, self.score, self.folder = plan, guests, score, folder
        self.points = plan.points()
        self._ranked: tuple[int, list[Row]] = -1, []
        self.rounds = rounds(len(self.points), plan.experiment.epochs, plan.halving)
        self.outcomes = {outcome.cell: outcome for outcome in self._asked_for(outcomes)}

    def look_again(self) -> None:
        """Take in what is written down and not known yet: of another process, or in the moment of an interrupt."""
        self.outcomes |= {outcome.cell: outcome for outcome in self._asked_for(read_outcomes(self.folder))}

    def _asked_for(self, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
        """Those whose cells this sweep has: a file may hold others, which would have their say in the ranking."""
        points, repeats = set(self.points), set(self.repeats)
        for outcome in outcomes:
            cell = outcome.cell
            known = cell.settings in points and (cell.seed, cell.fold) in repeats and cell.round < len(self.rounds)
            if known and (outcome.failed or self.score.metric in outcome.scores):
                yield outcome

    @classmethod
    def load(cls, sweep: str | Path = "last", sweeps: str | Path = DEFAULT_FOLDER) -> Sweep:
        """A sweep that was kept, finished or not, to be looked at: its folder, its name, its number, or `last`."""
        folder = FOLDERS.find(str(sweep), Path(sweeps))
        plan, score, words = _read(folder)
        return cls(plan, Guests(**words["guests"]), score, folder, read_outcomes(folder))

    def __repr__(self) -> str:
        keys = ", ".join(axis.key for axis in self.axes)
        return f"Sweep({str(self.folder)!r}: {keys}, {len(self.outcomes)} of {self.total} cells)"

    def _repr_html_(self) -> str:
        title = f"{self!r}, best first" if self.outcomes else repr(self)
        return replace(ranking_table(self, self.rows()), title=title).html()

    @cached_property
    def axes(self) -> list[Axis]:
        """What is varied, in the order in which it was named."""
        return self.plan.axes

    @property
    def on_grid(self) -> bool:
        """Whether every combination is a point; else they were drawn at random."""
        return self.plan.random is None

    @property
    def title(self) -> str:
        """What a title calls it: `digits8x8, sweep 1`."""
        number = number_of(self.folder.resolve())
        name = self.plan.experiment.title
        return f"{name}, sweep {number}" if number else name

    @property
    def repeats(self) -> list[tuple[int, int]]:
        """(seed, fold) of each training of a point."""
        first = self.plan.experiment.seed
        return list(product(range(first, first + self.seeds), range(max(1, self.plan.folds))))

    @property
    def seeds(self) -> int:
        """With how many seeds each point is trained."""
        return self.plan.seeds or 1

    @property
    def total(self) -> int:
        """How many cells there are in all rounds together."""
        return sum(count for count, _ in self.rounds) * len(self.repeats)

    @property
    def sample(self) -> Job:
        """A cell that can be set up, for trying out who is to train: its rows are those of the sweep."""
        return sample_of(self.plan, self.guests)

    @property
    def stacks(self) -> int:
        """In how many stacks the networks of the first round are trained, as far as their words tell."""
        return len(packed([self.job(point, 0, *repeat) for repeat in self.repeats for point in self.points]))

    def job(self, point: Point, number: int = 0, seed: int | None = None, fold: int = 0) -> Job:
        """What a worker needs for one training of a point, in the round of that number."""
        words = self.plan.experiment
        epochs = with_point(words, point).epochs  # a point's own, where epochs are varied
        if self.plan.halving:
            epochs = self.rounds[number][1]
        cell = Cell(point, epochs, words.seed if seed is None else seed, fold, number)
        return Job(words, cell, self.plan.folds, self.guests, beside=not self.plan.over)

    def repeats_done(self) -> Repeats:
        """What the trainings of one setting came to, as far as they are done; of a sweep that varies nothing."""
        ours = Catalog.discover(guests=False)

        def bounds(name: str) -> tuple[float, float] | None:
            return ours.choose("metric", name).build().bounds if ours.matches("metric", name) else None

        return repeats_of(self.outcomes.values(), self.plan.folds, bounds)

    def run(self, workers: Workers) -> Iterator[Outcome]:
        """Train every cell that is not finished yet. Each outcome is written down before it is handed over."""
        with owning(self.folder, "sweeping", ELSEWHERE):
            remove_leftovers(self.folder)
            mend(self.folder)
            self.look_again()  # another process may have gone on meanwhile
            yield from self._trained(workers)

    def _trained(self, workers: Workers) -> Iterator[Outcome]:
        points = self.points
        if self.axes:  # a picture will be drawn
            Thread(target=get_ready, daemon=True).start()
        for number, (count, _) in enumerate(self.rounds):
            points = points[:count]
            jobs = [self.job(point, number, *repeat) for repeat in self.repeats for point in points]
            for outcome in workers([job for job in jobs if job.cell not in self.outcomes]):
                append(self.folder, outcome)
                self.outcomes[outcome.cell] = outcome
                yield outcome
            found = [self.outcomes[job.cell] for job in jobs]
            points = [row.point for row in rank(found, points, self.score) if row.scores]
        self.finish()

    def rows(self) -> list[Row]:
        """The points from best to worst, as far as they are known."""
        if self._ranked[0] != len(self.outcomes):
            self._ranked = len(self.outcomes), rank(self.outcomes.values(), self.points, self.score)
        return self._ranked[1]

    def best(self) -> Experiment | None:
        """The experiment of the best point; None where every point failed."""
        rows = self.rows()
        if not rows or not rows[0].whole:
            return None
        return with_point(self.plan.experiment, rows[0].point).replace(plugins=self.guests.files)

    def finish(self) -> None:
        """Write the table, the best experiment and the picture."""
        rows, best = self.rows(), self.best()
        write_table(self.folder, rows, [axis.key for axis in self.plan.axes], self.score.metric)
        if best is not None:
            score = f"{'mean ' * (len(self.repeats) > 1)}{self.score.metric} {figure(rows[0].mean)}"
            about = f"# {score} on {self.score.of}: the best of {self.folder}\n"
            write_text(self.folder / BEST, about + best.to_toml(), ELSEWHERE)
        self.draw()

    @property
    def picture(self) -> str:
        """Which of our pictures fits the search and how many settings it varies."""
        if not self.on_grid:
            return "points"
        return {1: "line", 2: "heatmap"}.get(len(self.axes), "bars")

    def draw(self) -> None:
        """Write that picture as PNG and as SVG; nothing where every point failed."""
        if not self.axes:
            return
        plot = Catalog.discover(guests=False).choose("plot", f"{self.picture}_sweep").build()
        if plot.unsuited(self):
            return
        figure = plot.draw(self)
        for form in pictures.FORMS[:2]:
            pictures.save(figure, self.folder / f"{self.picture}.{form}", ELSEWHERE)


def begin(plan: Plan, catalog: Catalog, sweeps: str | Path, command: str = "") -> Sweep:
    """A new sweep in a new folder of `sweeps`, once it is clear that at least one of its points can be trained."""
    if not isinstance(plan.experiment.dataset, str):
        raise GlassnetError("a sweep is kept as words: give the dataset as a phrase or a file, not as a function")
    if plan.experiment.dataset == STANDARD_INPUT:
        raise GlassnetError("a sweep reads its rows several times, and standard input only once: give a file")
    guests = Guests.of(catalog)
    job, training = _first_that_works(plan, guests)
    plan = with_seeds(_where_rows_lie(plan, training), training)
    score = _score(plan, training, ALL_ROWS if division_of(job).whole else VALIDATION_ROWS)
    words = {
        **{name: getattr(plan, name) for name in ("over", "random", "halving", "seeds", "folds")},
        "score": asdict(score),
        "guests": asdict(guests),
        "packages": packages_in(catalog),
        "package_code": {name: code_of(name, catalog) for name in packages_in(catalog)},
        "experiment": json.loads(plan.experiment.to_json()),
        "provenance": provenance(training, command),
    }
    folder = FOLDERS.new(Path(sweeps), plan.experiment.title)
    try:
        write_text(folder / WORDS, json.dumps(plain(words), indent=2), ELSEWHERE)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Sweep(plan, guests, score, folder, [])


def _where_rows_lie(plan: Plan, training: Training) -> Plan:
    """Rows lie in memory or in their file in every cell, whatever memory is free by then: their order hangs on it."""
    words = plan.experiment.reading
    found = [word for word in training.experiment.reading if word.startswith("disk=") and word not in words]
    if not found or {"dataset", "reading"} & {axis.key for axis in plan.axes}:
        return plan
    return replace(plan, experiment=plan.experiment.replace(reading=(*words, *found)))


def resume(folder: Path, catalog: Catalog) -> Sweep:
    """A sweep that was begun, with the cells that it has finished. Its plugins and its rows must be the same."""
    plan, score, words = _read(folder)
    guests = Guests.of(catalog)
    _refuse_other_files(folder, guests, words["guests"]["files"])
    _refuse_other_packages(folder, words, catalog)
    if _first_that_works(plan, guests)[1].data.checksum != words["provenance"]["data_sha256"]:
        raise GlassnetError(f"the data of {folder} are no longer those it began with: begin a new sweep")
    mend(folder)
    return Sweep(plan, guests, score, folder, read_outcomes(folder))


def _read(folder: Path) -> tuple[Plan, Score, dict[str, Any]]:
    """(what was asked for, what points are compared by, all that was written down when the sweep began)."""
    path = folder / WORDS
    words = read_json(path, SWEEP)
    try:
        plan = Plan(
            Experiment.from_mapping(words["experiment"], where=str(path)),
            tuple(words["over"]), words["random"], words["halving"], words["seeds"], words["folds"],
        )  # fmt: skip
        score = Score(**words["score"])
        words["guests"]["files"] = tuple((path, digest) for path, digest in words["guests"]["files"])
        words["packages"] = dict(words["packages"])
        _ = words["provenance"]["data_sha256"], Guests(**words["guests"])
    except DAMAGE as error:
        raise GlassnetError(f"{path} is damaged: {error}") from error
    return plan, score, words


def _refuse_other_files(folder: Path, guests: Guests, files: tuple[tuple[str, str], ...]) -> None:
    """One-file plugins are code: a person names them again, and they have to be the same."""
    loaded = {digest for _, digest in guests.files}
    for path, digest in files:
        if digest not in loaded:
            raise GlassnetError(
                f"{folder} was begun with the plugin file {path}, as it was then: if you trust it, write "
                f"glassnet --plugin {path} sweep --resume {folder}"
            )


def _refuse_other_packages(folder: Path, words: Mapping[str, Any], catalog: Catalog) -> None:
    """A cell without its plugin would fail, and with other code come to other numbers: both would stay."""
    here, begun = packages_in(catalog), words["packages"]
    wrong = {
        name: f"here {here[name]}" if name in here else "missing here"
        for name in begun
        if here.get(name) != begun[name]
    }
    for name, known in words.get("package_code", {}).items():
        if name in here and name not in wrong and known and code_of(name, catalog) != known:
            wrong[name] = "whose code has changed since"
    if wrong:
        named = join(f"{name} {begun[name]} ({said})" for name, said in wrong.items())
        lines = "; ".join(install_line(name, begun[name]) for name in wrong)
        raise GlassnetError(
            f"{folder} was begun with {named}: install "
            f"just that ({lines}), and leave --without and --no-plugins away, or begin a new sweep"
        )


def sample_of(plan: Plan, guests: Guests) -> Job:
    """The first cell of a plan that can be set up; `GlassnetError` says why none can."""
    return _first_that_works(plan, guests)[0]


def _first_that_works(plan: Plan, guests: Guests) -> tuple[Job, Training]:
    """The first point that can be set up, at its beginning; where none can, what the first one says is raised."""
    refusal: GlassnetError | None = None
    for point in plan.points():
        job = Job(plan.experiment, Cell(point, plan.experiment.epochs, plan.experiment.seed), plan.folds, guests)
        try:
            return job, training_of(job)
        except GlassnetError as error:
            refusal = refusal or error
    assert refusal is not None
    raise refusal


def _score(plan: Plan, training: Training, of: str) -> Score:
    """What points are compared by: the first --metric, else --monitor, else the first metric of the task."""
    chosen, words = training.chosen, plan.experiment
    name = next(iter(chosen.metrics)) if words.monitor == "loss" else chosen.monitor
    if words.metrics:
        wanted = str(training.catalog.choose("metric", words.metrics[0]))
        name = next(name for name, choice in chosen.metrics.items() if str(choice) == wanted)
    assert training.data.validation is not None
    return Score(name, chosen.metrics[name].build().better, len(training.data.validation), of)
