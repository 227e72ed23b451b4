"""Inputs and targets as networks see them, against scikit-learn, and what is said about what was done."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import LabelBinarizer, MinMaxScaler, StandardScaler

from glassnet import Dataset, GlassnetError
from glassnet.data import Features, Targets, infer_task, prepare

RNG = np.random.default_rng(0)
X60 = RNG.normal(5, 3, (60, 4))
Y60 = np.arange(60) % 3


def through_a_file(thing):
    """Saved and loaded as a run does it: no pickle."""
    stream = io.BytesIO()
    np.savez(stream, **thing.to_arrays())
    stream.seek(0)
    with np.load(stream, allow_pickle=False) as arrays:
        return type(thing).from_arrays(arrays)


# Inputs


@pytest.mark.parametrize(
    ("scale", "scaler"), [("auto", StandardScaler), ("standard", StandardScaler), ("minmax", MinMaxScaler)]
)
def test_scaling_is_that_of_scikit_learn_fitted_on_training_rows(scale, scaler):
    prepared = prepare(Dataset(X60, Y60), "multiclass", scale=scale)
    reference = scaler().fit(X60[prepared.train.index])
    for part in (prepared.train, prepared.validation, prepared.test):
        np.testing.assert_allclose(part.X, reference.transform(X60[part.index]), rtol=1e-12, atol=1e-12)
        assert part.X.flags.c_contiguous
        assert part.X.dtype == part.t.dtype == prepared.dtype == np.float64


def test_no_scaling_and_an_unknown_one():
    prepared = prepare(Dataset(X60, Y60), "multiclass", scale="none")
    np.testing.assert_array_equal(prepared.train.X, X60[prepared.train.index])
    with pytest.raises(GlassnetError, match=r"no scaling 'standart'\. Did you mean 'standard'"):
        prepare(Dataset(X60, Y60), "multiclass", scale="standart")


@pytest.mark.parametrize("value", [0.0, 0.1, 1e9 + 0.1])
@pytest.mark.parametrize("scale", ["standard", "minmax"])
def test_constant_columns_become_zeros(value, scale):
    X = np.column_stack([X60, np.full(60, value)])
    prepared = prepare(Dataset(X, Y60), "multiclass", scale=scale)
    np.testing.assert_array_equal(prepared.test.X[:, 4], 0)


def test_images_are_only_divided_by_the_brightest_training_pixel():
    pixels = RNG.integers(0, 17, (60, 16)).astype(np.uint8)
    prepared = prepare(Dataset(pixels, Y60, image_shape=(4, 4)), "multiclass")
    brightest = pixels[prepared.train.index].max()
    assert prepared.train.X.dtype == np.float32
    np.testing.assert_array_equal(prepared.train.X, (pixels[prepared.train.index] / brightest).astype(np.float32))
    assert prepared.account[1] == f"16 pixels were divided by the largest value of the training rows, {brightest}."
    assert through_a_file(prepared.features).image_shape == (4, 4)


def test_black_pictures_stay_black():
    prepared = prepare(Dataset(np.zeros((30, 4)), np.arange(30) % 2, image_shape=(2, 2)), "binary")
    np.testing.assert_array_equal(prepared.train.X, 0)


@pytest.mark.parametrize("dtype", ["float32", "float64", np.float32, np.dtype(float)])
def test_the_dtype_can_be_chosen(dtype):
    prepared = prepare(Dataset(X60, Y60), "multiclass", dtype=dtype)
    assert prepared.dtype == prepared.train.X.dtype == prepared.train.t.dtype == np.dtype(dtype)


@pytest.mark.parametrize("dtype", ["float16", "int32", "double32", "complex128"])
def test_other_dtypes_are_refused(dtype):
    with pytest.raises(GlassnetError, match=f"float32 or float64, not in '{dtype}'"):
        prepare(Dataset(X60, Y60), "multiclass", dtype=dtype)


def test_large_data_are_prepared_in_pieces_that_fit_together(monkeypatch):
    whole = prepare(Dataset(X60, Y60), "multiclass").train.X
    monkeypatch.setattr("glassnet.data.features.BLOCK", 28)
    np.testing.assert_array_equal(prepare(Dataset(X60, Y60), "multiclass").train.X, whole)


@pytest.fixture
def mixed():
    n = 40
    return pd.DataFrame(
        {
            "size": np.where(np.arange(n) % 7 == 0, np.nan, np.arange(n)),
            "sex": [("female", "male", None)[i % 3] for i in range(n)],
            "name": [f"number {i}" for i in range(n)],
            "wild": pd.array([True, False] * (n // 2), "boolean"),
            "kind": pd.Categorical([f"k{i % 2}" for i in range(n)]),
        }
    )


def test_text_gaps_and_truths(mixed):
    mixed.loc[:, "name"] = [f"number {i % 2}" for i in range(40)]
    data = Dataset(mixed, np.arange(40) % 2)
    prepared = prepare(data, "binary")
    assert prepared.features.outputs == (
        *("size", "wild", "sex=female", "sex=male", "name=number 0", "name=number 1", "kind=k0", "kind=k1"),
        *("size missing", "sex missing"),
    )
    column = dict(zip(prepared.features.outputs, prepared.train.X.T, strict=True))
    rows = prepared.train.index
    size = mixed["size"].to_numpy()[rows]
    expected = (np.where(np.isnan(size), np.nanmean(size), size) - np.nanmean(size)) / np.std(
        np.where(np.isnan(size), np.nan, size)[~np.isnan(size)]
    )
    np.testing.assert_allclose(column["size"], expected, atol=1e-12)
    np.testing.assert_array_equal(column["size missing"], np.isnan(size))
    np.testing.assert_array_equal(column["sex missing"], mixed["sex"].isna().to_numpy()[rows])
    np.testing.assert_array_equal(column["sex=male"], (mixed["sex"] == "male").to_numpy()[rows])
    np.testing.assert_array_equal(column["kind=k1"], rows % 2)
    np.testing.assert_array_equal(np.sign(column["wild"]), np.where(rows % 2 == 0, 1, -1))


def test_an_array_with_gaps_is_filled_and_marked():
    X = X60.copy()
    X[::5, 2] = np.nan
    prepared = prepare(Dataset(X, Y60), "multiclass")
    assert prepared.features.outputs == ("column_1", "column_2", "column_3", "column_4", "column_3 missing")
    for part in (prepared.train, prepared.test):
        gap = np.isnan(X[part.index, 2])
        np.testing.assert_array_equal(part.X[:, 4], gap)
        np.testing.assert_allclose(part.X[gap, 2], 0, atol=1e-12)
    as_table = prepare(Dataset(pd.DataFrame(X).rename(columns=lambda j: f"column_{j + 1}"), Y60), "multiclass")
    np.testing.assert_allclose(as_table.test.X, prepared.test.X, rtol=1e-12, atol=1e-12)


def test_a_gap_where_training_rows_had_none_takes_the_mean():
    features = Features.fit(X60)
    X = X60[:1].copy()
    X[0, 1] = np.nan
    assert features.transform(X).shape == (1, 4)
    assert features.transform(X)[0, 1] == pytest.approx(0, abs=1e-12)


def many_names(n=120):
    return pd.DataFrame({"size": np.arange(n, dtype=float), "name": [f"n{i}" for i in range(n)]})


def test_text_of_many_values_is_dropped_and_can_be_kept():
    data = Dataset(many_names(), np.arange(120) % 2)
    dropped = prepare(data, "binary")
    assert dropped.features.outputs == ("size",)
    assert dropped.features.names == ("size", "name")
    assert (
        "Text column 'name' was dropped: it differs in every row, as names and ids do (--keep name restores it)."
        in (dropped.account)
    )
    kept = prepare(data, "binary", keep=["name"])
    assert len(kept.features.outputs) == 1 + 86
    np.testing.assert_array_equal(kept.test.X[:, 1:], 0)  # names that no training row has
    with pytest.raises(GlassnetError, match=r"no column 'nam' to keep\. Did you mean 'name'"):
        prepare(data, "binary", keep=["nam"])


def test_the_account(mixed):
    account = prepare(Dataset(mixed, np.arange(40) % 2), "binary").account
    assert account == (
        "40 rows: 28 for training, 4 for validation, 8 for the test, stratified by class.",
        "2 number columns were standardised (mean 0, standard deviation 1 over the training rows).",
        "Text column 'sex' became 2 columns of 0 and 1: female, male.",
        account[3],
        "Text column 'kind' became 2 columns of 0 and 1: k0, k1.",
        "Gaps in size (filled with the mean) and sex (filled with zeros) are marked by an indicator column each.",
    )
    assert account[3] == (
        "Text column 'name' was dropped: it differs in every row, as names and ids do (--keep name restores it)."
    )


def test_an_empty_column_is_dropped_and_nothing_else_is_an_error():
    X = np.column_stack([X60, np.full(60, np.nan)])
    prepared = prepare(Dataset(X, Y60), "multiclass")
    assert prepared.train.X.shape[1] == 4
    assert "Column 'column_5' was dropped: it is empty in the training rows." in prepared.account
    with pytest.raises(GlassnetError, match="no column is left to learn from"):
        prepare(Dataset(np.full((60, 1), np.nan), Y60), "multiclass")


@pytest.mark.parametrize("as_table", [False, True])
@pytest.mark.parametrize("row", range(0, 60, 7))
def test_infinity_is_an_error_wherever_it_is(row, as_table):
    X = X60.copy()
    X[row, 3] = -np.inf
    data = Dataset(pd.DataFrame(X, columns=list("abcd")) if as_table else X, Y60)
    with pytest.raises(GlassnetError, match=rf"column '(d|column_4)' holds -inf in row {row} \(counted from 0\)"):
        prepare(data, "multiclass")


def test_numbers_too_large_for_the_network():
    X = X60.copy()
    X[:, 1] = 1e300
    X[::2, 1] = -1e300
    with pytest.raises(GlassnetError, match=r"column 'column_2' holds numbers up to 1e\+300, too large to scale"):
        prepare(Dataset(X, Y60), "multiclass")
    X[:, 1] = 1e39
    with pytest.raises(GlassnetError, match=r"holds 1e\+39 in row \d+ \(counted from 0\), too large for float32"):
        prepare(Dataset(X, Y60), "multiclass", scale="none", dtype="float32")


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (pd.timedelta_range(0, periods=60, freq="h"), "column 'c' holds timedelta64 values"),
        (np.array([[1]] * 60, dtype=object)[:, 0].tolist()[:59] + ["text"], "column 'c' holds mixed-integer values"),
        (np.arange(60) * 1j, "column 'c' holds complex numbers"),
    ],
)
def test_columns_that_are_neither_numbers_nor_text(column, words):
    with pytest.raises(GlassnetError, match=words):
        prepare(Dataset(pd.DataFrame({"c": column}), Y60), "multiclass")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (Dataset(X60, Y60[:50]), "X has 60 rows, but y has 50"),
        (Dataset(X60[:0], Y60[:0]), "has no rows"),
        (Dataset(X60[:, 0], Y60), r"must have rows and columns, \(n, d\), but its shape is \(60,\)"),
        (Dataset(X60[:, :0], Y60), "no column to learn from"),
        (Dataset(X60, Y60, feature_names=("a", "b")), "4 columns, but 2 names"),
        (Dataset(X60, Y60, feature_names=("a", "b", "a", "c")), "several columns have the same name: a"),
        (Dataset(pd.DataFrame(X60, columns=list("abca")), Y60), "several columns have the same name: a"),
        (Dataset(X60, Y60, test_X=X60[:, :2], test_y=Y60), "X has 2 columns"),
        (Dataset(X60, Y60, test_X=X60, test_y=Y60[:5]), "X has 60 test rows, but y has 5"),
    ],
)
def test_shapes_that_do_not_fit(data, words):
    with pytest.raises(GlassnetError, match=words):
        prepare(data, "multiclass")


def test_sparse_matrices():
    from scipy.sparse import csr_matrix

    with pytest.raises(GlassnetError, match="sparse"):
        prepare(Dataset(csr_matrix(X60), Y60), "multiclass")


def test_features_survive_a_file(mixed):
    features = prepare(Dataset(mixed, np.arange(40) % 2), "binary").features
    again = through_a_file(features)
    assert (again.columns, again.outputs, again.dtype) == (features.columns, features.outputs, features.dtype)
    np.testing.assert_array_equal(again.transform(mixed[mixed.columns[::-1]]), features.transform(mixed))


def test_a_table_or_array_that_does_not_match():
    features = Features.fit(pd.DataFrame(X60, columns=list("abcd")))
    np.testing.assert_array_equal(features.transform(X60), features.transform(pd.DataFrame(X60, columns=list("abcd"))))
    with pytest.raises(GlassnetError, match="X has 3 columns where 4 were trained on"):
        features.transform(X60[:, :3])
    with pytest.raises(GlassnetError, match="lacks columns that were trained on: b, d"):
        features.transform(pd.DataFrame(X60[:, [0, 2]], columns=["a", "c"]))
    with pytest.raises(GlassnetError, match="column 'a' must hold numbers, as in training"):
        features.transform(pd.DataFrame({"a": ["x"], "b": [1], "c": [1], "d": [1]}))


def test_nothing_is_written_into_the_data(mixed):
    X, table = X60.copy(), mixed.copy()
    X[3, 1] = np.nan
    for array in (X, Y60):
        array.flags.writeable = False
    prepare(Dataset(X, Y60), "multiclass")
    prepare(Dataset(mixed, np.arange(40) % 2), "binary")
    pd.testing.assert_frame_equal(mixed, table)


# Targets


@pytest.mark.parametrize(
    ("y", "task"),
    [
        ([0, 1, 1], "binary"),
        ([True, False, True], "binary"),
        (["a", "b", "a"], "binary"),
        ([3, 5, 8], "multiclass"),
        (np.arange(20), "multiclass"),
        (np.arange(21), "regression"),
        ([0.0, 1.0, 1.0], "binary"),
        ([-1.0, 1.0, 1.0], "binary"),
        (np.array([3, 5, 8], np.float32), "multiclass"),
        ([0, 1.0, 1], "binary"),
        (pd.Series([0, 1, None, 1]).dropna(), "binary"),
        (pd.Series([1.0, 2.0], dtype="Float64"), "binary"),
        ([0.0, 1.0, 0.5], "regression"),
        (np.arange(21.0), "regression"),
        ([1e300, 2e300], "regression"),
        ([[0, 1], [1, 1]], "multilabel"),
        ([[0.5, 1], [1, 1]], "regression"),
        ([[3], [5], [8]], "multiclass"),
        (pd.Series([0, 1, 1], dtype="Int64"), "binary"),
        (pd.Series(["a", "b", "c"], dtype="category"), "multiclass"),
    ],
)
def test_the_task_is_read_from_the_target(y, task):
    assert infer_task(Dataset(np.zeros((len(y), 1)), y)) == task


def test_the_given_task_wins_then_the_data_sets_own():
    y = np.arange(30) % 5
    assert infer_task(Dataset(y[:, None], y, task="regression")) == "regression"
    assert infer_task(Dataset(y[:, None], y, task="regression"), "multiclass") == "multiclass"
    assert infer_task(Dataset(y[:, None], y, classes="abcde")) == "multiclass"


@pytest.mark.parametrize(
    ("y", "task", "words"),
    [
        ([1, 1, 1], None, "every row has the same target, 1: there is only one class"),
        ([0.5, 0.5], "multiclass", "only one class"),
        ([f"t{i}" for i in range(21)], None, "holds 21 different texts.*give the task multiclass"),
        ([0, 1, 2], "binary", "a binary target has two values, but this one has 3. Try --task multiclass"),
        (["a", "b"], "regression", "regression needs numbers, but the target holds text such as 'a'"),
        ([[0, 2], [1, 1]], "multilabel", "multilabel target is"),
        ([[0, 1], [1, 1]], "binary", "a binary target is one column, but this one has 2"),
        ([0, 1], "regresion", "no task 'regresion'. Did you mean 'regression'.*binary, multiclass, multilabel"),
        ([1.0, np.nan, 2.0], None, r"target of row 1 \(counted from 0\) is nan, and so in 1 rows"),
        ([1.0, 2.0, np.inf], None, r"target of row 2 \(counted from 0\) is inf"),
        (["a", None], None, r"row 1 \(counted from 0\) has no target"),
        (pd.date_range("2020", periods=3), None, "target holds datetime64"),
        (np.zeros((2, 2, 2)), None, r"y must be \(n,\) or \(n, c\), but its shape is \(2, 2, 2\)"),
        ([], None, "has no rows"),
    ],
)
def test_targets_that_cannot_be_learned(y, task, words):
    with pytest.raises(GlassnetError, match=words):
        infer_task(Dataset(np.zeros((len(y), 1)), y), task)


@pytest.mark.parametrize("y", [[3, 5, 8, 5], ["x", "a", "m", "a"], [True, False, True, True]])
def test_classes_are_encoded_as_scikit_learn_does(y):
    task = infer_task(Dataset(np.zeros((4, 1)), y))
    targets = Targets.fit(y, task)
    reference = LabelBinarizer().fit(y)
    np.testing.assert_array_equal(targets.encode(y), reference.transform(y))
    assert targets.classes == tuple(reference.classes_.tolist())
    assert all(type(value) in (int, str, bool) for value in targets.classes)
    json.dumps(targets.classes)
    np.testing.assert_array_equal(targets.labels(targets.target(y)), y)


@pytest.mark.parametrize("y", [[0.0, 1.0, 1.0], [-1.0, 2.0, 7.0], [-0.0, 1e15, 3.0]])
def test_a_class_is_called_by_its_value_and_not_by_its_dtype(y):
    targets = Targets.fit(y, "multiclass")
    assert [str(value) for value in targets.classes] == [
        f"{value:.0f}" for value in np.unique(np.abs(y) if y[0] == 0 else y)
    ]
    np.testing.assert_array_equal(targets.labels(targets.target(y)), y)
    np.testing.assert_array_equal(Targets.from_arrays(targets.to_arrays()).codes(y), targets.codes(y))


def test_declared_classes_give_the_order_and_accept_codes():
    by_name = Targets.fit(["low", "high"], "multiclass", classes=("low", "middle", "high"))
    np.testing.assert_array_equal(by_name.target(["high", "low", "middle"]), [2, 0, 1])
    np.testing.assert_array_equal(by_name.target([2, 0, 1]), [2, 0, 1])
    assert by_name.columns == 3
    with pytest.raises(GlassnetError, match=r"classes that training rows don't: 3\. Known are low, middle, high"):
        by_name.target([0, 3])


def test_numbers_are_standardised_on_training_rows_and_come_back():
    y = RNG.normal(100, 20, (60, 2))
    prepared = prepare(Dataset(X60, y), "regression")
    reference = StandardScaler().fit(y[prepared.train.index])
    np.testing.assert_allclose(prepared.test.t, reference.transform(y[prepared.test.index]), rtol=1e-12)
    np.testing.assert_allclose(prepared.targets.numbers(prepared.test.t), prepared.test.target, rtol=1e-12)
    np.testing.assert_array_equal(prepared.test.target, y[prepared.test.index])
    plain = prepare(Dataset(X60, y), "regression", standardise_target=False, dtype="float32")
    np.testing.assert_array_equal(plain.test.t, y[plain.test.index].astype(np.float32))
    assert plain.test.target.dtype == np.float64
    assert prepared.targets.names == ("target_1", "target_2")


def test_a_constant_target_is_no_division_by_zero():
    targets = Targets.fit(np.full(30, 0.1), "regression")
    np.testing.assert_allclose(targets.encode(np.full(3, 0.1)), 0, atol=1e-12)


def test_several_labels():
    y = RNG.integers(0, 2, (60, 3))
    prepared = prepare(Dataset(X60, y, target_names=("a", "b", "c")), "multilabel")
    np.testing.assert_array_equal(prepared.test.t, y[prepared.test.index])
    np.testing.assert_array_equal(prepared.targets.labels(prepared.test.target), y[prepared.test.index])
    assert (prepared.targets.columns, prepared.targets.names) == (3, ("a", "b", "c"))


@pytest.mark.parametrize(
    ("y", "task"),
    [
        (["x", "a", "m"], "multiclass"),
        ([True, False, True], "binary"),
        ([7, 9, 7], "binary"),
        ([0.5, 1.5, 2.0], "regression"),
        ([[0, 1], [1, 1], [0, 0]], "multilabel"),
    ],
)
def test_targets_survive_a_file(y, task):
    targets = Targets.fit(y, task, dtype=np.float32)
    again = through_a_file(targets)
    assert (again.task, again.classes, again.names, again.dtype) == (
        *(targets.task, targets.classes, targets.names, targets.dtype),
    )
    np.testing.assert_array_equal(again.encode(y), targets.encode(y))
    assert again.encode(y).dtype == np.float32


def test_balanced_class_weights_are_those_of_scikit_learn():
    from sklearn.utils.class_weight import compute_sample_weight

    y = np.repeat([0, 1, 2], [60, 30, 10])
    prepared = prepare(Dataset(np.arange(100.0)[:, None], y), "multiclass", class_weight="balanced")
    weight = prepared.train.weight
    np.testing.assert_allclose(weight, compute_sample_weight("balanced", prepared.train.target))
    assert weight.mean() == pytest.approx(1)
    balance = dict(zip(*np.unique(prepared.train.target, return_index=True), strict=True))
    held = np.array([prepared.train.weight[balance[code]] for code in prepared.validation.target])  # as in training
    np.testing.assert_allclose(prepared.validation.weight, held / held.mean())
    assert prepare(Dataset(X60, Y60), "multiclass").train.weight is None


def test_class_weights_that_make_no_sense():
    with pytest.raises(GlassnetError, match="'balanced' needs classes, but the task is regression"):
        prepare(Dataset(X60, X60[:, 0]), "regression", class_weight="balanced")
    with pytest.raises(GlassnetError, match="None or 'balanced', but 'even' was given"):
        prepare(Dataset(X60, Y60), "multiclass", class_weight="even")


# The whole


def test_the_checksum_is_that_of_the_raw_rows(mixed):
    def checksum(X, y=Y60, **options):
        return prepare(Dataset(X, y), "multiclass", **options).checksum

    assert checksum(X60) == checksum(X60.copy(), scale="none", test=0.5, dtype="float32")
    changed = X60.copy()
    changed[59, 3] += 1e-9
    assert len({checksum(X60), checksum(changed), checksum(X60, (Y60 + 1) % 3)}) == 3
    y = np.arange(40) % 3
    other = mixed.copy()
    other.loc[3, "name"] = "x"
    assert checksum(mixed, y) == checksum(mixed.copy(), y)
    assert checksum(mixed, y) != checksum(other, y)
    assert len(checksum(X60)) == 64


def test_rows_know_their_length():
    prepared = prepare(Dataset(X60, Y60), "multiclass")
    assert len(prepared.train) + len(prepared.validation) + len(prepared.test) == 60


def test_arrays_of_text_are_tables_of_text():
    X = np.array([["a", "u"], ["b", "v"]] * 15)
    prepared = prepare(Dataset(X, np.arange(30) % 2), "binary")
    assert prepared.features.outputs == ("column_1=a", "column_1=b", "column_2=u", "column_2=v")
    np.testing.assert_array_equal(prepared.features.transform(X[:1]), [[1, 0, 1, 0]])
