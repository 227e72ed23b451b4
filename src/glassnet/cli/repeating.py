"""What `glassnet train --folds K --repeats N` prints: one setting trained several times, beside a straight line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..tables import Table
from ..wording import change, count, duration, figure
from .edge import say

if TYPE_CHECKING:
    from ..sweeps import Repeated, Repeats, Sweep


def describe_repeats(found: Sweep) -> Iterator[str]:
    """What is going to be trained, in a few lines."""
    plan, score = found.plan, found.score
    how = [count(plan.folds, "fold")] * bool(plan.folds) + [count(found.seeds, "seed")] * (found.seeds > 1)
    yield f"repeats    {' x '.join(how)}: {count(found.total, 'training')}, each beside a straight line on its rows"
    which = f"all {count(score.rows, 'row')}, too few to split" if score.of == "all rows" else "validation rows"
    which = "the rows of its fold" if plan.folds else which
    yield f"score      {score.metric} ({score.better} is better) of {which}; test rows take no part"
    if found.outcomes:
        yield f"resumed    {len(found.outcomes)} of {found.total} trainings are finished already"
    yield f"kept in    {found.folder}"


def repeats_summary(found: Sweep, trainings: int, seconds: float) -> Iterator[Any]:
    """Mean, spread and interval of each score, of the line, and of the difference."""
    repeats = found.repeats_done()
    rows = []
    for name, score in repeats.scores.items():
        rows.append((name, *_cells(score)))
        if name in repeats.line:
            rows.append(("  straight line", *_cells(repeats.line[name])))
            rows.append(("  network less line", *_cells(repeats.differences[name], change)))
    yield Table(("", "mean", "spread", "95 % of the mean"), rows)
    if repeats.failed:
        yield f"{repeats.failed} of {count(found.total, 'training')} failed: {repeats.reason}"
    yield what_it_covers(found)
    yield f"{count(trainings, 'training')} in {duration(seconds)}; kept in {found.folder}"


def _cells(one: Repeated, said: Any = figure) -> tuple[str, str, str]:
    return said(one.mean), figure(one.spread), f"{said(one.low)} to {said(one.high)}"


def what_it_covers(found: Sweep) -> str:
    """Which luck the interval is for."""
    if found.plan.folds:
        return "The interval is for the luck of rows and seeds, corrected for training rows that folds share."
    return "The interval is for the luck of seeds alone, always on the same rows: --folds 5 changes the rows."


def repeats_short(found: Sweep) -> str:
    """One line."""
    repeats, metric = found.repeats_done(), found.score.metric
    if metric not in repeats.scores:
        return f"no training has a score, {found.folder}"
    score = repeats.scores[metric]
    line = f", straight line {figure(repeats.line[metric].mean)}" if metric in repeats.line else ""
    return f"{metric} {figure(score.mean)} ({figure(score.low)} to {figure(score.high)}){line}, {found.folder}"


def print_repeats_json(found: Sweep, seconds: float) -> None:
    """One object: what was repeated, and by metric mean, spread, interval and every value."""
    from ..files import plain

    plan, repeats = found.plan, found.repeats_done()
    asked = {"folds": plan.folds, "repeats": found.seeds}
    done = {"trainings": len(found.outcomes), "metric": found.score.metric}
    said = {"sweep": str(found.folder), **asked, **done, "seconds": round(seconds, 3), **_plain(repeats)}
    say(json.dumps(plain(said)))


def _plain(repeats: Repeats) -> dict[str, Any]:
    parts = {"scores": repeats.scores, "linear": repeats.line, "differences": repeats.differences}
    told = {part: {name: _figures(one) for name, one in found.items()} for part, found in parts.items()}
    return told | {"failed": repeats.failed, "reason": repeats.reason}


def _figures(one: Repeated) -> dict[str, Any]:
    return {"mean": one.mean, "spread": one.spread, "interval": [one.low, one.high], "values": [*one.values.values()]}
