"""Short trainings beside each other: which rate suits a network, and how many rows a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

if TYPE_CHECKING:
    from glassnet import Run


def learning_rate_range(low: float = 1e-6, high: float = 10.0, steps: Annotated[int, Range(10)] = 200) -> Plot:
    """Loss against a rate that grows with every step from the initial weights, and the rate that this suggests.

    x = rate; y = mean loss without penalties: of each step's batch as a dot, of the same 500 rows before each step as a
    line. Suggested: a tenth of the rate at which that line comes to the bottom, the last 5 % of its whole fall.
    (Smith 2017.)

    low: first rate
    high: last rate; the test ends early where the loss runs away
    steps: how many steps, of the run's own batch size
    """

    def draw(run: Run) -> Any:
        from glassnet import rate_range  # here: it loads the trainer

        found, given = rate_range(run.training(), low, high, steps), run.trained.chosen.optimizer.options["lr"]
        title = f"Learning-rate range of {pictures.title_of(run)}"
        made, axes = pictures.single(title, "rate", "mean loss", width=8.6)
        axes.plot(found.rates, found.losses, ".", color=pictures.SKY, markersize=5, label="a step's own batch")
        axes.plot(found.rates, found.level, color=pictures.BLUE, linewidth=2.5, label="the same rows before each step")
        marks = (
            ("suggested", found.suggested, pictures.VERMILION, "--"),
            ("at the bottom", found.bottom, pictures.GREY, ":"),
            ("the run's own", given, pictures.BLACK, "-."),
        )
        for name, rate, colour, dashes in marks:
            if rate is None:
                axes.plot([], [], " ", label=f"{name}: none, nothing was learned")
            else:
                axes.axvline(
                    rate, color=colour, linestyle=dashes, linewidth=2, label=f"{name}: {pictures.significant(rate, 2)}"
                )
        axes.set_xscale("log")
        lowest, highest = found.level.min(), found.level.max()
        axes.set_ylim(lowest - 0.1 * (highest - lowest), highest + 0.15 * (highest - lowest))
        pictures.legend_beside(axes)
        return made

    return Plot(draw, unsuited=_no_rate, costly=True)


def batch_strategies(rows: Annotated[int, Range(10)] = 500, epochs: Annotated[int, Range(1)] = 10) -> Plot:
    """All rows a step, a batch a step, one row a step: the same start and rate, by epochs, updates and seconds.

    y = mean loss over the rows trained on, without penalties, before the first step and after each epoch

    rows: at most so many evenly spaced training rows
    epochs: passes over them
    """

    def draw(run: Run) -> Any:
        from glassnet import batch_trials  # here: it loads the trainer

        training = run.training()
        trials = batch_trials(training, (0, training.plan.batch_size or 32, 1), epochs, rows)
        trials = list({trial.batch_size: trial for trial in trials}.values())
        rate = training.chosen.optimizer.options.get("lr")
        said = f", rate {pictures.significant(rate)} for all" if rate is not None else ""
        made = pictures.figure(
            f"Batch strategies on {trials[0].rows:,} rows of {pictures.title_of(run)}{said}", 12.6, 4.6
        )
        panels = pictures.panels(made, 3, 3)
        labels = ("epochs: visits of each row", "updates of the weights", "seconds of training")
        for axes, label in zip(panels, labels, strict=True):
            pictures.dress(axes, "", label, "mean loss over these rows" if axes is panels[0] else "")
        for trial, look in zip(trials, pictures.looks(), strict=False):
            panels[0].plot(trial.losses, linewidth=2, markersize=6, label=_named(trial), **look)
            for axes, x in zip(panels[1:], (trial.steps, trial.seconds), strict=True):  # no 0 on a logarithmic axis
                axes.plot(x[1:], trial.losses[1:], linewidth=2, markersize=6, label=_named(trial), **look)
        _scales(panels, np.concatenate([trial.losses for trial in trials]))
        return made

    return Plot(draw, unsuited=_no_batches, costly=True)


def _named(trial: Any) -> str:
    name = {trial.rows: f"all {trial.rows:,} rows", 1: "1 row"}.get(trial.batch_size, f"{trial.batch_size} rows")
    return f"{name} a step" + (" (diverged)" if trial.stopped else "")


def _scales(panels: list[Any], losses: Any) -> None:
    for axes in panels:
        if (losses[np.isfinite(losses)] > 0).all():
            pictures.log_scale(axes)
    for axes in panels[1:]:
        axes.set_xscale("log")
    pictures.whole_numbers(panels[0].xaxis)
    pictures.legend_beside(panels[-1])


def _no_rate(run: Run) -> str:
    choice = run.trained.chosen.optimizer
    if run.trained.chosen.is_solver:
        return f"{choice.part.name} looks for its own step lengths and has no rate"
    return "" if "lr" in choice.options else f"{choice.part.name} has no option lr"


def _no_batches(run: Run) -> str:
    name = run.trained.chosen.optimizer.part.name
    return f"{name} looks at all rows in every step" if run.trained.chosen.is_solver else ""
