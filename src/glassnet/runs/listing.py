"""Runs as a list: a line a run, and what tells one from another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from ..errors import GlassnetError, need
from ..experiment import Experiment, said
from ..faces import Face, Shows
from ..files import plain
from ..notes import note_of
from ..owners import is_owned
from ..tables import Table
from ..wording import duration, figure
from .reading import Run
from .recording import DEFAULT_FOLDER, FOLDERS

#: Choices that have a column of their own, or say nothing about a run.
_SHOWN = ("dataset", "epochs", "plugins")


@dataclass
class Row:
    """One run as a line; of a damaged one `stopped` says what is wrong, instead of hiding the others.

    `state` is finished; stopped, by somebody on its way; running; or failed, with the reason in `stopped`.
    """

    run: str
    dataset: str = ""
    state: str = "failed"
    epochs: int | None = None
    score: float | None = None
    metric: str = ""
    rows: str = ""
    stopped: str = ""
    when: str = ""
    seconds: float | None = None
    note: str = ""
    differs: str = ""
    scores: dict[str, float] = field(default_factory=dict)  # by metric, each so that more is better
    experiment: Experiment | None = None

    def words(self) -> dict[str, Any]:
        """As plain data."""
        kept: dict[str, Any] = plain({name: value for name, value in vars(self).items() if name not in _INNER})
        return kept


_INNER = ("experiment", "scores")


def row_of(run: Run) -> Row:
    """What is known of a run; of one that can't be read, why."""
    row = Row(str(run.folder), note=note_of(run.folder))
    try:
        row.experiment = run.experiment
        row.dataset = str(run.experiment.dataset)
        row.when = str(run.provenance.get("started", ""))
        row.state = _state(run)
        if not run.result:
            row.stopped = "unfinished: glassnet train --resume goes on" if row.state == "stopped" else ""
            return row
        score = run.score(run.chosen_by())
        row.epochs, row.score, row.metric, row.rows = run.result["epochs"], score.value, score.metric, score.split
        row.seconds, row.stopped = run.result.get("seconds"), run.result["stopped"]
        every = {name: run.score(score.split, name) for name in run.metrics}
        row.scores = {name: one.value * (-1 if one.better == "lower" else 1) for name, one in every.items()}
    except GlassnetError as error:
        row.state, row.stopped = "failed", str(error)
    return row


def _state(run: Run) -> str:
    """Whether it came to its end, is on its way to it, was stopped by somebody, or broke."""
    if is_owned(run.folder):
        return "running"
    stopped = str(run.result["stopped"]) if run.result else ""
    if stopped.startswith(("diverged", "failed")):
        return "failed"
    return "stopped" if stopped in ("", "interrupted", "stopped by its caller") else "finished"


def choices_of(row: Row) -> dict[str, str]:
    """Its choices in words, by field; none of a run that can't be read."""
    if row.experiment is None:
        return {}
    return {field.name: said(getattr(row.experiment, field.name)) for field in fields(row.experiment)}


def told_apart(rows: Sequence[Row]) -> Sequence[Row]:
    """The same rows, each with what it chose that most of the others of its data set did not."""
    chosen = [choices_of(row) for row in rows]
    for row, own in zip(rows, chosen, strict=True):
        alike = [one for other, one in zip(rows, chosen, strict=True) if other.dataset == row.dataset]
        names = [name for name in own if name not in _SHOWN]
        usual = {name: Counter(one.get(name) for one in alike).most_common(1)[0][0] for name in names}
        unlike = {name: _unlike(own[name], usual[name] or "") for name in names if own[name] != usual[name]}
        row.differs = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in unlike.items())
    return rows


def _unlike(value: str, usual: str) -> str:
    """A choice beside the usual one; of the same part only the options that differ: `adam:lr=0.01`."""
    name, colon, options = value.partition(":")
    others = usual.partition(":")[2].split(",")
    differing = [option for option in options.split(",") if option not in others]
    return f"{name}:{','.join(differing)}" if colon and usual.startswith(f"{name}:") and differing else value


def rows_table(rows: Sequence[Row]) -> Table:
    """A line a run; columns of which nobody has anything are left out."""
    cells = []
    for row in rows:
        score = "" if row.score is None else f"{row.rows} {row.metric} {figure(row.score)}"
        took = "" if row.seconds is None else duration(row.seconds)
        title = Experiment(row.dataset).title if row.dataset else ""
        ended = "" if row.stopped.startswith("all ") else row.stopped.split(":")[0]
        epochs = "" if row.epochs is None else str(row.epochs)
        state = row.state if len({one.state for one in rows}) > 1 else ""
        cells.append((row.run, title, state, row.differs, epochs, score, _local(row.when), took, ended, row.note))
    headings = ("run", "dataset", "state", "differs", "epochs", "score", "when", "took", "stopped", "note")
    kept = [at for at in range(len(headings)) if at < 2 or any(line[at] for line in cells)]
    return Table(
        [headings[at] for at in kept],
        [[line[at] for at in kept] for line in cells],
        wraps=("differs", "note", "stopped", "score", "when"),
    )


def _local(when: str) -> str:
    """A moment as the clock on the wall shows it: `2026-11-29 06:30`."""
    try:
        return datetime.fromisoformat(when).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return ""


class Runs(Face, list[Run]):
    """Runs that show themselves as a table, a line a run; else a list like any other."""

    def __getitem__(self, place: Any) -> Any:
        """A run, or of a slice some of them."""
        found = super().__getitem__(place)
        return Runs(found) if isinstance(place, slice) else found

    def _face_(self) -> Iterator[str | Shows]:
        if not self:
            yield "No runs: record(run(experiment)).finish() keeps one, and so does glassnet train."
            return
        yield rows_table(told_apart([row_of(run) for run in self]))


def load_all(runs: str | Path = DEFAULT_FOLDER) -> Runs:
    """Every run that is kept in a folder, the latest last: `load_all()[-3:]` are the last three.

    It shows itself as a table: what was trained on, in which choices a run is not like most others, its score.
    """
    need(runs, str | Path, "load_all wants the folder of runs, such as 'runs'")
    return Runs(Run(folder) for folder in FOLDERS.all(Path(runs)))
