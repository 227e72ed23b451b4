"""Where text leaves for a terminal: names from data and plugins are shown and never obeyed, and streams may be closed.

A column may be called `\\x1b]0;...`, which a terminal takes as an order. So every command prints through `say`, every
colour comes from `style`, and both show control characters as they are written.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..errors import GlassnetError
from ..installs import possible
from ..wording import bounded, visible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

#: Stands for the escape of our own colours until they are printed; it is drawn anew for each process, so that no name
#: can hold it.
_OURS = "".join(chr(0xE000 + byte) for byte in os.urandom(8))
_LONGEST = 2_000  # letters of an error


def style(text: Any, **how: Any) -> str:
    """`click.style` of a text that is shown and not obeyed."""
    return click.style(visible(str(text)), **how).replace("\x1b", _OURS)


def say(text: Any = "", err: bool = False, nl: bool = True) -> None:
    """`click.echo` of a text that is shown and not obeyed, but for the colours of `style`."""
    said = possible(_had_again("\x1b".join(visible(part) for part in str(text).split(_OURS))))
    stream = sys.stderr if err else sys.stdout
    if stream is not None and not stream.closed and stream.isatty():
        from .fitting import fitted

        said = fitted(said, columns_of(stream))
    click.echo(said, err=err, nl=nl)


def _had_again(words: str) -> str:
    """Advice to install a certain version of something, with the index that has it where this machine knows that."""
    if "pip install " not in words or "==" not in words:
        return words
    with suppress(ImportError, GlassnetError, OSError):  # without the extra that publishes, nobody has published here
        from ..publish.again import with_index

        return with_index(words)
    return words


def columns_of(stream: TextIO) -> int:
    """How many columns the terminal has that a stream goes to: errors may go to one where the output does not."""
    from shutil import get_terminal_size  # here: it brings four ways to pack

    with suppress(OSError, ValueError):
        if not os.environ.get("COLUMNS"):
            return os.get_terminal_size(stream.fileno()).columns or get_terminal_size().columns
    return get_terminal_size().columns


def say_data(text: str) -> None:
    """A table for another program: as it is, but for a person at a terminal."""
    sys.stdout.write(visible(text) if sys.stdout.isatty() else text)
    sys.stdout.flush()


def shown(screen: Console) -> Console:
    """A console of rich that shows control characters in whatever it prints."""
    from rich.segment import Segment
    from rich.text import Text

    class Shown:
        """Something printed, the text of its pieces made visible; rich's own movements of the cursor are no text."""

        def __init__(self, inner: RenderableType) -> None:
            self.inner = inner

        def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
            for piece in console.render(self.inner, options):
                yield piece if piece.control else Segment(visible(piece.text), piece.style)

    class Hook:
        def process_renderables(self, renderables: Iterable[Any]) -> list[Any]:
            return [Shown(self.at_words(one)) for one in renderables]

        @staticmethod
        def at_words(one: Any) -> Any:
            """A text in one style that is too long for the terminal, broken at words."""
            if screen.is_terminal and isinstance(one, Text) and not one.spans:
                from .fitting import fitted

                one.plain = fitted(one.plain, screen.width)
            return one

    screen.push_render_hook(Hook())  # type: ignore[arg-type]  # rich asks for nothing but this method
    return screen


class Failure(click.ClickException):
    """What is printed as `Error: ...` before the exit with that code, at a terminal broken at words."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(bounded(visible(message), _LONGEST))
        self.exit_code = exit_code  # type: ignore[misc]  # click declares it for the class

    def show(self, file: Any = None) -> None:
        """Where errors go."""
        say(f"Error: {self.message}", err=True)


def open_closed_streams() -> None:
    """A stream that was closed for us (`>&-`, `<&-`) is as good as empty; nothing else gets its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - until the process ends


_FULL = {
    code: words
    for name, words in {
        "ENOSPC": "there is no space left", "EDQUOT": "there is no space left", "EFBIG": "the file is too large",
        "EIO": "the device does not work", "EBADF": "it is closed",
    }.items()
    if (code := getattr(errno, name, None)) is not None
}  # fmt: skip


def unwritable(error: OSError) -> Failure | None:
    """One line for output that could not be written; None if the error is about something else."""
    if error.filename is not None or error.errno not in _FULL:
        return None
    with suppress(OSError, ValueError):  # what is still in the buffer would fail again when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Failure(f"can't write the output: {_FULL[error.errno]}; send it elsewhere", GlassnetError.exit_code)
