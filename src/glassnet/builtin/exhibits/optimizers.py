"""Mistakes in what an optimizer remembers, and in the small numbers that it is given."""

import numpy as np

from glassnet import Exhibit


def adam_starts_anew() -> Exhibit:
    """Adam's moments begin at 0 in every epoch while its counter goes on: the correction corrects nothing.

    m / (1 - 0.9^t) and v / (1 - 0.999^t) make up for a start at 0, t updates ago. With a constant gradient both are
    exact, so that every step is the rate. State lives for the whole fit, and the counter counts updates.
    """

    def wrong(gradients):
        steps = []
        for epoch, g in enumerate(gradients, 1):
            m, v = 0, 0
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            steps.append(m / (1 - 0.9**epoch) / np.sqrt(v / (1 - 0.999**epoch)))
        return np.array(steps)

    def mended(gradients):
        steps = []
        m, v = 0, 0
        for update, g in enumerate(gradients, 1):
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            steps.append(m / (1 - 0.9**update) / np.sqrt(v / (1 - 0.999**update)))
        return np.array(steps)

    def steady(steps):
        said = steps(np.full(3000, 5.0))[[0, 9, 99, 999, 2999]]
        if np.allclose(said, 1):
            return ""
        return f"steps 1, 10, 100, 1000, 3000 of a constant gradient: {np.round(said, 2).tolist()}, in place of 1"

    return Exhibit(
        wrong,
        mended,
        measure=lambda steps: steps(np.full(1000, 5.0))[-1],
        truth=lambda: 1.0,  # by hand: m is corrected to g and v to g^2, and g / sqrt(g^2) is 1
        apart=1,
        caught_by=steady,
        source="a lecture's Adam, one update an epoch, which is reset after each epoch",
        unit="length of step 1000, in rates",
    )


def rmsprop_forgets_all() -> Exhibit:
    """RMSprop's average begins at 0 in every epoch: with one update an epoch each step is 3.16 rates, up or down.

    v = 0.9 v + 0.1 g^2 tells whether a gradient is large for its weight. Of v = 0.1 g^2 only the sign of g is left:
    g / sqrt(0.1 g^2) = 3.16. The average has to outlive the epoch.
    """

    def wrong(gradients):
        steps = []
        for g in gradients:
            v = 0
            v = 0.9 * v + 0.1 * g**2
            steps.append(g / np.sqrt(v))
        return np.array(steps)

    def mended(gradients):
        steps, v = [], 0
        for g in gradients:
            v = 0.9 * v + 0.1 * g**2
            steps.append(g / np.sqrt(v))
        return np.array(steps)

    def small_ones_are_small(steps):
        last = steps(np.append(np.full(50, 1.0), 0.01))[-1]
        return f"a gradient 100 times smaller than all before gets a step of {last:.3g} rates" if last > 0.1 else ""

    def truth():
        from scipy.signal import lfilter

        average = lfilter([0.1], [1, -0.9], np.full(100, 4.0**2))  # the same average, by a filter
        return 4.0 / np.sqrt(average[-1])

    return Exhibit(
        wrong,
        mended,
        measure=lambda steps: steps(np.full(100, 4.0))[-1],
        truth=truth,
        apart=1,
        caught_by=small_ones_are_small,
        source="a lecture's RMSprop, which is reset after each epoch",
        unit="length of step 100, in rates",
    )


def adagrad_by_rows() -> Exhibit:
    """Adagrad adds up squares over a whole row of weights: outputs that have nothing in common share a rate.

    The diagonal of G G^T holds one sum for each row of the weights' matrix. Adagrad's diagonal is that of g g^T with
    all weights in one long vector: one sum for each weight, G * G. It is never emptied either.
    """

    def wrong(gradients):
        G_sum, steps = 0, 0
        for G in gradients:
            G_sum = G_sum + G @ G.T
            steps = G / np.sqrt(np.diag(G_sum))[:, np.newaxis]
        return steps

    def mended(gradients):
        squares, steps = 0, 0
        for G in gradients:
            squares = squares + G * G
            steps = G / np.sqrt(squares)
        return steps

    G = np.array([[3.0, 4.0], [1.0, 7.0]])

    def neighbours_do_not_matter(steps):
        beside, alone = steps([G])[0, 0], steps([G[:, :1]])[0, 0]
        if abs(beside - alone) < 1e-9:
            return ""
        return f"the first output takes a step of {alone:.3g} alone, and {beside:.3g} beside a second output"

    return Exhibit(
        wrong,
        mended,
        measure=lambda steps: steps([G]).min(),
        truth=lambda: 1.0,  # by hand: the first step is g / sqrt(g^2) for each weight
        apart=0.5,
        caught_by=neighbours_do_not_matter,
        source="a lecture's Adagrad, with a matrix of rows times rows",
        unit="shortest first step of a weight, in rates",
    )


def wrong_memory_reset() -> Exhibit:
    """Each epoch empties the sum of squares and keeps the velocity: steps that should shrink grow tenfold.

    velocity = 0.9 velocity + g / sqrt(sum of g^2 so far). The sum makes steps careful, the velocity adds up the last
    ten or so. Two memories of one optimizer begin together, and end together.
    """

    def wrong(gradients, updates_per_epoch):
        velocity, squares = 0, 0
        for update, g in enumerate(gradients):
            if update % updates_per_epoch == 0:
                squares = 0
            squares = squares + g**2
            velocity = 0.9 * velocity + g / np.sqrt(squares)
        return velocity

    def mended(gradients, updates_per_epoch):
        velocity, squares = 0, 0
        for g in gradients:
            squares = squares + g**2
            velocity = 0.9 * velocity + g / np.sqrt(squares)
        return velocity

    hundred = np.full(100, 2.0)

    def epochs_are_names(step):
        one, many = step(hundred, 100), step(hundred, 1)
        if abs(one - many) < 1e-9:
            return ""
        return f"the same 100 gradients end at a step of {one:.3g} rates as one epoch, and {many:.3g} as 100 epochs"

    def truth():
        from scipy.signal import lfilter

        return lfilter([1], [1, -0.9], 1 / np.sqrt(np.arange(1, 101)))[-1]

    return Exhibit(
        wrong,
        mended,
        measure=lambda step: step(hundred, 1),
        truth=truth,
        apart=5,
        caught_by=epochs_are_names,
        source="a lecture's Adagrad with momentum, and what its reset resets",
        unit="length of step 100, in rates",
    )


def epsilon_under_the_root() -> Exhibit:
    """Epsilon stands under the root here and beside it there: one small number with two meanings.

    sqrt(v + 1e-8) is never below 0.0001, sqrt(v) + 1e-8 goes down to 1e-8. Under the root, a weight whose gradients
    are 0.00001 hardly moves, although measuring a step by its own gradients was the idea. Adam's paper has it beside.
    """

    def wrong(g):
        return g / np.sqrt(g**2 + 1e-8)

    def mended(g):
        return g / (np.sqrt(g**2) + 1e-8)

    def scale_does_not_matter(step):
        large, small = step(1.0), step(1e-5)
        if small > 0.9 * large:
            return ""
        return f"the first step is {large:.3g} for a gradient of 1, and {small:.2g} for one of 0.00001"

    return Exhibit(
        wrong,
        mended,
        measure=lambda step: step(1e-5),
        truth=lambda: 1 / (1 + 1e-3),  # by hand, from Kingma and Ba (2015), algorithm 1: g / (|g| + epsilon)
        apart=0.5,
        caught_by=scale_does_not_matter,
        source="a lecture's optimizers, of which two have it under the root and one beside",
        unit="first step for a gradient of 0.00001, in rates",
    )


def ten_times_e() -> Exhibit:
    """10e-4 is written for 1e-4: the number before the e is not raised, so it is ten times as large.

    1e-4 is 1 times 10^-4 = 0.0001, and 10e-4 is 10 times that, 0.001. So a leak that the text calls 0.01 came out as
    0.001, a tenth of it.
    """

    def wrong(z):
        leak = 10e-4
        return np.where(z > 0, z, leak * z)

    def mended(z):
        leak = 1e-2
        return np.where(z > 0, z, leak * z)

    def leaks_as_it_says(leaky_relu):
        leak = float(leaky_relu(np.array([-1.0]))[0] / -1.0)
        return (
            "" if abs(leak - 1 / 100) < 1e-9 else f"below 0 it falls by {leak:g} for each 1, where the text says 0.01"
        )

    return Exhibit(
        wrong,
        mended,
        measure=lambda leaky_relu: leaky_relu(np.array([-100.0]))[0],
        truth=lambda: -100 / 100,  # by hand, with the leak of Maas, Hannun and Ng (2013)
        apart=0.5,
        caught_by=leaks_as_it_says,
        source="a lecture's leaky relu, and its other small numbers",
        unit="leaky relu of -100, leak 0.01",
    )


def along_the_gradient() -> Exhibit:
    """A step "in the direction of the gradient" leads uphill: the cost grows with every step.

    The gradient points to where the cost grows fastest. Descent goes against it: w - rate * g. On the bowl w^2 / 2
    the gradient is w, so that a step at rate 0.1 leaves 0.9 of w; the other way makes it 1.1. (The
    same text counts 1000 steps where its code takes 500, and its cross-entropy has lost its minus.)
    """

    def wrong(w, gradient, rate, steps):
        for _ in range(steps):
            w = w + rate * gradient(w)
        return w

    def mended(w, gradient, rate, steps):
        for _ in range(steps):
            w = w - rate * gradient(w)
        return w

    def goes_down(descend):
        after = descend(3.0, lambda w: 2 * w, 0.01, 1)
        return f"one small step from 3 takes w^2 from 9 up to {after**2:.3g}" if after**2 > 9 else ""

    return Exhibit(
        wrong,
        mended,
        measure=lambda descend: descend(1.0, lambda w: w, 0.1, 10),
        truth=lambda: 0.9**10,  # by hand
        apart=1,
        caught_by=goes_down,
        source="a notebook's sentence on gradient descent, which its code does not follow",
        unit="where ten steps lead, from 1, on the bowl w^2 / 2",
    )
