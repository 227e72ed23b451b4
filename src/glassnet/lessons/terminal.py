"""A played page for a terminal: Markdown by rich, formulas as lines of text, pictures as words.

What is wider than the terminal goes on in the next row where a reader would break it: prose between words, commands
behind a backslash, formulas before a sign, code behind a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..tables import breadth
from ..teaching import Exercise
from .links import code_kept, unlinked
from .mathematics import as_text, replaced
from .playing import Drawn, Played, steps
from .reading import Cell, Place, Play, Prose, Question

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text

WIDEST = 100
INDENT = 4  # of what a cell shows
STYLES = {
    "markdown.code": "bold",
    "markdown.code_block": "bold",
    "markdown.h1": "bold",
    "markdown.h2": "bold underline",
    "markdown.h3": "bold",
    "markdown.item.bullet": "none",
}
_STAYS = "\ue000"  # a blank that no line is broken at
_GOES_ON = "↪ "


def rendered(block: Played, exercises: Sequence[Exercise], marks: Mapping[str, str] = {}) -> Iterator[RenderableType]:
    """What a terminal shows of one block; `marks` are words beside the names of exercises, such as solved."""
    from rich.padding import Padding
    from rich.text import Text

    if isinstance(block.block, Prose):
        yield from _prose(block.text)
    elif isinstance(block.block, Cell):
        written = Commands if block.block.language == "console" else Code
        for code, outputs in steps(block):
            yield Padding(written(code), (0, 0, 0, 2))
            for output in outputs:
                if isinstance(output, Drawn):
                    yield Padding(Text(f"[picture] {output.words}", style="italic"), (0, 0, 0, INDENT))
                elif output.text:
                    yield Padding(Text(output.text, style="green"), (0, 0, 0, INDENT))
    elif isinstance(block.block, Play):
        yield Text("Try it by hand:")
        for word in ("play", "train"):
            yield Padding(Commands(f"$ {block.block.command(word)}"), (0, 0, 0, 2))
    elif isinstance(block.block, Question):
        yield Text("A question to yourself", style="bold yellow")
        yield from _prose(block.text)
        yield Text("(the answer stands at the end of the page)", style="dim")
    elif isinstance(block.block, Place):
        exercise = next(one for one in exercises if one.name == block.block.name)
        yield from asked(exercise, marks.get(exercise.name, ""))
    yield Text("")


def asked(exercise: Exercise, mark: str = "") -> Iterator[RenderableType]:
    """An exercise: its name, its question, the answers to choose from."""
    from rich.text import Text

    yield Text(f"Exercise {exercise.name}" + (f"  ({mark})" if mark else ""), style="bold cyan")
    letters = "abcdefghijklmnopqrstuvwxyz"
    options = [f"{letter}. {option}" for letter, option in zip(letters, exercise.options, strict=False)]
    yield from _prose("\n\n".join([exercise.question, "  \n".join(options)]))


def answers(blocks: Sequence[Played]) -> Iterator[RenderableType]:
    """The answers to the questions that one asks oneself, at the end."""
    from rich.text import Text

    questions = [block for block in blocks if isinstance(block.block, Question)]
    if questions:
        yield Text("Answers to the questions to yourself", style="bold")
    for block in questions:
        yield Text("")
        yield from _prose(f"*{block.text}*\n\n{block.answer}")
    if questions:
        yield Text("")


# --- prose and formulas ----------------------------------------------------------------------------------------------

_DISPLAYED = re.compile(r"\x02(.*?)\x03", re.S)
_MARKUP = re.compile(r"<(?=[A-Za-z/!])(?!https?:)")  # shown and not obeyed, as in a browser
_HELD = 24  # letters of a formula that is never broken
_RELATION = re.compile(r" (?=[=≈≤≥<>→∝≡≠⇒↦∈] )")


def _prose(text: str) -> Iterator[RenderableType]:
    """Markdown with formulas as text; those with a line of their own are set in."""
    from rich.markdown import Markdown
    from rich.padding import Padding

    def written(formula: str, displayed: bool) -> str:
        return f"\x02{as_text(formula)}\x03" if displayed else f"`{_held(as_text(formula))}`"

    shown = code_kept(replaced(unlinked(text), written), lambda words: _MARKUP.sub(r"\<", words))
    pieces = _DISPLAYED.split(shown)
    for number, piece in enumerate(pieces):
        if number % 2:
            rest = bool("".join(pieces[number + 1 :]).strip())
            yield Padding(Formula(piece), (1, 0, int(rest), INDENT))
        elif piece.strip():
            yield Held(Markdown(piece, code_theme="ansi_dark", hyperlinks=False))


def _held(formula: str) -> str:
    """A formula in a sentence that is broken before a relation, if anywhere."""
    pieces = [formula] if len(formula) <= _HELD else _RELATION.split(formula)
    return " ".join(piece.replace(" ", _STAYS) for piece in pieces)


class Held:
    """Something rendered, its blanks that no line is broken at as blanks."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.segment import Segment

        for piece in console.render(self.inner, options):
            yield Segment(piece.text.replace(_STAYS, " "), piece.style, piece.control)


class Formula:
    """A formula on lines of its own; where one is too wide, its statements come one below the other."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        for line in self.text.split("\n"):
            for row in _statements(line, options.max_width):
                yield Text(row, style="bold")


def _statements(line: str, width: int) -> Iterator[str]:
    """The rows of one line of a formula: broken at its gaps, then before relations, then at words."""
    if breadth(line) <= width:
        yield line
        return
    for statement in re.split(r" {3,}", line):
        if breadth(statement) <= width:
            yield statement
            continue
        held = " ".join(piece.replace(" ", _STAYS) for piece in _RELATION.split(statement))
        rows = wrap(held, width, subsequent_indent="  ", break_long_words=False)
        for row in rows:
            words = row.replace(_STAYS, " ")
            yield from [words] if breadth(words) <= width else wrap(words, width, subsequent_indent="    ")


# --- code ------------------------------------------------------------------------------------------------------------


class Commands:
    """Commands that can be copied from a narrow terminal, too: a line that goes on ends with a backslash."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        for line in self.text.split("\n"):
            width = options.max_width - (2 if breadth(line) > options.max_width else 0)
            rows = wrap(line, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
            yield Text(" \\\n".join(rows), style="bold")


class Code:
    """Python in colours; a line that is too wide goes on behind a mark, so that no line is taken for two."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.syntax import Syntax

        syntax = Syntax(self.text, "python", theme="ansi_dark", background_color="default")
        for line in syntax.highlight(self.text).split("\n"):
            yield from _rows(line, options.max_width)


def _rows(line: Text, width: int) -> Iterator[Text]:
    """A line of code as rows, each but the first behind a mark, at the depth of the line."""
    from rich.text import Text

    line.rstrip()
    depth = len(line.plain) - len(line.plain.lstrip())
    before = Text(" " * depth + _GOES_ON, style="dim")
    mark = Text("")
    while breadth(line.plain) > width - len(mark):
        room = width - len(mark)
        blank = line.plain.rfind(" ", depth if not mark else 0, room + 1)
        at = blank if blank > depth else room
        row, line = line.divide([at])
        yield mark + row
        line = line[len(line.plain) - len(line.plain.lstrip()) :]
        mark, depth = before, 0
    yield mark + line
