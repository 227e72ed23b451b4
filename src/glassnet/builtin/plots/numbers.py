"""How near predicted numbers come to the actual ones, and what the errors still know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from glassnet import Plot, Range, pictures

if TYPE_CHECKING:
    from glassnet import Run


def predicted_actual(split: pictures.Split = None) -> Plot:
    """Predicted against actual numbers, with the diagonal where they would be the same: one panel a target.

    x = actual, y = predicted, in the target's own units; r2 = 1 - sum (actual - predicted)^2 / sum (actual - mean)^2

    split: the rows: train, validation or test; none: those that the run is judged by
    """

    def draw(run: Run) -> Any:
        from matplotlib.ticker import MaxNLocator

        made, panels = _panels(run, f"Predicted and actual: {pictures.title_of(run)}", 4.6)
        for axes, caption, said, actual in _targets(run, split, panels):
            note = f"{pictures.rows_in_words(run, split)}, R² = {pictures.said(_r2(said, actual))}"
            pictures.dress(axes, note, f"actual {caption}", f"predicted {caption}")
            _points(axes, actual, said)
            both = np.concatenate([said, actual])
            ends = [both.min(), both.max()]
            axes.plot(ends, ends, color=pictures.BLACK, linewidth=1.5, linestyle="--", label="predicted = actual")
            axes.set_aspect("equal", adjustable="box")
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_locator(MaxNLocator(5))
            pictures.legend(axes, fontsize=pictures.NOTE, loc="upper left")
        return made

    return Plot(draw, unsuited=lambda run: pictures.wants_numbers(run) or pictures.lacks(run, split))


def residuals(split: pictures.Split = None, bins: Annotated[int, Range(2, 50)] = 10) -> Plot:
    """What is left of each target: actual - predicted, over the prediction; a good fit leaves nothing to see.

    residual = actual - predicted, in the target's own units; the line is their mean in bins of equally many rows

    split: the rows: train, validation or test; none: those that the run is judged by
    bins: points of the line of means, a count; fewer where there are few rows
    """

    def draw(run: Run) -> Any:
        made, panels = _panels(run, f"Residuals: {pictures.title_of(run)}", 4.2)
        for axes, caption, said, actual in _targets(run, split, panels):
            left = actual - said
            size = pictures.said(float(np.sqrt(np.mean(left**2))))
            note = f"{pictures.rows_in_words(run, split)}, root mean square {size}"
            pictures.dress(axes, note, f"predicted {caption}", "actual minus predicted")
            _points(axes, said, left)
            axes.axhline(0, color=pictures.BLACK, linewidth=1.5, linestyle="--")
            x, y = means_in_bins(said, left, bins)
            axes.plot(x, y, color=pictures.VERMILION, marker="s", linewidth=2, label="mean, bin by bin")
            pictures.legend(axes, fontsize=pictures.NOTE, loc="upper right")
        return made

    return Plot(draw, unsuited=lambda run: pictures.wants_numbers(run) or pictures.lacks(run, split))


def means_in_bins(x: Any, y: Any, bins: int) -> tuple[Any, Any]:
    """(mean x, mean y) of bins that hold equally many rows, in the order of x; at least four rows a bin."""
    order = np.argsort(x, kind="stable")
    pieces = np.array_split(order, max(1, min(bins, len(x) // 4)))
    return np.array([x[piece].mean() for piece in pieces]), np.array([y[piece].mean() for piece in pieces])


def _panels(run: Run, title: str, side: float) -> tuple[Any, list[Any]]:
    """A panel for each target, nine at most."""
    count = run.trained.data.targets.columns
    shown = min(count, pictures.MOST_PANELS)
    wide = min(3, shown)
    first = pictures.first_of(shown, count, "targets")
    width, height = (6.4, 5.4) if shown == 1 else (side * wide, 0.7 + side * -(-shown // wide))
    made = pictures.figure(f"{title}{first}", width, height)
    return made, pictures.panels(made, shown)


def _targets(run: Run, split: pictures.Split, panels: list[Any]) -> Any:
    """(axes, caption, predicted (n,), actual (n,)) of each target that has a panel."""
    said, actual = run.answers(split)
    return zip(panels, pictures.target_captions(run), said.T, actual.T, strict=False)


def _points(axes: Any, x: Any, y: Any) -> None:
    """Points that show through where they crowd; as an image inside a vector file, which stays small so."""
    alpha = float(np.clip(60 / np.sqrt(len(x)) / 2, 0.15, 0.9))
    size = 24 if len(x) < 500 else 10
    axes.scatter(x, y, s=size, color=pictures.BLUE, alpha=alpha, linewidths=0, rasterized=len(x) > 2000)


def _r2(said: Any, actual: Any) -> float:
    total = ((actual - actual.mean()) ** 2).sum()
    return float(1 - ((actual - said) ** 2).sum() / total) if total > 0 else float("nan")
