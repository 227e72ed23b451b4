"""What a sweep came to: a heat map of two settings, lines over one, bars and clouds of more, and the best points.

The best point and those that can't be told from it look the same in all of them. However many values a setting has,
a picture stays as large as a page and names as many of them as can be read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

from . import points
from .points import BEST, FAILED, NEAR, OTHERS

if TYPE_CHECKING:
    from glassnet import Sweep

COLOUR = {BEST: pictures.BEST, NEAR: pictures.TIED, OTHERS: pictures.OTHER}
MARKER = {BEST: "*", NEAR: "D", OTHERS: "o"}
MOST_NAMES = 12  # of values along an axis that counts
WIDEST, HIGHEST = 14.0, 9.0  # inches
WIDE_ENOUGH, HIGH_ENOUGH = 0.6, 0.24  # inches of a square that has room for its number
TINY = 8  # points a square, below which a frame is not seen
MOST_LINES = 6
MOST_MARKERS = 60


# --- two settings -------------------------------------------------------------------------------------------


def heatmap_sweep() -> Plot:
    """Two settings of a grid: a square a point, its colour the mean score; the best is framed, failures are hatched.

    x = the second setting, y = the first; colour = mean over seeds and folds. Dashed frames: the difference to the
    best may be luck (within 2 standard errors)
    """

    def draw(sweep: Sweep) -> Any:
        table, place = _table(sweep)
        high, wide = table.shape
        size = min(2.6 + 0.72 * wide, WIDEST), min(2.4 + 0.5 * high, HIGHEST)
        made = pictures.figure(points.title(sweep), max(size[0], 6.4), max(size[1], 3.6))
        axes = pictures.dress(made.add_subplot(), points.note(sweep), sweep.axes[1].key, sweep.axes[0].key, grid=False)
        colours = "viridis" + ("_r" if sweep.score.better == "lower" else "")
        image = axes.imshow(np.ma.masked_invalid(table), cmap=colours, aspect="auto", origin="lower")
        pictures.name_ticks(axes, points.names(sweep, 1), "x")
        pictures.name_ticks(axes, points.names(sweep, 0), "y", most=24)
        pictures.colour_bar(image, [axes], pictures.metric(sweep.score.metric))
        inches = (made.get_figwidth() - 2.6) / wide, (made.get_figheight() - 2.4) / high
        if inches[0] >= WIDE_ENOUGH and inches[1] >= HIGH_ENOUGH:
            _write_into(axes, table, image)
        _frame(axes, sweep, place, table, 72 * min(inches))
        points.legend(made, [axes])
        return made

    def unsuited(sweep: Sweep) -> str:
        count = len(sweep.axes)
        return points.no_grid(sweep) or ("" if count == 2 else f"it varies {pictures.count(count, 'setting')}, not 2")

    return Plot(draw, of="sweep", unsuited=unsuited)


def _table(sweep: Sweep) -> tuple[Any, dict[Any, tuple[int, int]]]:
    """(mean of each point, NaN where it failed; the place of each point)."""
    down, across = ({value: at for at, value in enumerate(axis.values)} for axis in sweep.axes)
    place = {row.point: (down[row.values[0]], across[row.values[1]]) for row in sweep.rows()}
    table = np.full((len(down), len(across)), np.nan)
    for row in sweep.rows():
        table[place[row.point]] = row.mean if row.scores else np.nan
    return table, place


def _write_into(axes: Any, table: Any, image: Any) -> None:
    for (i, j), value in np.ndenumerate(table):
        if np.isfinite(value):
            colour = pictures.text_on(image.cmap(image.norm(value)))
            axes.text(j, i, pictures.said(value), ha="center", va="center", color=colour, fontsize=9)


def _frame(axes: Any, sweep: Sweep, place: dict[Any, tuple[int, int]], table: Any, size: float) -> None:
    """Frames around the best and its ties, and hatching over failures; `size` is that of a square, in points."""
    from matplotlib.patches import Rectangle

    thick = float(np.clip(size / 8, 0.5, 3.0))
    looks: dict[str, dict[str, Any]] = {
        BEST: {"fill": False, "edgecolor": pictures.BEST, "linewidth": thick, "zorder": 3},
        NEAR: {"fill": False, "edgecolor": pictures.BEST, "linewidth": 0.6 * thick, "linestyle": (0, (3, 2))},
        FAILED: {"facecolor": "#eeeeee", "edgecolor": pictures.FAILED, "hatch": "////", "linewidth": 0},
    }
    found = {
        name: [place[row.point] for row in sweep.rows() if points.look(sweep, row) == name] for name in (BEST, NEAR)
    }
    visited = {place[row.point] for row in sweep.rows()}
    found[FAILED] = [(i, j) for i, j in np.argwhere(np.isnan(table)).tolist() if (i, j) in visited]
    if size < TINY and found[BEST]:
        (i, j) = found.pop(BEST)[0]
        star = {"color": "white", "markeredgecolor": pictures.BEST, "linestyle": "none"}
        axes.plot([j], [i], "*", label=BEST, markersize=16, markeredgewidth=1.5, zorder=4, clip_on=False, **star)
    for name, squares in found.items():
        for i, j in squares:
            axes.add_patch(Rectangle((j - 0.45, i - 0.45), 0.9, 0.9, label=name, **looks[name]))


# --- one setting --------------------------------------------------------------------------------------------


def line_sweep(over: str = "first") -> Plot:
    """The score over one setting of a grid, at its own distances where it is a range; one line a value of a second.

    y = mean over seeds and folds; of a single setting with their standard deviation

    over: the setting along the axis; first: the one that was named first
    """

    def draw(sweep: Sweep) -> Any:
        keys = [axis.key for axis in sweep.axes]
        number = 0 if over == "first" else keys.index(over)
        made = pictures.figure(points.title(sweep), 7.6, 4.8)
        score = pictures.metric(sweep.score.metric)
        alone = len(sweep.axes) == 1
        axes = pictures.dress(made.add_subplot(), points.note(sweep, bars=alone), sweep.axes[number].key, score)
        places = _places(axes, sweep, number)
        if alone:
            _one_line(axes, sweep, places)
        else:
            _a_line_each(axes, sweep, places, number)
        points.legend(made, [axes])
        return made

    def unsuited(sweep: Sweep) -> str:
        keys = [axis.key for axis in sweep.axes]
        many = (
            f"it varies {len(keys)} settings, more than 2" if len(keys) > 2 else "" if keys else "it varies no setting"
        )
        unknown = f"it does not vary {over!r}: over is one of first, {', '.join(keys)}"
        return points.no_grid(sweep) or many or ("" if over in ("first", *keys) else unknown)

    return Plot(draw, of="sweep", unsuited=unsuited)


def _places(axes: Any, sweep: Sweep, number: int) -> dict[str, float]:
    """Where each value of a setting stands along the axis, which is given its scale and its names."""
    axis = sweep.axes[number]
    if not axis.numbers:
        pictures.name_ticks(axes, points.names(sweep, number), "x")
        return {value: float(at) for at, value in enumerate(axis.values)}
    places = {value: float(value) for value in axis.values}
    shown = pictures.spread(list(zip(axis.values, points.names(sweep, number), strict=True)), MOST_NAMES)
    ends = min(places.values()), max(places.values())
    if ends[0] > 0 and ends[1] / ends[0] >= 100:
        axes.set_xscale("log")
        axes.minorticks_off()
    many = sum(len(name) for _, name in shown) > 40
    look = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if many else {}
    axes.set_xticks([places[value] for value, _ in shown], [name for _, name in shown], **look)
    return places


def _one_line(axes: Any, sweep: Sweep, places: dict[str, float]) -> None:
    rows = sorted((row for row in sweep.rows() if row.scores), key=lambda row: places[row.values[0]])
    if sweep.axes[0].numbers:
        x = [places[row.values[0]] for row in rows]
        axes.plot(x, [row.mean for row in rows], color=pictures.OTHER, linewidth=1, zorder=1)
    size = 7 if len(rows) <= MOST_MARKERS else 3
    for name in COLOUR:
        some = [row for row in rows if points.look(sweep, row) == name]
        if some:
            x, bars = [places[row.values[0]] for row in some], [row.spread or 0.0 for row in some]
            axes.errorbar(
                x, [row.mean for row in some], yerr=bars if any(bars) else None, linestyle="none", label=name,
                marker=MARKER[name], color=COLOUR[name], markersize=size * (1.8 if name == BEST else 1),
                capsize=3, zorder=4 if name == BEST else 2,
            )  # fmt: skip
    points.crosses(axes, [places[row.values[0]] for row in sweep.rows() if not row.scores])


def _a_line_each(axes: Any, sweep: Sweep, places: dict[str, float], number: int) -> None:
    """A line for some values of the other setting, that of the best point among them."""
    other = 1 - number
    rows, best = sweep.rows(), points.best(sweep)
    called = dict(zip(sweep.axes[other].values, points.names(sweep, other), strict=True))
    shown = pictures.spread(sweep.axes[other].values, MOST_LINES)
    if best is not None and best.values[other] not in shown:
        shown[len(shown) // 2] = best.values[other]
    for value, look in zip(shown, pictures.looks(), strict=False):
        line = sorted(
            (places[row.values[number]], row.mean) for row in rows if row.scores and row.values[other] == value
        )
        look = look if len(line) <= MOST_MARKERS else look | {"marker": None}
        axes.plot(*np.reshape(line, (-1, 2)).T, linewidth=2, label=f"{sweep.axes[other].key} {called[value]}", **look)
    if best is not None:
        look = {"color": "white", "markeredgecolor": pictures.BLACK, "markersize": 16, "linestyle": "none"}
        axes.plot([places[best.values[number]]], [best.mean], "*", label=BEST, zorder=5, **look)
    points.crosses(axes, sorted({places[row.values[number]] for row in rows if not row.scores}))


# --- more settings ------------------------------------------------------------------------------------------


def bars_sweep() -> Plot:
    """A panel a setting of a grid, a bar a value: from the worst to the best score with it, a line at the mean.

    A bar says how much is left to the other settings once this one is fixed. The best point's values stand out.
    """

    def draw(sweep: Sweep) -> Any:
        made, panels = _panels(sweep)
        for number, axes in enumerate(panels):
            _bars(axes, sweep, number)
            pictures.name_ticks(axes, points.names(sweep, number), "x", MOST_NAMES)
        points.legend(made, panels)
        return made

    def unsuited(sweep: Sweep) -> str:
        few = "it varies 1 setting: line_sweep shows it" if sweep.axes else "it varies no setting"
        return points.no_grid(sweep) or ("" if len(sweep.axes) > 1 else few)

    return Plot(draw, of="sweep", unsuited=unsuited)


def _bars(axes: Any, sweep: Sweep, number: int) -> None:
    best, means = points.best(sweep), dict[str, list[float]]()
    for row in sweep.rows():
        if row.scores:
            means.setdefault(row.values[number], []).append(row.mean)
    marked = best.values[number] if best is not None else None
    for name in (BEST, OTHERS):
        at = [
            place
            for place, value in enumerate(sweep.axes[number].values)
            if value in means and (value == marked) == (name == BEST)
        ]
        if at:
            found = [means[sweep.axes[number].values[place]] for place in at]
            axes.bar(
                at, [max(some) - min(some) for some in found], bottom=[min(some) for some in found], alpha=0.75,
                color=COLOUR[name], label=name,
            )  # fmt: skip
            middles = [float(np.mean(some)) for some in found]
            axes.hlines(middles, np.array(at) - 0.4, np.array(at) + 0.4, color=pictures.BLACK, linewidth=1.5)
    points.crosses(axes, [place for place, value in enumerate(sweep.axes[number].values) if value not in means])


def points_sweep() -> Plot:
    """For points that were drawn at random: a panel a setting, each point at its value and its score.

    x = the setting, y = mean over seeds and folds
    """

    def draw(sweep: Sweep) -> Any:
        made, panels = _panels(sweep)
        for number, axes in enumerate(panels):
            _cloud(axes, sweep, number)
        points.legend(made, panels)
        return made

    def unsuited(sweep: Sweep) -> str:
        return points.no_score(sweep) or ("its points are a grid" if sweep.on_grid else "")

    return Plot(draw, of="sweep", unsuited=unsuited)


def _cloud(axes: Any, sweep: Sweep, number: int) -> None:
    axis = sweep.axes[number]
    where: Callable[[str], float] = float if axis.numbers else axis.values.index
    rows = [row for row in sweep.rows() if row.scores]
    for name in COLOUR:
        some = [(where(row.values[number]), row.mean) for row in rows if points.look(sweep, row) == name]
        if some:
            big = {BEST: 13}.get(name, 6 if len(rows) <= 200 else 3)
            axes.plot(
                *np.transpose(some), MARKER[name], color=COLOUR[name], label=name, markersize=big,
                zorder=4 if name == BEST else 2,
            )  # fmt: skip
    if not axis.numbers:
        pictures.name_ticks(axes, points.names(sweep, number), "x", MOST_NAMES)
        return
    low, high = float(axis.draw(0.0)), float(axis.draw(1.0))
    if low > 0 and high / low >= 100:
        axes.set_xscale("log")


def _panels(sweep: Sweep) -> tuple[Any, list[Any]]:
    """A panel a setting, side by side, with one scale of scores."""
    count = min(len(sweep.axes), pictures.MOST_PANELS)
    first = pictures.first_of(count, len(sweep.axes), "settings")
    made = pictures.figure(points.title(sweep) + first, min(1.4 + 2.7 * max(2, count), WIDEST), 4.8)
    panels = pictures.panels(made, count, count)
    for number, axes in enumerate(panels):
        words = "" if number else pictures.metric(sweep.score.metric)
        pictures.dress(axes, "" if number else points.note(sweep), sweep.axes[number].key, words)
        if number:
            axes.sharey(panels[0])
            axes.tick_params(labelleft=False)
    return made, panels


# --- the best -----------------------------------------------------------------------------------------------


def ranking_sweep(most: Annotated[int, Range(1, 60)] = 20) -> Plot:
    """The best points of a sweep from the top down, each with its mean score and the spread over seeds and folds.

    x = mean over seeds and folds; the bar is their standard deviation

    most: points that are shown, a count
    """

    def draw(sweep: Sweep) -> Any:
        rows = [row for row in sweep.rows() if row.scores]
        shown = rows[:most]
        names = pictures.apart(
            [", ".join(_setting(sweep, row, at) for at in range(len(row.point))) for row in shown], 60
        )
        beside = max(pictures.width(name, pictures.TICK) for name in names)
        title = points.title(sweep) + pictures.first_of(len(shown), len(rows), "points")
        height = 2.2 + 0.34 * len(shown)
        score = pictures.metric(sweep.score.metric)
        settings = ", ".join(axis.key.rpartition(".")[2] for axis in sweep.axes)
        made, axes = pictures.single(title, score, settings, points.note(sweep, bars=True), 4.9 + beside, height)
        for at, row in enumerate(shown):
            look, spread = points.look(sweep, row), row.spread or 0.0
            pictures.interval(
                axes, at, row.mean, row.mean - spread, row.mean + spread, upright=False, label=look,
                marker=MARKER[look], color=COLOUR[look],
            )  # fmt: skip
        pictures.name_ticks(axes, names, "y", most)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        points.legend(made, [axes])
        return made

    return Plot(draw, of="sweep", unsuited=points.no_score)


def _setting(sweep: Sweep, row: Any, number: int) -> str:
    """`lr 0.1`: the value as people write it, after the last word of what it is a value of."""
    return f"{sweep.axes[number].key.rpartition('.')[2]} {points.as_written(row.values[number])}"
