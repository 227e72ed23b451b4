"""Exercises on optimizers: a step with momentum, adagrad as a part, and an adam that forgets."""

import numpy as np

from glassnet import Optimizer
from glassnet.lessons import function, part


def rolls(rng):
    """Weights, velocity, slope, rate and share: at rest first."""
    yield np.array([1.0]), np.array([0.0]), np.array([2.0]), 0.1, 0.9
    yield np.array([1.0]), np.array([0.5]), np.array([2.0]), 0.1, 0.9
    for _ in range(3):
        yield rng.normal(size=4), rng.normal(size=4), rng.normal(size=4), 0.05, 0.8


def by_formula(w, v, g, rate, share):
    """Weights and velocity after one step with momentum: (w, v)."""
    v = share * v + rate * g
    return w - v, v


def number_by_number(w, v, g, rate, share):
    new_w, new_v = [], []
    for i in range(len(w)):
        new_v.append(v[i] * share + g[i] * rate)
        new_w.append(w[i] - new_v[i])
    return new_w, new_v


def rate_twice(w, v, g, rate, share):
    v = share * v + rate * g
    return w - rate * v, v


def rate_outside(w, v, g, rate, share):
    v = share * v + g
    return w - rate * v, v


def averaged(w, v, g, rate, share):
    v = share * v + (1 - share) * rate * g
    return w - v, v


def climbs(w, v, g, rate, share):
    v = share * v + rate * g
    return w + v, v


def old_speed(w, v, g, rate, share):
    return w - v, share * v + rate * g


def courses(rng):
    """Slopes, one a step, and the steps of an epoch."""
    yield np.array([1.0]), 1
    yield np.array([1.0, 1.0, 1.0]), 2
    yield np.array([1.0, -2.0, 0.5, 3.0]), 2
    yield rng.normal(1, 1, 12), 4


def emptied(slopes, epoch):
    """Adam's changes, in units of the rate, for slopes one after the other; `epoch` is how many steps it has."""
    m, v, changes = 0.0, 0.0, []
    for step, g in enumerate(slopes, 1):
        if (step - 1) % epoch == 0:
            m, v = 0.0, 0.0
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        changes.append(m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8))
    return changes


def lasting(slopes, epoch):
    m, v, changes = 0.0, 0.0, []
    for step, g in enumerate(slopes, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        changes.append(m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8))
    return changes


def as_weighted_means(slopes, epoch):
    slopes, changes = np.asarray(slopes), []
    for k in range(1, len(slopes) + 1):
        ages = np.arange(k)[::-1]
        m = np.average(slopes[:k], weights=0.9**ages)
        v = np.average(slopes[:k] ** 2, weights=0.999**ages)
        changes.append(m / (np.sqrt(v) + 1e-8))
    return np.array(changes)


def counter_emptied_too(slopes, epoch):
    m, v, changes = 0.0, 0.0, []
    for number, g in enumerate(slopes):
        step = number % epoch + 1
        if step == 1:
            m, v = 0.0, 0.0
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        changes.append(m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8))
    return changes


def uncorrected(slopes, epoch):
    m, v, changes = 0.0, 0.0, []
    for g in slopes:
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        changes.append(m / (np.sqrt(v) + 1e-8))
    return changes


def counts_epochs(slopes, epoch):
    m, v, changes = 0.0, 0.0, []
    for number, g in enumerate(slopes):
        step = number // epoch + 1
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        changes.append(m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8))
    return changes


def sizes_kept_only(slopes, epoch):
    m, v, changes = 0.0, 0.0, []
    for step, g in enumerate(slopes, 1):
        if (step - 1) % epoch == 0:
            m = 0.0
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        changes.append(m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8))
    return changes


def moves(bag):
    """What an optimizer subtracts in four steps, what its state is, and what it says to the same state again."""
    w = np.ones(2)
    state, found = bag.init(w), []
    kind = type(state).__name__
    for step, g in enumerate(([1.0, 10.0], [1.0, 10.0], [2.0, -10.0], [0.5, 1.0]), 1):
        change, state = bag.update(w, np.array(g), state, step)
        w = w - change
        found.append(np.array(change, dtype=float).tolist())
    once, again = (np.array(bag.update(w, np.ones(2), state, 5)[0], dtype=float).tolist() for _ in range(2))
    small = np.ones(1, np.float32)
    kept = bag.update(small, small, bag.init(small), 1)[0].dtype.name
    changes = {f"the change in step {number}": change for number, change in enumerate(found, 1)}
    return changes | {
        "the kind of the state": kind,
        "the change of step 5": once,
        "the same step again": again,
        "the type of the change": kept,
    }


def with_functions(lr=0.1):
    """Adagrad: each weight's step is divided by the root of the sum of its squared slopes.

    lr: learning rate
    """

    def init(w):
        return {"s": np.zeros_like(w)}

    def update(w, g, state, step):
        s = state["s"] + g**2
        return lr * g / (np.sqrt(s) + 1e-10), {"s": s}

    return Optimizer(init=init, update=update)


def with_lambdas(lr=0.1):
    """Steps that shrink with the slopes that a weight has had; lr is the length of the first."""

    def update(w, g, state, step):
        sizes = np.hypot(state["size"], g)
        return lr * g / np.maximum(sizes, 1e-10), {"size": sizes}

    return Optimizer(init=lambda w: {"size": 0.0 * w}, update=update)


def without_root(lr=0.1):
    """Adagrad; lr is the learning rate."""

    def update(w, g, state, step):
        s = state["s"] + g**2
        return lr * g / (s + 1e-10), {"s": s}

    return Optimizer(init=lambda w: {"s": np.zeros_like(w)}, update=update)


def one_for_all(lr=0.1):
    """Adagrad; lr is the learning rate."""

    def update(w, g, state, step):
        s = state["s"] + np.sum(g**2)
        return lr * g / (np.sqrt(s) + 1e-10), {"s": s}

    return Optimizer(init=lambda w: {"s": np.zeros_like(w)}, update=update)


def forgets(lr=0.1):
    """Adagrad; lr is the learning rate."""

    def update(w, g, state, step):
        s = state["s"] + g**2
        return lr * g / (np.sqrt(s) + 1e-10), state

    return Optimizer(init=lambda w: {"s": np.zeros_like(w)}, update=update)


def rmsprop_instead(lr=0.1):
    """Adagrad; lr is the learning rate."""

    def update(w, g, state, step):
        s = 0.9 * state["s"] + 0.1 * g**2
        return lr * g / (np.sqrt(s) + 1e-10), {"s": s}

    return Optimizer(init=lambda w: {"s": np.zeros_like(w)}, update=update)


def in_place(lr=0.1):
    """Adagrad; lr is the learning rate."""

    def update(w, g, state, step):
        state["s"] += g**2
        return lr * g / (np.sqrt(state["s"]) + 1e-10), state

    return Optimizer(init=lambda w: {"s": np.zeros_like(w)}, update=update)


def bare_array(lr=0.1):
    """Adagrad; lr is the learning rate."""

    def update(w, g, state, step):
        s = state + g**2
        return lr * g / (np.sqrt(s) + 1e-10), s

    return Optimizer(init=lambda w: np.zeros_like(w), update=update)


def of_another_type(lr=0.1):
    """Adagrad; lr is the learning rate."""

    def update(w, g, state, step):
        s = state["s"] + g**2
        return lr * g / (np.sqrt(s) + 1e-10), {"s": s}

    return Optimizer(init=lambda w: {"s": np.zeros(w.shape)}, update=update)


def new_weights(lr=0.1):
    """Adagrad; lr is the learning rate."""

    def update(w, g, state, step):
        s = state["s"] + g**2
        return w - lr * g / (np.sqrt(s) + 1e-10), {"s": s}

    return Optimizer(init=lambda w: {"s": np.zeros_like(w)}, update=update)


def uphill(lr=0.1):
    """Adagrad; lr is the learning rate."""

    def update(w, g, state, step):
        s = state["s"] + g**2
        return -lr * g / (np.sqrt(s) + 1e-10), {"s": s}

    return Optimizer(init=lambda w: {"s": np.zeros_like(w)}, update=update)


def to_fill_in(lr=0.1):
    def init(w):
        return {}

    def update(w, g, state, step):
        change = ...
        return change, state

    return Optimizer(init=init, update=update)


exercises = (
    function(
        "roll",
        "Write `roll(w, v, g, rate, share)`: one step with momentum, `v = share v + rate g`, and the weights after it. "
        "Return `w, v`.",
        inputs=rolls,
        right=(by_formula, number_by_number),
        wrong=(
            (rate_twice, "The rate is used twice: it is in v already."),
            (rate_outside, "That is momentum with the rate outside, as PyTorch writes it: here v = share v + rate g."),
            (averaged, "That is an average of slopes: with (1 - share) in front, nothing gets faster."),
            (climbs, "It climbs: v is subtracted."),
            (old_speed, "It moves by the old speed: first the new v, then the weights by it."),
        ),
        hints=("Two lines: the new v first.", "Then w - v."),
    ),
    part(
        "own_adagrad",
        "Write `own_adagrad(lr=0.1)`, an optimizer of your own: it returns `Optimizer(init=..., update=...)` with "
        "adagrad's rule, epsilon 1e-10 outside of the root, and has a docstring that says what lr is. `init(w)` "
        "returns the first state, a dict of arrays like w (`np.zeros_like(w)`); `update(w, g, state, step)` returns "
        "what is to be subtracted from w, and a new state.",
        "optimizer",
        does=moves,
        stub=to_fill_in,
        right=(with_functions, with_lambdas),
        wrong=(
            (without_root, "The root is missing: without it, ten times the slope takes a tenth of the step."),
            (one_for_all, "That is one size for all weights: s has a number for each of them."),
            (forgets, "It forgets: hand the new s back as the state."),
            (in_place, "It changes the state that it was given (`+=`): make a new one, s = state['s'] + g**2."),
            (bare_array, "The state is a dict of arrays: {'s': s}, and not s alone."),
            (of_another_type, "Weights may be float32, and then all else is: begin with np.zeros_like(w)."),
            (new_weights, "Those are the new weights: what is subtracted from w is asked for."),
            (uphill, "The sign is turned round: the change is subtracted, so it has the sign of the slope."),
            (rmsprop_instead, "That is rmsprop, which forgets: adagrad adds the squares up."),
        ),
        hints=(
            "init(w) returns {'s': np.zeros_like(w)}.",
            "s = state['s'] + g**2; the change is lr * g / (np.sqrt(s) + 1e-10).",
        ),
    ),
    function(
        "mend",
        "One thing is wrong in this adam: its memory is emptied at the start of each epoch. Mend it, so that the "
        "changes, in units of the rate, are adam's.",
        inputs=courses,
        stub=emptied,
        right=(lasting, as_weighted_means),
        wrong=(
            (
                counter_emptied_too,
                "Now the counter is emptied as well. The steps fit each other again, and still each "
                "epoch begins without a memory.",
            ),
            (uncorrected, "The corrections are gone: m and v begin at 0, and have to be divided by what is missing."),
            (counts_epochs, "It counts epochs: the correction needs the number of steps."),
            (sizes_kept_only, "m is still emptied each epoch: both memories last for the whole training."),
        ),
        hints=(
            "Which two lines make it forget?",
            "Leave the counter alone: it counts the steps of the whole training.",
        ),
        sort="bug",
    ),
)
