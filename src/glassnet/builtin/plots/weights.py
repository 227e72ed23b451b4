"""Pictures of initializers: the weights of a layer, and what becomes of a signal that goes through many of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import numpy as np

from glassnet import Catalog, Plot, Range, pictures

from .parts import MOST_PARTS, PANELS, name_beside

ROWS, BINS = 200, 30


def initial_weights(
    width: Annotated[int, Range(1, 1000)] = 100, layers: Annotated[int, Range(1, 100)] = 10, activation: str = "relu",
    seed: Annotated[int, Range(0)] = 0,
) -> Plot:  # fmt: skip
    """The weights that an initializer draws, and how far a signal still spreads after each layer of them.

    Left: x = weight, y = density of a layer's weights in 30 bins. Right: x = layer, y = standard deviation of its
    outputs for 200 rows of standard normal inputs; a spread that shrinks or grows with each layer is what stops deep
    networks from learning. (Glorot and Bengio 2010.)

    width: units of each layer, and inputs
    layers: how many
    activation: of each layer, a phrase
    seed: of weights and rows
    """

    def draw(parts: Sequence[Any]) -> Any:
        shown, named = parts[:MOST_PARTS], pictures.part_names(parts[:MOST_PARTS])
        title = f"{pictures.title_of_parts(parts)}{pictures.first_of(len(shown), len(parts), 'initializers')}"
        made = pictures.figure(title, *PANELS)
        left, right = pictures.panels(made, 2)
        size = f"{width} x {width} weights"
        pictures.dress(left, size, "weight", "density")
        pictures.dress(right, f"{pictures.count(layers, 'layer')} with {activation}", "layer", "spread of its outputs")
        drawn = [choice.build().weights(width, width, np.random.default_rng(seed)) for choice in shown]
        _histograms(left, drawn)
        f = _function(activation)
        spreads = [list(spread(choice.build(), f, width, layers, seed)) for choice in shown]
        _spreads(right, named, spreads)
        name_beside(right)
        return made

    def unsuited(parts: Sequence[Any]) -> str:
        if reason := pictures.wants_parts(parts, "initializer"):
            return reason
        _function(activation)  # an unknown name is said in words
        return ""

    return Plot(draw, of="parts", unsuited=unsuited)


def _function(activation: str) -> Any:
    return Catalog.discover().choose("activation", activation).build().f


def spread(initializer: Any, f: Any, width: int, layers: int, seed: int) -> Iterator[float]:
    """The standard deviation of a signal, before the first layer and after each."""
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((ROWS, width))
    yield float(a.std())
    with np.errstate(all="ignore"):
        for _ in range(layers):
            W = initializer.weights(width, width, rng)
            a = f(a @ W + initializer.biases(width, width, rng))
            yield float(a.std())


def _histograms(axes: Any, drawn: Sequence[Any]) -> None:
    """A line of steps each, in bins of its own: wide and narrow ones stand beside each other.

    Weights that are all alike are one upright line, which no bin would fit.
    """
    reach = max(float(np.abs(W).max(initial=0.0)) for W in drawn) or 1.0
    for W, look in zip(drawn, pictures.looks(), strict=False):
        colour, dash = look["color"], look["linestyle"]
        if np.ptp(W) == 0:
            axes.axvline(float(W.flat[0]), color=colour, linestyle=dash, linewidth=2.2)
        else:
            axes.stairs(*np.histogram(W, BINS, density=True), color=colour, linestyle=dash, linewidth=2.2)
    axes.set_xlim(-1.05 * reach, 1.05 * reach)


def _spreads(axes: Any, names: Sequence[str], spreads: Sequence[Sequence[float]]) -> None:
    """A line each over the layers; one that ends at 0 has no place on a logarithmic axis, and its name says so."""
    some = [value for values in spreads for value in values[1:] if 0 < value < np.inf]
    for name, values, look in zip(names, spreads, pictures.looks(), strict=False):
        y = np.array(values)
        gone = next((layer for layer, value in enumerate(values) if value == 0), None)
        label = f"{name}: 0 from layer {gone}" if gone is not None and some else name
        y[(y == 0) & bool(some)] = np.nan
        axes.plot(range(len(y)), y, label=label, linewidth=2, markersize=5, **look)
    if some:
        pictures.log_scale(axes, powers=1e4)
    pictures.whole_numbers(axes.xaxis)
