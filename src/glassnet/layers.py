"""The layers of a network: each goes forward, hands out its own way back, and says what others ask about it.

What a layer is called, which numbers it holds and how a step through it is told stand here and nowhere else:
summaries, traces, watching and files ask the layer. A new layer is a class here and a line in `Network`.

Shapes: x (n, i) into a layer, z (n, o) its scores, a (n, o) after the activation, W (i, o), b (o,). Rows and
columns are counted from the end (axes -2 and -1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from .backward import Room, add_rows, both_ways
from .kinds import Activation
from .streams import Drawn
from .wording import significant

Array = NDArray[Any]
Back = Callable[[Array], Array | None]
Memory = tuple[np.dtype[Any], tuple[int, ...]]  # of which numbers, and for how many networks: what `Room` asks for

KINDS = {"W": "weight", "b": "bias"}  # of parameters, in the words of `Block`; all others are called by their letter
LETTERS = {kind: letter for letter, kind in KINDS.items()}


class Layer:
    """What every layer says of itself. A layer without parameters need only give `forward`, a name and a letter.

    `number` is that of the dense layer which it belongs to, from 1; 0 is before all of them. `width` columns leave it,
    bearing its `letter`; `gives` says in words what they are. It multiplies `products` numbers for each row.
    `parameters` are the shapes of its arrays by letter, and `begin` the number that fills those which no initializer
    draws. `statistics` are running figures of each column that are no parameters, with what they begin at.
    The network lends it memory: `arrays` and their `slopes` by letter, and `running` by the statistic's name.
    """

    name: ClassVar[str]
    letter: ClassVar[str]
    gives: ClassVar[str]
    begin: ClassVar[Mapping[str, float]] = {}
    statistics: ClassVar[Mapping[str, float]] = {}
    activation: Activation | None = None  # the function that it applies, if it does nothing else
    remark: str = ""
    products: int = 0

    def __init__(self, number: int, width: int, parameters: Mapping[str, tuple[int, ...]] | None = None) -> None:
        self.number, self.width, self.parameters = number, width, dict(parameters or {})
        self.arrays: dict[str, Array] = {}
        self.slopes: dict[str, Array] = {}
        self.running: dict[str, Array] = {}

    def hold(self, arrays: dict[str, Array], slopes: dict[str, Array], running: dict[str, Array]) -> None:
        """Take the memory that the network lends: views of its vectors."""
        self.arrays, self.slopes, self.running = arrays, slopes, running

    @property
    def title(self) -> str:
        """Its name and number, as people say it: dense 1, input dropout."""
        return f"{self.name} {self.number}" if self.number else f"input {self.name}"

    @property
    def leaves(self) -> str:
        """What leaves the layer, as formulas call it: a1."""
        return f"{self.letter}{self.number}"

    def forward(self, x: Array, training: bool, rng: Drawn | None) -> tuple[Array, Back]:
        """The output, and the way back: from the slope in the output to that in x, filling `slopes` as it goes."""
        raise NotImplementedError

    def drawn(self) -> dict[str, Array]:
        """What the last step forward drew at random."""
        return {}

    def again(self, x: Array, drawn: Mapping[str, Array]) -> Array:
        """The output of a training step for other numbers, with what an earlier step had drawn."""
        return self.forward(x, True, None)[0]

    def remember(self) -> None:
        """After a training step: let the running statistics move."""

    def forward_lines(self, at: Place) -> Iterator[Line]:
        """The step forward as a trace tells it."""
        for letter, values in at.passed.arrays.items():
            yield Line(f"{letter}{self.number}", values, f"{letter}{self.number}: learned", shape(values), "now", "")
        out = at.passed.out
        yield Line(self.leaves, out, f"{self.leaves} = {self.name}({at.enters})", shape(out), self.gives)

    def back_lines(self, at: Place) -> Iterator[Line]:
        """The way back as a trace tells it."""
        given = slope_in(self.leaves)
        for letter, values in at.passed.slopes.items():
            formula = f"{letter}{self.number} from {given}"
            meaning = f"slope of the loss in {letter[1:]}{self.number}"
            yield Line(f"{letter}{self.number}", values, formula, shape(values), meaning, "")
        down = at.passed.downstream
        if down is not None:
            formula = f"{slope_in(at.enters)} = way back of {self.name}({at.enters}) from {given}"
            yield Line(slope_in(at.enters), down, formula, shape(down), f"slope of the loss in {at.enters}")


# --- how a step is told -------------------------------------------------------------------------------------


@dataclass
class Passed:
    """What went through one layer: x -> out on the way forward, upstream -> downstream on the way back.

    `downstream` is None at the first dense layer. `arrays` are the parameters as the step found them, `slopes` ("dW")
    what it found out about them, and `drawn` ("mask") its random numbers.
    """

    layer: Layer
    x: Array
    out: Array
    arrays: dict[str, Array] = field(default_factory=dict)
    drawn: dict[str, Array] = field(default_factory=dict)
    upstream: Array = field(default_factory=lambda: np.empty(0))
    downstream: Array | None = None
    slopes: dict[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """A step through a layer, what enters it, and what the activation of its number is called."""

    passed: Passed
    enters: str
    f: str


@dataclass(frozen=True, eq=False)
class Line:
    """One array of a step: its name, its numbers, where they come from, the shapes that met, and what they mean.

    Its columns are the layer's units, its `rows` those of the data, the layer's inputs, or none. A line from `below`
    belongs to what lies under the layer, whose units are its columns.
    """

    name: str
    values: Array
    formula: str
    shapes: str
    meaning: str
    rows: Literal["data", "inputs", ""] = "data"
    below: bool = False


def shape(values: Array) -> str:
    return str(np.shape(values))


def slope_in(letter: str) -> str:
    """The name of the slope of the loss with respect to an array: `delta1` for z1, `da1` for a1."""
    return f"delta{letter[1:]}" if letter.startswith("z") else f"d{letter}"


# --- dense --------------------------------------------------------------------------------------------------


class Dense(Layer):
    """z = x W + b."""

    name, letter, gives = "dense", "z", "scores"

    def __init__(self, number: int, inputs: int, width: int, memory: Memory) -> None:
        super().__init__(number, width, {"W": (inputs, width), "b": (width,)})
        self.first = number == 1  # nobody asks the first layer for the slope with respect to its input
        self.products = inputs * width
        self._z, self._downstream = Room(width, *memory), Room(inputs, *memory)

    def hold(self, arrays: dict[str, Array], slopes: dict[str, Array], running: dict[str, Array]) -> None:
        super().hold(arrays, slopes, running)
        self.W, self.b, self.dW, self.db = arrays["W"], arrays["b"], slopes["dW"], slopes["db"]
        self._turned, self._row = self.W.mT, self.b[..., None, :]

    def forward(self, x: Array, training: bool, rng: Drawn | None) -> tuple[Array, Back]:
        z = np.matmul(x, self.W, out=self._z.rows(x.shape[-2]))
        z += self._row

        def back(upstream: Array) -> Array | None:
            np.matmul(x.mT, upstream, out=self.dW)
            add_rows(upstream, self.db)
            if self.first:
                return None
            return np.matmul(upstream, self._turned, out=self._downstream.rows(x.shape[-2]))

        return z, back

    def forward_lines(self, at: Place) -> Iterator[Line]:
        n, x, z, W, b = self.number, at.passed.x, at.passed.out, *at.passed.arrays.values()
        yield Line(f"W{n}", W, f"W{n}: weights now", shape(W), "from each input to each unit", "inputs")
        yield Line(f"b{n}", b, f"b{n}: biases now", shape(b), "one a unit", "")
        shapes = f"{shape(x)} {shape(W)} + {shape(b)} = {shape(z)}"
        yield Line(f"z{n}", z, f"z{n} = {at.enters} W{n} + b{n}", shapes, self.gives)

    def back_lines(self, at: Place) -> Iterator[Line]:
        n, x, delta, down = self.number, at.passed.x, at.passed.upstream, at.passed.downstream
        dW, db = at.passed.slopes["dW"], at.passed.slopes["db"]
        shapes = f"{shape(x.T)} {shape(delta)} = {shape(dW)}"
        yield Line(f"dW{n}", dW, f"dW{n} = {at.enters}ᵀ delta{n}", shapes, f"slope of the loss in W{n}", "inputs")
        formula = f"db{n} = sum over rows of delta{n}"
        yield Line(f"db{n}", db, formula, f"{shape(delta)} -> {shape(db)}", f"slope of the loss in b{n}", "")
        if down is not None:
            name, shapes = slope_in(at.enters), f"{shape(delta)} {shape(dW.T)} = {shape(down)}"
            meaning = f"slope of the loss in {at.enters}"
            yield Line(name, down, f"{name} = delta{n} W{n}ᵀ", shapes, meaning, below=True)


# --- activation ---------------------------------------------------------------------------------------------


class Activate(Layer):
    """a = f(z), element by element or with mixed columns, as its activation says."""

    name, letter, gives = "activation", "a", "activations"

    def __init__(self, number: int, activation: Activation, width: int, memory: Memory) -> None:
        super().__init__(number, width)
        self.activation = activation
        self.f, self.way_back = both_ways(activation, width, *memory)

    def forward(self, z: Array, training: bool, rng: Drawn | None) -> tuple[Array, Back]:
        a = self.f(z)
        return a, lambda upstream: self.way_back(z, a, upstream)

    def forward_lines(self, at: Place) -> Iterator[Line]:
        a = at.passed.out
        yield Line(self.leaves, a, f"{self.leaves} = {at.f}({at.enters})", shape(a), self.gives)

    def back_lines(self, at: Place) -> Iterator[Line]:
        z, a, down, ends = at.passed.x, at.passed.out, at.passed.downstream, (at.enters, self.leaves)
        assert down is not None and self.activation is not None
        return lines_through(self.activation, at.f, ends, z, a, down)


def lines_through(
    activation: Activation, f: str, ends: tuple[str, str], z: Array, a: Array, down: Array
) -> Iterator[Line]:
    """Back through an activation: the slope of each element, or in one go where columns mix."""
    enters, leaves = ends
    number, result, given = enters[1:], slope_in(enters), slope_in(leaves)
    meaning = f"slope of the loss in {enters}"
    if activation.vjp is None and activation.df is not None:
        slope = np.asarray(activation.df(z, a)).astype(z.dtype)
        name = f"slope{number}"
        yield Line(name, slope, f"{name} = {f}'({enters})", shape(slope), f"of {leaves} in {enters}")
        shapes = f"{shape(a)} * {shape(slope)} = {shape(down)}"
        yield Line(result, down, f"{result} = {given} * {name}", shapes, meaning)
        return
    how = "columns mix" if activation.vjp is not None else "derived by autograd"
    formula = f"{result} = way back of {f}({enters}) from {given}: {how}"
    yield Line(result, down, formula, shape(down), meaning)


# --- dropout ------------------------------------------------------------------------------------------------


class Dropout(Layer):
    """Each input is left out with probability `rate` while training; the others are scaled by 1 / (1 - rate).

    Scaling while training ("inverted" dropout) keeps the mean, so prediction needs no change at all.
    """

    name, letter, gives = "dropout", "d", "what is left"

    def __init__(self, number: int, rate: float, width: int, memory: Memory) -> None:
        super().__init__(number, width)
        self.keep = 1.0 - rate
        self.remark = f"{significant(1 - self.keep)} left out"
        self._x, self._downstream = Room(width, *memory), Room(width, *memory)
        self._mask = self._x.rows(0)

    def forward(self, x: Array, training: bool, rng: Drawn | None) -> tuple[Array, Back]:
        if not training:
            return x, lambda upstream: upstream
        if rng is None:
            raise ValueError("dropout draws its mask from `rng`: hand a generator to the training step")
        kept = rng.random(x.shape, dtype=np.float32) < self.keep
        mask = self._mask = kept.astype(x.dtype) / self.keep
        dropped = np.multiply(x, mask, out=self._x.rows(x.shape[-2]))
        return dropped, lambda upstream: np.multiply(upstream, mask, out=self._downstream.rows(x.shape[-2]))

    def drawn(self) -> dict[str, Array]:
        return {"mask": self._mask}

    def again(self, x: Array, drawn: Mapping[str, Array]) -> Array:
        return x * drawn["mask"]

    def forward_lines(self, at: Place) -> Iterator[Line]:
        n, mask, out = self.number, at.passed.drawn["mask"], at.passed.out
        formula = f"mask{n} = 1 / {self.keep:g} with probability {self.keep:g}, else 0"
        yield Line(f"mask{n}", mask, formula, shape(mask), "drawn anew in each step")
        shapes = f"{shape(out)} * {shape(mask)} = {shape(out)}"
        yield Line(f"d{n}", out, f"d{n} = {at.enters} * mask{n}", shapes, self.gives)

    def back_lines(self, at: Place) -> Iterator[Line]:
        down, mask, name = at.passed.downstream, at.passed.drawn["mask"], slope_in(at.enters)
        assert down is not None
        formula = f"{name} = {slope_in(self.leaves)} * mask{self.number}"
        shapes = f"{shape(down)} * {shape(mask)} = {shape(down)}"
        yield Line(name, down, formula, shapes, f"slope of the loss in {at.enters}")


# --- batch normalisation ------------------------------------------------------------------------------------


class BatchNorm(Layer):
    """Batch normalisation: (z - mean) / sqrt(var + epsilon) * scale + shift, column by column.

    While training, mean and variance are those of the batch; in prediction they are the running ones, which
    move by `momentum` towards each batch's, but only when the trainer says `remember()` after a step. The
    running variance is the unbiased one. (Ioffe and Szegedy 2015; constants and conventions as in PyTorch.)
    """

    name, letter, gives = "batch norm", "u", "normalised scores"
    begin: ClassVar[Mapping[str, float]] = {"scale": 1.0, "shift": 0.0}
    statistics: ClassVar[Mapping[str, float]] = {"mean": 0.0, "var": 1.0}
    momentum = 0.1
    epsilon = 1e-5

    def __init__(self, number: int, width: int) -> None:
        super().__init__(number, width, {"scale": (width,), "shift": (width,)})
        self.products = width
        self._batch: tuple[Array, Array, int] | None = None  # mean and variance (1, o) of the last, and its rows

    def hold(self, arrays: dict[str, Array], slopes: dict[str, Array], running: dict[str, Array]) -> None:
        super().hold(arrays, slopes, running)
        self.dscale, self.dshift = slopes["dscale"], slopes["dshift"]
        held = arrays | slopes | running
        self._scale, self._shift, self._dscale, self._dshift, self._mean, self._var = (
            held[name][..., None, :] for name in ("scale", "shift", "dscale", "dshift", "mean", "var")
        )

    def forward(self, z: Array, training: bool, rng: Drawn | None) -> tuple[Array, Back]:
        n = z.shape[-2]
        if training:
            mean, var = z.mean(axis=-2, keepdims=True), z.var(axis=-2, keepdims=True)
            self._batch = mean, var, n
        else:
            mean, var = self._mean, self._var
        spread = np.sqrt(var + self.epsilon)
        normal = (z - mean) / spread

        def back(upstream: Array) -> Array:
            add_rows(upstream, self.dshift)
            add_rows(upstream * normal, self.dscale)
            slope = upstream
            if training:  # the batch's own mean and spread move with each of its rows
                slope = upstream - self._dshift / n - normal * (self._dscale / n)
            return slope * (self._scale / spread)

        return normal * self._scale + self._shift, back

    def remember(self) -> None:
        """Move the running statistics towards those of the last training batch."""
        if self._batch is None:
            return
        mean, var, n = self._batch
        self._mean += self.momentum * (mean - self._mean)
        self._var += self.momentum * (var * (n / max(n - 1, 1)) - self._var)
        self._batch = None

    def forward_lines(self, at: Place) -> Iterator[Line]:
        n, z, u, scale, shift = self.number, at.passed.x, at.passed.out, *at.passed.arrays.values()
        mean, var = z.mean(axis=0), z.var(axis=0)
        normal = (z - mean) / np.sqrt(var + self.epsilon)
        o, no, into = shape(mean), shape(z), at.enters
        yield Line(f"mean{n}", mean, f"mean{n} = mean over rows of {into}", o, "of this batch", "")
        formula = f"var{n} = mean over rows of ({into} - mean{n})^2"
        yield Line(f"var{n}", var, formula, o, "of this batch", "")
        formula = f"normal{n} = ({into} - mean{n}) / sqrt(var{n} + {self.epsilon:g})"
        yield Line(f"normal{n}", normal, formula, f"({no} - {o}) / {o}", "mean 0, variance 1")
        yield Line(f"scale{n}", scale, f"scale{n}: learned", o, "one a unit", "")
        yield Line(f"shift{n}", shift, f"shift{n}: learned", o, "one a unit", "")
        yield Line(f"u{n}", u, f"u{n} = normal{n} * scale{n} + shift{n}", f"{no} * {o} + {o} = {no}", self.gives)

    def back_lines(self, at: Place) -> Iterator[Line]:
        n, down, slopes = self.number, at.passed.downstream, at.passed.slopes
        assert down is not None
        o, no, name = shape(slopes["dscale"]), shape(down), slope_in(at.enters)
        formula, meaning = f"dscale{n} = sum over rows of du{n} * normal{n}", f"slope of the loss in scale{n}"
        yield Line(f"dscale{n}", slopes["dscale"], formula, f"{no} * {no} -> {o}", meaning, "")
        formula, meaning = f"dshift{n} = sum over rows of du{n}", f"slope of the loss in shift{n}"
        yield Line(f"dshift{n}", slopes["dshift"], formula, f"{no} -> {o}", meaning, "")
        inner = f"du{n} - dshift{n} / n - normal{n} * dscale{n} / n"
        formula = f"{name} = ({inner}) * scale{n} / sqrt(var{n} + {self.epsilon:g})"
        yield Line(name, down, formula, f"{no} * {o} / {o} = {no}", f"slope of the loss in {at.enters}")
