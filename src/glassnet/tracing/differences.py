"""Every slope of a step a second time, from the loss alone: move one number a little and look what the loss does.

It is done in float64 on a copy of the network, whatever the network computes in. Where the slopes from the left and
from the right disagree there is a kink, which has no slope: such numbers are named and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError
from ..experiment import Training
from ..kinds import Activation
from ..layers import slope_in
from ..slopes import ROUNDING, slope_across
from ..training import Objective
from .values import Comparison
from .witness import Seen
from .words import Names, row_names

Array = NDArray[Any]
Losses = Callable[[Array], Array]  # an array that moves -> the loss of each row

STEP = 1e-4  # small beside numbers about 1; two steps together leave an error of the fourth power of it
REACH = 0.02  # how far a weight may move a score: inputs in the thousands need smaller steps
ALLOWED = {"float64": 1e-6, "float32": 1e-4}  # of the largest number; a float32 has seven digits to begin with
MOST_CHECKED = 400  # numbers of a matrix; of larger ones so many are taken, evenly spaced
MOST_NAMED = 6


class Twin:
    """The network of a step in float64, with its weights and its dropout masks, to be moved at will."""

    def __init__(self, seen: Seen, training: Training) -> None:
        objective = training.objective
        self.network = training.network.like(dtype="float64")
        self.network.w[:] = seen.before.w
        self.objective = Objective(
            self.network, objective.loss, natural=objective.from_scores,
            l1=objective.l1, l2=objective.l2, name=objective.name,
        )  # fmt: skip
        self.X, self.t = seen.X.astype(float), seen.t.astype(float)
        self.drawn = [passed.drawn for passed in seen.passed]
        weight = np.ones(len(self.X)) if seen.weight is None else seen.weight.astype(float)
        self.share = weight / len(self.X)

    def losses(self, x: Array, start: int = 0) -> Array:
        """The loss of each row, from what enters layer `start` of the network's list."""
        for layer, drawn in list(zip(self.network.layers, self.drawn, strict=True))[start:]:
            x = layer.again(x, drawn)
        return self.objective.losses(x, self.t)


@dataclass(frozen=True, eq=False)
class Claim:
    """An array of slopes that a step gave, and what they are the slopes of: `losses(at)`, weighed with `share`.

    `at` is moved in place, one element at a time: for weights it is the twin's own array.
    """

    name: str
    found: Array
    at: Array
    losses: Losses
    share: Array
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    step: float = STEP

    @cached_property
    def here(self) -> Array:
        return np.array(self.losses(self.at))

    def moved(self, index: int, by: float) -> Array:
        """The losses with one element moved."""
        before = self.at.flat[index]
        self.at.flat[index] = before + by
        try:
            return np.array(self.losses(self.at))  # a copy: an identity hands out what it was given
        finally:
            self.at.flat[index] = before

    def named(self, index: int) -> str:
        """Where an element stands, in the words of its row and column."""
        place = np.unravel_index(index, np.shape(self.found))
        axes = (self.rows, self.columns) if self.rows else (self.columns,)
        return ", ".join(axis[i] for axis, i in zip(axes, place, strict=True))


def compare(seen: Seen, training: Training) -> Iterator[Comparison]:
    """Every slope of the step beside differences."""
    twin = Twin(seen, training)
    allowed = ALLOWED[training.network.dtype.name]
    with np.errstate(all="ignore"):
        for claim in (*_on_the_way(twin, seen, training), *_of_parameters(twin, seen, training)):
            yield judge(claim, allowed)


def judge(claim: Claim, allowed: float) -> Comparison:
    """Hold a claim against differences; of many numbers a part."""
    size = claim.found.size
    picks = np.unique(np.linspace(0, size - 1, min(size, MOST_CHECKED)).astype(int))
    slopes = [slope_at(claim, index) for index in picks]
    central = np.array([one for one in slopes if one is not None])
    kept = [int(index) for index, one in zip(picks, slopes, strict=True) if one is not None]
    kinks = [claim.named(int(index)) for index, one in zip(picks, slopes, strict=True) if one is None]
    off = np.abs(claim.found.ravel()[kept].astype(float) - central)
    off[np.isnan(off)] = np.inf  # a NaN agrees with nothing
    largest = float(off.max(initial=0.0))
    level = max(1.0, float(np.nanmax(np.abs(claim.here), initial=0.0)))
    rounded = level * ROUNDING / claim.step  # what may be left of a slope of 0
    scale = float(np.abs(central).max(initial=0.0) + rounded / allowed)
    too_small = bool(largest > 0 and np.abs(central).max() <= rounded)
    named = kinks[:MOST_NAMED] + [f"{len(kinks) - MOST_NAMED} more"] * (len(kinks) > MOST_NAMED)
    return Comparison(claim.name, len(kept), size, largest, largest / scale, allowed, tuple(named), too_small)


def slope_at(claim: Claim, index: int) -> float | None:
    """The slope with respect to one element; None on a kink, and where a loss is not defined beside it."""
    h = claim.step * max(1.0, abs(float(claim.at.flat[index])))
    try:
        return slope_across(partial(claim.moved, index), claim.here, claim.share, h, ROUNDING / claim.step)
    except (GlassnetError, ValueError):  # a probability above 1
        return None


def _on_the_way(twin: Twin, seen: Seen, training: Training) -> Iterator[Claim]:
    """The slopes of the loss in every array between the layers, and those of the activations themselves."""
    names, rows = Names.of(training), row_names(seen.index)
    last, network = len(training.network.widths) - 1, training.network
    if not training.objective.from_scores:
        y = network.output.f(seen.z)
        share = twin.share[:, None] * np.ones_like(y, float)
        found = training.objective.loss.grad(y, seen.t) * share
        out = names.out_of(last)
        yield Claim(
            "dy", found, y.astype(float), lambda y: training.objective.loss.value(y, twin.t), twin.share, rows, out
        )
        yield from _steepness(f"slope{last}", network.output, seen.z, rows, out)
    for position, passed in reversed(list(enumerate(seen.passed))):
        layer = passed.layer
        if not layer.number:
            continue  # nobody asks for slopes in the inputs
        out = names.out_of(layer.number)
        at, losses = passed.out.astype(float), partial(twin.losses, start=position + 1)
        yield Claim(slope_in(layer.leaves), passed.upstream, at, losses, twin.share, rows, out)
        if layer.activation is not None:
            yield from _steepness(f"slope{layer.number}", layer.activation, passed.x, rows, out)


def _steepness(name: str, bag: Activation, z: Array, rows: tuple[str, ...], out: tuple[str, ...]) -> Iterator[Claim]:
    """The slope of an activation, element by element: each element is a loss of its own."""
    if bag.vjp is not None or bag.df is None:
        return
    found = np.asarray(bag.df(z, bag.f(z))).astype(z.dtype)
    # One element moves at a time, so that the sum of all moves by that one alone.
    yield Claim(name, found, z.astype(float), lambda z: bag.f(z).ravel(), np.ones(z.size), rows, out)


def _of_parameters(twin: Twin, seen: Seen, training: Training) -> Iterator[Claim]:
    """The slopes in weights and biases, scale and shift, and those of the penalties."""
    names, objective = Names.of(training), twin.objective
    for passed, layer in zip(seen.passed, twin.network.layers, strict=True):
        number, out = layer.number, names.out_of(layer.number)
        for letter, at in layer.arrays.items():
            name, found = f"d{letter}{number}", passed.slopes[f"d{letter}"]
            rows: tuple[str, ...] = ()
            step = STEP
            if at.ndim == 2:  # multiplies inputs, however large they are
                rows, step = names.into(number), min(STEP, REACH / float(np.abs(passed.x).max(initial=REACH)))
            yield Claim(name, found, at, lambda _: twin.losses(twin.X), twin.share, rows, out, step)
        if "W" in layer.arrays and (objective.l1 or objective.l2):
            W = layer.arrays["W"]
            found = objective.l2 * W + objective.l1 * np.sign(W)
            name = " + ".join(f"{one}(W{number})" for one in ("l2", "l1") if getattr(objective, one))
            yield Claim(name, found, W, lambda _: np.array([objective.penalty()]), np.ones(1), names.into(number), out)
