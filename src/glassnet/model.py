"""A model: all that a prediction needs, from raw columns to class names, kept as plain arrays."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .catalog import Catalog, Choice
from .data import Features, Targets
from .data.unfamiliar import unfamiliar
from .errors import GlassnetError, GlassnetWarning
from .faces import Face, Shows
from .files import parse_json
from .kinds import TASKS, Loss
from .network import Network
from .schemas import DAMAGE, MODEL_WORDS
from .training.scoring import answers
from .wording import amount, count, first_of

Array = NDArray[Any]


@dataclass(frozen=True)
class Parts:
    """The parts that a model is made of, as phrases: what is written down beside its arrays."""

    activations: tuple[Choice, ...]
    output: Choice
    loss: Choice

    def words(self) -> dict[str, Any]:
        return {
            "activations": [str(choice) for choice in self.activations],
            "output": str(self.output),
            "loss": str(self.loss),
        }

    @classmethod
    def from_words(cls, words: Mapping[str, Any], catalog: Catalog) -> Parts:
        return cls(
            activations=tuple(catalog.choose("activation", phrase) for phrase in words["activations"]),
            output=catalog.choose("activation", words["output"]),
            loss=catalog.choose("loss", words["loss"]),
        )


@dataclass(frozen=True, repr=False)
class Model(Face):
    """A network with the preparation of its inputs and the encoding of its targets.

    `predict(X)` takes raw rows, as in the table that it was trained on, and returns class names or numbers
    in the target's own units.
    """

    network: Network
    parts: Parts
    loss: Loss
    features: Features
    targets: Targets

    def __repr__(self) -> str:
        network = self.network
        answers = f"{len(self.targets.classes)} classes" if self.targets.classes else "numbers"
        return f"<Model {network.shape} for {answers}: {count(len(network.w), 'parameter')}, {network.dtype.name}>"

    def _face_(self) -> Iterator[str | Shows]:
        """What it takes and what it answers with, its parts, and its network."""
        names, classes = [column.name for column in self.features.columns], self.targets.classes or ()
        yield f"Takes {count(len(names), 'column')}: {first_of(names)}"
        yield f"Answers with {first_of(classes) if classes else f'numbers: {first_of(self.targets.names)}'}"
        inside = dict.fromkeys(choice.short for choice in self.parts.activations)
        yield ", ".join([*inside, self.parts.output.short, self.parts.loss.short])
        yield from self.network._face_()

    def outputs(self, X: Any) -> Array:
        """What the network puts out, (n, k): probabilities with sigmoid or softmax outputs."""
        return self.network.predict(self.features.transform(X))

    def predict(self, X: Any) -> Array:
        """Class names (n,), 0 and 1 (n, c) for several labels, or numbers (n,) or (n, c) in their own units.

        What no training row held, such as an unknown value of a text, is said in a `GlassnetWarning` for each column.
        """
        y = self.outputs(X)
        for remark in unfamiliar(self.features, X):
            warnings.warn(remark, GlassnetWarning, stacklevel=2)
        return self.said(y)

    def said(self, y: Array) -> Array:
        """What outputs y (n, k) say, as `predict` does."""
        said = answers(y, self.targets, self.loss)
        if self.targets.task == "regression":
            return said[:, 0] if said.shape[1] == 1 else said
        return said if self.targets.task == "multilabel" else np.asarray(self.targets.labels(said))

    def further(self, X: Any) -> dict[str, Array]:
        """What the loss says of numbers beyond `predict`, by name in the target's own units: quantiles, a spread."""
        return self.said_further(self.outputs(X))

    def said_further(self, y: Array) -> dict[str, Array]:
        """What outputs y (n, k) say, as `further` does."""
        if self.loss.further is None:
            return {}
        return dict(self.loss.further(y, self.targets.mean, self.targets.scale))

    def to_arrays(self) -> dict[str, Array]:
        """Everything as arrays that need no pickle; the words among them as one JSON text."""
        words = self.network.words() | self.parts.words()
        arrays = {"words": np.array(json.dumps(words)), "w": self.network.w, "running": self.network.running}
        arrays |= {f"features/{name}": array for name, array in self.features.to_arrays().items()}
        return arrays | {f"targets/{name}": array for name, array in self.targets.to_arrays().items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array], catalog: Catalog) -> Model:
        try:
            words = parse_json(str(arrays["words"]), MODEL_WORDS)
            _refuse_other_sizes(words, arrays)
            parts = Parts.from_words(words, catalog)
            activations = [choice.build() for choice in parts.activations]
            network = Network.of(words, activations, parts.output.build())
            for name, own in (("w", network.w), ("running", network.running)):
                if arrays[name].shape != own.shape:
                    raise ValueError(f"{name} has the shape {arrays[name].shape}, not {own.shape}")
                own[:] = arrays[name]
            features, targets = (
                Features.from_arrays(under("features/", arrays)), Targets.from_arrays(under("targets/", arrays))
            )  # fmt: skip
            _refuse_other_columns(features, targets, network)
        except DAMAGE as error:
            raise GlassnetError(f"not a model that this glassnet can read ({type(error).__name__}: {error})") from error
        return cls(network, parts, parts.loss.build(), features, targets)


def _refuse_other_sizes(words: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """The words say how large a network is: not larger than the weights that are there."""
    widths = [words["inputs"], *words["hidden"], words["outputs"]]
    if not all(widths):
        raise ValueError("a layer without units")
    wanted = sum(i * o + o for i, o in pairwise(widths)) + 2 * sum(words["hidden"]) * words["batch_norm"]
    if arrays["w"].ndim != 1 or len(arrays["w"]) < wanted:  # layers of other sorts may hold more: the network knows
        raise ValueError(f"{count(math.prod(arrays['w'].shape), 'weight')} where {amount(wanted)} are wanted")


def _refuse_other_columns(features: Features, targets: Targets, network: Network) -> None:
    """Preparation, network and targets have to speak of the same columns."""
    if targets.task not in TASKS:
        raise ValueError("an unknown task")
    if len(features.outputs) != network.inputs:
        raise ValueError(f"{len(features.outputs)} prepared columns for {network.inputs} inputs")
    if {features.dtype, targets.dtype} != {network.dtype}:
        raise ValueError(f"columns in {features.dtype} and {targets.dtype}, a network in {network.dtype}")


def under(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """The arrays whose names begin so, without that beginning."""
    return {name.removeprefix(prefix): arrays[name] for name in arrays if name.startswith(prefix)}
