"""Pictures of parts: what an activation does to a score, and the slope that it hands back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet import Plot, pictures

FLAT = 0.05  # of the steepest slope: what `--watch units` counts as saturated
STEEPEST_WITHIN = 3.0
MOST_PARTS = 14  # lines in one picture: there are as many looks
LINE = 0.24  # inches that a line of names takes
PANELS = 10.2, 4.6  # inches of two panels, with names at their side


def activation_slope(reach: float = 5.0) -> Plot:
    """An activation and its slope on one axis, where it is nearly flat shaded; of several a panel each.

    x = score z; y = f(z) and f'(z). Shaded: the slope is at most 5 % of the steepest for z from -3 to 3, so that
    nearly nothing is learned there

    reach: how far the axis goes, from -reach to reach
    """

    def draw(parts: Sequence[Any]) -> Any:
        z = np.linspace(-reach, reach, 1001)
        if len(parts) == 1:
            return _one(parts[0], z)
        found = [curves(choice.build(), z) for choice in parts[:MOST_PARTS]]
        made, panels = two_panels(parts, "score z", ("f(z)", "slope f'(z)"))
        for axes, values in zip(panels, zip(*found, strict=True), strict=True):
            for side in (axes.axhline, axes.axvline):
                side(0, color=pictures.GREY, linewidth=0.8)
            lines(axes, z, parts, values)
            axes.set_ylim(*sensible(np.concatenate(values)))
        name_beside(panels[-1])
        return made

    return Plot(draw, of="parts", unsuited=_unsuited)


def two_panels(parts: Sequence[Any], x: str, ys: tuple[str, str], note: str = "") -> tuple[Any, list[Any]]:
    """(figure, two axes) for parts side by side, over the same numbers."""
    shown = pictures.first_of(min(len(parts), MOST_PARTS), len(parts), "parts")
    made = pictures.figure(pictures.title_of_parts(parts) + shown + (f"\n{note}" if note else ""), *PANELS)
    panels = pictures.panels(made, 2)
    for axes, y in zip(panels, ys, strict=True):
        pictures.dress(axes, "", x, y)
    return made, panels


def lines(axes: Any, x: Any, parts: Sequence[Any], values: Sequence[Any]) -> None:
    """A line for each part, called by what sets it apart."""
    for name, look, y in zip(pictures.part_names(parts), pictures.looks(), values, strict=False):
        axes.plot(x, y, color=look["color"], linestyle=look["linestyle"], linewidth=2.2, label=name)


def name_beside(axes: Any) -> None:
    """The names of lines to the right of the axes; one alone is in the title, unless its line says more.

    Where they are many and long, the figure grows.
    """
    labels = [str(line.get_label()) for line in axes.lines if not str(line.get_label()).startswith("_child")]
    if len(labels) > 1 or any(": " in label for label in labels):
        texts = pictures.legend_beside(axes).get_texts()
        inches = LINE * sum(1 + text.get_text().count("\n") for text in texts)
        axes.figure.set_figheight(
            max(axes.figure.get_figheight(), axes.get_subplotspec().get_gridspec().nrows * inches + 1)
        )


def _one(choice: Any, z: Any) -> Any:
    activation = choice.build()
    f, slope = curves(activation, z)
    steepest = np.nanmax(np.abs(curves(activation, np.linspace(-STEEPEST_WITHIN, STEEPEST_WITHIN, 601))[1]))
    title, note = pictures.title_of_parts([choice]), _formula(choice)
    made, axes = pictures.single(title, "score z", "f(z) and its slope", note, height=4.8)
    flat = np.abs(slope) <= FLAT * steepest
    if flat.any():
        axes.fill_between(
            z, 0, 1, where=flat, transform=axes.get_xaxis_transform(), color=pictures.GREY, alpha=0.15, linewidth=0,
            label="nearly flat",
        )  # fmt: skip
    for side in (axes.axhline, axes.axvline):
        side(0, color=pictures.GREY, linewidth=0.8)
    axes.plot(z, f, color=pictures.BLUE, linewidth=2.5, label="f(z)")
    axes.plot(z, slope, color=pictures.VERMILION, linestyle="--", linewidth=2.5, label="slope f'(z)")
    axes.set_ylim(*sensible(np.concatenate([f, slope])))
    pictures.legend(axes)
    return made


def curves(activation: Any, z: Any) -> tuple[Any, Any]:
    """(f, slope) at scores z (n,): the slope that the part gives, else by central differences of its formula."""
    column = z[:, None]
    with np.errstate(all="ignore"):
        a = activation.f(column)
        slope = way_back(activation, column, a, np.ones_like(column))
    return np.asarray(a, float)[:, 0], np.asarray(slope, float)[:, 0]


def way_back(activation: Any, z: Any, a: Any, upstream: Any) -> Any:
    """The slope with respect to z, where `upstream` is that with respect to a = f(z), column by column."""
    if activation.df is not None:
        return upstream * activation.df(z, a)
    if activation.vjp is not None:
        return activation.vjp(z, a, upstream)
    return upstream * (activation.f(z + 1e-6) - activation.f(z - 1e-6)) / 2e-6


def _unsuited(parts: Sequence[Any]) -> str:
    if reason := pictures.wants_parts(parts, "activation"):
        return reason
    mixed = next((choice.part.name for choice in parts if _mixes(choice.build().f)), None)
    return f"the columns of {mixed} mix: it is no curve over one score" if mixed else ""


def _mixes(f: Any) -> bool:
    z = np.array([[0.5, -1.0], [0.5, 2.0]])
    with np.errstate(all="ignore"):
        return not np.isclose(*f(z)[:, 0])


def _formula(choice: Any) -> str:
    """The first formula of its docstring; nothing where there is none."""
    said = (re.split(r"[;:]|, where|, with|, computed", line.strip())[0] for line in choice.part.doc.splitlines())
    return next((line.rstrip(".") for line in said if line.startswith("f(z) =")), "")


def sensible(values: Any, most: float = 6.0) -> tuple[float, float]:
    """Limits that a curve which runs away does not decide alone."""
    finite = values[np.isfinite(values)]
    low, high = max(float(finite.min(initial=most)), -most), min(float(finite.max(initial=-most)), most)
    room = 0.06 * (high - low or 1.0)
    return low - room, high + room
