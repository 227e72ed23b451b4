"""A lesson's page: in the terminal a screen at a time, as a page for a browser, or all of them as a site."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from .edge import say, shown, style

if TYPE_CHECKING:
    from ..lessons.course import Opened
    from ..lessons.progress import Progress


def read(opened: Opened, progress: Progress, as_json: bool) -> None:
    """The page, whose cells run as they are reached; a screen at a time where somebody sits at a terminal."""
    from ..lessons.playing import play

    if as_json:
        say(json.dumps(_plain(opened), indent=2))
        return
    blocks = []
    with Screen() as screen:
        from ..lessons.terminal import answers, rendered

        solved = list(progress.solved.get(opened.full_name, {}))
        for block in play(opened.page, opened.strangers()):
            blocks.append(block)
            if not screen.show(rendered(block, opened.exercises, solved)):
                return
        screen.show(answers(blocks))
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
        from rich.console import Console
        from rich.theme import Theme

        from ..lessons.terminal import STYLES, WIDEST

        width = min(get_terminal_size((80, 24)).columns, WIDEST)
        self._console = shown(Console(width=width, theme=Theme(STYLES), highlight=False))
        self._paged = sys.stdin.isatty() and sys.stdout.isatty()
        self._room = self._height = max(8, get_terminal_size((80, 24)).lines - 2)

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, pieces: Iterable[Any]) -> bool:
        """Show these, waiting for a key where the screen is full; False where the reader has had enough."""
        for piece in pieces:
            if not self._paged:
                self._console.print(piece)
                continue
            lines = self._console.render_lines(piece, pad=False)
            if len(lines) > self._room < self._height and not self._asked():
                return False
            self._console.print(piece)
            self._room -= len(lines)
        return True

    def _asked(self) -> bool:
        import click

        say(style("-- any key: go on, q: stop --", dim=True), nl=False)
        key = click.getchar()
        say("\r" + " " * 32 + "\r", nl=False)
        self._room = self._height
        return key.lower() not in ("q", "\x1b", "\x03")


def html(opened: Opened, given: str) -> None:
    """One self-contained page."""
    from ..lessons import html

    path = Path(given or f"{opened.part.name}.html")
    html.write(opened, path)
    say(f"Wrote {path}: one page with everything in it.")


def site(lessons: list[Opened], folder: Path) -> None:
    """All lessons as pages, with an index."""
    from rich.console import Console

    from ..lessons import html
    from .progress import bar

    with bar(shown(Console(stderr=True)), "lessons", len(lessons)) as move:
        html.write_site(lessons, folder, move)
    say(f"Wrote {folder / 'index.html'} and {len(lessons)} lessons.")
