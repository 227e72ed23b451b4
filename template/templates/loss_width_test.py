"""What is known of the part from outside: by hand, or from a paper."""

import numpy as np

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.losses()[0](**options)


def test_values_worked_out_by_hand():
    """With 0.8 inside, the shares are 0.1, 0.5 and 0.9: a row that lies 10 above all three costs 1, 5 and 9."""
    part = build(inside=0.8)
    y, t = np.zeros((2, 3)), np.array([[10.0], [-10.0]])
    np.testing.assert_allclose(part.value(y, t), [(1 + 5 + 9) / 3, (9 + 5 + 1) / 3])
    np.testing.assert_allclose(part.grad(y, t)[0] * 3, [-0.1, -0.5, -0.9])


def test_the_ends_are_the_quantiles_of_the_rows():
    """Of 0, 1, ..., 100 the number that costs least for the share 0.1 is 10, and 90 for 0.9."""
    part = build(inside=0.8)
    t = np.arange(101.0)[:, None]
    costs = [part.value(np.full((101, 3), y), t).sum() for y in range(101)]
    assert np.argmin(costs) == 50
    slopes = part.grad(np.tile([10.0, 50.0, 90.0], (101, 1)), t).sum(axis=0) * 3
    np.testing.assert_allclose(slopes, [0, 0, 0], atol=1)  # the row in the middle has no slope


def test_the_prediction_is_the_middle_and_the_ends_are_in_the_targets_units():
    """Two target columns: all lower ends first, then the middles, then the upper ends."""
    part = build()
    assert part.width(2) == 6
    y = np.array([[-1.0, -2.0, 0.0, 0.5, 1.0, 2.0]])
    np.testing.assert_allclose(part.predict(y), [[0, 0.5]])
    said = part.further(y, np.array([100.0, 0.0]), np.array([10.0, 1.0]))
    assert {name: float(column[0]) for name, column in said.items()} == {
        "lower 1": 90,
        "upper 1": 110,
        "lower 2": -2,
        "upper 2": 2,
    }
