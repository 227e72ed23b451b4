"""What was seen inside a network at some epochs, as plain arrays with names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError
from ..schemas import DAMAGE

Array = NDArray[Any]

#: What can be watched, and the arrays that hold it.
WATCHABLE: Mapping[str, tuple[str, ...]] = {
    "norms": ("scores", "activations", "means", "spreads", "slopes", "gradients", "weights", "updates"),
    "units": ("dead", "saturated"),
    "histograms": ("activation_edges", "activation_counts", "gradient_counts"),
    "path": ("path",),
}

#: The epochs of each: the first axis of its arrays.
EPOCHS_OF = {"norms": "epochs", "units": "epochs", "histograms": "histogram_epochs", "path": "path_epochs"}

BINS = 40

#: Edges of the histograms of gradients: decades of their size, in quarters.
GRADIENT_EDGES: Array = np.arange(-12, 4.25, 0.25)


@dataclass(frozen=True, eq=False)
class Watched:
    """What was seen inside, epoch by epoch; epoch 0 is the network before its first step.

    E epochs, L dense layers (the last is the output layer), H = L - 1 hidden layers. All figures are those of the
    same `rows` training rows, passed as in a training step but without dropout: batch normalisation takes
    mean and variance of these rows.

    norms, (E, L) each, at `epochs` (E,):
    `scores` root mean square of z, what the activation is given (after batch normalisation where there is some);
    `activations` and `means` root mean square and mean of a = f(z), in the output layer of y;
    `spreads` root mean square of a after the mean of each unit is taken away: how much rows differ in what a layer
    says about them; `slopes` root mean square of the slope of a row's loss with respect to z; `gradients` Euclidean
    norm of the slope of the mean loss, without penalties, with respect to W; `weights` Euclidean norm of W;
    `updates` Euclidean norm of what the epoch changed in W, as a share of that of W before it (NaN at epoch 0).

    units, (E, H) each, at `epochs`:
    `dead` share of units whose slope f'(z) is 0 on all rows; `saturated` share of pairs of row and unit where it
    is at most 5 % of the steepest that the activation has for z from -3 to 3. NaN where columns mix (softmax),
    and where a guest's slope can't be told.

    histograms, at `histogram_epochs` (B,):
    `activation_counts` (B, L, 40) of a with its `activation_edges` (B, L, 41); `gradient_counts` (B, L, 64) of the
    decimal logarithm of the size of each weight's gradient, with the edges `GRADIENT_EDGES` for all: smaller and
    larger ones are counted at the ends, zeros nowhere.

    `path` (K, parameters), the weights at `path_epochs` (K,), in float32.

    Arrays of what was not watched are empty; `what` says what was.
    """

    what: tuple[str, ...]
    rows: int
    epochs: Array
    scores: Array
    activations: Array
    means: Array
    spreads: Array
    slopes: Array
    gradients: Array
    weights: Array
    updates: Array
    dead: Array
    saturated: Array
    histogram_epochs: Array
    activation_edges: Array
    activation_counts: Array
    gradient_counts: Array
    path_epochs: Array
    path: Array

    @property
    def layers(self) -> tuple[str, ...]:
        """What the dense layers are called: layer 1, layer 2, ..., output."""
        return *(f"layer {number}" for number in range(1, self.scores.shape[1])), "output"

    @property
    def gradient_edges(self) -> Array:
        """Edges of all histograms of gradients: decimal logarithms of their sizes."""
        return GRADIENT_EDGES

    def joined(self, later: Watched) -> Watched:
        """These epochs, then the later ones."""
        names = [field.name for field in fields(self) if field.name not in ("what", "rows")]
        arrays: Any = {name: np.concatenate([getattr(self, name), getattr(later, name)]) for name in names}
        return replace(self, **arrays)

    def every(self, what: str, step: int) -> Watched:
        """Of norms (and with them units), histograms or path only every `step`-th epoch."""
        return self._chosen(EPOCHS_OF[what], getattr(self, EPOCHS_OF[what]) % step == 0)

    def until(self, last: int) -> Watched:
        """Without what was seen after epoch `last`."""
        seen = self
        for axis in sorted(set(EPOCHS_OF.values())):
            seen = seen._chosen(axis, getattr(self, axis) <= last)
        return seen

    def _chosen(self, axis: str, keep: Array) -> Watched:
        names = [axis, *(name for what, names in WATCHABLE.items() if EPOCHS_OF[what] == axis for name in names)]
        arrays: dict[str, Any] = {name: getattr(self, name) for name in names}
        return replace(self, **{name: array[keep] if len(array) else array for name, array in arrays.items()})

    def to_arrays(self) -> dict[str, Array]:
        """Everything as arrays that need no pickle."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Watched:
        """Read back what `to_arrays` wrote; raises `GlassnetError` where something is missing."""
        try:
            values: dict[str, Any] = {field.name: arrays[field.name] for field in fields(cls)}
            what = tuple(str(one) for one in values.pop("what"))
            seen = cls(what=what, rows=int(values.pop("rows")), **values)
            for one, names in WATCHABLE.items():
                axis = len(getattr(seen, EPOCHS_OF[one]))
                if any(len(getattr(seen, name)) != axis * (one in what) for name in names):
                    raise ValueError(f"its {one} do not fit their epochs")
        except DAMAGE as error:
            raise GlassnetError(f"not what --watch writes ({type(error).__name__}: {error})") from error
        return seen
