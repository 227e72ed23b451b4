"""What is worth a sentence about the choices of a training, before it begins; nothing of it is a mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..catalog import Choice
from ..data.targets import one_hot_remark
from ..errors import join
from ..probes import is_flat, saturates
from ..training import Objective
from ..wording import amount, count
from .choosing import Chosen


def of_stillness(chosen: Chosen, objective: Objective) -> Iterator[str]:
    """What keeps weights from moving, where it may be meant: a hidden step shows why it can't be learned."""
    hidden = {choice.part.name for choice in chosen.activations if _stands_still(choice)}
    for name in sorted(hidden):
        yield f"{name} has the slope 0 everywhere: no error comes back through it, so that only layers after it learn"
    if chosen.is_solver and not objective.from_scores and is_flat(objective.network.output):
        yield (
            f"output {chosen.output.part.name} has the slope 0 everywhere: "
            f"{chosen.optimizer.part.name} learns nothing if it goes by slopes"
        )


_still: dict[tuple[Callable[..., Any], str], bool] = {}  # each is asked once; one that is written anew is another


def _stands_still(choice: Choice) -> bool:
    key = choice.part.function, str(choice)
    if key not in _still:
        _still[key] = is_flat(choice.build())
    return _still[key]


def of_choices(training: Any) -> Iterator[str]:
    """On outputs, targets, functions that were given, and what is frozen."""
    chosen = training.chosen
    if not chosen.is_natural and saturates(chosen.output.build()):
        yield (
            f"{chosen.output.part.name} with {chosen.loss.part.name} learns slowly where outputs saturate; "
            f"{chosen.natural.part.name} is this loss's own output"
        )
    if training.experiment.task == "multilabel" and (remark := one_hot_remark(training.source.y)):
        yield remark
    given = sorted({choice.part.name for choice in chosen if not choice.rebuildable})
    if given:
        yield f"{join(given)} given as functions: this run can't be rebuilt from words alone"
    if (frozen := training.plan.frozen) is not None:
        yield f"frozen: {amount(len(frozen))} of {count(len(training.network.w), 'parameter')} keep their values"
