"""`glassnet train`: read the choices, train, keep the run, print what it came to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Diverged, GlassnetError, join
from .types import PartType

if TYPE_CHECKING:
    from ..runs import Recording
    from .host import Host

EXAMPLES = """\b
Examples:
  glassnet train digits8x8
  glassnet train xor --hidden 4 --activation tanh --epochs 2000
  glassnet train breast_cancer --hidden none
  glassnet train mnist --hidden 128,64 --epochs 10 --batch-size 64
  glassnet train penguins.csv --target species --patience 10
  glassnet train digits8x8 --optimizer adam:lr=0.01 --activation leaky_relu:slope=0.2
  glassnet train --resume last --epochs 100
"""


def _part(flag: str, kind: str, text: str, *, name: str | None = None, multiple: bool = False) -> Any:
    names = (flag,) if name is None else (flag, name)
    return click.option(*names, type=PartType(kind), multiple=multiple, help=text, metavar="PHRASE")


@click.command(epilog=EXAMPLES)
@click.argument("dataset", type=PartType("dataset", files=True), required=False)
@click.option("--target", metavar="COLUMN", help="Column to learn, for a table (.csv, .parquet).")
@click.option("--task", metavar="TASK", help="binary, multiclass, multilabel or regression [inferred].")
@click.option("--keep", metavar="COLUMN", multiple=True, help="Keep a text column of many values (repeatable).")
@click.option("--hidden", metavar="WIDTHS", help="Widths of the hidden layers, 128,64, or none  [100].")
@_part("--activation", "activation", "Of the hidden layers: once, or once a layer  [relu].", multiple=True)
@_part("--output", "activation", "Activation of the output layer  [the loss's own].")
@_part("--loss", "loss", "What training lowers  [suits the task].")
@_part("--optimizer", "optimizer", "How weights move  [adam at 0.001; 0.01 without a hidden layer].")
@_part("--initializer", "initializer", "Initial weights: once, or once a layer  [by activation].", multiple=True)
@_part("--schedule", "schedule", "How the rate changes  [constant].")
@_part("--metric", "metric", "One more score (repeatable).", name="metrics", multiple=True)
@click.option("--epochs", metavar="N", help="Passes over the training rows  [50].")
@click.option("--batch-size", metavar="N|full", help="Rows a step  [32; full for whole-data solvers].")
@click.option("--l1", metavar="X", help="Penalty l1 * sum|W|  [0].")
@click.option("--l2", metavar="X", help="Penalty l2/2 * sum(W**2), biases excluded  [0.0001].")
@click.option("--dropout", metavar="SHARE", help="Share of hidden units left out while training  [0].")
@click.option("--input-dropout", metavar="SHARE", help="The same for the inputs  [0].")
@click.option("--batch-norm/--no-batch-norm", default=None, help="Batch normalisation in the hidden layers  [no].")
@click.option("--clip-norm", metavar="X", help="Shorten gradients longer than this.")
@click.option("--clip-value", metavar="X", help="Clip each element of the gradient.")
@click.option("--patience", metavar="N", help="End after N epochs without a better score, and keep the best weights.")
@click.option("--monitor", metavar="METRIC", help="What patience looks at, on the validation rows  [loss].")
@click.option("--validation", metavar="SHARE", help="Of the rows left after the test rows  [0.1].")
@click.option("--test", metavar="SHARE", help="Of all rows  [0.2].")
@click.option("--scale", metavar="HOW", help="auto, standard, minmax or none  [auto].")
@click.option("--class-weight", metavar="HOW", help="balanced: rare classes count as much as frequent ones.")
@click.option("--seed", metavar="N", help="Of weights, shuffling and dropout  [0].")
@click.option("--split-seed", metavar="N", help="Of the test and validation rows  [0].")
@click.option("--dtype", metavar="DTYPE", help="float32 or float64  [float64 for tables, float32 for images].")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE.toml", help="Read choices from a file.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Such as optimizer.lr=0.01 (repeatable).")
@click.option("--resume", metavar="RUN", help="Go on with a run: its folder, number, or last.")
@click.option("--runs", envvar="GLASSNET_RUNS", default="runs", show_default=True, help="Where runs are kept.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but the result.")
@click.pass_obj
def train(
    host: Host,
    dataset: str | None,
    config: Path | None,
    settings: tuple[str, ...],
    resume: str | None,
    runs: str,
    as_json: bool,
    quiet: bool,
    **words: Any,
) -> None:
    """Train a network on DATASET, keep the run, print the result.

    DATASET is a phrase (see `glassnet list datasets`) or a table (.csv or .parquet) with --target COLUMN.
    A phrase is a name with options: adam, or adam:lr=0.01. Values in brackets are the defaults.
    """
    given = {name: value for name, value in words.items() if value is not None and value != ()}
    if dataset is not None:
        given["dataset"] = dataset
    if resume is not None:
        recording = _resumed(host, resume, runs, given, config, settings)
    else:
        recording = _started(host, given, config, settings, runs)
    _work(recording, as_json, quiet)


def _started(host: Host, given: dict[str, Any], config: Path | None, settings: tuple[str, ...], runs: str) -> Recording:
    """A new recording: the file's choices, then those of the command line, then --set."""
    import shlex

    from ..experiment import Experiment, run
    from ..experiment.words import read_toml
    from ..runs import record

    values = read_toml(config) if config else {}
    if "dataset" not in values | given:
        raise GlassnetError("name a dataset or a table: glassnet train digits8x8 (`glassnet list datasets` shows all)")
    Experiment.from_mapping(values, where=str(config))
    experiment = Experiment.from_mapping(values | given).with_settings(settings)
    return record(run(experiment, host.catalog()), runs, command=shlex.join(["glassnet", *sys.argv[1:]]))


def _resumed(
    host: Host, resume: str, runs: str, given: dict[str, Any], config: Path | None, settings: tuple[str, ...]
) -> Recording:
    from ..experiment.words import flag
    from ..runs import load

    others = [flag(name) for name in given if name != "epochs"]
    others += ["--config"] * (config is not None) + ["--set"] * bool(settings)
    if others:
        raise GlassnetError(f"--resume goes on with a run as it was: only --epochs may change, not {join(others)}")
    run = load(resume, runs)
    epochs = given.get("epochs")
    changed = run.experiment.replace(epochs=epochs).epochs if epochs is not None else None
    return load(run.folder, runs, host.catalog()).resume(changed)


def _work(recording: Recording, as_json: bool, quiet: bool) -> None:
    """Train to the end and print; an interrupt and a divergence keep the run."""
    from .display import console, describe, follow, summary, with_plugins

    screen = console(to_stderr=as_json)
    silent = quiet or (as_json and not screen.is_terminal)
    if not silent:
        for line in describe(recording.training):
            screen.print(line, markup=False)
    epochs = follow(recording, screen, silent)
    failure: BaseException | None = None
    try:
        for _ in epochs:
            pass
    except KeyboardInterrupt as error:
        failure = error
        recording.training.progress.stopped = "interrupted"
        epochs.close()
        recording.finish()
    except Diverged as error:
        failure = error
    if as_json:
        _print_json(recording)
    elif quiet:
        _print_short(recording)
    else:
        for line in summary(recording):
            screen.print(line, markup=False) if isinstance(line, str) else screen.print(line)
    if isinstance(failure, KeyboardInterrupt):
        done = recording.result["epochs"]
        resume = f"{with_plugins(recording.training.experiment)} train --resume {recording.folder}"
        click.echo(f"Interrupted after epoch {done}; the run is kept. Go on with: {resume}", err=True)
        raise SystemExit(130)
    if failure is not None:
        raise failure


def _print_json(recording: Recording) -> None:
    import json

    from ..runs.recording import plain

    keys = ("run", "epochs", "seconds", "stopped", "metrics", "intervals")
    click.echo(json.dumps(plain({key: recording.result[key] for key in keys})))


def _print_short(recording: Recording) -> None:
    metrics = recording.result["metrics"]
    split = "test" if metrics["test"] else "train"
    name, value = next(iter(metrics[split].items()))
    said = "all rows:" if recording.training.data.whole else split
    click.echo(f"{said} {name} {value:.4f} (baseline {metrics['baseline'][name]:.4f}), {recording.folder}")
