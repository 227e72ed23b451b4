"""`glassnet compare`: libraries side by side on one data set, or runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError, join
from .choices import choices, experiment_options, read_experiment
from .edge import say
from .runs import means_a_run, runs_of
from .sections import command, section

if TYPE_CHECKING:
    from ..comparing import EngineComparison, Race, RunComparison
    from .host import Host

EXAMPLES = """\b
Examples:
  glassnet compare digits8x8
  glassnet compare digits8x8 --engines glassnet,sklearn
  glassnet compare iris --optimizer nesterov:lr=0.05 --activation tanh --epochs 20
  glassnet compare 1 2 last
  glassnet compare runs/0001-digits8x8 runs/0002-digits8x8 --png curves.png
"""


@command(epilog=EXAMPLES)
@experiment_options
@click.argument("others", nargs=-1, metavar="[RUN]...")
@section(
    "Who is compared",
    click.option("--engines", metavar="NAMES", help="Libraries, such as glassnet,sklearn  [all that are installed]."),
    click.option("--steps", type=click.IntRange(1), metavar="N", help="Single steps that are compared  [30]."),
    click.option("--limit", type=float, metavar="X", help="Largest difference that passes  [each engine's own]."),
)
@section(
    "Runs that are compared",
    click.option("--rows", type=click.Choice(["validation", "test"]), help="Rows that judge RUNs  [validation]."),
    click.option("--runs", envvar="GLASSNET_RUNS", default="runs", show_default=True, help="Where runs are."),
)
@section(
    "Output",
    click.option(
        "--png", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Draw the runs' curves."
    ),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
)
@click.pass_context
def compare(
    ctx: click.Context,
    dataset: str | None,
    others: tuple[str, ...],
    engines: str | None,
    steps: int | None,
    limit: float | None,
    rows: str | None,
    png: Path | None,
    runs: str,
    as_json: bool,
    config: Path | None,
    settings: tuple[str, ...],
    **words: Any,
) -> None:
    """Compare libraries on one DATASET, or several RUNs.

    With a DATASET, every engine trains the same network from the same weights on the same batches: how far apart
    are loss and weights after each step, and how long does an epoch take? Where nothing is chosen it takes
    10 epochs, float64 and adam:epsilon_place=uncorrected. The exit code is 1 if an engine is farther off than its
    limit (1e-10, unless the engine says otherwise; float32 is not judged).

    With two or more RUNs (folder, number, or last): their scores on the validation rows, whether they differ from
    the first run's by more than luck with these rows, and the choices in which they differ.
    """
    from .comparisons import engines_as_json, runs_as_json

    host, given = ctx.obj, choices(None, words)
    if dataset is None:
        dataset = _dataset_of(config)
    elif others or means_a_run(dataset, runs):
        _refuse_with_runs(given, engines=engines, steps=steps, limit=limit, config=config, set=settings)
        compared = _compared(host, [dataset, *others], runs, (given.get("metrics", ()), rows), png)
        _print_json(runs_as_json(compared)) if as_json else _show_runs(compared)
        if png is not None:
            say(f"Saved {png}", err=as_json)
        return
    if rows is not None:
        raise GlassnetError("--rows says by which rows runs are judged: glassnet compare 1 2 --rows test")
    if png is not None:
        raise GlassnetError("--png draws the curves of runs: glassnet compare 1 2 --png curves.png")
    result = _raced(host, given | {"dataset": dataset}, engines, (steps, limit), (config, settings), as_json)
    _print_json(engines_as_json(result)) if as_json else _show_engines(result)
    if not result.agrees:
        ctx.exit(1)


def _dataset_of(config: Path | None) -> str:
    from ..experiment import read_toml

    found = read_toml(config).get("dataset") if config is not None else None
    if found is None:
        raise GlassnetError("name a dataset or at least two runs: glassnet compare digits8x8, glassnet compare 1 2")
    return str(found)


def _refuse_with_runs(given: dict[str, Any], **options: Any) -> None:
    from ..experiment import flag

    others = [name for name in given if name != "metrics"]
    others += [name for name, value in options.items() if value not in (None, ())]
    if others:
        raise GlassnetError(
            f"{join(flag(name) for name in others)} can't be given with runs, which are compared as they are: "
            "only --metric, --rows, --png and --json"
        )


# --- engines ------------------------------------------------------------------------------------------------


def _raced(
    host: Host,
    given: dict[str, Any],
    engines: str | None,
    bounds: tuple[int | None, float | None],
    file: tuple[Path | None, tuple[str, ...]],
    as_json: bool,
) -> EngineComparison:
    """Read the choices, say what will be done, and do it."""
    from ..comparing import DEFAULTS, STEPS, Race, choose_engines
    from ..experiment import read_toml, run
    from .display import console, describe

    named = _named(engines)
    steps, limit = bounds
    if limit is not None and not 0 <= limit < float("inf"):
        raise GlassnetError(f"--limit is the largest difference that passes, a number from 0 on, not {limit:g}")
    config, settings = file
    chosen = given | (read_toml(config) if config else {})
    left_open = {name: value for name, value in DEFAULTS.items() if name not in chosen}
    experiment = read_experiment(left_open | given, config, settings)
    if experiment.epochs == 0:
        raise GlassnetError("--epochs 0 leaves no epoch to take the time of: give at least 1")
    catalog = host.catalog()
    bags = choose_engines(named, catalog)
    training = run(experiment, catalog)
    race = Race(training, bags, steps=steps or STEPS, limit=limit, named=bool(named))
    if not as_json:
        for line in describe(training):
            console().print(line, markup=False)
    _follow(race)
    return race.result


def _named(engines: str | None) -> list[str]:
    """The names in --engines; none where it is not given, which means all."""
    if engines is None:
        return []
    names = [name.strip() for name in engines.split(",") if name.strip()]
    if not names:
        raise GlassnetError("--engines names no library: --engines glassnet,sklearn, or leave it away for all")
    return names


def _follow(race: Race) -> None:
    """Run to the end, with a bar in a terminal."""
    from .display import console
    from .progress import bar

    screen = console(to_stderr=True)
    with bar(screen, "piece", len(race)) if screen.is_terminal else nullcontext(str) as move:
        for words in race:
            move(words)


def _show_engines(result: EngineComparison) -> None:
    from ..comparing import engines_in_words, engines_table
    from .display import console

    screen = console()
    screen.print(engines_table(result))
    for line in engines_in_words(result):
        screen.print(line, markup=False)


# --- runs ---------------------------------------------------------------------------------------------------


def _compared(
    host: Host, words: Sequence[str], folder: str, judge: tuple[Sequence[str], str | None], png: Path | None
) -> RunComparison:
    """The runs side by side by a metric of some rows; their curves are drawn on the way."""
    from ..comparing import compare_runs

    metrics, rows = judge
    if len(metrics) > 1:
        raise GlassnetError("with runs, --metric picks one score: give it once")
    for word in words:
        if not means_a_run(word, folder) and host.catalog().matches("dataset", word):
            raise GlassnetError(f"{word} is a dataset: compare takes one dataset, or two and more runs")
    runs = runs_of(host, words, folder)
    if len({run.folder.resolve() for run in runs}) < len(runs):
        raise GlassnetError(f"{join(words)}: the same run twice, which has nothing to be compared with")
    result = compare_runs(runs, metrics[0] if metrics else None, rows)
    if png is not None:
        _draw(host, result, png)
    return result


def _draw(host: Host, result: RunComparison, png: Path) -> None:
    """The curves of all runs in one picture, by the plot that anybody may ask for by name."""
    from ..files import refuse_existing
    from ..pictures import save

    refuse_existing(png, "--png")
    plot = host.catalog().choose("plot", "glassnet/loss_runs").build()
    why = plot.unsuited(list(result.runs))
    if why:
        raise GlassnetError(f"--png: {why}")
    figure = plot.draw(list(result.runs))
    save(figure, png, elsewhere="give another --png")


def _show_runs(result: RunComparison) -> None:
    from ..comparing import runs_in_words, scores_table, settings_table
    from .display import console

    screen = console()
    for name in result.scores:
        screen.print(scores_table(result, name))
        screen.print("")
    for line in runs_in_words(result):
        screen.print(line, markup=False)
    if result.settings:
        screen.print("")
        screen.print(settings_table(result))


def _print_json(values: dict[str, Any]) -> None:
    import json

    from ..files import plain

    say(json.dumps(plain(values), default=str))
