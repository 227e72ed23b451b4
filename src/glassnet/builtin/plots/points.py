"""The points of a sweep: how good they are, what they and their values are called, and why a picture does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet import pictures

if TYPE_CHECKING:
    from glassnet import Sweep

BEST, NEAR, OTHERS, FAILED = "best", "can't be told from the best", "others", "failed"


def title(sweep: Sweep) -> str:
    return f"{pictures.metric(sweep.score.metric)} of {sweep.title}".capitalize()


def note(sweep: Sweep, bars: bool = False) -> str:
    """By which rows points are judged, and of how many trainings each is a mean; `bars` show how these differ."""
    score, trainings = sweep.score, len(sweep.repeats)
    rows = f"{score.rows:,} {score.of.removeprefix('all ')}, {score.better} is better"
    if trainings == 1:
        return rows
    return f"mean{' and standard deviation' * bars} of {trainings} trainings each\n{rows}"


def no_score(sweep: Sweep) -> str:
    return "" if any(row.scores for row in sweep.rows()) else "no point has a score"


def no_grid(sweep: Sweep) -> str:
    return no_score(sweep) or ("" if sweep.on_grid else "its points were drawn at random: points_sweep shows them")


def best(sweep: Sweep) -> Any:
    """The best point; None where none has all its scores."""
    rows = sweep.rows()
    return rows[0] if rows and rows[0].whole else None


def look(sweep: Sweep, row: Any) -> str:
    """What a point is called: the best, one of its ties, or another."""
    return BEST if row is best(sweep) else NEAR if row.tied else OTHERS


def names(sweep: Sweep, number: int) -> list[str]:
    """The values of a setting as an axis says them, told apart."""
    values = sweep.axes[number].values
    written = ([as_written(value, digits) for value in values] for digits in (3, 4, 5, 6))
    return next((texts for texts in written if len(set(texts)) == len(texts)), list(values))


def as_written(value: str, digits: int = 3) -> str:
    """A number with a few digits, which is what it is called by; anything else as it is, if it is not too long."""
    try:
        number = float(value)
    except ValueError:
        return pictures.shortened(value, 24)
    return value if value.lstrip("-").isdecimal() else pictures.significant(number, digits)


def crosses(axes: Any, places: Sequence[float]) -> None:
    """Crosses on the lower edge, where there is no score to show."""
    if places:
        low = np.full(len(places), 0.02)
        where = axes.get_xaxis_transform()
        axes.plot(places, low, "x", color=pictures.FAILED, clip_on=False, label=FAILED, transform=where)


def legend(made: Any, panels: list[Any]) -> None:
    """Under all panels, in as many lines as the names need."""
    wide = made.get_figwidth() > 6
    pictures.legend(
        panels, onto=made, first=(BEST, NEAR, OTHERS), loc="outside lower center", ncols=4 if wide else 2,
        frameon=False, fontsize=pictures.NOTE,
    )  # fmt: skip
