"""What the network does with its inputs: its first weights, and how much it leans on each input."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

from .rows import image_shape

if TYPE_CHECKING:
    from glassnet import Run

MOST_ROWS = 2000  # that importance is measured on, evenly spaced
MOST_LETTERS = 44  # of the name of an input
BAR = 1.0  # inches that a colour bar takes
MOST_PATCHES = 10  # a side: larger pictures are shuffled in patches of several pixels


def first_layer(units: Annotated[int, Range(1, 60)] = 20) -> Plot:
    """The weights of the first layer: for pictures each unit's as a picture, else inputs by units.

    W (inputs, units) of z = x W + b; what is positive raises the unit's score. One colour scale for all units.

    units: how many units, a count
    """

    def draw(run: Run) -> Any:
        W = run.trained.network.w[run.trained.network.layout[0].slice].reshape(run.trained.network.layout[0].shape)
        kept = W[:, :units]
        what = "units" if run.experiment.hidden else "outputs"
        title = (
            f"Weights of the first layer: {pictures.title_of(run)}{pictures.first_of(kept.shape[1], W.shape[1], what)}"
        )
        drawn = _as_pictures if image_shape(run) else _as_table
        return drawn(run, kept, title)

    return Plot(draw, unsuited=pictures.unreadable)


def _unit_names(run: Run, count: int) -> list[str]:
    """Numbers of hidden units; without a hidden layer the units are the outputs, which bear classes."""
    if run.experiment.hidden or pictures.task_of(run) == "regression":
        return [f"{number + 1}" for number in range(count)]
    names = pictures.class_names(run)
    return (names if run.trained.network.widths[-1] == len(names) else names[-1:])[:count]


def _as_pictures(run: Run, W: Any, title: str) -> Any:
    wide = min(5, W.shape[1])
    made = pictures.figure(title, 7.5, 0.6)
    most = float(np.quantile(np.abs(W), 0.998)) or 1.0  # a few extreme pixels would pale all others
    shape = image_shape(run)
    names = pictures.fitted(_unit_names(run, W.shape[1]), pictures.tile(made, shape, wide, BAR)[0], pictures.NOTE)
    titles = [f"unit {name}" for name in names] if run.experiment.hidden else names
    look: Any = {"cmap": pictures.DIVERGING, "vmin": -most, "vmax": most}
    axes, images = pictures.mosaic(made, [weights.reshape(shape) for weights in W.T], titles, wide, BAR, **look)
    pictures.colour_bar(images[0], [axes], "weight")
    return made


def _as_table(run: Run, W: Any, title: str) -> Any:
    names = run.trained.data.features.outputs
    features = [name if "=" in name else pictures.caption(run, name) for name in names]
    kept = pictures.apart(features[:40], MOST_LETTERS)
    first = pictures.first_of(len(kept), len(features), "inputs")
    made = pictures.figure(
        title + first, max(6.4, 3.6 + 0.3 * W.shape[1]) + pictures.beyond(kept), max(3.2, 1.7 + 0.3 * len(kept))
    )
    axes = pictures.dress(made.add_subplot(), "", "unit" if run.experiment.hidden else "output", "input", grid=False)
    most = float(np.abs(W).max()) or 1.0
    image = axes.imshow(W[: len(kept)], cmap=pictures.DIVERGING, vmin=-most, vmax=most, aspect="auto")
    pictures.name_ticks(axes, _unit_names(run, W.shape[1]), "x", 60)
    pictures.name_ticks(axes, kept, "y", 40)
    pictures.colour_bar(image, [axes], "weight")
    return made


def permutation_importance(
    split: pictures.Split = None, repeats: Annotated[int, Range(1, 100)] = 5, most: Annotated[int, Range(1, 50)] = 15
) -> Plot:
    """How much worse the first metric gets when one input is shuffled: what the network really leans on.

    importance = score - score with the column shuffled (turned round where lower is better), mean of the repeats;
    the bars are their standard deviation. Pictures are shuffled patch by patch; what is made of a column follows it.
    Inputs that say the same as others look unimportant: the network still has the others.

    split: the rows: train, validation or test; none: those that the run is judged by
    repeats: shuffles of each input, a count
    most: inputs that are shown, a count

    Source: Breiman (2001), Random forests; Fisher, Rudin and Dominici (2019).
    """

    def draw(run: Run) -> Any:
        names, columns = input_groups(run)
        falls = importances(run, split, columns, repeats)
        metric = pictures.metric(next(iter(run.trained.scorer.metrics)))
        title = f"Permutation importance: {pictures.title_of(run)}"
        note = f"{pictures.rows_in_words(run, split)}, {repeats} shuffles of each {_shuffled(run)}"
        if image_shape(run):
            return _importance_of_pixels(run, falls.mean(axis=1), columns, title, note, metric)
        return _importance_of_columns(names, falls, title, note, metric, most)

    return Plot(draw, unsuited=lambda run: _wants_scores(run) or pictures.lacks(run, split), costly=True)


def _shuffled(run: Run) -> str:
    side = patch_side(run)
    return "input" if side == 0 else "pixel" if side == 1 else f"patch of {side} × {side} pixels"


def patch_side(run: Run) -> int:
    """Pixels along a side of what is shuffled together; 0 where rows are no pictures."""
    shape = image_shape(run)
    return -(-max(shape) // MOST_PATCHES) if shape else 0


def _wants_scores(run: Run) -> str:
    return "" if run.trained.scorer.metrics else "it has no metric to lose"


def input_groups(run: Run) -> tuple[list[str], list[list[int]]]:
    """What is shuffled together: (names, prepared columns of each), by column of the data set, or by patch."""
    if shape := image_shape(run):
        rows, columns = np.indices(shape).reshape(2, -1) // patch_side(run)
        patches = rows * (columns.max() + 1) + columns
        return [str(patch) for patch in np.unique(patches)], [
            np.flatnonzero(patches == p).tolist() for p in np.unique(patches)
        ]
    groups = run.trained.data.features.places
    return [pictures.caption(run, name) for name in groups], list(groups.values())


def importances(run: Run, split: pictures.Split, groups: list[list[int]], repeats: int) -> Any:
    """(groups, repeats): how much worse the first metric gets with the group's columns shuffled, all in one order.

    What is made of them is made of the shuffled ones.
    """
    rows = run.rows(split)
    every = -(-len(rows) // MOST_ROWS)
    weight = None if rows.weight is None else rows.weight[::every]
    rows = replace(rows, X=rows.X[::every].copy(), t=rows.t[::every], target=rows.target[::every], weight=weight)
    scorer, network, features = run.trained.scorer, run.trained.network, run.trained.data.features
    name = next(iter(scorer.metrics))
    sign = 1 if scorer.better[name] == "higher" else -1
    rng = np.random.default_rng([run.experiment.split_seed, 0, 2001])
    whole = scorer(network.predict(rows.X), rows)[name]
    falls = np.empty((len(groups), repeats))
    for number, columns in enumerate(groups):
        moved = [*columns, *features.made_of(columns)]
        kept = rows.X[:, moved].copy()
        for repeat in range(repeats):
            rows.X[:, columns] = kept[rng.permutation(len(kept)), : len(columns)]
            features.remake(rows.X, columns)
            falls[number, repeat] = sign * (whole - scorer(network.predict(rows.X), rows)[name])
        rows.X[:, moved] = kept
    return falls


def _importance_of_columns(names: list[str], falls: Any, title: str, note: str, metric: str, most: int) -> Any:
    order = np.argsort(-falls.mean(axis=1), kind="stable")[:most][::-1]
    title += pictures.first_of(len(order), len(names), "inputs")
    shown = pictures.apart([names[number] for number in order], MOST_LETTERS)
    made, axes = pictures.single(
        title, f"{metric} lost when the input is shuffled", "input", note, 6.8 + pictures.beyond(shown),
        1.9 + 0.36 * len(order),
    )  # fmt: skip
    values, spread = falls[order].mean(axis=1), falls[order].std(axis=1)
    axes.errorbar(values, range(len(order)), xerr=spread, fmt="o", color=pictures.BLUE, markersize=8, capsize=3)
    axes.hlines(range(len(order)), 0, values, color=pictures.BLUE, linewidth=2, alpha=0.5)
    axes.axvline(0, color=pictures.BLACK, linewidth=1)
    pictures.name_ticks(axes, shown, "y", 50)
    axes.set_ylim(-0.6, len(order) - 0.4)
    return made


def _importance_of_pixels(run: Run, means: Any, groups: list[list[int]], title: str, note: str, metric: str) -> Any:
    pixels = np.zeros(sum(map(len, groups)))
    for columns, value in zip(groups, means, strict=True):
        pixels[columns] = value
    shape = image_shape(run)
    made = pictures.figure(title, 6.0, 5.4)
    axes = pictures.without_scale(made.add_subplot(), note)
    most = float(np.abs(means).max()) or 1.0
    image = axes.imshow(pixels.reshape(shape), cmap=pictures.DIVERGING, vmin=-most, vmax=most)
    pictures.colour_bar(image, [axes], f"{metric} lost when it is shuffled")
    return made
