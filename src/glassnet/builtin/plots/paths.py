"""Pictures of optimizers: how they go down where one sees the ground."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

from .parts import MOST_PARTS, name_beside

START = np.array([[-2.0, 1.0]])  # above the ravine, near its wall
WINDOW = (-2.5, 1.0), (-1.4, 1.4)
FLOOR = 1e-12  # what is below is the bottom

Objective = Callable[[Any], tuple[float, Any]]


def optimizer_paths(
    steps: Annotated[int, Range(1, 2000)] = 60, rate: Annotated[float, Range(0)] = 0.1,
    steepness: Annotated[float, Range(1)] = 13.0, side: Annotated[int, Range(1, 100)] = 3,
) -> Plot:  # fmt: skip
    """How optimizers go down: in a ravine, and on a matrix of ones whose sum of squares is to vanish.

    Above: f(x, y) = (x^2 + steepness y^2) / 2 from (-2, 1), which is flat along x and steep along y. Below:
    f(W) = sum of W^2, where W starts as ones

    steps: of each optimizer
    rate: of those that are left at their usual one; 0 lets them keep it
    steepness: how much steeper the ravine is across than along; plain gradient descent is stable below 2 / rate
    side: rows and columns of the matrix
    """

    def draw(parts: Sequence[Any]) -> Any:
        shown = [_at(choice, rate) for choice in parts[:MOST_PARTS]]
        ravine = _ravine(steepness)
        down = [pictures.descent(one.build(), ravine, START, steps) for one in shown]
        ones = [pictures.descent(one.build(), sum_of_squares, np.ones((side, side)), steps) for one in shown]
        title = f"Downhill: {pictures.title_of_parts(shown)}{pictures.first_of(len(shown), len(parts), 'optimizers')}"
        made = pictures.figure(title, 10.6, 8.4)
        place, height, element, total = pictures.panels(made, 4, 2)
        pictures.dress(place, f"ravine, {pictures.significant(steepness)} times as steep across", "x", "y", grid=False)
        pictures.dress(height, "", "step", "height in the ravine")
        pictures.dress(element, f"{side} x {side} matrix of ones", "step", "first element")
        pictures.dress(total, "", "step", "sum of squares")
        _contours(place, ravine)
        names = [
            f"{name}: runs away" if _ran_away(one) or _ran_away(other) else name
            for name, one, other in zip(pictures.part_names(shown), down, ones, strict=True)
        ]
        _draw_ways(place, names, [way[:, 0, 0] for way in down], [way[:, 0, 1] for way in down])
        place.plot(0, 0, "+", color=pictures.BLACK, markersize=12)
        _draw_over_steps(height, names, [_heights(ravine, way) for way in down])
        _draw_over_steps(element, names, [way[:, 0, 0] for way in ones])
        _draw_over_steps(total, names, [_heights(sum_of_squares, way) for way in ones])
        for axes in (height, total):
            _log(axes)
        element.set_ylim(*_bounded(element))
        name_beside(height)
        return made

    return Plot(draw, of="parts", unsuited=lambda parts: pictures.wants_parts(parts, "optimizer"))


def _at(choice: Any, rate: float) -> Any:
    """The optimizer at that rate, unless somebody has moved its own, or it has none."""
    usual = {option.name: option.default for option in choice.part.options}
    own = "lr" not in usual or choice.options["lr"] != usual["lr"] or not rate
    return choice if own else choice.part.choose({**choice.options, "lr": rate})


def _ravine(steepness: float) -> Objective:
    curvature = np.array([1.0, steepness])
    return lambda w: (float(curvature @ w**2) / 2, curvature * w)


def sum_of_squares(w: Any) -> tuple[float, Any]:
    """The sum of the squares of all elements, and its slope."""
    return float(w @ w), 2 * w


def _heights(objective: Objective, way: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.array([objective(w.ravel())[0] for w in way])


def _ran_away(way: Any) -> bool:
    """Whether it ended far from where it began."""
    return bool(np.abs(way[-1]).max() > 100 * np.abs(way[0]).max())


def _contours(axes: Any, ravine: Objective) -> None:
    x, y = (np.linspace(*ends, 121) for ends in WINDOW)
    heights = np.array([[ravine(np.array([across, down]))[0] for across in x] for down in y])
    axes.contourf(x, y, np.sqrt(heights), levels=14, cmap="Greys", alpha=0.55)
    axes.set_xlim(*WINDOW[0])
    axes.set_ylim(*WINDOW[1])


def _draw_ways(axes: Any, names: Sequence[str], xs: Sequence[Any], ys: Sequence[Any]) -> None:
    for name, x, y, look in zip(names, xs, ys, pictures.looks(), strict=False):
        axes.plot(x, y, linewidth=1.8, markersize=3.5, label=name, **look)


def _draw_over_steps(axes: Any, names: Sequence[str], values: Sequence[Any]) -> None:
    for name, y, look in zip(names, values, pictures.looks(), strict=False):
        axes.plot(y, linewidth=1.8, markersize=4, markevery=max(1, len(y) // 8), label=name, **look)
    pictures.whole_numbers(axes.xaxis)


def _log(axes: Any) -> None:
    """A logarithmic axis between the floor and what is far above the start."""
    values = np.concatenate([np.asarray(line.get_ydata(), float) for line in axes.lines])
    some = values[(values > FLOOR) & np.isfinite(values)]
    pictures.log_scale(axes, powers=1e4)
    axes.set_ylim(some.min(initial=1.0) / 2, 2 * min(some.max(initial=1.0), 1e6))


def _bounded(axes: Any) -> tuple[float, float]:
    values = np.concatenate([np.asarray(line.get_ydata(), float) for line in axes.lines])
    low, high = max(values.min(), -2.0), min(values.max(), 2.0)
    return low - 0.06 * (high - low or 1.0), high + 0.06 * (high - low or 1.0)
