"""A whole trace: the steps that were followed, as a value that can be cut to one layer, written down and shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..errors import GlassnetError
from ..faces import Face, Shows
from ..tables import Table
from .pages import fragment, page
from .values import Card, Step, in_full

#: The form of `Trace.to_json`. It grows when a key is renamed or taken away, not when one is added.
FORMAT = 1


@dataclass(frozen=True, eq=False, repr=False)
class Trace(Face):
    """Steps of a training with every number. It holds words and arrays alone: no function, no network.

    `experiment` has every default spelled out, `widths` are those of inputs, hidden layers and outputs. `remarks` are
    sentences for people. `layers` are the layers that are shown, counted from 1.
    """

    title: str
    experiment: dict[str, Any]
    widths: tuple[int, ...]
    layers: tuple[int, ...]
    steps: tuple[Step, ...]
    remarks: tuple[str, ...] = ()

    _all_ = "rows=2 follows two rows alone, .layer(1) shows one layer; to_html() and to_json() hold every number"

    def _face_(self) -> Iterator[str | Shows]:
        """Every matrix by its formula; the numbers are in `steps[0]["W1"]`, in notebooks and on the page."""
        yield self.title
        yield from self.remarks
        for step in in_full(self.steps):
            yield f"{step.describe()}; numbers: steps[{self.steps.index(step)}][NAME]"
            rows = [(one.name, str(one.values.shape), one.formula, one.meaning) for one in step.matrices()]
            yield Table(("name", "shape", "formula", "meaning"), rows, left=("name", "shape", "formula"))

    @property
    def ok(self) -> bool:
        """Whether every comparison with finite differences agrees; also true where none was asked for."""
        return all(one.ok for step in self.steps for one in step.comparisons)

    def layer(self, number: int) -> Trace:
        """The same trace with the cards of one layer, counted from 1, and those that belong to none.

        Of its neighbours it keeps what the layer's formulas need.
        """
        last = len(self.widths) - 1
        if not 1 <= number <= last:
            possible = "the only layer is 1" if last == 1 else f"layers are 1 to {last}, the last one is the output's"
            raise GlassnetError(f"there is no layer {number}: {possible}")
        steps = tuple(replace(step, cards=tuple(_near(step.cards, number))) for step in self.steps)
        return replace(self, layers=(number,), steps=steps)

    def as_plain(self) -> dict[str, Any]:
        """Dictionaries, lists, numbers and text: what `to_json` writes."""
        return {
            "format": FORMAT,
            "title": self.title,
            "experiment": self.experiment,
            "widths": list(self.widths),
            "layers": list(self.layers),
            "remarks": list(self.remarks),
            "steps": [step.as_plain() for step in self.steps],
        }

    def to_json(self) -> str:
        """Everything, every number in the shortest form that reads back as the very same.

        JSON has no infinity: numbers that are not finite are the texts "NaN", "Infinity" and "-Infinity".
        """
        return json.dumps(self.as_plain(), allow_nan=False)

    def to_html(self, digits: int = 4) -> str:
        """One page that needs nothing else; its numbers have so many digits."""
        return page(self.title, self.remarks, self.steps, digits)

    def _repr_html_(self) -> str:
        return fragment(self.title, self.remarks, self.steps)


def _near(cards: tuple[Card, ...], number: int) -> Iterator[Card]:
    """The cards of a layer; of the layer below its activations, of the layer above its weights and delta."""
    for card in cards:
        if card.layer in (0, number):
            yield card
        elif card.stage == "forward" and card.layer == number - 1:
            yield replace(card, matrices=card.matrices[-1:], words=())
        elif card.layer == number + 1 and card.stage in ("forward", "back"):
            names = (f"W{number + 1}", f"delta{number + 1}")
            yield replace(card, matrices=tuple(one for one in card.matrices if one.name in names), words=())
