"""From what was seen in a step to cards: every array with its letter, its formula and the shapes that meet in it.

The letters: x inputs, z scores, a activations, y outputs, t targets; delta is the slope of the loss with respect to
z, and dq that with respect to any other q. `x W` is the matrix product, `*` goes element by element.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import Choice
from ..experiment import Training
from ..layers import Line, Passed, Place, lines_through, shape
from .updating import update_cards
from .values import Card, Matrix
from .witness import Seen
from .words import Names, delta_formula, own_words, row_names, short

Array = NDArray[Any]


def places(passed: list[Passed], activations: Sequence[Choice]) -> list[Place]:
    """Every layer with the letter of what enters it, and the name of the activation of its number."""
    letters = ["x", *(one.layer.leaves for one in passed)]
    names = ["", *(choice.part.name for choice in activations)]
    return [Place(one, letter, names[one.layer.number]) for one, letter in zip(passed, letters, strict=False)]


def cards_of(seen: Seen, training: Training) -> tuple[Card, ...]:
    """All cards of one step, in the order in which the step needs them."""
    teller = Teller(seen, training)
    forward, back = list(teller.forward()), list(teller.back())
    return (*forward, teller.loss(), *back, *update_cards(seen, training, teller.names))


def forward_cards(seen: Seen, training: Training) -> tuple[Card, ...]:
    """Those of rows that nobody knows the answer of."""
    return tuple(Teller(seen, training).forward())


class Teller:
    """Tells one step: forward through the layers, the loss, and back."""

    def __init__(self, seen: Seen, training: Training) -> None:
        self.seen, self.training = seen, training
        self.names, self.rows = Names.of(training), row_names(seen.index)
        self.activations = (*training.chosen.activations, training.chosen.output)
        self.places = places(seen.passed, self.activations)
        self.last = len(training.network.widths) - 1

    def matrix(self, layer: int, name: str, values: Array, formula: str, shapes: str, meaning: str) -> Matrix:
        """An array with a row for each row of data and a column for each unit of a layer."""
        return Matrix(name, values, formula, shapes, meaning, self.rows, self.names.out_of(layer))

    def line(self, number: int, line: Line) -> Matrix:
        """What a layer tells, with the names of rows and columns."""
        rows = {"data": self.rows, "inputs": self.names.into(number) if number else (), "": ()}[line.rows]
        columns = self.names.into(number) if line.below else self.names.out_of(number)
        return Matrix(line.name, line.values, line.formula, line.shapes, line.meaning, rows, columns)

    def at(self, number: int) -> list[Place]:
        return [place for place in self.places if place.passed.layer.number == number]

    # --- forward ---------------------------------------------------------------------------------------

    def forward(self) -> Iterator[Card]:
        yield self.inputs()
        for number in range(1, self.last + 1):
            matrices = [one for place in self.at(number) for one in self._forward(place)]
            if number == self.last:
                matrices.append(self._outputs())
            yield Card("forward", number, self.title(number), tuple(matrices), self._activation_words(number))

    def title(self, number: int) -> str:
        width = self.training.network.widths[number]
        units, which = f"{width} unit{'s' * (width != 1)}", "output" if number == self.last else "hidden"
        return f"Layer {number}, {which}: {units}, {short(self._activation(number))}"

    def _activation(self, number: int) -> Choice:
        return self.activations[number - 1]

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
            matrices += self._forward(place)
        return Card("forward", 0, f"Inputs: {n}", tuple(matrices), words)

    def _raw(self) -> Array | None:
        """The inputs as they came, where they are numbers, one for each of the network's, and differ from them."""
        X = np.asarray(self.training.source.X)
        if X.dtype.kind not in "biuf" or X.shape[1:] != self.seen.X.shape[1:]:
            return None
        if not 0 <= self.seen.index.min() <= self.seen.index.max() < len(X):  # rows of somebody's own
            return None
        raw: Array = X[self.seen.index]
        return None if np.array_equal(raw, self.seen.X) else raw

    def _forward(self, place: Place) -> Iterator[Matrix]:
        layer = place.passed.layer
        return (self.line(layer.number, line) for line in layer.forward_lines(place))

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
        """From the last layer to the first; what a layer tells of what lies below it opens the next card."""
        matrices = list(self._last_slopes())
        for number in range(self.last, 0, -1):
            below: list[Matrix] = []
            for place in reversed(self.at(number)):
                for line in place.passed.layer.back_lines(place):
                    (below if line.below else matrices).append(self.line(number, line))
            yield Card("back", number, f"Layer {number}", tuple(matrices))
            matrices = below

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
        name, ends = training.chosen.output.part.name, (f"z{number}", "y")
        for line in lines_through(training.network.output, name, ends, seen.z, y, delta):
            yield self.line(number, line)
