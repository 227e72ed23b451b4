"""Matrices on a screen: names around the numbers, shades behind them, several side by side where there is room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..tables import cut

if TYPE_CHECKING:  # rich is imported when a command runs
    from rich.text import Text

    from ..tracing import Matrix

MOST_ROWS = 12
MOST_NAME = 14  # characters of a row's or column's name
BETWEEN = "    "  # blocks that stand side by side
GAP = "…"
# Behind black numbers: blue for negative ones, orange for positive ones, the darker the larger.
SHADES = {
    -3: "black on #56a3d9", -2: "black on #9ccbec", -1: "black on #d3e7f6",
    1: "black on #fbe2d0", 2: "black on #f6bd93", 3: "black on #ee9150",
}  # fmt: skip


def side_by_side(matrices: Iterable[Matrix], width: int, digits: int) -> Iterator[Text]:
    """Lines with as many matrices beside each other as the width holds."""
    row: list[list[Text]] = []
    for matrix in matrices:
        block = lines_of(matrix, width, digits)
        if row and sum(map(breadth, [*row, block])) + len(BETWEEN) * len(row) > width:
            yield from joined(row)
            row = []
        row.append(block)
    yield from joined(row)


def breadth(block: list[Text]) -> int:
    return max(line.cell_len for line in block)


def joined(blocks: list[list[Text]]) -> Iterator[Text]:
    """Blocks next to each other, then an empty line."""
    from rich.text import Text

    if not blocks:
        return
    for number in range(max(map(len, blocks))):
        line = Text()
        for block in blocks:
            part = block[number].copy() if number < len(block) else Text()
            part.pad_right(breadth(block) - part.cell_len)
            line.append_text(part).append(BETWEEN)
        line.rstrip()
        yield line
    yield Text()


def lines_of(matrix: Matrix, width: int, digits: int) -> list[Text]:
    """Formula, shapes and meaning, then the numbers under their names."""
    from rich.text import Text

    from ..tracing.numbers import written

    values = matrix.table
    if values.size == 1 and not matrix.rows and not matrix.columns:
        number = written(values, max(digits, 6))[0][0]
        about = ", ".join(filter(None, (matrix.shapes, matrix.meaning)))
        return [Text(f"{matrix.formula} = {number}", style="bold"), Text(about, style="dim")]
    heading = [Text(matrix.formula, style="bold"), Text(matrix.shapes), Text(matrix.meaning, style="dim")]
    return [*heading, *_table(matrix, width, digits)]


def _table(matrix: Matrix, room: int, digits: int) -> Iterator[Text]:
    from rich.text import Text

    from ..tracing.numbers import elided, picked, shades, written

    values = matrix.table
    texts, levels = written(values, digits), shades(values)
    names = [cut(name, MOST_NAME) for name in matrix.columns] or [""] * values.shape[1]
    rows = elided(values.shape[0], MOST_ROWS)
    row_names = [cut(name, MOST_NAME) for name in picked(matrix.rows or [""] * len(values), rows, GAP)]
    left = max(map(len, row_names))
    seen = [names, *(texts[place] for place in rows if place is not None)]
    wide = max(len(text) for line in seen for text in line)
    columns = elided(len(names), max((room - left) // (wide + 1) - 1, 2))
    widths = [len(GAP) if place is None else wide for place in columns]
    if any(names):
        heading = zip(picked(names, columns, GAP), widths, strict=True)
        yield Text(" " * left + "".join(f" {name:>{width}}" for name, width in heading), style="italic")
    for name, place in zip(row_names, rows, strict=True):
        line = Text().append(f"{name:<{left}}", style="italic")
        cells = [GAP] * len(names) if place is None else texts[place]
        marks = [0] * len(names) if place is None else levels[place]
        for text, mark, width in zip(picked(cells, columns, GAP), picked(marks, columns, 0), widths, strict=True):
            line.append(" ").append(f"{text:>{width}}", style=SHADES.get(mark, ""))
        yield line
