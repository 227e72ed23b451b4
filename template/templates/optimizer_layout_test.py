"""What is known of the part from outside: by hand, or from a paper."""

import numpy as np
from glassnet import Block

from {{ cookiecutter.__package }} import plugin

LAYOUT = [Block("weight", 0, slice(0, 2), (2, 1)), Block("bias", 0, slice(2, 3), (1,))]


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.optimizers()[0](**options)


def test_a_matrix_moves_by_a_share_of_its_length_and_a_bias_by_its_slope():
    """The matrix (3, 4) has the length 5, so a tenth of it is 0.5, along its gradient, however small that is."""
    part = build(lr=0.1, momentum=0.5)
    w, g = np.array([3.0, 4.0, 7.0]), np.array([0.0, 1e-6, 2.0])
    change, state = part.update(w, g, part.init(w, LAYOUT), 1)
    np.testing.assert_allclose(change, [0, 0.5, 0.2])
    change, _ = part.update(w, g, state, 2)
    np.testing.assert_allclose(change, [0, 0.75, 0.3])  # half of the velocity is kept


def test_a_matrix_of_zeros_moves_by_its_slope():
    """Where a length is 0 there is no share of it: the rule is that of the biases."""
    part = build(lr=0.1)
    w = np.zeros(3)
    change, _ = part.update(w, np.ones(3), part.init(w, LAYOUT), 1)
    np.testing.assert_allclose(change, [0.1, 0.1, 0.1])
