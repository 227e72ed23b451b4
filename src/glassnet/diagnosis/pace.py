"""Choices of how fast and how long: rate, momentum, schedule, rows a step, epochs, patience."""

from __future__ import annotations

import numpy as np

from ..findings import Finding, Remedy
from ..wording import count, figure, percent, rounded, significant
from .case import Case
from .course import FEWEST_EPOCHS, STILL_FALLING, fall_per_epoch
from .remedies import finding

#: The rate in multiples of that at which a trial comes to its bottom: beyond it the loss only jumps.
TOO_FAST = 3.0
#: ... or this, where the trial itself hardly came below the loss of a network that says nothing: its bottom is vague.
TOO_FAST_FOR_SURE, LEARNED = 30.0, 0.95
#: ... and a rate by this factor below the suggested one crawls.
TOO_SLOW = 30.0
#: Momentum 0.99 sums the last hundred steps up: a rate that suits 0.9 is ten times too large for it.
MUCH_MOMENTUM = 0.99
#: What is left of the rate, at the end of a training, before it stands still ...
STANDS_STILL = 1e-3
#: ... and at which share of the epochs it had come there.
EARLY = 0.6
#: So few updates are hardly enough to fit a line.
FEW_STEPS = 200
#: ... where an epoch has less than so many, of more rows each than these.
FEW_AN_EPOCH, MANY_ROWS = 10, 64
#: Losses wander from epoch to epoch: fewer than these without a better one say nothing.
HASTY = 3


def too_much_momentum(case: Case) -> Finding | None:
    """Does momentum throw the weights about?"""
    options = case.training.chosen.optimizer.options
    name = next((one for one in ("momentum", "beta", "beta1") if one in options), None)
    if name is None or not float(options[name]) >= MUCH_MOMENTUM:
        return None
    value = float(options[name])
    words = (
        f"{case.training.chosen.optimizer.part.name} with {name}={significant(value, 4)} sums the last "
        f"{significant(1 / (1 - value), 2) if value < 1 else 'endlessly many'} gradients up: the weights run past "
        "every valley and come back late."
    )
    return finding(
        "momentum too large", "warning", value, words, [Remedy("0.9 is usual", {f"optimizer.{name}": "0.9"})], case.run
    )


def rate_at_rest(case: Case) -> Finding | None:
    """Does the schedule bring the rate to nothing long before the end?"""
    rates = np.array([epoch.rate for epoch in case.epochs])
    if len(rates) < 3 or not rates.max() > 0:
        return None
    still = np.flatnonzero(rates < STANDS_STILL * rates.max())
    still = still[still > int(np.argmax(rates))]
    if not len(still) or still[0] > EARLY * len(rates):
        return None
    name = case.training.chosen.schedule.part.name
    words = (
        f"The schedule {name} has brought the rate to a thousandth by epoch {still[0] + 1} of {len(rates)}: "
        "the epochs after it change nothing."
    )
    remedies = [
        Remedy("the rate stays", {"schedule": "constant"}),
        Remedy("down to 0 at the very end", {"schedule": "cosine"}),
    ]
    return finding("rate at rest too early", "warning", float(still[0] + 1), words, remedies, case.run)


def rate_too_large(case: Case) -> Finding | None:
    """Is the rate beyond what a trial of all rates bears?"""
    rate, found = case.rate, case.rates
    if rate is None or found is None or found.bottom is None:
        return None
    learned = found.level.min() < LEARNED * case.start.silent
    if not rate > (TOO_FAST if learned else TOO_FAST_FOR_SURE) * found.bottom:
        return None
    words = (
        f"The rate {significant(rate)} is {significant(rate / found.bottom, 2)} times the one at which a trial of all "
        f"rates, from the same initial weights, reaches its lowest loss ({significant(found.bottom, 2)}): beyond it "
        "the weights are thrown about, and units that land where their slope is 0 stay there."
    )
    return finding("rate too large", "warning", rate / found.bottom, words, [_suggested(case)], case.run)


def rate_too_small(case: Case) -> Finding | None:
    """Is the rate so small that the network crawls?"""
    rate, found = case.rate, case.rates
    if rate is None or found is None or found.suggested is None or not rate < found.suggested / TOO_SLOW:
        return None
    words = (
        f"The rate {significant(rate)} is {significant(found.suggested / rate, 2)} times smaller than the one that a "
        f"trial of all rates suggests ({significant(found.suggested, 2)}): in {count(case.steps, 'step')} the weights "
        "hardly leave where they began."
    )
    return finding("rate too small", "warning", found.suggested / rate, words, [_suggested(case)], case.run)


def _suggested(case: Case) -> Remedy:
    found = case.rates
    assert found is not None and found.suggested is not None
    return Remedy("what learning_rate_range suggests", {"optimizer.lr": rounded(found.suggested, 1)})


def stopped_too_soon(case: Case) -> Finding | None:
    """Did early stopping lose its patience while the loss was still coming down?"""
    patience = case.experiment.patience
    if patience is None or patience > HASTY or str(case.result["stopped"]).startswith("all "):
        return None
    words = (
        f"Early stopping gave up in epoch {len(case.epochs)} of {case.experiment.epochs}, after "
        f"{count(patience, 'epoch')} without a better one: losses wander by more than that."
    )
    return finding(
        "stopped too soon", "warning", patience, words, [Remedy("waits longer", {"patience": "20"})], case.run
    )


def too_few_updates(case: Case) -> Finding | None:
    """Does a step take so many rows that there are hardly any steps?"""
    rows, batch, epochs = len(case.training.data.train), case.experiment.batch_size, case.epochs
    size = rows if batch in (None, "full") else min(int(str(batch)), rows)
    steps_an_epoch = -(-rows // size)
    if case.training.chosen.is_solver or case.steps >= FEW_STEPS or steps_an_epoch >= FEW_AN_EPOCH or size <= MANY_ROWS:
        return None
    if len(epochs) > 1 and not epochs[-1].loss < epochs[0].loss:
        return None
    words = (
        f"A step takes {size} of {count(rows, 'training row')}: that makes {count(case.steps, 'update')} in "
        f"{count(len(epochs), 'epoch')}, and the loss was still on its way."
    )
    remedies = [
        Remedy("many steps an epoch", {"batch_size": "32"}),
        Remedy("more epochs", {"epochs": str(10 * len(epochs))}),
    ]
    return finding("too few updates", "warning", case.steps, words, remedies, case.run)


def untrained(case: Case) -> Finding | None:
    """Was there any training at all?"""
    if case.epochs or not str(case.result["stopped"]).startswith("all "):
        return None
    words = "No epoch was trained: these are the scores of the initial weights."
    return finding("too few epochs", "warning", 0, words, [Remedy("more epochs", {"epochs": "20"})], case.run)


def too_few_epochs(case: Case) -> Finding | None:
    """Was it stopped on its way?"""
    losses = [epoch.loss for epoch in case.epochs]
    stopped = str(case.result["stopped"])
    if not stopped.startswith("all ") or case.training.chosen.is_solver or not _still_moving(losses):
        return None
    fall = 1 - (losses[-1] / losses[0]) ** (1 / max(1, len(losses) - 1)) if losses[0] > 0 < losses[-1] else 0.0
    fall = fall_per_epoch(losses) or max(fall, 0.0)
    words = (
        f"Training ended after {count(len(losses), 'epoch')} ({count(case.steps, 'update')}) while the loss was still "
        f"falling by {percent(fall)} an epoch, at {figure(losses[-1])}."
    )
    more = Remedy("more epochs", {"epochs": str(max(len(losses) * 4, 20))})
    return finding("too few epochs", "warning", len(losses), words, [more], case.run)


def _still_moving(losses: list[float]) -> bool:
    """Whether the loss of the last epochs was coming down; of very few epochs, from the first to the last."""
    if len(losses) < FEWEST_EPOCHS:
        return len(losses) > 0 and (len(losses) == 1 or losses[-1] < losses[0])
    return fall_per_epoch(losses) > STILL_FALLING


PACE = (
    untrained, too_much_momentum, rate_too_large, too_few_updates, rate_too_small, rate_at_rest, stopped_too_soon,
    too_few_epochs,
)  # fmt: skip
