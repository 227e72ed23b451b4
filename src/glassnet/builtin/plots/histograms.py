"""How activations and gradients are spread in each layer, at some epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet import Plot, pictures

from .inside import ONE_EPOCH, inside_of

if TYPE_CHECKING:
    from glassnet import Run

MOST_EPOCHS = 4
MOST_LAYERS = 6
BINS = 40


def activation_histograms() -> Plot:
    """The activations of each layer at some epochs: where they gather shows saturated and silent units.

    x = a = f(z) of every unit and row looked at, in the output layer y; y = share of them in each of 40 bins, which
    are the same for all epochs of a layer
    """

    def draw(run: Run) -> Any:
        seen = inside_of(run, "histograms")

        def bins(epoch: int, layer: int) -> tuple[Any, Any]:
            edges = common[layer]
            return edges, rebinned(seen.activation_counts[epoch, layer], seen.activation_edges[epoch, layer], edges)

        shown = seen.activation_edges[pictures.spread(range(len(seen.histogram_epochs)), MOST_EPOCHS)]
        common = np.linspace(shown.min(axis=(0, 2)), shown.max(axis=(0, 2)), BINS + 1, axis=1)
        made, _ = _panels(run, seen, bins, "Activations", "activation")
        return made

    return Plot(draw, unsuited=pictures.unreadable)


def gradient_histograms() -> Plot:
    """The sizes of the gradients of each layer's weights at some epochs, from the first layer to the last.

    x = size of the mean loss's gradient by a weight, without penalties, in quarters of decades; y = share of the
    layer's weights. Gradients of exactly 0 have no place on this axis; their share is said.
    """

    def draw(run: Run) -> Any:
        seen, widths = inside_of(run, "histograms"), run.trained.network.widths
        weights = np.multiply(widths[:-1], widths[1:])

        def bins(epoch: int, layer: int) -> tuple[Any, Any]:
            return 10**seen.gradient_edges, seen.gradient_counts[epoch, layer] / weights[layer]

        made, shown = _panels(run, seen, bins, "Gradients", "size of a weight's gradient")
        used = np.flatnonzero(seen.gradient_counts.sum(axis=(0, 1)))
        for axes, layer in shown:
            pictures.log_scale(axes, "x", powers=0)
            if used.size:
                axes.set_xlim(10 ** seen.gradient_edges[[used[0], used[-1] + 1]])
            zeros = 1 - seen.gradient_counts[-1, layer].sum() / weights[layer]
            if zeros > 0.0005:
                axes.set_title(
                    f"{seen.layers[layer]} ({pictures.significant(100 * zeros)} % are 0)", fontsize=pictures.LABEL
                )
        return made

    return Plot(draw, unsuited=pictures.unreadable)


def rebinned(counts: Any, edges: Any, wanted: Any) -> Any:
    """Shares of the counts in other bins, as if each bin were evenly filled: what adds up to 1 still does."""
    so_far = np.concatenate([[0.0], np.cumsum(counts)]) / max(counts.sum(), 1)
    return np.diff(np.interp(wanted, edges, so_far))


def _panels(run: Run, seen: Any, bins: Any, what: str, label: str) -> tuple[Any, list[tuple[Any, int]]]:
    """A panel for each layer (some of them, where they are many), a line for each of a few epochs."""
    layers = pictures.spread(range(len(seen.layers)), MOST_LAYERS)
    epochs = pictures.spread(range(len(seen.histogram_epochs)), MOST_EPOCHS)
    columns = min(3, len(layers))
    tall = -(-len(layers) // columns)
    left_out = f" ({len(layers)} of {len(seen.layers)} layers)" if len(layers) < len(seen.layers) else ""
    made = pictures.figure(
        f"{what} inside {pictures.title_of(run)}{left_out}", 4.2 * columns + 1.2 * (columns == 1), 3.2 * tall + 0.8
    )
    panels = pictures.panels(made, len(layers), columns)
    for number, (axes, layer) in enumerate(zip(panels, layers, strict=True)):
        pictures.dress(axes, seen.layers[layer], label, "share, %" if number % columns == 0 else "")
        for epoch, look in zip(epochs, pictures.looks(), strict=False):
            edges, shares = bins(epoch, layer)
            name = f"epoch {int(seen.histogram_epochs[epoch])}"
            axes.stairs(100 * shares, edges, color=look["color"], linestyle=look["linestyle"], linewidth=2, label=name)
    pictures.legend(panels[0])
    if len(epochs) == 1:
        pictures.legend(panels[0], fontsize=pictures.NOTE, frameon=False)
        made.supxlabel(ONE_EPOCH.format(what="histograms"), fontsize=pictures.NOTE, color=pictures.GREY)
    return made, list(zip(panels, layers, strict=True))
