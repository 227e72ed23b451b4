"""A plot for glassnet. This module is the plugin: it is all that glassnet imports of the package.

A plot draws a run as a figure of matplotlib: `run.history` is a table with one row an epoch, and `glassnet.pictures`
has all that our own pictures are made with. Put your own picture in the place of this one; `make check` draws it of
small runs of every sort.
"""

from typing import Any

from glassnet import Plot, hookimpl, pictures


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
    history = run.history
    title = f"Validation loss above training loss: {pictures.title_of(run)}"
    figure, axes = pictures.single(title, "epoch", "difference of the mean losses")
    axes.axhline(0, color=pictures.GREY, linewidth=1)
    axes.plot(history["epoch"], history["validation_loss"] - history["loss"], color=pictures.BLUE, marker="o")
    pictures.whole_numbers(axes.xaxis)
    return figure


@hookimpl
def plots() -> list:
    """Every plot of this package: write a second one above and add its name here."""
    return [{{ part }}]
