"""What is known of the exhibit from outside: by hand, and by another library."""

import numpy as np
from sklearn.metrics import root_mean_squared_error

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.exhibits()[0](**options)


def test_the_mended_one_agrees_with_scikit_learn():
    """Whatever the errors, and however they are cut."""
    errors = np.random.default_rng(0).normal(size=40)
    for batch_size in (1, 7, 40):
        found = build().mended(errors, batch_size)
        np.testing.assert_allclose(found, root_mean_squared_error(np.zeros(40), errors))


def test_the_wrong_one_is_never_too_large():
    """The root bends downward, so a mean of roots lies below the root of the mean; for batches of one it is |error|."""
    exhibit = build()
    errors = np.array([1.0, 7.0])
    np.testing.assert_allclose([exhibit.wrong(errors, 1), exhibit.mended(errors, 1)], [4, 5])
    assert exhibit.caught_by(exhibit.wrong).startswith("one batch of four rows gives 5.00, two of two 4.00")
    assert exhibit.caught_by(exhibit.mended) == ""
