"""Activations: formulas against SciPy and autograd, slopes against differences, calm at scores of ±1000."""

import subprocess
import sys

import autograd.numpy as anp
import numpy as np
import pytest
import scipy.special
from autograd import elementwise_grad
from autograd.scipy.stats import norm

from glassnet.builtin import activations as module
from glassnet.builtin import initializers
from glassnet.kinds import Activation

PARTS = module.activations()
RELUS = {"relu", "leaky_relu", "elu", "softplus", "silu", "gelu"}

# Away from 0, where some have a kink; both signs, small and large.
POINTS = np.concatenate([-np.geomspace(1e-2, 12, 60), np.geomspace(1e-2, 12, 60)]).reshape(20, 6)

# The textbook's formulas, written with autograd's NumPy; they need not be stable.
TEXTBOOK = {
    "identity": lambda z: 1.0 * z,
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": lambda z: (anp.exp(z) - anp.exp(-z)) / (anp.exp(z) + anp.exp(-z)),
    "relu": lambda z: (z + anp.abs(z)) / 2,
    "leaky_relu": lambda z: 0.505 * z + 0.495 * anp.abs(z),
    "elu": lambda z: anp.where(z > 0, z, anp.exp(z) - 1),
    "softplus": lambda z: anp.log(1 + anp.exp(z)),
    "silu": lambda z: z / (1 + anp.exp(-z)),
    "gelu": lambda z: z * norm.cdf(z),
}


def built(name: str, **options: float) -> Activation:
    return getattr(module, name)(**options)


def way_back(part: Activation, z: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    a = part.f(z)
    return part.vjp(z, a, upstream) if part.vjp else upstream * part.df(z, a)


def test_what_kept_runs_name_is_there_and_stays_in_order():
    names = [part.__name__ for part in PARTS]
    assert len(names) == len({*names})
    known = ["identity", "step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu", "softmax"]
    assert [name for name in names if name in known] == known


@pytest.mark.parametrize("part", PARTS)
def test_each_says_what_it_is_and_what_it_computes(part):
    first, *rest = part.__doc__.strip().splitlines()
    assert first.endswith(".") and len(first) <= 106
    assert "f(z)" in "".join(rest)


@pytest.mark.parametrize("name", TEXTBOOK)
def test_formula_and_slope_are_the_textbooks(name):
    part, textbook = built(name), TEXTBOOK[name]
    a = part.f(POINTS)
    np.testing.assert_allclose(a, textbook(POINTS), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(part.df(POINTS, a), elementwise_grad(textbook)(POINTS), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "scipy"),
    [
        ("sigmoid", scipy.special.expit),
        ("softplus", lambda z: np.logaddexp(0, z)),
        ("silu", lambda z: z * scipy.special.expit(z)),
        ("gelu", lambda z: z * scipy.special.erfc(-z / np.sqrt(2)) / 2),
        ("softmax", lambda z: scipy.special.softmax(z, axis=1)),
    ],
)
def test_all_digits_are_right_far_out_too(name, scipy):
    z = np.linspace(-30, 30, 1200).reshape(300, 4)
    np.testing.assert_allclose(built(name).f(z), scipy(z), rtol=1e-12)


@pytest.mark.parametrize("part", PARTS)
def test_way_back_equals_central_differences(part):
    activation, h = part(), 1e-6
    upstream = np.random.default_rng(1).normal(size=POINTS.shape)
    numeric = np.empty_like(POINTS)
    for column in range(POINTS.shape[1]):
        shift = np.zeros(POINTS.shape[1])
        shift[column] = h
        difference = (activation.f(POINTS + shift) - activation.f(POINTS - shift)) / (2 * h)
        numeric[:, column] = (upstream * difference).sum(axis=1)
    exact = way_back(activation, POINTS, upstream)
    assert np.linalg.norm(exact - numeric) <= 1e-6 * np.linalg.norm(numeric)


def test_softmax_way_back_is_the_whole_jacobian():
    part, z = built("softmax"), np.array([[0.3, -1.2, 2.0]])
    a = part.f(z)
    jacobian = np.diag(a[0]) - np.outer(a[0], a[0])
    for row in np.eye(3):
        np.testing.assert_allclose(part.vjp(z, a, row[None]), [row @ jacobian], rtol=1e-14)


def test_softmax_rows_sum_to_one_and_ignore_a_constant():
    part, z = built("softmax"), np.random.default_rng(2).normal(size=(50, 7))
    np.testing.assert_allclose(part.f(z).sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_allclose(part.f(z + 500), part.f(z), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("part", PARTS)
def test_scores_of_a_thousand_stay_finite_keep_their_dtype_and_are_not_touched(part, dtype):
    activation = part()
    z = np.array([[-1000, 1000, 0], [-100, 100, -0.0], [1000, 1000, 1000], [-20, 88, -88]], dtype)
    z.setflags(write=False)
    upstream = np.ones_like(z)
    upstream.setflags(write=False)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        a = activation.f(z)
        back = way_back(activation, z, upstream)
    assert a.dtype == dtype and back.dtype == dtype
    assert np.isfinite(a).all() and np.isfinite(back).all()
    assert a.shape == back.shape == z.shape


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("part", PARTS)
def test_far_out_it_is_flat_or_straight_up_to_the_largest_number(part, dtype):
    activation, largest = part(), np.finfo(dtype).max / 2
    z = np.array([-largest, -largest / 2, -1e30, 1e30, largest / 2, largest], dtype)[:, None]
    begun = activation.f(np.sign(z) * dtype(1e4))
    straight = np.abs(begun) > 1
    with np.errstate(over="ignore"):  # of elu's other branch, which is not taken
        found = activation.f(z)
    np.testing.assert_allclose(found[~straight], begun[~straight], rtol=1e-3, atol=1e-30)
    np.testing.assert_allclose(found[straight] / np.abs(z[straight]), begun[straight] / 1e4, rtol=1e-3)


@pytest.mark.parametrize(("name", "options"), [("leaky_relu", {"slope": 0.2}), ("elu", {"alpha": 0.5})])
def test_a_python_option_does_not_widen_float32(name, options):
    part, z = built(name, **options), POINTS.astype(np.float32)
    assert part.f(z).dtype == part.df(z, part.f(z)).dtype == np.float32


@pytest.mark.parametrize("part", [part for part in PARTS if part.__name__ != "softmax"])
def test_columns_do_not_mix(part):
    activation = part()
    whole = activation.f(POINTS)
    one = activation.f(POINTS[:, 2:3])
    np.testing.assert_array_equal(whole[:, 2:3], one)
    np.testing.assert_array_equal(activation.df(POINTS, whole)[:, 2:3], activation.df(POINTS[:, 2:3], one))


@pytest.mark.parametrize("part", PARTS)
def test_nan_is_passed_on_so_that_divergence_is_seen(part):
    assert np.isnan(part().f(np.array([[np.nan, np.nan]]))).all()


def test_options_do_what_they_say():
    z = np.array([[-2.0, 3.0]])
    np.testing.assert_allclose(built("leaky_relu", slope=0.25).f(z), [[-0.5, 3]])
    leaky = built("leaky_relu", slope=0.25)
    np.testing.assert_allclose(leaky.df(z, leaky.f(z)), [[0.25, 1]])
    elu = built("elu", alpha=2.0)
    np.testing.assert_allclose(elu.f(z), [[2 * (np.exp(-2) - 1), 3]])
    np.testing.assert_allclose(elu.df(z, elu.f(z)), [[2 * np.exp(-2), 1]])


def test_choices_at_the_kink():
    zero = np.array([[0.0, -0.0]])
    np.testing.assert_array_equal(built("step").f(zero), [[1, 1]])
    np.testing.assert_array_equal(built("relu").df(zero, zero), [[0, 0]])
    np.testing.assert_array_equal(built("step").df(POINTS, POINTS), np.zeros_like(POINTS))


def test_slopes_that_cannot_be_told_from_the_output():
    # A toolkit that derives slopes from outputs alone cannot hold these: same output, other slope.
    for name, z in (("silu", (-0.5, -2.654)), ("gelu", (-0.4, -1.225))):
        part = built(name)
        left, right = (np.array([[x]]) for x in z)
        assert part.f(left)[0, 0] == pytest.approx(part.f(right)[0, 0], abs=2e-2)
        assert part.df(left, part.f(left))[0, 0] > 0 > part.df(right, part.f(right))[0, 0]


def test_initial_weights_suit_the_activation():
    known = {part.__name__ for part in initializers.initializers()}
    for part in PARTS:
        assert part().initializer in known, part.__name__
        assert part.__name__ not in RELUS or part().initializer == "he_uniform", part.__name__
    for name in ("identity", "step", "sigmoid", "tanh", "softmax"):
        assert built(name).initializer == "glorot_uniform", name


def test_scipy_is_loaded_by_those_that_import_it_and_scikit_learn_by_none():
    code = (
        f"import inspect, sys; import {module.__name__} as m\n"
        "needs = {part: 'import scipy' in inspect.getsource(part) or 'from scipy' in inspect.getsource(part)\n"
        "         for part in m.activations()}\n"
        "for part in sorted(needs, key=needs.get):  # those that don't come first\n"
        "    part()\n"
        "    print(part.__name__, needs[part], 'scipy' in sys.modules, 'sklearn' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in out.splitlines()]
    assert len(rows) == len(PARTS) and all(needs == loaded for _, needs, loaded, _ in rows)
    assert "gelu" in [name for name, needs, *_ in rows if needs == "True"]  # or this test could not fail
    assert all(sklearn == "False" for *_, sklearn in rows)
