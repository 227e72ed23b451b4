"""From what was seen in a step to cards: every array with its letter, its formula and the shapes that meet in it.

The letters: x inputs, z scores, a activations, y outputs, t targets; delta is the slope of the loss with respect to
z, and dq that with respect to any other q. `x W` is the matrix product, `*` goes element by element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..experiment import Training
from ..network import Activate, BatchNorm, Dense, Dropout
from .updating import update_cards
from .values import Card, Matrix
from .witness import Passed, Seen
from .words import Names, delta_formula, own_words, row_names, shape, short

Array = NDArray[Any]


@dataclass(frozen=True)
class Place:
    """Where a layer of the network stands: its number, and the letters of what enters and leaves it."""

    passed: Passed
    number: int
    enters: str
    leaves: str


def places(passed: list[Passed]) -> list[Place]:
    """Number the layers and give every array between them a letter."""
    letters: dict[type, str] = {Dense: "z", BatchNorm: "u", Activate: "a", Dropout: "d"}
    found: list[Place] = []
    number, current = 0, "x"
    for one in passed:
        number += isinstance(one.layer, Dense)
        leaves = f"{letters[type(one.layer)]}{number}"
        found.append(Place(one, number, current, leaves))
        current = leaves
    return found


def slope_in(letter: str) -> str:
    """The name of the slope of the loss with respect to an array: `delta1` for z1, `da1` for a1."""
    return f"delta{letter[1:]}" if letter.startswith("z") else f"d{letter}"


def cards_of(seen: Seen, training: Training) -> tuple[Card, ...]:
    """All cards of one step, in the order in which the step needs them."""
    teller = Teller(seen, training)
    forward, back = list(teller.forward()), list(teller.back())
    return (*forward, teller.loss(), *back, *update_cards(seen, training, teller.names))


class Teller:
    """Tells one step: forward through the layers, the loss, and back."""

    def __init__(self, seen: Seen, training: Training) -> None:
        self.seen, self.training = seen, training
        self.names, self.rows = Names.of(training), row_names(seen.index)
        self.places = places(seen.passed)
        self.last = len(training.network.widths) - 1

    def matrix(self, layer: int, name: str, values: Array, formula: str, shapes: str, meaning: str) -> Matrix:
        """An array with a row for each row of data and a column for each unit of a layer."""
        return Matrix(name, values, formula, shapes, meaning, self.rows, self.names.out_of(layer))

    def at(self, number: int) -> list[Place]:
        return [place for place in self.places if place.number == number]

    # --- forward ---------------------------------------------------------------------------------------

    def forward(self) -> Iterator[Card]:
        yield self.inputs()
        for number in range(1, self.last + 1):
            matrices = [one for place in self.at(number) for one in self._forward_matrices(place)]
            if number == self.last:
                matrices.append(self._outputs())
            yield Card("forward", number, self.title(number), tuple(matrices), self._activation_words(number))

    def title(self, number: int) -> str:
        width = self.training.network.widths[number]
        units, which = f"{width} unit{'s' * (width != 1)}", "output" if number == self.last else "hidden"
        return f"Layer {number}, {which}: {units}, {short(self._activation(number))}"

    def _activation(self, number: int) -> Any:
        chosen = self.training.chosen
        return chosen.output if number == self.last else chosen.activations[number - 1]

    def _activation_words(self, number: int) -> tuple[str, ...]:
        return own_words(self._activation(number))

    def inputs(self) -> Card:
        """The rows as they are and as the network sees them."""
        X = self.seen.X
        n = f"{len(X)} row{'s' * (len(X) != 1)}"
        matrices = [self.matrix(0, "x", X, "x = prepared inputs", shape(X), "what the network sees")]
        raw = self._raw()
        words: tuple[str, ...] = ()
        if raw is not None:
            matrices.insert(0, self.matrix(0, "raw", raw, "raw = inputs as given", shape(raw), "before preparation"))
            words = tuple(self.training.data.features.account())
        for place in self.at(0):
            matrices += self._forward_matrices(place)
        return Card("forward", 0, f"Inputs: {n}", tuple(matrices), words)

    def _raw(self) -> Array | None:
        """The inputs as they came, where they are numbers, one for each of the network's, and differ from them."""
        X = np.asarray(self.training.source.X)
        if X.dtype.kind not in "biuf" or X.shape[1:] != self.seen.X.shape[1:] or self.seen.index.max() >= len(X):
            return None
        raw: Array = X[self.seen.index]
        return None if np.array_equal(raw, self.seen.X) else raw

    def _forward_matrices(self, place: Place) -> Iterator[Matrix]:
        tell: dict[type, Callable[[Place], Iterator[Matrix]]] = {
            Dense: self._dense, BatchNorm: self._normalised, Activate: self._activated, Dropout: self._dropped
        }  # fmt: skip
        yield from tell[type(place.passed.layer)](place)

    def _dense(self, place: Place) -> Iterator[Matrix]:
        number, into, out = place.number, self.names.into(place.number), self.names.out_of(place.number)
        network, before = self.training.network, self.seen.before.w
        W, b = network.view(before, "weight", number - 1), network.view(before, "bias", number - 1)
        x, z = place.passed.x, place.passed.out
        yield Matrix(
            f"W{number}", W.copy(), f"W{number}: weights now", shape(W), "from each input to each unit", into, out
        )
        yield Matrix(f"b{number}", b.copy(), f"b{number}: biases now", shape(b), "one a unit", (), out)
        shapes = f"{shape(x)} {shape(W)} + {shape(b)} = {shape(z)}"
        yield self.matrix(
            number, f"z{number}", z, f"z{number} = {place.enters} W{number} + b{number}", shapes, "scores"
        )

    def _normalised(self, place: Place) -> Iterator[Matrix]:
        number, z, out, layer = place.number, place.passed.x, place.passed.out, place.passed.layer
        assert isinstance(layer, BatchNorm)
        names, mean, var = self.names.out_of(number), z.mean(axis=0), z.var(axis=0)
        normal = (z - mean) / np.sqrt(var + layer.epsilon)
        scale, shift = (self.training.network.view(self.seen.before.w, kind, number - 1) for kind in ("scale", "shift"))
        o, no = shape(mean), shape(z)
        yield Matrix(
            f"mean{number}", mean, f"mean{number} = mean over rows of z{number}", o, "of this batch", (), names
        )
        yield Matrix(
            f"var{number}",
            var,
            f"var{number} = mean over rows of (z{number} - mean{number})^2",
            o,
            "of this batch",
            (),
            names,
        )
        formula = f"normal{number} = (z{number} - mean{number}) / sqrt(var{number} + {layer.epsilon:g})"
        yield self.matrix(number, f"normal{number}", normal, formula, f"({no} - {o}) / {o}", "mean 0, variance 1")
        yield Matrix(f"scale{number}", scale.copy(), f"scale{number}: learned", o, "one a unit", (), names)
        yield Matrix(f"shift{number}", shift.copy(), f"shift{number}: learned", o, "one a unit", (), names)
        formula = f"u{number} = normal{number} * scale{number} + shift{number}"
        yield self.matrix(number, f"u{number}", out, formula, f"{no} * {o} + {o} = {no}", "normalised scores")

    def _activated(self, place: Place) -> Iterator[Matrix]:
        number, a = place.number, place.passed.out
        name = self._activation(number).part.name
        yield self.matrix(number, f"a{number}", a, f"a{number} = {name}({place.enters})", shape(a), "activations")

    def _dropped(self, place: Place) -> Iterator[Matrix]:
        number, layer, mask, out = place.number, place.passed.layer, place.passed.mask, place.passed.out
        assert isinstance(layer, Dropout) and mask is not None
        kept = f"mask{number} = 1 / {layer.keep:g} with probability {layer.keep:g}, else 0"
        yield self.matrix(number, f"mask{number}", mask, kept, shape(mask), "drawn anew in each step")
        shapes = f"{shape(out)} * {shape(mask)} = {shape(out)}"
        yield self.matrix(
            number, f"d{number}", out, f"d{number} = {place.enters} * mask{number}", shapes, "what is left"
        )

    def _outputs(self) -> Matrix:
        z, number = self.seen.z, self.last
        y = self.training.network.output.f(z)
        name = self.training.chosen.output.part.name
        return self.matrix(number, "y", y, f"y = {name}(z{number})", shape(y), "outputs")

    # --- the loss --------------------------------------------------------------------------------------

    def loss(self) -> Card:
        objective, seen, chosen = self.training.objective, self.seen, self.training.chosen.loss
        L, t = seen.losses, seen.t
        columns = self.names.out_of(self.last) if t.shape[1] == len(self.names.out_of(self.last)) else ()
        columns = columns or tuple(f"t {column}" for column in range(1, t.shape[1] + 1))
        matrices = [
            Matrix("t", t, "t = targets", shape(t), "what y should be", self.rows, columns),
            Matrix("L", L, f"L = {chosen.part.name}(y, t)", f"({len(L)},)", "one number a row", self.rows),
        ]
        weighted = seen.weight is not None
        if seen.weight is not None:
            matrices.append(
                Matrix(
                    "weight",
                    seen.weight,
                    "weight of each row",
                    f"({len(L)},)",
                    "mean 1 over all training rows",
                    self.rows,
                )
            )
        matrices += self._means(L, weighted)
        how = ("L is computed from z, where exponential and logarithm cancel: it stays exact however large z is",)
        return Card(
            "loss", 0, f"Loss: {short(chosen)}", tuple(matrices), own_words(chosen) + how * objective.from_scores
        )

    def _means(self, L: Array, weighted: bool) -> Iterator[Matrix]:
        objective = self.training.objective
        loss, penalty = self.seen.loss, self.seen.penalty
        by = "weight * L" if weighted else "L"
        yield Matrix("loss", np.array(loss), f"loss = sum of {by} / n", f"n = {len(L)}", "mean over the rows")
        if objective.l1 or objective.l2:
            terms = [f"{objective.l1:g} sum|W|"] * bool(objective.l1) + [f"{objective.l2:g}/2 sum W^2"] * bool(
                objective.l2
            )
            yield Matrix(
                "penalty", np.array(penalty), f"penalty = {' + '.join(terms)}", "over all W", "biases excluded"
            )
            total = np.array(loss + penalty)
            yield Matrix("objective", total, "objective = loss + penalty", "", "what the step lowers")

    # --- back ------------------------------------------------------------------------------------------

    def back(self) -> Iterator[Card]:
        for number in range(self.last, 0, -1):
            matrices = list(self._last_slopes()) if number == self.last else []
            for place in reversed(self.at(number)):
                matrices += self._back_matrices(place)
            yield Card("back", number, f"Layer {number}", tuple(matrices))

    def _last_slopes(self) -> Iterator[Matrix]:
        """From the loss to the slope with respect to the last scores: directly, or through the output activation."""
        number, seen, training = self.last, self.seen, self.training
        delta = self.places[-1].passed.upstream
        weighted = seen.weight is not None
        if training.objective.from_scores:
            formula = delta_formula(training, seen.t, number, weighted)
            meaning = f"slope of the loss in z{number}, {training.chosen.output.part.name} included"
            yield self.matrix(number, f"delta{number}", delta, formula, shape(delta), meaning)
            return
        y = training.network.output.f(seen.z)
        share = 1 / len(y) if seen.weight is None else (seen.weight / len(y))[:, None]
        dy = (training.objective.loss.grad(y, seen.t) * share).astype(y.dtype)
        by = "* weight / n" if weighted else "/ n"
        formula = f"dy = slope of {training.chosen.loss.part.name} in y {by}"
        yield self.matrix(number, "dy", dy, formula, shape(dy), "slope of the loss in y")
        yield from self._through(
            training.chosen.output, training.network.output, number, (f"z{number}", seen.z), ("y", y), delta
        )

    def _back_matrices(self, place: Place) -> Iterator[Matrix]:
        number, passed, layer = place.number, place.passed, place.passed.layer
        above = next((p for p in self.places if p.number == number + 1 and isinstance(p.passed.layer, Dense)), None)
        if above is not None and place is self.at(number)[-1]:
            name = slope_in(place.leaves)
            widths = self.training.network.widths
            turned = f"({widths[number + 1]}, {widths[number]})"
            shapes = f"{shape(above.passed.upstream)} {turned} = {shape(passed.upstream)}"
            formula = f"{name} = delta{number + 1} W{number + 1}ᵀ"
            yield self.matrix(number, name, passed.upstream, formula, shapes, f"slope of the loss in {place.leaves}")
        if isinstance(layer, Dropout):
            yield self._back_through_mask(place)
        elif isinstance(layer, Activate):
            bag = self.training.network.activations[number - 1]
            ins, outs = (place.enters, passed.x), (place.leaves, passed.out)
            assert passed.downstream is not None
            yield from self._through(self._activation(number), bag, number, ins, outs, passed.downstream)
        elif isinstance(layer, BatchNorm):
            yield from self._back_through_norm(place)
        else:
            yield from self._weight_slopes(place)

    def _through(
        self, choice: Any, bag: Any, number: int, ins: tuple[str, Array], outs: tuple[str, Array], downstream: Array
    ) -> Iterator[Matrix]:
        """Back through an activation: the slope of each element, or in one go where columns mix."""
        (enters, z), (leaves, a), name = ins, outs, choice.part.name
        result, given = slope_in(enters), slope_in(leaves)
        meaning = f"slope of the loss in {enters}"
        if bag.vjp is None and bag.df is not None:
            slope = np.asarray(bag.df(z, a)).astype(z.dtype)
            yield self.matrix(
                number,
                f"slope{number}",
                slope,
                f"slope{number} = {name}'({enters})",
                shape(slope),
                f"of {leaves} in {enters}",
            )
            shapes = f"{shape(a)} * {shape(slope)} = {shape(downstream)}"
            yield self.matrix(number, result, downstream, f"{result} = {given} * slope{number}", shapes, meaning)
            return
        how = "columns mix" if bag.vjp is not None else "derived by autograd"
        formula = f"{result} = way back of {name}({enters}) from {given}: {how}"
        yield self.matrix(number, result, downstream, formula, shape(downstream), meaning)

    def _back_through_mask(self, place: Place) -> Matrix:
        down, mask = place.passed.downstream, place.passed.mask
        assert down is not None and mask is not None
        name = slope_in(place.enters)
        formula = f"{name} = {slope_in(place.leaves)} * mask{place.number}"
        shapes = f"{shape(down)} * {shape(mask)} = {shape(down)}"
        return self.matrix(place.number, name, down, formula, shapes, f"slope of the loss in {place.enters}")

    def _back_through_norm(self, place: Place) -> Iterator[Matrix]:
        number, passed, names = place.number, place.passed, self.names.out_of(place.number)
        down, dscale, dshift = passed.downstream, passed.slopes["dscale"], passed.slopes["dshift"]
        assert down is not None
        o, no = shape(dscale), shape(down)
        yield Matrix(
            f"dscale{number}", dscale, f"dscale{number} = sum over rows of du{number} * normal{number}",
            f"{no} * {no} -> {o}", f"slope of the loss in scale{number}", (), names,
        )  # fmt: skip
        yield Matrix(
            f"dshift{number}", dshift, f"dshift{number} = sum over rows of du{number}",
            f"{no} -> {o}", f"slope of the loss in shift{number}", (), names,
        )  # fmt: skip
        inner = f"du{number} - dshift{number} / n - normal{number} * dscale{number} / n"
        formula = f"delta{number} = ({inner}) * scale{number} / sqrt(var{number} + {BatchNorm.epsilon:g})"
        yield self.matrix(
            number, f"delta{number}", down, formula, f"{no} * {o} / {o} = {no}", f"slope of the loss in z{number}"
        )

    def _weight_slopes(self, place: Place) -> Iterator[Matrix]:
        number, x, delta = place.number, place.passed.x, place.passed.upstream
        dW, db = place.passed.slopes["dW"], place.passed.slopes["db"]
        into, out = self.names.into(number), self.names.out_of(number)
        shapes = f"{shape(x.T)} {shape(delta)} = {shape(dW)}"
        formula = f"dW{number} = {place.enters}ᵀ delta{number}"
        yield Matrix(f"dW{number}", dW, formula, shapes, f"slope of the loss in W{number}", into, out)
        formula = f"db{number} = sum over rows of delta{number}"
        yield Matrix(
            f"db{number}", db, formula, f"{shape(delta)} -> {shape(db)}", f"slope of the loss in b{number}", (), out
        )
