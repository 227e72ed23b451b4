"""Where to draw the line: what each threshold finds, and whether a probability can be taken at its word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

if TYPE_CHECKING:
    from glassnet import Run

HALF = 0.5


def roc(split: pictures.Split = None) -> Plot:
    """What each threshold finds, against the false alarms that it costs: a curve for each class.

    x = false alarms / rows that are not of the class; y = rows found / rows of the class, at every threshold. The area
    is the probability that a row of the class has a higher score than another; 0.5 is guessing. The mark is the
    threshold 0.5. Rows count by their weights. (Hanley and McNeil 1982.)

    split: the rows: train, validation or test; none: those that the run is judged by
    """

    def draw(run: Run) -> Any:
        words = "share of the others taken for it (false alarms)", "share of the class that is found"
        made, axes = _unit_square(run, "ROC curve", *words, split)
        axes.plot([0, 1], [0, 1], color=pictures.GREY, linestyle=":", linewidth=1.5, label="guessing, area 0.5")
        for (name, positive, score, weight), look in zip(questions(run, split), pictures.looks(), strict=False):
            found, alarms, thresholds = rates(positive, score, weight)
            area = float(np.sum(np.diff(alarms) * (found[1:] + found[:-1]) / 2))
            _line(axes, alarms, found, look, f"{name}: area {pictures.said(area)}")
            _mark(axes, alarms, found, look, _last_from(thresholds, HALF))
        pictures.legend(axes, loc="lower right")
        return made

    return Plot(draw, unsuited=lambda run: _unsuited(run, split))


def precision_recall(split: pictures.Split = None) -> Plot:
    """How many of those that are called so are so, against how many are found: the picture for rare classes.

    x = recall, found / rows of the class; y = precision, right / all that are called so, at every threshold. The level
    line is the share of the class, which guessing has. Marked: the threshold 0.5, and the one with the highest F1.
    Rows count by their weights. (Davis and Goadrich 2006.)

    split: the rows: train, validation or test; none: those that the run is judged by
    """

    def draw(run: Run) -> Any:
        words = "recall: share of the class that is found", "precision: share of those called so that are"
        made, axes = _unit_square(run, "Precision and recall", *words, split)
        asked = questions(run, split)
        for (name, positive, score, weight), look in zip(asked, pictures.looks(), strict=False):
            precision, recall, thresholds, share = precisions(positive, score, weight)
            average = float(np.sum(np.diff(recall, prepend=0.0) * precision))
            said = f"{name}: average precision {pictures.said(average)}"
            _line(axes, recall, precision, look, said, drawstyle="steps-pre")
            _mark(axes, recall, precision, look, _last_from(thresholds, HALF))
            if len(asked) == 1:
                axes.axhline(share, color=pictures.GREY, linestyle=":", linewidth=1.5, label="guessing")
                best = int(np.argmax(2 * precision * recall / np.maximum(precision + recall, 1e-300)))
                highest = f"highest F1, at threshold {pictures.significant(float(thresholds[best]), 2)}"
                axes.plot(recall[best], precision[best], "*", color=pictures.VERMILION, markersize=15, label=highest)
        pictures.legend(axes, loc="lower left")
        return made

    return Plot(draw, unsuited=lambda run: _unsuited(run, split))


def calibration(split: pictures.Split = None, bins: Annotated[int, Range(2, 50)] = 10) -> Plot:
    """Whether a probability can be taken at its word: of rows that are given 70 %, how many are of the class.

    x = mean probability of the rows in a bin of equal width; y = share of them that are of the class; the diagonal is
    perfect. The Brier score is the mean of (p - t)^2: 0 is perfect, 0.25 is p = 0.5 throughout. Rows count by their
    weights. (Brier 1950; DeGroot and Fienberg 1983.)

    split: the rows: train, validation or test; none: those that the run is judged by
    bins: how many bins from 0 to 1
    """

    def draw(run: Run) -> Any:
        words = "probability given by the network", "share that is of the class"
        made, axes = _unit_square(run, "Calibration", *words, split)
        axes.plot([0, 1], [0, 1], color=pictures.GREY, linestyle=":", linewidth=1.5, label="perfect")
        for (name, positive, score, weight), look in zip(questions(run, split), pictures.looks(), strict=False):
            given, true, counts = bins_of(positive, score, weight, bins)
            brier = float(np.average((score - positive) ** 2, weights=weight))
            _line(axes, given, true, look, f"{name}: Brier score {pictures.said(brier)}")
            axes.scatter(given, true, s=20 + 180 * counts / counts.max(), color=look["color"], marker=look["marker"])
        pictures.legend(axes, loc="best")
        return made

    return Plot(draw, unsuited=lambda run: _unsuited(run, split) or _no_probabilities(run))


def raw_scores(split: pictures.Split = None) -> Plot:
    """What the last unit computes for each row, and how the output turns it into an answer.

    x = score z; the curve is the output y = f(z), the points are the rows at their scores, by their class; right of
    the threshold (y = 0.5) they are called the second class.

    split: the rows: train, validation or test; none: those that the run is judged by
    """

    def draw(run: Run) -> Any:
        network, rows = run.trained.network, run.rows(split)
        z, names = network.scores(rows.X)[:, 0].astype(float), pictures.class_names(run)
        made, axes = pictures.single(
            f"Raw scores: {pictures.title_of(run)}", "score z of the last unit", f"output: {names[1]}",
            pictures.rows_in_words(run, split), 6.8, 4.6,
        )  # fmt: skip
        reach = max(1.0, float(np.abs(z).max())) * 1.05
        grid = np.linspace(-reach, reach, 400)
        output = network.output.f(grid[:, None].astype(network.dtype))[:, 0]
        axes.plot(grid, output, color=pictures.BLACK, linewidth=2, label="output f(z)")
        up = np.random.default_rng(0).uniform(-0.04, 0.04, len(z))  # rows of one score, told apart
        for code, (colour, marker) in enumerate(zip((pictures.BLUE, pictures.VERMILION), "o^", strict=True)):
            of = rows.target == code
            axes.plot(z[of], code + up[of], marker, color=colour, alpha=0.5, markersize=5, label=names[code])
        crossing = np.flatnonzero(np.diff(output >= HALF))
        if len(crossing):
            axes.axvline(grid[crossing[0]], color=pictures.GREY, linestyle="--", linewidth=1.5, label="threshold")
        pictures.legend(axes)
        return made

    def unsuited(run: Run) -> str:
        return _unsuited(run, split) or (
            ""
            if run.trained.network.outputs == 1 and pictures.task_of(run) == "binary"
            else "it has more than one output"
        )

    return Plot(draw, unsuited=unsuited)


# --- the figures ------------------------------------------------------------------------------------------------


def questions(run: Run, split: pictures.Split) -> list[tuple[str, Any, Any, Any]]:
    """(name, whether a row is of the class, its output, its weight) for each question: one for two classes, else one
    a class or label."""
    rows, y = run.rows(split), run.outputs(split).astype(float)
    names, weight = pictures.class_names(run), np.ones(len(rows)) if rows.weight is None else rows.weight
    if pictures.task_of(run) == "multilabel":
        asked = [(names[one], rows.target[:, one] > 0, y[:, one], weight) for one in range(y.shape[1])]
    elif y.shape[1] == 1:
        asked = [(names[1], rows.target == 1, y[:, 0], weight)]
    else:
        of = [1] if len(names) == 2 else range(len(names))
        asked = [(names[one], rows.target == one, y[:, one], weight) for one in of]
    return [one for one in asked if one[1].any() and not one[1].all()][: len(pictures.COLOURS)]


def _cumulated(positive: Any, score: Any, weight: Any) -> tuple[Any, Any, Any]:
    """(weight found, weight of false alarms, threshold) after each different score, from the highest down."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    right = np.cumsum((weight * positive)[order])[last]
    wrong = np.cumsum((weight * ~positive)[order])[last]
    return right, wrong, score[order][last]


def rates(positive: Any, score: Any, weight: Any) -> tuple[Any, Any, Any]:
    """(share found, share of false alarms, threshold), from a threshold that nothing reaches down to the lowest."""
    right, wrong, thresholds = _cumulated(positive, score, weight)
    found, alarms = np.append(0.0, right / right[-1]), np.append(0.0, wrong / wrong[-1])
    return found, alarms, np.append(np.inf, thresholds)


def precisions(positive: Any, score: Any, weight: Any) -> tuple[Any, Any, Any, float]:
    """(precision, recall, threshold) after each different score, and the share of the class."""
    right, wrong, thresholds = _cumulated(positive, score, weight)
    return right / np.maximum(right + wrong, 1e-300), right / right[-1], thresholds, float(right[-1] / weight.sum())


def bins_of(positive: Any, score: Any, weight: Any, bins: int) -> tuple[Any, Any, Any]:
    """(mean probability, share of the class, weight) of the bins that hold rows."""
    place = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], score)
    counts = np.bincount(place, weight, bins)
    held = counts > 0
    given, true = (np.bincount(place, weight * values, bins)[held] / counts[held] for values in (score, positive))
    return given, true, counts[held]


def _last_from(thresholds: Any, least: float) -> int | None:
    above = np.flatnonzero(thresholds >= least)
    return int(above[-1]) if len(above) else None


# --- how they look ----------------------------------------------------------------------------------------------


def _unit_square(run: Run, what: str, x: str, y: str, split: pictures.Split) -> tuple[Any, Any]:
    """(figure, axes) of two shares, both from 0 to 1."""
    title, note = f"{what}: {pictures.title_of(run)}", pictures.rows_in_words(run, split)
    made, axes = pictures.single(title, x, y, note, 6.4, 5.4)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.04)
    return made, axes


def _line(axes: Any, x: Any, y: Any, look: dict[str, Any], label: str, **how: Any) -> None:
    axes.plot(x, y, color=look["color"], linestyle=look["linestyle"], linewidth=2.5, label=label, **how)


def _mark(axes: Any, x: Any, y: Any, look: dict[str, Any], at: int | None) -> None:
    """The place of a threshold on its line."""
    if at is not None:
        axes.plot(x[at], y[at], look["marker"], color=look["color"], markersize=9)


def _unsuited(run: Run, split: pictures.Split) -> str:
    reason = pictures.wants_classes(run) or pictures.lacks(run, split)
    if reason:
        return reason
    return "" if questions(run, split) else "no class has rows of it and others among these rows"


def _no_probabilities(run: Run) -> str:
    y = run.outputs()
    return "" if y.min() >= 0 and y.max() <= 1 else "its outputs are no probabilities"
