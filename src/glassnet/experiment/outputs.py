"""One look at what the outputs can be, where network, loss and target meet: what can never be learned isn't built.

Nobody is asked for a name, so that it holds for the parts of others as well: slopes, votes and ranges are those that a
grid of scores shows, and the loss says itself what it can't take.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Prepared, Targets
from ..data.targets import within
from ..errors import GlassnetError
from ..probes import is_flat, output_range
from ..training import Objective
from ..training.scoring import class_codes
from ..wording import significant
from .choosing import Chosen
from .refusals import least_at_target

Array = NDArray[Any]


def look(objective: Objective, chosen: Chosen, data: Prepared) -> None:
    """Refuse, in words of what to choose instead, what can't come to its target whatever the weights."""
    targets, t = data.targets, data.train.t
    with np.errstate(all="ignore"):
        if not objective.from_scores and not chosen.is_solver:  # a solver may do without slopes
            _refuse_flat(objective, chosen)
        if not chosen.is_natural:
            z = _spread_scores(objective.network.outputs).astype(t.dtype)
            objective.losses(z, np.resize(t, (len(z), t.shape[1])))  # it says itself what outputs it can't take
        if targets.task == "regression":
            _refuse_aim(objective, chosen, targets.columns)
            _refuse_out_of_reach(objective, chosen, data)
        else:
            _refuse_unheard(objective, chosen, targets)
        if t.shape[1] == objective.network.outputs > 1:
            _refuse_other_sums(objective, chosen, t)


def _spread_scores(width: int) -> Array:
    """Rows of scores: the same in all columns, then one column far above the others (n, width)."""
    alike = np.linspace(-8, 8, 17)[:, None] * np.ones(width)
    return np.concatenate([alike, *(size * (2 * np.eye(width) - 1) for size in (1.0, 8.0))])


def _refuse_flat(objective: Objective, chosen: Chosen) -> None:
    output, width = objective.network.output, objective.network.outputs
    if not is_flat(output, width):
        return
    low, high = output_range(output, width)
    name = f"output {chosen.output.part.name}"
    if low == high:
        why = f"{name} of a layer with {'one unit' if width == 1 else f'{width} units'} is always {_end(low)}"
    else:
        why = f"{name} has the slope 0 everywhere, so that no error says which way is better"
    raise GlassnetError(f"{why}: {_instead(chosen)}")


def _instead(chosen: Chosen) -> str:
    """What to choose: the loss's own output, or another loss where that is the trouble."""
    if chosen.is_natural:
        return "choose another --loss, or an --output such as identity"
    return f"use --output {chosen.natural.part.name}, which is {chosen.loss.part.name}'s own"


def _refuse_unheard(objective: Objective, chosen: Chosen, targets: Targets) -> None:
    """Each class is to win somewhere; for several labels, each answer of each of them."""
    z = _spread_scores(objective.network.outputs).astype(targets.dtype)
    try:
        codes = class_codes(np.asarray(objective.network.output.f(z)), targets, objective.loss)
        columns = codes.T if targets.task == "multilabel" else codes[None]
        names = (0, 1) if targets.classes is None else targets.classes
        unheard = [name for code, name in enumerate(names) if not all((column == code).any() for column in columns)]
    except Exception:  # a guest's that can't be asked
        return
    if unheard:
        raise GlassnetError(
            f"{chosen.loss.part.name} never answers {unheard[0]!r}, whatever the outputs of {chosen.output.part.name}: "
            f"{_instead(chosen)}"
        )


def _refuse_aim(objective: Objective, chosen: Chosen, columns: int) -> None:
    """A loss for classes may count on outputs that add up to 1: without them it is least somewhere else."""
    loss, own = objective.loss, chosen.natural.build()
    if loss.task != "regression" and not least_at_target(loss, own, objective.network.output, columns):
        raise GlassnetError(
            f"{chosen.loss.part.name} is not least where the outputs of {chosen.output.part.name} are the target: "
            f"{_instead(chosen)}"
        )


def _refuse_out_of_reach(objective: Objective, chosen: Chosen, data: Prepared) -> None:
    reach = output_range(objective.network.output, objective.network.outputs)
    if within(data.train.t, reach):
        return
    low, high = reach
    if np.isfinite(reach).all():
        numbers = f"from {_end(low)} to {_end(high)}"
    else:
        numbers = f"of at least {_end(low)}" if np.isfinite(low) else f"of at most {_end(high)}"
    y = data.train.target
    other = "--loss squared_error" if chosen.is_natural else f"--output {chosen.natural.part.name}"
    raise GlassnetError(
        f"output {chosen.output.part.name} gives numbers {numbers}, and the target goes from {significant(y.min())} to "
        f"{significant(y.max())}: use {other}, or bring the target into that range"
    )


def _end(number: float) -> str:
    """An end of a range, found on a grid: 0, and not 3e-308."""
    return significant(round(number, 6))


def _refuse_other_sums(objective: Objective, chosen: Chosen, t: Array) -> None:
    """Outputs that share one sum, as those of softmax do, can't learn targets that have others."""
    z = np.random.default_rng(0).standard_normal((16, objective.network.outputs))
    try:
        sums = np.asarray(objective.network.output.f(z), dtype=float).sum(axis=1)
    except Exception:  # a guest's that can't be asked
        return
    theirs = t.sum(axis=1, dtype=float)
    margin = 0.01 * max(1.0, abs(sums[0]))
    if np.ptp(sums) < 1e-6 * margin and np.abs(theirs - sums[0]).max() > margin:
        raise GlassnetError(
            f"the outputs of {chosen.output.part.name} always add up to {significant(sums[0])} in a row, and those "
            f"of the target to {significant(theirs.min())} up to {significant(theirs.max())}: {_instead(chosen)}"
        )
