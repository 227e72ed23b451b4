"""Pictures inside a page: as drawing instructions where these are short, else as pixels; never a file beside it."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from .. import process
from ..catalog import Catalog
from ..errors import GlassnetError
from ..experiment.repeating import program
from ..hooks import PROJECT
from ..pictures.dark import marked_photos
from ..pictures.files import PIXELS_AN_INCH, POINTS_AN_INCH, render
from ..plotting import Fitting, blamed_on, draw, fitting_plots
from ..runs import Run
from .narrow import panels_markup

#: Characters of an SVG beyond which a PNG may be shorter: a cloud of thousands of points.
LONGEST_SVG = 250_000
#: Characters of all pictures of a page: beyond it the next ones are left to `glassnet plot`. The last part is kept for
#: pixels, so that a great many long drawings don't drive out what comes after them.
ROOM, ROOM_FOR_PNG = 1_900_000, 700_000
PNG_DPI = 130
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
    try:
        with process.unwarned(), blamed_on(fitting.choice):
            figure = draw(fitting.choice, subject)
            markup = embedded(figure, f"{prefix}-{part.distribution}-{part.name}", part.help, room - ROOM_FOR_PNG)
    except GlassnetError as error:
        return Picture(*known, trouble=" ".join(str(error).split()))
    if len(markup) > room:
        words = f"The page has no room left for {part.name}: {_command(subject, part.full_name)} draws it."
        return Picture(*known, trouble=words)
    return Picture(*known, markup, wide=figure.get_figwidth() > WIDE)


def _command(subject: Any, name: str) -> str:
    """What draws a plot of one run or of several."""
    runs = [subject] if isinstance(subject, Run) else list(subject)
    return f"{program(runs[0].experiment)} plot {shlex.join([*(str(run.folder) for run in runs), name])}"


def embedded(figure: Any, prefix: str, label: str, room: int = ROOM) -> str:
    """A matplotlib figure as markup of its own; `label` says what it shows to whoever can't see it.

    Where the drawing is long, or longer than the `room` there is, it becomes pixels if these are shorter. Where it has
    panels side by side, windows on each come first, which a narrow page shows in its place.
    """
    svg = as_svg(figure, prefix, label)
    panels = panels_markup(figure, drawing := f"{prefix}-figure_1")
    if len(svg) > min(LONGEST_SVG, room):
        svg = min(svg, as_svg_of_pixels(figure, drawing, label) if panels else as_png(figure, label), key=len)
    return panels + svg


def as_svg(figure: Any, prefix: str, label: str) -> str:
    """An `<svg>` element whose text stays text and whose ids begin with `prefix`."""
    return inline(render(figure, "svg", salt=prefix).decode(), prefix, label)


_LEFT_OUT = re.compile(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>|<defs>\s*</defs>", re.DOTALL)
_ID = re.compile(r'(\bid="|\bhref="#|url\(#)')


def inline(document: str, prefix: str, label: str) -> str:
    """An SVG document as an element of a page: no prologue, no style for all, no id that another picture may have."""
    root = re.search(r"<svg[^>]*>", document)
    assert root is not None
    box = re.search(r'viewBox="([^"]*)"', root[0])
    assert box is not None
    body = _LEFT_OUT.sub("", document[root.end() :])
    body = marked_photos(body)
    body = re.sub(r"<[^>]*>", lambda tag: _ID.sub(rf"\g<1>{prefix}-", tag[0]), body)
    width = float(box[1].split()[2]) / POINTS_AN_INCH * PIXELS_AN_INCH
    return (
        f'<svg role="img" aria-label="{escape(label)}" viewBox="{box[1]}" style="--wide:{width:.0f}px" '
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{body.strip()}'
    )


def as_png(figure: Any, label: str) -> str:
    """An `<img>` element that holds its own pixels."""
    width = figure.get_figwidth() * PIXELS_AN_INCH
    return f'<img alt="{escape(label)}" style="--wide:{width:.0f}px" src="{_pixels(figure)}">'


def as_svg_of_pixels(figure: Any, drawing: str, label: str) -> str:
    """An `<svg>` element that holds pixels under an id, for windows on parts of them."""
    points = [POINTS_AN_INCH * inches for inches in figure.get_size_inches()]
    size = 'width="{:.2f}" height="{:.2f}"'.format(*points)
    return (
        f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {points[0]:.2f} {points[1]:.2f}" '
        f'style="--wide:{figure.get_figwidth() * PIXELS_AN_INCH:.0f}px" xmlns="http://www.w3.org/2000/svg">'
        f'<image id="{drawing}" {size} href="{_pixels(figure)}"/></svg>'
    )


def _pixels(figure: Any) -> str:
    return f"data:image/png;base64,{base64.b64encode(render(figure, 'png', dpi=PNG_DPI)).decode()}"
