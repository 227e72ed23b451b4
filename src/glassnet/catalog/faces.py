"""A part as it is looked at: what it is, what it computes, and its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import join
from ..faces import Shows
from ..tables import Table
from ..wording import bounded
from .options import Option, write

LONGEST_DOC = 4_000  # letters of a docstring: it may be anybody's


def options_table(options: tuple[Option, ...], chosen: Mapping[str, Any] | None = None) -> Table:
    """Every option with its default and what else it may be; where they are decided, with what was chosen."""
    rows = []
    for option in options:
        possible = join(map(write, option.choices)) if option.choices else str(option.range or "")
        possible += " or none" if option.optional else ""
        decided = () if chosen is None else (write(chosen[option.name]),)
        rows.append((option.name, *decided, option.type.__name__, write(option.default), possible.strip()))
    headings = ("option", *(() if chosen is None else ("chosen",)), "type", "default", "range")
    return Table(headings, rows, left=("chosen", "default"))


def face_of(part: Any, chosen: Mapping[str, Any] | None = None) -> Iterator[str | Shows]:
    """Its first line, its formula and the rest of its help, and its options."""
    first, _, rest = bounded(part.doc, LONGEST_DOC).partition("\n")
    yield f"{part.name}, {part.kind} from {f'{part.distribution} {part.version}'.strip()}: {first or '(no help)'}"
    yield from (paragraph.strip("\n") for paragraph in rest.split("\n\n") if paragraph.strip())
    yield options_table(part.options, chosen) if part.options else "It takes no options."
