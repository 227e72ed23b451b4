"""A table, said once: what becomes of it in a file, in a terminal, in a notebook and as plain data."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # rich is imported where a terminal is written to
    import rich.table

GAP = "  "
LEAST = (12, 4)  # a column is not cut below the first, or the second where the terminal is tiny
FIGURE = re.compile(r"[-−–+]?(\d.*)?")  # what a cell begins with in a column of figures: these are set to the right


@dataclass(frozen=True, eq=False)
class Table:
    """Headings and rows of texts, with a title where it needs one.

    Columns of figures are set to the right, those named in `left` never. A terminal that is too narrow breaks the
    columns named in `wraps` at words, and no figure or name. Rows whose numbers are in `marked` stand out.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    title: str = ""
    left: Collection[str] = ()
    wraps: Collection[str] = ()
    marked: Collection[int] = ()

    def texts(self) -> list[list[str]]:
        return [[str(cell) for cell in row] for row in self.rows]

    def is_figures(self, column: int) -> bool:
        """Whether a column holds figures: to the right, so that digits stand below digits."""
        cells = [row[column] for row in self.texts()]
        return self.headings[column] not in self.left and any(cells) and all(map(FIGURE.fullmatch, cells))

    def lines(self, width: int | None = None) -> list[str]:
        """Aligned lines of plain text. To fit the width the last column gives way first, then the widest."""
        rows = [list(map(str, self.headings)), *self.texts()]
        sizes = [max(len(row[column]) for row in rows) for column in range(len(self.headings))]
        if width is not None:
            _shrink(sizes, width - len(GAP) * (len(sizes) - 1))
        right = [self.is_figures(column) for column in range(len(sizes))]
        return [GAP.join(map(_set, row, sizes, right)).rstrip() for row in rows]

    def rich(self) -> rich.table.Table:
        """For a terminal. Names may come from anybody's data or plugin, so nothing in them is markup."""
        from rich import box
        from rich.table import Table as Screen
        from rich.text import Text

        screen = Screen(
            box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0, 0, 1), title_justify="left", show_edge=not self.title
        )
        screen.title = self.title or None
        for column, heading in enumerate(self.headings):
            justify = "right" if self.is_figures(column) else "left"
            screen.add_column(Text(heading), justify=justify, no_wrap=heading not in self.wraps)  # type: ignore[arg-type]
        for number, row in enumerate(self.rows):
            cells = (cell if isinstance(cell, Text) else Text(str(cell)) for cell in row)
            screen.add_row(*cells, style="bold red" if number in self.marked else None)
        return screen

    def html(self) -> str:
        """For a page or a notebook, every word of it escaped."""
        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        right = [self.is_figures(column) for column in range(len(self.headings))]
        head = "".join(_cell("th", heading, at) for heading, at in zip(self.headings, right, strict=True))
        body = "".join(
            f"<tr{MARKED * (number in self.marked)}>{''.join(map(_cell, ['td'] * len(row), row, right))}</tr>"
            for number, row in enumerate(self.texts())
        )
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def plain(self) -> list[dict[str, Any]]:
        """A mapping a row, by headings: what JSON is made of."""
        return [dict(zip(self.headings, row, strict=True)) for row in self.rows]


MARKED, RIGHT = ' style="font-weight:bold"', ' style="text-align:right"'


def _cell(tag: str, text: str, right: bool) -> str:
    return f"<{tag}{RIGHT * right}>{escape(text)}</{tag}>"


def _set(cell: str, size: int, right: bool) -> str:
    text = cut(cell, size)
    return text.rjust(size) if right else text.ljust(size)


def cut(text: str, size: int) -> str:
    """The text, or as much of it as fits and a sign that it goes on."""
    return text if len(text) <= size else text[: max(size - 1, 0)] + "…"


def _shrink(sizes: list[int], room: int) -> None:
    order = [len(sizes) - 1, *sorted(range(len(sizes) - 1), key=lambda column: -sizes[column])]
    for least in LEAST:
        for column in order:
            excess = max(sum(sizes) - room, 0)
            sizes[column] = max(min(sizes[column], least), sizes[column] - excess)


def width_of_output() -> int | None:
    """Columns of the terminal; None where the output goes to a file or a pipe, which is never cut."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def side_notes(pairs: Iterable[tuple[str, str]]) -> str:
    """What stands below a table, as HTML: a name and its text a line."""
    lines = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in pairs)
    return f"<table>{lines}</table>"
