"""`glassnet summary`: what a network is made of, layer by layer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError
from .choices import choices, experiment_options
from .edge import say
from .sections import command, section
from .trace import experiment_or_run

if TYPE_CHECKING:
    from ..experiment import Experiment
    from ..summaries import Summary
    from .host import Host

EXAMPLES = """\b
Examples:
  glassnet summary 784-64-64-10
  glassnet summary 30-100-30-2 --batch-norm --dropout 0.5 --optimizer momentum
  glassnet summary digits8x8 --hidden 128,64
  glassnet summary last --json
"""


@command(epilog=EXAMPLES)
@experiment_options
@section(
    "A run that is summed up",
    click.option("--runs", envvar="GLASSNET_RUNS", default="runs", show_default=True, help="Where runs are kept."),
)
@section(
    "Output",
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
)
@click.pass_obj
def summary(
    host: Host,
    dataset: str | None,
    config: Path | None,
    settings: tuple[str, ...],
    runs: str,
    as_json: bool,
    **words: Any,
) -> None:
    """Layers, shapes, parameters and memory of a network.

    Nothing is trained. DATASET is a data set or a table as in `glassnet train`, a run (its folder, number, or
    last), or the widths of a network: 784-64-64-10.
    """
    from ..summaries import WIDTHS
    from ..summaries import summary as summarise

    if dataset is not None and WIDTHS.fullmatch(dataset):
        found = summarise(dataset, choices=_around(dataset, config, settings, words), catalog=host.catalog())
    else:
        found = summarise(experiment_or_run(host, dataset, config, settings, words, runs), catalog=host.catalog())
    if as_json:
        say(found.to_json())
    else:
        _print(found)


def _around(widths: str, config: Path | None, settings: tuple[str, ...], words: dict[str, Any]) -> Experiment:
    """The choices around a network that is given by its widths."""
    from ..experiment import Experiment, read_toml

    given = choices(None, words)
    if "hidden" in given:
        raise GlassnetError(f"{widths} holds the hidden layers already: leave --hidden away")
    values = read_toml(config) if config else {}
    return Experiment.from_mapping(values | given, where=str(config)).with_settings(settings)


def _print(found: Summary) -> None:
    from .display import console

    screen = console()
    screen.print(found.title, style="bold", markup=False)
    screen.print(found.table())
    for name, text in found.totals():
        screen.print(f"{name:<10}  {text}", markup=False)
