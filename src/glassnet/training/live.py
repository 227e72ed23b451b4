"""A training that runs to its end in one call, and where it stands meanwhile: one line, where somebody is watching."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import Any

from .history import Epoch

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


class _CellLine:
    """The line of one cell: a hundred trainings in a loop share it, so that what the cell prints is still found."""

    latest: _CellLine | None = None  # of the cell that trained last

    def __init__(self, cell: int) -> None:
        self._cell, self._handle, self.trainings = cell, None, 0

    @classmethod
    def of(cls, cell: int) -> _CellLine:
        """The line of the cell with that number, for one more training."""
        if cls.latest is None or cls.latest._cell != cell:
            cls.latest = cls(cell)
        cls.latest.trainings += 1
        return cls.latest

    def show(self, line: str) -> None:
        """Put it in the place of what stood there."""
        display: Any = sys.modules["IPython"].display  # it is there, for it runs this cell
        bundle = {"text/plain": line}
        if self._handle is None:
            self._handle = display.display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


def _of_notebook() -> Screen:
    """One line of the cell's output, whichever of its trainings writes it; the last one stays."""
    place = _CellLine.of(_shell().execution_count)
    which = f"training {place.trainings}: " if place.trainings > 1 else ""
    while True:
        place.show(which + (yield))


def _shell() -> Any:
    """The shell of the notebook that this runs in; None elsewhere."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if getattr(shell, "kernel", None) is not None else None
