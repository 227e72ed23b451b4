"""Whether all words of a picture can be read: none leaves the paper, none lies on another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import cos, radians, sin
from typing import Any, NamedTuple

from .. import process
from .fonts import lent

SLACK = 1.5  # pixels by which letters' boxes are larger than the letters


class Words(NamedTuple):
    """A text where it stands: a rectangle, turned round its middle."""

    text: str
    place: str
    middle: tuple[float, float]
    half: tuple[float, float]  # of its width, of its height
    angle: float  # degrees, against the clock


def crowded(figure: Any) -> list[str]:
    """A sentence for each text that leaves the figure, and for each pair that lies one on the other; best none.

    The words inside a pair of axes may be covered by their legend, as lines are.
    """
    with process.drawing(), lent(figure):
        figure.draw_without_rendering()  # all has its place then, and no point of the picture is painted
        found = [_placed(figure, text, place) for place, text in _texts(figure) if _is_seen(text)]
    width, height = figure.bbox.width, figure.bbox.height
    said = [f"{one.text!r} ({one.place}) leaves the picture" for one in found if _leaves(one, width, height)]
    for one, other in combinations(found, 2):
        covered = {one.place.partition(" ")[0], other.place.partition(" ")[0]} == {"legend", "text"}
        if not covered and _touch(one, other):
            said.append(f"{one.text!r} ({one.place}) lies on {other.text!r} ({other.place})")
    return said


def _is_seen(text: Any) -> bool:
    return bool(text.get_visible() and text.get_text().strip() and text.get_alpha() != 0)


def _texts(figure: Any) -> Iterator[tuple[str, Any]]:
    """(where it stands, text) of all words of a figure."""
    yield from (("text of the figure", text) for text in figure.texts)  # its titles among them
    for made in figure.legends:
        yield from (("legend", text) for text in (made.get_title(), *made.get_texts()))
    for number, axes in enumerate(figure.axes, 1):
        if not axes.get_visible():
            continue
        yield from ((f"title of axes {number}", text) for text in (axes.title, axes._left_title, axes._right_title))
        yield from ((f"text in axes {number}", text) for text in axes.texts)
        if made := axes.get_legend():
            yield from ((f"legend of axes {number}", text) for text in (made.get_title(), *made.get_texts()))
        if axes.axison:
            yield from _along(axes, number)


def _along(axes: Any, number: int) -> Iterator[tuple[str, Any]]:
    for side, axis, limits in (("x", axes.xaxis, axes.get_xlim()), ("y", axes.yaxis, axes.get_ylim())):
        if not axis.get_visible():
            continue
        low, high = min(limits), max(limits)
        yield f"{side} label of axes {number}", axis.label
        for minor in (False, True):
            for tick, place in zip(axis.get_ticklabels(minor=minor), axis.get_ticklocs(minor=minor), strict=False):
                if low - 1e-9 * abs(low) <= place <= high + 1e-9 * abs(high):
                    yield f"tick along {side} of axes {number}", tick


def _placed(figure: Any, text: Any, place: str) -> Words:
    box = text.get_window_extent()
    angle, mode = text.get_rotation(), text.get_rotation_mode()
    middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    if angle % 90:
        text.set_rotation(0)
        flat = text.get_window_extent()
        text.set_rotation(angle)
        text.set_rotation_mode(mode)
        box = flat
    else:
        angle = 0.0
    return Words(text.get_text(), place, middle, (box.width / 2, box.height / 2), angle)


def _corners(one: Words, less: float = 0.0) -> list[tuple[float, float]]:
    across, up = (max(half - less, 0.0) for half in one.half)
    c, s = cos(radians(one.angle)), sin(radians(one.angle))
    return [
        (one.middle[0] + c * x * across - s * y * up, one.middle[1] + s * x * across + c * y * up)
        for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]


def _leaves(one: Words, width: float, height: float) -> bool:
    return any(not (-SLACK <= x <= width + SLACK and -SLACK <= y <= height + SLACK) for x, y in _corners(one, SLACK))


def _touch(one: Words, other: Words) -> bool:
    """Two rectangles touch unless they lie apart along a side of one of them."""
    first, second = _corners(one, SLACK), _corners(other, SLACK)
    for angle in {one.angle, one.angle + 90, other.angle, other.angle + 90}:
        c, s = cos(radians(angle)), sin(radians(angle))
        along = [[c * x + s * y for x, y in corners] for corners in (first, second)]
        if max(along[0]) <= min(along[1]) or max(along[1]) <= min(along[0]):
            return False
    return True
