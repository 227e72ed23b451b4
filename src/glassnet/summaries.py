"""What a network is made of, before anything is trained: layers, shapes, how many numbers, how much memory and work."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any

import numpy as np

from . import wording
from .catalog import Catalog, Choice
from .errors import GlassnetError, join, need
from .experiment import DEFAULT_BATCH, Experiment, Training, choose_parts
from .faces import Face, in_brief
from .kinds import Optimizer, State, Task
from .network import Network
from .places import positions
from .runs import Run, run_of
from .tables import Table, side_notes
from .training.steps import initial_state

HEADER = ("layer", "activation", "output", "W", "b", "parameters")
TINY = (64, 128)  # parameters, on which an optimizer's memory is measured
WIDTHS = re.compile(r"\d+(-\d+)+")


@dataclass(frozen=True)
class Layer:
    """One layer: `width` units, and the shapes of its weights and biases where it has some.

    `penalised` of its parameters are in the reach of l1 and l2; `products` are its multiplications for one row.
    """

    name: str
    activation: str
    width: int
    W: tuple[int, int] | None = None
    b: tuple[int] | None = None
    parameters: int = 0
    penalised: int = 0
    products: int = 0


@dataclass(frozen=True, repr=False)
class Summary(Face):
    """A network in figures; `str()` of it is a table. Memory is in bytes.

    `batch` is the number of rows of a step, None where it depends on the data. `state` is the optimizer's memory, None
    where there is no optimizer or where it keeps its memory to itself, as whole-data solvers do.
    """

    title: str
    layers: tuple[Layer, ...]
    dtype: str
    batch: int | None
    kept: int  # numbers that a training step keeps for each row
    state: int | None
    choices: tuple[tuple[str, str], ...]

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers)

    @property
    def penalised(self) -> int:
        return sum(layer.penalised for layer in self.layers)

    @property
    def products(self) -> int:
        """Multiplications for one row on the way forward; a training step takes about three times as many."""
        return sum(layer.products for layer in self.layers)

    @property
    def memory(self) -> dict[str, int]:
        """Bytes by purpose; the activations are those of a batch, or of one row."""
        size = np.dtype(self.dtype).itemsize
        weights = self.parameters * size
        state = {} if self.state is None else {"optimizer": self.state}
        return {"weights": weights, "gradients": weights, **state, "activations": self.kept * size * (self.batch or 1)}

    def rows(self) -> list[tuple[str, ...]]:
        """A row of text for each layer, under `HEADER`."""
        return [
            (
                layer.name,
                layer.activation,
                f"(n, {layer.width})",
                str(layer.W or ""),
                str(layer.b or ""),
                wording.amount(layer.parameters) if layer.parameters else "",
            )
            for layer in self.layers
        ]

    def table(self) -> Table:
        return Table(HEADER, self.rows(), wraps=("activation",))

    def totals(self) -> list[tuple[str, str]]:
        """What stands below the table."""
        size = wording.memory(self.parameters * np.dtype(self.dtype).itemsize)
        memory = ", ".join(f"{name} {wording.memory(count)}" for name, count in self.memory.items())
        of = wording.count(self.batch, "row") if self.batch else "one row"
        whole, penalised = wording.amount(self.parameters), wording.amount(self.penalised)
        return [
            ("parameters", f"{whole} ({size} in {self.dtype}), {penalised} of them penalised"),
            ("memory", f"{memory} of {of}; together {wording.memory(sum(self.memory.values()))}"),
            (
                "work",
                f"{wording.count(self.products, 'multiplication')} a row forward, about three times that in training",
            ),
            *self.choices,
        ]

    def as_plain(self) -> dict[str, Any]:
        layers = [
            {
                "name": one.name, "activation": one.activation, "width": one.width,
                "W": one.W and list(one.W), "b": one.b and list(one.b),
                "parameters": one.parameters, "penalised": one.penalised, "products": one.products,
            }
            for one in self.layers
        ]  # fmt: skip
        return {
            "title": self.title,
            "layers": layers,
            "parameters": self.parameters,
            "penalised": self.penalised,
            "products": self.products,
            "dtype": self.dtype,
            "batch": self.batch,
            "memory": self.memory,
            "choices": dict(self.choices),
        }

    def to_json(self) -> str:
        return json.dumps(self.as_plain())

    def __str__(self) -> str:
        heading, *body = self.table().lines()
        totals = [f"{name:<10}  {text}" for name, text in self.totals()]
        return "\n".join([self.title, "", heading, "-" * len(heading), *body, "", *totals])

    def _repr_html_(self) -> str:
        return replace(self.table(), title=self.title).html() + side_notes(self.totals())


def _aligned(cell: str, size: int) -> str:
    return cell.rjust(size) if cell[:1].isdigit() or cell == "parameters" else cell.ljust(size)


def summary(
    what: Network | Training | Run | Experiment | str | Any,
    *,
    choices: Experiment | None = None,
    catalog: Catalog | None = None,
) -> Summary:
    """Layers, shapes, parameters, memory and work of a network: `summary("784-64-10")`, `summary(clf)`.

    `what` is a network, a training, a run, a fitted estimator or a pipeline that ends in one, an experiment, or the
    widths of a network in a text, "784-64-64-10"; activations, optimizer and the like are then those of `choices`.

    Raises GlassnetError for a text that holds no widths.
    """
    need(choices, Experiment | None, "summary wants an Experiment for its choices")
    if isinstance(what, Network):
        return Summary("network", tuple(_layers(what, [])), what.dtype.name, None, _kept(what), None, ())
    if isinstance(what, Run):
        return _of_run(what)
    if not isinstance(what, Training | Experiment | str) and (run := run_of(what)) is not None:
        if run.rows_gone:
            return _of_run(run)
        what = run.trained
    if isinstance(what, str):
        return _of_widths(what, choices or Experiment(), catalog or Catalog.discover())
    if isinstance(what, Experiment):
        what = Training(what, catalog)
    if not isinstance(what, Training):
        raise GlassnetError(f"a summary is of a Network, Training, Run, Experiment or widths, not of {in_brief(what)}")
    chosen = what.chosen
    batch = min(what.plan.batch_size or len(what.data.train), len(what.data.train))
    activations = [*chosen.activations, chosen.output]
    words, network = what.experiment, what.network
    return _summarised(words.title, network, activations, chosen.initializers, chosen.optimizer, words, batch)


def _of_run(run: Run) -> Summary:
    """From what was written down, so that the data need not be here."""
    if not run.rows_gone and not (run.folder / "model.npz").exists():
        return summary(run.training())
    words, model, catalog = run.experiment, run.model, run.catalog
    initializers = [catalog.choose("initializer", phrase) for phrase in words.initializer]
    assert words.optimizer is not None  # a run has every default spelled out
    optimizer = catalog.choose("optimizer", words.optimizer)
    rows = run.provenance.get("rows", {}).get("train")
    given = None if words.batch_size in (None, "full") else int(words.batch_size)
    batch = min(given or rows, rows) if rows else given
    activations = [*model.parts.activations, model.parts.output]
    name = words.title if run.rows_gone else str(run.folder)
    return _summarised(name, model.network, activations, initializers, optimizer, words, batch)


def _of_widths(text: str, words: Experiment, catalog: Catalog) -> Summary:
    if not WIDTHS.fullmatch(text) or "0" in text.split("-"):
        raise GlassnetError(
            f"widths are those of inputs, hidden layers and outputs, such as 784-64-64-10, not {text!r}"
        )
    inputs, *hidden, outputs = (int(width) for width in text.split("-"))
    words = words.replace(hidden=tuple(hidden))
    task: Task = words.task or ("binary" if outputs == 1 else "multiclass")  # type: ignore[assignment]
    chosen = choose_parts(words, None, task, catalog)
    try:
        network = chosen.network(words, inputs, outputs, words.dtype or np.float64)
    except (MemoryError, ValueError) as error:  # NumPy refuses sizes that no address can reach with a ValueError
        raise GlassnetError(f"a network of widths {text} does not fit into memory: give smaller widths") from error
    given = words.batch_size or DEFAULT_BATCH
    batch = None if given == "full" or chosen.is_solver else int(given)
    activations = [*chosen.activations, chosen.output]
    return _summarised("network", network, activations, chosen.initializers, chosen.optimizer, words, batch)


def _summarised(
    name: str,
    network: Network,
    activations: Sequence[Choice],
    initializers: Sequence[Choice],
    optimizer: Choice,
    words: Experiment,
    batch: int | None,
) -> Summary:
    return Summary(
        title=f"{name}: {'-'.join(map(str, network.widths))}",
        layers=tuple(_layers(network, [choice.short for choice in activations])),
        dtype=network.dtype.name,
        batch=batch,
        kept=_kept(network),
        state=_state_bytes(optimizer.build(), network),
        choices=(
            ("optimizer", optimizer.short),
            ("initial", join(dict.fromkeys(choice.short for choice in initializers))),
            ("penalties", f"l1 {words.l1:g}, l2 {words.l2:g}"),
            *([("inputs", f"some are made of number columns: {join(words.features)}")] if words.features else []),
            *([("frozen", _frozen(words, network))] if words.freeze else []),
        ),
    )


def _frozen(words: Experiment, network: Network) -> str:
    still = len(positions(words.freeze, network.layout))
    return f"{join(words.freeze)}: {wording.amount(still)} parameters keep their values"


def _layers(network: Network, activations: Sequence[str]) -> Iterator[Layer]:
    """The layers as a person counts them: an activation belongs to the dense layer below it."""
    yield Layer("inputs", "", network.inputs)
    for layer in network.layers:
        if layer.activation is None:
            shapes: Any = layer.parameters
            W, b = shapes.get("W"), shapes.get("b")
            sizes = {letter: math.prod(shape) for letter, shape in shapes.items()}
            remark = activations[layer.number - 1] if W and activations else layer.remark
            total, penalised = sum(sizes.values()), sizes.get("W", 0)
            yield Layer(layer.title, remark, layer.width, W, b, total, penalised, layer.products)


def _kept(network: Network) -> int:
    """Numbers of one row that a step keeps for the way back: the inputs, what leaves every layer, the outputs."""
    return network.inputs + sum(layer.width for layer in network.layers) + network.outputs


def _state_bytes(optimizer: Optimizer, network: Network) -> int | None:
    """Measured on the smallest of networks, and scaled to this one: its state may be larger than the memory there is.

    An optimizer that asks for the layers may keep anything; its state is made as it is.
    """
    if optimizer.minimize is not None:
        return None
    if optimizer.init is not None and len(signature(optimizer.init).parameters) > 1:
        try:
            return _bytes_of(initial_state(optimizer, network.w, network.layout))
        except MemoryError:
            return None
    small, large = (_bytes_of(initial_state(optimizer, np.zeros(n, network.dtype), [])) for n in TINY)
    each = (large - small) / (TINY[1] - TINY[0])
    return round(small + each * (len(network.w) - TINY[0]))


def _bytes_of(state: State) -> int:
    return sum(value.nbytes for value in state.values() if isinstance(value, np.ndarray))
