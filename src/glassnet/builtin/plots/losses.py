"""Pictures of losses: how much a mistake costs, and how hard it pulls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from glassnet import Catalog, Plot, Range, pictures

from .parts import MOST_PARTS, lines, name_beside, sensible, two_panels, way_back

if TYPE_CHECKING:
    from glassnet import Loss

Curves = tuple[Any, Any]  # (value, slope), (n,) each


def loss_shape(reach: Annotated[float, Range(0.1)] = 3.0) -> Plot:
    """A loss and its slope: over the error for numbers, over the score of the true class for classes.

    x = output minus target, or raw score z of the true class while those of the others are 0; y = value, and its slope
    with respect to what is on x

    reach: how far the axis goes, from -reach to reach; the target of a loss of counts is reach
    """

    def draw(parts: Sequence[Any]) -> Any:
        x, shown = np.linspace(-reach, reach, 601), parts[:MOST_PARTS]
        bags = [choice.build() for choice in shown]
        of_numbers = bags[0].task == "regression"
        counts = [name for name, bag in zip(pictures.part_names(shown), bags, strict=True) if _counts(bag)]
        note = f"{', '.join(counts)}: the target is {pictures.significant(reach)}" if counts else ""
        label = "error: output minus target" if of_numbers else "raw score z of the true class"
        made, panels = two_panels(parts, label, ("loss", "slope"), note)
        over = over_the_error if of_numbers else over_the_score
        found = [over(bag, x, choice.part.distribution) for bag, choice in zip(bags, shown, strict=True)]
        for axes, values in zip(panels, zip(*found, strict=True), strict=True):
            lines(axes, x, shown, values)
            axes.axvline(0, color=pictures.GREY, linewidth=0.8)
            axes.set_ylim(*sensible(np.concatenate(values), 3 * max(reach, 1.0)))
        panels[-1].axhline(0, color=pictures.GREY, linewidth=0.8)
        name_beside(panels[-1])
        return made

    return Plot(draw, of="parts", unsuited=_unsuited)


def over_the_error(loss: Loss, error: Any, home: str) -> Curves:
    """Value and slope of a loss of numbers at errors (n,): of its first output, where it has several.

    The others say what a score of 0 does. `home` is the package whose word for an activation comes first.
    """
    t = np.full((len(error), 1), np.max(error) if _counts(loss) else 0.0)
    k = loss.width(1)
    y = np.zeros((len(error), k)) if k == 1 else _output(loss, home).f(np.zeros((len(error), k)))
    y[:, 0] = t[:, 0] + error
    value, slope = np.full((2, len(error)), np.nan)
    inside = y[:, 0] > 0 if _counts(loss) else np.ones(len(error), bool)
    with np.errstate(all="ignore"):
        value[inside] = loss.value(y[inside], t[inside])
        slope[inside] = loss.grad(y[inside], t[inside])[:, 0]
    return value, slope


def over_the_score(loss: Loss, score: Any, home: str) -> Curves:
    """Value and slope of a loss of classes at raw scores (n,) of the true class: the first, where each has its own."""
    columns = 1 if loss.task != "multiclass" else 2
    t = np.eye(len(score), columns)[:1] * np.ones((len(score), 1))
    z = np.zeros((len(score), loss.width(columns)))
    z[:, 0] = score
    with np.errstate(all="ignore"):
        if loss.score_value is not None and loss.score_grad is not None:
            return loss.score_value(z, t), loss.score_grad(z, t)[:, 0]
        output = _output(loss, home)
        y = output.f(z.copy())
        return loss.value(y, t), way_back(output, z, y, loss.grad(y, t))[:, 0]


def _counts(loss: Loss) -> bool:
    return loss.targets == "nonnegative"


def _output(loss: Loss, home: str) -> Any:
    """The activation that the loss asks for at the end of a network."""
    return Catalog.discover().choose("activation", loss.output, home=home).build()


def _unsuited(parts: Sequence[Any]) -> str:
    if reason := pictures.wants_parts(parts, "loss"):
        return reason
    tasks = {choice.part.name: choice.build().task for choice in parts}
    numbers = [name for name, task in tasks.items() if task == "regression"]
    classes = [name for name, task in tasks.items() if task != "regression"]
    if numbers and classes:
        return f"{numbers[0]} is a curve over errors, {classes[0]} one over scores: draw them apart"
    return ""
