"""What happens inside a network: signals and gradients by layer, and how many units take part in learning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from glassnet import Plot, pictures

if TYPE_CHECKING:
    from glassnet import Run

MOST_LINES = 5  # epochs beside each other
WIDE = 1e4  # ratio above which an axis counts in powers of ten
ONE_EPOCH = "at the end only: train with --watch {what} to see how it came about"


def gradient_norms(per: Literal["weight", "layer"] = "weight") -> Plot:
    """The gradient of each layer, over the layers and over the epochs: vanishing or exploding on its way back.

    y = root mean square of the mean loss's gradient (without penalties) over the weights of a layer

    per: weight, so that layers of any size compare; or layer, the Euclidean norm of the layer's gradient
    """

    def draw(run: Run) -> Any:
        seen, widths = inside_of(run, "norms"), run.trained.network.widths
        sizes = np.sqrt(np.multiply(widths[:-1], widths[1:])) if per == "weight" else 1.0
        label = "gradient of a weight, RMS" if per == "weight" else "norm of a layer's gradient"
        return _two_ways(run, seen, [("", label, seen.gradients / sizes)], "Gradients")

    return Plot(draw, unsuited=pictures.unreadable)


def signals() -> Plot:
    """How far the rows still differ after each layer, forward, and the slopes that come back.

    upper: root mean square of the activations after the mean of each unit is taken away; lower: root mean square
    of the slope of a row's loss with respect to a layer's scores (Glorot and Bengio 2010 draw both)
    """

    def draw(run: Run) -> Any:
        seen = inside_of(run, "norms")
        forward = ("forward", "spread of the activations", seen.spreads)
        return _two_ways(run, seen, [forward, ("back", "slope of the loss by z", seen.slopes)], "Signals")

    return Plot(draw, unsuited=pictures.unreadable)


def update_sizes() -> Plot:
    """How far the weights of each layer move in an epoch, beside their own size.

    y = |W after - W before| / |W before|, Euclidean norms; about 0.001 to 0.1 is usual in the middle of a training
    """

    def draw(run: Run) -> Any:
        seen = inside_of(run, "norms")
        made, axes = pictures.single(_titled(run, "Updates"), "epoch", "change of W in an epoch / |W|", width=7.6)
        _over_epochs(axes, seen.epochs[1:], seen.updates[1:], seen.layers)
        _log_where_possible(axes, seen.updates[1:])
        pictures.legend_beside(axes)
        return made

    return Plot(draw, unsuited=lambda run: "" if _has_course(run) else needs_watching("norms"))


def dead_and_saturated() -> Plot:
    """The share of hidden units that are dead, and of outputs of units that are saturated, layer by layer.

    dead: the slope f'(z) of the unit is 0 on all rows looked at; saturated: the slope is at most 5 % of the steepest
    that the activation has for z from -3 to 3
    """

    def draw(run: Run) -> Any:
        seen = inside_of(run, "units")
        made = pictures.figure(_titled(run, "Units"), 11.0, 4.4)
        left, right = pictures.panels(made, 2, 2)
        for axes, name, shares in (
            (left, "dead units", seen.dead),
            (right, "saturated outputs of units", seen.saturated),
        ):
            _shares(axes, name, seen, 100 * shares)
        pictures.legend_beside(right)
        return made

    return Plot(draw, unsuited=_no_units)


def _shares(axes: Any, name: str, seen: Any, percent: Any) -> None:
    """Over the epochs; of a single epoch, a bar for each layer."""
    hidden = seen.layers[:-1]
    if len(seen.epochs) > 1:
        pictures.dress(axes, name, "epoch", "share, %")
        _over_epochs(axes, seen.epochs, percent, hidden)
    else:
        pictures.dress(axes, f"{name}, epoch {int(seen.epochs[0])}", "layer", "share, %")
        axes.bar(range(1, len(hidden) + 1), percent[0], color=pictures.BLUE, width=0.5)
        axes.set_xlim(0, len(hidden) + 1)
        pictures.whole_numbers(axes.xaxis)
    axes.set_ylim(-2, 102)


def inside_of(run: Run, what: str) -> Any:
    """What was watched while training; else what can be measured in the saved network."""
    watched = run.watched
    return watched if watched is not None and what in watched.what else run.measured


def needs_watching(what: str) -> str:
    return f"the run was not watched while it trained: train with --watch {what} (or all)"


def _has_course(run: Run) -> bool:
    return run.watched is not None and "norms" in run.watched.what and len(run.watched.epochs) > 1


def _no_units(run: Run) -> str:
    if not run.trained.network.hidden:
        return "the network has no hidden units"
    mixed = bool(np.isnan(run.measured.dead).all())
    return "the columns of its activations mix: a unit has no slope of its own" if mixed else ""


def _titled(run: Run, what: str) -> str:
    return f"{what} inside {pictures.title_of(run)}"


# --- by layer and by epoch ----------------------------------------------------------------------------------


def _two_ways(run: Run, seen: Any, figures: list[tuple[str, str, Any]], what: str) -> Any:
    """For each figure (E, L): over the layers for some epochs, and over the epochs for each layer."""
    course = len(seen.epochs) > 1
    made = pictures.figure(_titled(run, what), 11.0 if course else 6.4, 4.4 if len(figures) == 1 else 7.6)
    grid = pictures.panels(made, len(figures) * (1 + course), 1 + course)
    for number, (direction, label, values) in enumerate(figures):
        axes = grid[number * (1 + course)]
        pictures.dress(axes, f"{direction}, layer by layer".removeprefix(", "), "", label)
        _over_layers(axes, seen.epochs, values, seen.layers)
        _log_where_possible(axes, values)
        if course:
            other = grid[2 * number + 1]
            pictures.dress(other, f"{direction}, epoch by epoch".removeprefix(", "), "epoch", "")
            _over_epochs(other, seen.epochs, values, seen.layers)
            _log_where_possible(other, values)
            axes.sharey(other)
            if number == 0:
                pictures.legend_beside(other)
    if not course:
        made.supxlabel(ONE_EPOCH.format(what="norms"), fontsize=pictures.NOTE, color=pictures.GREY)
    return made


def _over_layers(axes: Any, epochs: Any, values: Any, layers: Sequence[str]) -> None:
    places = range(1, len(layers) + 1)
    for row, look in zip(pictures.spread(range(len(epochs)), MOST_LINES), pictures.looks(), strict=False):
        axes.plot(places, values[row], linewidth=2, markersize=6, label=f"epoch {int(epochs[row])}", **look)
    shown = pictures.spread(places, 12)
    names = [layers[place - 1].removeprefix("layer ") for place in shown]
    axes.set_xticks(shown, [*names[:-1], "out"])
    axes.set_xlabel("layer", fontsize=pictures.LABEL)
    if len(epochs) > 1:
        pictures.legend_below(axes, down=-0.22)


def _over_epochs(axes: Any, epochs: Any, values: Any, layers: Sequence[str]) -> None:
    """A line for each layer, dark for the first and light for the last, with dashes and markers of their own."""
    from matplotlib import colormaps

    shades = colormaps[pictures.SEQUENTIAL](np.linspace(0, 0.88, len(layers)))
    every = max(1, len(epochs) // 6)
    for number, name in enumerate(layers[: values.shape[1]]):
        axes.plot(
            epochs, values[:, number], color=shades[number], linestyle=pictures.DASHES[number % 4],
            linewidth=2, label=name, marker=pictures.MARKERS[number % len(pictures.MARKERS)], markersize=6,
            markevery=(number % every, every),
        )  # fmt: skip
    pictures.whole_numbers(axes.xaxis)


def _log_where_possible(axes: Any, values: Any) -> None:
    finite = values[np.isfinite(values)]
    if not finite.size or (finite <= 0).any():
        return
    pictures.log_scale(axes, powers=WIDE)
