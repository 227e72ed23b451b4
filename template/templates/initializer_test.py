"""What is known of the part from outside: by counting, and from the variance of a sum."""

import numpy as np

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.initializers()[0](**options)


def test_each_unit_listens_to_as_many_inputs_as_was_said():
    """Or to all, where there are fewer."""
    part = build(inputs=4)
    for fan_in, count in ((100, 4), (3, 3)):
        W = part.weights(fan_in, 50, np.random.default_rng(0))
        np.testing.assert_array_equal((W != 0).sum(axis=0), count)
    assert not part.biases(100, 50, np.random.default_rng(0)).any()


def test_scores_have_the_variance_of_the_inputs():
    """z = a W adds k terms of variance 1 / k each."""
    rng = np.random.default_rng(1)
    a = rng.standard_normal((200, 300))
    z = a @ build().weights(300, 400, rng)
    np.testing.assert_allclose(z.var(), 1, rtol=0.05)
