"""A table, said once: what becomes of it in a file, in a terminal and in a notebook.

Numbers and names are never cut. Where there is little room, sentences give way, and at last a row becomes a block of
lines.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import combining, east_asian_width

from .faces import escape

if TYPE_CHECKING:  # rich is imported where a terminal is written to
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

GAP = "  "
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LEAST = 30  # places for a sentence; with fewer it has lines of its own
FIGURE = re.compile(r"[-−–+]?(\d.*)?")  # what a cell begins with in a column of figures: these are set to the right
MARKED, RIGHT = ' style="font-weight:bold"', ' style="text-align:right"'
LEFT = ' style="text-align:left"'  # notebooks set all to the right


@dataclass(frozen=True, eq=False)
class Table:
    """Headings and rows of texts, with a title where it needs one.

    Columns of figures are set to the right, those named in `left` never. A terminal that is too narrow breaks the
    columns named in `wraps` at words, and no other. Rows whose numbers are in `marked` stand out.
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

    def sizes(self) -> list[int]:
        """How many places of a terminal each column takes."""
        rows = [self.headings, *self.texts()]
        return [max(breadth(row[column]) for row in rows) for column in range(len(self.headings))]

    def lines(self, width: int | None = None) -> list[str]:
        """A text a row, headings first. Where the width is too narrow the last column goes on below itself, at words,
        or with less room than `LEAST` on lines of its own; nothing is cut."""
        sizes, right = self.sizes(), [self.is_figures(column) for column in range(len(self.headings))]
        offset = sum(sizes[:-1]) + len(GAP) * (len(sizes) - 1)
        if width is None or offset + sizes[-1] <= width:
            return [GAP.join(map(_set, row, sizes, right)).rstrip() for row in [self.headings, *self.texts()]]
        below = width - offset < LEAST
        indent, room = (len(GAP), width - len(GAP)) if below else (offset, width - offset)
        lines = []
        for row in [self.headings, *self.texts()]:
            first = GAP.join(map(_set, row[:-1], sizes[:-1], right[:-1]))
            last = wrapped(row[-1], room).replace("\n", "\n" + " " * indent)
            lines.append((f"{first.rstrip()}\n{' ' * indent}{last}" if below else f"{first}{GAP}{last}").rstrip())
        return lines

    # --- terminals ------------------------------------------------------------------------------------------

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """For `console.print(table)`. Names may come from anybody's data or plugin, so nothing in them is markup."""
        from rich.text import Text

        edges = len(GAP) * (len(self.headings) if not self.title else len(self.headings) - 1)
        sizes = self.narrowed(options.max_width - edges if console.is_terminal else None)
        if sizes is None:
            yield from self._blocks()
        else:
            if self.title:
                yield Text(self.title, style="italic")
            whole = options.update(width=max(options.max_width, sum(sizes) + edges))
            yield from console.render(self._side_by_side(sizes), whole)

    def narrowed(self, room: int | None) -> list[int] | None:
        """The sizes that fit into so many places; None where not even the longest words stand beside each other."""
        sizes, texts = self.sizes(), self.texts()
        excess = 0 if room is None else sum(sizes) - room
        wrapping = [column for column, heading in enumerate(self.headings) if heading in self.wraps]
        for column in sorted(wrapping, key=lambda column: -sizes[column]):
            words = [word for row in (self.headings, *texts) for word in row[column].split()]
            spare = sizes[column] - max(map(breadth, words), default=0)
            given = min(max(excess, 0), spare)
            sizes[column], excess = sizes[column] - given, excess - given
        return None if excess > 0 else sizes

    def _side_by_side(self, sizes: Sequence[int]) -> RenderableType:
        from rich import box
        from rich.table import Table as Screen
        from rich.text import Text

        screen = Screen(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0, 0, 1), show_edge=not self.title)
        for column, heading in enumerate(self.headings):
            justify = "right" if self.is_figures(column) else "left"
            screen.add_column(Text(heading), justify=justify, width=sizes[column], overflow="fold")  # type: ignore[arg-type]
        for number, row in enumerate(self.rows):
            cells = [
                cell if isinstance(cell, Text) else Text(wrapped(str(cell), size))
                for cell, size in zip(row, sizes, strict=True)
            ]
            screen.add_row(*cells, style="bold red" if number in self.marked else None)
        return screen

    def _blocks(self) -> Iterator[RenderableType]:
        """A row below the other: what it is about, then a line for each other column."""
        from rich.text import Text

        if self.title:
            yield Text(self.title, style="italic")
        size = max(map(breadth, self.headings[1:]), default=0)
        for number, (first, *others) in enumerate(self.texts()):
            style = "bold red" if number in self.marked else "bold"
            yield Text(f"{self.headings[0]} {first}".strip(), style=style)
            for heading, cell in zip(self.headings[1:], others, strict=True):
                if cell:
                    yield Text(f"{GAP}{_set(heading, size, False)}{GAP}{cell}")
        yield Text()

    # --- pages ----------------------------------------------------------------------------------------------

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


def _cell(tag: str, text: str, right: bool) -> str:
    return f"<{tag}{RIGHT if right else LEFT}>{escape(text)}</{tag}>"


def _set(cell: str, size: int, right: bool) -> str:
    text = cut(cell, size)
    blank = " " * (size - breadth(text))
    return blank + text if right else text + blank


def breadth(text: str) -> int:
    """Places of a terminal: Chinese signs take two, accents that are set above a letter and colours none."""
    if "\x1b" in text:
        text = COLOUR.sub("", text)
    if text.isascii():
        return len(text)
    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def cut(text: str, size: int) -> str:
    """The text, or as much of it as fits, to the end of a word if one is near, and a sign that it goes on."""
    if breadth(text) <= size:
        return text
    kept = text
    while kept and breadth(kept) > size - 1:
        kept = kept[:-1]
    words = kept.rpartition(" ")[0] if text[len(kept)] != " " else kept
    return (words if 2 * len(words) > len(kept) else kept).rstrip() + "…"


def wrapped(text: str, size: int, words: Sequence[str] | None = None) -> str:
    """The text on as many lines as its words need; a word longer than a line stays whole.

    `words` are those of the text, where some of them hold blanks.
    """
    if breadth(text) <= size:
        return text
    lines = [""]
    for word in text.split() if words is None else words:
        longer = f"{lines[-1]} {word}".strip()
        lines[-1:] = [longer] if breadth(longer) <= size or not lines[-1] else [lines[-1], word]
    return "\n".join(lines)


def width_of_output() -> int | None:
    """Columns of the terminal; None where the output goes to a file or a pipe, which is never cut."""
    if not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size  # it brings four ways to pack

    return get_terminal_size().columns


def side_notes(pairs: Iterable[tuple[str, str]]) -> str:
    """What stands below a table, as HTML: a name and its text a line."""
    lines = "".join(f"<tr>{_cell('th', name, False)}{_cell('td', text, False)}</tr>" for name, text in pairs)
    return f"<table>{lines}</table>"
