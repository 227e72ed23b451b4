"""What is known of the part from outside: by hand, or from a paper."""

import numpy as np

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.losses()[0](**options)


def test_values_worked_out_by_hand():
    """An error of one scale costs half its square's logarithm, and pulls with half its length."""
    part = build(scale=2.0)
    y, t = np.array([[3.0], [5.0]]), np.array([[3.0], [3.0]])
    np.testing.assert_allclose(part.value(y, t), [0, 2 * np.log(2)])
    np.testing.assert_allclose(part.grad(y, t), [[0], [1]])


def test_an_outlier_pulls_less_than_a_small_error():
    """The pull is largest at one scale and falls beyond."""
    part = build()
    pull = part.grad(np.array([[1.0], [100.0]]), np.zeros((2, 1)))
    assert pull[1, 0] < pull[0, 0] / 10
