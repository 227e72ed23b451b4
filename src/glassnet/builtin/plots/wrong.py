"""The rows that the network is most wrong about: as pictures, or with their values beside those of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

from .rows import confidence, draw_rows, image_shape, row_losses
from .values import Values, values_of

if TYPE_CHECKING:
    from glassnet import Run

ROW, CELL = 0.46, (0.62, 1.3)  # inches: of a row, which has two lines of words; of a cell, at least and at most
NAMES, BESIDE = 1.5, 1.6  # inches of a class or a label beside a row; of the colour bar and what stands around it
MOST_LETTERS = 28  # of the name of an input


def most_wrong(
    split: pictures.Split = None,
    count: Annotated[int, Range(1, 50)] = 10,
    inputs: Annotated[int, Range(1, 30)] = 8,
) -> Plot:
    """The rows with the highest loss: what is said of them, how surely, what they are, and what is odd in them.

    order: loss of the row, highest first. Rows of pictures are shown as pictures. Of a table each value is written out
    and coloured by the share of training rows that are lower: 0 is the least of all, 1 the most. Names have no order
    and no colour. Rows are counted from 0, as in network_diagram:row=7.

    split: the rows: train, validation or test; none: those that the run is judged by
    count: how many rows
    inputs: of a table at most so many, those in which these rows lie furthest from the middle
    """

    def draw(run: Run) -> Any:
        losses = row_losses(run, split)
        rows = np.argsort(-losses, kind="stable")[:count].tolist()
        title = f"Most wrong: {pictures.title_of(run)}"
        many = f"the {len(rows)} highest losses" if len(rows) > 1 else "the highest loss"
        note = f"{many} of {pictures.rows_in_words(run, split)}"
        if image_shape(run):
            return draw_rows(run, split, rows, title, note)
        return _draw_table(run, split, rows, title, note, inputs)

    return Plot(draw, unsuited=lambda run: pictures.lacks(run, split))


def _draw_table(run: Run, split: pictures.Split, rows: list[int], title: str, note: str, most: int) -> Any:
    every = values_of(run, run.rows(split).X[rows])
    shown = _oddest(every, most)
    says, right = _verdicts(run, split, rows)
    names = pictures.apart([one.name for one in shown], MOST_LETTERS)
    longest = pictures.beyond([text for one in shown for text in one.texts], 0, pictures.NOTE)
    cell = min(CELL[1], max(CELL[0], 0.16 + longest))
    beside = pictures.beyond([line for text in says for line in text.split("\n")], 0, pictures.TICK)
    below = pictures.beyond(names, 0, pictures.TICK)
    if len(shown) < len(every):
        title += f", {len(shown)} of {pictures.count(len(every), 'input')}, in which these lie furthest from the middle"
    turned = 0.75 * below if below > cell else 0.0
    made = pictures.figure(title, max(6.4, beside + cell * len(shown) + BESIDE), 1.3 + ROW * len(rows) + turned)
    axes = pictures.dress(made.add_subplot(), note, "input", "row, counted from 0", grid=False)
    image = _cells(axes, shown, cell)
    pictures.name_ticks(axes, names, "x", most)
    pictures.name_ticks(axes, says, "y", len(says))
    for label, well in zip(axes.get_yticklabels(), right, strict=True):
        label.set_color(pictures.BLACK if well is None else pictures.BLUE if well else pictures.VERMILION)
    pictures.colour_bar(image, [axes], "share of training rows that are lower")
    return made


def _oddest(every: list[Values], most: int) -> list[Values]:
    """At most so many inputs, in their order: those whose values lie furthest from the middle of the training rows."""
    odd = [float(np.nan_to_num(np.abs(one.places - 0.5)).mean()) for one in every]
    kept = sorted(np.argsort(-np.array(odd), kind="stable")[:most].tolist())
    return [every[at] for at in kept]


def _cells(axes: Any, shown: list[Values], cell: float) -> Any:
    """The values in their cells, on colours that say where they lie."""
    places = np.column_stack([one.places for one in shown])
    image = axes.imshow(places, cmap=pictures.DIVERGING, vmin=0, vmax=1, aspect="auto")
    for column, one in enumerate(shown):
        ordered = ~np.isnan(one.places)
        texts = one.texts if ordered.any() else pictures.fitted(one.texts, cell - 0.1, pictures.NOTE)
        for row, text in enumerate(texts):
            colour = pictures.text_on(image.cmap(one.places[row])[:3]) if ordered[row] else pictures.BLACK
            axes.text(
                column, row, text, ha="center", va="center", fontsize=pictures.NOTE, color=colour
            ).set_in_layout(False)  # fmt: skip
    return image


def _verdicts(run: Run, split: pictures.Split, rows: list[int]) -> tuple[list[str], list[bool | None]]:
    """(what stands beside each row: its number, what is said of it, how surely, what it is; whether that is right).

    Numbers are never quite right or wrong.
    """
    said, actual = (answers[rows] for answers in run.answers(split))
    numbers = [str(at) for at in run.rows(split).index[rows].tolist()]
    if pictures.task_of(run) == "regression":
        pairs = [(_several(p), _several(t), "") for p, t in zip(said, actual, strict=True)]
        right: list[bool | None] = [None] * len(rows)
    else:
        names, right = pictures.fitted(pictures.class_names(run), NAMES, pictures.TICK), _right(said, actual)
        if pictures.task_of(run) == "multilabel":
            pairs = [(_labels(p, names), _labels(t, names), "") for p, t in zip(said, actual, strict=True)]
        else:
            sure = confidence(run.outputs(split)[rows], said)
            pairs = [
                (names[p], names[t], "" if np.isnan(s) else f", {pictures.percent(float(s))}")
                for p, t, s in zip(said, actual, sure, strict=True)
            ]
    words = [f"{one}: says {p}{sure}\nis {t}" for one, (p, t, sure) in zip(numbers, pairs, strict=True)]
    return words, right


def _right(said: Any, actual: Any) -> list[bool | None]:
    same = np.equal(said, actual).reshape(len(said), -1)
    return [bool(np.all(one)) for one in same]


def _several(numbers: Any) -> str:
    return ", ".join(pictures.said(float(number)) for number in np.ravel(numbers)[:3])


def _labels(mask: Any, names: list[str]) -> str:
    """The labels that are there, as far as there is room for their names."""
    present = [name for name, yes in zip(names, mask, strict=True) if yes]
    text = ", ".join(present[:3]) + (f" and {len(present) - 3} more" if len(present) > 3 else "")
    return text or "none"
