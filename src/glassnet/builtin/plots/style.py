"""The look that all our pictures share: legible on a slide and in print, and not by colour alone.

Colours are those of Okabe and Ito, which colour-blind readers tell apart; whatever has a colour has a dash or a
marker of its own as well. Sizes suit a picture 6.4 inches wide that is printed at half that width. Everything is
set on the figure itself: matplotlib's global settings belong to whoever calls us.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from glassnet import Run

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY = "#767676"  # for what only helps to read: grid, diagonal, baseline

#: Lines in this order; yellow is left out, it vanishes on white.
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
DASHES = ("-", "--", "-.", ":", (0, (7, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
SEQUENTIAL = "cividis"  # for amounts, from 0 up: rises evenly in lightness, also in grey print
DIVERGING = "PuOr"  # for numbers of both signs around 0

TITLE, LABEL, TICK, NOTE = 15, 13, 12, 11  # points
MOST_PANELS = 9
MOST_LETTERS, MOST_OF_AN_AXIS = 40, 60  # of a name that comes from data, and of one that has an axis for itself

#: The splits look the same in every picture, and are called by these words.
SPLITS: dict[str, dict[str, Any]] = {
    "train": {"color": BLUE, "linestyle": "-", "label": "training rows"},
    "validation": {"color": VERMILION, "linestyle": "--", "label": "validation rows"},
    "test": {"color": GREEN, "linestyle": "-.", "label": "test rows"},
}


def figure(title: str, width: float = 6.4, height: float = 4.4) -> Any:
    """An empty white `Figure` with a title, in inches; it takes care of its own layout."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(width, height), dpi=150, facecolor="white", layout="constrained")
    FigureCanvasAgg(made)
    layout: Any = made.get_layout_engine()
    layout.set(w_pad=0.08, h_pad=0.08)
    made.suptitle(title, fontsize=TITLE)
    return made


def single(title: str, x: str, y: str, note: str = "", width: float = 6.4, height: float = 4.4) -> tuple[Any, Any]:
    """(figure, axes) of a picture with one pair of axes; `x` and `y` say what they show and in which unit."""
    made = figure(title, width, height)
    return made, dress(made.add_subplot(), note, x, y)


def dress(axes: Any, title: str, x: str, y: str, grid: bool = True) -> Any:
    """The axes, with words at their sides and a light grid behind what they hold."""
    axes.set_title(title, fontsize=NOTE)
    axes.set_xlabel(x, fontsize=LABEL)
    axes.set_ylabel(y, fontsize=LABEL)
    axes.tick_params(labelsize=TICK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(color=GREY, alpha=0.25, linewidth=0.8)
    return axes


def panels(made: Any, count: int, columns: int = 3) -> list[Any]:
    """`count` pairs of axes in rows of `columns`; those of the last row that are not needed are left out."""
    wide = min(columns, count)
    grid = made.add_gridspec(ceil(count / wide), wide)
    return [made.add_subplot(grid[number // wide, number % wide]) for number in range(count)]


def picture(axes: Any, title: str = "") -> Any:
    """The axes for an image: no ticks and no scale, because pixels have no unit."""
    axes.set_title(title, fontsize=NOTE)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_color(GREY)
    return axes


def legend(axes: Any, **where: Any) -> None:
    """A legend that covers as little as it can; none for a single line."""
    if len(axes.get_legend_handles_labels()[1]) > 1:
        axes.legend(fontsize=TICK, framealpha=0.9, edgecolor="none", **where)


def colour_bar(image: Any, panels: list[Any], label: str) -> None:
    """What the colours of an image mean, beside the axes that share them."""
    bar = panels[0].figure.colorbar(image, ax=panels, shrink=0.85)
    bar.set_label(label, fontsize=LABEL)
    bar.ax.tick_params(labelsize=NOTE)


def series() -> Iterator[dict[str, Any]]:
    """The look of one line after the other, each told apart by colour and dash, and by marker if it has any."""
    number = 0
    while True:
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[(number + number // len(COLOURS)) % len(DASHES)]
        yield {"color": colour, "linestyle": dash, "marker": MARKERS[number % len(MARKERS)]}
        number += 1


def between(low: str, high: str, strength: float = 0.55) -> Any:
    """A colour map from a light shade of one colour over white to that of another: points stay visible on it."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb

    def paler(colour: str) -> str:
        red, green, blue = (1 - strength * (1 - part) for part in to_rgb(colour))
        return to_hex((red, green, blue))

    return LinearSegmentedColormap.from_list("between", [paler(low), "white", paler(high)])


def whole_numbers(axis: Any) -> None:
    """Ticks at whole numbers only: there is no epoch 2.5."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))


def log_scale(axes: Any, side: str = "y") -> None:
    """A logarithmic axis with numbers as people write them: 0.2, not 2 x 10^-1."""
    from matplotlib.ticker import FixedLocator, LogLocator, NullFormatter

    axis = axes.yaxis if side == "y" else axes.xaxis
    low, high = axis.get_data_interval()
    run_away = high > 1e12 * low > 0  # a loss, perhaps: limits come first, since a margin above it could overflow
    if run_away:
        (axes.set_ylim if side == "y" else axes.set_xlim)(low / 2, min(high, 1e303) * 2)
    (axes.set_yscale if side == "y" else axes.set_xscale)("log")
    powers = np.log10([low, min(high, 1e300)]) if run_away else np.zeros(2)
    few = FixedLocator([10.0**power for power in np.linspace(powers[0], powers[1], 6).round()])
    axis.set_major_locator(few if run_away else LogLocator(subs=(1, 2, 5), numticks=12))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def shortened(name: str, most: int = MOST_LETTERS) -> str:
    """A name as a picture has room for it: of a long one both ends, since names differ at either."""
    half = most // 2
    return name if len(name) <= most else f"{name[:half]}…{name[1 - half :]}"


def named(run: Run) -> str:
    """What a title calls a run: `spirals, run 3`."""
    return shortened(run.title)


def first_of(shown: int, total: int, what: str) -> str:
    """`, first 9 of 12 classes` where not all are shown; else nothing."""
    return f", first {shown} of {total} {what}" if shown < total else ""


def spread(values: Sequence[Any], most: int) -> list[Any]:
    """At most `most` of the values, evenly spaced, the first and the last among them."""
    if len(values) <= most:
        return list(values)
    return [values[round(step * (len(values) - 1) / (most - 1))] for step in range(most)]
