"""`glassnet sweep`: train many settings side by side and show which serve best."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError, join
from ..wording import count, duration, figure
from .choices import choices, experiment_options, read_experiment
from .edge import say
from .repeating import describe_repeats, print_repeats_json, repeats_short, repeats_summary
from .sections import command, section
from .types import RunType

if TYPE_CHECKING:
    from rich.console import Console

    from ..experiment import Experiment
    from ..sweeps import Job, Outcome, Row, Sweep, Workers
    from .host import Host

EXAMPLES = """\b
Examples:
  glassnet sweep digits8x8 --over optimizer.lr=1e-5..10:log:7 --over l2=1e-5..10:log:7
  glassnet sweep digits8x8 --over activation=relu,tanh,sigmoid --seeds 20
  glassnet sweep digits8x8 --over "hidden=none;50;100,50" --folds 5
  glassnet sweep digits8x8 --over optimizer.lr=1e-5..1:log --over dropout=0..0.5 --random 27 --halving 3
  glassnet sweep digits8x8 --over l2=1e-6..1:log:7 --engine dask --scheduler tcp://127.0.0.1:8786
  glassnet sweep --resume last
"""


class EveryCellFailed(GlassnetError):
    """A sweep without a single score."""

    exit_code = 1


@command(epilog=EXAMPLES)
@experiment_options
@section(
    "Points of the sweep",
    click.option(
        "--over", multiple=True, metavar="KEY=VALUES", help="A setting and its values (repeatable); see above."
    ),
    click.option("--random", type=int, metavar="N", help="Draw N points instead of taking all  [all]."),
    click.option(
        "--halving", type=int, metavar="ETA", help="Begin short, keep 1/ETA of the points, go on ETA times longer."
    ),
    click.option(
        "--seeds", type=int, metavar="N", help="Seeds of each point: --seed and up  [5 where they cost little, else 1]."
    ),
    click.option("--folds", type=int, metavar="K", help="Cross-validation instead of the split's validation rows."),
)
@section(
    "Who trains, and what is kept",
    click.option(
        "--jobs", type=click.IntRange(min=1), metavar="N", help="Cells at once, a process each  [one a core]."
    ),
    click.option(
        "--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True, help="Who trains."
    ),
    click.option("--scheduler", metavar="ADDRESS", help="Of a dask cluster that is running: tcp://127.0.0.1:8786."),
    click.option(
        "--resume", type=RunType("sweeps"), metavar="SWEEP", help="Go on with a sweep: its folder, number, or last."
    ),
    click.option(
        "--sweeps", envvar="GLASSNET_SWEEPS", default="sweeps", show_default=True, help="Where sweeps are kept."
    ),
)
@section(
    "Output",
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
    click.option("--quiet", is_flag=True, help="Print nothing but the result."),
)
@click.pass_obj
def sweep(
    host: Host,
    dataset: str | None,
    config: Path | None,
    settings: tuple[str, ...],
    jobs: int | None,
    engine: str,
    scheduler: str | None,
    resume: str | None,
    sweeps: str,
    as_json: bool,
    quiet: bool,
    **words: Any,
) -> None:
    """Train with many settings, and show which serve best.

    They are judged by the validation rows. Test rows take no part. KEY is anything that --set takes:
    optimizer.lr, l2, hidden, activation. VALUES are a list, relu,tanh, or a range: 1e-5..10:log:7 (seven
    values, equal factors), 0..0.5:linear:6, 16..256:x2, 1..9:+2. Semicolons divide where values hold commas:
    "hidden=50;100,50". Points are compared by the first --metric, else by --monitor, else by the task's first
    metric. All other options are those of `glassnet train`.
    """
    _check_engine(engine, scheduler, jobs)
    plan_words = {name: words.pop(name) for name in ("over", "random", "halving", "seeds", "folds")}
    given = choices(dataset, words)
    if resume is not None:
        others = choices(None, plan_words) | given | ({"config": config} if config else {})
        found = _resumed(host, resume, sweeps, [*others, *(["set"] if settings else [])])
        sample, start = found.sample, lambda: found
    else:
        sample, start = _planned(host, plan_words, read_experiment(given, config, settings), sweeps)
    work(*_engine(sample, start, engine, scheduler, jobs), as_json, quiet)


def repeat(
    host: Host,
    experiment: Experiment,
    seeds: int,
    folds: int,
    jobs: int | None,
    sweeps: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """One setting with several seeds and folds: a sweep that varies nothing."""
    if seeds == 1 and not folds:
        raise GlassnetError("--repeats must be at least 2, unless --folds repeats as well")
    words = {"over": (), "random": None, "halving": None, "seeds": seeds, "folds": folds}
    sample, start = _planned(host, words, experiment, sweeps)
    work(*_engine(sample, start, "local", None, jobs), as_json, quiet)


def _check_engine(engine: str, scheduler: str | None, jobs: int | None) -> None:
    if engine == "dask" and scheduler is None:
        raise GlassnetError("--engine dask needs the address of a scheduler: --scheduler tcp://127.0.0.1:8786")
    if engine == "local" and scheduler is not None:
        raise GlassnetError("--scheduler is for --engine dask: add that, or leave --scheduler away")
    if engine == "dask" and jobs is not None:
        raise GlassnetError("--jobs is for this machine; how many cells a cluster trains at once is its own choice")


def _planned(host: Host, words: dict[str, Any], experiment: Any, sweeps: str) -> tuple[Job, Callable[[], Sweep]]:
    """A sample of the cells, and how to begin: no folder is made before it is clear who is to train."""
    import shlex

    from ..sweeps import Guests, Plan, begin, sample_of

    plan = Plan(
        experiment, words["over"], words["random"], words["halving"], words["seeds"],
        0 if words["folds"] is None else words["folds"],
    )  # fmt: skip
    catalog, command = host.catalog(), shlex.join(["glassnet", *sys.argv[1:]])
    return sample_of(plan, Guests.of(catalog)), lambda: begin(plan, catalog, sweeps, command)


def _resumed(host: Host, given: str, sweeps: str, others: list[str]) -> Sweep:
    from ..experiment import flag
    from ..sweeps import FOLDERS, resume

    if others:
        raise GlassnetError(f"--resume goes on with a sweep as it was: leave away {join(map(flag, others))}")
    return resume(FOLDERS.find(given, Path(sweeps)), host.catalog())


def _engine(
    sample: Job, start: Callable[[], Sweep], name: str, scheduler: str | None, jobs: int | None
) -> tuple[Callable[[], Sweep], AbstractContextManager[Workers]]:
    """How to begin, and who trains the cells, as a context: it closes a cluster's client, and ends processes.

    A cluster has to answer before a folder is made. Processes of this machine come after: they are forks of this one,
    and find done what it has done already.
    """
    from ..sweeps.local import cores, this_machine

    if name == "dask":
        from ..sweeps.cluster import on_cluster

        return start, on_cluster(str(scheduler), sample)
    found = start()
    return lambda: found, this_machine(min(jobs or cores(), found.total - len(found.outcomes)), found.sample)


def work(start: Callable[[], Sweep], opening: AbstractContextManager[Workers], as_json: bool, quiet: bool) -> None:
    """Train to the end and print; an interrupt keeps what is finished."""
    from .display import console

    screen = console(to_stderr=as_json)
    silent = quiet or (as_json and not screen.is_terminal)
    with opening as workers:
        found = start()
        if not silent:
            for line in describe(found) if found.plan.over else describe_repeats(found):
                screen.print(line, markup=False)
        began, before = perf_counter(), len(found.outcomes)
        try:
            for _ in follow(found, workers, screen, silent):
                pass
        except KeyboardInterrupt:
            found.look_again()
            done = f"{len(found.outcomes)} of {found.total} cells are finished and kept"
            say(f"Interrupted; {done}. Go on with: {resume_command(found)}", err=True)
            raise SystemExit(130) from None
        seconds, cells = perf_counter() - began, len(found.outcomes) - before
    rows, varied = found.rows(), bool(found.plan.over)
    if as_json:
        _print_json(found, rows, seconds) if varied else print_repeats_json(found, seconds)
    elif quiet:
        say(_short(found, rows) if varied else repeats_short(found))
    else:
        for printed in summary(found, rows, cells, seconds) if varied else repeats_summary(found, cells, seconds):
            screen.print(printed, markup=False) if isinstance(printed, str) else screen.print(printed)
    if not any(row.scores for row in rows):
        raise EveryCellFailed(f"every cell failed; the first: {rows[0].reason}")


SIDE_BY_SIDE = "side by side, each as it would be alone"


def describe(found: Sweep) -> Iterator[str]:
    """What is going to be trained, in a few lines."""
    plan, score = found.plan, found.score
    for axis in plan.axes:
        names = [axis.names[value] for value in axis.values[:8]]
        values = f"{', '.join(names)}{', ...' * (len(axis.values) > 8)}" if not plan.random else axis.text
        yield f"over       {axis.key}: {values.removeprefix(axis.key + '=')}"
    how = count(len(found.points), "point") + (" drawn at random" if plan.random else "")
    stages = " -> ".join(f"{points} for {count(epochs, 'epoch')}" for points, epochs in found.rounds)
    stages = f"; {stages}, each from the start" if plan.halving else ""
    repeats = f", {found.seeds} seeds" * (found.seeds > 1) + f", {plan.folds} folds" * (plan.folds > 0)
    yield f"points     {how}{repeats}: {count(found.total, 'cell')}{stages}"
    if plan.why_seeds:
        other = "--seeds 5 shows the spread" if found.seeds == 1 else "--seeds 1 for one"
        yield f"seeds      {found.seeds} each, for {plan.why_seeds}: {other}"
    if (stacks := found.stacks) < found.total:
        yield f"stacks     {count(found.total, 'network')} in {count(stacks, 'stack')}: {SIDE_BY_SIDE}"
    split = score.of == "validation rows"
    which = (
        f"{count(score.rows, 'validation row')}; test rows take no part"
        if split
        else f"all {count(score.rows, 'row')}, too few to split"
    )
    yield f"score      {score.metric} ({score.better} is better) of {which}"
    if found.outcomes:
        yield f"resumed    {len(found.outcomes)} of {found.total} cells are finished already"
    yield f"sweep      {found.folder}"


def follow(found: Sweep, workers: Workers, screen: Console, silent: bool) -> Iterator[Outcome]:
    """The outcomes as they come: a bar in a terminal, a line each elsewhere, with the time that is left."""
    if silent:
        yield from found.run(workers)
    elif screen.is_terminal:
        from .progress import bar

        with bar(screen, "cell", found.total, len(found.outcomes)) as move:
            for outcome in found.run(workers):
                move(_line(found, outcome))
                yield outcome
    else:
        first: float | None = None
        before = len(found.outcomes)
        for outcome in found.run(workers):
            now, done = perf_counter(), len(found.outcomes)
            first = first or now  # until the first cell is there, workers are still coming up
            pace = (now - first) / (done - before - 1) if done - before > 1 else 0.0
            left = f"  {_left(pace * (found.total - done))}" if pace and done < found.total else ""
            screen.print(f"cell {done:>{len(str(found.total))}}/{found.total}  {_line(found, outcome)}{left}")
            yield outcome


def _line(found: Sweep, outcome: Outcome) -> str:
    """A cell in one line: what it was, and what it came to."""
    cell, plan = outcome.cell, found.plan
    words = [
        *plan.named(cell.settings),
        *[f"seed={cell.seed}"] * (found.seeds > 1),
        *[f"fold={cell.fold + 1}"] * (plan.folds > 0),
    ]
    words += [f"epochs={cell.epochs}"] * bool(plan.halving)
    score = f"{found.score.metric} {figure(outcome.scores[found.score.metric])}" if not outcome.failed else "failed"
    return f"{score}  {' '.join(words)}"


def _left(seconds: float) -> str:
    return f"{max(1, round(seconds))} s left" if seconds < 90 else f"{duration(60 * round(seconds / 60))} left"


def summary(found: Sweep, rows: Sequence[Row], cells: int, seconds: float) -> Iterator[Any]:
    """What the sweep came to, and the commands to try next."""
    from ..sweeps import SHOWN, ranking_table

    yield ranking_table(found, rows)
    if len(rows) > SHOWN:
        yield f"... and {len(rows) - SHOWN} more points in {found.folder / 'table.csv'}"
    yield from verdict(found, rows)
    reasons = dict.fromkeys(row.reason.partition(";")[0] for row in rows if row.failed)
    yield from (f"failed: {reason}" for reason in list(reasons)[:3])
    lone = dict.fromkeys(outcome.alone for outcome in found.outcomes.values() if outcome.alone)
    yield from (f"trained alone: {reason}" for reason in list(lone)[:3])
    yield f"{count(cells, 'cell')} in {duration(seconds)}; sweep: {found.folder}"
    files = sorted(path.name for path in found.folder.iterdir() if path.suffix in (".png", ".svg", ".csv", ".toml"))
    yield f"files: {', '.join(files)}"
    if rows and rows[0].whole:
        yield "next:"
        yield f"  {_glassnet(found)} train --config {found.folder / 'best.toml'}"


def verdict(found: Sweep, rows: Sequence[Row]) -> Iterator[str]:
    """How far the best may be trusted, in a sentence."""
    if not rows or not rows[0].whole:
        return
    ties, repeats = sum(row.tied for row in rows), len(found.repeats)
    if repeats == 1 and not found.score.share:
        yield "One training each says nothing about luck: --seeds 5 shows the spread, and which points are tied."
        return
    how = f"{repeats} trainings each" if repeats > 1 else "one training each"
    whole = found.score.of == "all rows"
    rows_of = f"all {count(found.score.rows, 'row')}" if whole else count(found.score.rows, "validation row")
    how += f", {rows_of}" + (" a fold" if found.plan.folds else "")
    number = {0: "No other point is", 1: "1 point is"}.get(ties, f"{ties} points are")
    yield f"{number} within 2 standard errors of the best ({how}){': tied' if ties else ''}."
    if repeats < 3 and ties:
        yield f"More repeats tell more: --seeds 5{'' if whole else ', or --folds 5'}."


def _short(found: Sweep, rows: Sequence[Row]) -> str:
    if not rows or not rows[0].whole:
        return f"no point has all its scores, {found.folder}"
    ties = sum(row.tied for row in rows)
    settings = " ".join(found.plan.named(rows[0].point))
    return f"{found.score.metric} {figure(rows[0].mean)} with {settings} ({ties} tied), {found.folder}"


def _print_json(found: Sweep, rows: Sequence[Row], seconds: float) -> None:
    import json

    from ..files import plain

    keys = ("epochs", "mean", "spread", "error", "failed", "reason", "tied")
    points = [
        {"settings": dict(one.split("=", 1) for one in row.point)} | {key: getattr(row, key) for key in keys}
        for row in rows
    ]
    whole = {"metric": found.score.metric, "better": found.score.better, "seeds": found.seeds}
    best = points[0]["settings"] if rows and rows[0].whole else None
    done = {"cells": len(found.outcomes), "seconds": round(seconds, 3)}
    said = {"sweep": str(found.folder), **whole, **done, "best": best, "points": points}
    say(json.dumps(plain(said)))


def resume_command(found: Sweep) -> str:
    """The line that goes on with this sweep."""
    import shlex

    return f"{_glassnet(found)} sweep --resume {shlex.quote(str(found.folder))}"


def _glassnet(found: Sweep) -> str:
    """`glassnet`, with the one-file plugins that must be named again."""
    import shlex

    return " ".join(["glassnet", *(f"--plugin {shlex.quote(path)}" for path, _ in found.guests.files)])
