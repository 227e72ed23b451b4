"""The inside of several networks beside each other, on one scale: who vanishes, who explodes, who is steady."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet import Plot, pictures

from .inside import inside_of
from .several import apart

if TYPE_CHECKING:
    from glassnet import Run

MOST_RUNS = 9


def gradient_norms_runs() -> Plot:
    """The gradient of each layer in several networks, on one scale: level is steady, a slope vanishes or explodes.

    x = layer; y = root mean square of the mean loss's gradient (without penalties) over the weights of a layer, before
    the first step where the run was watched, and at its end
    """

    def draw(runs: Sequence[Run]) -> Any:
        shown = list(runs)[:MOST_RUNS]
        wide = min(3, len(shown))
        title = f"Gradients of {len(runs)} runs, layer by layer{pictures.first_of(len(shown), len(runs), 'runs')}"
        made = pictures.figure(title, 3.9 * wide, 0.8 + 3.6 * -(-len(shown) // wide))
        panels = pictures.panels(made, len(shown), wide)
        for number, (axes, run, name) in enumerate(zip(panels, shown, apart(shown), strict=True)):
            pictures.dress(axes, name, "layer", "" if number % wide else "gradient of a weight, RMS")
            _lines(axes, run)
        _share_scale(panels)
        pictures.legend(max(panels, key=lambda axes: len(axes.lines)))
        return made

    return Plot(draw, of="runs", unsuited=_too_shallow)


def _lines(axes: Any, run: Run) -> None:
    """The first and the last look, over the layers."""
    seen, widths = inside_of(run, "norms"), run.trained.network.widths
    sizes = seen.gradients / np.sqrt(np.multiply(widths[:-1], widths[1:]))
    moments = [(-1, "at the end")] + [(0, "before the first step")] * (len(sizes) > 1)
    places = np.arange(1, sizes.shape[1] + 1)
    for (row, label), look in zip(moments, pictures.looks(), strict=False):
        axes.plot(places, np.where(sizes[row] > 0, sizes[row], np.nan), linewidth=2, markersize=6, label=label, **look)
    marks = pictures.spread(list(places), 8)
    axes.set_xticks(marks, [str(mark) if mark < len(places) else "out" for mark in marks])


def _share_scale(panels: Sequence[Any]) -> None:
    """One logarithmic axis for all, at least four decades long: what is level shall look level."""
    values = np.concatenate([line.get_ydata() for axes in panels for line in axes.lines])
    values = values[np.isfinite(values)]
    if not len(values):
        return
    low, high = np.log10(values.min()), np.log10(values.max())
    middle, half = (low + high) / 2, max((high - low) / 2 + 0.3, 2.0)
    for axes in panels:
        axes.set_yscale("log")  # so many decades are read as powers of ten
        axes.set_ylim(10 ** (middle - half), 10 ** (middle + half))


def _too_shallow(runs: Sequence[Run]) -> str:
    few = [run.folder.name for run in runs if len(run.experiment.hidden) < 2]
    return f"{', '.join(few)} has fewer than two hidden layers: there is no way back to speak of" if few else ""
