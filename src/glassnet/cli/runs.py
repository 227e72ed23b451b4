"""`glassnet runs`: what has been trained; and how a word becomes a run, in every command."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError
from ..tables import Table
from ..wording import figure
from .edge import say

if TYPE_CHECKING:
    from ..runs import Run
    from .host import Host

runs_option = click.option("--runs", envvar="GLASSNET_RUNS", default="runs", show_default=True, help="Where runs are.")
data_option = click.option("--data", metavar="FILE", help="Where the table of RUN is now, if it has moved.")


def runs_of(host: Host, words: Iterable[str], runs: str, data: str | None = None) -> list[Run]:
    """The runs that words mean: folders, names, numbers, or last. A word that is wrong is said before guests load.

    `data` is where their table is now, if it has moved: it is compared, and that is said.
    """
    from ..runs import FOLDERS, Run

    folders = [FOLDERS.find(word, Path(runs)) for word in words]
    opened = [Run(folder, host.catalog(), data_given=data) for folder in folders]
    for run in opened if data is not None else ():
        _ = run.table
        say(f"{data} holds the very rows that {run.folder} was trained on (by their checksum)", err=True)
    return opened


def run_of(host: Host, word: str, runs: str, data: str | None = None) -> Run:
    """The run that a word means."""
    (run,) = runs_of(host, [word], runs, data)
    return run


def means_a_run(word: str, runs: str) -> bool:
    """Whether a word is a run, or a mistyped one, where a data set may stand as well.

    No data set is called like a folder beside the runs, or by a name such as 0001-xor.
    """
    from ..experiment import is_table
    from ..runs import FOLDERS

    path = Path(word)
    beside = len(path.parts) > 1 and (path.parent == Path(runs) or path.is_dir())
    like_one = not is_table(word) and (beside or bool(re.match(r"\d+-", path.name)))
    return like_one or FOLDERS.is_one(word, Path(runs))


@click.command("runs", epilog="\b\nExamples:\n  glassnet runs\n  glassnet runs --json")
@runs_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list and nothing else.")
def list_runs(runs: str, as_json: bool) -> None:
    """List what has been trained: a line a run, the latest last."""
    from ..runs import FOLDERS, Run

    rows = [_row(Run(folder)) for folder in FOLDERS.all(Path(runs))]
    if as_json:
        say(json.dumps(rows))
    elif not rows:
        say(f"No runs in {runs} yet: glassnet train digits8x8 makes one.")
    else:
        _print_rows(rows)


def _row(run: Run) -> dict[str, Any]:
    """One run as a flat row; a damaged one says so instead of hiding the others."""
    from ..files import plain

    row = {"run": str(run.folder), "dataset": "", "epochs": None, "score": None, "metric": "", "rows": ""}
    try:
        row |= {"dataset": str(run.experiment.dataset)}
        if not run.result:
            return row | {"stopped": "unfinished: glassnet train --resume goes on"}
        score = run.score(run.chosen_by())
    except GlassnetError as error:
        return row | {"stopped": str(error)}
    found = {"epochs": run.result["epochs"], "score": score.value, "metric": score.metric, "rows": score.split}
    return row | plain(found) | {"stopped": run.result["stopped"]}


def _print_rows(rows: list[dict[str, Any]]) -> None:
    from ..experiment import Experiment
    from .display import console

    cells = []
    for row in rows:
        score = "" if row["score"] is None else f"{row['rows']} {row['metric']} {figure(row['score'])}"
        epochs = "" if row["epochs"] is None else str(row["epochs"])
        title = Experiment(row["dataset"]).title if row["dataset"] else ""
        cells.append((row["run"], title, epochs, score, row["stopped"].split(":")[0]))
    console().print(Table(("run", "dataset", "epochs", "score", "stopped"), cells, wraps=("stopped",)))
