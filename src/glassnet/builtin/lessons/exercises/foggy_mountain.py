"""Exercises on descent: a walk down a valley, and the epoch at which patience ends."""

import numpy as np

from glassnet.lessons import function


def walks(rng):
    """A place, curvatures, rate and steps: no step, one step, many."""
    yield np.array([4.0, 1.0]), np.array([1.0, 10.0]), 0.1, 0
    yield np.array([4.0, 1.0]), np.array([1.0, 10.0]), 0.05, 1
    yield np.array([4.0, 1.0]), np.array([1.0, 10.0]), 0.15, 7
    for d in (1, 3):
        yield rng.normal(size=d), rng.uniform(0.5, 5, d), 0.2, 5


def by_steps(w, curves, rate, steps):
    """Where one is after so many steps down 1/2 sum(curves w^2), from w."""
    for _ in range(steps):
        w = w - rate * curves * w
    return w


def in_one_go(w, curves, rate, steps):
    return [place * (1 - rate * c) ** steps for place, c in zip(w, curves)]


def upwards(w, curves, rate, steps):
    for _ in range(steps):
        w = w + rate * curves * w
    return w


def twice(w, curves, rate, steps):
    for _ in range(steps):
        w = w - rate * 2 * curves * w
    return w


def first_slope(w, curves, rate, steps):
    slope = curves * w
    return w - rate * steps * slope


def of_the_height(w, curves, rate, steps):
    for _ in range(steps):
        w = w - rate * np.sum(curves * w**2) / 2
    return w


def one_less(w, curves, rate, steps):
    for _ in range(steps - 1):
        w = w - rate * curves * w
    return w


def courses(rng):
    """Losses of epochs and a patience: plain falls, a bump, a long wait."""
    yield [3.0, 2.0, 1.0], 2
    yield [3.0, 2.0, 2.5, 2.4, 2.3, 1.0], 2
    yield [3.0, 3.5, 2.0, 2.5, 1.5, 1.5, 1.5, 1.0], 2
    yield [1.0, 1.1, 1.0, 1.2, 0.9], 1
    yield [5.0, 4.0, 4.5, 3.0, 3.5, 3.4, 3.3, 3.2, 3.1, 3.05], 4
    for patience in (2, 3):
        yield np.round(2 * 0.9 ** np.arange(40) + 0.3 * rng.random(40), 3).tolist(), patience


def by_waiting(losses, patience):
    """The epoch, counted from 1, after which training stops, or the last one."""
    lowest, waited = losses[0], 0
    for epoch in range(1, len(losses)):
        waited = waited + 1
        if losses[epoch] < lowest:
            lowest, waited = losses[epoch], 0
        if waited == patience:
            return epoch + 1
    return len(losses)


def by_slices(losses, patience):
    for end in range(patience + 1, len(losses) + 1):
        if min(losses[end - patience : end]) >= min(losses[: end - patience]):
            return end
    return len(losses)


def beside_the_last(losses, patience):
    waited = 0
    for i in range(1, len(losses)):
        waited = waited + 1 if losses[i] >= losses[i - 1] else 0
        if waited == patience:
            return i + 1
    return len(losses)


def first_rise(losses, patience):
    for i in range(1, len(losses)):
        if losses[i] >= losses[i - 1]:
            return i + 1
    return len(losses)


def from_nought(losses, patience):
    lowest, waited = float("inf"), 0
    for epoch, loss in enumerate(losses):
        if loss < lowest:
            lowest, waited = loss, 0
        else:
            waited += 1
        if waited == patience:
            return epoch
    return len(losses) - 1


def the_best(losses, patience):
    lowest, waited, best = float("inf"), 0, 0
    for epoch, loss in enumerate(losses, 1):
        if loss < lowest:
            lowest, waited, best = loss, 0, epoch
        else:
            waited += 1
        if waited == patience:
            break
    return best


def never_forgets(losses, patience):
    lowest, waited = float("inf"), 0
    for epoch, loss in enumerate(losses, 1):
        if loss < lowest:
            lowest = loss
        else:
            waited += 1
        if waited == patience:
            return epoch
    return len(losses)


def equal_is_better(losses, patience):
    lowest, waited = float("inf"), 0
    for epoch, loss in enumerate(losses, 1):
        lowest, waited = (loss, 0) if loss <= lowest else (lowest, waited + 1)
        if waited == patience:
            return epoch
    return len(losses)


def one_too_many(losses, patience):
    lowest, waited = float("inf"), 0
    for epoch, loss in enumerate(losses, 1):
        lowest, waited = (loss, 0) if loss < lowest else (lowest, waited + 1)
        if waited > patience:
            return epoch
    return len(losses)


exercises = (
    function(
        "walk",
        "Write `walk(w, curves, rate, steps)`: where one is after so many steps of descent on the mountain "
        "1/2 sum(curves w^2), begun at w. Both w and curves are arrays of the same length.",
        inputs=walks,
        right=(by_steps, in_one_go),
        wrong=(
            (upwards, "That climbs: the gradient points up, and a step goes against it."),
            (twice, "The slopes are twice too large: there is a half in front, and it cancels the 2 of the square."),
            (first_slope, "It goes on in the direction of the first slope: feel the ground anew after each step."),
            (of_the_height, "All weights move by the height: each moves by its own slope."),
            (one_less, "That is one step too few."),
        ),
        hints=("The slope of $\\frac{1}{2} c w^2$ is $c w$.", "In a loop: w = w - rate * slope."),
    ),
    function(
        "stop_at",
        "Write `stop_at(losses, patience)`: the epoch, counted from 1, after which training stops, because for "
        "`patience` epochs in a row no loss was lower than the lowest so far. If that never happens, the last epoch. "
        "With the losses 3, 2, 2.5, 2.4 and a patience of 2 it is 4.",
        inputs=courses,
        right=(by_waiting, by_slices),
        wrong=(
            (beside_the_last, "It compares with the epoch before: what counts is the lowest loss so far."),
            (first_rise, "It stops at the first rise: the patience is not used."),
            (from_nought, "Epochs are counted from 1 here."),
            (equal_is_better, "A loss that is only equal to the lowest is no lower one: the waiting goes on."),
            (one_too_many, "It waits one epoch too long: it ends with the last of the `patience` epochs."),
            (the_best, "That is the epoch whose weights are best. Training goes on after it until patience ends."),
            (never_forgets, "The waiting begins anew with each new lowest loss: *in a row*."),
        ),
        hints=("Keep two numbers: the lowest loss so far, and how many epochs you have waited since.",),
    ),
)
