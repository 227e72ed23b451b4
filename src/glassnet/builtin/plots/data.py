"""The rows before anything is trained: every input against what is to be learned."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from glassnet import Dataset, Plot, Range, pictures

MOST_ROWS = 2000  # of a scatter: more dots hide each other
MOST_CLASSES = 7
MOST_PICTURED, SAMPLES = 10, 3  # classes of pictures, and how many of each beside their mean


def all_inputs(most: Annotated[int, Range(1, 30)] = 9) -> Plot:
    """The rows of a data set before training: a panel for each input, against what is to be learned.

    For classes how often each value occurs, a line a class; for numbers the target over the input. Of pictures the mean
    of each class and some of its rows.

    most: at most so many inputs, the first ones
    """

    def draw(choice: Any) -> Any:
        dataset = choice.build(rng=np.random.default_rng(0))
        X, y = _matrix(dataset), np.asarray(dataset.y)
        title = f"Rows of {choice.part.name}: {pictures.count(len(X), 'row')}"
        if dataset.image_shape:
            return _pictures_of(dataset, X, y, title)
        return _panels(dataset, X, y, title, most)

    def unsuited(choice: Any) -> str:
        if choice.part.kind != "dataset":
            return f"{choice.part.name} is no data set, but one of the kind {choice.part.kind}"
        return _not_numbers(choice.build(rng=np.random.default_rng(0)))

    return Plot(draw, of="part", unsuited=unsuited)


def _matrix(dataset: Dataset) -> Any:
    return np.asarray(dataset.X, dtype=float)


def _not_numbers(dataset: Dataset) -> str:
    try:
        _matrix(dataset)
    except (TypeError, ValueError):
        return "some of its columns hold text: glassnet data show tells what is in them"
    return ""


def _classes(dataset: Dataset, y: Any) -> list[tuple[str, Any]] | None:
    """(name, which rows) of each class; None where numbers are to be learned."""
    several = y.ndim > 1 and y.shape[1] > 1
    if dataset.task == "regression" or several or (dataset.task is None and y.dtype.kind == "f"):
        return None
    codes = np.unique(y)
    given = list(dataset.classes) if dataset.classes is not None and y.dtype.kind in "iu" else None
    names = [str(given[int(code)]) if given else str(code) for code in codes]
    return [(name, np.ravel(y) == code) for name, code in zip(pictures.apart(names), codes, strict=True)]


def _panels(dataset: Dataset, X: Any, y: Any, title: str, most: int) -> Any:
    names = [str(name) for name in dataset.feature_names or [f"x{n + 1}" for n in range(X.shape[1])]]
    shown, classes, targets = names[:most], _classes(dataset, y), np.reshape(y, (len(y), -1))
    notes = _left_out(len(X) if classes is None else 0, 1 if classes else targets.shape[1])
    title += pictures.first_of(len(shown), len(names), "inputs") + "".join(f"\n{note}" for note in notes)
    wide = min(3, len(shown))
    made = pictures.figure(title, max(6.4, 1.0 + 3.2 * wide), 1.4 + 2.7 * -(-len(shown) // wide))
    target = pictures.shortened(str(dataset.captions.get(t := (dataset.target_names or ("target",))[0], t)))
    panels = pictures.panels(made, len(shown), wide)
    for number, (axes, name) in enumerate(zip(panels, shown, strict=True)):
        x = X[:, number]
        gaps = int(np.count_nonzero(~np.isfinite(x)))
        note = f"{pictures.count(gaps, 'gap')}" if gaps else ""
        caption = pictures.shortened(str(dataset.captions.get(name, name)))
        pictures.dress(axes, note, caption, "" if number % wide else ("rows" if classes else target))
        if classes is None:
            every = slice(None, None, -(-len(x) // MOST_ROWS))
            axes.plot(x[every], targets[every, 0], "o", color=pictures.BLUE, markersize=3, alpha=0.4)
        elif gaps < len(x):
            _steps(axes, x, classes)
    if classes is not None:
        more = len(classes) - MOST_CLASSES
        pictures.legend(panels[0], fontsize=pictures.NOTE, title=f"{target}, {more} more" if more > 0 else target)
    return made


def _left_out(rows: int, targets: int) -> list[str]:
    """What is not drawn of that many rows and targets, in words."""
    step = -(-rows // MOST_ROWS)
    few = [f"every {step}th of them is drawn, evenly spaced"] if step > 1 else []
    return few + ([f"against the first of {targets} targets"] if targets > 1 else [])


def _steps(axes: Any, x: Any, classes: list[tuple[str, Any]]) -> None:
    """How often each value occurs, a line of steps a class."""
    finite = x[np.isfinite(x)]
    edges = np.histogram_bin_edges(finite, bins=min(30, max(5, len(np.unique(finite)))))
    for (called, of), look in zip(classes[:MOST_CLASSES], pictures.looks(), strict=False):
        counts, _ = np.histogram(x[of & np.isfinite(x)], edges)
        axes.stairs(counts, edges, color=look["color"], linestyle=look["linestyle"], linewidth=2, label=called)


def _pictures_of(dataset: Dataset, X: Any, y: Any, title: str) -> Any:
    """A line of pictures for each class: its mean, then its first rows."""
    classes = _classes(dataset, y) or [("all", np.ones(len(X), bool))]
    shape, images, titles = dataset.image_shape, [], []
    title += pictures.first_of(min(len(classes), MOST_PICTURED), len(classes), "classes")
    for name, of in classes[:MOST_PICTURED]:
        rows = X[of]
        images += [rows.mean(axis=0).reshape(shape), *(row.reshape(shape) for row in rows[:SAMPLES])]
        titles += [f"mean of {name}", *[name] * min(SAMPLES, len(rows))]
    made = pictures.figure(title, 8.4, 0.6)
    pictures.mosaic(made, images, titles, wide=2 * (SAMPLES + 1), cmap="gray_r")
    return made
