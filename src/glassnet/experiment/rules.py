"""What each field of an experiment may hold, and how it is said on the command line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..data.making import WAYS
from ..errors import GlassnetError, did_you_mean, join
from ..kinds import TASKS
from . import slips

SCALES = ("auto", "standard", "minmax", "none")
DTYPES = ("float32", "float64")
DEFAULT_OPTIMIZER = "adam"


@dataclass(frozen=True)
class Rule:
    """What a plain field may hold: a type, bounds (`low` included, `above` and `below` not), or a list of choices."""

    type: type
    low: float = float("-inf")
    above: float = float("-inf")
    below: float = float("inf")
    choices: tuple[str, ...] = ()

    def read(self, name: str, value: Any) -> Any:
        if name == "batch_size" and value == "full":
            return value
        if self.type is bool:
            if not isinstance(value, bool):
                raise GlassnetError(f"{flag(name)} is true or false, not {value!r}")
            return value
        return self._text(name, value) if self.type is str else self._number(name, value)

    def _text(self, name: str, value: Any) -> str:
        if self.choices and value not in self.choices:
            guess = did_you_mean(str(value), self.choices)
            raise GlassnetError(f"{flag(name)} {value!r} is unknown.{guess} Possible: {join(self.choices)}")
        if not isinstance(value, str | int):  # a column may be called 3
            raise GlassnetError(f"{flag(name)} wants a name, not {value!r}")
        return str(value)

    def _number(self, name: str, value: Any) -> Any:
        also = " or full" if name == "batch_size" else ""
        try:
            if isinstance(value, bool):
                raise ValueError
            number = self.type(value)
            if not (isinstance(value, str) or number == value) or not math.isfinite(number):
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            kind = "a whole number" if self.type is int else "a finite number"
            raise GlassnetError(f"{flag(name)} wants {kind}{also}, not {value!r}{slips.share(value)}") from None
        if not (self.low <= number < self.below and number > self.above):
            percent = f" (for {number:g} % give {number / 100:g})" if self.below == 1 < number < 100 else ""
            raise GlassnetError(f"{flag(name)} must be {self._bounds()}{also}, not {value}{percent}")
        return number

    def _bounds(self) -> str:
        lowest = f"more than {self.above:g}" if self.low < self.above else f"at least {self.low:g}"
        return lowest if self.below == float("inf") else f"{lowest} and below {self.below:g}"


RULES: dict[str, Rule] = {
    "test": Rule(float, 0, below=1),
    "validation": Rule(float, 0, below=1),
    "dropout": Rule(float, 0, below=1),
    "input_dropout": Rule(float, 0, below=1),
    "l1": Rule(float, 0),
    "l2": Rule(float, 0),
    "clip_norm": Rule(float, above=0),
    "clip_value": Rule(float, above=0),
    "epochs": Rule(int, 0),
    "batch_size": Rule(int, 1),
    "patience": Rule(int, 1),
    "seed": Rule(int, 0),
    "split_seed": Rule(int, 0),
    "batch_norm": Rule(bool),
    "shuffle": Rule(bool),
    "task": Rule(str, choices=tuple(TASKS)),
    "scale": Rule(str, choices=SCALES),
    "class_weight": Rule(str, choices=("balanced",)),
    "dtype": Rule(str, choices=DTYPES),
    "group": Rule(str),
    "order": Rule(str),
    "monitor": Rule(str),
}
SWITCHES = tuple(name for name, rule in RULES.items() if rule.type is bool)
COLUMNS = ("drop", "category", "keep")
TUPLES = (*COLUMNS, "reading", "features", "hidden", "activation", "initializer", "freeze", "metrics", "plugins")
PHRASES = ("dataset", "activation", "output", "loss", "initializer", "optimizer", "schedule", "metrics")


def ways_of(given: tuple[Any, ...]) -> tuple[str, ...]:
    """Ways of making inputs, each once, in the order in which they are made; one text may name several."""
    names = [name.strip() for one in given for name in Rule(str).read("features", one).split(",")]
    for name in names:
        if name not in WAYS and not did_you_mean(name, tuple(WAYS)):  # a column, perhaps
            raise GlassnetError(
                f"--features {name!r} is no way to make inputs of others: {join(WAYS)}. All columns but the target are "
                "inputs already, and --drop leaves some out"
            )
        Rule(str, choices=tuple(WAYS)).read("features", name)
    return tuple(way for way in WAYS if way in names)


#: What to write for a field, where it isn't simply its name behind two dashes.
FLAGS = {"dataset": "the dataset", "metrics": "--metric"}


def flag(name: str) -> str:
    """How a field is said on the command line: `--batch-size`."""
    return FLAGS.get(name, "--" + name.replace("_", "-"))
