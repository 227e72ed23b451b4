"""The four activations against their papers' formulas in plain Python, autograd's slopes, known values and PyTorch."""

import math

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad
from glassnet import Catalog
from scipy.optimize import minimize_scalar

from glassnet_swish import plugin

# The papers' formulas, for one number and for autograd: nothing of ours is in them.
FORMULAS = {
    "swish": lambda z, beta=1.0: z / (1 + anp.exp(-beta * z)),
    "mish": lambda z: z * anp.tanh(anp.log(1 + anp.exp(z))),
    "hard_swish": lambda z: z * anp.minimum(anp.maximum(z + 3, 0), 6) / 6,
    "snake": lambda z, alpha=1.0: z + (1 - anp.cos(2 * alpha * z)) / (2 * alpha),
}
CASES = [("swish", {}), ("swish", {"beta": 1.5}), ("swish", {"beta": 0.0}), ("mish", {}), ("hard_swish", {})]
CASES += [("snake", {}), ("snake", {"alpha": 7.5}), ("snake", {"alpha": 0.2})]


@pytest.mark.parametrize(("name", "options"), CASES)
def test_value_and_slope_are_those_of_the_papers_formula(name, options):
    z = np.linspace(-9.8, 9.7, 301).reshape(-1, 7)  # no point is a kink of hard_swish
    part = getattr(plugin, name)(**options)
    a = part.f(z)
    np.testing.assert_allclose(a, FORMULAS[name](z, **options), rtol=1e-12, atol=1e-14)
    slope = elementwise_grad(lambda z: FORMULAS[name](z, **options))(z)
    np.testing.assert_allclose(part.df(z, a), slope, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(
    ("name", "z", "expected"),
    [
        ("swish", 1.0, 1 / (1 + math.exp(-1))),
        ("swish", -1.278464542761074, -0.278464542761074),  # its lowest point: z + 1 is Lambert's W(1/e), negative
        ("mish", 1.0, 0.8650983882673103),  # tanh(log(1 + e)) = (e^2 + 2 e) / (e^2 + 2 e + 2)
        ("hard_swish", 1.0, 4 / 6),
        ("hard_swish", -1.5, -0.375),  # its lowest point
        ("hard_swish", 3.0, 3.0),
        ("hard_swish", -3.0, 0.0),
        ("snake", math.pi / 2, math.pi / 2 + 1),
        ("snake", math.pi, math.pi),
    ],
)
def test_known_values(name, z, expected):
    part = getattr(plugin, name)()
    np.testing.assert_allclose(part.f(np.array([[z]])), [[expected]], rtol=1e-7, atol=1e-15)


@pytest.mark.parametrize(("name", "depth"), [("swish", -0.27846), ("mish", -0.30884), ("hard_swish", -0.375)])
def test_the_slope_is_0_at_the_bottom_of_the_dip(name, depth):
    bottom = minimize_scalar(FORMULAS[name], bounds=(-2.5, 0), method="bounded", options={"xatol": 1e-9})
    part, z = getattr(plugin, name)(), np.array([[bottom.x]])
    np.testing.assert_allclose(part.f(z), [[depth]], atol=5e-6)
    assert abs(part.df(z, part.f(z))[0, 0]) < 1e-6


def test_swish_lies_between_a_straight_line_and_relu():
    z = np.linspace(-5, 5, 101)[:, None]
    np.testing.assert_array_equal(plugin.swish(beta=0.0).f(z), z / 2)
    np.testing.assert_allclose(plugin.swish(beta=1e6).f(z), np.maximum(z, 0), atol=1e-9)
    silu = Catalog.discover().choose("activation", "glassnet/silu").build()
    np.testing.assert_allclose(plugin.swish(beta=1.0).f(z), silu.f(z), rtol=1e-14)


def test_the_slope_of_mish_stays_within_what_its_docstring_says():
    z = np.linspace(-20, 20, 400_001)[:, None]
    part = plugin.mish()
    slope = part.df(z, part.f(z))
    assert (slope.min(), slope.max()) == pytest.approx((-0.113, 1.089), abs=1e-3)


def test_hard_swish_at_its_kinks_has_the_slope_of_the_parabola():
    part, z = plugin.hard_swish(), np.array([[-3.0, 3.0, -3.001, 3.001]])
    np.testing.assert_allclose(part.df(z, part.f(z)), [[-0.5, 1.5, 0, 1]])


def test_snake_repeats_itself_and_never_falls():
    part, z = plugin.snake(alpha=2.5), np.linspace(-3, 3, 601)[:, None]
    np.testing.assert_allclose(part.f(z + math.pi / 2.5), part.f(z) + math.pi / 2.5, rtol=0, atol=1e-13)
    slope = part.df(z, part.f(z))
    assert slope.min() >= 0
    assert slope.max() <= 2
    assert (part.f(z) - z).max() == pytest.approx(1 / 2.5, rel=1e-4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_of_a_thousand(dtype):
    z = np.array([[-1000, 1000]], dtype)
    for name in ("swish", "mish", "hard_swish"):
        part = getattr(plugin, name)()
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            a = part.f(z)
            slope = part.df(z, a)
        np.testing.assert_array_equal(a, [[0, 1000]])
        np.testing.assert_array_equal(slope, [[0, 1]])
        assert a.dtype == slope.dtype == dtype


@pytest.mark.parametrize(("name", "options"), [("swish", {"beta": 1.0}), ("mish", {}), ("hard_swish", {})])
def test_pytorch_computes_the_same(name, options):
    torch = pytest.importorskip("torch")
    theirs = {"swish": "silu", "mish": "mish", "hard_swish": "hardswish"}[name]
    z = np.random.default_rng(0).normal(scale=4, size=(50, 6))
    scores = torch.tensor(z, requires_grad=True)
    outputs = getattr(torch.nn.functional, theirs)(scores)
    outputs.sum().backward()
    part = getattr(plugin, name)(**options)
    a = part.f(z)
    np.testing.assert_allclose(a, outputs.detach().numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(part.df(z, a), scores.grad.numpy(), rtol=1e-10, atol=1e-13)


def test_snakes_first_weights_have_the_papers_variance():
    weights = Catalog.discover().choose("initializer", plugin.snake().initializer).build().weights
    assert weights(400, 300, np.random.default_rng(0)).var() == pytest.approx(1 / 400, rel=0.03)
