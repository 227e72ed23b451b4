"""What a comparison looks like: tables and sentences, at a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import join
from ..experiment import Difference
from ..faces import Shows
from ..tables import Table
from ..wording import count, figure, rows_of, significant, tiny

JUDGED = {"test": "the test rows", "train": "the training rows", "all": "all rows"}


# --- libraries ----------------------------------------------------------------------------------------------


def engines_table(result: Any) -> Table:
    """A line a library: how far apart, how good, how fast."""
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


def _apart(side: Any) -> tuple[str, str, str, str]:
    """The largest difference of loss and of weights, at which step, and what they had to stay below."""
    verdict = {True: "ok", False: "OVER", None: ""}[side.agrees]
    limit = "" if side.limit is None else f"{significant(side.limit)} {verdict}"
    return tiny(max(side.loss)), tiny(max(side.weights)), str(side.farthest_step), limit


def engines_in_words(result: Any) -> Iterator[str]:
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


# --- runs ---------------------------------------------------------------------------------------------------


def scores_table(result: Any, name: str) -> Table:
    """One score of all runs, with its interval, and how far it is from the first run's."""
    rows = []
    columns = result.scores[name], result.intervals[name], result.differences[name]
    for called, score, (low, high), apart in zip(result.names, *columns, strict=True):
        cells = called, figure(score), f"{figure(low)} to {figure(high)}"
        rows.append((*cells, *(("", "", "") if apart is None else _difference(apart, result.better[name]))))
    headings = ("run", "score", "95 %", "difference", "95 %", "clear")
    return Table(headings, rows, f"{name} ({result.better[name]} is better)", left=("run",))


def _difference(apart: Difference, better: str) -> tuple[str, str, str]:
    verdict = "better" if (apart.value > 0) == (better == "higher") else "worse"
    span = f"{_signed(apart.low)} to {_signed(apart.high)}"
    return _signed(apart.value), span, verdict if apart.exceeds else "no"


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'}{figure(abs(value))}"


def runs_in_words(result: Any) -> Iterator[str]:
    """How the differences were judged."""
    first = result.runs[0]
    yield f"difference  from {result.names[0]}; clear: its 95 % interval leaves 0 out"
    if any(result.same_rows[1:]):
        rows = len(first.rows(result.split))
        shared = f"all {count(rows, 'row')}" if result.judged == "all" else f"the {rows_of(result.judged, rows)}"
        yield f"            on {shared} that they share (paired bootstrap)"
    apart = [name for name, same in zip(result.names, result.same_rows, strict=True) if not same]
    if apart:
        yield f"            {join(apart)}: on other rows, only the intervals are compared"
    if "dataset" in result.settings:
        yield "            their data differ: no difference in scores can be laid to another choice"
    yield "            the luck of a seed is not in it: train with several --seed"
    if result.judged == "validation":
        yield "            test rows are for the one that you choose: glassnet evaluate RUN"
    elif result.judged == "test":
        yield "            each choice by test rows makes them worth less: choose by validation rows if there are any"


def settings_table(result: Any) -> Table:
    """The choices in which the runs differ, side by side."""
    names = result.names
    first, *others = (run.experiment for run in result.runs)
    rows = [(label, *values) for label, values in first.differences(others).items()]
    return Table(("", *names), rows, "where they differ", left=names, wraps=names)


def engines_face(result: Any) -> Iterator[str | Shows]:
    """The table of libraries, and what its columns mean."""
    yield engines_table(result)
    yield from engines_in_words(result)


def runs_face(result: Any) -> Iterator[str | Shows]:
    """A table a score, how the differences were judged, and where the runs differ."""
    for name in result.scores:
        yield scores_table(result, name)
    yield from runs_in_words(result)
    if result.settings:
        yield settings_table(result)
