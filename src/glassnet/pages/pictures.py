"""Pictures inside a page: which plots fit its subject, each drawn or with a line that says why it is not."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .. import process
from ..catalog import Catalog
from ..errors import GlassnetError
from ..experiment.repeating import program
from ..hooks import PROJECT
from ..pictures.embedding import element
from ..plotting import Fitting, blamed_on, draw, fitting_plots
from ..runs import Run

#: Characters of all pictures of a page: beyond it the next ones are left to `glassnet plot`. The last part is kept for
#: pixels, so that a great many long drawings don't drive out what comes after them.
ROOM, ROOM_FOR_PNG = 1_900_000, 700_000
WIDE = 9.0  # inches, from which a picture gets a line of the page to itself: half of one would be too small to read


@dataclass(frozen=True)
class Picture:
    """A picture ready for a page: `markup`, or in its place `trouble`, a line that says why there is none."""

    name: str
    by_guest: bool
    caption: str
    markup: str = ""
    trouble: str = ""
    wide: bool = False

    @property
    def heading(self) -> str:
        return self.name.replace("_", " ").capitalize()


def suited(subject: Any, catalog: Catalog) -> list[Fitting]:
    """The plots that fit a run or several, ours and guests' by the same rules."""
    return [fitting for fitting in fitting_plots(subject, catalog) if not fitting.unsuited]


def drawn(fittings: Iterable[Fitting], subject: Any, prefix: str) -> list[Picture]:
    """Each plot as a picture; a line in the place of one that raises, or that the page has no room for.

    `prefix` keeps ids apart where a page holds pictures of several subjects.
    """
    found, room = [], ROOM
    for fitting in fittings:
        picture = _picture(fitting, subject, prefix, room)
        room -= len(picture.markup)
        found.append(picture)
    return found


def _picture(fitting: Fitting, subject: Any, prefix: str, room: int) -> Picture:
    part = fitting.choice.part
    known = part.name, part.distribution != PROJECT, part.help
    full = f"The page has no room left for {part.name}: {_command(subject, part.full_name)} draws it."
    if room <= 0:
        return Picture(*known, trouble=full)  # whatever it came to
    try:
        with process.unwarned(), blamed_on(fitting.choice):
            figure = draw(fitting.choice, subject)
            markup = element(figure, f"{prefix}-{part.distribution}-{part.name}", part.help, room - ROOM_FOR_PNG)
    except GlassnetError as error:
        return Picture(*known, trouble=" ".join(str(error).split()))
    if len(markup) > room:
        return Picture(*known, trouble=full)
    return Picture(*known, markup, wide=figure.get_figwidth() > WIDE)


def _command(subject: Any, name: str) -> str:
    """What draws a plot of one run or of several."""
    runs = [subject] if isinstance(subject, Run) else list(subject)
    return f"{program(runs[0].experiment)} plot {shlex.join([*(str(run.folder) for run in runs), name])}"
