"""What is found out about a formula by trying it: slopes with corners, ends, ranges, columns that mix."""

import math

import numpy as np
import pytest

import glassnet
from glassnet import Activation, Catalog, probes
from glassnet.slopes import central_slope, own_slopes

CATALOG = Catalog.discover(guests=False)
ACTIVATIONS = [part.name for part in CATALOG.parts("activation")]


def bag(name: str) -> Activation:
    found: Activation = CATALOG.choose("activation", name).build()
    return found


def softsign(c: float, wrong: float = 1.0):
    """z / (c + |z|): its slope c / (c + |z|)^2 has a corner at 0, where it is 1 / c."""

    def part():
        """A soft sign.

        f(z) = z / (c + |z|)

        Source: Turian, Bergstra and Bengio (2009), Quadratic features and deep architectures for chunking.
        """
        return Activation(f=lambda z: z / (c + np.abs(z)), df=lambda z, a: wrong * c / (c + np.abs(z)) ** 2)

    return part


@pytest.mark.parametrize("c", [1.0, 0.1, 0.03, 0.01, 1e-3, 1e-4, 1e-5])
def test_a_right_slope_with_a_corner_passes(c: float) -> None:
    report = glassnet.check(softsign(c))
    assert not [one for one in report.failures if one.check == "slope"], report.failures


@pytest.mark.parametrize("c", [1.0, 0.1, 0.01, 1e-3])
def test_a_wrong_one_does_not(c: float) -> None:
    report = glassnet.check(softsign(c, wrong=1.001))
    assert [one.check for one in report.failures if one.check == "slope"] == ["slope"]


def test_where_two_widths_agree_nothing_is_looser_than_before() -> None:
    z = np.linspace(-3, 3, 300).reshape(100, 3)
    for function, slope in ((np.tanh, 1 - np.tanh(z) ** 2), (np.exp, np.exp(z))):
        found = own_slopes(function, z)
        assert not found.kink.any() and found.disagreement(slope, z) is None
        assert (found.tolerance <= 1.1e-6 + 1.1e-5 * np.abs(slope)).all()
    np.testing.assert_allclose(central_slope(np.sin, z, np.ones_like(z)), np.cos(z), atol=1e-9)


# --- activations --------------------------------------------------------------------------------------------

#: What mathematics says; the grid is coarse where an end is only approached.
RANGES = {
    "identity": (-math.inf, math.inf),
    "step": (0, 1),
    "sigmoid": (0, 1),
    "tanh": (-1, 1),
    "relu": (0, math.inf),
    "leaky_relu": (-math.inf, math.inf),
    "elu": (-1, math.inf),
    "softplus": (0, math.inf),
    "silu": (-0.278465, math.inf),
    "gelu": (-0.169971, math.inf),
    "softmax": (0, 1),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_range_of_every_activation_is_that_of_mathematics(name: str) -> None:
    low, high = probes.output_range(bag(name))
    assert (low, high) == pytest.approx(RANGES[name], abs=1e-5)


def test_the_range_of_strangers() -> None:
    assert probes.output_range(Activation(np.sin)) == pytest.approx((-1, 1), abs=1e-4)
    assert probes.output_range(Activation(lambda z: np.sign(z) * np.log1p(np.abs(z)))) == (-math.inf, math.inf)
    assert probes.output_range(Activation(lambda z: z / (1 + np.abs(z)))) == pytest.approx((-1, 1), abs=1e-3)
    assert probes.output_range(Activation(lambda z: z**2)) == (0, math.inf)
    assert probes.output_range(Activation(lambda z: 1 / 0)) == (-math.inf, math.inf)  # type: ignore[arg-type,return-value]


def test_ends_columns_and_slopes() -> None:
    assert [name for name in ACTIVATIONS if probes.is_bounded(bag(name))] == ["step", "sigmoid", "tanh"]
    assert [name for name in ACTIVATIONS if probes.saturates(bag(name))] == ["step", "sigmoid", "tanh", "softmax"]
    assert [name for name in ACTIVATIONS if probes.mixes_columns(bag(name))] == ["softmax"]
    tanh = bag("tanh")
    assert tanh.df is not None
    assert probes.steepest(tanh, tanh.df) == pytest.approx(1)
    z = np.array([[-1.0, 0.5], [0.0, 0.5]])
    wanted = 1 - np.tanh(z[:, 0]) ** 2
    np.testing.assert_allclose(probes.first_slope(tanh, z), wanted)
    np.testing.assert_allclose(probes.first_slope(Activation(np.tanh), z), wanted, atol=1e-8)
    back = Activation(np.tanh, vjp=lambda z, a, upstream: upstream * (1 - a**2))
    np.testing.assert_allclose(probes.first_slope(back, z), wanted)
    assert probes.flat_share(np.array([0.0, 0.05, 0.06, -1.0]), 1.0) == 0.5
