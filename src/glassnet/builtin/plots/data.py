"""The rows before anything is trained: every input against what is to be learned."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from glassnet import Dataset, Plot, Range, pictures

from .columns import Column, columns_of, draw_counts, draw_target, left_out

MOST_ROWS = 2000  # of a scatter: more dots hide each other
MOST_CLASSES = 7
ACROSS, LINE = 0.6, 0.25  # of the width, for the names of classes below the panels; inches of a line of them
MOST_PICTURED, SAMPLES = 10, 3  # classes of pictures, and how many of each beside their mean


def all_inputs(most: Annotated[int, Range(1, 30)] = 9) -> Plot:
    """The rows of a data set before training: a panel for each input, against what is to be learned.

    For classes how often each value occurs, a line a class; for numbers the target over the input. Text is counted by
    its values, with a bar at the median of the target. Without a target how often each value occurs. Of pictures the
    mean of each class and some of its rows.

    most: at most so many inputs, the first ones
    """

    def draw(choice: Any) -> Any:
        dataset = choice.build(rng=np.random.default_rng(0))
        title = f"Rows of {choice.part.name}: {pictures.count(len(dataset.X), 'row')}"
        if dataset.image_shape:
            return _pictures_of(dataset, title)
        return _panels(dataset, title, most)

    def unsuited(choice: Any) -> str:
        if choice.part.kind != "dataset":
            return f"{choice.part.name} is no data set, but one of the kind {choice.part.kind}"
        return ""

    return Plot(draw, of="part", unsuited=unsuited)


def _classes(dataset: Dataset) -> list[tuple[str, Any]] | None:
    """(name, which rows) of each class of the first target; None where numbers are to be learned, or nothing."""
    if dataset.y is None:
        return None
    y = np.asarray(dataset.y)
    several = y.ndim > 1 and y.shape[1] > 1
    if dataset.task == "multilabel":
        return [(word, y[:, 0] == code) for code, word in enumerate(("no", "yes"))]
    if dataset.task == "regression" or several or (dataset.task is None and y.dtype.kind == "f"):
        return None
    y = np.ravel(y if y.dtype.kind in "biuf" else y.astype(str))
    codes = np.unique(y)
    given = list(dataset.classes) if dataset.classes is not None and y.dtype.kind in "iu" else None
    names = [str(given[int(code)]) if given else _plain(code) for code in codes]
    return [(name, y == code) for name, code in zip(pictures.apart(names), codes, strict=True)]


def _plain(code: Any) -> str:
    """A class as it is called: 2 and not 2.0, which a column with gaps makes of it."""
    return str(int(code)) if isinstance(code, float) and code == int(code) else str(code)


def _panels(dataset: Dataset, title: str, most: int) -> Any:
    columns, classes = columns_of(dataset), _classes(dataset)
    shown, rows = columns[:most], len(dataset.X)
    several = 0 if dataset.y is None else np.reshape(np.asarray(dataset.y), (rows, -1)).shape[1]
    names = dataset.target_names or ("target",)
    target = pictures.shortened(str(dataset.captions.get(names[0], names[0])))
    title += pictures.first_of(len(shown), len(columns), "inputs")
    thinned = rows if several and classes is None else 0
    title += "".join(f"\n{note}" for note in _left_out(dataset, thinned, several, classes))
    wide = min(3, len(shown))
    made = pictures.figure(title, max(6.4, 1.0 + 3.2 * wide), 1.4 + 2.7 * -(-len(shown) // wide))
    panels = pictures.panels(made, len(shown), wide)
    every = classes or [("rows", np.ones(rows, bool))]
    for number, (axes, column) in enumerate(zip(panels, shown, strict=True)):
        beside = "rows" if classes or not several else target
        numbers = [one.words is None for one in shown[number - number % wide : number + 1]]
        _say(axes, column, beside, sum(numbers) == 1)
        if classes is None and several:
            y = np.reshape(np.asarray(dataset.y, dtype=float), (rows, -1))[:, 0]
            draw_target(axes, column, y, -(-rows // MOST_ROWS))
        else:
            draw_counts(axes, column, every[:MOST_CLASSES])
    if classes is not None:
        _name_classes(made, sorted(zip(shown, panels, strict=True), key=lambda pair: pair[0].words is not None), target)
    return made


def _name_classes(made: Any, panels: list[tuple[Column, Any]], target: str) -> None:
    """What the lines of all panels are called, below them: the figure grows by as much as that takes."""
    axes = [one for _, one in panels]
    names = [str(label) for label in axes[0].get_legend_handles_labels()[1]]
    longest = pictures.beyond(names, 0, pictures.NOTE)
    columns = max(2, min(len(names), int(ACROSS * made.get_figwidth() / max(longest, 0.1))))
    each = 1 if columns * longest <= ACROSS * made.get_figwidth() else 2
    made.set_figheight(made.get_figheight() + LINE * (1 + each * -(-len(names) // columns)))
    pictures.legend(axes, onto=made, title=target, loc="outside lower center", ncols=columns, fontsize=pictures.NOTE)


def _say(axes: Any, column: Column, beside: str, first: bool) -> None:
    """What the axes of a panel show; `beside` is what is counted or learned, said along y by the first in each row."""
    caption = pictures.shortened(column.name)
    if column.words is not None:
        pictures.dress(axes, column.note, beside, caption)
        return
    unit = f"{caption}, {column.unit}" if column.unit else caption
    pictures.dress(axes, column.note, unit, beside if first else "")


def _left_out(dataset: Dataset, rows: int, targets: int, classes: list[Any] | None) -> list[str]:
    """What is not drawn, in words, where `rows` are drawn as dots."""
    step = -(-rows // MOST_ROWS)
    notes = [f"one in {step} of them is drawn, evenly spaced"] if step > 1 else []
    if targets > 1:
        notes.append(f"against the first of {targets} targets")
    if classes and len(classes) > MOST_CLASSES:
        notes.append(f"first {MOST_CLASSES} of {pictures.count(len(classes), 'class', 'classes')}")
    aside = [one.name for one in left_out(dataset)]
    if aside:
        few = ", ".join(pictures.apart(aside[:3])) + (", ..." if len(aside) > 3 else "")
        notes.append(f"{pictures.count(len(aside), 'column')} left out of learning: {few}")
    return notes


def _pictures_of(dataset: Dataset, title: str) -> Any:
    """A line of pictures for each class: its mean, then its first rows."""
    X = np.asarray(dataset.X, dtype=float)
    classes = _classes(dataset) or [("all", np.ones(len(X), bool))]
    shape, images, titles = dataset.image_shape, [], []
    title += pictures.first_of(min(len(classes), MOST_PICTURED), len(classes), "classes")
    for name, of in classes[:MOST_PICTURED]:
        rows = X[of]
        images += [rows.mean(axis=0).reshape(shape), *(row.reshape(shape) for row in rows[:SAMPLES])]
        titles += [f"mean of {name}", *[name] * min(SAMPLES, len(rows))]
    made = pictures.figure(title, 8.4, 0.6)
    pictures.mosaic(made, images, titles, wide=2 * (SAMPLES + 1), cmap="gray_r")
    return made
