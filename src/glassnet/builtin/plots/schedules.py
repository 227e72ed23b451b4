"""Pictures of schedules: the rate of each step, before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

from .parts import MOST_PARTS, lines, name_beside


def schedule_rates(
    epochs: Annotated[int, Range(1, 1000)] = 50, steps: Annotated[int, Range(1, 1000)] = 20,
    stalls: Annotated[int, Range(1)] = 20,
) -> Plot:  # fmt: skip
    """The rate over a training, as a share of the optimizer's own.

    x = epoch; y = factor of each step's change. A schedule that watches the loss sees one that is made up

    epochs: of the training
    steps: in each epoch
    stalls: the epoch after which the made-up loss falls no more
    """

    def draw(parts: Sequence[Any]) -> Any:
        shown = parts[:MOST_PARTS]
        title = f"{pictures.title_of_parts(parts)}{pictures.first_of(len(shown), len(parts), 'schedules')}"
        note = f"{pictures.count(steps, 'step')} an epoch; a made-up loss falls up to epoch {stalls}"
        made, axes = pictures.single(title, "epoch", "share of the rate", note, width=8.6)
        x = np.arange(epochs * steps) / steps
        lines(axes, x, shown, [pictures.rate_factors(one.build(), epochs, steps, stalls) for one in shown])
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
        name_beside(axes)
        return made

    return Plot(draw, of="parts", unsuited=lambda parts: pictures.wants_parts(parts, "schedule"))
