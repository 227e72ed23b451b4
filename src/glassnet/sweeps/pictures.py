"""What a sweep came to, as a picture: a heat map of two settings, a line of one, bars side by side of more.

Colours are of viridis, which grows lighter evenly and reads the same for colour-blind eyes and on grey paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import process
from ..files import write_bytes
from .axes import Axis
from .keeping import ELSEWHERE
from .ranking import Row, Score

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[Any]

COLOURS = "viridis"
BEST, TIED, OTHER, FAILED = "#D55E00", "#E69F00", "#0072B2", "#999999"  # Okabe and Ito
MOST_TEXTS = 200  # cells that still have room for a number


def write_pictures(folder: Path, rows: Sequence[Row], axes: Sequence[Axis], score: Score, on_grid: bool) -> None:
    """Draw the rows and write `NAME.png` and `NAME.svg`; nothing where every point failed."""
    if not any(row.scores for row in rows):
        return
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    name, figure = draw(rows, axes, score, on_grid)
    figure.suptitle(f"{folder.name}: {score.metric} of {score.of}, {score.better} is better", fontsize=11)
    FigureCanvasAgg(figure)
    # Without a date and with a salt of its own, the same sweep writes the same bytes again.
    with process.drawing(svg_hashsalt="glassnet"):
        write_bytes(folder / f"{name}.png", lambda file: figure.savefig(file, format="png"), ELSEWHERE)
        dateless = {"Date": None}
        write_bytes(
            folder / f"{name}.svg", lambda file: figure.savefig(file, format="svg", metadata=dateless), ELSEWHERE
        )


def draw(rows: Sequence[Row], axes: Sequence[Axis], score: Score, on_grid: bool) -> tuple[str, Figure]:
    """(name of the file, picture), whichever fits the number of settings and the search."""
    if len(axes) == 2 and on_grid:
        return "heatmap", heat_map(rows, axes, score)
    if len(axes) == 1 and on_grid:
        return "line", line(rows, axes[0], score)
    if on_grid:
        return "bars", bars(rows, axes, score)
    return "points", clouds(rows, axes, score)


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=120, layout="constrained")


def _value(row: Row, number: int) -> str:
    return row.point[number].partition("=")[2]


def _best(rows: Sequence[Row]) -> Row | None:
    return rows[0] if rows and rows[0].whole else None


def _three_digits(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.3g}"


# --- two settings -------------------------------------------------------------------------------------------


def heat_map(rows: Sequence[Row], axes: Sequence[Axis], score: Score) -> Figure:
    """One square a point: its mean, the best and its ties framed, failed ones hatched."""
    down, across = axes[0].values, axes[1].values
    table = np.full((len(down), len(across)), np.nan)
    place = {row.point: (down.index(_value(row, 0)), across.index(_value(row, 1))) for row in rows}
    for row in rows:
        table[place[row.point]] = row.mean if row.scores else np.nan
    figure = _figure(2.6 + 0.72 * len(across), 2.2 + 0.5 * len(down))
    panel = figure.add_subplot()
    reverse = "_r" if score.better == "lower" else ""
    image = panel.imshow(np.ma.masked_invalid(table), cmap=COLOURS + reverse, aspect="auto", origin="lower")
    panel.set_xticks(range(len(across)), across, rotation=45 if max(map(len, across)) > 5 else 0)
    panel.set_yticks(range(len(down)), down)
    panel.set(xlabel=axes[1].key, ylabel=axes[0].key)
    figure.colorbar(image, ax=panel, label=score.metric)
    if table.size <= MOST_TEXTS:
        _write_into(panel, table, image)
    _frame(figure, panel, rows, place, np.argwhere(np.isnan(table)))
    return figure


def _write_into(panel: Axes, table: Array, image: Any) -> None:
    for (i, j), value in np.ndenumerate(table):
        if np.isfinite(value):
            red, green, blue, _ = image.cmap(image.norm(value))
            light = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
            colour = "black" if light else "white"
            panel.text(j, i, _three_digits(value), ha="center", va="center", color=colour, fontsize=8)


def _frame(figure: Figure, panel: Axes, rows: Sequence[Row], place: dict[Any, Any], failed: Array) -> None:
    """Frames around the best and its ties, hatching over failures, and a legend for those that are there."""
    from matplotlib.patches import Rectangle

    def square(where: tuple[int, int], inset: float, look: dict[str, Any]) -> Any:
        corner = (where[1] - 0.5 + inset, where[0] - 0.5 + inset)
        return panel.add_patch(Rectangle(corner, 1 - 2 * inset, 1 - 2 * inset, **look))

    best = {"fill": False, "edgecolor": BEST, "linewidth": 3}
    near = {"fill": False, "edgecolor": BEST, "linewidth": 1.8, "linestyle": (0, (3, 2))}
    lost = {"facecolor": "#eeeeee", "edgecolor": FAILED, "hatch": "////", "linewidth": 0}
    shown: dict[str, Any] = {}
    for row in rows:
        if row is _best(rows):
            shown["best"] = square(place[row.point], 0.05, best)
        elif row.tied:
            shown["can't be told from the best"] = square(place[row.point], 0.07, near)
    for i, j in failed:
        shown["failed"] = square((i, j), 0, lost)
    if shown:
        figure.legend(shown.values(), shown.keys(), loc="outside lower center", ncols=len(shown), frameon=False)


# --- one setting --------------------------------------------------------------------------------------------


def line(rows: Sequence[Row], axis: Axis, score: Score) -> Figure:
    """Mean and spread against the values, at their own distances where they are numbers."""
    figure = _figure(6.4, 4.2)
    panel = figure.add_subplot()
    places = _places(axis)
    if axis.numbers and places[0] > 0 and places[-1] / places[0] >= 100:
        panel.set_xscale("log")
        panel.minorticks_off()
    ordered = sorted((row for row in rows if row.scores), key=lambda row: axis.values.index(_value(row, 0)))
    x = [places[axis.values.index(_value(row, 0))] for row in ordered]
    if axis.numbers:
        panel.plot(x, [row.mean for row in ordered], color=OTHER, linewidth=1, zorder=1)
    for at, row in zip(x, ordered, strict=True):
        colour, name = _look(row, rows)
        bar = None if row.spread is None else [row.spread]
        panel.errorbar([at], [row.mean], yerr=bar, fmt="o", color=colour, capsize=3, label=name)
    for row in rows:
        if not row.scores:
            _cross(panel, places[axis.values.index(_value(row, 0))])
    panel.set_xticks(places, axis.values, rotation=45 if len("".join(axis.values)) > 40 else 0)
    spread = "mean and standard deviation" if any(row.spread is not None for row in rows) else "one score each"
    panel.set(xlabel=axis.key, ylabel=f"{score.metric} ({spread})")
    panel.grid(alpha=0.3)
    _legend(figure, panel)
    return figure


def _look(row: Row, rows: Sequence[Row]) -> tuple[str, str]:
    """(colour, name) of a point: the best, one of its ties, or another."""
    if row is _best(rows):
        return BEST, "best"
    return (TIED, "can't be told from the best") if row.tied else (OTHER, "others")


def _cross(panel: Axes, at: float) -> None:
    """A cross on the lower edge, where there is no score to show."""
    where = panel.get_xaxis_transform()
    panel.plot([at], [0.02], "x", color=FAILED, clip_on=False, label="failed", transform=where)


def _places(axis: Axis) -> list[float]:
    return [float(value) for value in axis.values] if axis.numbers else list(range(len(axis.values)))


def _legend(figure: Figure, panel: Axes) -> None:
    """One entry a name, in the order of importance."""
    handles, labels = panel.get_legend_handles_labels()
    named = dict(zip(labels, handles, strict=True))
    order = [name for name in ("best", "can't be told from the best", "others", "failed") if name in named]
    figure.legend([named[name] for name in order], order, loc="outside lower center", ncols=len(order), frameon=False)


# --- more settings ------------------------------------------------------------------------------------------


def bars(rows: Sequence[Row], axes: Sequence[Axis], score: Score) -> Figure:
    """A panel a setting, a bar a value: from the worst to the best score that was reached with it, a line at the mean.

    A bar says how much is left to the other settings once this one is fixed. The best point's values stand out.
    """
    figure, panels = _panels(axes, score)
    best = _best(rows)
    for number, (panel, axis) in enumerate(zip(panels, axes, strict=True)):
        for at, value in enumerate(axis.values):
            means = [row.mean for row in rows if row.scores and _value(row, number) == value]
            if not means:
                _cross(panel, at)
                continue
            colour, name = (BEST, "best") if best and _value(best, number) == value else (OTHER, "others")
            panel.bar([at], [max(means) - min(means)], bottom=min(means), color=colour, alpha=0.75, label=name)
            panel.plot([at - 0.4, at + 0.4], [np.mean(means)] * 2, color="black", linewidth=1.5)
        panel.set_xticks(range(len(axis.values)), axis.values, rotation=45)
    panels[0].set_ylabel(f"{score.metric}: worst, mean and best of the others")
    _legend(figure, panels[0])
    return figure


def clouds(rows: Sequence[Row], axes: Sequence[Axis], score: Score) -> Figure:
    """For points that were drawn at random: a panel a setting, each point at its value and its score."""
    figure, panels = _panels(axes, score)
    for number, (panel, axis) in enumerate(zip(panels, axes, strict=True)):
        for row in reversed([row for row in rows if row.scores]):  # the best is drawn last, on top
            value = _value(row, number)
            colour, name = _look(row, rows)
            at = float(value) if axis.numbers else axis.values.index(value)
            panel.plot([at], [row.mean], "o", color=colour, label=name)
        if axis.numbers:
            low, high = float(axis.draw(0.0)), float(axis.draw(1.0))
            panel.set_xscale("log" if low > 0 and high / low >= 100 else "linear")
        else:
            panel.set_xticks(range(len(axis.values)), axis.values, rotation=45)
    _legend(figure, panels[0])
    return figure


def _panels(axes: Sequence[Axis], score: Score) -> tuple[Figure, list[Axes]]:
    """A panel a setting, side by side, with one scale of scores."""
    figure = _figure(1.4 + 2.7 * max(2, len(axes)), 4.4)
    panels = list(figure.subplots(1, len(axes), sharey=True, squeeze=False)[0])
    for panel, axis in zip(panels, axes, strict=True):
        panel.set_xlabel(axis.key)
        panel.grid(alpha=0.3, axis="both" if axis.numbers else "y")
    panels[0].set_ylabel(score.metric)
    return figure, panels
