"""What is known of the part from outside: by hand, or from a paper."""

import numpy as np

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.datasets()[0](**options)


def test_the_rows_are_those_of_the_paper():
    """24 nebulae; the least-squares line of these rows is known: 454.2 km/s per megaparsec, and -40.8 at 0."""
    rows = build(rng=np.random.default_rng(0))
    assert rows.X.shape == (24, 1)
    np.testing.assert_allclose(np.polyfit(rows.X[:, 0], rows.y, 1), [454.2, -40.8], atol=0.05)


def test_noise_comes_from_the_generator_alone():
    """The same seed gives the same rows, another seed others."""
    first, again, other = (_noisy(seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def _noisy(seed):
    return build(noise=50.0, rng=np.random.default_rng(seed)).y
