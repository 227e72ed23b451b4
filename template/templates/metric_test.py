"""What is known of the part from outside: by hand."""

import numpy as np
import pytest

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.metrics()[0](**options)


def test_values_worked_out_by_hand():
    """3 for 1 is off by 2 in 4, so 1; 5 for 5 is right; 0 for 0 is right; 1 for 0 is as wrong as can be."""
    part = build()
    prediction, target = np.array([[3.0], [5.0], [0.0], [1.0]]), np.array([[1.0], [5.0], [0.0], [0.0]])
    assert part.value(prediction, target, None) == pytest.approx((1 + 0 + 0 + 2) / 4)
    assert part.value(prediction, target, np.array([1.0, 3.0, 0.0, 0.0])) == pytest.approx(1 / 4)


def test_the_unit_does_not_matter():
    """Metres or kilometres: the share is the same."""
    part = build()
    target = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert part.value(1.1 * target, target, None) == pytest.approx(part.value(1100 * target, 1000 * target, None))
