"""What is known of the part from outside: one step, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from glassnet import Recipe

from {{ cookiecutter.__package }} import plugin

RECIPE = Recipe(
    task="multiclass",
    widths=(1, 2),
    activations=(),
    output=("glassnet/softmax", {}),
    loss=("glassnet/cross_entropy", {}),
    optimizer=("glassnet/sgd", {"lr": 0.5}),
    schedule=("glassnet/constant", {}),
    start=({"W": np.zeros((1, 2)), "b": np.zeros(2)},),
    total_steps=1,
    batch_size=1,
)


def build(**options):
    """The first part of plugin.py, whatever it is called: it is renamed there alone."""
    return plugin.engines()[0](**options)


def test_one_step_worked_out_by_hand():
    """From 0 both classes have 1/2, so that d = (-1/2, 1/2), and a row of X = 2 moves W by twice what it moves b."""
    session = build().begin(RECIPE)
    loss = session.train(np.array([[2.0]]), np.array([[1.0, 0.0]]), 1)
    assert loss == pytest.approx(np.log(2))
    np.testing.assert_allclose(session.weights()[0]["W"], [[0.5, -0.5]])
    np.testing.assert_allclose(session.weights()[0]["b"], [0.25, -0.25])


def test_what_it_does_not_know_it_names():
    """A setting that is left out unnoticed would be another network."""
    with pytest.raises(ValueError, match="dropout"):
        build().begin(replace(RECIPE, dropout=0.5))
