"""A plot for glassnet. This module is the plugin: it is all that glassnet imports of the package.

A plot draws a run as a figure of matplotlib: `run.history` is a table with one row an epoch. matplotlib is imported
inside the function, since every command imports this module. Put your own picture in the place of this one;
`make check` draws it of small runs of every sort.
"""

from typing import Any

from glassnet import Plot, hookimpl


def {{ part }}() -> Plot:
    """How far the validation loss lies above the training loss, epoch by epoch.

    gap = validation loss - training loss, both means over rows without penalties

    A gap that opens says that the network learns its training rows by heart.
    """
    return Plot(draw=_draw, of="run", unsuited=_unsuited)


def _unsuited(run: Any) -> str:
    """Why the picture does not fit this run; empty where it does."""
    if run.history.empty:
        return "it has no finished epoch"
    return "" if run.history["validation_loss"].notna().any() else "it has no validation rows"


def _draw(run: Any) -> Any:
    from matplotlib.figure import Figure

    history = run.history
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.axhline(0, color="grey", linewidth=1)
    axes.plot(history["epoch"], history["validation_loss"] - history["loss"], marker="o", markersize=3)
    axes.set(title="Validation loss above training loss", xlabel="epoch", ylabel="difference of the mean losses")
    return figure


@hookimpl
def plots() -> list:
    """Every plot of this package: write a second one above and add its name here."""
    return [{{ part }}]
