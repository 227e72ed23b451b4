"""What is known of the part from outside: by hand, or from a paper."""

import numpy as np

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.activations()[0](**options)


def test_values_worked_out_by_hand():
    """1 + (3/4)^2 is (5/4)^2, so -3/4 becomes -3/5 with the slope (4/5)^3; positive scores pass."""
    part = build()
    z = np.array([[-0.75, 0.0, 2.0]])
    a = part.f(z)
    np.testing.assert_allclose(a, [[-0.6, 0, 2]])
    np.testing.assert_allclose(part.df(z, a), [[0.512, 1, 1]])


def test_alpha_says_where_it_levels_off():
    """Far below 0 the output is -1 / sqrt(alpha)."""
    np.testing.assert_allclose(build(alpha=4.0).f(np.array([[-1e6]])), [[-0.5]])
