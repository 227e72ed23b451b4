"""A picture as an element of a page: as drawing instructions where these are short, else as pixels."""

from __future__ import annotations

import base64
import re
from html import escape
from typing import Any

from .dark import marked_photos
from .files import PIXELS_AN_INCH, POINTS_AN_INCH, render
from .narrow import panels_markup

#: Characters of an SVG beyond which a PNG may be shorter: a cloud of thousands of points.
LONGEST_SVG = 250_000
PNG_DPI = 130


def element(figure: Any, prefix: str, label: str, room: int = LONGEST_SVG) -> str:
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
        f'<svg role="img" aria-label="{escape(label)}" viewBox="{box[1]}" style="--wide:{round(width)}px" '
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{body.strip()}'
    )


def as_png(figure: Any, label: str) -> str:
    """An `<img>` element that holds its own pixels."""
    width = figure.get_figwidth() * PIXELS_AN_INCH
    return f'<img alt="{escape(label)}" style="--wide:{round(width)}px" src="{_pixels(figure)}">'


def as_svg_of_pixels(figure: Any, drawing: str, label: str) -> str:
    """An `<svg>` element that holds pixels under an id, for windows on parts of them."""
    points = [POINTS_AN_INCH * inches for inches in figure.get_size_inches()]
    size = 'width="{:.2f}" height="{:.2f}"'.format(*points)
    return (
        f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {round(points[0], 2)} {round(points[1], 2)}" '
        f'style="--wide:{round(figure.get_figwidth() * PIXELS_AN_INCH)}px" xmlns="http://www.w3.org/2000/svg">'
        f'<image id="{drawing}" {size} href="{_pixels(figure)}"/></svg>'
    )


def _pixels(figure: Any) -> str:
    return f"data:image/png;base64,{base64.b64encode(render(figure, 'png', dpi=PNG_DPI)).decode()}"
