"""Loss and metric by epoch, as a page can hold them: at most 500 points; when there are more the spacing doubles."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

from ..training import Epoch
from ..wording import rounded

MOST = 500


class Curves:
    """The points of a training. Each tab says how many it has, and is given the others."""

    def __init__(self, metric: str | None) -> None:
        self.metric, self.spacing, self.anew = metric, 1, 0
        self.points: list[tuple[int, float, float | None, float | None, float | None]] = []

    def add(self, epochs: Iterable[Epoch]) -> None:
        """Take in further epochs; all but every second point go when there are too many."""
        for epoch in epochs:
            if epoch.number == 1 or epoch.number % self.spacing == 0:
                self.points.append((epoch.number, epoch.loss, epoch.validation_loss, *self._scores(epoch)))
            if len(self.points) > MOST:
                self.spacing *= 2
                self.points = [point for point in self.points if point[0] == 1 or point[0] % self.spacing == 0]
                self.anew += 1

    def _scores(self, epoch: Epoch) -> tuple[float | None, float | None]:
        return tuple(epoch.scores.get(split, {}).get(self.metric or "") for split in ("train", "validation"))  # type: ignore[return-value]

    def since(self, anew: int, held: int) -> dict[str, Any]:
        """The points that somebody lacks who has `held` of them since the spacing was doubled for the last time."""
        begin = held if anew == self.anew and held <= len(self.points) else 0
        columns = [[row[at] for row in self.points[begin:]] for at in range(5)]
        names = ("epoch", "training", "validation", "metric", "metric_validation")
        return {"from": begin} | {
            name: [known(value) for value in column] for name, column in zip(names, columns, strict=True)
        }


def known(value: float | None) -> float | None:
    """A number that JSON can hold: what is not finite is none."""
    if value is None or isinstance(value, int):
        return value
    return float(rounded(value, 6)) if isfinite(value) else None
