"""Exercises on too much and too little: dropout by hand, when to stop, the luck of 100 rows, the largest gap."""

import numpy as np

from glassnet.lessons import function, number


def activations(rng):
    """Activations, which units stay, and the probability of leaving one out."""
    yield np.array([[1.0, 2.0]]), np.array([[True, False]]), 0.5
    yield np.array([[3.0, 2.0, 5.0]]), np.array([[True, True, False]]), 0.2
    for p in (0.1, 0.5, 0.75, 0.0):
        a = rng.normal(size=(4, 3))
        yield a, rng.random(a.shape) >= p, p


def divided(a, stays, p):
    """What dropout passes on while training: a (n, d) where `stays` is true, made larger to keep the mean."""
    return a * stays / (1 - p)


def element_by_element(a, stays, p):
    result = np.zeros_like(a, dtype=float)
    for i in range(len(a)):
        for j in range(len(a[0])):
            if stays[i][j]:
                result[i, j] = a[i][j] / (1.0 - p)
    return result


def not_divided(a, stays, p):
    return a * stays


def divided_by_p(a, stays, p):
    return a * stays / p if p else a * stays


def smaller(a, stays, p):
    return a * stays * (1 - p)


def the_others(a, stays, p):
    return a * ~stays / (1 - p)


def curves(rng):
    """Validation losses, and a patience; the smallest first."""
    yield [3.0, 2.0, 1.0], 2
    yield [3.0, 2.0, 2.5, 2.6, 1.0], 2
    yield [3.0, 2.0, 2.5, 1.9, 2.0, 2.1, 2.2, 0.1], 3
    yield [1.0, 2.0, 3.0], 1
    yield [2.0, 1.0, 1.0, 1.0, 0.5], 2
    yield [2.0, 2.0, 2.0], 2
    for patience in (1, 2, 5, 9):
        yield [round(float(x), 3) for x in np.linspace(2, 1, 20) + rng.normal(0, 0.2, 20)], patience


def by_waiting(losses, patience):
    """(epochs that were trained, epoch whose weights are kept), both counted from 1."""
    best, kept = losses[0], 1
    for epoch, loss in enumerate(losses[1:], 2):
        if loss < best:
            best, kept = loss, epoch
        elif epoch - kept >= patience:
            return epoch, kept
    return len(losses), kept


def with_a_counter(losses, patience):
    best, kept, waited = losses[0], 1, 0
    for at in range(1, len(losses)):
        waited += 1
        if losses[at] < best:
            best, kept, waited = losses[at], at + 1, 0
        if waited == patience:
            return [at + 1, kept]
    return [len(losses), kept]


def keeps_the_last(losses, patience):
    best, kept = float("inf"), 0
    for epoch, loss in enumerate(losses, 1):
        if loss < best:
            best, kept = loss, epoch
        elif epoch - kept >= patience:
            return epoch, epoch
    return len(losses), len(losses)


def looks_ahead(losses, patience):
    return len(losses), int(np.argmin(losses)) + 1


def from_zero(losses, patience):
    best, kept = float("inf"), 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, kept = loss, epoch
        elif epoch - kept >= patience:
            return epoch, kept
    return len(losses) - 1, kept


def against_the_one_before(losses, patience):
    worse, kept = 0, 1
    for at in range(1, len(losses)):
        if losses[at] < losses[at - 1]:
            worse, kept = 0, at + 1
        else:
            worse += 1
        if worse == patience:
            return at + 1, kept
    return len(losses), kept


def four_errors(rng):
    """Errors: optimal, training, unseen rows of the same world, and of the new one."""
    yield 0.02, 0.15, 0.16, 0.17
    yield 0.02, 0.03, 0.15, 0.16
    yield 0.02, 0.03, 0.04, 0.20
    yield 0.10, 0.13, 0.14, 0.16
    yield 0.14, 0.15, 0.22, 0.25
    for _ in range(12):
        yield tuple(float(x) for x in np.cumsum(rng.choice(99, size=4, replace=False) / 400))


def by_difference(optimal, training, same, new):
    """Which gap is the largest: "bias", "variance" or "mismatch"."""
    gaps = {"bias": training - optimal, "variance": same - training, "mismatch": new - same}
    return max(gaps, key=lambda gap: gaps[gap])


def by_questions(optimal, training, same, new):
    first, second, third = training - optimal, same - training, new - same
    if first > second and first > third:
        return "bias"
    return "variance" if second > third else "mismatch"


def without_the_optimal(optimal, training, same, new):
    gaps = {"bias": training, "variance": same - training, "mismatch": new - same}
    return max(gaps, key=lambda gap: gaps[gap])


def all_from_training(optimal, training, same, new):
    gaps = {"bias": training - optimal, "variance": same - training, "mismatch": new - training}
    return max(gaps, key=lambda gap: gaps[gap])


def names_swapped(optimal, training, same, new):
    gaps = {"variance": training - optimal, "bias": same - training, "mismatch": new - same}
    return max(gaps, key=lambda gap: gaps[gap])


exercises = (
    function(
        "dropped",
        "Write `dropped(a, stays, p)`: what dropout passes on in training. `a` (n, d) holds activations, `stays` is "
        "True where a unit is not left out, and `p` is the probability with which units are left out.",
        inputs=activations,
        right=(divided, element_by_element),
        wrong=(
            (not_divided, "On average the sum is too small now: those that stay have to make up for the others."),
            (divided_by_p, "p is the share that is left out; those that stay are a share of 1 - p."),
            (smaller, "That makes those that stay smaller: they should be larger while others are missing."),
            (the_others, "Those are the units that should be left out."),
        ),
        hints=(
            "A boolean counts as 0 or 1 in a product.",
            "If half of the units are missing, by what must the rest be multiplied to keep the sum?",
        ),
    ),
    function(
        "stops_at",
        "Write `stops_at(losses, patience)`: `losses` are the validation losses of the epochs 1, 2, 3, ... Return "
        "two numbers: after which epoch training ends, and the weights of which epoch are kept. It ends after "
        "`patience` epochs in a row without a loss lower than the best so far; otherwise after the last one.",
        inputs=curves,
        right=(by_waiting, with_a_counter),
        wrong=(
            (keeps_the_last, "The last weights are those that got worse: the best ones are to be kept."),
            (looks_ahead, "Training can't look ahead: when patience is at its end, later epochs never happen."),
            (from_zero, "Epochs count from 1 here."),
            (against_the_one_before, "Compare with the best so far, not with the epoch before."),
        ),
        hints=("Keep two things in mind while you go: the best loss, and the epoch in which it was.",),
    ),
    number(
        "error_of_hundred",
        "A network has 95 of 100 validation rows right. What is the standard error of its accuracy, as a share?",
        0.0217945,
        absolute=0.0005,
        unit="share of rows",
        near={
            0.217945: "That is the standard deviation of a single row: divide by the root of n.",
            0.000475: "That is the variance: take the root.",
            0.05: "That is the error itself; how far would it be off by luck?",
        },
        hints=("$p = 0.95$ and $n = 100$ in the formula above.",),
    ),
    function(
        "largest_gap",
        'Write `largest_gap(optimal, training, same, new)`: "bias", "variance" or "mismatch", whichever gap between '
        "neighbouring errors is the largest.",
        inputs=four_errors,
        right=(by_difference, by_questions),
        wrong=(
            (without_the_optimal, "Bias is measured from the optimal error: what nobody can do is not the fault of the "
             "network."),
            (all_from_training, "Mismatch is measured between the two unseen sets: variance is in both."),
            (names_swapped, "Bias and variance are turned round: bias is what is wrong on the training rows already."),
        ),
        hints=("There are three gaps between four numbers.",),
    ),
)  # fmt: skip
