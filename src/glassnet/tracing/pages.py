"""A trace as one HTML page that needs nothing else, or as a piece of a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..wording import count, exact, tiny
from .numbers import elided, picked, shades, written
from .values import STAGES, Matrix, Step

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


def page(title: str, remarks: Sequence[str], steps: Sequence[Step], digits: int = DIGITS) -> str:
    """The whole page."""
    return _template().render(title=title, remarks=remarks, steps=_views(steps, digits), whole=True)


def fragment(title: str, remarks: Sequence[str], steps: Sequence[Step]) -> str:
    """The same without the frame of a page, for a notebook."""
    return _template().render(title=title, remarks=remarks, steps=_views(steps, DIGITS), whole=False)


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


def _views(steps: Sequence[Step], digits: int) -> list[tuple[Step, list[dict[str, Any]]]]:
    return [(step, _stages(step, digits)) for step in steps]


def _stages(step: Step, digits: int) -> list[dict[str, Any]]:
    """Headings with their cards; each matrix beside the cells that show it."""
    stages = []
    for stage in STAGES:
        heading, told = HEADINGS[stage]
        cards = [
            (card, [(matrix, table(matrix, digits)) for matrix in card.matrices])
            for card in step.cards
            if card.stage == stage
        ]
        stages.append({"heading": heading, "told": told, "cards": cards})
    return [stage for stage in stages if stage["cards"]]


def table(matrix: Matrix, digits: int) -> dict[str, Any]:
    """Column names, and rows of (name, cells); a cell is its text and its shade."""
    values = matrix.table
    rows, columns = elided(values.shape[0], MOST_SHOWN), elided(values.shape[1], MOST_SHOWN)
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
