"""Rows that are pictures, with what the network says of them and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

if TYPE_CHECKING:
    from glassnet import Run

WIDE = 5  # pictures side by side


def gallery(split: pictures.Split = None, count: Annotated[int, Range(1, 50)] = 15) -> Plot:
    """Rows as pictures, evenly spaced over the split: what the network says, how sure it is, whether it is right.

    right: said = actual. A blue frame is right, a thick vermilion one is wrong and names the actual class.

    split: the rows: train, validation or test; none: those that the run is judged by
    count: how many pictures
    """

    def draw(run: Run) -> Any:
        rows = pictures.spread(range(len(run.rows(split))), count)
        title = f"Predictions: {pictures.title_of(run)}"
        return draw_rows(run, split, rows, title, f"{len(rows)} of {pictures.rows_in_words(run, split)}, evenly spaced")

    return Plot(draw, unsuited=lambda run: _wants_pictures(run) or pictures.lacks(run, split))


def row_losses(run: Run, split: pictures.Split) -> Any:
    """The loss of each row, (n,), as training sees it."""
    objective, rows = run.trained.objective, run.rows(split)
    with np.errstate(all="ignore"):
        return np.nan_to_num(objective.losses(run.trained.network.scores(rows.X), rows.t), nan=np.inf)


def image_shape(run: Run) -> tuple[int, int] | None:
    """(rows, columns) of pixels, where every row of the data set is a picture and none of its columns is left out."""
    shape = run.trained.source.image_shape
    return shape if shape and int(np.prod(shape)) == run.trained.data.train.X.shape[1] else None


def confidence(y: Any, said: Any) -> Any:
    """How sure the network is of the classes it says, (n,): the output of that class; of a single output, y or 1 - y.

    NaN where outputs are no shares from 0 to 1, as with a hinge loss.
    """
    if y.shape[1] == 1:
        sure = np.where(said == 1, y[:, 0], 1 - y[:, 0])
    else:
        sure = y[np.arange(len(y)), said]
    return np.where((y >= 0).all(axis=1) & (y <= 1).all(axis=1), sure, np.nan)


def _wants_pictures(run: Run) -> str:
    return "" if image_shape(run) else "its rows are no pictures"


def draw_rows(run: Run, split: pictures.Split, rows: list[int], title: str, note: str) -> Any:
    """Some rows of a split as pictures, with what the network says of them."""
    shape = image_shape(run)
    images = [X.reshape(shape) for X in run.rows(split).X[rows]]
    wide = min(WIDE, len(rows))
    made = pictures.figure(title, max(5.0, 1.5 * wide), 0.9)
    legend = "" if pictures.task_of(run) == "regression" else "; blue: right, thick orange frame: wrong"
    made.supxlabel(pictures.wrapped(note + legend, made.get_figwidth() - 0.3, pictures.NOTE), fontsize=pictures.NOTE)
    words = _verdicts(run, split, rows, pictures.tile(made, shape, wide)[0])
    frames = [(pictures.BLUE, 1.2) if right else (pictures.VERMILION, 3.5) for _, right in words]
    look: Any = {"vmin": min(0.0, float(np.min(images))), "vmax": float(np.max(images)), "cmap": "gray"}
    pictures.mosaic(made, images, [said for said, _ in words], wide, frames=frames, **look)
    return made


def _verdicts(run: Run, split: pictures.Split, rows: list[int], inches: float) -> list[tuple[str, bool]]:
    """What stands above each picture of so many inches, and whether the network is right.

    Numbers are never quite right or wrong.
    """
    said, actual = (answers[rows] for answers in run.answers(split))
    if pictures.task_of(run) == "regression":
        pairs = zip(said, actual, strict=True)
        return [(f"{_several(p)}\nis {_several(t)}", True) for p, t in pairs]
    names = pictures.class_names(run)
    beside = max(pictures.width("is ", pictures.NOTE), pictures.width(", 100 %", pictures.NOTE))
    names = pictures.fitted(names, inches - beside, pictures.NOTE)
    if pictures.task_of(run) == "multilabel":
        pairs = zip(said, actual, strict=True)
        return [(f"{_labels(p, names)}\nis {_labels(t, names)}", bool((p == t).all())) for p, t in pairs]
    sure = confidence(run.outputs(split)[rows], said)
    return [
        (f"{names[p]}{_percent(s)}\nis {names[t]}", bool(p == t)) for p, t, s in zip(said, actual, sure, strict=True)
    ]


def _several(numbers: Any) -> str:
    return ", ".join(pictures.said(float(number)) for number in numbers[:3])


def _labels(mask: Any, names: list[str]) -> str:
    return ", ".join(name for name, yes in zip(names, mask, strict=True) if yes) or "none"


def _percent(share: float) -> str:
    return "" if np.isnan(share) else f", {100 * share:.0f} %"
