"""What is known of the part from outside: SciPy's densities, and finite differences."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import softmax
from scipy.stats import norm

from glassnet_mixture import plugin


def _outputs(bells, columns, n=6):
    rng = np.random.default_rng(bells)
    return rng.normal(size=(n, 3 * bells * columns)), rng.normal(size=(n, columns))


@pytest.mark.parametrize("bells", [1, 2, 5])
@pytest.mark.parametrize("columns", [1, 2])
def test_the_value_is_minus_scipys_log_density(bells, columns):
    y, t = _outputs(bells, columns)
    a, m, s = np.split(y, 3, axis=1)
    found = np.zeros(len(y))
    for c in range(columns):
        share = softmax(a[:, c::columns], axis=1)
        density = (share * norm.pdf(t[:, [c]], m[:, c::columns], np.exp(s[:, c::columns]))).sum(axis=1)
        found -= np.log(density) / columns
    np.testing.assert_allclose(plugin.mixture(bells).value(y, t), found)


@pytest.mark.parametrize("bells", [1, 3])
def test_the_slope_is_that_of_the_value(bells):
    part = plugin.mixture(bells)
    y, t = _outputs(bells, 2)
    for row in range(len(y)):
        slope = approx_fprime(y[row], lambda one: part.value(one[None], t[[row]])[0], 1e-7)  # noqa: B023
        np.testing.assert_allclose(part.grad(y[[row]], t[[row]])[0], slope, atol=1e-5)


def test_two_answers_are_told_apart():
    """Half of the rows say -1 and half say 1: two narrow bells there are far better than one wide bell between them."""
    t = np.array([[-1.0], [1.0]])
    two = np.tile([0, 0, -1, 1, np.log(0.1), np.log(0.1)], (2, 1))
    one = np.tile([0.0, 0.0, 0.0], (2, 1))
    better = plugin.mixture(1).value(one, t).mean() - plugin.mixture(2).value(two, t).mean()
    # One: log(2 pi) / 2 + 1 / 2. Two: that without the 1 / 2, plus log 2 for the half, less log 10 for the width.
    np.testing.assert_allclose(better, 0.5 + np.log(10) - np.log(2), atol=1e-9)


def test_what_outputs_say_is_in_the_targets_units():
    """A mean of 0.25 * 0 + 0.75 * 2 = 1.5, then times 10 and plus 100."""
    part = plugin.mixture(2)
    y = np.array([[0, np.log(3), 0.0, 2.0, 0.0, np.log(2)]])
    np.testing.assert_allclose(part.predict(y), [[1.5]])
    said = part.further(y, np.array([100.0]), np.array([10.0]))
    expected = {"share 1": 0.25, "centre 1": 100, "spread 1": 10, "share 2": 0.75, "centre 2": 120, "spread 2": 20}
    assert {name: round(float(column[0]), 9) for name, column in said.items()} == expected


def test_scores_of_any_size_stay_finite():
    part = plugin.mixture(2)
    y = np.array([[1000.0, -1000, 1000, -1000, 1000, -1000], [0, 0, 0, 0, -1000, -1000]])
    t = np.array([[0.0], [1.0]])
    assert np.isfinite(part.value(y, t)).all() and np.isfinite(part.grad(y, t)).all()
