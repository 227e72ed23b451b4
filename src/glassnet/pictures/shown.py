"""A figure that shows itself as the last line of a notebook's cell, whoever drew it and whatever backend is in use."""

from __future__ import annotations

import sys
from typing import Any

from matplotlib.figure import Figure

from .dark import FILTER
from .files import POINTS_AN_INCH, render

#: An SVG of many rows is as long as all of them: beyond so many letters the notebook keeps the PNG alone.
LONGEST_SVG = 400_000
#: A class of its own: where a page holds the drawing itself, a rule for `svg` would reach every other one.
CLASS = "glassnet-picture"
DARK = f"<style>@media (prefers-color-scheme: dark) {{ .{CLASS} {{ filter: {FILTER}; }} }}</style>"


class Picture(Figure):
    """matplotlib's `Figure` with a face: PNG in twice the dots of the screen, and SVG where it is not too long."""

    def _repr_png_(self) -> bytes:
        return render(self, "png")

    def _repr_svg_(self) -> str:
        before, svg, after = render(self, "svg").decode().partition("<svg")
        head, end, rest = after.partition(">")
        return f'{before}{svg} class="{CLASS}"{head}{end}{DARK}{rest}'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """PNG and SVG as Jupyter's front ends choose them; `include` and `exclude` are theirs."""
        bundle: dict[str, Any] = {"image/png": self._repr_png_()}
        if len(svg := self._repr_svg_()) <= LONGEST_SVG:
            bundle["image/svg+xml"] = svg
        wanted = {name for name in bundle if (not include or name in include) and name not in (exclude or ())}
        width, height = (round(POINTS_AN_INCH * side * 4 / 3) for side in self.get_size_inches())
        sizes = {"image/png": {"width": width, "height": height}}
        return {name: bundle[name] for name in wanted}, {name: sizes[name] for name in wanted if name in sizes}


def with_face(figure: Figure) -> Figure:
    """The same figure, able to show itself; one of a class of its own stays as it is.

    pyplot forgets it: what a guest drew there would be shown a second time, by pyplot itself, and kept for ever.
    """
    if type(figure) is Figure:
        figure.__class__ = Picture
    if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:
        pyplot.close(figure)
    return figure
