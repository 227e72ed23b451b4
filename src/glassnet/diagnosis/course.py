"""How the loss went: did it blow up, does it jump about, was it still falling?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

import numpy as np

from ..catalog import Phrase
from ..experiment.repeating import program
from ..findings import Finding, Remedy
from ..wording import exact, percent
from .case import Case
from .remedies import finding

#: What the training loss rises by in an epoch, on average over all of them, as a share of itself. Losses that settle
#: stay below 3 % even where rows are noisy; at a rate that is too high it is 20 % and more.
RISE_AN_EPOCH = 0.1
#: ... counted from this share of the first loss on: near nothing, a loss may double without anything being wrong.
NEARLY_NOTHING = 0.02
#: With fewer rows a step, its gradient is that of these rows more than that of all.
FEW_ROWS_A_STEP = 8
#: A loss that is lower by this share after each epoch halves within 70 epochs: worth another 50.
STILL_FALLING = 0.01
#: ... or by so much over all its epochs together, which are many then, as those of one step each are ...
AS_LONG_AGAIN = 0.3
#: ... unless it is nearly nothing already.
LEFT_OF_THE_LOSS = 0.1
#: Epochs below which a slope is not told from chance.
FEWEST_EPOCHS = 10


def diverged(case: Case) -> Finding | None:
    """Did a number leave the finite ones?"""
    if not case.diverged:
        return None
    said = re.match(
        r"diverged: training diverged in (epoch \d+) at (step (\d+)): (.*?)\. Try (.*?)\. The weights of",
        case.result["stopped"],
    )
    if said is None:  # a message of another version
        words = f"It stopped: {case.result['stopped']}."
        return Finding("diverged", "problem", len(case.epochs), words, "a rate ten times smaller")
    epoch, step, number, why, remedy = said.groups()
    words = f"Training broke down in {epoch} at {step}: {why}. The scores are those of the last epoch before it."
    return Finding("diverged", "problem", float(number), words, remedy)


def rate_too_high(case: Case) -> Finding | None:
    """Does the training loss jump up and down?"""
    loss = [epoch.loss for epoch in case.epochs]
    each = rise_per_epoch(loss)
    if each < RISE_AN_EPOCH:
        return None
    words = (
        f"The training loss jumps up and down: in {percent(float(np.mean(np.diff(loss) > 0)))} of the epochs it rises, "
        f"on average over all of them by {percent(each)} of itself."
    )
    return finding("rate too high", "warning", each, words, list(_calmer(case)), case.run)


def rise_per_epoch(losses: Sequence[float]) -> float:
    """What the loss rises by from one epoch to the next, on average over all of them, as a share of itself."""
    loss = np.array(losses)
    if len(loss) < FEWEST_EPOCHS or loss[0] <= 0:
        return 0.0
    return float(np.mean(np.maximum(np.diff(loss), 0) / np.maximum(loss[:-1], NEARLY_NOTHING * loss[0])))


def _calmer(case: Case) -> Iterator[Remedy]:
    """A smaller rate; more rows a step, where single rows are what makes it jump."""
    rate = Phrase.parse(str(case.experiment.optimizer)).option("lr")  # an epoch's own is that of a schedule
    size = case.experiment.batch_size
    if isinstance(size, int) and size < FEW_ROWS_A_STEP:
        yield Remedy("a step goes by the mean of more rows", {"batch_size": "32"})
    if rate:
        yield Remedy("a rate ten times smaller", {"optimizer.lr": exact(float(rate) / 10)})
    yield Remedy("comes down to 0 at the end", {"schedule": "cosine"})


def still_falling(case: Case) -> Finding | None:
    """Was the loss still falling when training ended?"""
    loss, validation = _losses(case)
    per_epoch = fall_per_epoch(loss)
    over = not str(case.result["stopped"]).startswith("all ")
    enough = min(STILL_FALLING, AS_LONG_AGAIN / max(1, len(loss)))
    if over or per_epoch < enough or loss[-1] < LEFT_OF_THE_LOSS * loss[0]:
        return None
    if validation is not None and fall_per_epoch(validation) < enough / 2:
        return None
    words = f"When training ended, the training loss was still falling by {percent(per_epoch)} an epoch."
    longer = Remedy("more epochs", {"epochs": str(2 * len(loss))})
    if not case.run.folder.is_dir():  # nothing to go on from: it is trained once more
        return finding("still falling", "remark", per_epoch, words, [longer], case.run)
    folder = shlex.quote(str(case.run.folder))
    command = f"{program(case.experiment)} train --resume {folder} --epochs {2 * len(loss)}"
    return Finding("still falling", "remark", per_epoch, words, f"more epochs: {command}")


def _losses(case: Case) -> tuple[list[float], list[float] | None]:
    """(training losses, validation losses or None)."""
    found = [epoch.validation_loss for epoch in case.epochs]
    validation = [value for value in found if value is not None]
    return [epoch.loss for epoch in case.epochs], validation if len(validation) == len(found) else None


def fall_per_epoch(loss: Sequence[float]) -> float:
    """The share by which the loss fell in each of the last epochs: from the median of a tenth to that of the next."""
    if len(loss) < FEWEST_EPOCHS:
        return 0.0
    window = max(3, len(loss) // 10)
    before, after = np.median(loss[-2 * window : -window]), np.median(loss[-window:])
    return float(1 - (after / before) ** (1 / window)) if before > 0 and after > 0 else 0.0
