"""A run's score with all that belongs to it: on which rows, beside which guess, and how far luck may have moved it."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import GlassnetError
from ..files import read_json
from ..schemas import RESULT


@dataclass(frozen=True)
class Score:
    """One metric on the rows of one split.

    `baseline` is what guessing without a look at the inputs has, on the rows that judge the run; NaN stands for what is
    undefined, such as a metric of classes of which only one was drawn. `low` and `high` are the ends of the 95 %
    interval, for the luck of having drawn just these rows; None where it is unknown, as of rows that don't judge.
    """

    metric: str
    split: str
    value: float
    baseline: float
    low: float | None
    high: float | None
    _better: Callable[[], str] = field(repr=False, compare=False)

    @property
    def better(self) -> str:
        """Which way is up: "higher" or "lower". The metric itself is asked, so its part has to be there."""
        return self._better()


def read_result(path: Path) -> dict[str, Any]:
    """The final figures of a finished run, with all that is asked of them later on."""
    try:
        result = read_json(path, RESULT)
    except GlassnetError as error:
        again = f"glassnet train --resume {shlex.quote(str(path.parent))} writes it anew"
        raise GlassnetError(f"{error}; delete it, and {again}") from error
    return result
