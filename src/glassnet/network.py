"""The network: layers over one vector of parameters, forward and back.

All parameters are one vector `w`, all gradients one vector `g`. Each layer's matrices are views of them, so an
optimizer, a penalty, a checkpoint or a gradient check sees one array. A layer's forward returns its output
and its own way back; going backward is walking the list in reverse.

Shapes: x (n, i) into a layer, z (n, o) its scores, a (n, o) after the activation, W (i, o), b (o,).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .errors import GlassnetError
from .kinds import Activation, Block, Initializer
from .notebook import html_table

Array = NDArray[Any]
Back = Callable[[Array], Array | None]

PREDICTION_ROWS = 1024  # rows at a time outside training: large enough for BLAS, small enough for memory


class Room:
    """A kept buffer of `width` columns: memory for the rows of a batch, asked for once and used again."""

    def __init__(self, width: int, dtype: np.dtype[Any]) -> None:
        self._all = np.empty((0, width), dtype)
        self._view = self._all

    def rows(self, n: int) -> Array:
        if len(self._view) != n:
            if len(self._all) < n:
                self._all = np.empty((n, self._all.shape[1]), self._all.dtype)
            self._view = self._all[:n]
        return self._view


class Dense:
    """z = x W + b."""

    def __init__(self, W: Array, b: Array, dW: Array, db: Array, first: bool) -> None:
        self.W, self.b, self.dW, self.db = W, b, dW, db
        self.first = first  # nobody asks the first layer for the slope with respect to its input
        self._z = Room(W.shape[1], W.dtype)
        self._downstream = Room(W.shape[0], W.dtype)

    def forward(self, x: Array, training: bool, rng: np.random.Generator | None) -> tuple[Array, Back]:
        z = np.matmul(x, self.W, out=self._z.rows(len(x)))
        z += self.b

        def back(upstream: Array) -> Array | None:
            np.matmul(x.T, upstream, out=self.dW)
            np.add.reduce(upstream, axis=0, out=self.db)
            if self.first:
                return None
            return np.matmul(upstream, self.W.T, out=self._downstream.rows(len(x)))

        return z, back


class Activate:
    """a = f(z), element by element or with mixed columns, as its activation says."""

    def __init__(self, activation: Activation, width: int, dtype: np.dtype[Any]) -> None:
        self.f = activation.f
        self.way_back = way_back(activation, Room(width, dtype))

    def forward(self, z: Array, training: bool, rng: np.random.Generator | None) -> tuple[Array, Back]:
        a = self.f(z)
        return a, lambda upstream: self.way_back(z, a, upstream)


class Dropout:
    """Each input is left out with probability `rate` while training; the others are scaled by 1 / (1 - rate).

    Scaling while training ("inverted" dropout) keeps the mean, so prediction needs no change at all.
    """

    def __init__(self, rate: float, width: int, dtype: np.dtype[Any]) -> None:
        self.keep = 1.0 - rate
        self._x = Room(width, dtype)
        self._downstream = Room(width, dtype)

    def forward(self, x: Array, training: bool, rng: np.random.Generator | None) -> tuple[Array, Back]:
        if not training:
            return x, lambda upstream: upstream
        if rng is None:
            raise ValueError("dropout draws its mask from `rng`: hand a generator to the training step")
        kept = rng.random(x.shape, dtype=np.float32) < self.keep
        mask = kept.astype(x.dtype) / self.keep
        dropped = np.multiply(x, mask, out=self._x.rows(len(x)))
        return dropped, lambda upstream: np.multiply(upstream, mask, out=self._downstream.rows(len(x)))


class BatchNorm:
    """Batch normalisation: (z - mean) / sqrt(var + epsilon) * scale + shift, column by column.

    While training, mean and variance are those of the batch; in prediction they are the running ones, which
    move by `momentum` towards each batch's, but only when the trainer says `remember()` after a step. The
    running variance is the unbiased one. (Ioffe and Szegedy 2015; constants and conventions as in PyTorch.)
    """

    momentum = 0.1
    epsilon = 1e-5

    def __init__(self, scale: Array, shift: Array, dscale: Array, dshift: Array, mean: Array, var: Array) -> None:
        self.scale, self.shift, self.dscale, self.dshift = scale, shift, dscale, dshift
        self.mean, self.var = mean, var  # the running statistics, views of the network's vector of them
        self._batch: tuple[Array, Array, int] | None = None

    def forward(self, z: Array, training: bool, rng: np.random.Generator | None) -> tuple[Array, Back]:
        n = len(z)
        if training:
            mean, var = z.mean(axis=0), z.var(axis=0)
            self._batch = mean, var, n
        else:
            mean, var = self.mean, self.var
        spread = np.sqrt(var + self.epsilon)
        normal = (z - mean) / spread

        def back(upstream: Array) -> Array:
            np.add.reduce(upstream, axis=0, out=self.dshift)
            np.add.reduce(upstream * normal, axis=0, out=self.dscale)
            slope = upstream
            if training:  # the batch's own mean and spread move with each of its rows
                slope = upstream - self.dshift / n - normal * (self.dscale / n)
            return slope * (self.scale / spread)

        return normal * self.scale + self.shift, back

    def remember(self) -> None:
        """Move the running statistics towards those of the last training batch."""
        if self._batch is None:
            return
        mean, var, n = self._batch
        self.mean += self.momentum * (mean - self.mean)
        self.var += self.momentum * (var * (n / max(n - 1, 1)) - self.var)
        self._batch = None


Layer = Dense | Activate | Dropout | BatchNorm


def way_back(activation: Activation, room: Room) -> Callable[[Array, Array, Array], Array]:
    """(z, a, slope with respect to a) -> slope with respect to z, by whichever way the activation gives."""
    if activation.vjp is not None:
        return activation.vjp
    df = activation.df
    if df is not None:
        return lambda z, a, upstream: np.multiply(upstream, df(z, a), out=room.rows(len(z)))
    return derived_vjp(activation.f)


def derived_vjp(f: Callable[[Array], Array]) -> Callable[[Array, Array, Array], Array]:
    """The way back of a formula written with `autograd.numpy`, by automatic differentiation."""

    def vjp(z: Array, a: Array, upstream: Array) -> Array:
        from autograd import make_vjp
        from autograd.tracer import isbox

        formula = getattr(f, "bare", f)  # of other people's parts: what it can't derive is said below

        def seen(box: Any) -> Any:
            a = formula(box)
            if not isbox(a):  # the formula hides from autograd, which would warn and derive a silent zero
                raise TypeError("Output seems independent of input.")
            return a

        try:
            pull, _ = make_vjp(seen)(z)
        except (TypeError, ValueError, AttributeError) as error:
            raise GlassnetError(
                f"the slope of this activation can't be derived ({error}): give df(z, a) or vjp(z, a, upstream), "
                "or write its formula with `import autograd.numpy as np`"
            ) from error
        slope: Array = np.asarray(pull(upstream), dtype=z.dtype)
        return slope

    return vjp


class Network:
    """A stack of layers over one vector of parameters.

    `hidden` holds the widths of the hidden layers (none at all is linear or logistic regression) and
    `activations` one activation for each. A hidden layer is dense, batch normalisation if asked, activation,
    dropout if asked. The last layer is dense, and `output` turns its scores into outputs.

    `w` and `g` are the parameters and their gradient. All weight matrices come first in them, so that the
    penalised part is one slice; `layout` says where every array lies. `running` holds the running statistics
    of batch normalisation, which are no parameters.
    """

    def __init__(
        self,
        inputs: int,
        hidden: Sequence[int],
        outputs: int,
        activations: Sequence[Activation],
        output: Activation,
        *,
        dropout: float = 0.0,
        input_dropout: float = 0.0,
        batch_norm: bool = False,
        dtype: DTypeLike = np.float64,
    ) -> None:
        if len(activations) != len(hidden):
            raise ValueError(f"{len(hidden)} hidden layers need as many activations, not {len(activations)}")
        self.inputs, self.hidden, self.outputs = inputs, tuple(hidden), outputs
        self.activations, self.output = tuple(activations), output
        self.dropout, self.input_dropout, self.batch_norm = dropout, input_dropout, batch_norm
        self.dtype = np.dtype(dtype)
        self.widths = [inputs, *hidden, outputs]
        self.layout = self._layout()
        self.w = np.zeros(self.layout[-1].slice.stop, self.dtype)
        self.g = np.zeros_like(self.w)
        self.running = np.zeros(2 * sum(hidden) if batch_norm else 0, self.dtype)
        self.layers = self._layers()
        self._output_back = way_back(output, Room(outputs, self.dtype))
        self.reset_running()

    def undropped(self) -> Network:
        """A copy without dropout, with buffers of its own. Its parameters are laid out the same."""
        copy = Network(
            self.inputs, self.hidden, self.outputs, self.activations, self.output,
            batch_norm=self.batch_norm, dtype=self.dtype,
        )  # fmt: skip
        copy.w[:], copy.running[:] = self.w, self.running
        return copy

    @property
    def weights(self) -> slice:
        """Where the weight matrices lie in `w`: what penalties look at."""
        return slice(0, max(block.slice.stop for block in self.layout if block.kind == "weight"))

    def _layout(self) -> list[Block]:
        pairs = list(enumerate(pairwise(self.widths)))
        arrays: list[tuple[Any, int, tuple[int, ...]]] = [("weight", layer, pair) for layer, pair in pairs]
        arrays += [("bias", layer, (o,)) for layer, (_, o) in pairs]
        if self.batch_norm:
            arrays += [("scale", layer, (o,)) for layer, (_, o) in pairs[:-1]]
            arrays += [("shift", layer, (o,)) for layer, (_, o) in pairs[:-1]]
        blocks, start = [], 0
        for kind, layer, shape in arrays:
            stop = start + int(np.prod(shape))
            blocks.append(Block(kind, layer, slice(start, stop), shape))
            start = stop
        return blocks

    def view(self, vector: Array, kind: str, layer: int) -> Array:
        """One array of a vector laid out as `w`: `network.view(network.g, "weight", 0)`."""
        for block in self.layout:
            if block.kind == kind and block.layer == layer:
                return vector[block.slice].reshape(block.shape)
        raise KeyError(f"layer {layer} has no {kind}")

    def _layers(self) -> list[Layer]:
        layers: list[Layer] = []
        if self.input_dropout:
            layers.append(Dropout(self.input_dropout, self.inputs, self.dtype))
        for number, width in enumerate(self.hidden):
            layers.append(self._dense(number))
            if self.batch_norm:
                layers.append(self._batch_norm(number))
            layers.append(Activate(self.activations[number], width, self.dtype))
            if self.dropout:
                layers.append(Dropout(self.dropout, width, self.dtype))
        layers.append(self._dense(len(self.hidden)))
        return layers

    def _both(self, kind: str, number: int) -> tuple[Array, Array]:
        return self.view(self.w, kind, number), self.view(self.g, kind, number)

    def _dense(self, number: int) -> Dense:
        (W, dW), (b, db) = self._both("weight", number), self._both("bias", number)
        return Dense(W, b, dW, db, first=number == 0)

    def _batch_norm(self, number: int) -> BatchNorm:
        (scale, dscale), (shift, dshift) = self._both("scale", number), self._both("shift", number)
        start = 2 * sum(self.hidden[:number])
        mean, var = self.running[start:][: 2 * self.hidden[number]].reshape(2, -1)
        return BatchNorm(scale, shift, dscale, dshift, mean, var)

    def initialise(self, initializers: Sequence[Initializer], rng: np.random.Generator) -> None:
        """Draw new weights, one initializer a dense layer, and forget the running statistics."""
        if len(initializers) != len(self.hidden) + 1:
            raise ValueError(f"{len(self.hidden) + 1} dense layers need as many initializers")
        for number, initializer in enumerate(initializers):
            fans = self.widths[number], self.widths[number + 1]
            self.view(self.w, "weight", number)[:] = initializer.weights(*fans, rng)
            self.view(self.w, "bias", number)[:] = initializer.biases(*fans, rng)
        for block in self.layout:
            if block.kind in ("scale", "shift"):
                self.w[block.slice] = block.kind == "scale"
        self.reset_running()

    def reset_running(self) -> None:
        """Running means 0 and variances 1, as before any batch."""
        for layer in self.layers:
            if isinstance(layer, BatchNorm):
                layer.mean[:], layer.var[:] = 0, 1

    def forward(
        self, X: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, Callable[[Array], None]]:
        """Scores z (n, k) of the last layer, and the way back that fills `g` from the slope dz (n, k).

        `training` switches dropout (drawn from `rng`) and batch statistics on; nothing that outlives the call
        moves but `g`, when the way back is walked. The scores lie in a kept buffer: copy what must last.
        """
        backs: list[Back] = []
        x = X
        for layer in self.layers:
            x, back = layer.forward(x, training, rng)
            backs.append(back)

        def walk_back(dz: Array) -> None:
            slope: Array | None = dz
            for back in reversed(backs):
                if slope is None:  # below the first dense layer there is nothing to learn
                    break
                slope = back(slope)

        return x, walk_back

    def output_back(self, z: Array, y: Array, upstream: Array) -> Array:
        """The slope with respect to the scores from that with respect to the outputs y = output.f(z)."""
        return self._output_back(z, y, upstream)

    def remember(self) -> None:
        """After a training step: let the running statistics move."""
        for layer in self.layers:
            if isinstance(layer, BatchNorm):
                layer.remember()

    def scores(self, X: Array) -> Array:
        """Scores z (n, k) of prediction, in an array of their own."""
        z = np.empty((len(X), self.outputs), self.dtype)
        for start in range(0, len(X), PREDICTION_ROWS):
            rows = slice(start, start + PREDICTION_ROWS)
            z[rows] = self.forward(X[rows])[0]
        return z

    def predict(self, X: Array) -> Array:
        """Outputs y (n, k) = output.f(z)."""
        return self.output.f(self.scores(X))

    def _repr_html_(self) -> str:
        """The dense layers as a table, for notebooks."""
        title = f"Network {'-'.join(map(str, self.widths))}: {len(self.w):,} parameters, {self.dtype.name}"
        rows = []
        for number, (i, o) in enumerate(pairwise(self.widths)):
            W = self.view(self.w, "weight", number)
            count = sum(math.prod(block.shape) for block in self.layout if block.layer == number)
            name = "output" if number == len(self.hidden) else f"layer {number + 1}"
            rows.append((name, f"{i} → {o}", f"{count:,}", f"{W.mean():.3g} ± {W.std():.3g}"))
        return html_table(title, ("layer", "width", "parameters", "weights, mean ± spread"), rows)
