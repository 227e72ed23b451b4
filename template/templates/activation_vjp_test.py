"""What is known of the part from outside: by hand, or from a paper."""

import numpy as np

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.activations()[0](**options)


def test_values_worked_out_by_hand():
    """(1, 7) has the mean square 25, so that its root is 5; signs and directions stay."""
    part = build(epsilon=1e-30)
    np.testing.assert_allclose(part.f(np.array([[1.0, 7.0], [-7.0, 1.0]])), [[0.2, 1.4], [-1.4, 0.2]])


def test_the_size_of_a_row_does_not_matter():
    """So nothing flows back along the row itself: all slopes stand at right angles to it."""
    part = build(epsilon=1e-30)
    z, upstream = np.array([[3.0, -4.0, 12.0]]), np.array([[1.0, 2.0, -5.0]])
    np.testing.assert_allclose(part.f(100 * z), part.f(z))
    np.testing.assert_allclose((part.vjp(z, part.f(z), upstream) * z).sum(), 0, atol=1e-12)
