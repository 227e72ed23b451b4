"""Many small pictures beside each other, in one pair of axes: axes for each would take most of the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .look import BLACK, GREY, LINE, NOTE, without_scale
from .names import cut

BETWEEN = 0.14  # inches between two pictures, and between one and the words above the next


def mosaic(
    made: Any, images: Sequence[Any], titles: Sequence[str], wide: int = 5, beside: float = 0.0,
    frames: Sequence[tuple[str, float]] = (), **how: Any,
) -> tuple[Any, list[Any]]:  # fmt: skip
    """(the axes, an image each) of `images` (rows, columns) of one shape, with a title each, in lines of `wide`.

    The figure grows by the height that they need; `beside` are inches of its width that are kept for something else,
    such as a colour bar. `frames` are a colour and a width in points for each, which its title has as well. Lines of
    titles that are too long for a picture lose their middle. `how` are matplotlib's own words for `imshow`.
    """
    wide = min(wide, len(images))
    side, tall = tile(made, images[0].shape, wide, beside)
    above = max(title.count("\n") + 1 for title in titles) * NOTE * LINE + 0.04
    lines = -(-len(images) // wide)
    across, down = wide * (side + BETWEEN) - BETWEEN, lines * (above + tall + BETWEEN)
    made.set_figheight(made.get_figheight() + down)
    axes = without_scale(made.add_subplot())
    axes.set_axis_off()
    found = []
    for number, (image, title) in enumerate(zip(images, titles, strict=True)):
        left = number % wide * (side + BETWEEN)
        top = number // wide * (above + tall + BETWEEN) + above
        colour, width = frames[number] if frames else (GREY, 0.8)
        where = (left, left + side, top + tall, top)
        found.append(axes.imshow(image, extent=where, interpolation="none", **how))
        _frame(axes, where, colour, width)
        text = "\n".join(cut(line, side + 0.7 * BETWEEN, NOTE) for line in title.split("\n"))
        axes.text(left + side / 2, top - 0.05, text, ha="center", va="bottom", fontsize=NOTE,
                  color=colour if frames else BLACK)  # fmt: skip
    for artist in (*axes.images, *axes.patches, *axes.texts):
        artist.set_in_layout(False)  # they are inside: asking each for its place takes as long as drawing it
    axes.set_xlim(-0.03, across + 0.03)
    axes.set_ylim(down, 0)
    return axes, found


def tile(made: Any, shape: Any, wide: int, beside: float = 0.0) -> tuple[float, float]:
    """(inches across, inches down) of one picture of a mosaic."""
    side = (made.get_figwidth() - beside - 0.25) / wide - BETWEEN
    return side, side * shape[0] / shape[1]


def _frame(axes: Any, where: tuple[float, float, float, float], colour: str, width: float) -> None:
    from matplotlib.patches import Rectangle

    left, right, bottom, top = where
    axes.add_patch(
        Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=colour, linewidth=width)
    )  # fmt: skip
