"""Losses: values against outside sources, slopes against differences, scores of ±1000, domains in words."""

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.special
import sklearn.metrics

from glassnet.builtin import activations
from glassnet.builtin import losses as module
from glassnet.kinds import TASKS, Loss

PARTS = module.losses()
NAMES = [part.__name__ for part in PARTS]
#: The output that the literature pairs with each loss.
NATURAL = {
    "squared_error": "identity",
    "absolute_error": "identity",
    "huber": "identity",
    "hinge": "identity",
    "binary_cross_entropy": "sigmoid",
    "cross_entropy": "softmax",
    "poisson": "softplus",
}
PAIRED = [name for name in NAMES if getattr(module, name)().score_grad]


def built(name: str, **options: float) -> Loss:
    return getattr(module, name)(**options)


def output_of(loss: Loss) -> SimpleNamespace:
    part = getattr(activations, loss.output)()
    return SimpleNamespace(f=part.f, back=part.vjp or (lambda z, a, upstream: upstream * part.df(z, a)))


def scores_and_targets(loss: Loss, columns: int, dtype=np.float64) -> tuple[np.ndarray, np.ndarray]:
    """Random scores, kept off the kinks of hinge and absolute error, and targets that suit the loss."""
    rng = np.random.default_rng(columns)
    z = 2 * rng.normal(size=(40, loss.width(columns)))
    if loss.task == "multiclass":
        t = np.eye(columns)[rng.integers(columns, size=40)] if columns > 1 else rng.integers(2, size=(40, 1))
    elif loss.task == "binary":
        t = rng.integers(2, size=(40, columns))
    elif loss.targets == "nonnegative":
        t = rng.poisson(3, size=(40, columns))
    else:
        t = rng.normal(size=(40, columns))
    return z.astype(dtype), t.astype(dtype)


def numeric_slope(value, x: np.ndarray, h: float = 1e-6) -> np.ndarray:
    """The slope of each row's own number by central differences, (n, k)."""
    slope = np.empty_like(x)
    for column in range(x.shape[1]):
        shift = np.zeros(x.shape[1])
        shift[column] = h
        slope[:, column] = (value(x + shift) - value(x - shift)) / (2 * h)
    return slope


def close(exact: np.ndarray, numeric: np.ndarray, tolerance: float = 1e-6) -> bool:
    return bool(np.linalg.norm(exact - numeric) <= tolerance * np.linalg.norm(numeric))


def test_what_kept_runs_name_is_there_and_each_has_a_task_and_an_output():
    assert len(NAMES) == len({*NAMES})
    assert {*NATURAL} <= {*NAMES}
    for part in PARTS:
        assert part().task in TASKS
        assert hasattr(activations, part().output)


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("name", NAMES)
def test_slope_is_that_of_the_value_however_many_columns(name, columns):
    loss = built(name)
    z, t = scores_and_targets(loss, columns)
    y = output_of(loss).f(z)
    numeric = numeric_slope(lambda y: loss.value(y, t), y, h=1e-7 if loss.task == "multiclass" else 1e-6)
    assert loss.value(y, t).shape == (40,)
    assert loss.grad(y, t).shape == y.shape
    assert close(loss.grad(y, t), numeric)


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("name", PAIRED)
def test_score_pair_is_the_loss_behind_its_natural_output(name, columns):
    loss = built(name)
    output = output_of(loss)
    z, t = scores_and_targets(loss, columns)
    y = output.f(z)
    np.testing.assert_allclose(loss.score_value(z, t), loss.value(y, t), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(loss.score_grad(z, t), output.back(z, y, loss.grad(y, t)), rtol=1e-9, atol=1e-12)
    assert close(loss.score_grad(z, t), numeric_slope(lambda z: loss.score_value(z, t), z))


@pytest.mark.parametrize("name", NAMES)
def test_rows_do_not_mix(name):
    loss = built(name)
    z, t = scores_and_targets(loss, 3)
    y = output_of(loss).f(z)
    np.testing.assert_array_equal(loss.value(y, t)[5:6], loss.value(y[5:6], t[5:6]))
    np.testing.assert_array_equal(loss.grad(y, t)[5:6], loss.grad(y[5:6], t[5:6]))


@pytest.mark.parametrize("name", NAMES)
def test_float32_stays_float32_and_nothing_is_written_into(name):
    loss = built(name)
    z, t = scores_and_targets(loss, 2, np.float32)
    y = output_of(loss).f(z)
    for array in (z, t, y):
        array.setflags(write=False)
    results = [loss.value(y, t), loss.grad(y, t)]
    if loss.score_value:
        results += [loss.score_value(z, t), loss.score_grad(z, t)]
    assert [result.dtype for result in results] == [np.float32] * len(results)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", PAIRED)
def test_scores_of_a_thousand_are_finite_and_bounded(name, dtype):
    loss = built(name)
    z = np.array([[1000, -1000], [-1000, 1000], [-1000, -1000], [1000, 1000]] * 2, dtype)
    t = np.repeat(np.array([[1, 0], [0, 1]], dtype), 4, axis=0)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        value, slope = loss.score_value(z, t), loss.score_grad(z, t)
    assert np.isfinite(value).all() and np.isfinite(slope).all()
    if loss.task != "regression" or name == "poisson":
        assert np.abs(slope).max() <= 1  # shares against shares, whatever the scores


def test_binary_cross_entropy_at_extreme_scores_by_hand():
    loss = built("binary_cross_entropy")
    z = np.array([[1000.0], [1000.0], [-1000.0], [-1000.0], [40.0], [-40.0]])
    t = np.array([[0.0], [1.0], [0.0], [1.0], [1.0], [0.0]])
    tail = np.exp(-40)
    np.testing.assert_allclose(loss.score_value(z, t), [1000, 0, 0, 1000, tail, tail], rtol=1e-12)
    np.testing.assert_allclose(loss.score_grad(z, t)[:4, 0], [1, 0, 0, -1])


def test_cross_entropy_at_extreme_scores_by_hand():
    loss = built("cross_entropy")
    z = np.array([[1000.0, -1000.0, 0.0]] * 3)
    np.testing.assert_allclose(loss.score_value(z, np.eye(3)), [0, 2000, 1000])
    np.testing.assert_allclose(loss.score_grad(z, np.eye(3)), [[0, 0, 0], [1, -1, 0], [1, 0, -1]], atol=1e-300)


def test_poisson_at_extreme_scores_by_hand():
    loss = built("poisson")
    z, t = np.array([[1000.0], [-1000.0], [-1000.0], [-50.0]]), np.array([[3.0], [3.0], [0.0], [2.0]])
    expected = [1000 - 3 * np.log(1000), 3000, 0, 100]
    np.testing.assert_allclose(loss.score_value(z, t), expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(loss.score_grad(z, t)[:, 0], [1 - 3 / 1000, -3, 0, -2], atol=1e-12)


def test_poisson_has_no_seam_where_the_logarithm_becomes_the_score():
    loss, t = built("poisson"), np.array([[3.0]])
    at = [loss.score_value(np.array([[z]]), t)[0] for z in (-40 - 1e-9, -40.0, -40 + 1e-9)]
    assert at[0] - at[1] == pytest.approx(3e-9, rel=1e-3) and at[1] - at[2] == pytest.approx(3e-9, rel=1e-3)


def test_values_against_outside_sources():
    rng = np.random.default_rng(0)
    y, t = rng.normal(size=(30, 3)), rng.normal(size=(30, 3))
    labels, p = rng.integers(2, size=(30, 3)).astype(float), rng.uniform(0.01, 0.99, size=(30, 3))
    q = p / p.sum(axis=1, keepdims=True)
    one_hot = np.eye(3)[rng.integers(3, size=30)]
    counts = rng.poisson(4, size=(30, 3)).astype(float)
    mean = sklearn.metrics
    assert built("squared_error").value(y, t).mean() == pytest.approx(mean.mean_squared_error(t, y))
    assert built("absolute_error").value(y, t).mean() == pytest.approx(mean.mean_absolute_error(t, y))
    np.testing.assert_allclose(built("huber", delta=0.7).value(y, t), scipy.special.huber(0.7, y - t).mean(axis=1))
    assert built("cross_entropy").value(q, one_hot).mean() == pytest.approx(mean.log_loss(one_hot, q))
    by_column = [mean.log_loss(labels[:, j], p[:, j]) for j in range(3)]
    assert built("binary_cross_entropy").value(p, labels).mean() == pytest.approx(np.mean(by_column))
    by_column = [mean.hinge_loss(labels[:, j], y[:, j]) for j in range(3)]
    assert built("hinge").value(y, labels).mean() == pytest.approx(np.mean(by_column))
    # The deviance is twice the distance from the best possible value, which is met at y = t.
    poisson = built("poisson")
    above_best = poisson.value(p, counts) - poisson.value(np.maximum(counts, 1e-100), counts)
    deviance = [mean.mean_poisson_deviance(counts[:, j], p[:, j]) for j in range(3)]
    assert 2 * above_best.mean() == pytest.approx(np.mean(deviance))


def test_squared_error_conventions():
    y, t = np.array([[3.0, 0.0]]), np.array([[1.0, 0.0]])
    assert built("squared_error").value(y, t) == [2.0] and built("squared_error", factor=0.5).value(y, t) == [1.0]
    np.testing.assert_array_equal(built("squared_error", factor=0.5).grad(y, t), [[1, 0]])


def test_huber_does_not_depend_on_the_case_at_delta():
    y, t = np.array([[0.5], [1.0], [3.0], [-3.0]]), np.zeros((4, 1))
    np.testing.assert_allclose(built("huber").value(y, t), [0.125, 0.5, 2.5, 2.5])
    np.testing.assert_allclose(built("huber").grad(y, t)[:, 0], [0.5, 1, 1, -1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["binary_cross_entropy", "cross_entropy", "poisson"])
def test_outputs_that_touch_the_edge_of_the_domain_are_finite_off_the_natural_pair(name, dtype):
    loss = built(name)
    y = np.array([[0, 1], [1, 0], [0, 0], [1, 1]] * 2, dtype)
    t = np.repeat(np.array([[1, 0], [0, 1]], dtype), 4, axis=0)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        value, slope = loss.value(y, t), loss.grad(y, t)
        heavy = 1e4 * slope  # a class weight must not turn it into infinity
    assert np.isfinite(value).all() and np.isfinite(slope).all() and np.isfinite(heavy).all()
    assert (slope[t.astype(bool) & (y == 0)] < -1e15).all()  # it says how wrong that is
    if name == "poisson":
        assert np.isfinite(loss.grad(np.zeros((1, 1), dtype), np.full((1, 1), 1e6, dtype))).all()


@pytest.mark.parametrize("name", NAMES)
def test_nan_is_passed_on_so_that_the_trainer_can_explain_it(name):
    loss = built(name)
    _, t = scores_and_targets(loss, 2)
    y = np.full((40, 2), np.nan)
    assert np.isnan(loss.value(y, t)).all()
    assert np.isnan(loss.grad(y, t)).all()
    if loss.score_grad:
        assert np.isnan(loss.score_grad(y, t)).all() and np.isnan(loss.score_value(y, t)).all()


@pytest.mark.parametrize("way", ["value", "grad"])
@pytest.mark.parametrize(
    ("name", "y", "t", "words"),
    [
        ("cross_entropy", [[4, 5, 6]], [[0, 0, 1]], "needs outputs from 0 to 1, got 4 to 6: use --output softmax"),
        ("cross_entropy", [[0.5, 0.5]], [[3, -1]], "needs targets from 0 to 1, got -1 to 3: use --loss squared_error"),
        ("cross_entropy", [[0.5, 0.5]], [[1, 1]], "sum to 1 in each row.*use --loss binary_cross_entropy"),
        ("cross_entropy", [[0.5]], [[1]], "each of 2 classes, got 1: use --loss binary_cross_entropy"),
        ("binary_cross_entropy", [[-0.5]], [[1]], "outputs from 0 to 1, got -0.5 to -0.5: use --output sigmoid"),
        ("binary_cross_entropy", [[0.5]], [[25]], "targets from 0 to 1, got 25 to 25: use --loss squared_error"),
        ("hinge", [[0.5]], [[-1]], "needs targets from 0 to 1, got -1 to -1"),
        ("poisson", [[-0.5]], [[2]], "outputs of at least 0, got -0.5: use --output softplus"),
        ("poisson", [[0.5]], [[-2]], "as counts are, got -2: use --loss squared_error"),
    ],
)
def test_numbers_outside_the_domain_are_refused_in_words(way, name, y, t, words):
    with pytest.raises(ValueError, match=f"^{name} .*{words}"):
        getattr(built(name), way)(np.array(y, float), np.array(t, float))


@pytest.mark.parametrize(
    ("name", "t"),
    [("cross_entropy", [[5.0, 0.0]]), ("binary_cross_entropy", [[5.0, 0.0]]), ("poisson", [[-5.0, 0.0]])],
)
def test_wrong_targets_are_refused_on_the_way_through_scores_too(name, t):
    with pytest.raises(ValueError, match=f"{name} needs targets"):
        built(name).score_value(np.zeros((1, 2)), np.array(t))


def test_two_classes_in_one_column_are_read_as_two():
    loss = built("cross_entropy")
    assert [loss.width(c) for c in (1, 2, 3)] == [2, 2, 3]
    z, t = np.array([[0.2, -1.0], [0.5, 2.0]]), np.array([[0.0], [1.0]])
    np.testing.assert_allclose(loss.score_value(z, t), loss.score_value(z, np.eye(2)))
    np.testing.assert_allclose(loss.score_grad(z, t), loss.score_grad(z, np.eye(2)))


def test_softmax_with_two_outputs_is_the_sigmoid_of_their_difference():
    z, t = np.array([[0.2, -1.0], [0.5, 2.0]]), np.array([[0.0], [1.0]])
    two = built("cross_entropy").score_value(z, t)
    np.testing.assert_allclose(two, built("binary_cross_entropy").score_value(z[:, 1:] - z[:, :1], t))


def test_hinge_counts_from_zero_and_takes_the_largest():
    predict = built("hinge").predict
    np.testing.assert_array_equal(predict(np.array([[-0.1], [0.1], [0.6]])), [0, 1, 1])
    np.testing.assert_array_equal(predict(np.array([[-0.1, 3, 1], [0.1, -2, 0]])), [1, 0])


def test_natural_pairs():
    assert {name: built(name).output for name in NATURAL} == NATURAL
    assert [name for name in NATURAL if built(name).targets == "nonnegative"] == ["poisson"]
