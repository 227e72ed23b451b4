"""What is known of the part from outside: theorems on parabolas, and SciPy's own conjugate gradients."""

import numpy as np
import pytest
from scipy.optimize import minimize, rosen, rosen_der

from glassnet_conjugate import plugin


def _path(objective, start, steps, state=None):
    return list(plugin.conjugate().minimize(objective, np.array(start), steps, {} if state is None else state))


@pytest.mark.parametrize("n", [2, 5, 10])
def test_a_parabola_of_n_directions_takes_about_n_steps(n):
    """With exact lengths it is n; steepest descent would need hundreds, as one direction is 100 times as steep."""
    rng = np.random.default_rng(n)
    Q, _ = np.linalg.qr(rng.normal(size=(n, n)))
    A = Q @ np.diag(np.geomspace(1, 100, n)) @ Q.T
    path = _path(lambda w: (float(w @ A @ w / 2), A @ w), rng.normal(size=n), 4 * n)
    assert np.abs(path[-1]).max() < 1e-5
    assert len(path) < 4 * n


def test_it_finds_the_end_of_rosenbrocks_valley_as_scipys_does():
    """A bent valley with its lowest point at (1, 1); in about as many steps."""
    path = _path(lambda w: (rosen(w), rosen_der(w)), [-1.2, 1.0], 200)
    theirs = minimize(rosen, [-1.2, 1.0], jac=rosen_der, method="CG")
    np.testing.assert_allclose(path[-1], theirs.x, atol=1e-4)
    assert len(path) < 2 * theirs.nit


def test_the_loss_never_rises():
    losses = [rosen(w) for w in _path(lambda w: (rosen(w), rosen_der(w)), [-1.2, 1.0], 200)]
    assert all(after < before for before, after in zip(losses, losses[1:], strict=False))


def test_it_goes_on_where_it_was_interrupted():
    """Direction and place are in the state: two halves are the whole."""
    objective, memory = (lambda w: (rosen(w), rosen_der(w))), {}
    whole = _path(objective, [-1.2, 1.0], 10)
    half = _path(objective, [-1.2, 1.0], 5, memory)
    np.testing.assert_array_equal(half + _path(objective, half[-1], 5, memory), whole)


def test_where_nothing_lowers_the_loss_it_says_so():
    """A slope that points the wrong way, as a loss with a mistake in it would give."""
    solver = plugin.conjugate().minimize(lambda w: (float(w @ w), -2 * w), np.array([1.0]), 10, {})
    with pytest.raises(StopIteration, match="no step lowers the loss, though a slope is still 2"):
        next(solver)
