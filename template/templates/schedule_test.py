"""What is known of the part from outside: its corners, by hand."""

import pytest

from {{ cookiecutter.__package }} import plugin


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.schedules()[0](**options)


def test_values_worked_out_by_hand():
    """One triangle in 8 steps: the foot at the first, the top in the middle, and half-way between them."""
    part = build(cycles=1, low=0.2)
    factors = [part.factor(step, 8, ()) for step in range(1, 9)]
    assert factors == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0, 0.8, 0.6, 0.4])


def test_every_cycle_is_like_the_first():
    """Four triangles of 25 steps each in 100."""
    part = build()
    first, *others = ([part.factor(start + step, 100, ()) for step in range(25)] for start in (1, 26, 51, 76))
    assert all(other == pytest.approx(first) for other in others)
