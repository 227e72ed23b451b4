"""A command for glassnet. This module is the plugin: it is all that glassnet imports of the package.

A command is one more word after `glassnet`, written with click. The docstring of the part is its help, and the host
that click hands over holds every part there is. Put your own in the place of this one; `make check` asks it for help.
"""

from typing import Any

import click
import numpy as np
from glassnet import Command, hookimpl


def {{ part }}() -> Command:
    """The value and the slope of an activation, at a few scores.

    slope = (f(z + h) - f(z - h)) / (2 h) with h = 1e-5, whatever the formula
    """

    @click.command()
    @click.argument("activation")
    @click.option("--at", "scores", type=float, multiple=True, default=(-2, -1, 0, 1, 2), help="A score (repeatable).")
    @click.pass_obj
    def command(host: Any, activation: str, scores: tuple[float, ...]) -> None:
        part = host.catalog().choose("activation", activation).build()
        z = np.array(scores, dtype=float)[:, None]
        click.echo("     z      f(z)     slope")
        for row in np.column_stack([z, part.f(z), _slopes(part.f, z)]):
            click.echo(f"{row[0]:6.2f} {row[1]:9.4f} {row[2]:9.4f}")

    return Command(command)


def _slopes(f: Any, z: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """Central differences, of the shape of z."""
    return (f(z + h) - f(z - h)) / (2 * h)


@hookimpl
def commands() -> list:
    """Every command of this package: write a second one above and add its name here."""
    return [{{ part }}]
