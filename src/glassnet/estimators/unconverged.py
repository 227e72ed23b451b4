"""What a fit that ended too early is told: scale, rate, epochs or early stopping, the likely cause first."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnosis import out_of_scale
from ..diagnosis.course import RISE_AN_EPOCH, rise_per_epoch
from ..diagnosis.pace import TOO_SLOW
from ..diagnosis.start import rates_of, silent_loss
from ..experiment import Training
from ..wording import count, figure, listed, rounded, significant
from .words import in_parameters

#: A trial of all rates costs as many steps: it may not take as long as the fit. Of fewer steps nobody expects an end.
STEPS_OF_TRIAL = 60
#: Epochs that are wanted are guessed from how fast the loss fell, but no more than so many times those that were done.
MOST_TIMES = 10
#: A loss that stalls within this share of that of the first epoch has hardly begun to fall.
HARDLY_FALLEN = 0.02


def unconverged(training: Training, limit: int, asks: bool) -> str:
    """A sentence where training ended before the loss had stopped improving; empty otherwise.

    `asks` says that somebody waits for the loss to stop improving, and did not just want so many epochs.
    """
    progress = training.progress
    if progress.gave_up:
        return f"{in_parameters(progress.stopped)}. Inputs of about the same scale and in double precision help"
    if progress.stopped.startswith("all ") and asks:
        first, *others = _causes(training, limit)
        said = f"all {count(limit, 'epoch')} of max_iter were done before the loss stopped improving"
        return f"{said}. {first}. Else: {listed(others, 'or')}, or n_iter_no_change=None for just so many epochs"
    return _stalled(training) if progress.stopped.startswith("training loss") else ""


def _stalled(training: Training) -> str:
    """A sentence where the loss stopped falling above that of saying nothing, or next to where it began."""
    first, last, silent = *(training.progress.epochs[at].loss for at in (0, -1)), silent_loss(training)
    ended = f"the loss no longer fell, at {figure(last)}"
    if silent < last:
        cause = _scale(training) or _rate(training)
        return cause and f"{ended}, worse than saying nothing at all ({figure(silent)}). The likely cause: {cause}"
    if last > (1 - HARDLY_FALLEN) * first and (cause := _rate(training)):
        return f"{ended}, hardly below {figure(first)} after the first epoch. The likely cause: {cause}"
    return ""


def _causes(training: Training, limit: int) -> Iterator[str]:
    """What to do, the likeliest first; each is said in short where another is likelier."""
    scale = _scale(training)
    rate = _rate(training) if training.progress.step >= STEPS_OF_TRIAL else ""
    epochs = f"max_iter={_epochs_wanted(training, limit)}"
    if scale:
        yield f"The likely cause is the scale of the inputs: {scale}"
        yield from (rate or "another rate (optimizer='adam:lr=...')", epochs)
    elif rate:
        yield f"The likely cause is the rate: {rate}"
        yield epochs
    else:
        yield f"It needs more epochs: {epochs}"
        yield "a larger rate (optimizer='adam:lr=...')"
    yield "early_stopping=True, which stops at the best epoch on rows held out"


def _scale(training: Training) -> str:
    found = out_of_scale(training)
    if found is None:
        return ""
    said = found[1].rstrip(".")
    return f"{said[0].lower()}{said[1:]}; put StandardScaler before it, make_pipeline(StandardScaler(), ...)"


def _rate(training: Training) -> str:
    """The rate that a short trial finds, where the one in use is far below it or where the loss jumps."""
    rate = training.chosen.optimizer.options.get("lr")
    if rate is None:
        return ""
    name = training.chosen.optimizer.part.name
    found = rates_of(training, STEPS_OF_TRIAL)
    suggested = None if found is None else found.suggested
    if rise_per_epoch([epoch.loss for epoch in training.progress.epochs]) > RISE_AN_EPOCH:
        if suggested is not None and suggested < float(rate) / 10:
            calmer, why = suggested, "is what a trial of all rates suggests"
        else:
            calmer, why = float(rate) / 10, "is ten times smaller"
        return f"the loss jumps up and down; optimizer='{name}:lr={rounded(calmer, 1)}' {why}"
    if suggested is None or not float(rate) < suggested / TOO_SLOW:
        return ""
    return (
        f"{significant(float(rate))} is {significant(suggested / float(rate), 2)} times smaller than a trial suggests; "
        f"optimizer='{name}:lr={rounded(suggested, 1)}'"
    )


def _epochs_wanted(training: Training, limit: int) -> int:
    """So many that the loss, falling on as it did in the second half, falls by a hundredth more at most."""
    losses = [epoch.loss for epoch in training.progress.epochs]
    half = losses[len(losses) // 2 :]
    fall = half[0] - half[-1] if len(half) > 1 else 0.0
    times = 2 if not fall > 0 or not losses[-1] > 0 else min(MOST_TIMES, max(2, round(10 * fall / half[0])))
    return limit * times
