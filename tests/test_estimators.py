"""The estimators: truth from scikit-learn's linear models, what its MLPs refuse, and life in Pipelines and grids."""

import copy
import pickle
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from guests import python, write_good
from samples import SOAK
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, make_multilabel_classification
from sklearn.ensemble import BaggingClassifier
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV, train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.class_weight import compute_sample_weight

import glassnet
from glassnet import (
    Activation,
    Catalog,
    Dataset,
    Diverged,
    Experiment,
    GlassClassifier,
    GlassnetError,
    GlassRegressor,
    Loss,
    run,
)
from glassnet.experiment import Training

EXACT = "lbfgs:tolerance=1e-9"
IRIS = load_iris(return_X_y=True)
DIABETES = load_diabetes(return_X_y=True)


def quick(**parameters: object) -> GlassClassifier:
    given = {"hidden_layer_sizes": (8,), "max_iter": 5, "n_iter_no_change": None, "random_state": 0}
    return GlassClassifier(**given | parameters)


def quick_numbers(**parameters: object) -> GlassRegressor:
    given = {"hidden_layer_sizes": (8,), "max_iter": 5, "n_iter_no_change": None, "random_state": 0}
    return GlassRegressor(**given | parameters)


def rows(n: int = 60, d: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    return X, (X[:, 0] + 0.3 * rng.standard_normal(n) > 0).astype(int)


def bend():
    """sqrt(z^2 + 1) - 1 + z."""
    return Activation(f=lambda z: np.sqrt(z**2 + 1) - 1 + z, df=lambda z, a: z / np.sqrt(z**2 + 1) + 1)


def fourth_power():
    """The fourth power of the difference."""
    return Loss(
        lambda y, t: ((y - t) ** 4).mean(1), lambda y, t: 4 * (y - t) ** 3 / y.shape[1], "identity", "regression"
    )


# --- the same numbers as scikit-learn's linear models ---------------------------------------------------------


@pytest.mark.parametrize("C", [0.1, 10.0])
def test_without_hidden_layer_and_two_classes_it_is_logistic_regression(C: float) -> None:
    X, y = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    truth = LogisticRegression(C=C, tol=1e-10, max_iter=10_000).fit(X, y)
    ours = GlassClassifier((), optimizer=EXACT, l2=1 / (C * len(X)), max_iter=2000).fit(X, y)
    np.testing.assert_allclose(ours.coefs_[0].ravel(), truth.coef_.ravel(), atol=1e-4)
    np.testing.assert_allclose(ours.intercepts_[0], truth.intercept_, atol=1e-4)
    np.testing.assert_allclose(ours.predict_proba(X), truth.predict_proba(X), atol=1e-5)
    np.testing.assert_allclose(ours.decision_function(X), truth.decision_function(X), atol=1e-3)


def test_without_hidden_layer_and_three_classes_it_is_multinomial_regression() -> None:
    X, y = StandardScaler().fit_transform(IRIS[0]), np.array(["c", "a", "b"])[IRIS[1]]
    truth = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(X, y)
    ours = GlassClassifier((), optimizer=EXACT, l2=1 / len(X), max_iter=2000).fit(X, y)
    np.testing.assert_allclose(ours.coefs_[0].T, truth.coef_, atol=1e-4)
    free = ours.intercepts_[0] - ours.intercepts_[0].mean()  # softmax leaves their sum open
    np.testing.assert_allclose(free, truth.intercept_ - truth.intercept_.mean(), atol=1e-4)
    np.testing.assert_array_equal(ours.predict(X), truth.predict(X))
    assert ours.classes_.tolist() == ["a", "b", "c"]


def test_adam_with_a_schedule_gets_there_too() -> None:
    X, y = StandardScaler().fit_transform(IRIS[0]), IRIS[1]
    truth = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(X, y)
    ours = GlassClassifier(
        (), optimizer="adam:lr=0.1", schedule="cosine", l2=1 / len(X), max_iter=1500, n_iter_no_change=None
    ).fit(X, y)
    np.testing.assert_allclose(ours.coefs_[0].T, truth.coef_, atol=1e-4)


@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_without_hidden_layer_it_is_ridge_in_the_targets_own_units(columns: int, weighted: bool) -> None:
    rng = np.random.default_rng(1)
    X = DIABETES[0] * 20
    Y = DIABETES[1][:, None] * np.array([1.0, 100.0, 0.01])[:columns] + 50 * rng.standard_normal((len(X), columns))
    Y = Y[:, 0] if columns == 1 else Y
    weight = rng.uniform(0.5, 2, len(X)) if weighted else None
    n = len(X) if weight is None else weight.sum()
    truth = Ridge(alpha=5.0, tol=1e-12).fit(X, Y, weight)
    ours = GlassRegressor((), optimizer=EXACT, l2=2 * 5.0 / (n * columns), max_iter=2000, random_state=0).fit(
        X, Y, weight
    )
    scale = np.std(Y, axis=0)
    np.testing.assert_allclose(ours.coefs_[0].T / np.reshape(scale, (-1, 1)),
                               truth.coef_.reshape(columns, -1) / np.reshape(scale, (-1, 1)), atol=1e-4)  # fmt: skip
    np.testing.assert_allclose(ours.intercepts_[0] / scale, truth.intercept_ / scale, atol=1e-4)
    assert ours.predict(X).shape == Y.shape
    np.testing.assert_allclose(ours.predict(X) / scale, truth.predict(X) / scale, atol=1e-4)
    assert ours.score(X, Y) == pytest.approx(truth.score(X, Y), abs=1e-6)


def test_coefs_and_intercepts_worked_through_by_hand_give_the_prediction() -> None:
    X, y = DIABETES
    for model in (quick_numbers(activation="tanh").fit(X, y), quick(activation="tanh").fit(*IRIS)):
        x = X if isinstance(model, GlassRegressor) else IRIS[0]
        hidden = np.tanh(x @ model.coefs_[0] + model.intercepts_[0])
        z = hidden @ model.coefs_[1] + model.intercepts_[1]
        shown = model.predict(x)[:, None] if isinstance(model, GlassRegressor) else model.decision_function(x)
        np.testing.assert_allclose(z, shown, rtol=1e-10)


def test_it_is_the_experiments_own_loop_with_the_same_seed() -> None:
    from glassnet import Dataset

    X, y = IRIS
    ours = GlassClassifier((8,), max_iter=4, random_state=3, n_iter_no_change=None, batch_size=32).fit(X, y)
    words = Experiment(hidden=(8,), epochs=4, seed=3, batch_size=32, scale="none", test=0, validation=0)
    training = Training(words, source=Dataset(X, y))
    assert [epoch.loss for epoch in training] == ours.loss_curve_
    np.testing.assert_array_equal(training.network.w, ours.model_.network.w)


# --- what MLPClassifier refuses ---------------------------------------------------------------------------------


def test_an_activation_of_ones_own() -> None:
    X, y = rows()
    with pytest.raises(ValueError, match="activation"):
        MLPClassifier(activation=bend).fit(X, y)
    model = quick(activation=bend, max_iter=40, optimizer="adam:lr=0.03").fit(X, y)
    z = X @ model.coefs_[0] + model.intercepts_[0]
    by_hand = (np.sqrt(z**2 + 1) - 1 + z) @ model.coefs_[1] + model.intercepts_[1]
    np.testing.assert_allclose(model.decision_function(X), by_hand[:, 0])
    assert model.score(X, y) > 0.8


def test_a_loss_of_ones_own_is_what_is_lowered() -> None:
    X, y = DIABETES
    with pytest.raises(ValueError, match="loss"):
        MLPRegressor(loss=fourth_power).fit(X, y)
    model = quick_numbers(loss=fourth_power, batch_size="full", hidden_layer_sizes=(), max_iter=30).fit(X, y)
    before, after = model.loss_curve_[-1], clone(model).set_params(max_iter=31).fit(X, y)
    error = (after.predict(X) - y) / y.std()
    assert (error**4).mean() < before
    steps = after.set_params(warm_start=True, max_iter=1).fit(X, y)  # the next epoch starts from these weights
    assert steps.loss_curve_[-1] == pytest.approx((error**4).mean(), rel=1e-6)


def test_an_activation_for_each_layer() -> None:
    X, y = rows()
    with pytest.raises(ValueError, match="activation"):
        MLPClassifier((5, 4), activation=["tanh", "relu"]).fit(X, y)
    model = quick(hidden_layer_sizes=(5, 4), activation=["tanh", "relu"]).fit(X, y)
    W, b = model.coefs_, model.intercepts_
    hidden = np.maximum(np.tanh(X @ W[0] + b[0]) @ W[1] + b[1], 0)
    np.testing.assert_allclose(model.decision_function(X), (hidden @ W[2] + b[2])[:, 0])
    with pytest.raises(ValueError, match="2 activations for 3 hidden layers: give activation once, or once a layer"):
        quick(hidden_layer_sizes=(5, 4, 3), activation=["tanh", "relu"]).fit(X, y)


def test_dropout_and_batch_normalisation_change_training_and_rest_when_predicting() -> None:
    X, y = rows()
    with pytest.raises(TypeError, match="dropout"):
        MLPClassifier(dropout=0.5)
    plain, dropped, normed = (quick(**one).fit(X, y) for one in ({}, {"dropout": 0.5}, {"batch_norm": True}))
    assert plain.loss_curve_ != dropped.loss_curve_ != normed.loss_curve_
    for model in (dropped, normed):
        np.testing.assert_array_equal(model.predict_proba(X), model.predict_proba(X))
        np.testing.assert_allclose(model.predict_proba(X)[:1], model.predict_proba(X[:1]), rtol=1e-10)


def test_class_weights_count_as_repeated_rows_do() -> None:
    X, y = rows(90)
    y[:70] = 0
    with pytest.raises(TypeError, match="class_weight"):
        MLPClassifier(class_weight="balanced")
    weighed = GlassClassifier((), optimizer=EXACT, class_weight={0: 1, 1: 3}, max_iter=500).fit(X, y)
    often = np.repeat(np.arange(len(y)), np.where(y == 1, 3, 1))
    repeated = GlassClassifier((), optimizer=EXACT, max_iter=500).fit(X[often], y[often])
    np.testing.assert_allclose(weighed.coefs_[0], repeated.coefs_[0], atol=1e-6)
    truth = LogisticRegression(C=100, class_weight="balanced", tol=1e-10, max_iter=5000).fit(X, y)
    balanced = GlassClassifier((), optimizer=EXACT, class_weight="balanced", l2=0.01 / len(X), max_iter=500).fit(X, y)
    np.testing.assert_allclose(balanced.coefs_[0].ravel(), truth.coef_.ravel(), atol=1e-4)
    with pytest.raises(ValueError, match="class_weight"):
        quick(class_weight="balance").fit(X, y)


def test_validation_rows_are_looked_at_and_never_trained_on() -> None:
    X, y = rows(80)
    with pytest.raises(TypeError, match="X_val"):
        MLPClassifier().fit(X[:60], y[:60], X_val=X[60:], y_val=y[60:])
    alone = quick().fit(X[:60], y[:60])
    watched = quick().fit(X[:60], y[:60], X_val=X[60:], y_val=y[60:])
    np.testing.assert_array_equal(alone.coefs_[0], watched.coefs_[0])
    assert alone.validation_curve_ == [] and len(watched.validation_curve_) == 5
    p = watched.predict_proba(X[60:])[np.arange(20), y[60:]]
    assert watched.validation_curve_[-1] == pytest.approx(-np.log(p).mean())
    assert watched.history_["validation_accuracy"].iloc[-1] == watched.score(X[60:], y[60:])
    for only in ({"X_val": X}, {"y_val": y}):
        with pytest.raises(ValueError, match="X_val and y_val belong together"):
            quick().fit(X, y, **only)
    with pytest.raises(ValueError, match=r"y holds \[2\], which are not among the classes \[0, 1\]"):
        quick().fit(X, y, X_val=X[:3], y_val=[0, 1, 2])
    with pytest.raises(ValueError, match="X_val has 3 rows, but y_val has 2"):
        quick().fit(X, y, X_val=X[:3], y_val=[0, 1])


def test_early_stopping_ends_with_the_weights_of_the_best_epoch() -> None:
    X, y = rows(120)
    y[::3] = 1 - y[::3]  # so noisy that learning by heart is soon worse
    model = quick(hidden_layer_sizes=(50,), optimizer="adam:lr=0.003", max_iter=300, n_iter_no_change=7)
    model.set_params(early_stopping=True).fit(X[:80], y[:80], X_val=X[80:], y_val=y[80:])
    best = int(np.argmin(model.validation_curve_))
    assert 0 < best < model.n_iter_ - 1 < 299 and f"best weights of epoch {best + 1}" in model.stopped_
    p = model.predict_proba(X[80:])[np.arange(40), y[80:]]
    assert -np.log(p).mean() == pytest.approx(min(model.validation_curve_))


def test_a_warm_start_looks_for_the_best_among_its_own_epochs() -> None:
    X, y = rows(80)
    model = quick(warm_start=True, max_iter=30, optimizer="adam:lr=0.03").fit(X[:40], y[:40])  # training losses so far
    model.set_params(early_stopping=True, max_iter=5).fit(X[:40], y[:40], X_val=X[40:], y_val=1 - y[40:])
    assert "best weights of epoch 3" in model.stopped_ and len(model.loss_curve_) == 35  # of epochs 31 to 35
    p = model.predict_proba(X[40:])[np.arange(40), 1 - y[40:]]
    assert -np.log(p).mean() == pytest.approx(min(model.validation_curve_))


def test_weights_count_where_early_stopping_looks_and_rows_without_weight_are_not_held_out() -> None:
    X, y = rows(60)
    weight = np.r_[np.zeros(40), np.full(20, 3.0)]
    parameters = {"early_stopping": True, "validation_fraction": 0.25, "class_weight": {0: 1.0, 1: 5.0}, "max_iter": 3}
    with_zeros, without = quick(**parameters).fit(X, y, weight), quick(**parameters).fit(X[40:], y[40:])
    np.testing.assert_allclose(with_zeros.validation_curve_, without.validation_curve_)
    np.testing.assert_allclose(with_zeros.coefs_[0], without.coefs_[0])
    plain = quick(**parameters | {"class_weight": None}).fit(X[40:], y[40:])
    assert abs(plain.validation_curve_[0] - without.validation_curve_[0]) > 1e-6
    with pytest.raises(ValueError, match="weights of rows are finite numbers from 0 on"):
        quick().fit(X, y, -weight - 1)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"tol": "a"}, "tol wants a number, not 'a'"),
        ({"tol": None}, "tol wants a finite number, not None"),
        ({"tol": float("nan")}, "tol wants a finite number, not nan"),
        ({"tol": -1.0}, "tol must be at least 0, not -1.0"),
        ({"n_iter_no_change": "a"}, "n_iter_no_change wants a whole number, not 'a'"),
        ({"n_iter_no_change": -3}, "n_iter_no_change must be at least 0, not -3"),
        ({"n_iter_no_change": True}, "n_iter_no_change wants a whole number, not True"),
        ({"max_iter": True}, "max_iter wants a whole number, not True"),
        ({"max_iter": 0}, "max_iter must be at least 1, not 0"),
    ],
)
def test_what_decides_about_the_end_is_refused_before_anything_is_learned(parameters: dict, words: str) -> None:
    for model, y in (quick(**parameters), IRIS[1]), (quick_numbers(**parameters), IRIS[1] * 1.5):
        classes = {"classes": [0, 1, 2]} if isinstance(model, GlassClassifier) else {}
        for train in model.fit, lambda X, y, model=model, more=classes: model.partial_fit(X, y, **more):
            with pytest.raises(ValueError, match=re.escape(words)):
                train(IRIS[0], y)
        assert not hasattr(model, "n_features_in_")


def test_partial_fit_sees_the_schedule_of_one_fit() -> None:
    X, y = IRIS
    parameters = {"max_iter": 10, "schedule": "cosine", "optimizer": "sgd:lr=0.1"}
    whole, parts = quick(**parameters).fit(X, y), quick(**parameters)
    for _ in range(10):
        parts.partial_fit(X, y, classes=[0, 1, 2])
    np.testing.assert_allclose(parts.history_["rate"], whole.history_["rate"], rtol=1e-12)
    np.testing.assert_allclose(parts.loss_curve_, whole.loss_curve_, rtol=1e-12)
    steps = np.arange(1, 11) * 1.0  # one batch an epoch, and the rate of a step is that before it
    np.testing.assert_allclose(parts.history_["rate"], 0.1 * (1 + np.cos(np.pi * (steps - 1) / 10)) / 2, atol=1e-12)
    rate = parts.partial_fit(X, y).history_["rate"]  # an eleventh: a schedule of eleven
    assert rate.iloc[-1] == pytest.approx(0.1 * (1 + np.cos(np.pi * 10 / 11)) / 2)


def test_the_rule_for_stopping_is_scikit_learns() -> None:
    X, y = IRIS
    for tol, patience in ((1e-2, 3), (1e-3, 1), (0.05, 10)):
        ours = GlassClassifier((5,), tol=tol, n_iter_no_change=patience, max_iter=2000, random_state=0).fit(X, y)
        lowest, stalled = np.inf, 0
        over = []
        for loss in ours.loss_curve_:  # as its documentation has it, written down once more
            stalled = stalled + 1 if loss > lowest - tol else 0
            lowest = min(lowest, loss)
            over.append(stalled > patience)
        assert over == [False] * (len(over) - 1) + [True] and ours.n_iter_ < 2000
        assert f"fell by less than {tol:g} for {patience + 1} epochs" in ours.stopped_


def test_partial_fit_goes_on_where_it_stopped_as_one_long_fit_does() -> None:
    X, y = IRIS
    whole = quick(optimizer="adam:lr=0.01", batch_size=50, max_iter=6).fit(X, y)
    parts = quick(optimizer="adam:lr=0.01", batch_size=50)
    for number in range(6):
        parts.partial_fit(X, y, classes=[0, 1, 2]) if number == 0 else parts.partial_fit(X, y)
    np.testing.assert_array_equal(whole.model_.network.w, parts.model_.network.w)
    assert whole.loss_curve_ == parts.loss_curve_
    twice = quick(optimizer="adam:lr=0.01", batch_size=50, max_iter=3, warm_start=True).fit(X, y).fit(X, y)
    np.testing.assert_array_equal(whole.model_.network.w, twice.model_.network.w)
    copied = pickle.loads(pickle.dumps(parts)).partial_fit(X, y)
    np.testing.assert_array_equal(copied.model_.network.w, parts.partial_fit(X, y).model_.network.w)


def test_partial_fit_stops_early_and_keeps_the_best() -> None:
    X, y = rows(120)
    y[::3] = 1 - y[::3]
    with pytest.raises(ValueError, match="partial_fit does not support early_stopping"):
        MLPClassifier(early_stopping=True).partial_fit(X, y, classes=[0, 1])
    model = quick(hidden_layer_sizes=(50,), optimizer="adam:lr=0.003", early_stopping=True, n_iter_no_change=7)
    for _ in range(200):
        model.partial_fit(X[:80], y[:80], classes=[0, 1], X_val=X[80:], y_val=y[80:])
        if model.stopped_:
            break
    assert model.n_iter_ < 200 and "no better validation loss for 8 epochs" in model.stopped_
    p = model.predict_proba(X[80:])[np.arange(40), y[80:]]
    assert -np.log(p).mean() == pytest.approx(min(model.validation_curve_))
    before = model.model_.network.w.copy()
    model.partial_fit(X[:80], y[:80], X_val=X[80:], y_val=y[80:])
    np.testing.assert_array_equal(before, model.model_.network.w)
    assert model.set_params(early_stopping=False).partial_fit(X, y).n_iter_ > len(model.validation_curve_)


def test_a_part_of_the_rows_may_lack_classes_that_were_announced() -> None:
    X, y = IRIS  # ordered by class: each third holds a single one
    model = quick(max_iter=1)
    for part in (slice(0, 50), slice(50, 100), slice(100, 150)):
        model.partial_fit(X[part], y[part], classes=[0, 1, 2])
    assert model.predict_proba(X).shape == (150, 3) and model.n_iter_ == 3
    with pytest.raises(ValueError, match="the first call of partial_fit needs classes"):
        quick().partial_fit(X, y)
    with pytest.raises(ValueError, match=r"classes=\[0, 1\] is not what the first call named: \[0, 1, 2\]"):
        model.partial_fit(X, y, classes=[0, 1])
    with pytest.raises(ValueError, match=r"y holds \[7\], which are not among the classes"):
        model.partial_fit(X[:2], [0, 7])
    assert not hasattr(quick(optimizer="lbfgs"), "partial_fit")


def test_the_hold_out_is_stratified_for_several_classes_too() -> None:
    seen = []

    def watched_cross_entropy():
        """Cross-entropy that notes the targets of the rows it is asked about."""
        bag = Catalog.discover(guests=False).find("loss", "cross_entropy").build()

        def noted(z, t):
            seen.append(t.sum(axis=0).astype(int).tolist())
            return bag.score_value(z, t)

        return Loss(bag.value, bag.grad, "softmax", "multiclass", noted, bag.score_grad, bag.width)

    X, y = np.random.default_rng(0).standard_normal((200, 3)), np.repeat([0, 1, 2], [150, 40, 10])
    quick(loss=watched_cross_entropy, early_stopping=True, validation_fraction=0.1, max_iter=1).fit(X, y)
    assert [15, 4, 1] in seen and [135, 36, 9] in seen


def test_the_slope_of_several_outputs_is_that_of_the_loss_that_is_shown() -> None:
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((40, 5)), rng.standard_normal((40, 3))
    Y = (Y - Y.mean(0)) / Y.std(0)
    step = {"initializer": "zeros", "optimizer": "sgd:lr=0.01", "batch_size": "full", "l2": 0.0, "max_iter": 1}
    model = quick_numbers(hidden_layer_sizes=(), **step).fit(X, Y)
    slope = -2 * X.T @ Y / (40 * 3)  # of the mean over rows and columns of (XW - Y)^2, at W = 0
    np.testing.assert_allclose(model.coefs_[0], -0.01 * slope, rtol=1e-10)
    assert model.loss_curve_ == [pytest.approx((Y**2).mean())]


# --- labels, thresholds, scores ----------------------------------------------------------------------------------


@pytest.mark.parametrize("labels", [["no", "yes"], [3, 7], [False, True], [-1.0, 1.0]])
def test_labels_of_any_type_come_back_as_they_were(labels: list) -> None:
    X, codes = rows()
    y = np.array(labels)[codes]
    for given in (y, pd.Series(y), y.tolist()):
        model = quick().fit(X, given)
        assert model.classes_.tolist() == labels and set(model.predict(X)) <= set(labels)
        assert model.score(X, given) == np.mean(model.predict(X) == y)
    assert quick().fit(X, pd.Series(y).astype("category")).classes_.tolist() == labels


def test_several_labels_at_once() -> None:
    X, Y = make_multilabel_classification(n_samples=120, n_classes=4, random_state=0)
    for loss in (None, "hinge"):
        model = quick(loss=loss, max_iter=150, optimizer="adam:lr=0.01").fit(StandardScaler().fit_transform(X), Y)
        x = StandardScaler().fit_transform(X)
        assert model.predict(x).shape == Y.shape and set(model.predict(x).ravel()) == {0, 1}
        np.testing.assert_array_equal(model.predict(x), model.decision_function(x) > 0)
        assert (model.predict(x) == Y).mean() > 0.85
    with pytest.raises(ValueError, match="use MultiOutputClassifier, or columns of 0 and 1"):
        quick().fit(X, Y + np.arange(4))
    with pytest.raises(ValueError, match=r"a multilabel target is .* of 0 and 1 only"):
        quick().fit(X, Y + 1)


@pytest.mark.parametrize(
    ("parameters", "probable"),
    [
        ({}, True),
        ({"loss": "cross_entropy"}, True),
        ({"loss": "squared_error", "output": "sigmoid"}, True),
        ({"loss": "hinge"}, False),
        ({"loss": "squared_error"}, False),
    ],
)
@pytest.mark.parametrize("classes", [2, 3])
def test_answers_agree_with_each_other_whatever_the_loss(parameters: dict, probable: bool, classes: int) -> None:
    X, y = IRIS[0][: 50 * classes], IRIS[1][: 50 * classes]
    model = quick(max_iter=150, optimizer="adam:lr=0.03", **parameters)
    assert hasattr(model, "predict_proba") is probable
    assert hasattr(model.fit(X, y), "predict_proba") is probable
    d = model.decision_function(X)
    np.testing.assert_array_equal(model.predict(X), (d > 0) if classes == 2 else d.argmax(axis=1))
    if probable:
        p = model.predict_proba(X)
        np.testing.assert_allclose(p.sum(axis=1), 1)
        np.testing.assert_array_equal(model.predict(X), p.argmax(axis=1))
        np.testing.assert_allclose(model.predict_log_proba(X), np.log(p))
    assert model.score(X, y) > 0.85


@pytest.mark.slow
def test_balanced_labels_are_counted_among_training_rows_with_their_weights() -> None:
    X, Y = make_multilabel_classification(90, n_classes=3, random_state=1)
    weight = np.random.default_rng(0).integers(1, 4, 60)
    repeated = np.repeat(np.arange(60), weight)
    factors = np.empty(60)
    factors[repeated] = compute_sample_weight("balanced", Y[repeated])  # those of the rows, written out
    exact = {"hidden_layer_sizes": (), "optimizer": EXACT, "max_iter": 500, "l2": 0.01}
    truth = quick(**exact).fit(X[:60], Y[:60], weight * factors)
    for validation in ({}, {"X_val": X[60:], "y_val": Y[60:]}, {"X_val": X[60:], "y_val": 0 * Y[60:]}):
        ours = quick(**exact, class_weight="balanced").fit(X[:60], Y[:60], weight, **validation)
        np.testing.assert_allclose(ours.coefs_[0], truth.coefs_[0], atol=1e-4)


@pytest.mark.parametrize("threshold", [50, 2, -0.1, float("nan"), "a", True])
def test_a_threshold_is_a_probability(threshold: object) -> None:
    X, y = rows()
    with pytest.raises(ValueError, match=re.escape(f"a number from 0 to 1, not {threshold!r}")):
        quick().fit(X, y).predict(X, threshold=threshold)
    with pytest.raises(ValueError, match="a network trained with hinge has none: see decision_function"):
        quick(loss="hinge").fit(X, y).predict(X, threshold=0.5)


def test_a_threshold_moves_the_line_between_two_classes() -> None:
    X, y = rows()
    model = quick(max_iter=40).fit(X, np.array(["no", "yes"])[y])
    np.testing.assert_array_equal(model.predict(X, threshold=0.5), model.predict(X))
    np.testing.assert_array_equal(model.predict(X, threshold=0.9) == "yes", model.predict_proba(X)[:, 1] >= 0.9)
    fixed = FixedThresholdClassifier(model, threshold=0.9, pos_label="yes").fit(X, np.array(["no", "yes"])[y])
    np.testing.assert_array_equal(fixed.predict(X), fixed.estimator_.predict(X, threshold=0.9))
    with pytest.raises(ValueError, match="a threshold is for two classes or several labels; there are 3 classes"):
        quick().fit(*IRIS).predict(IRIS[0], threshold=0.3)


def test_one_class_is_refused() -> None:
    X, _ = rows()
    with pytest.raises(ValueError, match="every row has the class 1: with one class there is nothing to tell apart"):
        quick().fit(X, np.ones(60, int))


@pytest.mark.parametrize("parameters", [{}, {"class_weight": "balanced"}, {"class_weight": {0: 2.0, 1: 1.0, 2: 1.0}}])
@pytest.mark.parametrize("labels", [[0, 1], ["no", "yes"], [0, 1, 2]])
def test_classes_are_those_of_y_whatever_the_weights(labels: list, parameters: dict) -> None:
    if len(labels) == 2 and isinstance(parameters.get("class_weight"), dict):
        parameters = {"class_weight": {labels[0]: 0.0, labels[1]: 1.0}}
    X, y = rows()
    y = np.array(labels)[np.arange(60) % len(labels)]
    net = quick(**parameters).fit(X, y, sample_weight=(y == labels[1]).astype(float))
    assert net.classes_.tolist() == labels and net.predict_proba(X).shape == (60, len(labels))


def test_bagging_of_few_positives_never_lacks_a_class() -> None:
    X = np.random.default_rng(0).normal(size=(100, 3))
    y = (np.arange(100) < 3).astype(int)
    for seed in range(8):
        bag = BaggingClassifier(quick(), 10, random_state=seed).fit(X, y)
        assert {tuple(one.classes_) for one in bag.estimators_} == {(0, 1)}


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame, sp.csr_array, lambda y: y.astype(bool)])
def test_classes_written_one_hot_get_a_remark(classes: int, kind: Any) -> None:
    X, _ = rows()
    one_hot = np.eye(classes)[np.arange(60) % classes]
    with pytest.warns(UserWarning, match=f"{classes} columns with exactly one 1 .* y.argmax") as caught:
        quick().fit(X, kind(one_hot))
    assert caught[0].filename == __file__

    def one_hot_rows():
        """Classes, one column each."""
        return Dataset(X, one_hot)

    training = run(Experiment(one_hot_rows, epochs=0))
    assert any("y.argmax(axis=1)" in remark for remark in training.remarks)


def test_several_labels_get_no_remark() -> None:
    X, _ = rows()
    Y = (X[:, :3] > 0).astype(int)
    assert quick().fit(X, Y).n_outputs_ == 3 and quick().fit(X[:3], np.eye(3)).n_outputs_ == 3


@pytest.mark.parametrize("loss", [part.name for part in Catalog.discover().parts("loss")])
def test_tags_say_what_the_loss_takes(loss: str) -> None:
    X, _ = rows()
    tags = get_tags(quick(loss=loss)).classifier_tags
    for tag, y in ((tags.multi_label, (X[:, :3] > 0).astype(int)), (tags.multi_class, np.arange(60) % 3)):
        if tag:
            quick(loss=loss).fit(X, y)
        else:
            with pytest.raises(ValueError, match=loss):
                quick(loss=loss).fit(X, y)


# --- in scikit-learn's company -----------------------------------------------------------------------------------

GRID = """
import json
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from glassnet import GlassClassifier

if __name__ == "__main__":
    X, y = load_iris(return_X_y=True)
    net = GlassClassifier((6,), max_iter=5, n_iter_no_change=None, random_state=0, l2=0.001)
    grid = GridSearchCV(
        Pipeline([("scale", StandardScaler()), ("net", net)]),
        {"net__activation": ["relu", "stranger:scale=0.5", "tanh"], "net__optimizer": ["adam", "rmsprop"]},
        n_jobs=2, cv=2, error_score="raise",
    ).fit(X, y)
    print(len(grid.cv_results_["params"]), json.dumps(grid.best_params_))
"""


@pytest.mark.slow
def test_a_grid_over_parts_finds_guests_in_its_worker_processes(tmp_path: Path) -> None:
    write_good(tmp_path, "glassnet-stranger", "stranger")
    done = python(GRID, tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.match(r'6 \{"net__activation": "\w+[^"]*", "net__optimizer": "\w+"\}', done.stdout)


def test_a_grid_over_widths_and_numpys_numbers() -> None:
    over = {"hidden_layer_sizes": [(), (4,), (4, 3), 5], "l2": np.logspace(-4, -2, 2), "batch_size": np.array([16, 32])}
    grid = GridSearchCV(quick(max_iter=2), over, cv=2, error_score="raise").fit(*IRIS)
    assert len(grid.cv_results_["params"]) == 16
    assert grid.best_estimator_.n_layers_ == len(np.atleast_1d(grid.best_params_["hidden_layer_sizes"])) + 2


def test_columns_of_a_data_frame_keep_their_names() -> None:
    frame = load_iris(as_frame=True)
    model = quick().fit(frame.data, frame.target)
    assert model.feature_names_in_.tolist() == list(frame.data.columns) == list(model.model_.features.names)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame.data[frame.data.columns[::-1]])
    with config_context(transform_output="pandas"):
        pipeline = make_pipeline(StandardScaler(), quick()).fit(frame.data, frame.target)
    assert pipeline[-1].feature_names_in_.tolist() == list(frame.data.columns)


def test_text_columns_are_refused_with_the_way_out_and_the_way_out_works() -> None:
    X, y = rows()
    frame = pd.DataFrame(X[:, :2], columns=["length", "weight"]).assign(colour=np.where(X[:, 2] > 0, "red", "blue"))
    with pytest.raises(ValueError, match=r"column 'colour': text, and a network computes with numbers.*OneHotEncoder"):
        quick().fit(frame, y)
    columns = make_column_transformer((OneHotEncoder(), ["colour"]), remainder=StandardScaler())
    assert make_pipeline(columns, quick(max_iter=60, optimizer="adam:lr=0.03")).fit(frame, y).score(frame, y) > 0.8
    with pytest.raises(ValueError, match="NaN"):
        quick().fit(frame[["length"]].mask(frame["length"] > 1), y)


def test_weights_and_validation_rows_are_routed_through_a_pipeline() -> None:
    X, y = rows(80)
    weight = np.where(y == 1, 2.0, 1.0)
    with config_context(enable_metadata_routing=True):
        net = quick().set_fit_request(sample_weight=True, X_val=True, y_val=True)
        scale = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = Pipeline([("scale", scale), ("net", net)], transform_input=["X_val"])
        pipeline.fit(X[:60], y[:60], sample_weight=weight[:60], X_val=X[60:], y_val=y[60:])
    scaler = StandardScaler().fit(X[:60])
    alone = quick().fit(scaler.transform(X[:60]), y[:60], weight[:60], scaler.transform(X[60:]), y[60:])
    np.testing.assert_array_equal(alone.coefs_[0], pipeline[-1].coefs_[0])
    assert alone.validation_curve_ == pipeline[-1].validation_curve_


def test_parameters_are_only_kept_and_a_clone_has_them_all() -> None:
    model = GlassClassifier([5, 4], [bend, "tanh"], loss="no such loss", batch_size=-1, class_weight={0: 2})
    assert clone(model).get_params() == model.get_params()
    assert "activation=[<function bend" in repr(model)
    assert set(GlassRegressor().get_params()) == set(GlassClassifier().get_params()) - {"class_weight"}
    names = "hidden_layer_sizes batch_size max_iter early_stopping validation_fraction tol n_iter_no_change warm_start"
    peer, ours = MLPClassifier().get_params(), GlassClassifier().get_params()
    assert {name: ours[name] for name in names.split()} == {name: peer[name] for name in names.split()}


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"activation": "rellu"}, "there is no activation 'rellu'. Did you mean 'relu'?"),
        ({"optimizer": "adam:rate=1"}, "glassnet/adam has no option 'rate'"),
        ({"hidden_layer_sizes": (0,)}, "hidden_layer_sizes wants widths of at least 1"),
        ({"l2": -1}, "l2 must be at least 0, not -1"),
        ({"dropout": 1.5}, "dropout must be at least 0 and below 1, not 1.5"),
        ({"max_iter": 0}, "max_iter must be at least 1, not 0"),
        ({"batch_size": 0}, "batch_size must be at least 1 or full, not 0"),
        ({"optimizer": "lbfgs", "dropout": 0.5}, "lbfgs looks at all rows at once and chooses its own steps: leave"),
        ({"early_stopping": True, "validation_fraction": 0}, "early_stopping needs rows to look at"),
        ({"early_stopping": True, "monitor": "acuracy"}, "monitor 'acuracy' is unknown. Did you mean 'accuracy'?"),
    ],
)  # fmt: skip
def test_what_is_refused_is_said_in_the_names_of_parameters(parameters: dict, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        quick(**parameters).fit(*IRIS)
    assert "--" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_loss_for_classes_sends_numbers_to_the_classifier() -> None:
    with pytest.raises(GlassnetError, match=r"cross_entropy is for classes .* \(or GlassClassifier, if each number"):
        quick_numbers(loss="cross_entropy").fit(*DIABETES)


def test_divergence_is_an_error_with_a_way_out_and_leaves_the_last_good_weights() -> None:
    X, y = rows()
    model = GlassRegressor((8,), optimizer="sgd:lr=1e5", batch_size=5, random_state=0)
    with pytest.raises(
        ValueError, match=r"training diverged in epoch 1 at step \d+: .*clip_norm=1, or inputs"
    ) as caught:
        model.fit(X, y)
    assert isinstance(caught.value, Diverged) and "a StandardScaler before it" in str(caught.value)
    assert model.stopped_.startswith("diverged: ") and "--" not in model.stopped_
    assert model.n_iter_ == 0 and np.isfinite(model.predict(X)).all()


def test_an_interrupt_keeps_the_epochs_that_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    from glassnet.estimators import fitting

    def press_the_key(epoch) -> None:
        if epoch.number == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(fitting, "say", press_the_key)
    model = quick(verbose=True, max_iter=50)
    with pytest.raises(KeyboardInterrupt):
        model.fit(*IRIS)
    assert model.n_iter_ == 3 and model.stopped_ == "interrupted" and model.predict(IRIS[0]).shape == (150,)


def test_running_out_of_epochs_is_a_warning_that_can_be_declined() -> None:
    with pytest.warns(ConvergenceWarning, match="all 3 epochs of max_iter were done.*n_iter_no_change=None"):
        GlassClassifier((4,), max_iter=3).fit(*IRIS)
    assert quick(max_iter=3).fit(*IRIS).stopped_ == "all 3 epochs"


def test_what_changes_between_warm_starts_counts_and_what_cannot_change_is_refused() -> None:
    X, y = IRIS
    model = quick(warm_start=True, optimizer="adam:lr=0.05").fit(X, y)
    slow = copy.deepcopy(model).set_params(optimizer="adam:lr=1e-9").fit(X, y)
    np.testing.assert_allclose(slow.coefs_[0], model.coefs_[0], atol=1e-6)
    other = copy.deepcopy(model).set_params(optimizer="rmsprop").fit(X, y)
    assert len(other.loss_curve_) == 10 and not np.allclose(other.coefs_[0], model.coefs_[0], atol=1e-3)
    with pytest.raises(ValueError, match="widths 4, 8, 3 can't go on as one of 4, 9, 3: leave hidden_layer_sizes"):
        copy.deepcopy(model).set_params(hidden_layer_sizes=(9,)).fit(X, y)
    with pytest.raises(ValueError, match=r"y of shape .* is not|y holds"):
        copy.deepcopy(model).fit(X, y + 1)
    solver = quick(optimizer="lbfgs", warm_start=True, max_iter=3).fit(X, y)
    losses = solver.fit(X, y).loss_curve_
    assert solver.n_iter_ == 3 and len(losses) == 6 and losses[3] < losses[2]  # it went on, and did not go back


@pytest.mark.parametrize("optimizer", ["adam", "momentum", "rmsprop", "lbfgs", "lbfgs:memory=3"])
@pytest.mark.parametrize("by_file", [False, True])
def test_twenty_fits_of_one_epoch_are_one_of_twenty(optimizer: str, by_file: bool, tmp_path: Path) -> None:
    X, y = rows()
    given: dict[str, Any] = {"optimizer": optimizer, "n_iter_no_change": None, "random_state": 0}
    whole = GlassRegressor((8,), max_iter=20, **given).fit(X, y)
    steps = GlassRegressor((8,), max_iter=1, warm_start=True, **given)
    for _ in range(20):
        steps.fit(X, y)
        assert steps.n_iter_ == 1
        if by_file:
            glassnet.save(steps, tmp_path / "kept.npz")
            steps = glassnet.load(tmp_path / "kept.npz")
    np.testing.assert_array_equal(steps.loss_curve_, whole.loss_curve_)


@pytest.mark.parametrize(
    ("X", "y", "given"),
    [
        (np.vander(np.linspace(0, 1, 60), 8)[:, :-1].astype(np.float32), np.sin(6 * np.linspace(0, 1, 60)), {}),
        (np.vander(np.linspace(0, 2, 50), 6)[:, :-1].astype(np.float32), np.linspace(-1, 1, 50) ** 3, {"l2": 0.0}),
        (np.arange(40, dtype=np.float32)[:, None], np.sqrt(np.arange(40)), {"hidden_layer_sizes": (5,)}),
    ],
)
def test_a_solver_that_gave_up_is_not_told_as_one_that_converged(X: Any, y: Any, given: dict[str, Any]) -> None:
    parameters = {"hidden_layer_sizes": (), "optimizer": "lbfgs:tolerance=1e-12", "max_iter": 5000, "random_state": 0}
    with pytest.warns(ConvergenceWarning, match="without converging: no step lowers the loss, though a slope is still"):
        model = GlassRegressor(**(parameters | given)).fit(X, y)
    assert "without converging" in model.stopped_
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = GlassRegressor(**(parameters | given | {"optimizer": "lbfgs:tolerance=0.01"})).fit(X, y)
    assert found.stopped_.endswith("it converged")


@pytest.mark.parametrize("output", ["sigmoid", "tanh", "relu", None])
@pytest.mark.parametrize("unit", [1.0, 0.3])
def test_a_bounded_output_learns_shares_as_well_as_a_plain_one(output: str | None, unit: float) -> None:
    X = np.random.default_rng(0).normal(size=(400, 1))
    y = unit / (1 + np.exp(-2 * X[:, 0]))
    model = GlassRegressor((10,), output=output, optimizer="adam:lr=0.005", max_iter=1000, l2=0, random_state=0)
    assert model.fit(X, y).score(X, y) > 0.95


def test_single_precision_predicts_single_precision_where_it_holds_the_units() -> None:
    X, y = rows()
    single = X.astype(np.float32)
    for target, wanted in ((y, np.float32), (np.column_stack([y, -y]), np.float32), (y * 1e100, np.float64)):
        model = GlassRegressor((4,), max_iter=2, n_iter_no_change=None, random_state=0).fit(single, target)
        predicted = model.predict(single)
        assert predicted.dtype == wanted and np.isfinite(predicted).all()
    assert quick().fit(*IRIS).predict_proba(IRIS[0].astype(np.float32)).dtype == np.float64


def test_random_states_are_those_of_scikit_learn() -> None:
    X, y = rows()
    same = [quick(random_state=one).fit(X, y).coefs_[0] for one in (7, np.int64(7))]
    np.testing.assert_array_equal(*same)
    drawn = [quick(random_state=np.random.RandomState(0)).fit(X, y).coefs_[0] for _ in range(2)]
    np.testing.assert_array_equal(*drawn)
    state = np.random.RandomState(0)
    assert not np.array_equal(
        quick(random_state=state).fit(X, y).coefs_[0], quick(random_state=state).fit(X, y).coefs_[0]
    )
    free = [quick(random_state=None).fit(X, y).coefs_[0] for _ in range(2)]
    assert not np.array_equal(*free)


def test_single_precision_stays_single() -> None:
    X, y = rows()
    model = quick().fit(X.astype(np.float32), y)
    assert model.coefs_[0].dtype == model.predict_proba(X).dtype == np.float32
    assert quick().fit(X.astype(np.float32), y, X_val=X, y_val=y).coefs_[0].dtype == np.float32
    model.set_params(warm_start=True).fit(X, y)
    assert model.coefs_[0].dtype == np.float32 and quick().fit(X, y).coefs_[0].dtype == np.float64


@pytest.mark.slow
def test_predictions_from_several_threads_do_not_disturb_each_other() -> None:
    from concurrent.futures import ThreadPoolExecutor

    X = np.random.default_rng(0).standard_normal((400, 64))
    model = quick(hidden_layer_sizes=(200, 200)).fit(X, (X[:, 0] > 0).astype(int))
    parts = [X[start : start + 200] for start in range(0, 200, 5)]
    alone = [model.predict_proba(part) for part in parts]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            for one, other in zip(alone, pool.map(model.predict_proba, parts), strict=True):
                np.testing.assert_array_equal(one, other)


def test_copies_are_independent_and_forget_the_rows() -> None:
    X, y = np.random.default_rng(0).standard_normal((5000, 40)), np.arange(5000) % 3
    model = quick().fit(X, y)
    text = pickle.dumps(model)
    assert len(text) < X.nbytes / 10  # neither the rows nor their copies are kept
    for other in (pickle.loads(text), copy.deepcopy(model), copy.copy(model)):
        before = model.coefs_[0]
        np.testing.assert_array_equal(other.predict_proba(X[:5]), model.predict_proba(X[:5]))
        pd.testing.assert_frame_equal(other.history_, model.history_)
        other.partial_fit(X, y)
        np.testing.assert_array_equal(model.coefs_[0], before)


def test_a_function_in_place_of_a_phrase_travels_by_pickle() -> None:
    X, y = rows()
    model = quick(activation=[bend]).fit(X, y)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict_proba(X), model.predict_proba(X))


def test_what_a_fit_shows_is_not_there_before_it() -> None:
    model = GlassClassifier()
    for name in (
        "history_",
        "loss_curve_",
        "validation_curve_",
        "coefs_",
        "intercepts_",
        "n_iter_",
        "model_",
        "classes_",
    ):
        assert not hasattr(model, name)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        _ = model.coefs_
    model = quick().fit(*IRIS)
    assert list(model.history_.columns[:4]) == ["epoch", "step", "loss", "validation_loss"]
    assert model.history_["loss"].tolist() == model.loss_curve_ and model.n_iter_ == len(model.loss_curve_) == 5
    assert (model.n_outputs_, model.n_layers_, model.n_features_in_) == (3, 3, 4)


def test_verbose_writes_a_line_an_epoch_and_silence_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    X, y = rows(80)
    quick().fit(X, y)
    assert capsys.readouterr().out == ""
    quick(verbose=True, max_iter=2).fit(X[:60], y[:60], X_val=X[60:], y_val=y[60:])
    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"epoch 1: loss \d\.\d+, validation loss \d\.\d+, validation accuracy \d\.\d+", first)
    assert second.startswith("epoch 2: ")


def test_a_notebook_shows_parameters_layers_and_scores_escaped() -> None:
    before = GlassClassifier((4,))._repr_html_()
    assert "hidden_layer_sizes" in before and "<table style" not in before
    model = quick(activation="tanh").fit(*IRIS)
    model._fitted.progress.stopped = "<script>alert(1)</script>"
    page = model._repr_mimebundle_()["text/html"]
    assert page.endswith(model._repr_html_()[-200:])
    assert ">4 → 8<" in page and ">8 → 3<" in page and ">tanh<" in page and ">67<" in page  # 4*8 + 8 + 8*3 + 3
    assert "5 epochs, training loss" in page and "train accuracy" in page
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert "Glass" in make_pipeline(StandardScaler(), model)._repr_html_()
    with config_context(display="text"):
        assert not hasattr(model, "_repr_html_") and "text/html" not in model._repr_mimebundle_()


# --- figures of the course documents -------------------------------------------------------------------------------


SEEDS = 3 if SOAK else 1  # of what trains for seconds


def mean_score(rows: list[np.ndarray], seeds: int = 3, **parameters: object) -> float:
    train, test, t, u = rows
    fits = [quick(random_state=seed, **parameters).fit(train, t) for seed in range(seeds)]
    return float(np.mean([one.score(test, u) for one in fits]))


def test_digits_are_read_as_well_as_the_documents_say() -> None:
    X, y = load_digits(return_X_y=True)
    parts = train_test_split(X / 16, y, test_size=0.2, random_state=42)
    assert mean_score(parts, hidden_layer_sizes=(50,), max_iter=50, l2=1e-4 / 200) >= 0.94


def published(name: str, factor: float = 1.0) -> list[np.ndarray]:
    """The documents' split of a published data set: training rows, test rows, and the targets of both."""
    data = Catalog.discover(guests=False).find("dataset", name).build(rng=np.random.default_rng(0))
    return train_test_split(data.X * factor, data.y, test_size=0.2, random_state=42)


@pytest.mark.slow
@pytest.mark.needs_mirror
@pytest.mark.skipif(not SOAK, reason="make soak trains for that long")
def test_house_prices_come_as_near_as_the_documents_say() -> None:
    train, test, t, u = published("california_housing")
    errors = []
    for seed in range(3):
        network = GlassRegressor(
            (100, 50), batch_size=32, l2=1e-3 / 32, max_iter=100, early_stopping=True, random_state=seed
        )
        model = make_pipeline(StandardScaler(), network).fit(train, t)
        errors.append(root_mean_squared_error(u, model.predict(test)))
    assert np.mean(errors) <= 0.535


@pytest.mark.slow
@pytest.mark.needs_mirror
def test_red_and_white_wine_are_told_apart_as_the_documents_say() -> None:
    train, test, t, u = published("wine_quality")
    scale = MinMaxScaler().fit(train)
    given = {"hidden_layer_sizes": (100, 50), "l2": 1e-4 / 200, "max_iter": 500, "n_iter_no_change": 10}
    assert mean_score([scale.transform(train), scale.transform(test), t, u], SEEDS, **given) >= 0.990


@pytest.mark.slow
@pytest.mark.needs_mirror
def test_mnist_is_read_as_well_as_the_documents_say() -> None:
    given = {"hidden_layer_sizes": (128, 64), "batch_size": 64, "l2": 1e-4 / 64, "max_iter": 20}
    assert 0.945 <= mean_score(published("mnist_10k", np.float32(1 / 255)), SEEDS, **given) <= 0.965


@pytest.mark.slow
@pytest.mark.needs_mirror
@pytest.mark.skipif(not SOAK, reason="make soak trains for that long")
def test_solvers_come_in_the_documents_order_on_mnist() -> None:
    train, test, t, u = published("mnist_10k", np.float32(1 / 255))
    parts = [train[:2000], test, t[:2000], u]
    given = {"hidden_layer_sizes": (50,), "max_iter": 50}
    adam = mean_score(parts, optimizer="adam", l2=1e-4 / 200, **given)
    lbfgs = mean_score(parts, optimizer="lbfgs", l2=1e-4 / 2000, **given)
    sgd = mean_score(parts, optimizer="nesterov:lr=0.001", l2=1e-4 / 200, **given)  # what scikit-learn calls sgd
    assert adam > lbfgs > sgd
    assert adam == pytest.approx(0.900, abs=0.015) and sgd == pytest.approx(0.833, abs=0.03)


# --- targets that can't be learned, in words --------------------------------------------------------------------

ROWS_ = np.random.default_rng(0).normal(size=(40, 3))
SIGNS = (ROWS_[:, 0] > 0).astype(int)


@pytest.mark.parametrize(
    ("kind", "y", "words"),
    [
        (GlassClassifier, SIGNS[:10], r"inconsistent numbers of samples: \[40, 10\]"),
        (GlassRegressor, SIGNS[:10], r"inconsistent numbers of samples: \[40, 10\]"),
        (GlassClassifier, np.repeat(SIGNS, 2), r"inconsistent numbers of samples: \[40, 80\]"),
        (GlassRegressor, np.array(["low", "high"])[SIGNS], "holds text, '(low|high)' first at number 0"),
        (GlassRegressor, pd.Series(["1.5"] * 39 + ["n/a"]), "holds text, 'n/a' first at number 39"),
        (GlassRegressor, [*map(float, SIGNS[:39]), None], "value number 39 is None|NaN"),
        (GlassRegressor, pd.Series(pd.date_range("2020", periods=40)), "holds dates"),
        (GlassClassifier, np.array([None, *SIGNS[1:]], dtype=object), "value number 0 is a gap"),
        (GlassClassifier, np.array([*"ab" * 19, "a", np.nan], dtype=object), "value number 39 is a gap"),
    ],
)
def test_a_target_that_can_not_be_learned_is_refused_in_words(kind: type, y: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        kind((3,), max_iter=2).fit(ROWS_, y)


def test_columns_of_mixed_classes_are_refused_in_words() -> None:
    two = pd.DataFrame({"sign": SIGNS, "word": np.array(["low", "high"])[SIGNS]})
    with pytest.raises(ValueError, match="several columns of classes"):
        GlassClassifier((3,), max_iter=2).fit(ROWS_, two)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_inputs_of_text_are_named_whatever_library_the_table_is_of(library: str) -> None:
    table = pytest.importorskip(library).DataFrame({"size": ROWS_[:, 0], "town": np.array(["Ulm", "Bonn"])[SIGNS]})
    with pytest.raises(ValueError, match="column 'town': text, and a network computes with numbers"):
        GlassClassifier((3,), max_iter=2).fit(table, SIGNS)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_inputs_of_dates_are_named_with_what_to_give(library: str) -> None:
    days = np.array(["2024-05-01", "2024-06-01"], dtype="datetime64[ns]")[SIGNS]
    table = pytest.importorskip(library).DataFrame({"size": ROWS_[:, 0], "day": days})
    with pytest.raises(ValueError, match=r"column 'day': dates, .* Give the days since the first of them"):
        GlassClassifier((3,), max_iter=2).fit(table, SIGNS)


def test_a_table_that_is_not_read_yet_is_named_with_what_to_give() -> None:
    lazy = pytest.importorskip("polars").LazyFrame({"size": ROWS_[:, 0]})
    with pytest.raises(ValueError, match=r"X is a LazyFrame, which holds no rows yet: give X.collect\(\)"):
        GlassClassifier((3,), max_iter=2).fit(lazy, SIGNS)


def test_numbers_that_are_written_as_text_are_numbers() -> None:
    assert GlassRegressor((3,), max_iter=2, n_iter_no_change=None).fit(ROWS_, SIGNS.astype(str)).n_iter_ == 2


def test_an_array_that_passes_by_the_checks_is_answered_and_refused_as_any_other() -> None:
    X, y = load_iris(return_X_y=True)
    net = GlassClassifier((4,), max_iter=2, n_iter_no_change=None, random_state=0).fit(X, y)
    for rows in (X, X[::-3], np.asfortranarray(X), X[:1]):
        assert (net.predict_proba(rows) == net.predict_proba(rows.tolist())).all()
    assert np.allclose(net.predict_proba(X.astype(np.float32)), net.predict_proba(X), atol=1e-5)
    largest = np.full((150, 4), 1e306)  # finite, and their sum is not
    assert (net.predict(largest) == net.predict(largest.tolist())).all()
    for wrong, words in (
        (np.full((1, 4), np.nan), "contains NaN"), (np.full((1, 4), np.inf), "infinity"), (X[:, :3], "3 features"),
        (X[0], "1D array"), (X[:0], "0 sample"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            net.predict(wrong)


def test_a_short_fit_is_told_to_go_on_and_no_rate_is_tried_for_it() -> None:
    X, y = load_iris(return_X_y=True)
    with pytest.warns(ConvergenceWarning, match="It needs more epochs: max_iter=2") as told:
        GlassClassifier((4,), max_iter=1, optimizer="adam:lr=1e-6", random_state=0).fit(X, y)
    assert "trial" not in str(told[0].message)
