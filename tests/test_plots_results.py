"""Pictures of results show the numbers that they are about: lines, images and words are compared, never pixels."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.inspection import permutation_importance
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, r2_score

import glassnet
from glassnet import Dataset, Diverged, Experiment, GlassnetError, Plot, Run, Training, load, pictures, record, run
from glassnet.builtin.plots import curves, inputs, numbers, plane, plots, several
from glassnet.builtin.plots import rows as picture_rows
from glassnet.catalog import Catalog
from glassnet.pictures import save
from glassnet.plotting import PlotFailed, draw, fitting_plots, kind_of
from glassnet.training import History

CATALOG = Catalog.discover(guests=False)
OF_RESULTS = """
    loss metrics confusion_matrix class_report gallery most_wrong predicted_actual residuals decision_boundary
    fitted_curve first_layer permutation_importance
"""
RESULTS = OF_RESULTS.split()
ROWS = 120


def images() -> Dataset:
    """Bright halves: left or right, with noise."""
    rng = np.random.default_rng(0)
    side = np.arange(ROWS) % 2
    pixels = rng.uniform(0, 100, (ROWS, 4, 6))
    pixels[side == 0, :, :3] += 60
    pixels[side == 1, :, 3:] += 60
    return Dataset(pixels.reshape(ROWS, 24), side, "multiclass", image_shape=(4, 6), classes=("left", "right"))


def several_targets(count: int, task: str) -> Dataset:
    rng = np.random.default_rng(1)
    X = rng.standard_normal((ROWS, 2))
    y = np.stack([X @ rng.standard_normal(2) + 0.3 * rng.standard_normal(ROWS) for _ in range(count)], axis=1)
    names = tuple(f"t{number}" for number in range(count))
    values = y if task == "regression" else (y > 0).astype(int)
    return Dataset(X, values, task, feature_names=("east", "north"), target_names=names, captions={"t0": "height, m"})


CHOICES: dict[str, tuple[str | None, Callable[[], Dataset | None], dict[str, Any]]] = {
    "binary": ("moons", lambda: None, {}),
    "multiclass": ("iris", lambda: None, {}),
    "regression": ("diabetes", lambda: None, {}),
    "curve": ("sine", lambda: None, {}),
    "images": (None, images, {}),
    "labels": (None, lambda: several_targets(12, "multilabel"), {}),
    "targets": (None, lambda: several_targets(2, "regression"), {}),
    "no hidden layer": (None, images, {"hidden": ()}),
    "whole": ("xor", lambda: None, {}),
    "hinge": ("moons", lambda: None, {"loss": "hinge"}),
}


@pytest.fixture(scope="module")
def trained() -> Callable[[str], Run]:
    """A run of each sort, trained once."""
    known: dict[str, Run] = {}

    def get(which: str) -> Run:
        if which not in known:
            dataset, source, changes = CHOICES[which]
            words = Experiment(dataset=dataset or which, hidden=(8,), epochs=6).replace(**changes)
            training = Training(words, CATALOG, source=source())
            list(training)
            known[which] = Run.of(training, f"0007-{which.replace(' ', '_')}")
        return known[which]

    return get


def drawn(subject: Any, what: str) -> Any:
    return glassnet.plot(subject, what, CATALOG)


def refusal(subject: Any, what: str) -> str:
    with pytest.raises(GlassnetError) as caught:
        drawn(subject, what)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def line(axes: Any, label: str) -> Any:
    (found,) = [one for one in axes.lines if one.get_label() == label]
    return found


# --- every plot of every sort of run ------------------------------------------------------------------------

OF_CLASSES = "loss metrics confusion_matrix class_report"
FITS = {
    "binary": f"{OF_CLASSES} most_wrong decision_boundary first_layer permutation_importance",
    "multiclass": f"{OF_CLASSES} most_wrong first_layer permutation_importance",
    "regression": "loss metrics most_wrong predicted_actual residuals first_layer permutation_importance",
    "curve": "loss metrics most_wrong predicted_actual residuals fitted_curve first_layer permutation_importance",
    "images": f"{OF_CLASSES} gallery most_wrong first_layer permutation_importance",
    "labels": f"{OF_CLASSES} most_wrong decision_boundary first_layer permutation_importance",
    "targets": "loss metrics most_wrong predicted_actual residuals decision_boundary first_layer "
    "permutation_importance",
    "whole": f"{OF_CLASSES} most_wrong decision_boundary first_layer permutation_importance",
}


@pytest.mark.slow
@pytest.mark.parametrize("which", FITS)
def test_each_sort_of_run_has_its_plots_and_says_why_others_do_not_fit(which: str, trained: Any) -> None:
    found = {one.choice.part.name: one for one in fitting_plots(trained(which), CATALOG)}
    own = [found[name] for name in RESULTS]
    assert [one.choice.part.name for one in own if not one.unsuited] == FITS[which].split()
    assert all(len(one.unsuited) > 10 for one in own if one.choice.part.name not in FITS[which].split())
    assert not any(one.failed for one in found.values())
    for one in own:
        if not one.unsuited:
            figure = draw(one.choice, trained(which))
            title = trained(which).experiment.title
            assert figure.get_suptitle().endswith(f": {title}, run 7") or " of " in figure.get_suptitle()
            save_in_memory(figure)


def save_in_memory(figure: Any) -> None:
    figure.set_dpi(30)
    figure.canvas.draw()  # a warning would be an error: a label without a glyph, a layout that collapses


def test_every_plot_is_named_once_in_the_list() -> None:
    names = [part.__name__ for part in plots()]
    assert len(set(names)) == len(names) and set(RESULTS) | {"loss_runs", "scores_runs"} <= set(names)


# --- curves -------------------------------------------------------------------------------------------------


def test_loss_shows_the_history_on_a_logarithmic_axis_and_marks_the_best_epoch(trained: Any) -> None:
    subject = trained("binary")
    (axes,) = drawn(subject, "loss").axes
    history = subject.history
    for column, label in (("loss", "training rows"), ("validation_loss", "validation rows")):
        np.testing.assert_array_equal(line(axes, label).get_xydata(), history[["epoch", column]].to_numpy())
    assert line(axes, "training rows").get_linestyle() != line(axes, "validation rows").get_linestyle()
    best = int(history["epoch"][history["validation_loss"].idxmin()])
    assert list(line(axes, f"best epoch: {best}").get_xdata()) == [best, best]
    assert (axes.get_yscale(), axes.get_xlabel(), axes.get_ylabel()) == ("log", "epoch", "mean binary cross entropy")
    assert drawn(subject, "loss:scale=linear").axes[0].get_yscale() == "linear"


def test_a_loss_that_is_not_above_zero_gets_a_linear_axis() -> None:
    training = run(Experiment(dataset="iris", hidden=(4,), epochs=2), CATALOG)
    list(training)
    first, *others = training.progress.epochs
    training.progress.epochs = History([replace(first, loss=-0.5), *others])
    assert drawn(Run.of(training), "loss").axes[0].get_yscale() == "linear"


def test_metrics_have_a_panel_each_with_unit_and_baseline(trained: Any) -> None:
    subject = trained("regression")
    figure = drawn(subject, "metrics")
    panels = figure.axes[:3]
    assert [axes.get_title().partition(" (")[0] for axes in panels] == [
        "R²", "root mean squared error", "mean absolute error"
    ]  # fmt: skip
    baseline = subject.result["metrics"]["baseline"]["mean_absolute_error"]
    assert panels[2].get_title().endswith(f"(baseline {pictures.said(baseline)})")
    assert panels[1].get_ylabel() == "scale of 25 to 346"
    history = subject.history
    shown = line(panels[1], "validation rows").get_ydata()
    np.testing.assert_array_equal(shown, history["validation_root_mean_squared_error"])
    assert figure.axes[3].get_legend() is not None and not figure.axes[3].axison  # in the place that is left


def test_one_epoch_is_a_mark_and_no_validation_rows_are_no_line() -> None:
    training = run(Experiment(dataset="moons", hidden=(4,), epochs=1, validation=0, test=0), CATALOG)
    list(training)
    subject = Run.of(training)
    (axes,) = drawn(subject, "loss").axes
    assert [one.get_label() for one in axes.lines] == ["training rows", "best epoch: 1"]
    assert axes.lines[0].get_marker() == "o" and len(axes.lines[0].get_xdata()) == 1
    assert drawn(subject, "confusion_matrix").axes[0].get_title().startswith("400 training rows, ")
    words = "plot residuals does not fit moons: its target is classes (binary), not numbers"
    assert refusal(subject, "residuals") == words
    assert "the run has no validation rows (it has train)" in refusal(subject, "class_report:split=validation")


def test_a_run_that_diverged_or_has_no_epoch_is_drawn_as_far_as_it_went(tmp_path: Path) -> None:
    recording = record(run(Experiment(dataset="moons", optimizer="sgd:lr=1e9", epochs=9), CATALOG), tmp_path)
    with pytest.raises(Diverged):
        list(recording)
    subject = load(recording.folder, catalog=CATALOG)
    (axes,) = drawn(subject, "loss").axes
    assert axes.get_title().endswith("; diverged")
    save_in_memory(axes.figure)
    for name in ("metrics", "confusion_matrix", "decision_boundary"):
        save_in_memory(drawn(subject, name))
    empty = run(Experiment(dataset="moons", epochs=0), CATALOG)
    list(empty)
    assert refusal(Run.of(empty), "loss") == "plot loss does not fit moons: it has no finished epoch"
    assert drawn(Run.of(empty), "confusion_matrix")


def test_a_run_without_a_model_still_shows_its_curves(tmp_path: Path) -> None:
    recording = record(run(Experiment(dataset="diabetes", hidden=(4,), epochs=2), CATALOG), tmp_path)
    list(recording)
    for name in ("model.npz", "metrics.json"):
        (recording.folder / name).unlink()
    subject = load(recording.folder, catalog=CATALOG)
    assert drawn(subject, "loss").axes[0].get_title().endswith("; unfinished")
    assert drawn(subject, "metrics").axes[1].get_ylabel() == "root mean squared error"
    assert "model.npz is missing: finish the run first" in refusal(subject, "residuals")


# --- classes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("split", [None, "train", "validation"])
def test_the_confusion_matrix_is_that_of_scikit_learn(split: str | None, trained: Any) -> None:
    subject = trained("multiclass")
    said, actual = subject.answers(split)
    expected = confusion_matrix(actual, said, labels=[0, 1, 2])
    axes = drawn(subject, f"confusion_matrix:split={split or 'none'}").axes[0]
    np.testing.assert_allclose(axes.images[0].get_array(), expected / expected.sum(axis=1, keepdims=True))
    counts = np.zeros((3, 3), int)
    for text in axes.texts:
        column, row = (int(position) for position in text.get_position())
        counts[row, column] = int(text.get_text())
    np.testing.assert_array_equal(counts, expected)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["setosa", "versicolor", "virginica"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted species", "actual species")
    assert f"{100 * np.mean(said == actual):.3g} % of them right" in axes.get_title()
    plain = drawn(subject, "confusion_matrix:share=none").axes[0].images[0].get_array()
    np.testing.assert_array_equal(plain, confusion_matrix(*reversed(subject.answers())))


def test_several_labels_have_a_matrix_each_and_those_left_out_are_counted(trained: Any) -> None:
    subject = trained("labels")
    figure = drawn(subject, "confusion_matrix:share=none")
    assert figure.get_suptitle().endswith(", first 9 of 12 labels")
    panels = [axes for axes in figure.axes if axes.get_xlabel().startswith("predicted")]
    said, actual = subject.answers()
    for number, axes in enumerate(panels):
        expected = confusion_matrix(actual[:, number], said[:, number], labels=[0, 1])
        np.testing.assert_array_equal(axes.images[0].get_array(), expected)
    assert len(panels) == 9


@pytest.mark.parametrize("which", ["binary", "multiclass", "labels"])
def test_the_report_is_that_of_scikit_learn(which: str, trained: Any) -> None:
    subject = trained(which)
    said, actual = subject.answers()
    *scores, support = precision_recall_fscore_support(actual, said, zero_division=0)
    (axes,) = drawn(subject, "class_report").axes
    table = np.asarray(axes.images[0].get_array())
    np.testing.assert_allclose(table[:-1], np.stack(scores, axis=1))
    np.testing.assert_allclose(table[-1], np.mean(scores, axis=1))
    lines = [label.get_text() for label in axes.get_yticklabels()]
    assert lines[-1] == "mean over classes"
    assert [int(one.partition("(")[2].split()[0]) for one in lines[:-1]] == support.tolist()


# --- pictures -----------------------------------------------------------------------------------------------


def test_the_gallery_shows_the_rows_with_what_is_said_of_them(trained: Any) -> None:
    subject = trained("images")
    figure = drawn(subject, "gallery:count=6")
    rows, said, actual = subject.rows(), *subject.answers()
    chosen = pictures.spread(range(len(rows)), 6)
    assert len(figure.axes) == 1 and chosen[0] == 0 and chosen[-1] == len(rows) - 1
    y, axes = subject.outputs(), figure.axes[0]
    for image, text, frame, row in zip(axes.images, axes.texts, axes.patches, chosen, strict=True):
        np.testing.assert_array_equal(image.get_array(), rows.X[row].reshape(4, 6))
        names = ("left", "right")
        assert text.get_text() == f"{names[said[row]]}, {100 * y[row].max():.0f} %\nis {names[actual[row]]}"
        right = said[row] == actual[row]
        assert frame.get_linewidth() == (1.2 if right else 3.5)
        assert text.get_color() == (pictures.BLUE if right else pictures.VERMILION)


def test_most_wrong_are_the_rows_with_the_highest_loss(trained: Any) -> None:
    subject = trained("images")
    rows = subject.rows()
    losses = -np.log((subject.outputs() * rows.t).sum(axis=1))
    figure = drawn(subject, "most_wrong:count=4")
    for image, row in zip(figure.axes[0].images, np.argsort(-losses)[:4], strict=True):
        np.testing.assert_array_equal(image.get_array(), rows.X[row].reshape(4, 6))
    np.testing.assert_allclose(picture_rows.row_losses(subject, None), losses, rtol=1e-4)


def test_confidence_is_the_output_of_what_is_said_and_none_where_outputs_are_no_shares(trained: Any) -> None:
    y, said = trained("binary").outputs(), trained("binary").answers()[0]
    np.testing.assert_array_equal(picture_rows.confidence(y, said), np.maximum(y, 1 - y)[:, 0])
    y, said = trained("hinge").outputs() * 3, trained("hinge").answers()[0]
    outside = (y < 0).any(axis=1) | (y > 1).any(axis=1)
    np.testing.assert_array_equal(np.isnan(picture_rows.confidence(y, said)), outside)
    assert outside.any() and picture_rows._percent(float("nan")) == ""


# --- numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["regression", "targets"])
def test_predicted_and_actual_are_the_run_s_own_with_the_diagonal(which: str, trained: Any) -> None:
    subject = trained(which)
    said, actual = subject.answers()
    figure = drawn(subject, "predicted_actual")
    assert len(figure.axes) == said.shape[1]
    for number, axes in enumerate(figure.axes):
        pairs = np.stack([actual[:, number], said[:, number]], axis=1)
        np.testing.assert_array_equal(axes.collections[0].get_offsets(), pairs)
        diagonal = line(axes, "predicted = actual").get_xydata()
        assert (
            diagonal[:, 0] == diagonal[:, 1]
        ).all() and diagonal.min() <= pairs.min() <= pairs.max() <= diagonal.max()
        assert axes.get_title().endswith(f"R² = {pictures.said(r2_score(actual[:, number], said[:, number]))}")
    words = {"regression": "progress of the disease after a year, scale of 25 to 346", "targets": "height, m"}[which]
    assert figure.axes[0].get_xlabel().replace("\n", " ") == f"actual {words}"


def test_residuals_are_what_is_left_with_their_means_by_bin(trained: Any) -> None:
    subject = trained("regression")
    said, actual = subject.answers("train")
    (axes,) = drawn(subject, "residuals:split=train,bins=5").axes
    expected = np.stack([said[:, 0], (actual - said)[:, 0]], axis=1)
    np.testing.assert_allclose(axes.collections[0].get_offsets(), expected)
    x, y = line(axes, "mean, bin by bin").get_data()
    assert len(x) == 5 and (np.diff(x) > 0).all()
    np.testing.assert_allclose(np.average(y, weights=bin_sizes(len(said), 5)), expected[:, 1].mean())


def bin_sizes(count: int, bins: int) -> list[int]:
    return [len(piece) for piece in np.array_split(np.arange(count), bins)]


def test_bins_hold_at_least_four_rows() -> None:
    x, y = numbers.means_in_bins(np.arange(7.0)[::-1], np.arange(7.0), 10)
    assert (x.tolist(), y.tolist()) == ([3.0], [3.0])


# --- over the inputs ----------------------------------------------------------------------------------------


def test_the_boundary_is_where_the_model_changes_its_mind(trained: Any) -> None:
    subject = trained("binary")
    axes = drawn(subject, "decision_boundary:points=40").axes[0]
    field = plane.plane_of(subject, None, 40)
    expected = subject.model.outputs(field.places)[:, 0]
    np.testing.assert_allclose(np.ravel(axes.images[0].get_array()), expected, rtol=1e-6)
    boundary = np.concatenate([path.vertices for path in axes.collections[0].get_paths()])
    step = max(np.diff(field.x[:2])[0], np.diff(field.y[:2])[0])
    slopes = np.abs(subject.model.outputs(boundary + [step, 0]) - subject.model.outputs(boundary - [step, 0]))
    assert (np.abs(subject.model.outputs(boundary) - 0.5) <= 0.05 + slopes).all()
    dots = np.concatenate([points.get_offsets() for points in axes.collections[1:]])
    raw = np.asarray(subject.trained.source.X)[subject.rows().index]
    np.testing.assert_allclose(np.sort(dots, axis=0), np.sort(raw, axis=0))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x1", "x2")


def test_labels_and_targets_have_a_panel_each(trained: Any) -> None:
    labels = drawn(trained("labels"), "decision_boundary:points=20")
    assert labels.get_suptitle().endswith("first 9 of 12 targets")
    panels = [axes for axes in labels.axes if axes.get_ylabel() == "north"]
    assert len(panels) == 9 and panels[0].get_title() == "t0, 24 test rows"
    subject = trained("targets")
    figure = drawn(subject, "decision_boundary:points=20")
    panels = [axes for axes in figure.axes if axes.get_ylabel() == "north"]
    places = plane.plane_of(subject, None, 20).places
    for number, axes in enumerate(panels):
        shown = np.ravel(axes.images[0].get_array())
        np.testing.assert_allclose(shown, subject.predict(places)[:, number], rtol=1e-6)


def test_a_class_has_its_area_its_marks_and_its_place_in_the_legend() -> None:
    training = run(Experiment(dataset="blobs", hidden=(6,), epochs=8), CATALOG)
    list(training)
    subject = Run.of(training, "0001-blobs")
    axes = drawn(subject, "decision_boundary:points=30").axes[0]
    said = subject.predict(plane.plane_of(subject, None, 30).places)
    np.testing.assert_array_equal(np.ravel(axes.images[0].get_array()), said)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["0", "1", "2"]
    assert axes.get_legend().get_title().get_text() == "class"
    looks = {(tuple(c.get_facecolor()[0]), len(c.get_paths()[0].vertices)) for c in axes.collections[-3:]}
    assert len(looks) == 3


def test_the_fitted_curve_is_the_prediction_along_the_input(trained: Any) -> None:
    subject = trained("curve")
    (axes,) = drawn(subject, "fitted_curve:points=50").axes
    x, y = line(axes, "predicted").get_data()
    np.testing.assert_allclose(y, subject.predict(x[:, None]), rtol=1e-6)
    raw = np.asarray(subject.trained.source.X)
    np.testing.assert_allclose((x[0], x[-1]), (raw.min(), raw.max()))
    points = np.asarray(axes.collections[0].get_offsets())
    np.testing.assert_allclose(points[:, 1], subject.rows().target[:, 0])
    np.testing.assert_allclose(points[:, 0], raw[subject.rows().index, 0])


def test_first_weights_are_pictures_for_pictures_and_a_table_for_tables(trained: Any) -> None:
    subject = trained("images")
    W = subject.trained.network.view(subject.trained.network.w, "weight", 0)
    figure = drawn(subject, "first_layer:units=5")
    assert figure.get_suptitle().endswith(", first 5 of 8 units")
    axes = figure.axes[0]
    for number, image in enumerate(axes.images):
        np.testing.assert_array_equal(image.get_array(), W[:, number].reshape(4, 6))
        low, high = image.get_clim()
        assert low == -high
    assert [text.get_text() for text in axes.texts] == [f"unit {number}" for number in range(1, 6)]
    subject = trained("multiclass")
    W = subject.trained.network.view(subject.trained.network.w, "weight", 0)
    axes = drawn(subject, "first_layer").axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), W)
    assert axes.get_yticklabels()[0].get_text() == "sepal length, cm"


def test_without_a_hidden_layer_the_first_weights_bear_the_names_of_classes(trained: Any) -> None:
    figure = drawn(trained("no hidden layer"), "first_layer")
    assert [text.get_text() for text in figure.axes[0].texts] == ["left", "right"]


def test_importance_is_near_that_of_scikit_learn_and_repeatable(trained: Any) -> None:
    subject = trained("multiclass")

    class Model:
        """As much of an estimator as scikit-learn asks for."""

        def fit(self, X: Any, y: Any) -> None: ...

        def score(self, X: Any, y: Any) -> float:
            return float(np.mean(subject.trained.network.predict(X).argmax(axis=1) == y))

    rows = subject.rows("train")
    found = permutation_importance(Model(), rows.X, rows.target, n_repeats=60, random_state=0)
    names, groups = inputs.input_groups(subject)
    falls = inputs.importances(subject, "train", groups, 60)
    error = np.sqrt(falls.var(axis=1) / 60 + found.importances.var(axis=1) / 60)
    assert (np.abs(falls.mean(axis=1) - found.importances_mean) <= 5 * error + 1e-12).all()
    assert names == [name + ", cm" for name in ("sepal length", "sepal width", "petal length", "petal width")]
    one, two = (drawn(subject, "permutation_importance").axes[0].lines[0].get_xdata() for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert (np.diff(one) >= 0).all() and one.shape == (4,)  # the most important one stands above the others


def test_columns_of_one_text_column_are_shuffled_together_and_pixels_in_patches(tmp_path: Path, trained: Any) -> None:
    import pandas as pd

    rng = np.random.default_rng(0)
    animal = rng.choice(["cat", "dog", "eel"], 90)
    weight = rng.normal(size=90)
    weight[::9] = np.nan
    table = pd.DataFrame({"animal": animal, "weight": weight, "tame": animal != "eel"})
    table.to_csv(tmp_path / "animals.csv", index=False)
    words = Experiment(dataset=str(tmp_path / "animals.csv"), target="tame", hidden=(), epochs=60)
    training = run(words, CATALOG)
    list(training)
    subject = Run.of(training)
    names, groups = inputs.input_groups(subject)
    prepared = training.data.features.outputs
    of = {name: {prepared[column] for column in columns} for name, columns in zip(names, groups, strict=True)}
    assert of == {"animal": {"animal=cat", "animal=dog", "animal=eel"}, "weight": {"weight", "weight missing"}}
    falls = inputs.importances(subject, None, groups, 5).mean(axis=1)
    assert falls[names.index("animal")] > 0.2 > falls[names.index("weight")]
    big = Dataset(rng.uniform(0, 9, (60, 26 * 26)), np.arange(60) % 2, "multiclass", image_shape=(26, 26))
    training = Training(Experiment(dataset="big", hidden=(), epochs=1), CATALOG, source=big)
    list(training)
    _, groups = inputs.input_groups(Run.of(training))
    assert sorted(column for columns in groups for column in columns) == list(range(26 * 26))
    assert len(groups) == 81 and groups[0] == [0, 1, 2, 26, 27, 28, 52, 53, 54]


# --- several runs -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def beside() -> list[Run]:
    """Three runs on the same rows that differ in one thing or another."""
    found = []
    for number, changes in enumerate(
        [{}, {"optimizer": "sgd:lr=0.1"}, {"optimizer": "sgd:lr=0.01", "hidden": (4, 3)}], 1
    ):
        training = run(Experiment(dataset="moons", hidden=(6,), epochs=5).replace(**changes), CATALOG)
        list(training)
        found.append(Run.of(training, f"{number:04d}-moons"))
    return found


def test_runs_are_called_by_what_sets_them_apart(beside: list[Run]) -> None:
    assert [" ".join(name.split()) for name in several.apart(beside)] == [
        "run 1, hidden 6, adam", "run 2, hidden 6, sgd lr=0.1", "run 3, hidden 4-3, sgd lr=0.01"
    ]  # fmt: skip
    assert several.apart(beside[:1] * 2) == ["run 1", "run 1"]


def test_the_curves_of_several_runs_are_told_apart(beside: list[Run]) -> None:
    figure = drawn(beside, "loss_runs")
    (axes,) = figure.axes
    for shown, one in zip(axes.lines, beside, strict=True):
        np.testing.assert_array_equal(shown.get_ydata(), one.history["validation_loss"])
    assert len({(shown.get_color(), shown.get_linestyle(), shown.get_marker()) for shown in axes.lines}) == 3
    assert figure.get_suptitle() == "Loss of 3 runs: moons" and axes.get_title() == "validation rows"
    shown = drawn(beside, "loss_runs:split=train").axes[0].lines[0].get_ydata()
    np.testing.assert_array_equal(shown, beside[0].history["loss"])


def test_scores_of_several_runs_have_intervals_and_the_baseline(beside: list[Run]) -> None:
    (axes,) = drawn(beside, "scores_runs").axes
    for number, (bar, one) in enumerate(zip(axes.containers, beside, strict=True)):
        point, _, (spread,) = bar
        assert (
            point.get_xdata()[0] == one.result["metrics"]["validation"]["accuracy"] and point.get_ydata()[0] == number
        )
        low, high = one.result["intervals"]["validation"]["accuracy"]
        np.testing.assert_allclose(spread.get_segments()[0][:, 0], [low, high])
    assert axes.get_xlabel() == "accuracy, validation rows"
    assert line(axes, "baseline").get_xdata()[0] == beside[0].result["metrics"]["baseline"]["accuracy"]


def test_runs_that_can_not_be_compared_say_so(beside: list[Run], trained: Any) -> None:
    mixed = [beside[0], trained("regression")]
    assert "the runs lower different losses: binary cross entropy, squared error" in refusal(mixed, "loss_runs")
    assert "the runs have no metric in common" in refusal(mixed, "scores_runs")
    assert "the runs have no metric in common that is called f1" in refusal(beside, "scores_runs:metric=f1")
    assert refusal(beside, "residuals") == "plot residuals does not fit these 3 runs: it is a picture of one run"
    assert "it is a picture of several runs" in refusal(beside[0], "loss_runs")


# --- how it looks -------------------------------------------------------------------------------------------


def test_colours_are_okabe_and_ito_s_and_no_two_lines_in_a_row_look_alike() -> None:
    published = {"#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}
    assert set(pictures.COLOURS) == published - {pictures.YELLOW}
    looks = pictures.looks()
    shown = [tuple(map(str, next(looks).values())) for _ in range(14)]
    assert len(set(shown)) == 14


@pytest.mark.parametrize(("values", "ticks"), [([0.1, 0.7], None), ([0.61, 0.64], "0.62"), ([1e100, 1e307], "10¹⁰⁰")])
def test_a_logarithmic_axis_is_read_without_powers(values: list[float], ticks: str | None) -> None:
    made, axes = pictures.single("Loss", "epoch", "loss")
    axes.plot([1, 2], values)
    pictures.log_scale(axes)
    save_in_memory(made)
    labels = [label.get_text() for label in axes.get_yticklabels() if label.get_text()]
    assert len(labels) > 2 and not any("^" in label for label in labels)
    assert ticks is None or ticks in labels


def test_names_of_runs_and_rows_are_words(trained: Any, tmp_path: Path) -> None:
    assert pictures.title_of(trained("binary")) == "moons, run 7"
    unnamed = Run.of(trained("binary").trained, "elsewhere")
    assert pictures.title_of(unnamed) == "moons"
    assert pictures.rows_in_words(trained("whole"), None) == "all 4 rows"
    assert pictures.first_of(9, 12, "labels") == ", first 9 of 12 labels" and pictures.first_of(3, 3, "labels") == ""
    assert curves.best_epoch(trained("binary")) == int(trained("binary").history["monitored"].argmin()) + 1


# --- from Python --------------------------------------------------------------------------------------------


def test_a_training_that_was_never_written_is_drawn_and_set_up_anew() -> None:
    training = Training(Experiment(dataset="rows", hidden=(3,), epochs=2), CATALOG, source=images())
    list(training)
    figure = glassnet.plot(training, "loss")
    np.testing.assert_array_equal(figure.axes[0].lines[0].get_ydata(), training.history["loss"])
    again = Run.of(training).training()
    assert again.data.checksum == training.data.checksum and not again.progress.epochs


def test_a_plot_is_given_as_a_function_too_and_settings_stay(trained: Any) -> None:
    import matplotlib

    def mine() -> Plot:
        """A picture of my own.

        y = loss
        """
        return Plot(lambda run: pictures.single("Mine", "x", run.experiment.dataset)[0])

    before = dict(matplotlib.rcParams)
    said = glassnet.plot(trained("binary"), mine).axes[0].get_ylabel()
    assert said.replace("\n", "") == trained("binary").experiment.dataset
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(
    ("faulty", "words"),
    [
        (lambda run: 1 / 0, "plot given/faulty failed: ZeroDivisionError: division by zero"),
        (lambda run: "figure", "plot given/faulty returned str instead of a matplotlib Figure ("),
        (lambda run: exit(3), "plot given/faulty failed: it called sys.exit(3)"),
    ],
)
def test_a_plot_that_fails_says_so_in_one_line(faulty: Callable[[Any], Any], words: str, trained: Any) -> None:
    def function() -> Plot:
        """Faulty.

        y = ?
        """
        return Plot(faulty)

    function.__name__ = "faulty"
    with pytest.raises(PlotFailed) as caught:
        glassnet.plot(trained("binary"), function)
    assert str(caught.value).startswith(words) and "\n" not in str(caught.value) and caught.value.exit_code == 1


def test_what_is_no_subject_is_said_in_words(trained: Any) -> None:
    assert refusal(3, "loss").startswith("3 can't be drawn: give a run")
    assert "there is no part 'relo' to draw. Did you mean 'relu'?" in refusal("relo", "loss")
    assert "Did you mean 'residuals'?" in refusal(trained("binary"), "residuls")
    assert kind_of(CATALOG.choose("activation", "relu")) == "part"


@pytest.mark.parametrize("form", ["png", "svg"])
def test_the_same_figure_is_the_same_file_and_svg_keeps_its_words(form: str, trained: Any, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        save(drawn(trained("binary"), "loss"), tmp_path / name / f"loss.{form}")
    one, two = ((tmp_path / name / f"loss.{form}").read_bytes() for name in ("one", "two"))
    assert one == two
    if form == "svg":
        assert b">Loss by epoch: moons, run 7</text>" in one


# --- names from data ----------------------------------------------------------------------------------------


def named_by(*classes: str) -> Run:
    rng = np.random.default_rng(0)
    X, side = rng.standard_normal((ROWS, 2)), np.arange(ROWS) % len(classes)
    source = Dataset(X + side[:, None], side, "multiclass", feature_names=("$x$ in $", "y"), classes=classes)
    training = Training(Experiment(dataset="dollars", hidden=(4,), epochs=2), CATALOG, source=source)
    list(training)
    return Run.of(training, "0007-dollars")


def test_dollars_in_names_are_dollars_and_powers_of_ten_stay_powers() -> None:
    subject = named_by("$20k to $50k", r"$\alpha_$", "more")
    for one in fitting_plots(subject, CATALOG):
        if not (one.unsuited or one.costly):
            save_in_memory(draw(one.choice, subject))
    (axes, *_) = drawn(subject, "confusion_matrix").axes
    ticks = axes.get_xticklabels()
    assert [tick.get_text() for tick in ticks] == ["$20k to $50k", r"$\alpha_$", "more"]
    assert not any(tick.get_parse_math() for tick in ticks)
    deep = run(Experiment(dataset="moons", hidden=(5,) * 9, activation=("sigmoid",), epochs=1), CATALOG)
    list(deep)
    (axes, *_) = drawn(Run.of(deep), "gradient_norms").axes
    axes.figure.canvas.draw()
    assert any(tick.get_text().startswith("10⁻") for tick in axes.get_yticklabels())


def test_a_guest_s_formula_stays_one_unless_the_data_say_dollars() -> None:
    def squared() -> Plot:
        """A picture with a formula in its title.

        y = 1
        """

        def draw(run: Run) -> Any:
            from matplotlib.figure import Figure

            figure = Figure()
            figure.add_subplot(title="$R^2$")
            return figure

        return Plot(draw)

    assert not drawn(named_by("a", "$b"), squared).axes[0].title.get_parse_math()
    plain = run(Experiment(dataset="moons", epochs=1), CATALOG)
    list(plain)
    assert drawn(Run.of(plain), squared).axes[0].title.get_parse_math()


def test_a_long_name_keeps_both_ends_and_stays_in_the_picture() -> None:
    long = "a class whose name somebody copied from a questionnaire, question 14, answer "
    subject = named_by(long + "yes", long + "no")
    names = pictures.class_names(subject)
    assert [len(name) for name in names] == [40] * 2
    assert names[0].startswith("a class whose") and [name[-3:] for name in names] == ["yes", " no"]
    figure = drawn(subject, "class_report")
    figure.canvas.draw()
    for tick in figure.axes[0].get_yticklabels():
        assert tick.get_window_extent().x0 >= 0


@pytest.mark.parametrize(
    "name",
    ["first_layer", "network_diagram", "signals", "gradient_norms", "activation_histograms", "gradient_histograms"],
)
def test_of_a_run_that_can_not_be_read_a_picture_says_why_it_does_not_fit(name: str, tmp_path: Path) -> None:
    recording = record(run(Experiment(dataset="moons", hidden=(4,), epochs=2), CATALOG), tmp_path)
    list(recording)
    (recording.folder / "model.npz").unlink()
    said = refusal(load(recording.folder, catalog=CATALOG), name)
    assert said.startswith(f"plot {name} does not fit {recording.folder}: ") and "model.npz is missing" in said


def test_pixels_that_were_standardised_keep_their_dark_half() -> None:
    training = Training(Experiment(dataset="images", hidden=(4,), epochs=1, scale="standard"), CATALOG, source=images())
    list(training)
    rows = training.data.test.X
    image = drawn(Run.of(training), "gallery:count=50").axes[0].images[0]
    assert rows.min() < -1 and image.norm.vmin == rows.min() and image.norm.vmax == rows.max()
