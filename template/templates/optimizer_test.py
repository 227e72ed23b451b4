"""What is known of the part from outside: by hand, or from a paper."""

import numpy as np

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.optimizers()[0](**options)


def test_the_first_step_is_the_learning_rate():
    """With m = (1 - beta1) g and u = |g| the first change is lr in each direction, however steep it is."""
    part = build(lr=0.5)
    w, g = np.zeros(2), np.array([1e-3, -1e3])
    change, _ = part.update(w, g, part.init(w), 1)
    np.testing.assert_allclose(change, [0.5, -0.5], rtol=1e-4)


def test_it_finds_the_lowest_point_of_a_parabola():
    """(w - 3)^2 is lowest at 3."""
    part = build(lr=0.05)
    w = np.array([0.0])
    state = part.init(w)
    for step in range(1, 2001):
        change, state = part.update(w, 2 * (w - 3), state, step)
        w = w - change
    np.testing.assert_allclose(w, [3], atol=0.01)
