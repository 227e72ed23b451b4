"""A plot of a run: how large the weights of each layer are, the small ones and the large ones.

`run.trained.network` holds all parameters in one vector `w`; its `layout` says which piece of it is the matrix of which
layer. `glassnet.pictures` has all that our own pictures are made with.
"""

from typing import Any

import numpy as np
from glassnet import Plot, hookimpl, pictures


def weight_sizes() -> Plot:
    """How the sizes of the weights are spread, layer by layer: which share of them is smaller than what.

    x = |w|, on a logarithmic axis, y = share of the layer's weights that are at most so large

    A curve far to the left is a layer that has hardly any say; one with a long foot has weights that could be left out.
    In float32 weights below about 1e-7 times their neighbours add nothing to a sum.
    """
    return Plot(draw=_draw, of="run", unsuited=pictures.unreadable)


def _draw(run: Any) -> Any:
    title = f"Sizes of the weights: {pictures.title_of(run)}"
    figure, axes = pictures.single(title, "size of a weight", "share that is at most so large")
    for number, (name, sizes) in enumerate(sizes_of(run.trained.network)):
        colour, dash = pictures.COLOURS[number % len(pictures.COLOURS)], pictures.DASHES[number % len(pictures.DASHES)]
        axes.step(sizes, np.arange(1, len(sizes) + 1) / len(sizes), where="post", color=colour, ls=dash, label=name)
    pictures.log_scale(axes, "x", powers=1000)
    pictures.legend(axes, loc="upper left")
    return figure


def sizes_of(network: Any) -> list[tuple[str, np.ndarray]]:
    """Each layer's name and the sizes of its weights, the smallest first; a weight of 0 has no place on the axis."""
    found = []
    for block in network.layout:
        if block.kind == "weight":
            sizes = np.sort(np.abs(network.w[block.slice]).astype(float))
            found.append((f"layer {block.layer + 1}", sizes[sizes > 0]))
    return [(name, sizes) for name, sizes in found if len(sizes)]


@hookimpl
def plots() -> list:
    """Every plot of this package."""
    return [weight_sizes]
