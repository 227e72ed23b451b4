"""On a narrow page each panel of a picture is a window on the drawing, and no word of it is cut off."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from glassnet import pictures
from glassnet.pictures.embedding import LONGEST_SVG, element
from glassnet.pictures.narrow import panels_markup, windows

POINT = 72


def figure(count: int, columns: int, dots: int = 5, bar: bool = False) -> Any:
    made = pictures.figure("Panels & their title", 1 + 3 * columns, 5)
    panels = pictures.panels(made, count, columns)
    rng = np.random.default_rng(0)
    for number, axes in enumerate(panels):
        pictures.dress(axes, f"panel {number}", "epoch", "loss of the rows")
        axes.plot(*rng.random((2, dots)), "o", label="rows")
    if bar:
        pictures.colour_bar(panels[0].imshow([[0, 1], [2, 3]], aspect="auto"), panels, "share")
    made.supxlabel("a note below", fontsize=pictures.NOTE)
    return made


def texts(made: Any, dots_an_inch: float = POINT) -> list[tuple[str, Any]]:
    """(words, box in points from the lower left) of all words in and around the axes, as matplotlib measures them."""
    made.set_dpi(dots_an_inch)
    made.canvas.draw()
    found = []
    for axes in made.axes:
        labels = [axes.title, axes.xaxis.label, axes.yaxis.label]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            labels += [label for tick in ticks for label in (tick.label1, tick.label2) if label.get_visible()]
        found += [(text.get_text(), text.get_window_extent()) for text in labels if text.get_text()]
    return found


@pytest.mark.parametrize(("count", "columns", "bar"), [(2, 2, False), (5, 3, False), (4, 2, True)])
def test_every_panel_has_a_window_and_every_word_is_in_one(count: int, columns: int, bar: bool) -> None:
    made = figure(count, columns, bar=bar)
    element(made, "x", "l")
    shown = windows(made)
    assert len(shown) == count + bar
    height = made.get_figheight() * POINT
    for words, box in texts(made):
        inside = [
            one
            for one in shown
            if one.left <= box.x0
            and box.x1 <= one.right
            and one.top <= height - box.y1
            and height - box.y0 <= one.bottom
        ]
        assert len(inside) == 1 or not words.strip(), words
    tops = [round(one.top / 20) for one in shown[:count]]
    assert tops == sorted(tops)  # line by line
    narrow = 400 * 0.75  # points of a phone
    assert all(one.wide < narrow for one in shown)


@pytest.mark.parametrize("made", [figure(1, 1), figure(3, 1), figure(1, 1, bar=True)])
def test_a_single_panel_and_panels_below_each_other_stay_as_they_are(made: Any) -> None:
    assert element(made, "x", "l").startswith("<svg role")
    assert windows(made) == [] and panels_markup(made, "x") == ""


@pytest.mark.parametrize("dots", [5, 20_000])
def test_the_drawing_is_on_the_page_once_as_lines_or_as_pixels(dots: int) -> None:
    markup = element(figure(2, 2, dots), "x", "two panels")
    page = ElementTree.fromstring(f"<figure xmlns:xlink='http://www.w3.org/1999/xlink'>{markup}</figure>")
    svg = "{http://www.w3.org/2000/svg}"
    links = [use.get("href") for use in page.findall("div/svg/use")]
    whole = page.find(f"{svg}svg")
    assert whole is not None and links == ["#x-figure_1"] * 2
    assert [one.tag for one in whole.iter() if one.get("id") == "x-figure_1"] == [svg + ("g" if dots == 5 else "image")]
    assert [one.text for one in page.findall("div/p")] == ["Panels & their title", "a note below"]
    assert len(markup) < LONGEST_SVG + 2000 and markup.count("data:image") == (dots > 5)


def test_windows_change_neither_the_figure_nor_the_drawing() -> None:
    made = figure(2, 2)
    before = made.dpi
    first = element(made, "x", "l")
    assert made.dpi == before
    assert element(made, "x", "l") == first
    assert len(re.findall("<use ", panels_markup(made, "x"))) == 2


def test_a_bare_figure_as_a_cell_makes_it_has_windows_too() -> None:
    from matplotlib.figure import Figure

    bare = Figure(figsize=(9, 3))
    for axes in bare.subplots(1, 3):
        axes.plot([1, 2, 3])
    canvas = bare.canvas
    assert element(bare, "x", "l").count("<use href") == 3 and bare.canvas is canvas
