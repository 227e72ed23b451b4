"""A command that tries learning rates: too small a one does not learn, too large a one diverges, and in between lies a
range of some tens that is found by trying.
"""

from typing import Any

import click
import numpy as np
from glassnet import Command, Diverged, Experiment, hookimpl, run


def rate_test() -> Command:
    """At which learning rates a network learns, and from which on it diverges.

    Rates from --from to --to, equal factors apart; each trains the same network from the same weights for --epochs.
    """

    @click.command()
    @click.argument("dataset")
    @click.option("--optimizer", default="sgd", show_default=True, help="A phrase without lr.")
    @click.option(
        "--from", "low", type=click.FloatRange(0, min_open=True), default=1e-4, show_default=True, help="Least."
    )
    @click.option(
        "--to", "high", type=click.FloatRange(0, min_open=True), default=100.0, show_default=True, help="Most."
    )
    @click.option("--points", type=click.IntRange(2, 50), default=7, show_default=True, help="How many.")
    @click.option("--epochs", type=click.IntRange(1), default=5, show_default=True, help="For each of them.")
    @click.pass_obj
    def command(host: Any, dataset: str, optimizer: str, low: float, high: float, points: int, epochs: int) -> None:
        catalog = host.catalog()
        joined = f"{optimizer}{',' if ':' in optimizer else ':'}lr="
        best: tuple[float, float] | None = None
        click.echo("     rate  training loss")
        for rate in np.geomspace(low, high, points):
            experiment = Experiment(dataset=dataset, optimizer=f"{joined}{rate:.2g}", epochs=epochs)
            loss = loss_after(experiment, catalog)
            click.echo(f"{rate:9.2g}  {'diverged' if loss is None else format(loss, '13.4g')}")
            if loss is not None and (best is None or loss < best[0]):
                best = loss, rate
        click.echo(
            f"least after epoch {epochs}: lr={best[1]:.2g}" if best else "all diverged: try --from a smaller rate"
        )

    return Command(command)


def loss_after(experiment: Experiment, catalog: Any) -> float | None:
    """The training loss after the last epoch; None where it diverged on the way."""
    loss = float("nan")
    try:
        for epoch in run(experiment, catalog):
            loss = epoch.loss
    except Diverged:
        return None
    return loss


@hookimpl
def commands() -> list:
    """Every command of this package."""
    return [rate_test]
