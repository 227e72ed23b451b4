"""What a weight is called, and where it lies: `W1:2,3` is that from input 2 to unit 3 of layer 1, `b1:3` its bias.

The letters are those of a trace, and all is counted from 1 as there. `W1` are all weights of a layer, `b1` its biases,
and `1` is everything that the layer has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import GlassnetError
from .kinds import Block
from .layers import KINDS
from .wording import count

Array = NDArray[Any]

FORM = re.compile(r"([A-Za-z]*?)([0-9]+)(?::([0-9]+)(?:,([0-9]+))?)?")
LETTERS = ("W", "b", "scale", "shift")
HOW = "1 is all of layer 1, W1 its weights, b1 its biases, W1:2,3 the weight from input 2 to unit 3, b1:3 a bias"


def in_options(names: Sequence[str]) -> str:
    """How these are frozen on the command line."""
    return " ".join(f"--freeze {name}" for name in names)


@dataclass(frozen=True)
class Place:
    """A name that was read: the letter (empty for all of a layer), the layer, and which of its numbers."""

    name: str
    letter: str
    layer: int
    which: tuple[int, ...]

    @classmethod
    def read(cls, name: str) -> Place:
        """`W1:2,3` taken apart; `GlassnetError` for what is no name of a weight."""
        found = FORM.fullmatch(name.strip())
        if found is None and (several := _several(name)):
            each = json.dumps(several)
            raise GlassnetError(f"{name!r} are several: name each by itself, {each}; a command repeats --freeze")
        if found is None or (found[1] and found[1] not in LETTERS) or (found[3] and not found[1]):
            raise GlassnetError(f"{name!r} is no weight and no layer: {HOW}")
        which = tuple(int(number) for number in found.groups()[2:] if number)
        if which and len(which) != (2 if found[1] == "W" else 1):
            wanted = "two numbers, from an input to a unit, W1:2,3" if found[1] == "W" else "one number, b1:3"
            raise GlassnetError(f"{name!r}: one of {found[1]} has {wanted}")
        return cls(name.strip(), found[1], int(found[2]), which)

    def positions(self, layout: Sequence[Block]) -> Array:
        """Where its numbers lie in the vector of a network with that layout; `GlassnetError` where it has none such."""
        layers = max(block.layer for block in layout) + 1
        if not 1 <= self.layer <= layers:
            raise GlassnetError(f"{self.name}: there is no layer {self.layer}, the network has {_layers(layers)}")
        blocks = [block for block in layout if block.layer == self.layer - 1]
        if self.letter:
            blocks = [block for block in blocks if block.kind == KINDS.get(self.letter, self.letter)]
            if not blocks:
                raise GlassnetError(f"{self.name}: layer {self.layer} has no {self.letter}, there is no --batch-norm")
        return np.concatenate([self._of(block) for block in blocks])

    def _of(self, block: Block) -> Array:
        every = np.arange(block.slice.start, block.slice.stop).reshape(block.shape)
        if not self.which:
            return every.ravel()
        if not all(1 <= number <= length for number, length in zip(self.which, block.shape, strict=True)):
            rows = f"{count(block.shape[0], 'input')} and " if len(block.shape) > 1 else ""
            raise GlassnetError(f"{self.name}: layer {self.layer} has {rows}{count(block.shape[-1], 'unit')}")
        return every[tuple(number - 1 for number in self.which)].reshape(1)


def _layers(layers: int) -> str:
    return "layer 1 alone" if layers == 1 else f"layers 1 to {layers}, the last one is the output's"


def positions(names: Sequence[str], layout: Sequence[Block]) -> Array:
    """Where the numbers of all these frozen places lie, each once, in order."""
    try:
        found = [Place.read(name).positions(layout) for name in names]
    except GlassnetError as error:
        raise GlassnetError(f"--freeze {error}") from error
    return np.unique(np.concatenate(found)) if found else np.empty(0, int)


def _several(name: str) -> list[str]:
    """The names that commas divide; none where one of them is no name."""
    names = [one.strip() for one in name.split(",")]
    try:
        return [Place.read(one).name for one in names] if len(names) > 1 else []
    except GlassnetError:
        return []


@dataclass(frozen=True)
class Edit:
    """Weights that are set by hand: `W1:2,3=0.5`."""

    place: Place
    value: float

    @classmethod
    def read(cls, setting: str) -> Edit | None:
        """What such a setting means; None where it is about something else."""
        name, equals, value = setting.partition("=")
        found = FORM.fullmatch(name.strip())
        if not equals or found is None or found[1] not in ("", *LETTERS):
            return None
        place = Place.read(name)
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not isfinite(number):
            raise GlassnetError(f"{setting}: a weight is a finite number, {name.strip()}=0.5, not {value!r}")
        return cls(place, number)
