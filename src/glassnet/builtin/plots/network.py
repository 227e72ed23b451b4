"""The network as circles and lines: what is connected with what, how strongly, and with which sign."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

if TYPE_CHECKING:
    from glassnet import Run

THICKEST, THINNEST = 4.0, 0.4  # points; the thickest line is the largest weight shown
FAINTEST = 0.02  # of the largest weight: thinner lines are left out
MOST_LETTERS = 26  # of the name of an input or output
GAP = 1.6  # empty places where units are left out


def network_diagram(units: Annotated[int, Range(2)] = 10, row: Annotated[int, Range(-1)] = -1) -> Plot:
    """The network with its weights: solid blue lines are positive, dashed orange ones negative, thick ones large.

    Small marks beside the units are biases, drawn the same way. Widths are scaled to the largest weight that is
    shown; weights below 2 % of it are left out. With a row, its way through the network is written into the units
    (inputs as the network gets them, then a = f(z) of each layer), and the weights on the lines where they are few.

    row: a row of the data set by its number from 0, whose values are shown; -1: none
    units: at most so many of a layer are shown, evenly spaced, and how many there are is said
    """

    def draw(run: Run) -> Any:
        network = run.trained.network
        columns = [Column(width, units) for width in network.widths]
        tall = max(column.height for column in columns)
        left, right = _names(run, columns)
        title = f"Network of {pictures.title_of(run)}: {'-'.join(map(str, network.widths))}"
        made = pictures.figure(title, *_size(columns, tall, [*left, *right]))
        axes = made.add_subplot()
        axes.set_axis_off()
        largest = _edges(axes, network, columns)
        note = f"thickest line: a weight of {pictures.significant(largest)} in size"
        for number, column in enumerate(columns):
            _units(axes, number, column)
        if row < 0:
            _biases(axes, network, columns)
        else:
            _values(axes, columns, values_of(run, row))
            few = _weights(axes, network, columns)
            note = f"row {row} of the data set; {note}{'' if few else ' (too many weights to write them on)'}"
        axes.set_title(pictures.wrapped(note, made.get_figwidth() - 0.6, pictures.NOTE), fontsize=pictures.NOTE)
        _words(axes, run, columns, left, right)
        axes.set_xlim(-0.6, len(columns) - 0.4)
        axes.set_ylim(-tall / 2 - 1.3, tall / 2 + 0.4)
        pictures.legend_below(axes, 4, down=0.0)
        return made

    return Plot(draw, unsuited=lambda run: pictures.unreadable(run) or _no_row(run, row))


MOST_WEIGHTS = 24  # numbers on lines that can be told apart


def _no_row(run: Run, row: int) -> str:
    known = any(row in rows.index for rows in run.trained.splits().values())
    return "" if row < 0 or known else f"the data set has no row {row} that was trained on or scored"


def values_of(run: Run, row: int) -> list[Any]:
    """What the row is in each column of units: the prepared inputs, then a = f(z) of each layer, the outputs last."""
    rows = next(rows for rows in run.trained.splits().values() if row in rows.index)
    x = rows.X[[int(np.flatnonzero(rows.index == row)[0])]]
    return [x[0], *(a[0] for a in run.trained.network.activations_of(x))]


def _values(axes: Any, columns: list[Column], values: list[Any]) -> None:
    for number, (column, found) in enumerate(zip(columns, values, strict=True)):
        for unit, y in zip(column.units, column.y, strict=True):
            said = pictures.significant(float(found[unit]), 2)
            box = {"facecolor": "white", "edgecolor": pictures.BLACK, "boxstyle": "round,pad=0.25"}
            axes.text(number, y, said, ha="center", va="center", fontsize=pictures.NOTE, bbox=box, zorder=5)


def _weights(axes: Any, network: Any, columns: list[Column]) -> bool:
    """The weights on their lines, a third of the way; whether they are few enough to be read."""
    if sum(len(left.units) * len(right.units) for left, right in pairwise(columns)) > MOST_WEIGHTS:
        return False
    for layer, (left, right) in enumerate(pairwise(columns)):
        W = network.view(network.w, "weight", layer)
        for i, low in zip(left.units, left.y, strict=True):
            for number, (o, high) in enumerate(zip(right.units, right.y, strict=True)):
                share = 0.3 + 0.4 * (number % 2)  # beside each other, not upon each other
                axes.text(
                    layer + share, low + share * (high - low), pictures.significant(float(W[i, o]), 2), ha="center",
                    va="center", fontsize=8, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5}, zorder=2,
                )  # fmt: skip
    return True


class Column:
    """The units of a layer that are shown, from the top down: `units` their numbers, `y` their heights."""

    def __init__(self, width: int, most: int) -> None:
        self.width = width
        self.units: list[int] = pictures.spread(range(width), most)
        places = np.arange(len(self.units), dtype=float)
        self.shortened = len(self.units) < width
        if self.shortened:
            places[(len(places) + 1) // 2 :] += GAP
        self.y = (places[0] + places[-1]) / 2 - places
        self.height = float(places[-1])

    @property
    def gap(self) -> float:
        """The height of the empty place."""
        half = (len(self.units) + 1) // 2
        return float(self.y[half - 1] + self.y[half]) / 2


def _size(columns: list[Column], tall: float, names: list[str]) -> tuple[float, float]:
    beside = 2 * max(pictures.width(name, pictures.NOTE) for name in names)
    return min(2.2 * len(columns), 14.0) + max(2.2, beside), min(max(0.42 * tall + 2.0, 4.0), 9.0)


def _edges(axes: Any, network: Any, columns: list[Column]) -> float:
    """A line for each weight between units that are shown, the thick ones on top; the largest of them."""
    from matplotlib.collections import LineCollection

    shown = []
    for layer, (left, right) in enumerate(pairwise(columns)):
        W = network.view(network.w, "weight", layer)
        shown.append(np.asarray(W[np.ix_(left.units, right.units)], float))
    largest = max(float(np.abs(W).max()) for W in shown) or 1.0
    for sign, colour, dash, label in (
        (1, pictures.BLUE, "-", "positive weight"),
        (-1, pictures.ORANGE, (0, (3, 1.5)), "negative weight"),
    ):
        lines, sizes = [], []
        for layer, W in enumerate(shown):
            for i, o in np.argwhere(sign * W > FAINTEST * largest):
                lines.append([(layer, columns[layer].y[i]), (layer + 1, columns[layer + 1].y[o])])
                sizes.append(abs(W[i, o]) / largest)
        order = np.argsort(sizes)
        axes.add_collection(
            LineCollection(
                [lines[at] for at in order], colors=[(colour, 0.25 + 0.75 * sizes[at]) for at in order],
                linewidths=[max(THICKEST * sizes[at], THINNEST) for at in order], linestyles=[dash], zorder=1,
            )
        )  # fmt: skip
        axes.plot([], [], color=colour, linestyle=dash, linewidth=3, label=label)
    return largest


def _units(axes: Any, number: int, column: Column) -> None:
    size = 260 if len(column.units) <= 10 else 120
    axes.scatter(
        np.full(len(column.y), number), column.y, s=size, facecolor="white", edgecolor=pictures.BLACK, linewidth=1.5,
        zorder=3,
    )  # fmt: skip
    if column.shortened:
        axes.text(
            number, column.gap, f"… {column.width:,} {'inputs' if number == 0 else 'units'}", ha="center", va="center",
            fontsize=pictures.NOTE, bbox={"facecolor": "white", "edgecolor": "none", "pad": 2}, zorder=4,
        )  # fmt: skip


def _biases(axes: Any, network: Any, columns: list[Column]) -> None:
    """A small mark in each unit: round for a positive bias, square for a negative one, as large as the bias is."""
    marks = []
    for number, column in enumerate(columns[1:], 1):
        b = np.asarray(network.view(network.w, "bias", number - 1), float)[column.units]
        marks += [(number, y, bias) for y, bias in zip(column.y, b, strict=True)]
    points = np.array(marks)
    largest = np.abs(points[:, 2]).max() or 1.0
    looks = ((1, pictures.BLUE, "o", "positive bias"), (-1, pictures.ORANGE, "s", "negative bias"))
    for sign, colour, marker, label in looks:
        x, y, bias = points[sign * points[:, 2] > 0].T
        sizes = 6 + 70 * np.abs(bias) / largest
        axes.scatter(x, y, s=sizes, color=colour, marker=marker, linewidth=0, zorder=4)
        axes.plot([], [], color=colour, linestyle="none", marker=marker, markersize=7, label=label)


def _names(run: Run, columns: list[Column]) -> tuple[list[str], list[str]]:
    """What the inputs and the outputs that are shown are called."""
    given = [str(name) for name in run.trained.data.features.outputs], _output_names(run.trained)
    left, right = (
        pictures.apart([names[unit] for unit in column.units], MOST_LETTERS)
        for names, column in zip(given, (columns[0], columns[-1]), strict=True)
    )
    return left, right


def _words(axes: Any, run: Run, columns: list[Column], left: list[str], right: list[str]) -> None:
    """The names of inputs and outputs, and below each layer what it is."""
    training, bottom = run.trained, -max(column.height for column in columns) / 2 - 0.7
    for name, y in zip(left, columns[0].y, strict=True):
        axes.text(-0.16, y, name, ha="right", va="center", fontsize=pictures.NOTE)
    for name, y in zip(right, columns[-1].y, strict=True):
        axes.text(len(columns) - 0.84, y, name, ha="left", va="center", fontsize=pictures.NOTE)
    hidden = [choice.part.name for choice in training.chosen.activations]
    below = [
        "inputs",
        *(f"layer {n}\n{name}" for n, name in enumerate(hidden, 1)),
        f"output\n{training.chosen.output.part.name}",
    ]
    for number, words in enumerate(below):
        axes.text(number, bottom, words, ha="center", va="top", fontsize=pictures.NOTE)


def _output_names(training: Any) -> list[str]:
    targets, k = training.data.targets, training.network.outputs
    names = [str(name) for name in (targets.classes if targets.classes is not None else targets.names)]
    if len(names) == k:
        return names
    if k == 1 and targets.classes is not None:
        return [names[-1]]  # of two classes the output speaks for the second
    return [f"y{number}" for number in range(1, k + 1)]
