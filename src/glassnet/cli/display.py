"""What a training looks like on a screen: the choices, the epochs as they come, and what it came to."""

from __future__ import annotations

import shlex
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .edge import shown

if TYPE_CHECKING:  # only names for the reader: rich and the trainer are imported when a command runs
    from rich.console import Console
    from rich.table import Table

    from ..experiment import Training
    from ..runs import Recording
    from ..training import Epoch

HEADINGS = {"validation": "valid."}  # so that the longest metric's name still fits into 80 columns
FILE_WIDTH = 200
SPLITS = ("train", "validation", "test", "baseline")


def console(to_stderr: bool = False) -> Console:
    from rich.console import Console

    screen = Console(stderr=to_stderr, highlight=False, soft_wrap=True, emoji=False)  # `:cat:` may be a column's name
    if not screen.is_terminal:
        screen.width = FILE_WIDTH  # a file or a pipe has no edge to wrap at
    return shown(screen)


def describe(training: Training) -> Iterator[str]:
    """The choices of a training in a few lines, every default among them."""
    words, data = training.experiment, training.data
    target = f"{len(data.targets.classes)} classes" if data.targets.classes else "numbers"
    yield f"data       {_name(words.dataset)}: {data.train.X.shape[1]} inputs, {words.task} ({target})"
    yield from (f"           {line}" for line in (*training.source.notes, *data.account))
    widths = "-".join(f"{width}" for width in training.network.widths)
    yield f"network    {widths}, {len(training.network.w):,} parameters, {words.dtype}"
    yield f"activation {_names(words.activation) or 'no hidden layer'}; output {_name(words.output)}"
    yield f"initial    {_names(words.initializer)}"
    yield f"loss       {_name(words.loss)}; l1 {words.l1:g}, l2 {words.l2:g}"
    yield f"optimizer  {_name(words.optimizer)}; schedule {_name(words.schedule)}"
    yield f"training   {words.epochs} epochs, batch size {words.batch_size}, {_extras(training)}seed {words.seed}"
    yield from (f"note       {remark}" for remark in training.remarks)


def describe_watch(recording: Recording) -> Iterator[str]:
    """What is watched inside, where something is."""
    if recording.watch is not None:
        watched = recording.watch.watched
        yield f"watching   {', '.join(watched.what)}; on {watched.rows:,} of the training rows"
        yield from (f"note       {remark}" for remark in recording.watch.remarks)


def _extras(training: Training) -> str:
    words = training.experiment
    extras = {
        "dropout": words.dropout,
        "input dropout": words.input_dropout,
        "clip norm": words.clip_norm,
        "clip value": words.clip_value,
        "patience": words.patience,
    }
    said = [f"{name} {value:g}" for name, value in extras.items() if value]
    said += ["batch normalisation"] if words.batch_norm else []
    said += [f"monitor {words.monitor}"] if words.monitor != "loss" else []
    return "".join(f"{one}, " for one in said)


def _name(given: Any) -> str:
    """A phrase without the home of our own parts; a function by its name."""
    return str(given).removeprefix("glassnet/") if isinstance(given, str) else f"<function {given.__name__}>"


def _names(given: Iterable[Any]) -> str:
    """Phrases joined; one that serves all layers is said once."""
    names = [_name(one) for one in given]
    return names[0] if len(set(names)) == 1 else ", ".join(names)


def epoch_line(epoch: Epoch, total: int) -> str:
    """One epoch in one line, for logs."""
    return f"epoch {epoch.number:>{len(str(total))}}/{total}  {epoch_figures(epoch)}  {duration(epoch.seconds)}"


def duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms"


def epoch_figures(epoch: Epoch) -> str:
    figures = f"loss {epoch.loss:.4f}"
    if epoch.validation_loss is not None:
        figures += f"  validation {epoch.validation_loss:.4f}"
    split = "validation" if "validation" in epoch.scores else "train"
    name, value = next(iter(epoch.scores[split].items()))
    return f"{figures}  {name} {value:.4f}"


def follow(recording: Recording, screen: Console, quiet: bool) -> Generator[Epoch]:
    """The epochs of a recording, shown as they pass: a bar in a terminal, a line an epoch elsewhere."""
    total = recording.training.plan.epochs
    if quiet:
        yield from recording
    elif not screen.is_terminal:
        for epoch in recording:
            screen.print(epoch_line(epoch, total), markup=False)
            yield epoch
    else:
        yield from _with_bar(recording, screen, total)


def _with_bar(recording: Recording, screen: Console, total: int) -> Generator[Epoch]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("epoch"), MofNCompleteColumn(), BarColumn(bar_width=20), TextColumn("{task.description}"),
        TimeRemainingColumn(compact=True),
    )  # fmt: skip
    with Progress(*columns, console=screen) as bar:
        done = len(recording.training.progress.epochs)
        task = bar.add_task("", total=total, completed=done)
        for epoch in recording:
            bar.update(task, completed=epoch.number, description=epoch_figures(epoch))
            yield epoch


def scores_table(metrics: dict[str, dict[str, float]], intervals: dict[str, Any], whole: bool = False) -> Table:
    """Scores of each split beside the baseline, with the interval of the rows that were judged last."""
    from rich import box
    from rich.table import Table

    judged, interval = next(iter(intervals.items()))
    shown = ["train", "baseline"] if whole else [split for split in SPLITS if metrics[split]]
    headings = ["all rows" if whole and split == "train" else HEADINGS.get(split, split) for split in shown]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0, 0, 1))
    for heading in ("", *headings, f"{'all rows' if whole else judged}, 95 %"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for name in metrics["train"]:
        low, high = interval[name]
        cells = (figure(metrics[split][name]) for split in shown)
        table.add_row(name, *cells, f"{figure(low)} to {figure(high)}")
    return table


def figure(value: float) -> str:
    """Four digits: 0.9722, -2.650, 148.3."""
    return f"{value:.4f}" if abs(value) < 1 else f"{value:#.4g}".rstrip(".")


def summary(recording: Recording) -> Iterator[Any]:
    """What a training came to."""
    result, training = recording.result, recording.training
    yield scores_table(result["metrics"], result["intervals"], training.data.whole)
    stopped = "diverged, see below" if result["stopped"].startswith("diverged") else result["stopped"]
    yield f"{result['epochs']} epochs in {result['seconds']:.1f} s; stopped: {stopped}"
    yield f"run: {result['run']}"


def next_steps(recording: Recording) -> Iterator[str]:
    """The commands to try next."""
    yield "next:"
    for command in next_commands(recording):
        yield f"  {command}"


def next_commands(recording: Recording) -> list[str]:
    from ..report.repeating import program

    run, glassnet = shlex.quote(str(recording.folder)), program(recording.training.experiment)
    commands = [
        f"{glassnet} plot {run}",
        f"{glassnet} evaluate {run}",
        f"{glassnet} predict {run} FILE.csv",
        "glassnet runs",
    ]
    if recording.result["stopped"] == "interrupted":
        commands.insert(0, f"{glassnet} train --resume {run}")
    elif recording.result["stopped"].startswith("all "):
        more = max(1, 2 * recording.training.plan.epochs)
        commands.insert(0, f"{glassnet} train --resume {run} --epochs {more}")
    return commands
