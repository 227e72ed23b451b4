"""The last stage of a step as cards: the gradient with penalties, clipping, the optimizer's memory, and new weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..experiment import Training
from ..kinds import Block
from ..layers import LETTERS, shape
from .values import Card, Matrix
from .witness import Seen
from .words import Names, own_words, short

Array = NDArray[Any]


def update_cards(seen: Seen, training: Training, names: Names) -> Iterator[Card]:
    """One card for what concerns all parameters, then one a layer."""
    mover = Mover(seen, training, names)
    yield mover.whole()
    for number in range(1, len(training.network.widths)):
        blocks = [block for block in training.network.layout if block.layer == number - 1]
        matrices = tuple(matrix for block in blocks for matrix in mover.matrices(block))
        yield Card("update", number, f"Layer {number}", matrices)


class Mover:
    """Tells how one step moved the parameters."""

    def __init__(self, seen: Seen, training: Training, names: Names) -> None:
        self.seen, self.training, self.names = seen, training, names
        self.objective, self.plan = training.objective, training.plan
        self.optimizer = training.chosen.optimizer.part.name
        self.solver = training.chosen.is_solver
        self.frozen = np.zeros(len(seen.g), bool)
        if self.plan.frozen is not None:
            self.frozen[self.plan.frozen] = True
        self.g = np.where(self.frozen, 0, seen.g).astype(seen.g.dtype)  # what clipping and the optimizer are handed

    def whole(self) -> Card:
        """The length of the gradient, clipping, the schedule's factor, and what the optimizer remembers as numbers."""
        chosen, seen = self.training.chosen, self.seen
        norm = float(np.linalg.norm(self.g.astype(np.float64)))
        matrices = [
            Matrix("norm", np.array(norm), "norm = sqrt(sum of squares of the whole gradient)", "", "its length"),
            *self._clipping(norm),
        ]
        if not self.solver:
            formula = f"factor = {chosen.schedule.part.name}(step {seen.step} of {seen.total})"
            matrices.append(Matrix("factor", np.array(seen.factor), formula, "", "of the schedule, scales the change"))
            matrices += self._remembered_numbers()
        title = f"Optimizer: {short(chosen.optimizer)}, schedule {short(chosen.schedule)}"
        return Card("update", 0, title, tuple(matrices), own_words(chosen.optimizer))

    def _clipping(self, norm: float) -> Iterator[Matrix]:
        limit = self.plan.clip_norm
        if limit is not None:
            factor = min(1.0, limit / norm) if norm else 1.0
            formula = f"clip = {limit:g} / norm where norm > {limit:g}, else 1"
            yield Matrix("clip", np.array(factor), formula, "", "shortens the gradient, keeps its direction")

    def _remembered_numbers(self) -> Iterator[Matrix]:
        for name, (old, new) in self._states().items():
            if np.ndim(new) == 0:
                formula = f"new {name} = {new:g}, it was {old:g}"
                yield Matrix(f"new {name}", np.array(new), formula, "", f"what {self.optimizer} remembers")

    def matrices(self, block: Block) -> Iterator[Matrix]:
        """All that happened to one array of parameters."""
        letter = f"{LETTERS.get(block.kind, block.kind)}{block.layer + 1}"
        yield from self._penalised(block, letter)
        yield from self._held_still(block, letter)
        yield from self._clipped(block, letter)
        yield from self._remembered(block, letter)
        after = self.seen.after
        assert after is not None
        old, new = self._cut(block, self.seen.before.w), self._cut(block, after.w)
        if self.solver:
            change, formula = old - new, f"{letter} - new {letter}"
            becomes = f"where {self.optimizer} went along its line"
        else:
            change, formula = (
                self._cut(block, self.seen.joined("change")),
                f"{self.optimizer}(g), {self._g_is(block, letter)}",
            )
            becomes = f"{letter} - {'' if self.seen.factor == 1 else 'factor * '}change({letter})"
        if self._is_held(block):
            becomes += f", and {letter} where frozen"
        said = f"change({letter})"
        yield self._matrix(block, said, change, f"{said} = {formula}", shape(change), "what is subtracted")
        said = f"new {letter}"
        yield self._matrix(block, said, new, f"{said} = {becomes}", shape(new), "after the step")

    def _penalised(self, block: Block, letter: str) -> Iterator[Matrix]:
        """The penalties' slopes, each on its own, and the sum that goes on; biases have none."""
        l1, l2 = self.objective.l1, self.objective.l2
        if block.kind != "weight" or not (l1 or l2):
            return
        W, terms = self._cut(block, self.seen.before.w), [f"d{letter}"]
        if l2:
            yield self._matrix(
                block, f"l2({letter})", l2 * W, f"l2({letter}) = {l2:g} {letter}", shape(W), "slope of the L2 penalty"
            )
            terms.append(f"l2({letter})")
        if l1:
            pull = l1 * np.sign(W)
            yield self._matrix(
                block,
                f"l1({letter})",
                pull,
                f"l1({letter}) = {l1:g} sign({letter})",
                shape(W),
                "slope of the L1 penalty",
            )
            terms.append(f"l1({letter})")
        g = self._cut(block, self.seen.g)
        yield self._matrix(
            block, f"g({letter})", g, f"g({letter}) = {' + '.join(terms)}", shape(g), "slope of the objective"
        )

    def _is_held(self, block: Block) -> bool:
        return bool(self.frozen[block.slice].any())

    def _held_still(self, block: Block, letter: str) -> Iterator[Matrix]:
        """What is frozen has no slope from here on, and its value back after the update."""
        if self._is_held(block):
            frozen = self._cut(block, self.frozen.astype(self.g.dtype))
            yield self._matrix(
                block,
                f"frozen({letter})",
                frozen,
                f"frozen({letter}): 1 where frozen",
                shape(frozen),
                "keeps its value",
            )
            name, g = f"free({letter})", self._cut(block, self.g)
            formula = f"{name} = {self._penalised_name(block, letter)}, and 0 where frozen"
            yield self._matrix(block, name, g, formula, shape(g), "slope of what may move")

    def _clipped(self, block: Block, letter: str) -> Iterator[Matrix]:
        plan = self.plan
        if self.solver or (plan.clip_norm is None and plan.clip_value is None):
            return
        name = self._unclipped_name(block, letter)
        formula = f"clip * {name}" if plan.clip_norm is not None else name
        if plan.clip_value is not None:
            formula += f", each cut to [-{plan.clip_value:g}, {plan.clip_value:g}]"
        g = self._cut(block, self.seen.joined("g"))
        yield self._matrix(block, f"clipped({letter})", g, f"clipped({letter}) = {formula}", shape(g), "what is used")

    def _penalised_name(self, block: Block, letter: str) -> str:
        return f"g({letter})" if block.kind == "weight" and (self.objective.l1 or self.objective.l2) else f"d{letter}"

    def _unclipped_name(self, block: Block, letter: str) -> str:
        return f"free({letter})" if self._is_held(block) else self._penalised_name(block, letter)

    def _g_is(self, block: Block, letter: str) -> str:
        """Which gradient the optimizer is handed."""
        clipped = self.plan.clip_norm is not None or self.plan.clip_value is not None
        return f"g = {f'clipped({letter})' if clipped else self._unclipped_name(block, letter)}"

    def _remembered(self, block: Block, letter: str) -> Iterator[Matrix]:
        """The optimizer's arrays for these parameters, before the step and after it."""
        if self.solver:
            return
        length = len(self.seen.before.w)
        for name, (old, new) in self._states().items():
            for when, state in (("old", old), ("new", new)):
                if np.shape(state) == (length,):
                    values = self._cut(block, state)
                    said = f"{when} {name}({letter})"
                    told = "before the step" if when == "old" else f"with {self._g_is(block, letter)}"
                    yield self._matrix(
                        block, said, values, f"{said}: {told}", shape(values), f"memory of {self.optimizer}"
                    )

    def _states(self) -> dict[str, tuple[Any, Any]]:
        """name -> (before, after), the pieces of the vector joined again; a number is that of the first piece."""
        updates = self.seen.updates
        found: dict[str, tuple[Any, Any]] = {}
        for name in updates[0].after:
            pairs = [(update.before.get(name, update.after[name]), update.after[name]) for update in updates]
            if all(np.shape(new) == np.shape(update.g) for (_, new), update in zip(pairs, updates, strict=True)):
                old, new = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
                found[name] = old, new
            else:
                found[name] = pairs[0]
        return found

    def _cut(self, block: Block, vector: Array) -> Array:
        return vector[block.slice].reshape(block.shape).copy()

    def _matrix(self, block: Block, name: str, values: Array, formula: str, shapes: str, meaning: str) -> Matrix:
        out = self.names.out_of(block.layer + 1)
        rows = self.names.into(block.layer + 1) if block.kind == "weight" else ()
        return Matrix(name, values, formula, shapes, meaning, rows, out)
