"""`glassnet runs`: what has been trained, and what tells one run from another."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..errors import GlassnetError, did_you_mean, join
from ..notes import keep_note
from ..wording import count
from .edge import say
from .host import Host
from .runs import runs_of, runs_option
from .sections import command
from .types import RunType

if TYPE_CHECKING:
    from ..runs import Row, Run

#: What runs can be sorted by beside their scores.
SORTS = ("when", "score", "took", "dataset")

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
    from ..runs import load_all, row_of, rows_table, told_apart
    from .display import console

    if (note is not None or delete) and not words:
        raise GlassnetError("--note and --delete want a RUN: glassnet runs 3 --note 'with the new rows'")
    found = runs_of(host, words, runs) if words else load_all(runs)
    if delete:
        _delete(found, yes)
        return
    for run in found if note is not None else ():
        keep_note(run.folder, str(note))
    rows = told_apart(_chosen([row_of(run) for run in found], where, sort, last))
    if as_json:
        say(json.dumps([row.words() for row in rows]))
    elif not rows:
        said = f"No run in {runs} is like that" if found else f"No runs in {runs} yet"
        say(f"{said}: glassnet {'runs shows all' if found else 'train digits8x8 makes one'}.")
    else:
        console().print(rows_table(rows))


# --- choosing --------------------------------------------------------------------------------------------------


def _chosen(rows: list[Row], where: Sequence[str], sort: str, last: int | None) -> list[Row]:
    """Those that are wanted, in the order that is."""
    from ..runs import choices_of

    for condition in where:
        name, equals, value = condition.partition("=")
        known = [field for row in rows[:1] for field in choices_of(row)]
        if not equals or (known and name not in known):
            raise GlassnetError(
                f"--where wants CHOICE=VALUE, such as dataset=iris, not {condition!r}."
                f"{did_you_mean(name, known)} Possible: {join(known)}"
            )
        rows = [row for row in rows if _closed(value) in map(_closed, _meant(row, name))]
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


def _meant(row: Row, name: str) -> list[str]:
    """What a choice of a run may be called: in full, and a part by its name alone."""
    from ..runs import choices_of

    value = choices_of(row).get(name, "")
    title = [row.experiment.title] if row.experiment is not None and name == "dataset" else []
    return [value, value.partition(":")[0], *title]


def _closed(several: str) -> str:
    """Several values as a list is typed, `50,20`, also where they were divided as in a setting."""
    return re.sub(r"\s*[,;]\s*", ",", several)


# --- showing and changing --------------------------------------------------------------------------------------


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
