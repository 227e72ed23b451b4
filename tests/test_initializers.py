"""Initializers: sample mean and spread, and what becomes of a signal on its way through ten layers."""

import numpy as np
import pytest
from scipy import stats

from glassnet.builtin import activations
from glassnet.builtin import initializers as module

PARTS = module.initializers()
FAN_IN, FAN_OUT = 300, 200

# The standard deviation that the literature asks for, and the shape of the distribution.
SPREAD = {
    "zeros": (0.0, None),
    "uniform": (0.05 / np.sqrt(3), "uniform"),
    "normal": (0.01, "normal"),
    "standard_normal": (1.0, "normal"),
    "lecun_normal": (np.sqrt(1 / FAN_IN), "normal"),
    "glorot_normal": (np.sqrt(2 / (FAN_IN + FAN_OUT)), "normal"),
    "glorot_uniform": (np.sqrt(2 / (FAN_IN + FAN_OUT)), "uniform"),
    "he_normal": (np.sqrt(2 / FAN_IN), "normal"),
    "he_uniform": (np.sqrt(2 / FAN_IN), "uniform"),
}


def weights(name: str, fan_in: int = FAN_IN, fan_out: int = FAN_OUT, seed: int = 0, **options) -> np.ndarray:
    return getattr(module, name)(**options).weights(fan_in, fan_out, np.random.default_rng(seed))


def test_what_kept_runs_name_is_there():
    names = [part.__name__ for part in PARTS]
    assert len(names) == len({*names}) and set(SPREAD) <= {*names}


@pytest.mark.parametrize("part", PARTS)
def test_weights_have_the_shape_of_the_layer_and_lean_to_neither_side(part):
    W = weights(part.__name__)
    assert W.shape == (FAN_IN, FAN_OUT) and W.dtype == np.float64 and np.isfinite(W).all()
    assert abs(W.mean()) <= 5 * W.std() / np.sqrt(W.size)  # five standard errors


@pytest.mark.parametrize("name", SPREAD)
def test_mean_is_zero_and_spread_is_the_literatures(name):
    W, (std, _) = weights(name), SPREAD[name]
    assert W.shape == (FAN_IN, FAN_OUT) and W.dtype == np.float64
    assert abs(W.mean()) <= 5 * std / np.sqrt(W.size)  # five standard errors
    assert W.std() == pytest.approx(std, rel=0.02)


@pytest.mark.parametrize("name", [name for name, (_, shape) in SPREAD.items() if shape])
def test_shape_of_the_distribution(name):
    W, (std, shape) = weights(name).ravel(), SPREAD[name]
    bound = std * np.sqrt(3)
    law = stats.norm(0, std) if shape == "normal" else stats.uniform(-bound, 2 * bound)
    assert stats.kstest(W, law.cdf).pvalue > 1e-3
    if shape == "uniform":
        assert np.abs(W).max() <= bound


@pytest.mark.parametrize("part", PARTS)
def test_biases_are_zero(part):
    np.testing.assert_array_equal(part().biases(3, 4, np.random.default_rng(0)), np.zeros(4))


@pytest.mark.parametrize("part", PARTS)
def test_randomness_comes_from_the_generator_alone(part):
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - that the global state is left alone
    name = part.__name__
    np.testing.assert_array_equal(weights(name, seed=3), weights(name, seed=3))
    assert name == "zeros" or not np.array_equal(weights(name, seed=3), weights(name, seed=4))
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_options_scale():
    np.testing.assert_allclose(weights("glorot_uniform", gain=2.0), 2 * weights("glorot_uniform"))
    np.testing.assert_allclose(weights("glorot_normal", gain=2.0), 2 * weights("glorot_normal"))
    np.testing.assert_allclose(weights("normal", std=0.2), 20 * weights("normal"))
    assert np.abs(weights("uniform", bound=0.5)).max() == pytest.approx(0.5, rel=1e-3)


def test_scikit_learns_bound_for_the_logistic_activation():
    bound = np.abs(weights("glorot_uniform", gain=1 / np.sqrt(3))).max()
    assert bound == pytest.approx(np.sqrt(2 / (FAN_IN + FAN_OUT)), rel=1e-3)


def through_ten_layers(initializer: str, activation: str) -> float:
    """The mean square of a signal after ten layers of 256 units, as a multiple of the one before them."""
    f = getattr(activations, activation)().f
    part, rng = getattr(module, initializer)(), np.random.default_rng(0)
    a = rng.normal(size=(200, 256))
    for _ in range(10):
        a = f(a @ part.weights(256, 256, rng))
    return float((a**2).mean())


@pytest.mark.parametrize(
    ("initializer", "activation"),
    [
        ("he_normal", "relu"),
        ("he_uniform", "relu"),
        ("he_uniform", "leaky_relu"),
        ("glorot_normal", "identity"),
        ("glorot_uniform", "identity"),
        ("lecun_normal", "identity"),
    ],
)
def test_a_signal_keeps_its_size_through_ten_layers(initializer, activation):
    assert 0.5 < through_ten_layers(initializer, activation) < 2


def test_glorot_keeps_tanh_alive_and_the_exhibit_does_not():
    assert 0.03 < through_ten_layers("glorot_uniform", "tanh") < 1
    assert through_ten_layers("standard_normal", "tanh") > 0.9  # nearly every unit is at -1 or 1
    assert through_ten_layers("standard_normal", "relu") > 1e15
    assert through_ten_layers("normal", "relu") < 1e-10
    assert through_ten_layers("glorot_uniform", "relu") < 0.01  # half of it is lost in each layer
