"""The panels of a picture one below the other, for narrow pages: windows on one drawing, which is on the page once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from itertools import combinations
from typing import Any, NamedTuple

from .. import process
from .files import PIXELS_AN_INCH, POINTS_AN_INCH
from .fonts import lent

MARGIN = 5.0  # points around a panel: a page's letters may be a little wider than ours
#: For every style sheet: how pictures and their windows stand on a narrow page, which shows no windows else.
STYLE = """\
.panels { display: none; }
@media (max-width: 40rem) {
  /* The smallest letters, 11 points, stay 9 pixels high: a single panel that is wider moves sideways in its frame. */
  figure { overflow-x: auto; }
  figure svg, figure img { max-width: none; width: max(100%, calc(.614 * var(--wide))); }
  /* Of panels side by side each is a window on the same drawing, which must be there for them: so it has no size. */
  .panels { display: flex; flex-wrap: wrap; justify-content: center; align-items: center; }
  .panels p { flex: 1 0 100%; margin: .4rem; max-width: none; text-align: center; }
  figure .panels svg { margin: 0; width: max(min(100%, 1.15 * var(--wide)), .614 * var(--wide)); }
  figure .panels + svg { position: absolute; width: 0; height: 0; }
}
"""
BAR = "<colorbar>"  # what matplotlib calls the axes of one
SAME = 0.5  # of the smaller of two panels, that lies inside the other: they are one, as with an axis on either side


class Window(NamedTuple):
    """A part of a drawing, in points from its upper left corner."""

    left: float
    top: float
    wide: float
    high: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.wide

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.high


def windows(figure: Any) -> list[Window]:
    """The panels of a laid-out figure in reading order, then its legends; none where no two panels are side by side."""
    shown = [axes for axes in figure.axes if axes.get_visible()]
    places = [_window(figure, axes.bbox) for axes in shown if axes.get_label() != BAR]
    if not any(_beside(one, other) for one, other in combinations(_joined(places), 2)):  # cheap, and true of most
        return []
    with process.drawing(), lent(figure), _counted_in_points(figure):
        renderer = figure.canvas.get_renderer()
        boxes = [(_window(figure, axes.get_tightbbox(renderer)), axes) for axes in shown]
        legends = [_window(figure, legend.get_window_extent(renderer)) for legend in figure.legends]
    panels = _joined([box for box, axes in boxes if axes.get_label() != BAR])
    return [*_in_reading_order([*panels, *(box for box, axes in boxes if axes.get_label() == BAR)]), *legends]


@contextmanager
def _counted_in_points(figure: Any) -> Iterator[None]:
    """As an SVG was laid out just now: all its words are measured, and matplotlib remembers them.

    A bare `Figure()`, as a lesson's cell makes it, has a canvas that can't measure: one that can is lent to it.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas, before = figure.canvas, figure.dpi
    figure.set_dpi(POINTS_AN_INCH)
    if not hasattr(canvas, "get_renderer"):
        FigureCanvasAgg(figure)
    try:
        yield
    finally:
        figure.set_dpi(before)
        figure.set_canvas(canvas)


def _window(figure: Any, box: Any) -> Window:
    points = POINTS_AN_INCH / figure.dpi
    width, height = figure.bbox.width * points, figure.bbox.height * points
    left, right = max(0.0, box.x0 * points - MARGIN), min(width, box.x1 * points + MARGIN)
    top, bottom = max(0.0, height - box.y1 * points - MARGIN), min(height, height - box.y0 * points + MARGIN)
    return Window(left, top, right - left, bottom - top)


def _joined(boxes: Sequence[Window]) -> list[Window]:
    """The boxes, those that are mostly inside another as one with it."""
    panels: list[Window] = []
    for box in boxes:
        same = [one for one in panels if _shared(one, box) > SAME * min(one.wide * one.high, box.wide * box.high)]
        panels = [one for one in panels if one not in same]
        panels.append(_around([box, *same]))
    return panels


def _shared(one: Window, other: Window) -> float:
    """The area that two boxes have in common."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(across, 0.0) * max(down, 0.0)


def _around(boxes: Sequence[Window]) -> Window:
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    return Window(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


def _beside(one: Window, other: Window) -> bool:
    """Whether two panels stand in one line: most of the lower one's height is the other's as well."""
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return down > 0.5 * min(one.high, other.high)


def _in_reading_order(panels: Sequence[Window]) -> list[Window]:
    """Line by line, each from left to right; a colour bar along several lines comes with the first."""
    left, found = sorted(panels, key=lambda panel: panel.top), []
    while left:
        line = [panel for panel in left if _beside(left[0], panel)]
        found += sorted(line, key=lambda panel: panel.left)
        left = [panel for panel in left if panel not in line]
    return found


def panels_markup(figure: Any, drawing: str) -> str:
    """The windows of a figure as markup, each on the drawing of that id; empty where it has a single panel.

    What stands above and below the panels is said in words of the page.
    """
    shown = windows(figure)
    if not shown:
        return ""
    said = [(bool(text.get_position()[1] < 0.5), escape(" ".join(text.get_text().split()))) for text in figure.texts]
    above, below = ([f"<p>{words}</p>" for low, words in said if words and low == where] for where in (False, True))
    parts = [
        f'<svg aria-hidden="true" viewBox="{_box(one)}" '
        f'style="--wide:{round(one.wide * PIXELS_AN_INCH / POINTS_AN_INCH)}px"><use href="#{drawing}"/></svg>'
        for one in shown
    ]
    return f'<div class="panels" aria-hidden="true">{"".join([*above, *parts, *below])}</div>'


def _box(window: Window) -> str:
    """Where a window lies on its drawing, as `viewBox` has it."""
    return " ".join(str(round(side, 1)) for side in (window.left, window.top, window.wide, window.high))
