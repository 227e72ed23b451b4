"""What a sweep came to: the points from best to worst, and which of them nobody can tell apart from the best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from .cells import Cell, Outcome
from .searching import Point

ERRORS = 2  # standard errors within which a difference may be luck: about 95 %
VALIDATION_ROWS, ALL_ROWS = "validation rows", "all rows"


@dataclass(frozen=True)
class Score:
    """What points are compared by: a metric of the validation rows, and which way is better.

    `rows` is how many rows a cell is scored on, `of` which: "validation rows", or "all rows" of a set too small to
    split. `share` says that the metric is a share of them, as accuracy is.
    """

    metric: str
    better: Literal["higher", "lower"]
    rows: int
    of: str = VALIDATION_ROWS

    @property
    def share(self) -> bool:
        return self.metric == "accuracy"

    def lost(self, value: float) -> float:
        """Turned so that lower is better."""
        return -value if self.better == "higher" else value


@dataclass(frozen=True)
class Row:
    """A point with its scores over seeds and folds.

    `spread` is the standard deviation of the scores and `error` that of their mean, None where there is one score
    only. `failed` is how many cells have none, `reason` why. `tied` says that the difference to the best may be luck.
    """

    point: Point
    round: int
    epochs: int
    mean: float
    spread: float | None
    error: float | None
    scores: Mapping[tuple[int, int], float]
    failed: int
    reason: str
    seconds: float
    tied: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """The value of each setting, as `--set` would write it."""
        return tuple(setting.partition("=")[2] for setting in self.point)

    @property
    def whole(self) -> bool:
        return bool(self.scores) and not self.failed


def rank(outcomes: Iterable[Outcome], points: Sequence[Point], score: Score) -> list[Row]:
    """The points, best first, each with the cells of its last round; failed ones come last.

    Ties are marked; equal means keep the order of the points.
    """
    of_point: dict[Point, list[Outcome]] = {point: [] for point in points}
    for outcome in outcomes:
        of_point[outcome.cell.settings].append(outcome)
    rows = [_row(point, found, score.metric) for point, found in of_point.items() if found]
    last = max((row.round for row in rows), default=0)
    rows.sort(key=lambda row: (-row.round, not row.whole, not row.scores, score.lost(row.mean) if row.scores else 0))
    best = next((row for row in rows if row.whole), None)
    if best is None:
        return rows
    return [
        replace(row, tied=row is not best and row.whole and row.round == last and tied(best, row, score))
        for row in rows
    ]


def _row(point: Point, outcomes: Sequence[Outcome], metric: str) -> Row:
    number = max(outcome.cell.round for outcome in outcomes)
    last = sorted((outcome for outcome in outcomes if outcome.cell.round == number), key=_order)
    scores = {(one.cell.seed, one.cell.fold): one.scores[metric] for one in last if not one.failed}
    failed = [one for one in last if one.failed]
    values = np.array(list(scores.values()))
    spread = float(values.std(ddof=1)) if len(values) > 1 else None
    return Row(
        point=point,
        round=number,
        epochs=last[0].cell.epochs,
        mean=float(values.mean()) if len(values) else float("nan"),
        spread=spread,
        error=None if spread is None else spread / len(values) ** 0.5,
        scores=scores,
        failed=len(failed),
        reason=failed[0].failed if failed else "",
        seconds=sum(one.seconds for one in outcomes),
    )


def _order(outcome: Outcome) -> tuple[int, int]:
    cell: Cell = outcome.cell
    return cell.seed, cell.fold


def tied(best: Row, other: Row, score: Score) -> bool:
    """Whether the difference d to the best may be luck: mean(d) <= 2 standard errors of it.

    Its variance has two parts. Repeats: sd(d)^2 / n, of cells of the same seed and fold in pairs. Rows: repeats on
    the same few validation rows share the luck of having drawn just these; a share p of N different rows, such as
    accuracy, adds p (1 - p) / N for each of the two, after one more right and one more wrong row, so that all right
    rows leave a doubt, too (Agresti and Caffo 2000). Other metrics without repeats are tied only where they are equal.
    """
    keys = [key for key in best.scores if key in other.scores]
    difference = np.array([score.lost(other.scores[key]) - score.lost(best.scores[key]) for key in keys])
    n, apart = len(difference), difference.mean()
    variance = float(difference.var(ddof=1)) / n if n > 1 else 0.0
    if score.share and score.of != ALL_ROWS:
        rows = score.rows * len({fold for _, fold in keys})
        shares = [(row.mean * rows + 1) / (rows + 2) for row in (best, other)]
        variance += sum(share * (1 - share) / (rows + 2) for share in shares)
        apart *= rows / (rows + 2)
    return bool(apart <= ERRORS * variance**0.5)
