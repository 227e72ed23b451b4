"""The words of a trace: names of rows, inputs, units and classes, and formulas in the parts' own words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import Choice
from ..experiment import Training
from ..kinds import Activation, Loss

Array = NDArray[Any]

SECTIONS = ("Options:", "Source:", "Raises")


@dataclass(frozen=True)
class Names:
    """What the units of each layer are called: inputs first, outputs last."""

    units: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, training: Training) -> Names:
        hidden = [tuple(f"unit {unit}" for unit in range(1, width + 1)) for width in training.network.hidden]
        return cls((training.data.features.outputs, *hidden, output_names(training)))

    def into(self, layer: int) -> tuple[str, ...]:
        return self.units[layer - 1]

    def out_of(self, layer: int) -> tuple[str, ...]:
        return self.units[layer]


def output_names(training: Training) -> tuple[str, ...]:
    """Classes, targets, or plain numbers where neither has as many names as there are outputs."""
    targets, width = training.data.targets, training.network.outputs
    for names in (tuple(map(str, targets.classes or ())), targets.names):
        if len(names) == width:
            return names
    return tuple(f"output {number}" for number in range(1, width + 1))


def row_names(index: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"row {number}" if number >= 0 else f"own row {-number}" for number in index)


def short(choice: Choice) -> str:
    """A phrase as a person would write it: options at their defaults are left out."""
    defaults = {option.name: option.default for option in choice.part.options}
    changed = {name: value for name, value in choice.options.items() if value != defaults.get(name)}
    options = ",".join(f"{name}={value}" for name, value in changed.items())
    return f"{choice.part.name}:{options}" if options else choice.part.name


def settings(choice: Choice) -> str:
    """Every option of a part with its value."""
    return ", ".join(f"{name} = {value}" for name, value in choice.options.items())


def own_words(choice: Choice) -> tuple[str, ...]:
    """The paragraphs of a part's help that give its formula, with the values of its options.

    Of lines that begin with a choice, `inside: ...`, only the chosen one's is kept.
    """
    others = {one for option in choice.part.options for one in option.choices or ()} - set(choice.options.values())
    lines: list[str] = []
    for paragraph in choice.part.doc.split("\n\n")[1:]:
        if paragraph.startswith(SECTIONS):
            break
        if " = " in paragraph:
            lines += [line for line in paragraph.splitlines() if line.partition(":")[0] not in others]
    values = settings(choice)
    return (*lines, f"with {values}") if lines and values else tuple(lines)


def delta_formula(training: Training, t: Array, last: int, weighted: bool) -> str:
    """How the slope with respect to the last scores comes from the loss, where it is taken from them directly."""
    loss = training.objective.loss
    by = "* weight / n" if weighted else "/ n"
    found = difference_formula(loss, training.network.output, t)
    return f"delta{last} = {found or f'slope of {training.chosen.loss.part.name} in z{last}'} {by}"


def difference_formula(loss: Loss, output: Activation, t: Array) -> str:
    """`y - t`, perhaps with a factor, if the loss's slope in the scores is that for any scores; else empty.

    Seen from numbers, because neither part can know the other: scores that have nothing to do with the data.
    """
    assert loss.score_grad is not None
    k = loss.width(t.shape[1])
    if k != t.shape[1]:
        return ""
    z = np.random.default_rng(0).normal(size=(7, k)).astype(t.dtype) * 3
    targets = np.resize(t, z.shape)
    slope, difference = loss.score_grad(z, targets), output.f(z) - targets
    columns = f" / {k}" if k > 1 else ""
    for factor, words in ((1, "(y - t)"), (1 / k, f"(y - t){columns}"), (2 / k, f"2 (y - t){columns}")):
        if np.allclose(slope, factor * difference, rtol=1e-5, atol=1e-6):
            return words
    return ""
