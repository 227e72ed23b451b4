"""`glassnet train`: read the choices, train, keep the run, print what it came to."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Diverged, GlassnetError, join
from ..notes import check_note, keep_note
from ..wording import figure
from .choices import choices, experiment_options, read_experiment
from .edge import say
from .runs import data_option, run_of
from .sections import command, section
from .sweep import repeat
from .types import RunType

if TYPE_CHECKING:
    from rich.console import Console

    from ..runs import Recording
    from ..training import Epoch
    from .host import Host

EXAMPLES = """\b
Examples:
  glassnet train digits8x8
  glassnet train xor --hidden 4 --activation tanh --epochs 2000
  glassnet train breast_cancer --hidden none
  glassnet train mnist --hidden 128,64 --epochs 10 --batch-size 64
  glassnet train penguins.csv --target species --patience 10
  glassnet train digits8x8 --optimizer adam:lr=0.01 --activation leaky_relu:slope=0.2
  glassnet train digits8x8 --hidden 50,50,50 --watch all
  glassnet train iris --folds 5 --repeats 3
  glassnet train iris --l2 0.01 --note "less freedom"
  glassnet train --resume last --epochs 100
"""


@command(epilog=EXAMPLES)
@experiment_options
@section(
    "What is kept",
    click.option("--resume", type=RunType(), metavar="RUN", help="Go on with a run: its folder, number, or last."),
    data_option,
    click.option("--anyway", is_flag=True, help="Resume although the code of a plugin is not what it was."),
    click.option("--watch", metavar="WHAT", help="Keep what happens inside: norms, units, histograms, path, or all."),
    click.option("--note", metavar="TEXT", help="A word about the run, which `glassnet runs` shows."),
    click.option(
        "--report/--no-report",
        default=True,
        envvar="GLASSNET_REPORT",
        help="Leave a page about the run in its folder  [yes].",
    ),
    click.option("--runs", envvar="GLASSNET_RUNS", default="runs", show_default=True, help="Where runs are kept."),
)
@section(
    "Several trainings",
    click.option("--folds", type=int, metavar="K", help="Train K times: each row but the test rows is scored once."),
    click.option("--repeats", type=int, metavar="N", help="Train with N seeds, --seed and those after it."),
    click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Of these, at once  [one a core]."),
    click.option(
        "--sweeps", envvar="GLASSNET_SWEEPS", default="sweeps", show_default=True, help="Where these are kept."
    ),
)
@section(
    "Output",
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
    click.option("--quiet", is_flag=True, help="Print nothing but the result."),
)
@click.pass_obj
def train(
    host: Host,
    dataset: str | None,
    config: Path | None,
    settings: tuple[str, ...],
    resume: str | None,
    data: str | None,
    anyway: bool,
    folds: int | None,
    repeats: int | None,
    jobs: int | None,
    sweeps: str,
    runs: str,
    note: str | None,
    report: bool,
    as_json: bool,
    quiet: bool,
    **words: Any,
) -> None:
    """Train a network on DATASET, keep the run, print the result.

    DATASET is a phrase (see `glassnet list datasets`) or a table (.csv, .xlsx, .parquet or .npy) with --target COLUMN.
    A phrase is a name with options: adam, or adam:lr=0.01. Values in brackets are the defaults.
    """
    given = choices(dataset, words)
    check_note(note or "")
    if folds is not None or repeats is not None:
        _refuse_with_repeats({"resume": resume, "data": data, "watch": given.get("watch"), "note": note})
        experiment = read_experiment(given, config, settings)
        repeat(host, experiment, 1 if repeats is None else repeats, folds or 0, jobs, sweeps, as_json, quiet)
        return
    if jobs is not None:
        raise GlassnetError("--jobs says how many of several trainings run at once: it goes with --folds or --repeats")
    if resume is not None:
        recording = _resumed(host, resume, runs, data, given, config, settings, anyway)
    elif data is not None:
        raise GlassnetError("--data says where the table of a run is now: it goes with --resume RUN")
    elif anyway:
        raise GlassnetError("--anyway goes on although a plugin has changed since: it goes with --resume RUN")
    else:
        recording = _started(host, given, config, settings, runs)
    if note is not None:
        keep_note(recording.folder, note)
    with _to_the_end(recording, report, as_json, quiet) as show:
        for epoch in recording:
            show(epoch)


def _refuse_with_repeats(given: dict[str, Any]) -> None:
    if others := [f"--{name}" for name, value in given.items() if value is not None]:
        raise GlassnetError(
            f"--folds and --repeats train anew and keep scores alone: leave {join(others)} away "
            "(glassnet sweep --resume SWEEP goes on with them)"
        )


def _started(host: Host, given: dict[str, Any], config: Path | None, settings: tuple[str, ...], runs: str) -> Recording:
    """A new recording: the file's choices, then those of the command line, then --set."""
    from ..experiment import run
    from ..runs import record

    watch = given.pop("watch", None)
    experiment = read_experiment(given, config, settings)
    command = shlex.join(["glassnet", *sys.argv[1:]])
    return record(run(experiment, host.catalog()), runs, command=command, watch=watch)


def _resumed(
    host: Host, resume: str, runs: str, data: str | None, given: dict[str, Any], config: Path | None,
    settings: tuple[str, ...], anyway: bool,
) -> Recording:  # fmt: skip
    from ..experiment import flag

    others = [flag(name) for name in given if name != "epochs"]
    others += ["--config"] * (config is not None) + ["--set"] * bool(settings)
    if others:
        raise GlassnetError(f"--resume goes on with a run as it was: only --epochs may change, not {join(others)}")
    run = run_of(host, resume, runs, data)
    epochs = given.get("epochs")
    return run.resume(run.experiment.replace(epochs=epochs).epochs if epochs is not None else None, anyway)


@contextmanager
def _to_the_end(recording: Recording, report: bool, as_json: bool, quiet: bool) -> Generator[Callable[[Epoch], object]]:
    """The choices before training, what to call with each epoch, and what it came to; the run is always kept.

    An interrupt ends with how to go on and exit code 130, a divergence with its own words.
    """
    from .display import console, progress_of

    screen = None if quiet else console(to_stderr=as_json)  # it loads rich
    silent = screen is None or (as_json and not screen.is_terminal)
    _describe(recording, screen, silent)
    failure: BaseException | None = None
    recording.training.warn = partial(_warned, screen=None if silent else screen)
    try:
        with progress_of(recording.training, screen, silent) as show:
            yield show
    except KeyboardInterrupt as error:
        recording.training.progress.stopped = "interrupted"
        recording.conclude()
        failure = error
    except Diverged as error:
        failure = error
    interrupted = isinstance(failure, KeyboardInterrupt)
    if as_json:
        _print_json(recording)
    elif quiet:
        _print_short(recording)
    _finish(recording, None if as_json or quiet else screen, report and not interrupted)
    if interrupted:
        _say_how_to_go_on(recording)
        raise SystemExit(130)
    if failure is not None:
        raise failure


def _warned(words: str, screen: Console | None) -> None:
    if screen is None:
        say(f"warning: {words}", err=True)
    else:
        screen.print(f"warning    {words}", markup=False)


def _describe(recording: Recording, screen: Console | None, silent: bool) -> None:
    from .display import describe, describe_watch

    if screen is not None and not silent:
        for line in (*describe(recording.training), *describe_watch(recording)):
            screen.print(line, markup=False)


def _say_how_to_go_on(recording: Recording) -> None:
    from ..experiment.repeating import program

    done = recording.result["epochs"]
    resume = f"{program(recording.training.experiment)} train --resume {shlex.quote(str(recording.folder))}"
    say(f"Interrupted after epoch {done}; the run is kept. Go on with: {resume}", err=True)


def _finish(recording: Recording, screen: Console | None, report: bool) -> None:
    """What it came to and what stands out, then the page, then what to try next; without a screen only the page."""
    from ..runs import Run
    from .display import next_steps, summary
    from .report import found_in, left_behind, standing_out

    run = Run(recording.folder, recording.training.catalog, recording.training)
    found, why_none = found_in(run) if screen is not None else ([], "")
    if screen is not None:
        for line in (*summary(run), *standing_out(found, why_none)):
            screen.print(line, markup=False) if isinstance(line, str) else screen.print(line)
    page = left_behind(run) if report else None
    if screen is not None:
        for line in (*([f"report: {page}"] if page else []), *next_steps(recording, found)):
            screen.print(line, markup=False)


def _print_json(recording: Recording) -> None:
    import json

    from ..files import plain

    keys = ("run", "epochs", "seconds", "stopped", "metrics", "intervals", "linear")
    say(json.dumps(plain({key: recording.result[key] for key in keys})))


def _print_short(recording: Recording) -> None:
    from ..runs import Run

    run = Run(recording.folder, recording.training.catalog, recording.training)
    score = run.score()
    whole, choosing = recording.training.data.whole, run.chosen_by()
    held = (
        "" if whole or choosing == score.split else f"{choosing} {score.metric} {figure(run.score(choosing).value)}, "
    )
    said = "all rows:" if whole else score.split
    say(f"{held}{said} {score.metric} {figure(score.value)} (baseline {figure(score.baseline)}), {recording.folder}")
