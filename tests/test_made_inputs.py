"""Inputs that are made of others: as scikit-learn makes them, in the model, in programs, and refused in words."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.impute import SimpleImputer
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler

from glassnet import Dataset, Experiment, GlassnetError, Run, load, record, run, summary, trace
from glassnet.builtin.plots import dependence, inputs, values
from glassnet.catalog import Catalog
from glassnet.data import Features, read_features
from glassnet.data.sparse import Sparse
from glassnet.experiment import Training
from glassnet.exporting.tables import preparation

CATALOG = Catalog.discover(guests=False)
SMALL = Experiment("moons", hidden=(), features="products,squares", epochs=3)


def mixed(n: int = 60) -> pd.DataFrame:
    """Numbers with gaps and of very different size, text, dates, and a column that is constant."""
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"a": rng.normal(5, 1, n), "b": rng.normal(0, 1e3, n), "c": np.full(n, 2.0)})
    table.loc[::9, "a"] = np.nan
    table["word"] = rng.choice(["x", "y"], n)
    table["day"] = pd.date_range("2024-01-01", periods=n)
    return table


@pytest.mark.parametrize(("scale", "scaler"), [("standard", StandardScaler()), ("minmax", MinMaxScaler())])
def test_squares_and_products_are_those_of_scikit_learn(scale: str, scaler: object) -> None:
    table, rows = mixed(), np.arange(5, 45)
    features = Features.fit(table, rows, scale=scale, making=("squares", "products"))
    numbers = table[["a", "b", "c"]]
    truth = make_pipeline(SimpleImputer(), PolynomialFeatures(2, include_bias=False), scaler)
    truth.fit(numbers.iloc[rows])
    wanted = dict(zip(truth[1].get_feature_names_out(["a", "b", "c"]), truth.transform(numbers).T, strict=True))
    made = dict(zip(features.outputs, features.transform(table).T, strict=True))
    assert list(made)[-6:] == ["a^2", "b^2", "c^2", "a·b", "a·c", "b·c"] and "a missing" in made and "word=x" in made
    for name in list(made)[-6:]:
        np.testing.assert_allclose(made[name], wanted[name.replace("·", " ")], rtol=1e-9, atol=1e-9)


def test_sines_are_of_the_numbers_as_they_are() -> None:
    X = np.random.default_rng(2).uniform(-6, 6, (50, 2))
    features = Features.fit(X, scale="none", making=["sines"])
    assert features.outputs == ("column_1", "column_2", "sin column_1", "sin column_2")
    np.testing.assert_array_equal(features.transform(X), np.hstack([X, np.sin(X)]))
    assert list(features.account())[-1] == (
        "2 inputs made of 2 number columns before scaling: sin column_1, sin column_2."
    )


@pytest.mark.parametrize("scale", ["standard", "none"])
def test_what_is_made_of_a_changed_column_is_made_anew(scale: str) -> None:
    table = mixed()
    features = Features.fit(table, scale=scale, making=("squares", "products", "sines"))
    shuffled = table.assign(b=np.random.default_rng(3).permutation(table["b"]))
    prepared, wanted = features.transform(table), features.transform(shuffled)
    place = features.places["b"]
    prepared[:, place] = wanted[:, place]
    features.remake(prepared, place)
    np.testing.assert_allclose(prepared, wanted, rtol=1e-9, atol=1e-9)
    named = [[features.outputs[at] for at in of] for of in features.places.values()]
    assert named == [["a", "a missing"], ["b"], ["c"], ["word=x", "word=y"], ["day"]]
    assert [features.outputs[at] for at in features.made_of(place)] == ["b^2", "a·b", "b·c", "sin b"]
    assert features.made_of(features.places["day"]) == features.made_of(features.places["word"]) == []


class Answers(RegressorMixin, BaseEstimator):
    """The network of a run as the last step of a pipeline, with inputs in the order of `PolynomialFeatures`."""

    def __init__(self, of: Run | None = None) -> None:
        self.of = of

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Answers":
        self.fitted_ = True
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        squares_last = X[:, [0, 1, 2, 3, 6, 8, 4, 5, 7]]
        return self.of.trained.data.targets.numbers(self.of.trained.network.predict(squares_last)).ravel()


@pytest.fixture(scope="module")
def bent() -> tuple[Run, object, np.ndarray]:
    """A run on inputs that are made of three, the pipeline of scikit-learn that is the same, and its rows."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3)) * [1, 10, 0.1] + [0, 5, 1]
    bent = Dataset(X, X[:, 0] ** 2 + X[:, 0] * X[:, 1] / 5 + X[:, 2], "regression")
    words = Experiment("bent", hidden=(6,), features="squares,products", epochs=30, test=0, validation=0, metrics="r2")
    opened = Run.of(Training(words, CATALOG, source=bent).finish())
    poly = PolynomialFeatures(2, include_bias=False)
    return opened, make_pipeline(poly, StandardScaler(), Answers(opened)).fit(X, bent.y), X


def test_importance_is_that_of_the_columns_of_the_table(bent: tuple) -> None:
    """What a squared column does is part of what the column does: as of a pipeline that makes the squares itself."""
    opened, pipeline, X = bent
    names, groups = inputs.input_groups(opened)
    ours = inputs.importances(opened, "train", groups, 60)
    theirs = permutation_importance(pipeline, X, opened.trained.source.y, n_repeats=60, random_state=0).importances
    assert names == ["column_1", "column_2", "column_3"] and ours.mean(axis=1).min() > 0
    error = np.sqrt(ours.var(axis=1) / 60 + theirs.var(axis=1) / 60)
    assert (np.abs(ours.mean(axis=1) - theirs.mean(axis=1)) <= 5 * error).all()


def test_partial_dependence_moves_what_is_made_along(bent: tuple) -> None:
    opened, pipeline, X = bent
    for column in range(3):
        places, means = dependence.dependence(opened, "train", column)
        theirs = partial_dependence(pipeline, X, [column], custom_values={column: places}, kind="average")
        np.testing.assert_allclose(means[:, 0], theirs["average"][0], rtol=1e-6)


def test_gaps_stand_where_they_are_though_more_is_made() -> None:
    table = mixed()
    source = Dataset(table, np.arange(60) % 2, "binary")
    opened = Run.of(Training(Experiment("t", hidden=(), features="squares", epochs=1), CATALOG, source=source).finish())
    rows = opened.rows("train")
    found = {one.name: one.texts for one in values.values_of(opened, rows.X)}
    assert [text == values.GAP for text in found["a"]] == table["a"].iloc[rows.index].isna().tolist()
    assert values.GAP not in found["b"] and found["word"] == table["word"].iloc[rows.index].tolist()


def test_what_no_line_parts_is_parted_by_squares() -> None:
    plain, squares = (
        run(Experiment("circles", hidden=(), features=ways, epochs=50), CATALOG).finish().scores()["test"]["accuracy"]
        for ways in ((), "squares")
    )
    assert plain < 0.6 < 0.95 < squares


def test_they_are_kept_in_the_model_and_named_everywhere(tmp_path: Path) -> None:
    recording = record(run(SMALL, CATALOG), tmp_path).finish()
    kept = load(1, tmp_path, CATALOG)
    X = recording.training.source.X[:7]
    np.testing.assert_array_equal(kept.predict(X), recording.training.model.predict(X))
    assert kept.model.features.outputs == ("x1", "x2", "x1^2", "x2^2", "x1·x2")
    assert kept.model.features.to_arrays().keys() == recording.training.data.features.to_arrays().keys()
    assert "x1^2" in trace(kept, rows=[int(recording.training.data.train.index[0])]).to_json()
    assert kept.experiment.features == ("squares", "products") and "5-1" in repr(summary(kept))
    assert "inputs      some are made of number columns: squares, products" in str(summary(kept))


def test_a_program_makes_them_as_well(tmp_path: Path) -> None:
    table = mixed()
    features = Features.fit(table, making=("squares", "products", "sines"))
    table.to_csv(tmp_path / "t.csv", index=False)
    measured = [column for column in features.columns if column.measured]
    assert features.made is not None
    weights = {
        "input_names": [column.name for column in measured], "made_shift": features.made.shift,
        **{f"input_{of}": np.array([getattr(column, of) for column in measured]) for of in ("fill", "shift", "scale")},
        "made_scale": features.made.scale,
    }  # fmt: skip
    names = {"np": np, "pd": pd, "Path": Path, "weights": weights}
    exec(preparation(features, raw=False), names)
    made = names["prepare"](names["read"](tmp_path / "t.csv"))  # type: ignore[operator]
    np.testing.assert_allclose(made, features.transform(read_features(tmp_path / "t.csv", features)), rtol=1e-12)


def test_names_are_read_in_any_order_and_each_counts_once() -> None:
    assert SMALL.features == ("squares", "products")
    assert Experiment(features=["sines", "squares,sines"]).features == ("squares", "sines")
    assert SMALL.replace(features="none").features == SMALL.with_settings(["features=none"]).features == ()
    assert Experiment().with_settings(["features=sines,squares"]).features == ("squares", "sines")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"features": "x1,x2"},
            "--features 'x1' is no way to make inputs of others: squares, products, sines. All columns but the target "
            "are inputs already, and --drop leaves some out",
        ),
        ({"features": "sine"}, "--features 'sine' is unknown. Did you mean 'sines'? Possible: "),
        (
            {"features": "squares", "dataset": "digits8x8"},
            "--features squares are made of columns in memory, and these ",
        ),
    ],
)
def test_what_can_not_be_made_is_said(changes: dict, words: str) -> None:
    with pytest.raises(GlassnetError) as caught:
        run(SMALL.replace(**changes), CATALOG)
    assert str(caught.value).startswith(words)


def test_text_alone_sparse_rows_and_very_many_are_refused() -> None:
    with pytest.raises(GlassnetError, match="--features sines are made of columns of numbers, and there is none"):
        Features.fit(pd.DataFrame({"a": list("xyxy")}), making=["sines"])
    with pytest.raises(GlassnetError, match=r"and these are sparse$"):
        Features.fit(Sparse(sparse.csr_array(np.eye(4))), scale="none", making=["squares"])
    with pytest.raises(
        GlassnetError, match="products of 70 columns are 2,415 inputs, and at most 2,000 are made: --dr"
    ):
        Features.fit(np.random.default_rng(0).normal(size=(9, 70)), making=["products"])
    with pytest.raises(GlassnetError, match=r"column_1\^2 of row 1 \(counted from 0\) is too large for float64"):
        Features.fit(np.arange(4.0)[:, None], scale="none", making=["squares"]).transform(np.array([[1.0], [1e200]]))


def test_damaged_ways_are_refused() -> None:
    arrays = Features.fit(np.eye(3), making=["squares"]).to_arrays()
    assert Features.from_arrays(arrays).outputs[-1] == "column_3^2"
    for broken in ({"features_made_ways": np.array(["roots"])}, {"features_made": np.zeros((2, 2))}):
        with pytest.raises(ValueError, match="made in an unknown way"):
            Features.from_arrays(arrays | broken)
