"""`glassnet evaluate`, `predict` and `runs`: what has been trained, used again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError
from .edge import say, say_data

if TYPE_CHECKING:
    from ..runs import Run
    from .host import Host

runs_option = click.option("--runs", envvar="GLASSNET_RUNS", default="runs", show_default=True, help="Where runs are.")


def _open(host: Host, given: str, runs: str) -> Run:
    from ..runs import load

    run = load(given, runs)
    return load(run.folder, runs, host.catalog())


@click.command(epilog="\b\nExamples:\n  glassnet evaluate last\n  glassnet evaluate runs/0001-digits8x8 --json")
@click.argument("run")
@runs_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_obj
def evaluate(host: Host, run: str, runs: str, as_json: bool) -> None:
    """Score the model of RUN again, on the very rows that were kept from training.

    RUN is a folder, a number, or last.
    """
    from ..runs.recording import plain
    from .display import console, scores_table

    opened = _open(host, run, runs)
    training = opened.trained
    metrics, intervals = training.scores(), training.intervals()
    if as_json:
        say(json.dumps(plain({"run": str(opened.folder), "metrics": metrics, "intervals": intervals})))
        return
    say(f"{opened.folder}: {opened.experiment.dataset}")
    console().print(scores_table(metrics, intervals, training.data.whole))


@click.command(
    epilog="\b\nExamples:\n  glassnet predict last new.csv\n  glassnet predict 3 new.csv --output answers.csv"
)
@click.argument("run")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.csv")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE.csv", help="Write there instead of printing.")
@runs_option
@click.pass_obj
def predict(host: Host, run: str, file: Path, output: Path | None, runs: str) -> None:
    """Predict each row of FILE.csv with the model of RUN, as CSV.

    The file has the columns of the training table, by name; the target column may be missing. Classes come
    with the network's output for each of them.
    """
    from ..data import read_features
    from ..files import refuse_existing, write_text

    refuse_existing(output, "--output")
    model = _open(host, run, runs).model
    table = predictions(model, read_features(file, model.features))
    text: str = table.to_csv(index=False, lineterminator="\n")
    if output is None:
        say_data(text)
        return
    write_text(output, text, elsewhere="give another --output")
    say(f"{len(table)} predictions in {output}")


def predictions(model: Any, rows: Any) -> Any:
    """A table of predictions: the answer, then the outputs that it rests on where there are classes."""
    import pandas as pd

    answer, targets = model.predict(rows), model.targets
    if answer.ndim == 2:
        return pd.DataFrame(answer, columns=[f"prediction_{number}" for number in range(1, answer.shape[1] + 1)])
    table = pd.DataFrame({"prediction": answer})
    if targets.classes:
        y = model.outputs(rows)
        names = targets.classes[-1:] if y.shape[1] == 1 else targets.classes
        for column, name in enumerate(names):
            table[f"output_{name}"] = y[:, column]
    return table


@click.command("runs", epilog="\b\nExamples:\n  glassnet runs\n  glassnet runs --json")
@runs_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list and nothing else.")
def list_runs(runs: str, as_json: bool) -> None:
    """List what has been trained: a line a run, the latest last."""
    from ..runs import Run, list_folders

    rows = [_row(Run(folder)) for folder in list_folders(Path(runs))]
    if as_json:
        say(json.dumps(rows))
    elif not rows:
        say(f"No runs in {runs} yet: glassnet train digits8x8 makes one.")
    else:
        _print_rows(rows)


def _row(run: Run) -> dict[str, Any]:
    """One run as a flat row; a damaged one says so instead of hiding the others."""
    try:
        experiment, result = run.experiment, run.result
    except GlassnetError as error:
        return {
            "run": str(run.folder),
            "dataset": "",
            "epochs": None,
            "score": None,
            "metric": "",
            "stopped": str(error),
        }
    scores = result.get("metrics", {})
    judged = scores.get("test") or scores.get("train") or {}
    name, value = next(iter(judged.items()), ("", None))
    return {
        "run": str(run.folder),
        "dataset": str(experiment.dataset),
        "epochs": result.get("epochs"),
        "score": value,
        "metric": name,
        "stopped": result.get("stopped", "unfinished: glassnet train --resume goes on"),
    }


def _print_rows(rows: list[dict[str, Any]]) -> None:
    from rich import box
    from rich.table import Table

    from .display import console

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("run", "dataset", "epochs", "score", "stopped"):
        table.add_column(heading, no_wrap=heading != "stopped")
    for row in rows:
        score = "" if row["score"] is None else f"{row['metric']} {row['score']:.4f}"
        epochs = "" if row["epochs"] is None else str(row["epochs"])
        dataset = Path(row["dataset"].removeprefix("glassnet/").partition(":")[0]).name
        table.add_row(row["run"], dataset, epochs, score, row["stopped"].split(":")[0])
    console().print(table)
