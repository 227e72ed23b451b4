"""What a comparison looks like: tables and sentences for people, plain data for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..errors import join
from ..tables import Table
from ..wording import count, rows_of, significant, tiny

if TYPE_CHECKING:
    from ..comparing import Difference, EngineComparison, RunComparison, Side

JUDGED = {"test": "the test rows", "train": "the training rows", "all": "all rows"}


# --- libraries ----------------------------------------------------------------------------------------------


def engines_table(result: EngineComparison) -> Table:
    """A line a library: how far apart, how good, how fast."""
    from ..wording import figure

    metric = next(iter(result.own.scores))
    headings = ("engine", "version", "loss", "weights", "step", "limit", metric, "ms/epoch", "ratio")
    rows = []
    for side in (result.own, *result.others):
        apart = _apart(side) if side is not result.own else ("", "", "", "")
        milliseconds = significant(1000 * side.seconds_an_epoch)
        version = side.version.partition("+")[0]  # without the build, as in 2.13.0+cpu
        figures = figure(side.scores[metric]), milliseconds, significant(result.ratio(side))
        rows.append((side.name, version, *apart, *figures))
    return Table(headings, rows, left=("version",))


def _apart(side: Side) -> tuple[str, str, str, str]:
    """The largest difference of loss and of weights, at which step, and what they had to stay below."""
    verdict = {True: "ok", False: "OVER", None: ""}[side.agrees]
    limit = "" if side.limit is None else f"{significant(side.limit)} {verdict}"
    return tiny(max(side.loss)), tiny(max(side.weights)), str(side.farthest_step), limit


def engines_in_words(result: EngineComparison) -> Iterator[str]:
    """What the columns mean, and what was converted."""
    metric, epochs = next(iter(result.own.scores)), result.experiment.epochs
    yield f"loss, weights  farthest from glassnet in {result.steps} single steps of {result.batch_size} rows"
    yield "step           where the weights were that far apart; limit: the most that passes"
    yield f"{metric:<13}  of {JUDGED[result.judged]}, after {count(epochs, 'epoch')} from the same weights again"
    yield "ratio          time of an epoch by glassnet's (the median epoch)"
    for side in result.others:
        yield from (f"{side.name:<13}  {remark}" for remark in side.remarks)
        if side.agrees is False:
            yield f"{side.name:<13}  DIFFERS: {tiny(side.largest)} is above its limit, {significant(side.limit or 0)}"
    yield from (f"note           {remark}" for remark in result.remarks)


def engines_as_json(result: EngineComparison) -> dict[str, Any]:
    """All figures of every library, each step's among them."""
    import json

    return {
        "experiment": json.loads(result.experiment.to_json()),
        "steps": result.steps,
        "batch_size": result.batch_size,
        "judged": result.judged,
        "agrees": result.agrees,
        "engines": [_side_as_json(result, side) for side in (result.own, *result.others)],
        "remarks": result.remarks,
    }


def _side_as_json(result: EngineComparison, side: Side) -> dict[str, Any]:
    return {
        "engine": side.name,
        "version": side.version,
        "agrees": side.agrees,
        "limit": side.limit,
        "largest": {"loss": max(side.loss), "weights": max(side.weights), "outputs": side.outputs},
        "farthest_step": side.farthest_step,
        "steps": {"loss": side.loss, "weights": side.weights},
        "weights_at_end": side.end,
        "scores": dict(side.scores),
        "seconds": side.seconds,
        "seconds_an_epoch": side.seconds_an_epoch,
        "ratio": result.ratio(side),
        "remarks": side.remarks,
    }


# --- runs ---------------------------------------------------------------------------------------------------


def scores_table(result: RunComparison, name: str) -> Table:
    """One score of all runs, with its interval, and how far it is from the first run's."""
    from ..wording import figure

    rows = []
    columns = result.scores[name], result.intervals[name], result.differences[name]
    for run, score, (low, high), apart in zip(result.runs, *columns, strict=True):
        cells = run.folder.name, figure(score), f"{figure(low)} to {figure(high)}"
        rows.append((*cells, *(("", "", "") if apart is None else _difference(apart, result.better[name]))))
    headings = ("run", "score", "95 %", "difference", "95 %", "clear")
    return Table(headings, rows, f"{name} ({result.better[name]} is better)", left=("run",))


def _difference(apart: Difference, better: str) -> tuple[str, str, str]:
    verdict = "better" if (apart.value > 0) == (better == "higher") else "worse"
    span = f"{_signed(apart.low)} to {_signed(apart.high)}"
    return _signed(apart.value), span, verdict if apart.exceeds else "no"


def _signed(value: float) -> str:
    from ..wording import figure

    return f"{'-' if value < 0 else '+'}{figure(abs(value))}"


def runs_in_words(result: RunComparison) -> Iterator[str]:
    """How the differences were judged."""
    from ..comparing.runs import split_of

    first = result.runs[0]
    yield f"difference  from {first.folder.name}; clear: its 95 % interval leaves 0 out"
    if any(result.same_rows[1:]):
        rows = len(first.rows(split_of(result.judged)))
        shared = f"all {count(rows, 'row')}" if result.judged == "all" else f"the {rows_of(result.judged, rows)}"
        yield f"            on {shared} that they share (paired bootstrap)"
    apart = [run.folder.name for run, same in zip(result.runs, result.same_rows, strict=True) if not same]
    if apart:
        yield f"            {join(apart)}: on other rows, only the intervals are compared"
    if "dataset" in result.settings:
        yield "            their data differ: no difference in scores can be laid to another choice"
    yield "            the luck of a seed is not in it: train with several --seed"
    if result.judged == "validation":
        yield "            test rows are for the one that you choose: glassnet evaluate RUN"
    elif result.judged == "test":
        yield "            each choice by test rows makes them worth less: choose by validation rows if there are any"


def settings_table(result: RunComparison) -> Table:
    """The choices in which the runs differ, side by side."""
    names = [run.folder.name for run in result.runs]
    first, *others = (run.experiment for run in result.runs)
    rows = [(label, *values) for label, values in first.differences(others).items()]
    return Table(("", *names), rows, "where they differ", left=names, wraps=names)


def runs_as_json(result: RunComparison) -> dict[str, Any]:
    """Scores, intervals and differences of each run, and the settings in which they differ."""
    return {"runs": [_run_as_json(result, i) for i in range(len(result.runs))], "settings": result.settings}


def _run_as_json(result: RunComparison, number: int) -> dict[str, Any]:
    from dataclasses import asdict

    apart = {name: values[number] for name, values in result.differences.items()}
    return {
        "run": str(result.runs[number].folder),
        "judged": result.judged,
        "same_rows": result.same_rows[number],
        "scores": {name: values[number] for name, values in result.scores.items()},
        "intervals": {name: values[number] for name, values in result.intervals.items()},
        "differences": {name: one and asdict(one) | {"clear": one.exceeds} for name, one in apart.items()},
    }
