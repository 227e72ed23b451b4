"""What an activation or a schedule looks like: the numbers behind its drawing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ..errors import GlassnetError
from ..kinds import Activation, Schedule
from .parts import Choice

if TYPE_CHECKING:
    from ..kinds import Array

#: The kinds that can be drawn.
DRAWN = ("activation", "schedule")

_EPOCHS, _STEPS_PER_EPOCH, _STALLS_AFTER = 50, 20, 20


@dataclass(frozen=True)
class Curve:
    """Lines over one axis: `lines` are (label, values), each as long as `x`; `remark` says what is special."""

    title: str
    x_label: str
    x: Array
    lines: tuple[tuple[str, Array], ...]
    remark: str = ""


def curve_of(choice: Choice) -> Curve:
    """The drawing of an activation, with its slope, or of a schedule."""
    import numpy as np

    part = choice.part
    if part.kind not in DRAWN:
        raise GlassnetError(f"{part.kind} {part.name} has no drawing: only activations and schedules have one")
    sample = _activation_curve if part.kind == "activation" else _schedule_curve
    bag = choice.build()
    try:
        with np.errstate(all="ignore"):
            return sample(str(choice), bag)
    except GlassnetError:
        raise
    except Exception as error:
        words = " ".join(f"{type(error).__name__}: {error}".split())
        raise GlassnetError(f"{choice} can't be drawn: {words} ({part.where})") from error


def _activation_curve(title: str, bag: Activation) -> Curve:
    import numpy as np

    from ..probes import first_slope, mixes_columns

    z = np.linspace(-5.0, 5.0, 481)
    if mixes_columns(bag):
        scores = np.column_stack([z, np.zeros_like(z)])
        remark = "Its columns mix: this is the first of two outputs, while the second score stays 0."
    else:
        scores, remark = z[:, None], ""
    a = np.asarray(bag.f(scores.copy()), dtype=float)
    own = bag.df is not None or bag.vjp is not None
    how = "" if own else "It gives no slope: this one is from finite differences, and training derives it."
    return Curve(
        title, "z", z, (("f(z)", a[:, 0]), ("slope", first_slope(bag, scores))), " ".join(filter(None, [remark, how]))
    )


def _schedule_curve(title: str, bag: Schedule) -> Curve:
    import numpy as np

    steps = np.arange(1, _EPOCHS * _STEPS_PER_EPOCH + 1)
    factors = factors_of(bag, _EPOCHS, _STEPS_PER_EPOCH, _STALLS_AFTER)
    remark = (
        f"Over {_EPOCHS} epochs of {_STEPS_PER_EPOCH} steps whose loss, made up for this picture, "
        f"stops falling after epoch {_STALLS_AFTER}."
    )
    return Curve(title, "step", steps, (("factor", factors),), remark)


def factors_of(schedule: Schedule, epochs: int, steps: int, stalls: int) -> Array:
    """The factor of each step, in epochs of so many steps, while a made-up loss falls up to the epoch `stalls`."""
    import numpy as np

    pretended = _pretended_training(epochs, steps, stalls)
    return np.array([float(schedule.factor(step, epochs * steps, finished)) for step, finished in pretended])


def _pretended_training(epochs: int, steps: int, stalls: int) -> Iterator[tuple[int, list[Any]]]:
    finished: list[Any] = []
    for number in range(1, epochs + 1):
        for within in range(1, steps + 1):
            yield (number - 1) * steps + within, finished
        loss = 0.9 ** min(number, stalls)
        epoch = SimpleNamespace(number=number, loss=loss, validation_loss=loss, monitored=loss)
        finished = [*finished, epoch]
