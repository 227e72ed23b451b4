"""Looking into a fitted estimator: pictures, summary, trace, page and diagnosis, alone or at the end of a pipeline."""

from __future__ import annotations

import pickle
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.calibration import CalibrationDisplay
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.ensemble import BaggingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.inspection import DecisionBoundaryDisplay, PartialDependenceDisplay, permutation_importance
from sklearn.metrics import (
    ConfusionMatrixDisplay,
    PrecisionRecallDisplay,
    PredictionErrorDisplay,
    RocCurveDisplay,
    confusion_matrix,
)
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import glassnet
from glassnet import GlassClassifier, GlassnetError, GlassRegressor, explain, plot, report, summary, trace


def few(**words: Any) -> GlassClassifier:
    return GlassClassifier((8,), max_iter=30, random_state=0, n_iter_no_change=None, **words)


@pytest.fixture(scope="module")
def wine() -> tuple[pd.DataFrame, pd.Series]:
    return load_wine(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def fitted(wine: tuple) -> Any:
    return make_pipeline(StandardScaler(), few()).fit(*wine)


def test_a_pipeline_is_looked_into_with_the_names_of_its_columns(wine: tuple, fitted: Any) -> None:
    X, y = wine
    run = fitted[-1].as_run()
    assert np.array_equal(run.answers()[0], fitted.predict(X))
    drawn = plot(fitted, "confusion_matrix")
    cells = [text.get_text() for text in drawn.axes[0].texts]
    assert [int(cell.split()[0]) for cell in cells] == confusion_matrix(y, fitted.predict(X)).ravel().tolist()
    importance = plot(fitted, "permutation_importance")
    shown = {label.get_text() for axes in importance.axes for label in axes.get_yticklabels()}
    assert {"proline", "flavanoids"} <= shown
    assert summary(fitted).parameters == sum(W.size for W in fitted[-1].coefs_) + sum(
        b.size for b in fitted[-1].intercepts_
    )


@pytest.mark.parametrize("what", ["loss", "metrics", "class_report", "signals", "learning_rate_range", "first_layer"])
def test_pictures_of_a_run_are_pictures_of_a_fit(fitted: Any, what: str) -> None:
    assert plot(fitted, what).get_suptitle()


def test_a_trace_of_a_fit_has_the_numbers_of_its_rows(wine: tuple, fitted: Any) -> None:
    seen = trace(fitted, rows=[3])
    scaled = fitted[0].transform(wine[0])[3]
    assert seen.title.startswith("GlassClassifier: 13-8-3")
    assert f"{scaled[0]:.4g}"[:5] in seen.to_html(digits=4)


def test_the_page_of_a_fit_is_written_once(fitted: Any, tmp_path: Path) -> None:
    path = report(fitted, tmp_path / "clf.html")
    text = path.read_text()
    assert "GlassClassifier" in text and "<function" not in text
    with pytest.raises(GlassnetError, match="exists already"):
        report(fitted, path)
    assert "side by side" in report([fitted, fitted], tmp_path / "two.html").read_text()


def test_searches_and_targets_that_are_transformed_end_in_an_estimator_too(wine: tuple) -> None:
    search = GridSearchCV(make_pipeline(StandardScaler(), few()), {"glassclassifier__l2": [0.0, 0.1]}, cv=2).fit(*wine)
    assert summary(search).parameters == 139
    X, y = load_diabetes(return_X_y=True)
    scaled = TransformedTargetRegressor(
        GlassRegressor((4,), max_iter=5, n_iter_no_change=None), transformer=StandardScaler()
    )
    assert "4" in str(summary(scaled.fit(X, y)))


def test_explain_speaks_of_parameters(wine: tuple) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = explain(GlassClassifier(random_state=0).fit(*wine))
        assert next(iter(found)).name == "inputs not scaled"
        assert "Try make_pipeline(StandardScaler(), ...)" in str(found) and "--" not in str(found)
        scaled = StandardScaler().fit_transform(wine[0])
        strong = explain(few(l2=100.0).fit(scaled, wine[1]))
    first = next(iter(strong))
    assert first.name == "penalty too strong" and "l2=" in first.what_to_try and "--l2" not in first.what_to_try
    assert "<table" in strong._repr_html_()


def test_what_is_no_fit_is_refused_in_words(fitted: Any) -> None:
    with pytest.raises(GlassnetError, match=r"not fitted yet: call fit\(X, y\) first"):
        explain(GlassClassifier())
    with pytest.raises(GlassnetError, match=r"explain wants a run .* not a StandardScaler"):
        explain(StandardScaler())
    with pytest.raises(GlassnetError, match=r"fit it\s+again in this process"):
        plot(pickle.loads(pickle.dumps(fitted)), "confusion_matrix")


def test_rows_are_neither_copied_nor_pickled(wine: tuple) -> None:
    X = StandardScaler().fit_transform(wine[0])
    wide = np.ascontiguousarray(np.tile(X, (200, 1)))
    model = few().set_params(max_iter=1).fit(wide, np.tile(wine[1], 200))
    assert model._fitted.given.dataset.X is wide
    assert len(pickle.dumps(model)) < 30_000
    assert not hasattr(clone(model), "_fitted")


def test_whatever_a_fit_was_given_is_looked_into() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((90, 3)), rng.integers(0, 2, 90)
    parts = few()
    for _ in range(2):
        parts.partial_fit(X, y, classes=[0, 1])
    fits = [
        parts,
        few().fit(csr_array(X), y),
        few().fit(X, np.column_stack([y, 1 - y, y])),
        few().fit(X, np.array(["no", "yes"])[y], sample_weight=rng.random(90)),
        few().fit(X, y, X_val=X[:20], y_val=y[:20]),
        few(early_stopping=True).fit(X, y),
        GlassRegressor((), optimizer="lbfgs", max_iter=60).fit(X, X[:, :2]),
    ]
    for fit in fits:
        assert str(explain(fit)).startswith(type(fit).__name__)
        assert plot(fit).get_suptitle() and summary(fit).parameters and trace(fit, [1]).steps


def test_many_networks_in_one_are_refused_in_words() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((60, 2)), rng.integers(0, 2, 60)
    for many in (BaggingClassifier(few(), n_estimators=2), MultiOutputClassifier(few())):
        target = np.column_stack([y, 1 - y]) if isinstance(many, MultiOutputClassifier) else y
        with pytest.raises(GlassnetError, match=f"not an? {type(many).__name__}"):
            explain(many.fit(X, target))


# --- what ended too early ---------------------------------------------------------------------------------------


def warned(model: Any, X: Any, y: Any) -> str:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y)
    return " ".join(str(one.message) for one in caught if issubclass(one.category, ConvergenceWarning))


@pytest.mark.parametrize("load", [load_wine, load_breast_cancer])
@pytest.mark.parametrize("seed", [1, 2])
def test_raw_inputs_are_the_likely_cause(load: Any, seed: int) -> None:
    words = warned(GlassClassifier(random_state=seed), *load(return_X_y=True))
    cause = words.partition("likely cause")[2]
    assert "StandardScaler" in cause and "not on one scale" in cause
    assert "max_iter=" not in words or words.index("StandardScaler") < words.index("max_iter=")


@pytest.mark.parametrize(("load", "kind"), [(load_iris, GlassClassifier), (load_diabetes, GlassRegressor)])
def test_a_rate_that_crawls_is_the_likely_cause_and_the_one_that_is_told_does_better(load: Any, kind: Any) -> None:
    X, y = load(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    slow = kind((20,), optimizer="adam:lr=1e-6", max_iter=100, n_iter_no_change=200, random_state=0)
    words = warned(slow, X, y)
    assert "The likely cause is the rate" in words
    told = words.partition("optimizer='")[2].partition("'")[0]
    mended = clone(slow).set_params(optimizer=told, n_iter_no_change=None)
    assert mended.fit(X, y).score(X, y) > slow.score(X, y) + 0.1


def test_where_nothing_else_is_wrong_more_epochs_are_told(wine: tuple) -> None:
    X = StandardScaler().fit_transform(wine[0])
    short = GlassClassifier((8,), max_iter=30, optimizer="adam:lr=0.01", random_state=0)
    words = warned(short, X, wine[1])
    assert (
        "It needs more epochs: max_iter=" in words
        and "early_stopping=True" in words
        and "n_iter_no_change=None" in words
    )


# --- scikit-learn's own displays ------------------------------------------------------------------------------


def test_scikit_learns_displays_take_the_estimators(wine: tuple, fitted: Any) -> None:
    import matplotlib as mpl

    mpl.use("agg")
    X, y = wine
    assert ConfusionMatrixDisplay.from_estimator(fitted, X, y).confusion_matrix.sum() == len(y)
    assert PartialDependenceDisplay.from_estimator(fitted, X, ["proline"], target=0, grid_resolution=5).lines_.size
    assert permutation_importance(fitted, X, y, n_repeats=2, random_state=0).importances_mean.max() > 0
    X2, y2 = load_breast_cancer(return_X_y=True)
    two = make_pipeline(StandardScaler(), few(batch_size=16)).fit(X2[:, :2], y2)
    assert RocCurveDisplay.from_estimator(two, X2[:, :2], y2).roc_auc > 0.9
    assert PrecisionRecallDisplay.from_estimator(two, X2[:, :2], y2).average_precision > 0.9
    assert len(CalibrationDisplay.from_estimator(two, X2[:, :2], y2).prob_true)
    assert DecisionBoundaryDisplay.from_estimator(two, X2[:, :2], grid_resolution=10).response.shape == (10, 10)
    numbers = load_diabetes(return_X_y=True)
    model = GlassRegressor((8,), max_iter=10, n_iter_no_change=None, random_state=0).fit(*numbers)
    assert len(PredictionErrorDisplay.from_estimator(model, *numbers, subsample=None).y_pred) == 442
    import matplotlib.pyplot as plt

    plt.close("all")


def test_the_names_are_on_the_face() -> None:
    assert {"explain", "report", "Explanation"} <= set(dir(glassnet))


@pytest.mark.parametrize("optimizer", ["sgd:lr=1e-5", "adam:lr=1e-6", "sgd:lr=20"])
def test_a_fit_that_stalls_next_to_its_start_or_jumps_is_told_a_rate_that_does_better(optimizer: str) -> None:
    X, y = load_breast_cancer(return_X_y=True)
    model = make_pipeline(StandardScaler(), GlassClassifier((20,), optimizer=optimizer, random_state=0, max_iter=50))
    with pytest.warns(ConvergenceWarning, match="The likely cause") as told:
        model.fit(X, y)
    found = re.search(r"optimizer='(.*?)'", str(told[0].message))
    assert found
    better = clone(model).set_params(glassclassifier__optimizer=found[1], glassclassifier__n_iter_no_change=None)
    assert better.fit(X, y).score(X, y) > model.score(X, y) + 0.2


def test_a_name_of_the_table_is_guessed_among_those_of_the_pipeline() -> None:
    X, y = load_iris(return_X_y=True, as_frame=True)
    names = list(X)
    model = make_pipeline(ColumnTransformer([("scale", StandardScaler(), names)]), GlassClassifier((3,), max_iter=2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
    with pytest.raises(GlassnetError, match=f"fit GlassClassifier: .*did you mean 'scale__{re.escape(names[0])}'"):
        plot(model, f"decision_boundary:x={names[0]},y={names[1]}")
