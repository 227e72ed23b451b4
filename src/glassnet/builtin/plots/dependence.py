"""What the answer depends on: each input by itself, and the number of rows to learn from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

from .inputs import importances, input_groups
from .values import in_units

if TYPE_CHECKING:
    from glassnet import Run

MOST_ROWS = 500
STEPS = 40  # places along an input


def partial_dependence(most: Annotated[int, Range(1, 9)] = 6, split: pictures.Split = None) -> Plot:
    """How the answer moves with one input, all others as they are: a panel for each input, the most important first.

    y = mean over rows of the network's answer with the input set to x, in all of them; for classes the probability
    of each, for numbers the prediction in its own units. The ticks at the bottom are the rows. An input that goes
    with another one is moved to places where no row is; what is made of it follows. (Friedman 2001.)

    most: how many inputs
    split: the rows: train, validation or test; none: those that the run is judged by
    """

    def draw(run: Run) -> Any:
        names, groups = input_groups(run)
        falls = importances(run, split, groups, repeats=2).mean(axis=1)
        order = [at for at in np.argsort(-falls) if len(groups[at]) == 1][:most]
        wide = min(3, len(order))
        title = f"Partial dependence: {pictures.title_of(run)}{pictures.first_of(len(order), len(names), 'inputs')}"
        made = pictures.figure(title, 1.2 + 3.4 * wide, 1.3 + 2.9 * -(-len(order) // wide))
        caption = "probability" if pictures.task_of(run) != "regression" else pictures.target_captions(run)[0]
        panels = pictures.panels(made, len(order), wide)
        for number, (at, name) in enumerate(zip(order, pictures.apart([names[at] for at in order]), strict=True)):
            pictures.dress(panels[number], "", name, "" if number % wide else caption)
            _panel(panels[number], run, split, groups[at][0])
        ends = [end for axes in panels for end in axes.get_ylim()]
        for axes in panels:  # on one scale, so that steep is steep
            axes.set_ylim(min(ends), max(ends))
        if len(_names(run)) > 1:
            pictures.legend(panels[0], fontsize=pictures.NOTE)
        return made

    def unsuited(run: Run) -> str:
        if run.trained.data.features.image_shape:
            return "its inputs are pixels, of which no single one says much"
        no_order = "" if run.trained.scorer.metrics else "it has no metric to order inputs by"
        return pictures.lacks(run, split) or no_order

    return Plot(draw, unsuited=unsuited, costly=True)


def _panel(axes: Any, run: Run, split: pictures.Split, column: int) -> None:
    """A line for each answer over one input, and a tick for each row at the bottom."""
    x, y = dependence(run, split, column)
    for line, label, look in zip(y.T, _names(run), pictures.looks(), strict=False):
        axes.plot(x, line, color=look["color"], linestyle=look["linestyle"], linewidth=2.5, label=label)
    rows = in_units(run, column, run.rows(split).X[:MOST_ROWS, column])
    ticks = {"color": pictures.BLACK, "alpha": 0.3, "transform": axes.get_xaxis_transform()}
    axes.plot(rows, np.full(len(rows), 0.02), "|", **ticks)


def dependence(run: Run, split: pictures.Split, column: int) -> tuple[Any, Any]:
    """(places of the input in its own units, from the 5th to the 95th percentile; mean answers there)."""
    rows = run.rows(split).X
    rows = rows[:: -(-len(rows) // MOST_ROWS)].copy()
    values = np.unique(rows[:, column])
    ends = np.quantile(rows[:, column], [0.05, 0.95])
    places = values if len(values) <= STEPS else np.linspace(ends[0], ends[1], STEPS)
    means = []
    for place in places:
        rows[:, column] = place
        run.trained.data.features.remake(rows, [column])
        means.append(_answers(run, run.trained.network.predict(rows)).mean(axis=0))
    return in_units(run, column, places), np.array(means)


def _answers(run: Run, y: Any) -> Any:
    """Probabilities of all classes but the first of two, or numbers in their own units."""
    targets = run.trained.data.targets
    if targets.task == "regression":
        return targets.numbers(y).reshape(len(y), -1)
    return y[:, 1:] if y.shape[1] == 2 and targets.task == "binary" else y


def _names(run: Run) -> list[str]:
    if pictures.task_of(run) == "regression":
        return pictures.target_captions(run)
    names = pictures.class_names(run)
    return names[1:] if pictures.task_of(run) == "binary" else names


def learning_curve(steps: Annotated[int, Range(2, 12)] = 5) -> Plot:
    """Would more rows help? The score over the number of training rows, on these rows and on the validation rows.

    The same network is trained from its beginning on the first 10 %, ... 100 % of the training rows, as many updates
    as the run had. Two curves that meet low: rows don't help, the network can't do better. A gap that closes: they do.

    steps: how many numbers of rows
    """

    def draw(run: Run) -> Any:
        sizes, scores, judged = trained_on(run, steps)
        metric = next(iter(run.trained.scorer.metrics))
        note = f"{pictures.count(len(run.epochs), 'epoch')} of the largest, and as many updates of each"
        made, axes = pictures.single(
            f"Learning curve: {pictures.title_of(run)}", "training rows", pictures.unit_of(run, metric), note
        )
        for split, values in zip(("train", judged), scores.T, strict=True):
            axes.plot(sizes, values, marker="o", linewidth=2.5, **pictures.SPLITS[split])
        pictures.legend(axes)
        return made

    def unsuited(run: Run) -> str:
        if not run.trained.scorer.metrics:
            return "it has no metric to score by"
        if len(run.trained.splits()) < 2:
            return "it has no rows but those it was trained on"
        return "" if len(run.rows("train")) >= 10 * steps else "it has too few training rows"

    return Plot(draw, unsuited=unsuited, costly=True)


def trained_on(run: Run, steps: int) -> tuple[list[int], Any, str]:
    """(numbers of rows, scores (steps, 2) on these rows and on those that judge, which rows judge)."""
    judged = "validation" if "validation" in run.trained.splits() else "test"
    every, metric = len(run.rows("train")), next(iter(run.trained.scorer.metrics))
    sizes = [round(every * share) for share in np.linspace(0.1, 1, steps)]
    scores = []
    for size in sizes:
        epochs = max(1, round(len(run.epochs) * every / size))
        training = run.training(epochs=min(epochs, 10 * len(run.epochs)))
        rows = _some(training.data.train, size, run.experiment.split_seed)
        training.data = replace(training.data, train=rows)
        for _ in training:
            pass
        score = training.scorer
        pair = [score(training.network.predict(part.X), part)[metric] for part in (rows, training.splits()[judged])]
        scores.append(pair)
    return sizes, np.array(scores), judged


def _some(rows: Any, n: int, seed: int) -> Any:
    """n of the rows, drawn so that each larger number holds all the rows of a smaller one."""
    drawn = np.sort(np.random.default_rng([seed, 0, 2001]).permutation(len(rows))[:n])
    kept = {name: getattr(rows, name)[drawn] for name in ("X", "t", "target", "index")}
    return replace(rows, **kept, weight=None if rows.weight is None else rows.weight[drawn])
