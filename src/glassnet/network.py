"""The network: layers over one vector of parameters, forward and back.

All parameters are one vector `w`, all gradients one vector `g`. Each layer's matrices are views of them, so an
optimizer, a penalty, a checkpoint or a gradient check sees one array. A layer's forward returns its output
and its own way back; going backward is walking the list in reverse.

What a layer is, computes and says of itself is in `layers`; here stands which layers there are, and in what order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .backward import both_ways
from .data.sparse import MOST_AT_ONCE
from .faces import Face
from .kinds import Activation, Block, Initializer
from .layers import KINDS, Activate, Back, BatchNorm, Dense, Dropout, Layer
from .streams import Drawn
from .tables import Table
from .wording import amount, count, significant

Array = NDArray[Any]

PREDICTION_ROWS = 1024  # rows at a time outside training: large enough for BLAS, small enough for memory


class Network(Face):
    """A stack of layers over one vector of parameters.

    `hidden` holds the widths of the hidden layers (none at all is linear or logistic regression) and
    `activations` one activation for each. A hidden layer is dense, batch normalisation if asked, activation,
    dropout if asked. The last layer is dense, and `output` turns its scores into outputs.

    `w` and `g` are the parameters and their gradient. All weight matrices come first in them, so that the
    penalised part is one slice; `layout` says where every array lies. `running` holds the running statistics
    of batch normalisation, which are no parameters.

    With `together` it is so many networks side by side: all its arrays have one more axis in front, `lead`, and each
    comes to the very numbers that it would come to alone. A single one has no such axis.
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
        together: int | None = None,
    ) -> None:
        if len(activations) != len(hidden):
            raise ValueError(f"{len(hidden)} hidden layers need as many activations, not {len(activations)}")
        self.inputs, self.hidden, self.outputs = inputs, tuple(hidden), outputs
        self.activations, self.output = tuple(activations), output
        self.dropout, self.input_dropout, self.batch_norm = dropout, input_dropout, batch_norm
        self.dtype = np.dtype(dtype)
        self.widths = [inputs, *hidden, outputs]
        self.lead = () if together is None else (together,)
        self.layers = self._layers()
        self.layout = self._layout()
        self.w = np.zeros((*self.lead, self.layout[-1].slice.stop), self.dtype)
        self.g = np.zeros_like(self.w)
        statistics = sum(layer.width * len(layer.statistics) for layer in self.layers)
        self.running = np.zeros((*self.lead, statistics), self.dtype)
        self._lend()
        self._remembering = [layer for layer in self.layers if layer.statistics]
        #: Outputs y (n, k) = output.f(z), and the slope with respect to z from (z, y, that with respect to y).
        self.output_of, self.output_back = both_ways(output, outputs, self.dtype, self.lead)
        self.reset_running()

    def words(self) -> dict[str, Any]:
        """All that a network is built from, in plain data; its activations are not among them."""
        return {
            "inputs": self.inputs,
            "hidden": list(self.hidden),
            "outputs": self.outputs,
            "dropout": self.dropout,
            "input_dropout": self.input_dropout,
            "batch_norm": self.batch_norm,
            "dtype": self.dtype.name,
        }

    @classmethod
    def of(cls, words: Mapping[str, Any], activations: Sequence[Activation], output: Activation) -> Network:
        """The network that such `words()` describe, with weights of 0; any others among them are passed by."""
        options = {name: words[name] for name in ("dropout", "input_dropout", "batch_norm", "dtype")}
        options["together"] = words.get("together")
        return cls(words["inputs"], words["hidden"], words["outputs"], activations, output, **options)

    def like(self, **changes: Any) -> Network:
        """The same network once more, with buffers of its own and the weights of now.

        `changes` are words that leave the parameters where they lie: `network.like(dropout=0.0, dtype="float64")`, or
        `together`, for so many of it side by side.
        """
        copy = Network.of(self.words() | changes, self.activations, self.output)
        copy.w[:], copy.running[:] = self.w, self.running
        return copy

    @property
    def shape(self) -> str:
        """Its widths for people: `64-100-10`."""
        return "-".join(map(str, self.widths))

    @property
    def weights(self) -> slice:
        """Where the weight matrices lie in `w`: what penalties look at."""
        return slice(0, max(block.slice.stop for block in self.layout if block.kind == "weight"))

    def _layout(self) -> list[Block]:
        """Where each array lies: all weights, then all biases, then what other layers have, each from the first on."""
        letters = dict.fromkeys(letter for layer in self.layers for letter in layer.parameters)
        blocks, start = [], 0
        for letter in sorted(letters, key=lambda letter: letter != "W"):
            for layer in self.layers:
                if letter in layer.parameters:
                    kind, shape = KINDS.get(letter, letter), layer.parameters[letter]
                    stop = start + math.prod(shape)
                    blocks.append(Block(kind, layer.number - 1, slice(start, stop), shape))
                    start = stop
        return blocks

    def _lend(self) -> None:
        """Hand each layer its views of parameters, gradient and running statistics."""
        start = 0
        for layer in self.layers:
            places = {letter: (KINDS.get(letter, letter), layer.number - 1) for letter in layer.parameters}
            stop = start + layer.width * len(layer.statistics)
            running = np.split(self.running[..., start:stop], len(layer.statistics), -1) if layer.statistics else ()
            layer.hold(
                {letter: self.view(self.w, *place) for letter, place in places.items()},
                {f"d{letter}": self.view(self.g, *place) for letter, place in places.items()},
                dict(zip(layer.statistics, running, strict=True)),
            )
            start = stop

    def view(self, vector: Array, kind: str, layer: int) -> Array:
        """One array of a vector laid out as `w`: `network.view(network.g, "weight", 0)`."""
        for block in self.layout:
            if block.kind == kind and block.layer == layer:
                return vector[..., block.slice].reshape(*vector.shape[:-1], *block.shape)
        raise KeyError(f"layer {layer} has no {kind}")

    def _layers(self) -> list[Layer]:
        memory = self.dtype, self.lead
        layers: list[Layer] = []
        if self.input_dropout:
            layers.append(Dropout(0, self.input_dropout, self.inputs, memory))
        pairs = list(pairwise(self.widths))
        for number, ((i, o), activation) in enumerate(zip(pairs, self.activations, strict=False), start=1):
            layers.append(Dense(number, i, o, memory))
            if self.batch_norm:
                layers.append(BatchNorm(number, o))
            layers.append(Activate(number, activation, o, memory))
            if self.dropout:
                layers.append(Dropout(number, self.dropout, o, memory))
        layers.append(Dense(len(pairs), *pairs[-1], memory))
        return layers

    def initialise(self, initializers: Sequence[Initializer], rng: np.random.Generator) -> None:
        """Draw new weights, one initializer a dense layer, and forget the running statistics."""
        if len(initializers) != len(self.hidden) + 1:
            raise ValueError(f"{len(self.hidden) + 1} dense layers need as many initializers")
        for number, initializer in enumerate(initializers):
            fans = self.widths[number], self.widths[number + 1]
            self.view(self.w, "weight", number)[:] = initializer.weights(*fans, rng)
            self.view(self.w, "bias", number)[:] = initializer.biases(*fans, rng)
        for layer in self.layers:
            for letter, value in layer.begin.items():
                layer.arrays[letter][...] = value
        self.reset_running()

    def reset_running(self) -> None:
        """Running means 0 and variances 1, as before any batch."""
        for layer in self.layers:
            for name, value in layer.statistics.items():
                layer.running[name][...] = value

    def forward(
        self, X: Array, *, training: bool = False, rng: Drawn | None = None
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

    def remember(self) -> None:
        """After a training step: let the running statistics move."""
        for layer in self._remembering:
            layer.remember()

    def scores(self, X: Array) -> Array:
        """Scores z (n, k) of prediction, in an array of their own."""
        z = np.empty((*self.lead, X.shape[-2], self.outputs), self.dtype)
        step = max(1, min(PREDICTION_ROWS, MOST_AT_ONCE // self.inputs))  # of sparse rows, these are written out
        for start in range(0, X.shape[-2], step):
            rows = slice(start, start + step)
            z[..., rows, :] = self.forward(X[rows] if len(X.shape) == 2 else X[:, rows])[0]
        return z

    def predict(self, X: Array) -> Array:
        """Outputs y (n, k) = output.f(z)."""
        return self.output_of(self.scores(X))

    def activations_of(self, X: Array) -> list[Array]:
        """What each layer of units puts out for rows X (n, d) in prediction: a (n, width) each, the outputs last."""
        found, x = [], X
        for layer in self.layers:
            x = layer.forward(x, False, None)[0]
            if layer.activation:
                found.append(x.copy())
        return [*found, self.output_of(x)]

    def describe(self) -> str:
        """Its widths, and how many numbers of which precision it holds."""
        return f"{self.shape}: {count(len(self.w), 'parameter')}, {self.dtype.name}"

    def __repr__(self) -> str:
        return f"<Network {self.describe()}>"

    def _face_(self) -> Iterator[Table]:
        """The dense layers as a table."""
        rows = []
        for number, (i, o) in enumerate(pairwise(self.widths)):
            W = self.view(self.w, "weight", number)
            size = sum(math.prod(block.shape) for block in self.layout if block.layer == number)
            name = "output" if number == len(self.hidden) else f"layer {number + 1}"
            rows.append((name, f"{i} → {o}", amount(size), f"{significant(W.mean())} ± {significant(W.std())}"))
        yield Table(("layer", "width", "parameters", "weights, mean ± spread"), rows, f"Network {self.describe()}")
