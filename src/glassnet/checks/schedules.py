"""What a schedule promises: a factor that the optimizer's change can be multiplied by, at any step of a training."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from ..kinds import Schedule
from ..wording import count, exact
from .cases import Call, Case, Refused
from .running import Promise

_SAYS_SO = re.compile(r"\b(above|over|beyond|exceeds?|more than|greater than|larger than) 1\b")
#: (epochs, steps in each): the shortest training, an ordinary one, and one that takes all rows at once.
_TRAININGS = ((1, 1), (40, 25), (300, 1))


def calls(case: Case, bag: Schedule) -> Iterator[Call]:
    """The factor of one step now and then, in a training that stalls half-way."""
    for step, total, epochs in _training(*_TRAININGS[1]):
        if step % 40 == 1:
            yield Call("factor(step, total, epochs)", bag.factor, {"step": step, "total": total, "epochs": epochs})


def _training(length: int, steps: int) -> Iterator[tuple[int, int, list[Any]]]:
    """Every step, counted from 1, with the epochs that are finished: the loss falls, ever more slowly, and stalls."""
    epochs: list[Any] = []
    for number in range(1, length + 1):
        for within in range(1, steps + 1):
            yield (number - 1) * steps + within, length * steps, epochs
        loss = 0.5 ** min(number, length // 2)
        validation = None if steps == 1 else loss + 0.1  # there may be no validation rows
        epochs = [*epochs, SimpleNamespace(number=number, loss=loss, validation_loss=validation, monitored=loss)]


def range_(case: Case) -> str:
    """A factor above 1 is a larger rate than was asked for: it stays from 0 to 1 unless the docstring says above 1."""
    bag: Schedule = case.bag
    highest = math.inf if _SAYS_SO.search(" ".join(case.part.doc.split())) else 1.0
    seen: list[float] = []
    for length, steps in _TRAININGS:
        factors = []
        for step, total, epochs in _training(length, steps):
            factor = bag.factor(step, total, epochs)
            _require_factor(factor, f"factor({step}, {total}, {count(len(epochs), 'epoch')})", highest)
            factors.append(float(factor))
        if not any(factors):
            raise Refused(f"every factor of a training of {count(length, 'epoch')} is 0: nothing would ever be learned")
        seen += factors
    return f"from {exact(min(seen), 4)} to {exact(max(seen), 4)}"


def _require_factor(factor: Any, words: str, highest: float) -> None:
    if not isinstance(factor, int | float):
        raise Refused(f"{words} is {type(factor).__name__}: expected a Python number")
    if not (math.isfinite(factor) and -1e-12 <= factor <= highest + 1e-12):
        bounds = "at least 0" if highest == math.inf else "from 0 to 1"
        raise Refused(f"{words} is {exact(factor)}: expected a finite number {bounds}")


PROMISES = (Promise(range_),)
