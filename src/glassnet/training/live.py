"""A training that runs to its end in one call, and where it stands meanwhile: one line, where somebody is watching."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from .epochs import Epoch

BACK = "\r\x1b[K"  # to the beginning of the line, and wipe it


def run_to_the_end(epochs: Iterable[Epoch], total: int) -> None:
    """Take every epoch. At a terminal one line on stderr is rewritten after each; elsewhere nothing is said."""
    screen = sys.stderr
    live = screen is not None and not screen.closed and screen.isatty()
    shown = False
    try:
        for epoch in epochs:
            if live:
                screen.write(f"{BACK}epoch {epoch.number}/{total}  {epoch.line()}")
                screen.flush()
                shown = True
    finally:
        if shown:
            screen.write("\n")
