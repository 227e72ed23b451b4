"""A lesson's page: in the terminal a screen at a time, as a page for a browser, or all of them as a site."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from .edge import say, style

if TYPE_CHECKING:
    from ..lessons.course import Opened
    from ..lessons.progress import Progress


def read(opened: Opened, progress: Progress, as_json: bool) -> None:
    """The page, whose cells run as they are reached; a screen at a time where somebody sits at a terminal."""
    from ..lessons.playing import play
    from ..lessons.terminal import INDENT, answers, rendered

    if as_json:
        say(json.dumps(_plain(opened), indent=2))
        return
    screen, blocks = Screen(), []
    for block in play(opened.page, opened.strangers(), width=screen.width - INDENT):
        blocks.append(block)
        if not screen.show(rendered(block, opened.exercises, progress.marks(opened))):
            return
    if not screen.show(answers(blocks)):
        return
    if opened.exercises:
        say(style(f"Answer the exercises: glassnet lesson {opened.name} --start", bold=True))


def _plain(opened: Opened) -> dict[str, Any]:
    exercises = [
        {
            "name": one.name,
            "sort": one.sort,
            "question": one.question,
            "options": list(one.options),
            "hints": len(one.hints),
        }
        for one in opened.exercises
    ]
    return {
        "lesson": opened.full_name,
        "title": opened.page.title,
        "minutes": opened.lesson.minutes,
        "after": list(opened.lesson.after),
        "page": opened.lesson.page,
        "exercises": exercises,
    }


class Screen:
    """A terminal that is shown a screen at a time, or a stream that takes everything at once."""

    def __init__(self) -> None:
        from ..lessons.terminal import WIDEST
        from .display import page_console

        self.width = min(get_terminal_size((80, 24)).columns, WIDEST)
        self._console = page_console(self.width)
        self._paged = sys.stdin.isatty() and sys.stdout.isatty()
        self._room = self._height = max(8, get_terminal_size((80, 24)).lines - 2)

    def show(self, pieces: Iterable[Any]) -> bool:
        """Show these, waiting for a key where the screen is full; False where the reader has had enough."""
        for piece in pieces:
            lines = [_bare(line) for line in self._console.render_lines(piece, pad=False)]
            if self._room < len(lines) <= self._height and not self._asked():
                return False
            for line in lines:
                if not self._room and not self._asked():
                    return False
                self._console.print(line, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)
                self._room -= self._paged
        return True

    def _asked(self) -> bool:
        """Whether a key was pressed that goes on."""
        import click

        if not self._paged:
            return True
        say(style("-- any key: go on, q: stop --", dim=True), nl=False)
        try:
            key = click.getchar()
        except (KeyboardInterrupt, EOFError):
            key = "q"
        self._wiped()
        self._room = self._height
        return key.lower() not in ("q", "\x1b")

    def _wiped(self) -> None:
        """The question is gone from its line."""
        from rich.control import Control
        from rich.segment import ControlType

        self._console.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)))


def _bare(line: Iterable[Any]) -> Any:
    """A rendered line without the blanks at its end."""
    from rich.text import Text

    text = Text.assemble(*[(piece.text, piece.style or "") for piece in line if not piece.control])
    text.rstrip()
    return text


def html(opened: Opened, given: str) -> None:
    """One self-contained page."""
    from ..lessons import html

    path = Path(given or f"{opened.part.name}.html")
    html.write(opened, path)
    say(f"Wrote {path}: one page with everything in it.")


def site(lessons: list[Opened], folder: Path) -> None:
    """All lessons as pages, with an index."""
    from ..lessons import html
    from .display import console
    from .progress import bar

    with bar(console(to_stderr=True), "lessons", len(lessons)) as move:
        html.write_site(lessons, folder, move)
    say(f"Wrote {folder / 'index.html'} and {len(lessons)} lessons.")
