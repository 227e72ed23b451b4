"""What engines for other libraries write alike: our parts in their words, refusals, batches, scripts, and differences.

An engine of your own may import it as ours do: `from glassnet import engines`. What is refused is a `ValueError` that
names the part or setting and says what to write instead.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .libraries import Recipe
from .wording import ours

__all__ = [
    "Rule", "apart", "batches", "beginning", "epsilon_elsewhere", "farthest", "inside", "known", "loss_source", "named",
    "ours", "refuse_epochs", "refuse_masks", "run_script", "spaced",
]  # fmt: skip

Array = NDArray[Any]
Layers = Sequence[Mapping[str, Array]]
T = TypeVar("T")


# --- our parts in a library's words -------------------------------------------------------------------------


def known(library: str, kind: str, table: Mapping[str, T], name: str) -> T:
    """What `table` holds for the part of that full name. Raises ValueError with the names that it has."""
    if name in table:
        return table[name]
    names = ", ".join(ours(one) for one in table)
    raise ValueError(f"{library} has no {kind} {ours(name)}: write --{kind} with one of {names}")


def epsilon_elsewhere(library: str, theirs: str, phrase: str, instead: str) -> ValueError:
    """The refusal of `phrase`, such as adam:epsilon_place=inside, where the library has it on the other side."""
    side = "outside" if phrase.endswith("=inside") else "inside"
    name = phrase.partition("=")[0]
    return ValueError(f"{library}'s {theirs} has its epsilon {side} the root, not {phrase}: write {name}={instead}")


@dataclass(frozen=True)
class Rule:
    """An optimizer as source.

    `before_step` are lines that set something before each step (they may use `step`, from 1). `inertia` says that
    the rate is inside a velocity, where a schedule would move it otherwise than by scaling the change.
    """

    source: str
    before_step: str = ""
    inertia: bool = False


def loss_source(
    library: str, losses: Mapping[str, Any], from_scores: Mapping[tuple[str, str], str], recipe: Recipe
) -> str:
    """The loss as an expression of scores z, targets t and `output`.

    `from_scores` has, by loss and output, those that take the scores: there exponential and logarithm cancel. An entry
    of `losses` is called with `y`, the outputs as an expression, `tiny`, the smallest number whose logarithm is taken,
    and the loss's options.
    """
    name, options = recipe.loss
    write = known(library, "loss", losses, name)
    if (name, recipe.output[0]) in from_scores:
        return from_scores[name, recipe.output[0]]
    y = "z" if recipe.output[0] == "glassnet/identity" else "output(z)"
    return str(write(y=y, tiny="1e-154" if recipe.dtype == "float64" else "1e-19", **options))


# --- what no library compares -------------------------------------------------------------------------------


def refuse_masks(recipe: Recipe) -> None:
    """Refuse dropout in a session."""
    for flag, rate in (("--dropout", recipe.dropout), ("--input-dropout", recipe.input_dropout)):
        if rate:
            raise ValueError(
                f"each library draws random masks of its own, so that {flag} can't be compared: leave it away"
            )


def refuse_epochs(recipe: Recipe) -> None:
    """Refuse, in a session, a schedule that the library lets count epochs."""
    name = recipe.schedule[0].rpartition("/")[2]
    raise ValueError(f"{name} counts epochs, and here are only batches: write --schedule constant, or cosine")


# --- at work ------------------------------------------------------------------------------------------------


def batches(recipe: Recipe, n: int, batch_size: int) -> list[slice]:
    """The rows of each batch, in order; a single last row joins its neighbour where there is batch normalisation."""
    from .training.batches import batch_starts

    starts = batch_starts(n, batch_size, join_single=recipe.batch_norm)
    return [slice(start, stop) for start, stop in zip(starts, [*starts[1:], n], strict=True)]


def named(layers: Layers) -> dict[str, Array]:
    """Arrays of layers by letter and number, as scripts ask for them: W1, b1, W2."""
    return {f"{name}{number}": array for number, layer in enumerate(layers, 1) for name, array in layer.items()}


def apart(expected: Layers, found: Layers) -> Iterator[tuple[int, str, float]]:
    """How far each array of two lists of layers is apart: layer, from 1, name, and the largest difference.

    It is infinite where an array is missing or has another shape.
    """
    for number, (one, other) in enumerate(zip(expected, found, strict=True), 1):
        for name, array in one.items():
            alike = name in other and np.shape(other[name]) == array.shape
            yield number, name, float(np.abs(np.asarray(other[name]) - array).max(initial=0.0)) if alike else np.inf


def farthest(expected: Layers, found: Layers) -> float:
    """The largest difference of any single number; NaN where one is NaN."""
    return float(np.max([far for _, _, far in apart(expected, found)], initial=0.0))


# --- scripts ------------------------------------------------------------------------------------------------


def beginning(recipe: Recipe, library: str) -> str:
    """What a script says of itself in its first line."""
    shape = "-".join(str(width) for width in recipe.widths)
    return f'"""A network {shape} in {library}, with the weights and the rules that it had in glassnet."""'


def inside(recipe: Recipe, source: str) -> str:
    """Half a sentence for the loss's docstring, where the output activation is part of that expression."""
    output = recipe.output[0].rpartition("/")[2]
    return "" if "output(z)" in source or output == "identity" else f"; {output} is inside of it"


def spaced(sections: Sequence[str]) -> str:
    """Sections of a script with one blank line between statements, and two around functions and classes."""
    text = sections[0]
    for before, section in pairwise(sections):
        text += "\n\n\n" if {"def ", "clas"} & {before[:4], section[:4]} else "\n\n"
        text += section
    return text + "\n"


def run_script(
    text: str, recipe: Recipe, package: str, within: AbstractContextManager[Any] | None = None
) -> dict[str, Any]:
    """The names that a script defines, with the recipe's weights in its layers."""
    where = f"<the script of {package}>"
    linecache.cache[where] = len(text), None, text.splitlines(keepends=True), where  # so that tracebacks show it
    names: dict[str, Any] = {"weights": named(recipe.start)}
    with within or nullcontext():
        exec(compile(text, where, "exec"), names)
    return names
