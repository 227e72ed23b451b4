"""`glassnet runs`: what has been trained, and what tells one run from another."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError, did_you_mean, join
from ..owners import is_owned
from ..tables import Table
from ..wording import count, duration, figure
from .edge import say
from .host import Host
from .notes import keep_note, note_of
from .runs import runs_of, runs_option
from .sections import command
from .types import RunType

if TYPE_CHECKING:
    from ..experiment import Experiment
    from ..runs import Run

#: What runs can be sorted by beside their scores.
SORTS = ("when", "score", "took", "dataset")
#: Choices that have a column of their own, or say nothing about a run.
_SHOWN = ("dataset", "epochs", "plugins")

EXAMPLES = """\b
Examples:
  glassnet runs
  glassnet runs --last 5
  glassnet runs --where dataset=iris --sort score
  glassnet runs 3 --note "with the new rows"
  glassnet runs 4 5 --delete
"""


@command("runs", epilog=EXAMPLES)
@click.argument("words", metavar="[RUN]...", nargs=-1, type=RunType())
@runs_option
@click.option("--where", multiple=True, metavar="CHOICE=VALUE", help="Those alone that chose so. Repeatable.")
@click.option("--sort", default="when", show_default=True, metavar="KEY", help=f"By {', '.join(SORTS)}, or a metric.")
@click.option("--last", type=click.IntRange(1), metavar="N", help="The last N of them alone.")
@click.option("--note", metavar="TEXT", help="Keep a word about each RUN with it; an empty one takes it away.")
@click.option("--delete", is_flag=True, help="Remove the folders of each RUN, after a question.")
@click.option("--yes", is_flag=True, help="Remove them without a question.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list and nothing else.")
@click.pass_obj
def list_runs(
    host: Host, words: tuple[str, ...], runs: str, where: tuple[str, ...], sort: str, last: int | None,
    note: str | None, delete: bool, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """List what has been trained: a line a run, the latest last.

    DIFFERS holds the choices in which a run is not like most of those shown; STATE (finished, stopped, running or
    failed) is there where they are not all alike. With RUNs (folders, numbers, or last)
    these alone are shown, noted down or deleted.
    """
    from ..runs import FOLDERS, Run

    if (note is not None or delete) and not words:
        raise GlassnetError("--note and --delete want a RUN: glassnet runs 3 --note 'with the new rows'")
    found = runs_of(host, words, runs) if words else [Run(folder) for folder in FOLDERS.all(Path(runs))]
    if delete:
        _delete(found, yes)
        return
    for run in found if note is not None else ():
        keep_note(run.folder, str(note))
    rows = _chosen([_row(run) for run in found], where, sort, last)
    for row, differs in zip(rows, _differences(rows), strict=True):
        row.differs = differs
    if as_json:
        say(json.dumps([row.words() for row in rows]))
    elif not rows:
        said = f"No run in {runs} is like that" if found else f"No runs in {runs} yet"
        say(f"{said}: glassnet {'runs shows all' if found else 'train digits8x8 makes one'}.")
    else:
        _print_rows(rows)


# --- what is known of a run ------------------------------------------------------------------------------------


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
        from ..files import plain

        kept: dict[str, Any] = plain({name: value for name, value in vars(self).items() if name not in _INNER})
        return kept


_INNER = ("experiment", "scores")


def _row(run: Run) -> Row:
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


# --- choosing --------------------------------------------------------------------------------------------------


def _chosen(rows: list[Row], where: Sequence[str], sort: str, last: int | None) -> list[Row]:
    """Those that are wanted, in the order that is."""
    for condition in where:
        name, equals, value = condition.partition("=")
        known = [field for row in rows[:1] for field in _choices(row)]
        if not equals or (known and name not in known):
            raise GlassnetError(
                f"--where wants CHOICE=VALUE, such as dataset=iris, not {condition!r}."
                f"{did_you_mean(name, known)} Possible: {join(known)}"
            )
        rows = [row for row in rows if value in _meant(row, name)]
    if sort != "when":  # the folders are in that order
        rows = _sorted(rows, sort)
    return rows if last is None else rows[-last:] if sort == "when" else rows[:last]


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    """By a metric, the best first and those without it last; or by what else is known of each."""
    if sort in ("took", "dataset"):
        return sorted(rows, key=lambda row: (row.seconds or 0.0) if sort == "took" else row.dataset)
    metrics = list(dict.fromkeys(name for row in rows for name in row.scores))
    if sort != "score" and sort not in metrics:
        known = [*SORTS, *metrics]
        raise GlassnetError(
            f"--sort {sort!r} is no metric of these runs.{did_you_mean(sort, known)} Known: {join(known)}"
        )
    return sorted(rows, key=lambda row: -row.scores.get(row.metric if sort == "score" else sort, float("-inf")))


def _choices(row: Row) -> dict[str, str]:
    """Its choices in words, by field; none of a run that can't be read."""
    from ..experiment import said

    if row.experiment is None:
        return {}
    return {field.name: said(getattr(row.experiment, field.name)) for field in fields(row.experiment)}


def _meant(row: Row, name: str) -> list[str]:
    """What a choice of a run may be called: in full, and a part by its name alone."""
    value = _choices(row).get(name, "")
    title = [row.experiment.title] if row.experiment is not None and name == "dataset" else []
    return [value, value.partition(":")[0], *title]


def _differences(rows: Sequence[Row]) -> list[str]:
    """What each chose that most of the others of its data set did not."""
    said = []
    chosen = [_choices(row) for row in rows]
    for row, own in zip(rows, chosen, strict=True):
        alike = [one for other, one in zip(rows, chosen, strict=True) if other.dataset == row.dataset]
        names = [name for name in own if name not in _SHOWN]
        usual = {name: Counter(one.get(name) for one in alike).most_common(1)[0][0] for name in names}
        said.append(", ".join(f"{name.replace('_', ' ')} {own[name]}" for name in names if own[name] != usual[name]))
    return said


# --- showing and changing --------------------------------------------------------------------------------------


def _print_rows(rows: Sequence[Row]) -> None:
    from ..experiment import Experiment
    from .display import console

    cells = []
    for row in rows:
        score = "" if row.score is None else f"{row.rows} {row.metric} {figure(row.score)}"
        took = "" if row.seconds is None else duration(row.seconds)
        title = Experiment(row.dataset).title if row.dataset else ""
        ended = row.stopped.split(":")[0]
        epochs = "" if row.epochs is None else str(row.epochs)
        state = row.state if len({one.state for one in rows}) > 1 else ""
        cells.append((row.run, title, state, row.differs, epochs, score, _local(row.when), took, ended, row.note))
    headings = ("run", "dataset", "state", "differs", "epochs", "score", "when", "took", "stopped", "note")
    kept = [at for at in range(len(headings)) if at < 2 or any(line[at] for line in cells)]
    table = Table(
        [headings[at] for at in kept], [[line[at] for at in kept] for line in cells], wraps=("differs", "note")
    )
    console().print(table)


def _local(when: str) -> str:
    """A moment as the clock on the wall shows it: `2026-11-29 06:30`."""
    try:
        return datetime.fromisoformat(when).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return ""


def _delete(found: Sequence[Run], yes: bool) -> None:
    """Remove the folders, each renamed first, so that what is left of a broken-off removal is no run."""
    import shutil

    from ..owners import owning

    names = ", ".join(str(run.folder) for run in found)
    if not yes and not click.confirm(f"Remove {count(len(found), 'folder')} with all that is in them: {names}?"):
        say("Nothing was removed.")
        return
    for run in found:
        aside = run.folder.with_name(f".deleted-{run.folder.name}")
        with owning(run.folder, "deleting"):  # nobody trains it, and from now on nobody finds it
            run.folder.rename(aside)
        shutil.rmtree(aside)
        say(f"removed {run.folder}")
