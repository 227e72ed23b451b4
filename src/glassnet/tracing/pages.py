"""A trace as one HTML page that needs nothing else, or as a piece of a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..wording import count, exact, tiny
from .numbers import elided, picked, shades, written
from .values import STAGES, Matrix, Step, in_full

if TYPE_CHECKING:
    from jinja2 import Template

MOST_SHOWN = 60  # rows, and columns, of a matrix: a browser draws a few thousand cells at ease
HEADINGS = {
    "forward": ("Forward", "from the inputs to the outputs"),
    "loss": ("Loss", "how wrong the outputs are"),
    "back": ("Back", "slopes of the loss, from the last layer to the first"),
    "update": ("Update", "new weights"),
}
GAP = "…"
DIGITS = 4  # of a number, where none are asked for


#: Cells in all for a notebook, which keeps what it shows: where there are more, each matrix has fewer rows and columns.
MOST_CELLS, SMALLER = 3_000, (60, 24, 12, 6)


def page(title: str, remarks: Sequence[str], steps: Sequence[Step], digits: int = DIGITS) -> str:
    """The whole page."""
    return _template().render(title=title, remarks=remarks, steps=_views(steps, digits, MOST_SHOWN), whole=True)


def fragment(title: str, remarks: Sequence[str], steps: tuple[Step, ...]) -> str:
    """The same without the frame of a page, for a notebook; what is left out of a long one is said."""
    shown = in_full(steps)
    most = next((most for most in SMALLER if _cells(shown, most) <= MOST_CELLS), SMALLER[-1])
    said = [f"Of {count(len(steps), 'step')} the first and the last are shown."] if len(shown) < len(steps) else []
    if _cells(shown, most) < _cells(shown, MOST_SHOWN):
        said.append(
            f"Each matrix is cut to {most} rows and columns: rows=2 follows two rows alone, .layer(1) shows one layer, "
            'steps[0]["W1"] is a whole matrix, and to_html() writes a page.'
        )
    return _template().render(title=title, remarks=[*remarks, *said], steps=_views(shown, DIGITS, most), whole=False)


def _cells(steps: Sequence[Step], most: int) -> int:
    """How many numbers stand in the tables of these steps."""
    tables = (matrix.table.shape for step in steps for matrix in step.matrices())
    return sum(min(rows, most) * min(columns, most) for rows, columns in tables)


def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"exact": exact, "tiny": tiny, "count": count}
    return environment.get_template("trace.html")


def _views(steps: Sequence[Step], digits: int, most: int) -> list[tuple[Step, list[dict[str, Any]]]]:
    return [(step, _stages(step, digits, most)) for step in steps]


def _stages(step: Step, digits: int, most: int) -> list[dict[str, Any]]:
    """Headings with their cards; each matrix beside the cells that show it."""
    stages = []
    for stage in STAGES:
        heading, told = HEADINGS[stage]
        cards = [
            (card, [(matrix, table(matrix, digits, most)) for matrix in card.matrices])
            for card in step.cards
            if card.stage == stage
        ]
        stages.append({"heading": heading, "told": told, "cards": cards})
    return [stage for stage in stages if stage["cards"]]


def table(matrix: Matrix, digits: int, most: int = MOST_SHOWN) -> dict[str, Any]:
    """Column names, and rows of (name, cells); a cell is its text and its shade."""
    values = matrix.table
    rows, columns = elided(values.shape[0], most), elided(values.shape[1], most)
    texts, levels = written(values, digits), shades(values)
    body = []
    for place in rows:
        if place is None:
            body.append((GAP, [(GAP, 0)] * len(columns)))
            continue
        cells = list(zip(texts[place], levels[place], strict=True))
        body.append((matrix.rows[place] if matrix.rows else "", picked(cells, columns, (GAP, 0))))
    return {
        "scalar": texts[0][0] if values.size == 1 and not matrix.rows and not matrix.columns else "",
        "columns": picked(matrix.columns, columns, GAP) if matrix.columns else [],
        "rows": body,
        "left_out": None in rows or None in columns,
    }
