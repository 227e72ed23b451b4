"""Which classes are taken for which, and how well each one is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from glassnet import Plot, pictures

if TYPE_CHECKING:
    from glassnet import Run

MOST_CLASSES = 30
PALE = 2.0  # where the colours of a report end: up to 1 black letters are read on them
_COLOUR = {"row": "share of the actual class", "none": "rows"}


def confusion_matrix(split: pictures.Split = None, share: Literal["row", "none"] = "row") -> Plot:
    """Which classes are taken for which: rows are actual classes, columns what the network says.

    C[i, j] = rows of class i that are called j. With several labels, one matrix of two by two for each.

    split: the rows: train, validation or test; none: those that the run is judged by
    share: what the colour shows: row, the share of the actual class; none, the count itself
    """

    def draw(run: Run) -> Any:
        said, actual = run.answers(split)
        title = f"Confusion matrix: {pictures.title_of(run)}"
        if pictures.task_of(run) == "multilabel":
            return _matrices_of_labels(run, said, actual, title, share, split)
        names = pictures.class_names(run)
        right = pictures.significant(100 * float(np.mean(said == actual)))
        inches = min(11.0, 4.4 + 0.34 * len(names))
        made = pictures.figure(title, inches + 0.8 + pictures.beyond(names), inches + 0.7 * pictures.beyond(names))
        note = f"{pictures.rows_in_words(run, split)}, {right} % of them right{mistaken(said, actual, names)}"
        caption = pictures.target_captions(run)[0]
        axes = made.add_subplot()
        counts = counts_of(said, actual, len(names))
        image = _matrix(axes, counts, names, share, note, caption, counts.max())
        pictures.colour_bar(image, [axes], _COLOUR[share])
        return made

    def unsuited(run: Run) -> str:
        too_many = f"it has {len(pictures.class_names(run))} classes, more than {MOST_CLASSES} cells can be read"
        many = too_many if len(pictures.class_names(run)) > MOST_CLASSES else ""
        return pictures.wants_classes(run) or pictures.lacks(run, split) or many

    return Plot(draw, unsuited=unsuited)


def mistaken(said: Any, actual: Any, names: list[str]) -> str:
    """`; 8 is taken for 1 most: 3 of 35`: the largest share of a class that is called another; empty without errors."""
    counts = counts_of(said, actual, len(names)).astype(float)
    np.fill_diagonal(wrong := counts.copy(), 0.0)
    if not wrong.any():
        return ""
    of = counts.sum(axis=1)
    i, j = np.unravel_index(int(np.argmax(wrong / np.maximum(of, 1)[:, None])), wrong.shape)
    return f"; {names[i]} is taken for {names[j]} most: {int(wrong[i, j]):,} of {int(of[i]):,}"


def counts_of(said: Any, actual: Any, classes: int) -> Any:
    """C (classes, classes): how many rows of class i are called j."""
    return np.bincount(actual * classes + said, minlength=classes * classes).reshape(classes, classes)


def _matrix(axes: Any, counts: Any, names: list[str], share: str, note: str, caption: str, most: int) -> Any:
    """One matrix in its axes; the image is returned, whose colours go up to 1, or to `most` rows."""
    pictures.dress(axes, note, f"predicted {caption}", f"actual {caption}", grid=False)
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    values = counts / totals if share == "row" else counts
    top = 1.0 if share == "row" else float(max(1, most))
    image = axes.imshow(values, cmap="Blues", vmin=0, vmax=top)
    pictures.name_ticks(axes, names, "x")
    pictures.name_ticks(axes, names, "y")
    size = pictures.TICK if len(names) <= 12 else max(6.0, pictures.TICK * 13 / len(names))
    for (i, j), count in np.ndenumerate(counts):
        if count or len(names) <= 4:
            colour = pictures.text_on(image.cmap(image.norm(values[i, j])))
            axes.text(j, i, f"{count:,}", ha="center", va="center", color=colour, fontsize=size, in_layout=False)
    return image


def _matrices_of_labels(run: Run, said: Any, actual: Any, title: str, share: str, split: pictures.Split) -> Any:
    labels = pictures.class_names(run)[: pictures.MOST_PANELS]
    first = pictures.first_of(len(labels), actual.shape[1], "labels")
    wide = min(3, len(labels))
    made = pictures.figure(f"{title}{first}", 1.0 + 3.2 * wide, 0.9 + 3.3 * -(-len(labels) // wide))
    panels = pictures.panels(made, len(labels), wide)
    counts = [counts_of(said[:, number], actual[:, number], 2) for number in range(len(labels))]
    most = max(one.max() for one in counts)
    for axes, one, name in zip(panels, counts, labels, strict=True):
        image = _matrix(axes, one, ["no", "yes"], share, f"{name}, {pictures.rows_in_words(run, split)}", name, most)
    pictures.colour_bar(image, panels, _COLOUR[share])
    return made


def class_report(split: pictures.Split = None) -> Plot:
    """Precision, recall and F1 of each class, with the number of its rows.

    precision = hits / predicted; recall = hits / actual; F1 = 2 hits / (predicted + actual); 0 / 0 counts as 0.
    The last line is the mean over classes, each counting the same.

    split: the rows: train, validation or test; none: those that the run is judged by
    """

    def draw(run: Run) -> Any:
        names = pictures.class_names(run)
        scores, actual = report_of(*run.answers(split), len(names))
        kept = names[:MOST_CLASSES]
        table = np.vstack([scores[: len(kept)], scores.mean(axis=0)])
        title = f"Report by class: {pictures.title_of(run)}{pictures.first_of(len(kept), len(names), 'classes')}"
        made = pictures.figure(title, 7.0 + pictures.beyond(kept), 2.0 + 0.42 * len(table))
        label = pictures.target_captions(run)[0] if pictures.task_of(run) != "multilabel" else "label"
        axes = pictures.dress(made.add_subplot(), "", "", label, grid=False)
        axes.set_xlabel(pictures.rows_in_words(run, split), fontsize=pictures.NOTE)
        lines = [f"{name}  ({count:,} rows)" for name, count in zip(kept, actual, strict=False)]
        _table(axes, table, [*lines, "mean over classes"])
        return made

    return Plot(draw, unsuited=lambda run: pictures.wants_classes(run) or pictures.lacks(run, split))


def report_of(said: Any, actual: Any, classes: int) -> tuple[Any, Any]:
    """(precision, recall and F1 of each class (classes, 3), rows of each (classes,)); of labels, each one's yes."""
    if actual.ndim == 1:
        said, actual = said[:, None] == np.arange(classes), actual[:, None] == np.arange(classes)
    said, actual = said.astype(bool), actual.astype(bool)
    hits, predicted, true = (said & actual).sum(axis=0), said.sum(axis=0), actual.sum(axis=0)
    parts = np.stack([hits, hits, 2 * hits], axis=1).astype(float)
    wholes = np.stack([predicted, true, predicted + true], axis=1)
    return np.divide(parts, wholes, out=np.zeros_like(parts), where=wholes > 0), true


def _table(axes: Any, table: Any, lines: list[str]) -> None:
    """Numbers in cells whose colours go from 0 to 1 in every picture; the line of means stands apart."""
    axes.imshow(table, cmap="Blues", vmin=0, vmax=PALE, aspect="auto")
    axes.set_xticks(range(3), ["precision", "recall", "F1"])
    axes.set_yticks(range(len(lines)), lines)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for (i, j), value in np.ndenumerate(table):
        axes.text(
            j, i, pictures.said(value), ha="center", va="center", color="black", fontsize=pictures.TICK, in_layout=False
        )
    axes.axhline(len(lines) - 1.5, color="white", linewidth=6)
