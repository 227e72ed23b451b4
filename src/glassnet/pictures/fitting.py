"""Long words, once everything has its place: names that touch are turned, titles and labels broken anew.

How much room a pair of axes really has is known only when all names around it are laid out, which takes long; so
only figures with long words are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from .. import process
from .fonts import lent
from .names import width, wrapped

LONG, MANY = 0.9, 0.4  # of the room that a text, and that all names along x may have: beyond it they are looked at
LONG_BESIDE_A_SQUARE = 0.6  # axes whose units are equally long both ways may end up much smaller than their place
BETWEEN, MARGIN = 1.35, 0.5  # numbers along x: a third of each stays free; inches that the axes lose to words beside
EDGE = 0.06  # inches that stay free at the border of the figure and between two pairs of axes


def fit_words(figure: Any) -> None:
    """Turn and break what would overlap or leave the figure; what is short costs nothing."""
    for axes in figure.axes:
        _space(axes)
    engine = figure.get_layout_engine()
    if engine is None or not any(_is_long(figure, axes) for axes in figure.axes):
        return
    with process.drawing(), lent(figure):
        _lay_out(figure)
        if sum(map(_turn, figure.axes)):
            _lay_out(figure)
        for _ in range(3):  # each line more makes the axes smaller
            if not sum(_break(figure, axes) for axes in figure.axes):  # all of them, not up to the first
                break
            _lay_out(figure)


def _space(axes: Any) -> None:
    """Fewer numbers along x where long ones would touch: matplotlib counts on three letters for each."""
    from matplotlib.ticker import AutoLocator, MaxNLocator

    axis = axes.xaxis
    if not axes.axison or type(axis.get_major_locator()) is not AutoLocator:
        return
    low, high = sorted(axis.get_view_interval())
    texts = axis.get_major_formatter().format_ticks([at for at in axis.get_majorticklocs() if low <= at <= high])
    size = axis.get_major_ticks(1)[0].label1.get_fontsize()
    longest = BETWEEN * max((width(text, size) for text in texts), default=0.0)
    inches = axes.get_position().width * axes.figure.get_figwidth() - MARGIN
    if longest * len(texts) > inches:
        axis.set_major_locator(MaxNLocator(max(2, int(inches / longest)), steps=[1, 2, 2.5, 5, 10]))


def _lay_out(figure: Any) -> None:
    figure.get_layout_engine().execute(figure)
    for axes in figure.axes:
        axes.apply_aspect()


def _is_long(figure: Any, axes: Any) -> bool:
    left, right, *_ = _cell(figure, axes)
    names = sum(map(_inches, _names(axes))) if axes.axison else 0.0
    share = LONG if axes.get_aspect() == "auto" else LONG_BESIDE_A_SQUARE
    return names > MANY * (right - left) or any(
        max(width(line, text.get_fontsize()) for line in text.get_text().split("\n")) > share * room
        for text, room in _with_room(figure, axes)
    )


def _names(axes: Any) -> list[Any]:
    """The names along x, where these are names and not numbers."""
    from matplotlib.ticker import FixedLocator

    fixed = isinstance(axes.xaxis.get_major_locator(), FixedLocator)
    return axes.get_xticklabels() if fixed else []


def _inches(text: Any) -> float:
    return width(text.get_text(), text.get_fontsize())


def _with_room(figure: Any, axes: Any) -> Iterator[tuple[Any, float]]:
    """(text, inches that its lines may be long) of what stands above and beside a pair of axes."""
    left, right, bottom, top = _cell(figure, axes)
    box = axes.get_position()
    across, up = (box.x0 + box.x1) / 2 * figure.get_figwidth(), (box.y0 + box.y1) / 2 * figure.get_figheight()
    for text in (axes.title, axes.xaxis.label):
        yield text, 2 * min(across - left, right - across) - 2 * EDGE
    beside = 2 * min(up - bottom, top - up) - 2 * EDGE
    yield axes.yaxis.label, min(beside, 0.95 * box.height * figure.get_figheight())  # beyond it stand the others


def _cell(figure: Any, axes: Any) -> tuple[float, float, float, float]:
    """(left, right, bottom, top) in inches of what belongs to a pair of axes: its place in the grid, or all of it."""
    whole_width, whole_height = figure.get_size_inches()
    place = axes.get_subplotspec()
    if place is None:
        return 0.0, whole_width, 0.0, whole_height
    rows, columns, first, last = place.get_geometry()
    wide, high = whole_width / columns, whole_height / rows
    left, right, top, bottom = first % columns, last % columns + 1, first // columns, last // columns + 1
    return left * wide, right * wide, whole_height - bottom * high, whole_height - top * high


def _turn(axes: Any) -> bool:
    """Names along x, turned where one touches the next; whether that was done."""
    labels = [label for label in _names(axes) if label.get_text()]
    if not axes.axison or not labels or labels[0].get_rotation():
        return False
    boxes = [label.get_window_extent() for label in labels]
    if all(one.x1 + 3 < other.x0 for one, other in pairwise(boxes)):
        return False
    for label in labels:
        label.set(rotation=45, ha="right", rotation_mode="anchor")
    return True


def _break(figure: Any, axes: Any) -> bool:
    """Titles and labels in lines that fit; whether any was broken."""
    changed = False
    for text, room in _with_room(figure, axes):
        given = text.get_text()
        longest = max(width(line, text.get_fontsize()) for line in given.split("\n"))
        if longest > max(room, 1.0):
            text.set_text(wrapped(_whole(text), max(room, 1.0), text.get_fontsize()))
            changed |= text.get_text() != given
    return changed


def _whole(text: Any) -> str:
    """What a text says before it was broken: its label, unless other words were put there since."""
    said, label = text.get_text(), str(text.get_label())
    first = said.partition("…")[0]
    return label if "".join(label.split()).startswith("".join(first.split())) else said.replace("\n", " ")
