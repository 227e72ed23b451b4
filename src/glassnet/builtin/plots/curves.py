"""How a training went, epoch by epoch: the loss, and every score that was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

from glassnet import GlassnetError, Plot, Range, pictures

if TYPE_CHECKING:
    from glassnet import Run


def loss(scale: Literal["log", "linear"] = "log") -> Plot:
    """The loss of each epoch, on training and validation rows, with the best epoch marked.

    x = epoch; y = mean loss over rows, without penalties. The training loss is the mean over the epoch's steps, the
    validation loss is taken after the last of them. Best is the epoch with the lowest monitored number.

    scale: of the vertical axis; it is linear wherever a loss is not above 0
    """

    def draw(run: Run) -> Any:
        history = columns_of(run)
        title = f"Loss by epoch: {pictures.title_of(run)}"
        made, axes = pictures.single(title, "epoch", f"mean {loss_in_words(run)}{loss_unit(run)}", _note(run))
        _line(axes, history["epoch"], history["loss"], "train")
        if not np.isnan(history["validation_loss"]).all():
            _line(axes, history["epoch"], history["validation_loss"], "validation")
        losses = np.concatenate([history["loss"], history["validation_loss"]])
        if scale == "log" and (losses[np.isfinite(losses)] > 0).all():
            pictures.log_scale(axes)
        _mark_best(axes, run)
        pictures.legend(axes)
        return made

    return Plot(draw, unsuited=_no_epoch)


def metrics(columns: Annotated[int, Range(1, 9)] = 2) -> Plot:
    """Every score of each epoch, on training and validation rows: one panel a metric, the best epoch marked.

    x = epoch; y = the metric; errors are in the target's own units. Each panel names the baseline, which is the score
    of the most frequent class or of the mean.

    columns: panels side by side, a count
    """

    def draw(run: Run) -> Any:
        history = columns_of(run)
        names = metric_names(run)
        shown = names[: pictures.MOST_PANELS]
        wide = min(columns, len(shown))
        high = -(-len(shown) // wide)
        title = f"Scores by epoch: {pictures.title_of(run)}{pictures.first_of(len(shown), len(names), 'metrics')}"
        made = pictures.figure(title, 6.4 if wide == 1 else 4.2 * wide, 0.9 + 3.5 * high)
        spare = wide * high - len(shown)
        panels = pictures.panels(made, len(shown) + (spare > 0), wide)
        for axes, name in zip(panels, shown, strict=False):
            pictures.dress(axes, _with_baseline(run, name), "epoch", pictures.unit_of(run, name))
            for split in ("train", "validation"):
                if f"{split}_{name}" in history:
                    _line(axes, history["epoch"], history[f"{split}_{name}"], split)
            _mark_best(axes, run)
        _legend(panels, spare)
        return made

    return Plot(draw, unsuited=lambda run: _no_epoch(run) or ("" if metric_names(run) else "it took no scores"))


def metric_names(run: Run) -> list[str]:
    """The metrics that were taken in each epoch, in their order."""
    return [str(name).removeprefix("train_") for name in columns_of(run) if name.startswith("train_")]


def loss_in_words(run: Run) -> str:
    """The loss's name as people write it: `cross entropy`."""
    name = str(run.experiment.loss or "loss").partition(":")[0].rpartition("/")[2]
    return name.replace("_", " ")


def loss_unit(run: Run) -> str:
    """`, squared standard deviations` of a loss of numbers that were standardised, beside errors in euros; else empty.

    A loss that is neither a square nor an amount has them inside, not as its unit.
    """
    try:
        targets = run.trained.data.targets
    except GlassnetError:  # its rows are gone, and its curves are there all the same
        return ""
    if targets.task != "regression" or (np.asarray(targets.scale) == 1).all():
        return ""
    units = {"squared error": "squared standard deviations", "absolute error": "standard deviations"}
    return f", {units.get(loss_in_words(run), 'of standardised numbers')}"


def best_epoch(run: Run) -> int:
    """The first epoch with the lowest monitored number."""
    history = columns_of(run)
    monitored = history["monitored"]
    return int(history["epoch"][int(np.argmin(np.where(np.isnan(monitored), np.inf, monitored)))])


def columns_of(run: Run) -> dict[str, Any]:
    """The numbers of all epochs, an array a column; as a table they would need pandas, which takes long to load."""
    rows = [epoch.row() for epoch in run.epochs]
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: np.array([row.get(name, np.nan) for row in rows], dtype=float) for name in names}


def _no_epoch(run: Run) -> str:
    return "" if run.epochs else "it has no finished epoch"


def _note(run: Run) -> str:
    """Which mean it is, and how training ended where that explains what is seen."""
    stopped = str(run.result.get("stopped", "unfinished")).partition(":")[0]
    return "mean over rows, without penalties" + ("" if stopped.startswith(("all ", "no ")) else f"; {stopped}")


def _line(axes: Any, epochs: Any, values: Any, split: str) -> None:
    """One split's line; a few markers on it, so that lines are told apart without colour."""
    marker = {"train": "o", "validation": "s"}[split]
    every = max(1, len(epochs) // 12)
    axes.plot(epochs, values, linewidth=2, marker=marker, markersize=5, markevery=every, **pictures.SPLITS[split])
    pictures.whole_numbers(axes.xaxis)


def _mark_best(axes: Any, run: Run) -> None:
    if np.isnan(columns_of(run)["monitored"]).all():
        return
    best = best_epoch(run)
    axes.axvline(best, color=pictures.BLACK, linewidth=1.2, linestyle=":", label=f"best epoch: {best}", zorder=1)


def _with_baseline(run: Run, name: str) -> str:
    value = run.score(metric=name).baseline if name in run.metrics else np.nan
    if np.isnan(value):
        return pictures.metric(name)
    shown = round(value, 3) + 0.0 if name == "r2" else value  # R² of the mean is 0, but for the luck of the split
    return f"{pictures.metric(name)} (baseline {pictures.said(shown)})"


def _legend(panels: list[Any], spare: int) -> None:
    """In the place that the last row of panels leaves free, or else inside the first panel."""
    if not spare:
        pictures.legend(panels[0])
        return
    panels[-1].set_axis_off()
    pictures.legend(panels[0], onto=panels[-1], loc="center", fontsize=pictures.LABEL, frameon=False)
