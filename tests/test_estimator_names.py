"""What scikit-learn's users and tools ask a fit for is there, by the names of its MLPs and of its linear models."""

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import RFE, SelectFromModel
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor

from glassnet import GlassClassifier, GlassRegressor, load, save

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

IRIS, DIABETES = load_iris(return_X_y=True, as_frame=True), load_diabetes(return_X_y=True, as_frame=True)
TWO = (IRIS[0][:100], IRIS[1][:100])
PAIRS = [(GlassClassifier, MLPClassifier, IRIS), (GlassRegressor, MLPRegressor, DIABETES)]
EXACT = {"optimizer": "lbfgs:tolerance=1e-9", "l2": 1e-3, "max_iter": 2000}


def shown(net: Any) -> set[str]:
    return {name for name in dir(net) if name.endswith("_") and not name.startswith("_") and hasattr(net, name)}


def form(value: Any) -> Any:
    """None, the shape of an array or a number, or those of all in a list."""
    return [np.shape(one) for one in value] if isinstance(value, list) else None if value is None else np.shape(value)


@pytest.mark.parametrize("stops", [False, True])
@pytest.mark.parametrize(("ours", "theirs", "rows"), PAIRS)
def test_every_fitted_attribute_of_their_networks_is_ours_and_of_the_same_kind(ours, theirs, rows, stops: bool) -> None:
    parameters = {"hidden_layer_sizes": (3,), "max_iter": 4, "early_stopping": stops, "random_state": 0}
    mine, other = ours(**parameters).fit(*rows), theirs(**parameters).fit(*rows)
    assert shown(other) <= shown(mine)
    assert {name: form(getattr(mine, name)) for name in shown(other)} == {
        name: form(getattr(other, name)) for name in shown(other)
    }
    assert (mine.t_, mine.out_activation_) == (other.t_, other.out_activation_)


def test_before_a_fit_there_are_none_of_them() -> None:
    assert not shown(GlassClassifier()) and not shown(GlassRegressor(()))
    with pytest.raises(NotFittedError):
        GlassClassifier(()).coef_  # noqa: B018


def test_they_say_what_happened() -> None:
    X, y = IRIS
    net = GlassClassifier((4,), max_iter=5, n_iter_no_change=None, early_stopping=True, random_state=0).fit(X, y)
    assert net.loss_ == net.loss_curve_[-1] and net.best_loss_ is None
    assert net.validation_scores_ == net.history_["validation_accuracy"].tolist()
    assert net.best_validation_score_ == max(net.validation_scores_)
    plain = GlassClassifier((4,), max_iter=5, n_iter_no_change=None, random_state=0).fit(X, y)
    assert plain.validation_scores_ is None and plain.best_validation_score_ is None
    assert plain.best_loss_ == min(plain.loss_curve_) and plain.t_ == 5 * 150
    watched = plain.fit(X, y, X_val=X[:30], y_val=y[:30])
    assert watched.validation_scores_[-1] == watched.score(X[:30], y[:30])


def test_rows_are_counted_through_parts_warm_starts_and_files(tmp_path) -> None:
    X, y = TWO
    net = GlassClassifier((4,), max_iter=3, n_iter_no_change=None, warm_start=True, random_state=0).fit(X, y).fit(X, y)
    assert net.t_ == 600
    save(net, tmp_path / "net.npz")
    again = load(tmp_path / "net.npz")
    assert again.t_ == 600 and again.partial_fit(X[45:60], y[45:60]).t_ == 615


@pytest.mark.parametrize("parameters", [{}, {"loss": "cross_entropy"}, {"loss": "hinge", "optimizer": None}])
@pytest.mark.parametrize("rows", [TWO, IRIS], ids=["two", "three"])
def test_without_a_hidden_layer_a_classifier_has_the_weights_of_its_decision(rows, parameters: dict) -> None:
    X, y = rows
    net = GlassClassifier((), **EXACT | parameters).fit(X, y)
    assert net.coef_.shape == LogisticRegression(max_iter=1000).fit(X, y).coef_.shape
    z = X.to_numpy() @ net.coef_.T + net.intercept_
    np.testing.assert_allclose(z.ravel(), net.decision_function(X).ravel(), atol=1e-9)


def test_they_are_the_numbers_of_logistic_regression() -> None:
    X, y = TWO
    net, other = GlassClassifier((), **EXACT).fit(X, y), LogisticRegression(C=1 / (1e-3 * 100), tol=1e-9).fit(X, y)
    np.testing.assert_allclose(net.coef_, other.coef_, rtol=1e-3)
    np.testing.assert_allclose(net.intercept_, other.intercept_, rtol=1e-3)


@pytest.mark.parametrize("columns", [1, 2])
def test_without_a_hidden_layer_a_regressor_has_those_of_ridge(columns: int) -> None:
    X, y = DIABETES
    y = y.to_numpy() if columns == 1 else np.column_stack([y, -y])
    net, other = GlassRegressor((), **EXACT).fit(X, y), Ridge(alpha=1e-3 * len(X) * columns / 2).fit(X, y)
    assert np.shape(net.coef_) == other.coef_.shape and np.shape(net.intercept_) == np.shape(other.intercept_)
    np.testing.assert_allclose(net.coef_, other.coef_, rtol=1e-3)
    np.testing.assert_allclose(X.to_numpy() @ net.coef_.T + net.intercept_, net.predict(X), rtol=1e-9)


def test_features_are_chosen_by_them() -> None:
    X, y = IRIS
    linear = GlassClassifier((), **EXACT)
    assert RFE(linear, n_features_to_select=2).fit(X, y).get_feature_names_out().tolist() == [
        "petal length (cm)",
        "petal width (cm)",
    ]
    assert SelectFromModel(linear).fit(X, y).transform(X).shape[1] < 4


@pytest.mark.parametrize("name", ["coef_", "intercept_"])
def test_with_a_hidden_layer_there_are_none_of_them_and_the_error_says_why(name: str) -> None:
    net = GlassClassifier((3,), max_iter=2).fit(*IRIS)
    assert not hasattr(net, name)
    with pytest.raises(AttributeError, match=r"without a hidden layer, hidden_layer_sizes=\(\); .* coefs_"):
        getattr(net, name)
