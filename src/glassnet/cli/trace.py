"""`glassnet trace`: the next training step with every number in it, on the screen, as a page or as JSON."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError, join
from ..tables import Table
from ..wording import count, exact, tiny
from .choices import choices, experiment_options, read_experiment
from .edge import say
from .runs import data_option, means_a_run, run_of
from .sections import command, section

if TYPE_CHECKING:
    from rich.console import Console

    from ..experiment import Experiment
    from ..runs import Run
    from ..tracing import Card, Step, Trace
    from .host import Host

EXAMPLES = """\b
Examples:
  glassnet trace toy6 --hidden none
  glassnet trace xor --hidden 2 --activation tanh --check
  glassnet trace xor --hidden 2 --html trace.html
  glassnet trace xor --hidden 2 --scale none --optimizer momentum:lr=0.5 --steps 3
  glassnet trace iris --hidden 3 --rows 0,50,100 --layer 2
  glassnet trace last --rows 4 --json
"""

STAGES = {"forward": "Forward", "loss": "Loss", "back": "Back", "update": "Update"}
FILE_WIDTH = 100
LEGEND = (
    "x W is the matrix product, * goes element by element, n counts the rows; delta is the slope of the loss in z, "
    "dq that in any other q"
)


@command(epilog=EXAMPLES)
@experiment_options
@section(
    "What is traced",
    click.option(
        "--rows",
        metavar="N|N,N,...",
        help="N rows, the first of the next epoch, or rows by number (4, is row 4)  [a batch].",
    ),
    click.option("--steps", type=int, default=1, show_default=True, metavar="N", help="Follow so many steps."),
    click.option("--layer", type=int, metavar="N", help="This layer only, counted from 1."),
    click.option("--check", is_flag=True, help="Repeat every slope by finite differences; exit code 1 if one differs."),
)
@section(
    "A run that is traced",
    click.option("--runs", envvar="GLASSNET_RUNS", default="runs", show_default=True, help="Where runs are kept."),
    data_option,
)
@section(
    "Output",
    click.option("--digits", type=click.IntRange(1, 17), default=4, show_default=True, help="Digits of the numbers."),
    click.option(
        "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Save one page of it."
    ),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
)
@click.pass_obj
def trace(
    host: Host,
    dataset: str | None,
    config: Path | None,
    settings: tuple[str, ...],
    rows: str | None,
    steps: int,
    layer: int | None,
    check: bool,
    digits: int,
    html: Path | None,
    as_json: bool,
    runs: str,
    data: str | None,
    **words: Any,
) -> None:
    """Show one training step of DATASET with every number in it.

    DATASET is a data set or a table as in `glassnet train`, or a run (its folder, number, or last), which goes on
    from where it stands.
    Forward, loss, back, update: each layer's matrices with their formulas and shapes. The rows are those of
    training's own first batch, so all of a small data set. Nothing is trained or kept.
    """
    from ..files import refuse_existing
    from ..tracing import trace as tell

    refuse_existing(html, "--html")
    what = experiment_or_run(host, dataset, config, settings, words, runs, data)
    told = tell(what, rows=read_rows(rows), steps=steps, check=check, catalog=host.catalog())
    shown = told if layer is None else told.layer(layer)
    if html is not None:
        _save(shown, html, digits)
    if as_json:
        say(shown.to_json())
    else:
        _print(shown, html, digits)
    if not told.ok:
        raise SystemExit(1)


def experiment_or_run(
    host: Host, name: str | None, config: Path | None, settings: tuple[str, ...], words: dict[str, Any], runs: str,
    data: str | None = None,
) -> Experiment | Run:  # fmt: skip
    """What DATASET and the options choose, or the run that stands in its place."""
    from ..experiment import flag

    given = choices(None, words)
    if name is None or not means_a_run(name, runs):
        if data is not None:
            raise GlassnetError(
                "--data says where the table of a run is now: name the run, its folder, number, or last"
            )
        return read_experiment(choices(name, words), config, settings)
    others = [flag(one) for one in given] + ["--config"] * (config is not None) + ["--set"] * bool(settings)
    if others:
        raise GlassnetError(f"{name} is a run, and is shown as it was trained: leave {join(others)} away")
    return run_of(host, name, runs, data)


def read_rows(text: str | None) -> int | list[int] | None:
    """`4` is the first four rows of the next epoch, `0,5,17` are three of them by number, and `4,` is row 4 alone."""
    if text is None:
        return None
    try:
        numbers = [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise GlassnetError(f"--rows wants a number of rows, such as 4, or row numbers 0,5,17, not {text!r}") from None
    return numbers if "," in text or not numbers else numbers[0]


def _save(trace: Trace, path: Path, digits: int) -> None:
    from ..files import write_text

    write_text(path, trace.to_html(digits), elsewhere="give another --html")


# --- the screen -------------------------------------------------------------------------------------------------


def _print(trace: Trace, html: Path | None, digits: int) -> None:
    from ..tracing import in_full
    from .display import console

    screen = console()
    told = os.environ.get("COLUMNS", "")  # as in the cells of a lesson
    no_edge = int(told) if told.isdigit() else FILE_WIDTH
    width = screen.width if screen.is_terminal else no_edge
    screen.print(trace.title, style="bold", markup=False)
    for remark in trace.remarks:
        screen.print(wrapped(remark, width), markup=False)
    if len(trace.steps) > 1:
        screen.print(steps_table(trace))
    if html is None:
        screen.print(wrapped(LEGEND, width) + "\n", style="dim", markup=False)
        for step in in_full(trace.steps):
            _print_step(screen, step, width, digits)
    if any(step.comparisons for step in trace.steps):
        _print_check(screen, trace)
    if html is not None:
        say(f"Saved {html}")


def wrapped(text: str, width: int, indent: str = "") -> str:
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)


def steps_table(trace: Trace) -> Table:
    """A line a step."""
    rows = [(step.number, step.epoch, len(step.rows), exact(step.loss), exact(step.penalty)) for step in trace.steps]
    return Table(("step", "epoch", "rows", "loss", "penalty"), rows)


def _print_step(screen: Console, step: Step, width: int, digits: int) -> None:
    from rich.rule import Rule

    screen.print(Rule(step.describe(), style="bold", characters="═"), width=width)
    stage = None
    for card in step.cards:
        if card.stage != stage:
            stage = card.stage
            screen.print(Rule(STAGES[stage], align="left", style="cyan"), width=width)
        _print_card(screen, card, width, digits)


def _print_card(screen: Console, card: Card, width: int, digits: int) -> None:
    from .matrices import side_by_side

    screen.print(card.title, style="bold cyan", markup=False)
    for line in card.words:
        screen.print(wrapped(line, width - 2, "  "), style="dim", markup=False)
    screen.print()
    for row in side_by_side(card.matrices, width, digits):
        screen.print(row)


def _print_check(screen: Console, trace: Trace) -> None:
    """Each matrix of slopes beside differences, then the verdict."""
    from rich.text import Text

    rows = []
    for step in trace.steps:
        for one in step.comparisons:
            numbers = str(one.checked) + f" of {one.size}" * (one.checked < one.size)
            verdict = Text(one.verdict, style="" if one.ok else "bold red")  # as text: names of columns are no markup
            verdict.append(f"; kinks left out: {'; '.join(one.kinks)}" if one.kinks else "", style="not bold default")
            figures = (tiny(one.largest), tiny(one.relative))
            rows.append((step.number, one.name, numbers, *figures, verdict))
    table = Table(("step", "slopes", "numbers", "difference", "as a share", "verdict"), rows, wraps=("verdict",))
    screen.print("Check: the same slopes by finite differences of the loss, in float64", style="bold")
    screen.print(table)
    for line in verdict_lines(trace):
        screen.print(line, markup=False)


def verdict_lines(trace: Trace) -> Iterator[str]:
    """One sentence about all comparisons."""
    every = [one for step in trace.steps for one in step.comparisons]
    small = sorted({one.name for one in every if one.too_small and one.ok})
    checked = [one for one in every if not (one.too_small and one.ok)]
    worst = max(checked or every, key=lambda one: one.relative)
    wrong = sorted({one.name for one in every if not one.ok})
    if wrong:
        yield f"DIFFERS: {join(wrong)} are not the slopes of this loss (at most {worst.allowed:g} is allowed)"
        return
    if small:
        yield f"Too small to check, because rounding hides them: {join(small)}"
    if checked:
        slopes = count(sum(one.checked for one in checked), "slope")
        which = f"All {slopes}" if not small else f"The other {slopes}"
        yield f"{which} agree: the largest difference is {tiny(worst.relative)} of its matrix ({worst.name})"
