"""The four losses against scikit-learn, SciPy, the papers' formulas in plain Python, differences, and PyTorch."""

import math

import numpy as np
import pytest
from glassnet import Catalog, Experiment, run
from scipy.special import expit, log_softmax, logsumexp, softmax
from sklearn.metrics import mean_pinball_loss, mean_tweedie_deviance

from glassnet_robust import plugin


def numeric_slope(value, x, h=1e-6):
    """The slope of each row's own number by central differences, (n, k)."""
    slope = np.empty_like(x)
    for column, shift in enumerate(h * np.eye(x.shape[1])):
        slope[:, column] = (value(x + shift) - value(x - shift)) / (2 * h)
    return slope


def classes(columns, rows=40, seed=0):
    """Scores of so many classes, and one true class a row."""
    rng = np.random.default_rng(seed)
    return 3 * rng.normal(size=(rows, columns)), np.eye(columns)[rng.integers(columns, size=rows)]


def amounts(columns=2, rows=40, seed=0):
    """Scores, and targets of which every third is exactly 0."""
    rng = np.random.default_rng(seed)
    claims = rng.gamma(2, size=(rows, columns)) * (rng.random((rows, columns)) > 0.3)
    return 2 * rng.normal(size=(rows, columns)), claims


def softplus(z):
    return np.logaddexp(0, z)


def test_log_cosh_is_the_logarithm_of_the_hyperbolic_cosine():
    error = np.array([[0.0], [1e-3], [-0.5], [2.0], [-30.0]])
    expected = [math.log(math.cosh(e)) for e in error[:, 0]]
    np.testing.assert_allclose(plugin.log_cosh().value(error + 7, 0 * error + 7), expected, rtol=1e-9, atol=1e-15)


def test_log_cosh_far_out_is_the_error_less_log_2():
    loss, error = plugin.log_cosh(), np.array([[1000.0], [-1e6]])
    np.testing.assert_allclose(loss.value(error, 0 * error), [1000 - math.log(2), 1e6 - math.log(2)], rtol=1e-15)
    np.testing.assert_array_equal(loss.grad(error, 0 * error), [[1], [-1]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_log_cosh_keeps_its_digits_near_0(dtype):
    error = np.logspace(-9, 1, 200, dtype=dtype)[:, None]
    r = error[:, 0].astype(np.longdouble)
    expected = np.where(r < 0.01, r**2 / 2 - r**4 / 12 + r**6 / 45 - 17 * r**8 / 2520, np.log(np.cosh(r)))
    np.testing.assert_allclose(plugin.log_cosh().value(error, 0 * error), expected, rtol=20 * np.finfo(dtype).eps)


def test_log_cosh_of_several_columns_is_their_mean():
    y, t = np.random.default_rng(0).normal(size=(2, 30, 3))
    expected = (logsumexp([y - t, t - y], axis=0) - math.log(2)).mean(axis=1)
    loss = plugin.log_cosh()
    np.testing.assert_allclose(loss.value(y, t), expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(loss.grad(y, t), numeric_slope(lambda y: loss.value(y, t), y), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("quantile", [0.05, 0.5, 0.9])
def test_pinball_is_scikit_learns(quantile):
    y, t = np.random.default_rng(0).normal(size=(2, 50, 2))
    loss = plugin.pinball(quantile=quantile)
    np.testing.assert_allclose(loss.value(y, t).mean(), mean_pinball_loss(t, y, alpha=quantile), rtol=1e-12)
    np.testing.assert_allclose(loss.grad(y, t), numeric_slope(lambda y: loss.value(y, t), y), rtol=1e-8)


def test_pinball_costs_by_hand():
    """At 0.9 one too low costs 0.9 and one too high 0.1; where nothing is wrong there is no slope."""
    loss, t = plugin.pinball(quantile=0.9), np.zeros((3, 1))
    y = np.array([[-1.0], [1.0], [0.0]])
    np.testing.assert_allclose(loss.value(y, t), [0.9, 0.1, 0])
    np.testing.assert_allclose(loss.grad(y, t), [[-0.9], [0.1], [0]])


def test_the_constant_with_the_lowest_pinball_loss_is_the_quantile():
    t = np.random.default_rng(0).exponential(size=(501, 1))
    loss = plugin.pinball(quantile=0.8)
    candidates = np.linspace(0, 5, 2001)
    costs = [loss.value(np.full_like(t, c), t).mean() for c in candidates]
    assert candidates[np.argmin(costs)] == pytest.approx(np.quantile(t, 0.8), abs=0.01)


def test_a_network_with_pinball_leaves_the_share_below():
    words = Experiment(dataset="sine:size=2000,noise=0.5", loss="glassnet-robust/pinball:quantile=0.9", epochs=30)
    training = run(words)
    list(training)
    rows = training.data.train
    below = (rows.t <= training.network.predict(rows.X)).mean()
    assert below == pytest.approx(0.9, abs=0.03)


def test_focal_without_gamma_is_cross_entropy():
    entropy = Catalog.discover().choose("loss", "glassnet/cross_entropy").build()
    z, t = classes(5)
    loss = plugin.focal(gamma=0.0)
    np.testing.assert_allclose(loss.score_value(z, t), entropy.score_value(z, t), rtol=1e-12)
    np.testing.assert_allclose(loss.score_grad(z, t), entropy.score_grad(z, t), rtol=1e-12, atol=1e-15)


def test_focal_at_gamma_2_turns_a_row_of_09_down_to_a_hundredth():
    y, t = np.array([[0.9, 0.1]]), np.array([[1.0, 0.0]])
    assert plugin.focal(gamma=2.0).value(y, t)[0] == pytest.approx(-math.log(0.9) / 100)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
@pytest.mark.parametrize("columns", [2, 4])
def test_focal_is_the_papers_formula_and_its_slopes_are_its_own(gamma, columns):
    loss = plugin.focal(gamma=gamma)
    z, t = classes(columns)
    y = softmax(z, axis=1)
    true = (y * t).sum(axis=1)
    expected = -((1 - true) ** gamma) * np.log(true)
    np.testing.assert_allclose(loss.value(y, t), expected, rtol=1e-9)
    np.testing.assert_allclose(loss.score_value(z, t), expected, rtol=1e-9, atol=1e-14)
    by_differences = numeric_slope(lambda z: loss.score_value(z, t), z)
    np.testing.assert_allclose(loss.score_grad(z, t), by_differences, rtol=1e-6, atol=1e-8)
    upstream = loss.grad(y, t)
    behind_softmax = y * (upstream - (y * upstream).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(loss.score_grad(z, t), behind_softmax, rtol=1e-8, atol=1e-12)


def test_focal_of_one_column_is_the_papers_loss_for_yes_or_no():
    """With p = sigmoid(z2 - z1): -(1 - p)^2 log p for yes, -p^2 log(1 - p) for no."""
    rng = np.random.default_rng(0)
    z, t = 2 * rng.normal(size=(40, 2)), rng.integers(2, size=(40, 1)).astype(float)
    p = expit(z[:, 1] - z[:, 0])
    expected = np.where(t[:, 0] == 1, -((1 - p) ** 2) * np.log(p), -(p**2) * np.log(1 - p))
    loss = plugin.focal()
    assert loss.width(1) == 2
    np.testing.assert_allclose(loss.score_value(z, t), expected, rtol=1e-10)
    np.testing.assert_allclose(loss.value(softmax(z, axis=1), t), expected, rtol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 30.0])
def test_focal_at_scores_of_a_thousand_by_hand(gamma, dtype):
    """A class 2000 below the largest has log y = -2000 and y = 0: nothing is turned down, nothing overflows."""
    loss, z, t = plugin.focal(gamma=gamma), np.array([[1000, -1000, 0]] * 3, dtype), np.eye(3, dtype=dtype)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        value, slope = loss.score_value(z, t), loss.score_grad(z, t)
    np.testing.assert_allclose(value, [0, 2000, 1000])
    np.testing.assert_allclose(slope, [[0, 0, 0], [1, -1, 0], [1, 0, -1]], atol=1e-30)
    assert value.dtype == slope.dtype == dtype


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_focal_with_an_output_of_exactly_1_is_right_and_at_rest(gamma):
    loss, y = plugin.focal(gamma=gamma), np.array([[1.0, 0.0]])
    right, wrong = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    assert loss.value(y, right)[0] == 0
    np.testing.assert_array_equal(loss.grad(y, right), [[-1 if gamma == 0 else 0, 0]])
    assert np.isfinite(loss.grad(y, wrong)).all()
    assert loss.grad(y, wrong)[0, 1] < -1e100


@pytest.mark.parametrize(
    ("y", "t", "words"),
    [
        ([[1.5, 0.0]], [[1.0, 0.0]], "focal needs outputs from 0 to 1, got 0 to 1.5: use --output softmax"),
        ([[0.5, 0.5]], [[7.0, 0.0]], "focal needs targets from 0 to 1, got 0 to 7: use --loss log_cosh for numbers"),
        ([[0.5]], [[1.0]], "focal needs an output for each of 2 classes, got 1"),
        ([[0.5, 0.5]], [[1.0, 1.0]], "focal needs targets that sum to 1 in each row"),
    ],
)
def test_focal_says_in_words_what_it_needs(y, t, words):
    for function in (plugin.focal().value, plugin.focal().grad):
        with pytest.raises(ValueError) as refused:
            function(np.array(y), np.array(t))
        assert words in str(refused.value)


@pytest.mark.parametrize("power", [1.01, 1.5, 1.99])
def test_tweedie_is_scikit_learns_deviance(power):
    z, t = amounts()
    y, loss = softplus(z), plugin.tweedie(power=power)
    expected = np.mean([mean_tweedie_deviance(t[:, j], y[:, j], power=power) for j in range(2)])
    np.testing.assert_allclose(loss.value(y, t).mean(), expected, rtol=1e-10)
    np.testing.assert_allclose(loss.score_value(z, t), loss.value(y, t), rtol=1e-10)


@pytest.mark.parametrize("power", [1.01, 1.5, 1.99])
def test_tweedies_slopes_are_those_of_its_values(power):
    z, t = amounts()
    y, loss = softplus(z), plugin.tweedie(power=power)
    by_outputs = numeric_slope(lambda y: loss.value(y, t), y, h=1e-7)
    np.testing.assert_allclose(loss.grad(y, t), by_outputs, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(loss.score_grad(z, t), loss.grad(y, t) * expit(z), rtol=1e-10)


@pytest.mark.parametrize("power", [1.1, 1.5, 1.9])
def test_tweedie_is_0_where_the_output_is_the_target_and_nowhere_lower(power):
    loss, t = plugin.tweedie(power=power), np.full((201, 1), 2.0)
    y = np.linspace(0.5, 8, 201)[:, None]
    assert (loss.value(y, t) >= -1e-12).all()
    np.testing.assert_allclose(loss.value(t, t), 0, atol=1e-12)
    np.testing.assert_array_equal(loss.grad(t, t), 0 * t)


@pytest.mark.parametrize("power", [1.01, 1.5, 1.99])
def test_tweedie_goes_on_as_a_straight_line_below_its_knee(power):
    """No jump and no kink at log(1e-10) = -23.03, one slope below it, and that slope is the value's own."""
    loss, t = plugin.tweedie(power=power), np.array([[3.0]])
    slopes = [loss.score_grad(np.array([[z]]), t)[0, 0] for z in (-23.02, -23.03, -24.0, -1000.0)]
    assert slopes[0] == pytest.approx(slopes[1], rel=0.02)
    np.testing.assert_allclose(slopes[2:], slopes[1], rtol=0.01)
    for z in (-22.5, -23.5, -60.0):
        at = np.array([[z]])
        by_differences = numeric_slope(lambda z: loss.score_value(z, t), at, h=1e-4)
        np.testing.assert_allclose(loss.score_grad(at, t), by_differences, rtol=1e-4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("power", [1.01, 1.5, 1.99])
def test_tweedie_at_scores_of_a_thousand(power, dtype):
    loss = plugin.tweedie(power=power)
    z, t = np.array([[-1000], [-1000], [1000], [1000]], dtype), np.array([[0], [3], [0], [3]], dtype)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        value, slope = loss.score_value(z, t), loss.score_grad(z, t)
    assert value.dtype == slope.dtype == dtype
    assert np.isfinite(value).all()
    assert value[0] == 0
    assert value[1] > 1000
    np.testing.assert_allclose(value[2], mean_tweedie_deviance([0], [1000], power=power), rtol=1e-5)
    assert slope[0, 0] == 0
    assert slope[1, 0] < 0
    assert (slope[2:] > 0).all()


def test_tweedie_says_in_words_what_it_needs():
    loss, good, bad = plugin.tweedie(), np.ones((2, 1)), np.array([[1.0], [-0.25]])
    for function in (loss.value, loss.grad):
        with pytest.raises(ValueError, match=r"tweedie needs outputs of at least 0, got -0\.25: use --output softplus"):
            function(bad, good)
        with pytest.raises(ValueError, match=r"tweedie needs targets of at least 0, got -0\.25: use --loss log_cosh"):
            function(good, bad)


def test_pytorchs_autograd_finds_the_same_slopes():
    torch = pytest.importorskip("torch")
    z, t = classes(4)
    scores, targets = torch.tensor(z, requires_grad=True), torch.tensor(t)
    logarithms = torch.nn.functional.log_softmax(scores, dim=1)
    loss = -(targets * (1 - logarithms.exp()) ** 2 * logarithms).sum(dim=1)
    loss.sum().backward()
    np.testing.assert_allclose(plugin.focal().score_value(z, t), loss.detach().numpy(), rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(plugin.focal().score_grad(z, t), scores.grad.numpy(), rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(logarithms.detach().numpy(), log_softmax(z, axis=1), rtol=1e-12)

    z, t = amounts()
    scores, targets = torch.tensor(z, requires_grad=True), torch.tensor(t)
    y = torch.nn.functional.softplus(scores, threshold=100)
    loss = 2 * (y**0.5 / 0.5 + targets * y**-0.5 / 0.5 - targets**0.5 / 0.25).mean(dim=1)
    loss.sum().backward()
    np.testing.assert_allclose(plugin.tweedie().score_value(z, t), loss.detach().numpy(), rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(plugin.tweedie().score_grad(z, t), scores.grad.numpy(), rtol=1e-9, atol=1e-13)
