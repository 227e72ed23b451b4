"""Several runs in one picture: their curves, and their scores beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from glassnet import Plot, pictures

from .curves import loss_in_words, loss_unit

if TYPE_CHECKING:
    from glassnet import Run

MOST_RUNS = 14
NAME_INCHES = 2.9  # of what a run is called: longer names go on in a second line


def loss_runs(split: Literal["validation", "train"] = "validation", scale: Literal["log", "linear"] = "log") -> Plot:
    """The loss curves of several runs, each called by what sets it apart.

    x = epoch; y = mean loss over the rows, without penalties

    split: the rows: validation, or train; train where a run has no validation rows
    scale: of the vertical axis; it is linear wherever a loss is not above 0
    """

    def draw(runs: Sequence[Run]) -> Any:
        shown = list(runs)[:MOST_RUNS]
        held = split == "validation" and all(run.history["validation_loss"].notna().any() for run in shown)
        column, rows = ("validation_loss", "validation") if held else ("loss", "training")
        units = {loss_unit(run) for run in shown}
        words = loss_in_words(shown[0]) + (units.pop() if len(units) == 1 else "")
        made, axes = pictures.single(
            _title("Loss", runs, shown), "epoch", f"mean {words}", f"{rows} rows", width=8.0, height=5.2
        )
        for run, name, look in zip(shown, apart(shown), pictures.looks(), strict=False):
            epochs = run.history["epoch"]
            axes.plot(
                epochs,
                run.history[column],
                linewidth=2,
                markersize=5,
                markevery=max(1, len(epochs) // 8),
                label=name,
                **look,
            )
        losses = np.concatenate([run.history[column].to_numpy(dtype=float) for run in shown])
        if scale == "log" and (losses[np.isfinite(losses)] > 0).all():
            pictures.log_scale(axes)
        pictures.whole_numbers(axes.xaxis)
        pictures.legend(axes, fontsize=pictures.NOTE)
        return made

    return Plot(draw, of="runs", unsuited=_can_share_a_loss)


def scores_runs(metric: str = "first") -> Plot:
    """One score of several runs, on the rows that they are chosen by, with its interval and the baseline.

    x = the score; the bar is its 95 % interval, for the luck of having drawn just these rows

    metric: its name; first: the first that all runs have
    """

    def draw(runs: Sequence[Run]) -> Any:
        shown = list(runs)[:MOST_RUNS]
        name = _metric(shown, metric)
        title = _title("Scores", runs, shown)
        splits = [run.chosen_by(*shown) for run in shown]
        rows = ", ".join(dict.fromkeys({"train": "training"}.get(split, split) for split in splits))
        words = f"{pictures.metric(name)}, {rows} rows"
        names = apart(shown)
        lines = sum(max(2, 1 + name.count("\n")) for name in names)
        made, axes = pictures.single(title, words, "run", width=8.0, height=1.9 + 0.3 * lines)
        for position, (run, look) in enumerate(zip(shown, pictures.looks(), strict=False)):
            pictures.score(axes, position, run.score(splits[position], name), upright=False, **look)
        _draw_baselines(axes, shown, name)
        pictures.name_ticks(axes, names, "y")
        axes.set_ylim(len(shown) - 0.5, -0.5)
        return made

    def unsuited(runs: Sequence[Run]) -> str:
        unfinished = [run.folder.name for run in runs if not run.result]
        if unfinished:
            return f"{', '.join(unfinished)} is unfinished"
        return "" if _metric(runs, metric) else f"the runs have no metric in common{_named(metric)}"

    return Plot(draw, of="runs", unsuited=unsuited)


def _title(what: str, runs: Sequence[Run], shown: Sequence[Run]) -> str:
    """What is shown, of how many runs, and on which data set where they share it."""
    datasets = {pictures.shortened(run.experiment.title) for run in runs}
    first = pictures.first_of(len(shown), len(runs), "runs")
    return f"{what} of {len(runs)} runs" + (f": {datasets.pop()}" if len(datasets) == 1 else "") + first


def apart(runs: Sequence[Run]) -> list[str]:
    """What to call each run: its number, and the choices that not all of them share."""
    first, *others = (run.experiment for run in runs)
    said = [[_number(run)] for run in runs]
    for name in first.differing(others):
        values = [_once(getattr(one, name)) for one in (first, *others)]
        for words, value in zip(said, values, strict=True):
            words.append(_in_words(name, value, values))
    return [pictures.wrapped(", ".join(words), NAME_INCHES, pictures.TICK, most=4) for words in said]


def _once(value: Any) -> Any:
    """Phrases for several layers without their repetitions: what follows from the widths alone sets no run apart."""
    phrases = isinstance(value, tuple) and all(isinstance(one, str) for one in value)
    return tuple(phrase for phrase, _ in groupby(value)) if phrases else value


def _number(run: Run) -> str:
    return f"run {run.number}" if run.number else run.folder.name


def _in_words(field: str, value: Any, others: list[Any]) -> str:
    """`sgd lr=0.1`: a part with the options that differ among runs that chose the same part; else `hidden 64-32`."""
    if isinstance(value, tuple):
        return f"{field} {'-'.join(_part(str(one))[0] for one in value) or 'none'}"
    if not isinstance(value, str) or "/" not in value:
        return f"{field.replace('_', ' ')} {value}"
    name, options = _part(value)
    parts = [_part(other) for other in others if isinstance(other, str)]
    same = [other for other_name, other in parts if other_name == name]
    own = [f"{key}={given}" for key, given in options.items() if any(other.get(key) != given for other in same)]
    return " ".join([*([name] if len(same) < len(others) or not own else []), *own])


def _part(phrase: str) -> tuple[str, dict[str, str]]:
    """(short name, options) of a phrase."""
    head, _, rest = phrase.partition(":")
    return head.rpartition("/")[2], dict(pair.split("=", 1) for pair in rest.split(",") if "=" in pair)


def _metric(runs: Sequence[Run], wanted: str) -> str:
    """The metric that all runs have; empty where there is none."""
    names = [run.metrics for run in runs]
    common = [name for name in names[0] if all(name in other for other in names)]
    return next((name for name in common if wanted in ("first", name)), "")


def _named(metric: str) -> str:
    return "" if metric == "first" else f" that is called {metric}"


def _can_share_a_loss(runs: Sequence[Run]) -> str:
    empty = [run.folder.name for run in runs if run.history.empty]
    if empty:
        return f"{', '.join(empty)} has no finished epoch"
    losses = sorted({loss_in_words(run) for run in runs})
    return f"the runs lower different losses: {', '.join(losses)}" if len(losses) > 1 else ""


def _draw_baselines(axes: Any, runs: Sequence[Run], name: str) -> None:
    values = {run.score(metric=name).baseline for run in runs}
    if len(values) == 1 and not np.isnan(min(values)):
        axes.axvline(values.pop(), color=pictures.GREY, linewidth=1.5, linestyle=":", label="baseline")
        pictures.legend(axes, fontsize=pictures.NOTE)
