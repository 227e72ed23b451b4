"""What is known of the part from outside: by hand, or from a paper."""

import numpy as np

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.datasets()[0](**options)


def _drawn(seed=0, **options):
    return build(rng=np.random.default_rng(seed), **options)


def test_two_squares_are_the_xor_problem():
    """Light is where exactly one of the two coordinates lies in its upper half."""
    rows = _drawn(squares=2)
    np.testing.assert_array_equal(rows.y == 1, (rows.X[:, 0] >= 0.5) != (rows.X[:, 1] >= 0.5))


def test_half_of_the_board_is_light():
    """Of n points about n / 2, within four standard deviations of sqrt(n) / 2."""
    n = 10_000
    assert abs(_drawn(size=n).y.sum() - n / 2) < 4 * np.sqrt(n) / 2


def test_flipping_comes_from_the_generator_and_keeps_the_points():
    """The points are drawn first: the same seed gives the same, and about a tenth of them another class."""
    plain, flipped, again = _drawn(1), _drawn(1, flipped=0.1), _drawn(1, flipped=0.1)
    np.testing.assert_array_equal(plain.X, flipped.X)
    np.testing.assert_array_equal(flipped.y, again.y)
    assert 0.05 < (plain.y != flipped.y).mean() < 0.15
