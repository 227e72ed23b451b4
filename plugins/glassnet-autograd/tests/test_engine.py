"""What is known of the part from outside: a step by hand, and glassnet's own layers, which know their ways back."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from glassnet import Recipe

from glassnet_autograd import plugin

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


def test_one_step_worked_out_by_hand():
    """From 0 both classes have 1/2, so that d = (-1/2, 1/2), and a row of X = 2 moves W by twice what it moves b."""
    session = plugin.autograd().begin(RECIPE)
    loss = session.train(np.array([[2.0]]), np.array([[1.0, 0.0]]), 1)
    assert loss == pytest.approx(np.log(2))
    np.testing.assert_allclose(session.weights()[0]["W"], [[0.5, -0.5]])
    np.testing.assert_allclose(session.weights()[0]["b"], [0.25, -0.25])


def test_a_line_through_two_points_worked_out_by_hand():
    """y = 0 misses t = 3 by 3: the slope is -6 in b and -12 in W at x = 2, and l2 pulls at W alone."""
    recipe = replace(
        RECIPE,
        task="regression",
        widths=(1, 1),
        output=("glassnet/identity", {}),
        loss=("glassnet/squared_error", {"factor": 1.0}),
        start=({"W": np.zeros((1, 1)), "b": np.zeros(1)},),
        optimizer=("glassnet/sgd", {"lr": 0.1}),
        l2=0.5,
    )
    session = plugin.autograd().begin(recipe)
    assert session.train(np.array([[2.0]]), np.array([[3.0]]), 1) == pytest.approx(9)
    [layer] = session.weights()
    np.testing.assert_allclose([layer["W"][0, 0], layer["b"][0]], [1.2, 0.6])


@pytest.mark.parametrize(
    ("activation", "dataset"), [("tanh", "iris"), ("relu", "sine"), ("sigmoid", "sine"), ("softplus", "iris")]
)
def test_both_ways_back_arrive_at_the_same_weights(activation, dataset, tmp_path):
    """The derived one and glassnet's own, after ten epochs in the same order: all but the last digits agree."""
    words = ["compare", dataset, "--engines", "glassnet,glassnet-autograd/autograd", "--hidden", "6,5", "--l2", "0.01"]
    words += ["--activation", activation, "--optimizer", "sgd:lr=0.05"]
    done = subprocess.run([sys.executable, "-m", "glassnet", *words], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr  # it is 1 where an engine is farther off than 1e-10


def test_what_it_does_not_know_it_names():
    """A setting that is left out unnoticed would be another network."""
    with pytest.raises(ValueError, match="dropout"):
        plugin.autograd().begin(replace(RECIPE, dropout=0.5))
    with pytest.raises(ValueError, match="no optimizer glassnet/adam: write --optimizer glassnet/sgd"):
        plugin.autograd().begin(replace(RECIPE, optimizer=("glassnet/adam", {})))
