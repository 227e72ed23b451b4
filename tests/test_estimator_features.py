"""Inputs that an estimator makes of its columns: scikit-learn's own numbers, its names, its clones and searches."""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import make_circles
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.utils import get_tags

from glassnet import GlassClassifier, GlassRegressor, load, save, summary

X, y = make_circles(120, noise=0.05, factor=0.5, random_state=0)
SHORT = {"max_iter": 5, "n_iter_no_change": None, "random_state": 0}
WAYS = ("squares", "products")
TABLE = pd.DataFrame(X, columns=["east", "north"])


def fitted(**params: object) -> GlassClassifier:
    return GlassClassifier((3,), **({"features": WAYS} | SHORT | params)).fit(X, y)


def test_it_is_the_network_on_columns_that_were_made_before() -> None:
    made = np.column_stack([X, X**2, X[:, 0] * X[:, 1]])
    plain, ours = GlassClassifier((3,), **SHORT).fit(made, y), fitted()
    for one, other in zip(plain.coefs_, ours.coefs_, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(plain.predict_proba(made), ours.predict_proba(X))
    assert ours.n_features_in_ == 2 and ours.coefs_[0].shape == (5, 3)


def test_a_line_through_them_is_that_of_polynomial_features() -> None:
    z = X[:, 0] ** 2 - 3 * X[:, 0] * X[:, 1] + X[:, 1]
    net = GlassRegressor((), features=WAYS, optimizer="lbfgs:tolerance=1e-9", l2=2 * 0.1 / len(X), max_iter=500)
    theirs = make_pipeline(PolynomialFeatures(2, include_bias=False), Ridge(alpha=0.1)).fit(X, z)
    np.testing.assert_allclose(net.fit(X, z).predict(X), theirs.predict(X), atol=1e-4)
    names = theirs[0].get_feature_names_out()
    wanted = dict(zip(names, theirs[1].coef_, strict=True))
    for name, weight in zip(net.get_feature_names_out(), net.coef_, strict=True):
        assert weight == pytest.approx(wanted[name.replace("·", " ")], abs=1e-4)


def test_names_are_those_of_the_columns() -> None:
    assert fitted().get_feature_names_out().tolist() == ["x0", "x1", "x0^2", "x1^2", "x0·x1"]
    assert fitted(features=()).get_feature_names_out().tolist() == ["x0", "x1"]
    ours = GlassClassifier((3,), features="sines", **SHORT).fit(TABLE, y)
    assert ours.get_feature_names_out().tolist() == ["east", "north", "sin east", "sin north"]
    assert ours.feature_names_in_.tolist() == ["east", "north"]
    with pytest.raises(ValueError, match="input_features is not equal to feature_names_in_"):
        ours.get_feature_names_out(["a", "b"])
    whole = make_pipeline(StandardScaler(), GlassClassifier((3,), features="squares", **SHORT)).fit(TABLE, y)
    assert whole.get_feature_names_out().tolist() == ["east", "north", "east^2", "north^2"]
    shown = fitted().as_run(["a", "b"])
    assert shown.model.features.outputs == ("a", "b", "a^2", "b^2", "a·b")
    assert "some are made of number columns: squares, products" in str(summary(shown))


def test_it_is_a_parameter_like_all_others(tmp_path: Path) -> None:
    net = fitted(features=["products", "squares"])
    assert clone(net).get_params()["features"] == ["products", "squares"]
    assert clone(net).fit(X, y).get_feature_names_out().tolist() == net.get_feature_names_out().tolist()
    for copy in (pickle.loads(pickle.dumps(net)), load(save(net, tmp_path / "net.npz"))):
        np.testing.assert_array_equal(copy.predict_proba(X), net.predict_proba(X))
        assert copy.get_feature_names_out()[-1] == "x0·x1" and copy.n_features_in_ == 2
    search = GridSearchCV(GlassClassifier((), optimizer="lbfgs"), {"features": [(), "squares"]}, cv=2)
    assert search.fit(X, y).best_params_ == {"features": "squares"}


def test_later_calls_make_the_same() -> None:
    going = GlassClassifier((3,), features="squares", warm_start=True, **SHORT).fit(X, y)
    assert len(going.fit(X, y).loss_curve_) == 10
    parts = GlassClassifier((3,), features="squares", random_state=0)
    assert parts.partial_fit(X, y, classes=[0, 1]).partial_fit(X, y).coefs_[0].shape == (4, 3)
    for other, words in (("sines", "sines"), ((), "none")):
        with pytest.raises(ValueError, match=rf"^features {words} can't go on from squares: leave it as it was, or "):
            going.set_params(features=other).fit(X, y)


NO_WAY = "is no way to make inputs of others: squares, products, sines. All columns but the target are inputs already"
MANY = "are 2,415 inputs, and at most 2,000 are made: give fewer columns, or leave products away"


@pytest.mark.parametrize(
    ("features", "rows", "words"),
    [
        ("sine", X, "'sine' is unknown. Did you mean 'sines'? Possible: squares, products, sines"),
        (["east"], TABLE, f"'east' {NO_WAY}, and a ColumnTransformer leaves some out"),
        ("squares", sparse.csr_array(X), "squares are made of columns in memory, and these are sparse"),
        ("products", np.ones((120, 70)), f"products of 70 columns {MANY}"),
    ],
)
def test_what_can_not_be_made_is_said_in_parameters(features: object, rows: object, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        GlassClassifier((3,), features=features).fit(rows, y)
    assert str(caught.value) == f"features {words}"


def test_the_tags_say_that_sparse_rows_are_not_taken_then() -> None:
    assert get_tags(GlassClassifier()).input_tags.sparse and get_tags(GlassRegressor()).input_tags.sparse
    assert not get_tags(GlassClassifier(features="squares")).input_tags.sparse
