"""Exercises on deep networks: batch normalisation of a batch, and a gradient that is too long."""

import numpy as np

from glassnet.lessons import function


def batches(rng):
    """Scores of a batch, with the two numbers of each column."""
    yield np.array([[1.0], [3.0]]), np.array([1.0]), np.array([0.0])
    yield np.array([[1.0, 0.0], [3.0, 4.0], [5.0, 8.0]]), np.array([2.0, 1.0]), np.array([0.0, -1.0])
    for n, width in ((4, 3), (6, 2)):
        yield rng.normal(size=(n, width)) * 3 + 1, rng.uniform(0.5, 2, width), rng.normal(size=width)


def by_columns(Z, gamma, beta):
    """The scores Z (n, width), each column with mean 0 and variance 1, times gamma, plus beta; epsilon is 1e-5."""
    return gamma * (Z - Z.mean(axis=0)) / np.sqrt(Z.var(axis=0) + 1e-5) + beta


def unit_by_unit(Z, gamma, beta):
    out = np.zeros(np.shape(Z))
    for unit in range(len(gamma)):
        column = np.array([row[unit] for row in Z])
        mean = sum(column) / len(column)
        variance = sum((column - mean) ** 2) / len(column)
        out[:, unit] = gamma[unit] * (column - mean) / (variance + 1e-5) ** 0.5 + beta[unit]
    return out


def by_rows(Z, gamma, beta):
    mean, var = Z.mean(axis=1, keepdims=True), Z.var(axis=1, keepdims=True)
    return gamma * (Z - mean) / np.sqrt(var + 1e-5) + beta


def all_at_once(Z, gamma, beta):
    return gamma * (Z - Z.mean()) / np.sqrt(Z.var() + 1e-5) + beta


def not_rooted(Z, gamma, beta):
    return gamma * (Z - Z.mean(axis=0)) / (Z.var(axis=0) + 1e-5) + beta


def no_shift(Z, gamma, beta):
    return gamma * (Z - Z.mean(axis=0)) / np.sqrt(Z.var(axis=0) + 1e-5)


def no_stretch(Z, gamma, beta):
    return (Z - Z.mean(axis=0)) / np.sqrt(Z.var(axis=0) + 1e-5)


def unbiased(Z, gamma, beta):
    return gamma * (Z - Z.mean(axis=0)) / np.sqrt(Z.var(axis=0, ddof=1) + 1e-5) + beta


def shift_stretched(Z, gamma, beta):
    return gamma * ((Z - Z.mean(axis=0)) / np.sqrt(Z.var(axis=0) + 1e-5) + beta)


def gradients(rng):
    """Gradients and the greatest length, a long one and a short one first."""
    yield np.array([3.0, 4.0]), 1.0
    yield np.array([0.3, -0.4]), 1.0
    yield np.array([0.0, 0.0]), 2.0
    yield np.array([0.9, 0.9]), 1.0
    for size in (3, 6):
        yield rng.normal(size=size) * 5, float(rng.uniform(0.5, 3))
    yield np.array([0.1, 0.2, 0.2]), 5.0


def shortened(g, most):
    """The gradient g, shortened to the length most where it is longer; its direction stays."""
    length = np.sqrt((g**2).sum())
    if length <= most:
        return g
    return g * most / length


def by_factor(g, most):
    length = np.linalg.norm(g)
    return np.array(g) * min(1, most / max(length, 1e-300))


def by_value(g, most):
    return np.clip(g, -most, most)


def always_scaled(g, most):
    return g * most / max(np.linalg.norm(g), 1e-12)


def unit_length(g, most):
    length = np.linalg.norm(g)
    return g if length <= most else g / length


def by_largest(g, most):
    return g * most / max(np.abs(g).max(), most)


def thrown_away(g, most):
    return g if np.linalg.norm(g) <= most else 0 * g


def by_square(g, most):
    square = (g**2).sum()
    return g if square <= most else g * most / square


def by_sum(g, most):
    return g * most / max(np.abs(g).sum(), most)


exercises = (
    function(
        "batch_norm",
        "Write `batch_norm(Z, gamma, beta)`: batch normalisation in training, for scores Z (n, width), with "
        "$\\epsilon = 10^{-5}$.",
        inputs=batches,
        right=(by_columns, unit_by_unit),
        wrong=(
            (by_rows, "Each row is normalised: batch norm takes each unit, a column, over the rows of the batch."),
            (all_at_once, "One mean and variance for all: each unit has its own."),
            (not_rooted, "It is divided by the variance: by its root, so that the variance becomes 1."),
            (no_shift, "beta is missing: the two learned numbers stretch *and* shift."),
            (no_stretch, "gamma and beta are missing, the two learned numbers of each unit."),
            (unbiased, "The variance is divided by n - 1: in the batch it is the plain mean of the squares."),
            (shift_stretched, "beta is stretched by gamma as well: first stretch, then shift."),
        ),
        hints=(
            "Means and variances over the rows: axis=0.",
            "gamma * z_hat + beta, with z_hat of mean 0 and variance 1.",
        ),
    ),
    function(
        "clip_norm",
        "Write `clip_norm(g, most)`: the gradient g, a vector, shortened to the length most where it is longer, in the "
        "same direction.",
        inputs=gradients,
        right=(shortened, by_factor),
        wrong=(
            (by_value, "That clips each number by itself, and turns the direction: shorten the whole."),
            (always_scaled, "Short gradients are stretched: they should stay as they are."),
            (unit_length, "It is shortened to length 1: the limit is most."),
            (by_largest, "That looks at the largest number alone: the length is the root of the sum of squares."),
            (thrown_away, "A long gradient is thrown away: its direction is still worth a step."),
            (by_square, "The sum of squares is the length squared: its root is missing."),
            (by_sum, "That is the sum of the sizes: the length is the root of the sum of squares."),
        ),
        hints=(
            "How long is g? The root of the sum of its squares.",
            "Times most / length, where the length is above most.",
        ),
    ),
)
