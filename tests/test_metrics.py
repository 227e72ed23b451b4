"""Metrics: the same figures as scikit-learn's functions, with and without weights, ties and odd cases."""

import subprocess
import sys
import warnings
from itertools import permutations

import numpy as np
import pytest
import sklearn.metrics as theirs

from glassnet import GlassnetError
from glassnet.builtin import metrics as module
from glassnet.catalog import asked_for

PARTS = module.metrics()
ROWS = 120


def ours(name: str, prediction, target, weight=None) -> float:
    value = getattr(module, name)().value(np.asarray(prediction), np.asarray(target), weight)
    assert type(value) is float
    return value


@pytest.fixture(params=[None, 1], ids=["plain", "weighted"])
def weight(request):
    return None if request.param is None else np.random.default_rng(9).exponential(size=ROWS)


def codes(classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Predictions that are right in about half of the rows, and targets."""
    rng = np.random.default_rng(seed)
    target = rng.integers(classes, size=ROWS)
    return np.where(rng.random(ROWS) < 0.5, target, rng.integers(classes, size=ROWS)), target


def labels(columns: int = 4) -> tuple[np.ndarray, np.ndarray]:
    pairs = [codes(2, seed) for seed in range(columns)]
    return np.column_stack([p for p, _ in pairs]), np.column_stack([t for _, t in pairs])


def probabilities(classes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows that sum to 1, rounded so that many tie, with targets as codes and one-hot."""
    rng = np.random.default_rng(5)
    target = rng.integers(classes, size=ROWS)
    y = rng.dirichlet(np.ones(classes), size=ROWS) + 0.4 * np.eye(classes)[target]
    y = np.round(8 * y / y.sum(axis=1, keepdims=True)) + 0.5
    return y / y.sum(axis=1, keepdims=True), target, np.eye(classes)[target]


def test_what_kept_runs_name_is_there_with_what_it_sees_and_which_way_is_better():
    known = [
        "accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc", "log_loss",
        "mean_squared_error", "root_mean_squared_error", "mean_absolute_error", "r2",
    ]  # fmt: skip
    names = [part.__name__ for part in PARTS]
    assert len(names) == len({*names}) and {*known} <= {*names}
    seen = {name: getattr(module, name)().sees for name in known}
    assert [n for n, s in seen.items() if s == "labels"] == [
        "accuracy", "balanced_accuracy", "precision", "recall", "f1",
    ]  # fmt: skip
    assert [n for n, s in seen.items() if s == "scores"] == ["roc_auc", "log_loss"]
    assert [n for n, s in seen.items() if s == "numbers"] == [
        "mean_squared_error", "root_mean_squared_error", "mean_absolute_error", "r2",
    ]  # fmt: skip
    lower = {name for name in known if getattr(module, name)().better == "lower"}
    assert lower == {"log_loss", "mean_squared_error", "root_mean_squared_error", "mean_absolute_error"}


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_accuracies(classes, weight):
    p, t = codes(classes)
    assert ours("accuracy", p, t, weight) == pytest.approx(theirs.accuracy_score(t, p, sample_weight=weight))
    expected = theirs.balanced_accuracy_score(t, p, sample_weight=weight)
    assert ours("balanced_accuracy", p, t, weight) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_scores_of_classes(name, classes, weight):
    p, t = codes(classes)
    average = "binary" if classes == 2 else "macro"
    expected = getattr(theirs, f"{name}_score")(t, p, average=average, sample_weight=weight, zero_division=0)
    assert ours(name, p, t, weight) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_scores_of_several_labels_are_the_mean_over_columns(name, weight):
    p, t = labels()
    expected = getattr(theirs, f"{name}_score")(t, p, average="macro", sample_weight=weight)
    assert ours(name, p, t, weight) == pytest.approx(expected)


def test_accuracies_of_several_labels(weight):
    p, t = labels()
    assert ours("accuracy", p, t, weight) == pytest.approx(theirs.accuracy_score(t, p, sample_weight=weight))
    columns = [theirs.balanced_accuracy_score(t[:, j], p[:, j], sample_weight=weight) for j in range(4)]
    assert ours("balanced_accuracy", p, t, weight) == pytest.approx(np.mean(columns))


def test_accuracy_is_never_an_average_over_one_hot_entries():
    # Predicting class 0 ten times out of ten classes is right once; over one-hot entries it would be 0.82.
    assert ours("accuracy", np.zeros(10, int), np.arange(10)) == pytest.approx(0.1)
    assert ours("accuracy", [[0, 0, 0]], [[0, 0, 1]]) == 0


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_nothing_predicted_or_nothing_to_find_counts_as_zero(name):
    assert ours(name, [0, 0, 0], [1, 1, 0]) == 0
    assert ours(name, [0, 1, 1], [0, 0, 0]) == 0
    assert ours(name, [0, 0], [0, 0]) == 0


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_a_class_that_is_only_predicted_counts_too(name):
    p, t = np.array([0, 1, 2, 2]), np.array([0, 1, 1, 0])
    expected = getattr(theirs, f"{name}_score")(t, p, average="macro", zero_division=0)
    assert ours(name, p, t) == pytest.approx(expected)


def test_roc_auc_of_two_classes_with_ties(weight):
    y, codes_, one_hot = probabilities(2)
    assert len(np.unique(y[:, 1])) < 12  # many ties
    expected = theirs.roc_auc_score(codes_, y[:, 1], sample_weight=weight)
    one_column = codes_[:, None].astype(float)
    assert ours("roc_auc", y[:, 1:], one_column, weight) == pytest.approx(expected)
    assert ours("roc_auc", y, one_column, weight) == pytest.approx(expected)  # two outputs for one target
    assert ours("roc_auc", y, one_hot, weight) == pytest.approx(expected)


def test_roc_auc_of_several_classes_and_labels(weight):
    y, target, one_hot = probabilities(4)
    expected = theirs.roc_auc_score(target, y, multi_class="ovr", average="macro", sample_weight=weight)
    assert ours("roc_auc", y, one_hot, weight) == pytest.approx(expected)
    _, several = labels()
    expected = theirs.roc_auc_score(several, y, average="macro", sample_weight=weight)
    assert ours("roc_auc", y, several.astype(float), weight) == pytest.approx(expected)


def test_roc_auc_by_hand():
    assert ours("roc_auc", [[0.1], [0.4], [0.35], [0.8]], [[0.0], [0.0], [1.0], [1.0]]) == 0.75
    assert ours("roc_auc", [[0.5], [0.5]], [[0.0], [1.0]]) == 0.5
    assert np.isnan(ours("roc_auc", [[0.5], [0.7]], [[1.0], [1.0]]))
    # A class without rows is left out of the mean.
    y, one_hot = np.array([[0.9, 0.1, 0], [0.2, 0.8, 0]]), np.array([[1.0, 0, 0], [0, 1, 0]])
    assert ours("roc_auc", y, one_hot) == 1


@pytest.mark.parametrize("classes", [2, 4])
def test_log_loss_of_classes(classes, weight):
    y, target, one_hot = probabilities(classes)
    expected = theirs.log_loss(target, y, sample_weight=weight)
    assert ours("log_loss", y, one_hot, weight) == pytest.approx(expected)
    if classes == 2:
        one_column = target[:, None].astype(float)
        assert ours("log_loss", y[:, 1:], one_column, weight) == pytest.approx(expected)
        assert ours("log_loss", y, one_column, weight) == pytest.approx(expected)


def test_log_loss_of_several_labels_is_the_mean_over_columns(weight):
    y, (_, several) = probabilities(4)[0], labels()
    columns = [theirs.log_loss(several[:, j], y[:, j], sample_weight=weight) for j in range(4)]
    assert ours("log_loss", y, several.astype(float), weight) == pytest.approx(np.mean(columns))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_log_loss_of_certainty_in_error_is_large_but_finite(dtype):
    y, t = np.array([[1.0], [0.0]], dtype), np.array([[0.0], [0.0]], dtype)
    expected = theirs.log_loss([0, 0], y[:, 0], labels=[0, 1])
    assert ours("log_loss", y, t) == pytest.approx(expected, rel=1e-5)


def test_log_loss_refuses_what_is_no_probability_in_words():
    with pytest.raises(GlassnetError, match=r"got outputs from -0.5 to 3: use --output sigmoid or softmax"):
        ours("log_loss", [[3.0], [-0.5]], [[1.0], [0.0]])


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("mean_squared_error", theirs.mean_squared_error),
        ("root_mean_squared_error", theirs.root_mean_squared_error),
        ("mean_absolute_error", theirs.mean_absolute_error),
        ("r2", theirs.r2_score),
    ],
)
@pytest.mark.parametrize("columns", [1, 3])
def test_numbers(name, function, columns, weight):
    rng = np.random.default_rng(7)
    t = rng.normal(5, [1, 10, 100][:columns], size=(ROWS, columns))
    p = t + rng.normal(size=(ROWS, columns))
    assert ours(name, p, t, weight) == pytest.approx(function(t, p, sample_weight=weight))


def test_r2_of_a_constant_target_and_of_too_few_rows():
    constant = np.full((4, 1), 3.0)
    off = constant + [[1.0], [0], [0], [0]]
    assert ours("r2", constant, constant) == theirs.r2_score(constant, constant) == 1
    assert ours("r2", off, constant) == theirs.r2_score(constant, off) == 0
    assert np.isnan(ours("r2", [[1.0]], [[1.0]]))
    assert ours("r2", np.full((4, 1), 2.5), [[1.0], [2], [3], [4]]) == 0  # always the mean


@pytest.mark.parametrize("part", PARTS)
def test_weight_two_is_the_row_twice_and_weight_zero_is_no_row(part):
    sees = part().sees
    p, t = codes(3)
    if sees == "scores":
        p, _, t = probabilities(3)
    elif sees == "numbers":
        p, t = np.random.default_rng(1).normal(size=(2, ROWS, 2))
    weight = np.tile([1.0, 2.0, 0.0], ROWS // 3)
    repeated = np.repeat(np.arange(ROWS), weight.astype(int))
    assert ours(part.__name__, p, t, weight) == pytest.approx(ours(part.__name__, p[repeated], t[repeated]))


@pytest.mark.parametrize("part", PARTS)
def test_a_perfect_prediction_is_the_best_there_is(part):
    sees = part().sees
    p, t = codes(3)
    if sees == "scores":
        p, _, t = probabilities(3)
    elif sees == "numbers":
        p, t = np.random.default_rng(1).normal(size=(2, ROWS, 2))
    right, wrong = ours(part.__name__, t, t), ours(part.__name__, p, t)
    assert right > wrong if part().better == "higher" else right < wrong


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_written_into(part):
    sees = part().sees
    p, t = labels() if sees == "labels" else (probabilities(3)[0], probabilities(3)[2])
    weight = np.ones(ROWS)
    for array in (p, t, weight):
        array.setflags(write=False)
    ours(part.__name__, p, t, weight)


# --- rows that lack a class -----------------------------------------------------------------------------------


def told(name: str, prediction, target, weight=None, **context) -> float:
    """The figure as a training has it: the metric is handed what it asks for."""
    function = getattr(module, name)().value
    return function(np.asarray(prediction), np.asarray(target), weight, **asked_for(function, **context))


SOME = [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]


@pytest.mark.parametrize("name", ["precision", "recall", "f1", "balanced_accuracy", "accuracy"])
@pytest.mark.parametrize("held", SOME)
@pytest.mark.parametrize("predicted", SOME)
@pytest.mark.parametrize("zeros", [False, True], ids=["rows", "weights of 0"])
def test_the_rows_of_some_classes_score_as_they_do_elsewhere(name, held, predicted, zeros):
    """Rows are left out, or weigh nothing, which is the same; what is true of the others says scikit-learn."""
    rng = np.random.default_rng(11)
    p, t = rng.choice(predicted, ROWS), rng.choice(held, ROWS)
    weight = rng.exponential(size=ROWS)
    average = {} if "accuracy" in name else {"average": "macro", "zero_division": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # y_pred contains classes not in y_true
        expected = getattr(theirs, f"{name}_score")(t, p, sample_weight=weight, **average)
    if zeros:  # rows of all classes more, none of which counts
        p, t = np.r_[p, rng.integers(3, size=30)], np.r_[t, rng.integers(3, size=30)]
        weight = np.r_[weight, np.zeros(30)]
    assert told(name, p, t, weight, task="multiclass", classes=3) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
@pytest.mark.parametrize("held", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("predicted", [(0,), (1,), (0, 1)])
def test_of_two_classes_the_second_counts_whatever_the_rows_hold(name, held, predicted):
    rng = np.random.default_rng(12)
    p, t = rng.choice(predicted, ROWS), rng.choice(held, ROWS)
    expected = getattr(theirs, f"{name}_score")(t, p, labels=[0, 1], average="binary", zero_division=0)
    assert told(name, p, t, task="binary", classes=2) == pytest.approx(expected)


@pytest.mark.parametrize("part", [part for part in PARTS if part().sees == "labels"])
def test_which_code_a_class_has_changes_nothing_of_three(part):
    rng = np.random.default_rng(13)
    for held in SOME:
        p, t = rng.choice(held, ROWS), rng.choice(held, ROWS)
        found = {
            round(told(part.__name__, np.array(new)[p], np.array(new)[t], task="multiclass", classes=3), 12)
            for new in permutations(range(3))
        }
        assert len(found) == 1, held


def test_labels_of_which_each_row_has_one_are_no_classes():
    y = np.array([[0.9, 0.3], [0.2, 0.6], [0.7, 0.5]])
    t = np.array([[1.0, 0], [0, 1], [1, 0]])
    columns = [theirs.log_loss(t[:, j], y[:, j]) for j in range(2)]
    assert told("log_loss", y, t, task="multilabel", classes=2) == pytest.approx(np.mean(columns))
    y /= y.sum(axis=1, keepdims=True)
    assert told("log_loss", y, t, task="multiclass", classes=2) == pytest.approx(theirs.log_loss(t, y))


@pytest.mark.parametrize("held", [(0, 1), (1, 2), (0, 2)])
def test_roc_auc_of_two_classes_in_three_is_the_mean_of_these(held):
    y, _, _ = probabilities(3)
    t = np.random.default_rng(14).choice(held, ROWS)
    expected = np.mean([theirs.roc_auc_score(t == code, y[:, code]) for code in held])
    assert told("roc_auc", y, np.eye(3)[t], task="multiclass", classes=3) == pytest.approx(expected)


def test_a_row_that_weighs_nothing_is_none_of_the_two_that_r2_needs():
    assert np.isnan(ours("r2", [[1.0], [2]], [[1.0], [3]], np.array([1.0, 0])))


@pytest.mark.parametrize("part", PARTS)
def test_bounds_hold_for_the_best_and_for_chance(part):
    bag, rng = part(), np.random.default_rng(15)
    if bag.bounds is None:
        pytest.skip("not bounded on both sides")
    target = rng.integers(3, size=ROWS)
    p = rng.integers(3, size=ROWS)
    for prediction in (p, target, (target + 1) % 3):
        pair = (np.eye(3)[prediction], np.eye(3)[target]) if bag.sees == "scores" else (prediction, target)
        assert bag.bounds[0] <= told(part.__name__, *pair, task="multiclass", classes=3) <= bag.bounds[1]


def test_none_needs_scikit_learn_or_scipy():
    code = (
        f"import sys; import numpy as np; import {module.__name__} as m\n"
        "t = np.array([[0.0], [1.0]])\n"
        "for part in m.metrics():\n"
        "    part().value(t[:, 0].astype(int) if part().sees == 'labels' else t,\n"
        "                 t[:, 0].astype(int) if part().sees == 'labels' else t, None)\n"
        "print([name for name in ('sklearn', 'scipy') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
