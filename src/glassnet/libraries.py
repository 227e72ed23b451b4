"""What another library is handed of an experiment, and what it gives back: a recipe, a session, the engine itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .faces import in_a_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

#: A part in plain words, as another library may want to know it: full name and every option.
Words = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class Recipe:
    """An experiment as another library has to know it: plain words, numbers and the initial weights.

    `widths` are those of inputs, hidden layers and outputs; `activations` has one entry a hidden layer.
    `start` has one mapping a dense layer, "W" (i, o) and "b" (o,), and with batch normalisation "scale",
    "shift", "mean" and "var" (o,) of the hidden ones. `total_steps` is what a schedule counts to.
    """

    task: str
    widths: tuple[int, ...]
    activations: tuple[Words, ...]
    output: Words
    loss: Words
    optimizer: Words
    schedule: Words
    start: tuple[Mapping[str, Array], ...]
    total_steps: int
    batch_size: int
    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None
    dropout: float = 0.0
    input_dropout: float = 0.0
    batch_norm: bool = False
    dtype: str = "float64"
    __repr__ = in_a_line


@dataclass(frozen=True, eq=False)
class Session:
    """A network at work in another library, as three functions.

    `train(X, t, batch_size)` visits the rows once, in the order given, a batch at a time (the last takes the
    remainder), and returns their mean loss, without penalties, as each batch had it before its update; NaN
    for several batches where the library adds penalties that can't be told apart afterwards.
    `weights()` returns copies, in the form of `Recipe.start`. `outputs(X)` returns y (n, k) in prediction mode.
    `remarks` are sentences for people on what was converted to follow the recipe.
    """

    train: Callable[[Array, Array, int], float]
    weights: Callable[[], list[dict[str, Array]]]
    outputs: Callable[[Array], Array]
    remarks: Sequence[str] = ()
    __repr__ = in_a_line


@dataclass(frozen=True, eq=False)
class Engine:
    """Another library that trains the same network from the same weights on the same batches.

    `begin(recipe)` returns a `Session`; it raises `ValueError` naming the part or setting that the library has
    no equal for. `version()` is the library's. `script(recipe)` returns Python source in the library's own
    words: a readable module text that defines `outputs(X)` and `train(X, t, epochs)` and takes its arrays from
    a mapping `weights` ("W1", "b1", ...), which the text may expect to exist. `limit` is how far apart its
    weights may be after 30 steps in float64: rounding alone stays below 1e-10, and a library that keeps the
    rate in float32 needs more.
    """

    begin: Callable[[Recipe], Session]
    version: Callable[[], str]
    script: Callable[[Recipe], str] | None = None
    limit: float = 1e-10
    __repr__ = in_a_line
