"""A curve drawn with characters, or as a PNG: the same numbers either way."""

from __future__ import annotations

import math
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from ..wording import round_numbers
from .edge import style

if TYPE_CHECKING:
    from ..catalog import Curve
    from ..kinds import Array

_TERMINAL_COLOURS = ("bright_blue", "yellow")
_BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # [row][column] of a braille cell
_PLAIN = ("*", ".")
_MARGIN = 7  # for the numbers of the vertical axis


def draw(curve: Curve, width: int = 72, height: int = 15) -> str:
    """The curve in characters: two lines share a frame, the second is dashed."""
    columns = max(min(width, 80) - _MARGIN - 1, 20)
    low, high = _span(curve)
    ticks = round_numbers(low, high, 4)
    cells = _Cells(columns, height, float(curve.x[0]), float(curve.x[-1]), low, high)
    for index, (_, values) in enumerate(curve.lines):
        cells.add(curve.x, values, index)
    lines = cells.rows(ticks)
    lines += _horizontal_axis(curve, columns)
    return "\n".join([_legend(curve), "", *lines, *([curve.remark] if curve.remark else [])])


class _Cells:
    """A frame of characters, each of 2 by 4 dots."""

    def __init__(self, columns: int, height: int, left: float, right: float, low: float, high: float) -> None:
        self.columns, self.height = columns, height
        self.left, self.right, self.low, self.high = left, right, low, high
        self.dots: dict[tuple[int, int], int] = {}
        self.owner: dict[tuple[int, int], int] = {}

    def add(self, x: Array, values: Array, index: int) -> None:
        """Draw one line; neighbours that lie apart are joined, so that a jump is seen as one."""
        previous = None
        for at, value in zip(x, values, strict=True):
            if not math.isfinite(value):
                previous = None
                continue
            column = round((at - self.left) / (self.right - self.left) * (2 * self.columns - 1))
            row = self.dot_row(float(value))
            if index == 0 or column // 2 % 3 < 2:
                between = row if previous is None else previous + (1 if row > previous else -1)
                for dot in range(min(row, between), max(row, between) + 1) if previous != row else (row,):
                    self.set(column, dot, index)
            previous = row

    def dot_row(self, value: float) -> int:
        """The row of dots, from the top, where a value lies."""
        return round((self.high - value) / (self.high - self.low) * (4 * self.height - 1))

    def set(self, column: int, row: int, index: int) -> None:
        """Blacken one dot. A cell that two lines share keeps the colour of the first."""
        cell = (row // 4, column // 2)
        self.dots[cell] = self.dots.get(cell, 0) | _DOTS[row % 4][column % 2]
        self.owner.setdefault(cell, index)

    def rows(self, ticks: list[float]) -> list[str]:
        """The lines of the frame, numbers at the left."""
        labels = {self.dot_row(tick) // 4: f"{tick:g}" for tick in ticks}
        zero = self.dot_row(0.0) // 4 if self.low < 0 < self.high else None
        lines = []
        for row in range(self.height):
            label = labels.get(row, "")
            edge = f"{label:>{_MARGIN - 1}} {'┤' if label else '│'}"
            ground = "┄" if row == zero else " "
            line = [self._cell(row, column, ground) for column in range(self.columns)]
            runs = (("".join(mark for mark, _ in run), colour) for colour, run in groupby(line, lambda cell: cell[1]))
            coloured = (style(marks, fg=colour) if colour else marks for marks, colour in runs)
            lines.append((_plain(edge) + "".join(coloured)).rstrip())
        return lines

    def _cell(self, row: int, column: int, ground: str) -> tuple[str, str | None]:
        """One character and its colour."""
        dots = self.dots.get((row, column))
        if dots is None:
            middle = self.left < 0 < self.right and column == round(
                -self.left / (self.right - self.left) * (self.columns - 1)
            )
            return _plain("┊" if middle and ground == " " else ground), None
        index = self.owner[row, column]
        mark = chr(_BRAILLE + dots) if can_print_dots() else _PLAIN[index]
        return mark, _TERMINAL_COLOURS[index]


def _horizontal_axis(curve: Curve, columns: int) -> list[str]:
    left, right = float(curve.x[0]), float(curve.x[-1])
    rule, numbers = ["─"] * columns, [" "] * (columns + _MARGIN + 8)
    for tick in round_numbers(left, right, 8):
        column = round((tick - left) / (right - left) * (columns - 1))
        rule[column] = "┬"
        label = f"{tick:g}"
        start = _MARGIN + 1 + column - len(label) // 2
        numbers[start : start + len(label)] = label
    name = f"{curve.x_label:>{_MARGIN + 2 + columns // 2}}"
    return [_plain(" " * _MARGIN + "└" + "".join(rule)), "".join(numbers).rstrip(), name]


def _legend(curve: Curve) -> str:
    marks = ("━━━", "╍╍╍") if can_print_dots() else ("***", ". .")
    entries = [
        f"{style(marks[index], fg=_TERMINAL_COLOURS[index])} {label}" for index, (label, _) in enumerate(curve.lines)
    ]
    return " " * (_MARGIN + 1) + "   ".join(entries)


def _span(curve: Curve) -> tuple[float, float]:
    """From the lowest value to the highest, 0 included."""
    values = [0.0, *(float(v) for _, line in curve.lines for v in line if math.isfinite(v))]
    return min(values), max(values) if max(values) > min(values) else min(values) + 1.0


def dotted(black: Array) -> list[str]:
    """Lines of characters of 2 by 4 dots each, black where `black`, (high, wide), is true."""
    high, wide = black.shape
    cells = [[0] * -(-wide // 2) for _ in range(-(-high // 4))]
    for row, column in zip(*black.nonzero(), strict=True):
        cells[row // 4][column // 2] |= _DOTS[row % 4][column % 2]
    if can_print_dots():
        return ["".join(chr(_BRAILLE + dots) for dots in line) for line in cells]
    return ["".join(" .:+*#@"[min(dots.bit_count(), 6)] for dots in line) for line in cells]


def can_print_dots() -> bool:
    """Whether the output can show them, and the bars of histograms."""
    try:
        "⣿┤━".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _plain(text: str) -> str:
    if can_print_dots():
        return text
    return text.translate(str.maketrans("┤│┄┊─┬└", "+|-:-++"))


def save_png(curve: Curve, path: Path) -> None:
    """The curve as a picture, in the look that all pictures share."""
    from .. import pictures

    names = " and ".join(label for label, _ in curve.lines)
    figure, axes = pictures.single(curve.title, curve.x_label, names, curve.remark)
    axes.axhline(0, color=pictures.GREY, linewidth=0.8)
    for (label, values), look in zip(curve.lines, pictures.looks(), strict=False):
        axes.plot(curve.x, values, linewidth=2, label=label, **look | {"marker": None})
    pictures.legend(axes)
    pictures.save(figure, path, elsewhere="give another --png")
