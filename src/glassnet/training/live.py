"""A training that runs to its end in one call, and where it stands meanwhile: one line, where somebody is watching."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import Any

from .epochs import Epoch

BACK = "\r\x1b[K"  # to the beginning of the line, and wipe it
MOST_UPDATES = 200  # of a notebook's line: each makes the page draw it anew

#: Takes a line after the other, and shows each in the place of the one before.
Screen = Generator[None, str, None]


def run_to_the_end(epochs: Iterable[Epoch], total: int) -> None:
    """Take every epoch. At a terminal one line on stderr is rewritten after each, in a notebook one line of the cell's
    output; elsewhere nothing is said."""
    screen, every = (_of_notebook(), max(1, total // MOST_UPDATES)) if _shell() is not None else (_of_terminal(), 1)
    with closing(screen):
        next(screen)
        for epoch in epochs:
            if epoch.number % every == 0 or epoch.number == total:
                screen.send(f"epoch {epoch.number}/{total}  {epoch.line()}")


def _of_terminal() -> Screen:
    """One line on stderr, where that is a terminal."""
    stream = sys.stderr
    live, shown = stream is not None and not stream.closed and stream.isatty(), False
    try:
        while True:
            line = yield
            if live:
                stream.write(f"{BACK}{line}")
                stream.flush()
                shown = True
    finally:
        if shown:
            stream.write("\n")


def _of_notebook() -> Screen:
    """One line of the cell's output; the last one stays."""
    display: Any = sys.modules["IPython"].display  # it is there, for it runs this cell
    handle: Any = None
    while True:
        line = yield
        bundle = {"text/plain": line}
        if handle is None:
            handle = display.display(bundle, raw=True, display_id=True)
        else:
            handle.update(bundle, raw=True)


def _shell() -> Any:
    """The kernel of the notebook that this runs in; None elsewhere."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None)
