"""What a training looks like on a screen: the choices, the epochs as they come, and what it came to."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..tables import Table
from ..wording import change, count, duration, figure
from .edge import shown

if TYPE_CHECKING:  # only names for the reader: rich and the trainer are imported when a command runs
    from rich.console import Console

    from ..experiment import Training
    from ..findings import Finding
    from ..runs import Recording, Run
    from ..training import Epoch

HEADINGS = {"validation": "valid."}  # so that the longest metric's name still fits into 80 columns
FILE_WIDTH = 200


def page_console(width: int) -> Console:
    """For a lesson's page: Markdown in its own colours, as wide as that."""
    from rich.console import Console
    from rich.theme import Theme

    from ..lessons.terminal import STYLES

    return shown(Console(width=width, theme=Theme(STYLES), highlight=False))


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
    source = "standard input" if words.dataset == "-" else _name(words.dataset)
    yield f"data       {source}: {count(data.train.X.shape[1], 'input')}, {words.task} ({target})"
    yield from (f"           {line}" for line in (*training.source.notes, *data.account))
    widths = "-".join(f"{width}" for width in training.network.widths)
    yield f"network    {widths}, {count(len(training.network.w), 'parameter')}, {words.dtype}"
    yield f"activation {_names(words.activation) or 'no hidden layer'}; output {_name(words.output)}"
    yield f"initial    {_names(words.initializer)}"
    yield f"loss       {_name(words.loss)}; l1 {words.l1:g}, l2 {words.l2:g}"
    yield f"optimizer  {_name(words.optimizer)}; schedule {_name(words.schedule)}"
    epochs = count(words.epochs, "epoch")
    yield f"training   {epochs}, batch size {words.batch_size}, {_extras(training)}seed {words.seed}"
    yield from (f"note       {remark}" for remark in training.remarks)


def describe_watch(recording: Recording) -> Iterator[str]:
    """What is watched inside, where something is."""
    if recording.watch is not None:
        watched = recording.watch.watched
        yield f"watching   {', '.join(watched.what)}; on {count(watched.rows, 'training row')}"
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
    said += [] if words.shuffle else ["rows in their own order"]
    said += [f"monitor {words.monitor}"] if words.monitor != "loss" else []
    return "".join(f"{one}, " for one in said)


def _name(given: Any) -> str:
    """A phrase without the home of our own parts; a function by its name."""
    from ..experiment import said

    return said(given)


def _names(given: Iterable[Any]) -> str:
    """Phrases joined; one that serves all layers is said once."""
    from ..wording import same

    return same([_name(one) for one in given])


def epoch_line(epoch: Epoch, total: int) -> str:
    """One epoch in one line, for logs."""
    return f"epoch {epoch.number:>{len(str(total))}}/{total}  {epoch.line()}  {duration(epoch.seconds)}"


@contextmanager
def progress_of(training: Training, screen: Console | None, quiet: bool) -> Generator[Callable[[Epoch], object]]:
    """What to call with each epoch: it moves a bar in a terminal, and is a line an epoch elsewhere."""
    total = training.plan.epochs
    if screen is None or quiet:
        yield lambda epoch: None
    elif not screen.is_terminal:
        yield lambda epoch: screen.print(epoch_line(epoch, total), markup=False)
    else:
        from .progress import WIDE, bar

        between = "  " if screen.width >= WIDE else " "
        with bar(screen, "epoch", total, len(training.progress.epochs)) as move:
            yield lambda epoch: move(epoch.line(between))
        from .course import course

        epochs = training.progress.epochs
        judged = epochs if "validation" in training.splits() else []
        best = min(judged, key=lambda epoch: epoch.monitored).number if judged else 0
        for line in course(epochs, best, screen.width):
            screen.print(line, markup=False, highlight=False)


def scores_table(run: Run) -> Table:
    """Scores of each split beside the baseline, with the interval of the rows that judge."""
    whole = run.trained.data.whole
    shown = ["train"] if whole else run.scored
    headings = ["all rows" if whole and split == "train" else HEADINGS.get(split, split) for split in shown]
    rows = []
    for name in run.metrics:
        score = run.score(metric=name)
        values = (*(run.score(split, name).value for split in shown), score.baseline)
        rows.append((name, *map(figure, values), f"{figure(score.low)} to {figure(score.high)}"))
    return Table(("", *headings, "baseline", f"{'all rows' if whole else run.judged}, 95 %"), rows)


def line_beside(run: Run) -> Iterator[str]:
    """What a straight line comes to on the same rows, and whether the network is ahead of it beyond luck."""
    from ..experiment import why_no_line

    found = run.linear
    if found is None:
        why = why_no_line(run.trained.data) if run.training_given is not None else ""
        yield from [f"no straight line beside it: {why}"] if why else []
        return
    metric, judged = run.metrics[0], run.judged
    line = f"straight line ({found.model}):"
    value = f"{metric} {figure(found.metrics[judged][metric])}"
    if run.trained.data.whole:
        yield f"{line} all rows {value}"
        return
    low, high = map(figure, found.intervals[judged][metric])
    yield f"{line} {judged} {value} (95 %: {low} to {high}); {ahead(run)}"


def ahead(run: Run) -> str:
    """Who is ahead on the rows that judge, the network or the line, and by how much."""
    assert run.linear is not None
    score = run.score()
    value, low, high = run.linear.differences[score.metric]
    leader = run.linear.leader(score.metric, score.better)
    if leader == "neither":
        return f"not told apart from the network, {change(value)} ({change(low)} to {change(high)})"
    gap, *ends = abs(value), *sorted((abs(low), abs(high)))
    return f"the {leader} is ahead by {figure(gap)} ({figure(ends[0])} to {figure(ends[1])})"


def summary(run: Run) -> Iterator[Any]:
    """What a training came to."""
    from ..runs import looks

    result = run.result
    yield scores_table(run)
    yield from line_beside(run)
    if run.judged == "test" and not run.trained.data.whole:
        yield f"test rows: look {looks(run)} in {run.folder.parent}; {_how_to_choose(run)}"
    stopped = "diverged, see below" if result["stopped"].startswith("diverged") else result["stopped"]
    yield f"{count(result['epochs'], 'epoch')} in {duration(result['seconds'])}; stopped: {stopped}"
    yield f"run: {result['run']}"


def _how_to_choose(run: Run) -> str:
    if "validation" in run.scored:
        return "choose by the validation rows, as glassnet compare does"
    return "the more there are, the less they say: --validation 0.1 keeps rows to choose by"


def next_steps(recording: Recording, found: Sequence[Finding] = ()) -> Iterator[str]:
    """The commands to try next; `found` asks for a change."""
    yield "next:"
    for command in next_commands(recording, found):
        yield f"  {command}"


def next_commands(recording: Recording, found: Sequence[Finding] = ()) -> list[str]:
    """To go on is told where nothing asks for another change, and for as many epochs as what stands out tells."""
    from ..experiment.repeating import program

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
        more = _epochs_to_go_on(found, max(1, 2 * recording.training.plan.epochs))
        if more:
            commands.insert(0, f"{glassnet} train --resume {run} --epochs {more}")
    return commands


def _epochs_to_go_on(found: Sequence[Finding], else_: int) -> int:
    """Those that the first finding wants, if it wants nothing but epochs; 0 where another change comes first."""
    if not found:
        return else_
    changes = found[0].remedies[0].changes if found[0].remedies else {}
    return int(changes["epochs"]) if set(changes) == {"epochs"} else 0
