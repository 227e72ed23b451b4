"""A played page for a terminal: Markdown by rich, formulas as lines of text, pictures as words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from ..teaching import Exercise
from .mathematics import as_text, replaced
from .playing import Drawn, Played
from .reading import Cell, Place, Prose, Question

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

WIDEST = 100
STYLES = {
    "markdown.code": "bold",
    "markdown.code_block": "bold",
    "markdown.h1": "bold",
    "markdown.h2": "bold underline",
    "markdown.h3": "bold",
    "markdown.item.bullet": "none",
}


def rendered(block: Played, exercises: Sequence[Exercise], solved: Sequence[str] = ()) -> Iterator[RenderableType]:
    """What a terminal shows of one block."""
    from rich.padding import Padding
    from rich.text import Text

    if isinstance(block.block, Prose):
        yield from _prose(block.text)
    elif isinstance(block.block, Cell):
        yield _code(block.block)
        for output in block.outputs:
            if isinstance(output, Drawn):
                yield Padding(Text(f"[picture] {output.words}", style="italic"), (0, 0, 0, 4))
            elif output.text:
                yield Padding(Text(output.text, style="green"), (0, 0, 0, 4))
    elif isinstance(block.block, Question):
        yield Text("A question to yourself", style="bold yellow")
        yield from _prose(block.text)
        yield Text("(the answer stands at the end of the page)", style="dim")
    elif isinstance(block.block, Place):
        exercise = next(one for one in exercises if one.name == block.block.name)
        yield from asked(exercise, exercise.name in solved)
    yield Text("")


def asked(exercise: Exercise, solved: bool = False) -> Iterator[RenderableType]:
    """An exercise: its name, its question, the answers to choose from."""
    from rich.text import Text

    mark = "  (solved)" if solved else ""
    yield Text(f"Exercise {exercise.name}{mark}", style="bold cyan")
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
        yield from _prose(f"*{block.text}*\n\n{block.answer}")


_DISPLAYED = re.compile(r"\x02(.*?)\x03", re.S)


def _prose(text: str) -> Iterator[RenderableType]:
    """Markdown with formulas as text; those with a line of their own are set in."""
    from rich.markdown import Markdown
    from rich.padding import Padding
    from rich.text import Text

    def written(formula: str, displayed: bool) -> str:
        return f"\x02{as_text(formula)}\x03" if displayed else f"`{as_text(formula)}`"

    pieces = _DISPLAYED.split(replaced(text, written))
    for number, piece in enumerate(pieces):
        if number % 2:
            yield Padding(Text(piece, style="bold"), (1, 0, 1, 4))
        elif piece.strip():
            yield Markdown(piece, code_theme="ansi_dark", hyperlinks=False)


class Command:
    """Commands that can be copied from a narrow terminal, too: a line that goes on ends with a backslash."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        for line in self.text.split("\n"):
            rows = wrap(
                line, options.max_width - 2, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
            )
            yield Text(" \\\n".join(rows), style="bold")


def _code(cell: Cell) -> RenderableType:
    from rich.padding import Padding
    from rich.syntax import Syntax

    if cell.language == "console":
        return Padding(Command(cell.text), (0, 0, 0, 2))
    return Padding(
        Syntax(cell.text, "python", theme="ansi_dark", background_color="default", word_wrap=True), (0, 0, 0, 2)
    )
