"""A sweep as a table: its points, best first, at a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..tables import Table
from ..wording import figure
from .ranking import Row

SHOWN = 12  # rows of the table; all of them are in table.csv


def ranking_table(found: Any, rows: Sequence[Row]) -> Table:
    """The points, best first: mean, spread over seeds and folds, and a mark for what can't be told from the best."""
    repeated, keys, lines = len(found.repeats) > 1, [axis.key for axis in found.plan.axes], []
    figures = (found.score.metric, *["spread"] * repeated, *["epochs"] * bool(found.plan.halving))
    for number, row in enumerate(rows[:SHOWN]):
        cells = [setting.partition("=")[2] for setting in found.plan.named(row.point)]
        cells.append(figure(row.mean) if row.scores else "-")
        cells += ["-" if row.spread is None else figure(row.spread)] * repeated
        cells += [str(row.epochs)] * bool(found.plan.halving)
        mark = "best" if number == 0 and row.whole else "tied" if row.tied else ""
        mark = f"{row.failed} failed" if row.failed else mark
        lines.append((*cells, mark))
    return Table((*keys, *figures, ""), lines, left=keys)
