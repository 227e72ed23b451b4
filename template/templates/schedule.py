"""A schedule for glassnet. This module is the plugin: it is all that glassnet imports of the package.

A schedule gives the factor by which the change of step `step` of `total` is scaled, from 0 to 1; steps count from 1.
It may look at the epochs that are finished. Put your own rule in the place of this one; `make check` says whether
its factors stay in bounds.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from glassnet import Range, Schedule, hookimpl


def {{ part }}(
    cycles: Annotated[int, Range(1, 1000)] = 4,
    low: Annotated[float, Range(0, 1)] = 0.1,
) -> Schedule:
    """The rate climbs and falls in a straight line, several times over: a triangle wave.

    u = cycles (step - 1) / total, without its whole part
    factor = low + (1 - low) (1 - |2 u - 1|)

    Options:
        cycles: how many triangles a training has
        low: the factor at the foot of a triangle; at its top it is 1

    Source: Smith (2017), Cyclical learning rates for training neural networks, WACV, arXiv:1506.01186.
    """

    def factor(step: int, total: int, epochs: Sequence[Any]) -> float:
        u = cycles * (step - 1) / total % 1
        return low + (1 - low) * (1 - abs(2 * u - 1))

    return Schedule(factor)


@hookimpl
def schedules() -> list:
    """Every schedule of this package: write a second one above and add its name here."""
    return [{{ part }}]
