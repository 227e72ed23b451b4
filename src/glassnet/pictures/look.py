"""The look that all pictures share: legible on a slide and in print, and not by colour alone.

Colours are those of Okabe and Ito, which colour-blind readers tell apart; whatever has a colour has a dash or a
marker of its own as well. Sizes suit a picture 6.4 inches wide that is printed at half that width. Everything is
set on the figure itself: matplotlib's global settings belong to whoever calls us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import ceil, floor, inf, isfinite, log10
from typing import Any

import numpy as np

from .. import process
from ..wording import SPLITS as WORDS
from ..wording import significant, spelled
from .names import spread, tidy, width, wrapped

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY = "#767676"  # for what only helps to read: grid, diagonal, baseline

#: Lines in this order; yellow is left out, it vanishes on white.
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
DASHES = ("-", "--", "-.", ":", (0, (7, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
SEQUENTIAL = "cividis"  # for amounts, from 0 up: rises evenly in lightness, also in grey print
DIVERGING = "PuOr"  # for numbers of both signs around 0
BEST, TIED, OTHER, FAILED = VERMILION, ORANGE, BLUE, GREY  # the points of a sweep

TITLE, LABEL, TICK, NOTE = 15, 13, 12, 11  # points
MOST_PANELS = 9
LEGEND = 0.6  # of the width of a pair of axes, for the names in a legend
BESIDE, BELOW = 1.3, 0.8  # inches that numbers and words take at the sides of a pair of axes
TURNED = 0.26  # inches that a name takes which is turned
LINE = 1.25 / 72  # inches that a line of text takes, for each of its points

#: How the rows of each split look in every picture, and what they are called.
SPLITS: dict[str, dict[str, Any]] = {
    "train": {"color": BLUE, "linestyle": "-", "label": WORDS["train"]},
    "validation": {"color": VERMILION, "linestyle": "--", "label": WORDS["validation"]},
    "test": {"color": GREEN, "linestyle": "-.", "label": WORDS["test"]},
}


def figure(title: str, width: float = 6.4, height: float = 4.4) -> Any:
    """An empty white matplotlib `Figure` with a title, in inches; it takes care of its own layout.

    A title that is too long for the width goes on in a second and third line, for which the figure grows. As the last
    line of a notebook's cell it is shown.
    """
    process.load_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from .shown import Picture

    text = wrapped(title, width - 0.3, TITLE)
    taller = text.count("\n") * TITLE * LINE
    made = Picture(figsize=(width, height + taller), dpi=150, facecolor="white", layout="constrained")
    FigureCanvasAgg(made)
    layout: Any = made.get_layout_engine()
    layout.set(w_pad=0.08, h_pad=0.08)
    made.suptitle(text, fontsize=TITLE)
    return made


def single(title: str, x: str, y: str, note: str = "", width: float = 6.4, height: float = 4.4) -> tuple[Any, Any]:
    """(figure, axes) of a picture with one pair of axes; `x` and `y` say what they show and in which unit."""
    made = figure(title, width, height)
    return made, dress(made.add_subplot(), note, x, y)


def panels(made: Any, count: int, columns: int = 3) -> list[Any]:
    """`count` pairs of axes in rows of `columns`; those of the last row that are not needed are left out."""
    wide = min(columns, count)
    grid = made.add_gridspec(ceil(count / wide), wide)
    return [made.add_subplot(grid[number // wide, number % wide]) for number in range(count)]


def dress(axes: Any, note: str, x: str, y: str, grid: bool = True) -> Any:
    """The axes, with words above and at their sides, in as many lines as these need, and a light grid behind."""
    across, down = _room(axes)
    _say(axes.set_title, note, across, NOTE)
    _say(axes.set_xlabel, x, across, LABEL)
    _say(axes.set_ylabel, y, down, LABEL)
    axes.tick_params(labelsize=TICK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[:].set_in_layout(False)  # they are where the axes are, and asking them takes long
    axes.set_axisbelow(True)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(_tick_formatter(axis))
    if grid:
        axes.grid(color=GREY, alpha=0.25, linewidth=0.8)
    return axes


def _say(put: Any, words: str, inches: float, size: float) -> None:
    """Words in lines of so many inches; the text keeps them as its label, should they be broken anew."""
    text = put(wrapped(words, inches, size), fontsize=size)
    text.set_label(words)


def _room(axes: Any) -> tuple[float, float]:
    """(inches across, inches down) that the words of a pair of axes may take."""
    whole_width, whole_height = axes.figure.get_size_inches()
    place = axes.get_subplotspec()
    rows, columns = place.get_geometry()[:2] if place is not None else (1, 1)
    return max(1.0, whole_width / columns - BESIDE), max(1.0, (whole_height - 0.4) / rows - BELOW)


class _Tick:
    """Numbers as people write them, 150,000 and 0.2, with as many digits as tell the ends of the axis apart.

    A class and not a function in a function, so that figures can be pickled.
    """

    def __init__(self, axis: Any) -> None:
        self.axis = axis

    def __call__(self, value: float, _: Any = None) -> str:
        low, high = self.axis.get_view_interval()
        size, length = max(abs(low), abs(high)), abs(high - low)
        if not (isfinite(size) and isfinite(length) and length):
            return significant(value)
        if abs(value) < 1e-9 * length:
            return "0"
        return spelled(value, min(15, 3 + max(0, floor(log10(size / length)))))


def _plain_tick(value: float, _: Any = None) -> str:
    """A number of a logarithmic axis, which stands for itself."""
    return spelled(value)


def _tick_formatter(axis: Any) -> Any:
    from matplotlib.ticker import FuncFormatter

    return FuncFormatter(_Tick(axis))


def without_scale(axes: Any, title: str = "") -> Any:
    """The axes for an image: no ticks and no scale, because pixels have no unit."""
    axes.set_title(title, fontsize=NOTE)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_color(GREY)
    axes.spines[:].set_in_layout(False)
    return axes


def name_ticks(axes: Any, names: Sequence[str], side: str = "x", most: int = 30) -> None:
    """Names at 0, 1, 2, ... of an axis: turned where they would touch, and some of them where they are too many."""
    if side == "x":
        most = min(most, max(2, int(_room(axes)[0] / TURNED)))
    places = spread(range(len(names)), most)
    texts = [names[place] for place in places]
    if side == "y":
        axes.set_yticks(places, texts)
        return
    room = _room(axes)[0] / max(len(texts), 1)
    turned = any(width(text, TICK) > 0.9 * room for text in texts)
    axes.set_xticks(places, texts, rotation=45 if turned else 0, ha="right" if turned else "center")
    axes.set_xlim(-0.5, len(names) - 0.5)
    if turned:
        for label in axes.get_xticklabels():
            label.set_rotation_mode("anchor")


# --- what things are called ---------------------------------------------------------------------------------


def legend(axes: Any, onto: Any = None, first: Sequence[str] = (), **where: Any) -> Any:
    """A legend that covers as little as it can; none for a single line. `where` are matplotlib's own words.

    It stands in the axes, or in what it is put `onto`, other axes or the whole figure; then `axes` may be several.
    Names that are to come `first` do so in that order, the others as they were drawn. Those that begin with an
    underscore are names as well, which matplotlib's own legend leaves out.
    """
    handles, labels = _entries(axes if isinstance(axes, list | tuple) else [axes])
    order = sorted(range(len(labels)), key=lambda at: [*first, labels[at]].index(labels[at]))
    handles, labels = [handles[at] for at in order], [labels[at] for at in order]
    if not labels or (len(labels) < 2 and not where):
        return None
    where = {"fontsize": TICK, "framealpha": 0.9, "edgecolor": "none"} | where
    made = (axes if onto is None else onto).legend(
        handles, [f"name {number}" for number in range(len(labels))], **where
    )
    wide = LEGEND * made.figure.get_figwidth() / (made._ncols if made._ncols < len(labels) else len(labels))
    room = max(1.2, wide if made._ncols > 1 else LEGEND * _room_of(axes))
    for text, label in zip(made.get_texts(), labels, strict=True):
        text.set_text(wrapped(label, room, text.get_fontsize()))
    title = made.get_title()
    title.set_text(wrapped(tidy(title.get_text()), room, title.get_fontsize()) if title.get_text() else "")
    return made


def _room_of(axes: Any) -> float:
    """Inches across that the first of some axes has."""
    return _room(axes[0] if isinstance(axes, list | tuple) else axes)[0]


def legend_beside(axes: Any) -> Any:
    """A legend to the right of the axes, where lines fill all of them."""
    return legend(axes, fontsize=NOTE, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def legend_below(axes: Any, columns: int = 3, down: float = -0.14) -> Any:
    """A legend under the axes, at a share of their height below them."""
    return legend(
        axes, fontsize=NOTE, frameon=False, loc="upper center", bbox_to_anchor=(0.5, down), ncols=columns,
        columnspacing=1.2,
    )  # fmt: skip


_OF_MATPLOTLIB = re.compile(r"_child\d+|_nolegend_|_container\d*")


def _entries(panels: Sequence[Any]) -> tuple[list[Any], list[str]]:
    """What is drawn in the axes and has a name, each name once, in the order in which it was drawn."""
    from matplotlib.collections import Collection
    from matplotlib.container import Container
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    found: dict[str, Any] = {}
    every = [artist for axes in panels for artist in (*axes.get_children(), *axes.containers)]
    for artist in every:
        if not isinstance(artist, Line2D | Patch | Collection | Container):
            continue
        label = str(artist.get_label())
        if label and not _OF_MATPLOTLIB.fullmatch(label) and label not in found:
            found[label] = artist
    return list(found.values()), list(found)


def hidden_names(axes: Any, made: Any) -> list[str]:
    """What is drawn in the axes and begins with an underscore, and is missing in their own legend."""
    shown = {text.get_text() for text in made.get_texts()}
    names = _entries([axes])[1]
    own = shown <= set(names)  # else it was made of other things than those in the axes
    return [name for name in names if own and name.startswith("_") and name not in shown]


def colour_bar(image: Any, panels: Sequence[Any], label: str) -> Any:
    """What the colours of an image mean, beside the axes that share them."""
    bar = panels[0].figure.colorbar(image, ax=list(panels), shrink=0.85)
    inches = 0.85 * panels[0].figure.get_figheight() - 0.8
    _say(bar.ax.set_ylabel, label, inches, LABEL)
    bar.ax.tick_params(labelsize=NOTE)
    bar.outline.set_in_layout(False)
    bar.ax.yaxis.set_major_formatter(_tick_formatter(bar.ax.yaxis))
    return bar


def score(axes: Any, place: float, given: Any, upright: bool = True, **look: Any) -> Any:
    """A score of a run (`run.score()`) with its 95 % interval, at a place of the other axis.

    `given` has a `value`, and `low` and `high`, which are None where no interval is known. `upright` says that scores
    are counted along y, else along x. `look` is one of `looks()`, or matplotlib's own words.
    """
    low, high = (given.value if end is None else end for end in (given.low, given.high))
    return interval(axes, place, given.value, low, high, upright, **look)


def interval(axes: Any, place: float, value: float, low: float, high: float, upright: bool = True, **look: Any) -> Any:
    """A number as a mark with a bar from `low` to `high`, at a place of the other axis; as `score` draws one."""
    bar = [[max(value - low, 0.0)], [max(high - value, 0.0)]]
    mark = {"marker": "o", "color": BLUE} | {key: given for key, given in look.items() if key != "linestyle"}
    drawn = {"markersize": 9, "capsize": 4, "linewidth": 2, "linestyle": "none"} | mark
    where = {"x": place, "y": value, "yerr": bar} if upright else {"x": value, "y": place, "xerr": bar}
    return axes.errorbar(**where, **drawn)


# --- colours and scales -------------------------------------------------------------------------------------


def looks() -> Iterator[dict[str, Any]]:
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


def text_on(colour: Any) -> str:
    """Black or white, whichever is read on that colour."""
    from matplotlib.colors import to_rgb

    red, green, blue = (part**2.2 for part in to_rgb(colour))
    return BLACK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 else "white"


def whole_numbers(axis: Any) -> None:
    """Ticks at whole numbers only: there is no epoch 2.5."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))


def log_scale(axes: Any, side: str = "y", powers: float = inf) -> None:
    """A logarithmic axis with numbers as people write them: 0.2, not 2 x 10^-1.

    Where the largest number is more than `powers` times the smallest, powers of ten are read more easily.
    """
    from matplotlib.ticker import (
        FixedLocator,
        FuncFormatter,
        LogFormatterMathtext,
        LogLocator,
        MaxNLocator,
        NullLocator,
    )

    axis = axes.yaxis if side == "y" else axes.xaxis
    low, high = axis.get_data_interval()
    run_away = high > 1e12 * low > 0  # a loss, perhaps: limits come first, since a margin above it could overflow
    if run_away:
        (axes.set_ylim if side == "y" else axes.set_xlim)(low / 2, min(high, 1e303) * 2)
    (axes.set_yscale if side == "y" else axes.set_xscale)("log")
    axis.set_minor_locator(NullLocator())  # there would be dozens, and each takes as long as a curve
    if high > powers * low:
        axis.set_major_locator(LogLocator(numticks=8))
        axis.set_major_formatter(LogFormatterMathtext())
        return
    axis.set_major_formatter(FuncFormatter(_plain_tick))
    if run_away:
        first, last = np.log10([low, min(high, 1e300)])
        axis.set_major_locator(FixedLocator([10.0**power for power in np.linspace(first, last, 6).round()]))
    elif high < 4 * low:  # 1, 2 and 5 are too few
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(_tick_formatter(axis))
    else:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=12))
