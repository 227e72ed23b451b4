"""ROC, precision and recall, calibration, partial dependence and learning curves hold the figures of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.inspection import partial_dependence as sklearns_dependence
from sklearn.metrics import average_precision_score, brier_score_loss, precision_recall_curve, roc_auc_score, roc_curve

from glassnet import Dataset, Experiment, GlassnetError, GlassRegressor, Run, Training, plot, trace
from glassnet import run as begin
from glassnet.builtin.plots import decisions, dependence, network, plane
from glassnet.builtin.plots.classes import mistaken


def trained(dataset: str, **words: Any) -> Run:
    return Run.of(begin(Experiment(dataset=dataset, **({"epochs": 15} | words))).finish())


@pytest.fixture(scope="module")
def moons() -> Run:
    return trained("moons")


@pytest.fixture(scope="module")
def iris() -> Run:
    return trained("iris", optimizer="adam:lr=0.01")


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_the_curves_are_those_of_scikit_learn(moons: Run, split: Any) -> None:
    ((name, positive, score, weight),) = decisions.questions(moons, split)
    assert name == "1"
    found, alarms, thresholds = decisions.rates(positive, score, weight)
    fpr, tpr, theirs = roc_curve(positive, score, drop_intermediate=False)
    assert np.allclose(alarms, fpr) and np.allclose(found, tpr) and np.allclose(thresholds[1:], theirs[1:])
    precision, recall, cuts, share = decisions.precisions(positive, score, weight)
    p, r, t = precision_recall_curve(positive, score)
    assert np.allclose(precision[::-1], p[:-1]) and np.allclose(recall[::-1], r[:-1]) and np.allclose(cuts[::-1], t)
    assert share == pytest.approx(positive.mean())
    given, true, counts = decisions.bins_of(positive, score, weight, 10)
    true_, given_ = calibration_curve(positive, score, n_bins=10)
    assert np.allclose(given, given_) and np.allclose(true, true_) and counts.sum() == len(score)


def texts(figure: Any) -> str:
    legends = [axes.get_legend() for axes in figure.axes if axes.get_legend()] + list(figure.legends)
    return " | ".join(text.get_text() for legend in legends for text in legend.get_texts())


def test_areas_precisions_and_brier_scores_stand_in_the_legends(iris: Run) -> None:
    y, target = iris.outputs(), iris.rows().target
    legends = {what: texts(plot(iris, what)) for what in ("roc", "precision_recall", "calibration")}
    for code, name in enumerate(("setosa", "versicolor", "virginica")):
        of = target == code
        assert f"{name}: area {roc_auc_score(of, y[:, code]):.4g}"[:24] in legends["roc"]
        assert (
            f"{name}: average precision {average_precision_score(of, y[:, code]):.3f}"[:30]
            in legends["precision_recall"]
        )
        assert f"{name}: Brier score {brier_score_loss(of, y[:, code]):.3f}"[:25] in legends["calibration"]


def test_rows_count_by_their_weights() -> None:
    rng = np.random.default_rng(0)
    positive, score, weight = rng.random(200) < 0.4, rng.random(200).round(1), rng.uniform(0, 3, 200)
    found, alarms, _ = decisions.rates(positive, score, weight)
    fpr, tpr, _ = roc_curve(positive, score, sample_weight=weight, drop_intermediate=False)
    assert np.allclose(found, tpr) and np.allclose(alarms, fpr)
    precision, recall, _, _ = decisions.precisions(positive, score, weight)
    p, r, _ = precision_recall_curve(positive, score, sample_weight=weight)
    assert np.allclose(precision[::-1], p[:-1]) and np.allclose(recall[::-1], r[:-1])


def test_partial_dependence_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((150, 3)) * [1, 10, 0.1] + [0, 5, 1]
    y = X[:, 0] ** 2 + 0.1 * X[:, 1]
    model = GlassRegressor((10,), max_iter=60, n_iter_no_change=None, random_state=0).fit(X, y)
    run = model.as_run()
    places, means = dependence.dependence(run, None, 0)
    assert np.allclose(places[[0, -1]], np.quantile(X[:, 0], [0.05, 0.95]))
    theirs = sklearns_dependence(model, X, [0], custom_values={0: places}, kind="average")
    assert np.allclose(means[:, 0], theirs["average"][0])


def test_an_input_stands_in_its_own_units(iris: Run) -> None:
    drawn = plot(iris, "partial_dependence:most=4")
    names = {axes.get_xlabel() for axes in drawn.axes}
    assert names == {"sepal length, cm", "sepal width, cm", "petal length, cm", "petal width, cm"}
    assert len({axes.get_ylim() for axes in drawn.axes}) == 1
    width = next(axes for axes in drawn.axes if axes.get_xlabel() == "petal width, cm")
    x = width.lines[0].get_xdata()
    assert x.min() > 0 and x.max() < 2.6


def test_a_learning_curve_ends_at_the_run_itself(moons: Run) -> None:
    sizes, scores, judged = dependence.trained_on(moons, 3)
    assert judged == "validation" and sizes[-1] == len(moons.rows("train"))
    assert scores[-1].tolist() == [moons.score("train").value, moons.score("validation").value]
    assert sizes == sorted(sizes) and np.isfinite(scores).all()


def test_raw_scores_are_those_before_the_output(moons: Run) -> None:
    axes = plot(moons, "raw_scores").axes[0]
    rows = moons.rows()
    z = moons.trained.network.scores(rows.X)[:, 0]
    points = {line.get_label(): line.get_xdata() for line in axes.lines}
    assert np.allclose(points["0"], z[rows.target == 0]) and np.allclose(points["1"], z[rows.target == 1])


@pytest.mark.parametrize("what", ["roc", "precision_recall", "calibration", "raw_scores"])
def test_what_has_no_classes_or_only_one_is_refused_in_words(what: str) -> None:
    with pytest.raises(GlassnetError, match="numbers, not classes"):
        plot(trained("diabetes", epochs=1), what)

    def lonely(*, rng: np.random.Generator) -> Dataset:
        """Rows of one class but for one, which trains."""
        y = np.zeros(60, int)
        y[:2] = 1
        return Dataset(rng.standard_normal((60, 2)), y, task="binary")

    training: Training = begin(Experiment(dataset=lonely, epochs=1, test=0.05)).finish()
    with pytest.raises(GlassnetError, match=r"does not fit [a-z]+: (no class|it has no)"):
        plot(training, what)


# --- two chosen inputs, hidden units, a row in the network ------------------------------------------------------


def test_two_inputs_of_many_make_a_plane_with_the_others_at_their_medians(iris: Run) -> None:
    field = plane.plane_of(iris, None, 12, (2, 3))
    X = iris.trained.source.X
    assert np.array_equal(np.unique(field.places[:, 0]), [np.median(X[:, 0])])
    assert field.places.shape == (144, 4) and field.rows.shape == (len(iris.rows()), 2)
    axes = plot(iris, "decision_boundary:x=petal length,y=petal width,points=20").axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("petal length, cm", "petal width, cm")
    assert "other inputs at their medians" in axes.get_title()
    for phrase, words in (
        ("x=petal,y=petal width", "there is no input 'petal'"),
        ("points=20", "name two: x=NAME,y=NAME"),
    ):
        with pytest.raises(GlassnetError, match=words):
            plot(iris, f"decision_boundary:{phrase}")


def test_what_a_hidden_unit_sees_is_its_activation(moons: Run) -> None:
    places = plane.plane_of(moons, None, 10).places
    net = moons.trained.network
    x = moons.trained.data.features.transform(places)
    a, y = net.activations_of(x)
    assert np.array_equal(y, net.predict(x))
    W, b = net.view(net.w, "weight", 0), net.view(net.w, "bias", 0)
    assert np.allclose(a, np.maximum(x @ W + b, 0))
    drawn = plot(moons, "hidden_units:most=3,points=10")
    shown = [axes for axes in drawn.axes if axes.images]
    names = [" ".join(axes.get_title().split()) for axes in shown]
    assert names == ["layer 1 unit 1", "layer 1 unit 51", "layer 1 unit 100"]
    assert "across" in drawn.get_suptitle() and "up" in drawn.get_suptitle()
    assert np.allclose(shown[0].images[0].get_array(), a[:, 0].reshape(10, 10))


def test_a_row_in_the_network_has_the_values_of_its_trace() -> None:
    run = trained("iris", hidden=(3,), epochs=5)
    number = int(run.rows("train").index[4])
    values = network.values_of(run, number)
    assert np.allclose(values[0], run.rows("train").X[4])
    assert values[-1].sum() == pytest.approx(1)
    texts_ = [text.get_text() for text in plot(run, f"network_diagram:row={number}").axes[0].texts]
    assert sum(text.lstrip("-").replace(".", "").isdigit() for text in texts_) >= 3 + 4
    cards = trace(run.trained, rows=[number]).as_plain()["steps"][0]["cards"]
    traced = {one["name"]: one["values"] for card in cards for one in card["matrices"]}
    assert np.allclose(values[0], traced["x"][0]) and np.allclose(values[1], traced["a1"][0])
    assert np.allclose(values[2], traced["y"][0])
    note = plot(run, f"network_diagram:row={number}").axes[0].get_title()
    assert f"row {number} of the data set" in " ".join(note.split())
    wide = plot(trained("iris", hidden=(20,), epochs=1), f"network_diagram:row={number}").axes[0].get_title()
    assert "too many weights to write them on" in " ".join(wide.split())
    with pytest.raises(GlassnetError, match="the data set has no row 999"):
        plot(run, "network_diagram:row=999")


def test_the_worst_mistake_is_a_sentence() -> None:
    actual, said = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 2, 2, 2])
    assert mistaken(said, actual, ["a", "b", "c"]) == "; b is taken for c most: 2 of 2"
    assert mistaken(actual, actual, ["a", "b", "c"]) == ""


# --- rows before training ---------------------------------------------------------------------------------------


def test_every_input_is_drawn_before_training() -> None:
    from sklearn.datasets import load_digits, load_iris

    drawn = plot("iris", "all_inputs")
    assert [axes.get_xlabel() for axes in drawn.axes][2:] == ["petal length, cm", "petal width, cm"]
    X, y = load_iris(return_X_y=True)
    steps = drawn.axes[3].patches  # one line of steps a class
    counts = [np.diff(0) if step is None else step.get_data().values for step in steps]
    assert [int(one.sum()) for one in counts] == np.bincount(y).tolist()
    assert counts[0][X[y == 0, 3].max() < steps[0].get_data().edges[:-1]].sum() == 0
    numbers = plot("diabetes", "all_inputs:most=2").axes
    assert len(numbers) == 2 and len(numbers[0].lines[0].get_xdata()) == 442
    digits = plot("digits8x8", "all_inputs").axes[0]
    assert len([text for text in digits.texts if text.get_text().startswith("mean of")]) == 10
    assert load_digits().images[0].shape == (8, 8)
    for name, words in (("relu", "relu is no data set"), ("adam", "adam is no data set")):
        with pytest.raises(GlassnetError, match=words):
            plot(name, "all_inputs")
