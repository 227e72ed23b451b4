"""Pictures of the inside show the numbers that they are about: lines, bars and grids are compared, never pixels."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection, QuadMesh
from matplotlib.colors import to_rgb
from samples import some
from scipy.special import expit
from sklearn.metrics import log_loss

from glassnet import (
    Activation,
    Experiment,
    GlassnetError,
    Optimizer,
    Run,
    batch_trials,
    load,
    pictures,
    rate_range,
    record,
    run,
)
from glassnet.builtin.plots import landscape
from glassnet.builtin.plots.histograms import rebinned
from glassnet.builtin.plots.network import FAINTEST, THICKEST
from glassnet.catalog import Catalog

TARGETS = """
import numpy as np
from glassnet import Dataset, hookimpl

def two_numbers(rng, n: int = 60):
    \"\"\"Two targets that three inputs decide.\"\"\"
    X = rng.normal(size=(n, 3))
    return Dataset(X, np.column_stack([X[:, 0] * X[:, 1], X[:, 2]]), task="regression")

@hookimpl
def datasets():
    return [two_numbers]
"""

CHOICES = {
    "binary": {"dataset": "moons", "hidden": (8, 7), "activation": ("tanh",)},
    "multiclass": {"dataset": "iris", "hidden": (6,), "dropout": 0.2, "batch_norm": True},
    "regression": {"dataset": "diabetes", "hidden": (6, 5, 4)},
    "several outputs": {"dataset": "two_numbers", "hidden": (5,), "batch_size": 16},
    "no hidden layer": {"dataset": "breast_cancer", "hidden": ()},
    "solver": {"dataset": "iris", "hidden": (6,), "optimizer": "lbfgs"},
    "softmax inside": {"dataset": "iris", "hidden": (6,), "activation": ("softmax",)},
}
OF_A_RUN = """
    network_diagram signals gradient_norms update_sizes dead_and_saturated activation_histograms gradient_histograms
    loss_surface learning_rate_range batch_strategies
"""
NAMES = OF_A_RUN.split()
SMALLER = {
    "loss_surface": ":points=7,rows=50",
    "batch_strategies": ":rows=40,epochs=2",
    "learning_rate_range": ":steps=40",
}
UNSUITED = {
    ("no hidden layer", "dead_and_saturated"): "no hidden units",
    ("softmax inside", "dead_and_saturated"): "columns of its activations mix",
    ("solver", "learning_rate_range"): "lbfgs looks for its own step lengths and has no rate",
    ("solver", "batch_strategies"): "lbfgs looks at all rows in every step",
}


class Runs:
    """Each run is trained once, watched or not."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.known = folder, dict[tuple[str, bool], Run]()
        (folder / "targets.py").write_text(TARGETS)
        self.catalog = Catalog.discover(files=[folder / "targets.py"], guests=False)

    def get(self, which: str, watched: bool = True) -> Run:
        if (which, watched) not in self.known:
            experiment = Experiment(epochs=4, **CHOICES[which])
            recording = record(run(experiment, self.catalog), self.folder / "runs", watch="all" if watched else None)
            for _ in recording:
                pass
            self.known[which, watched] = load(recording.folder, catalog=self.catalog)
        return self.known[which, watched]

    def draw(self, name: str, which: str, watched: bool = True, options: str = "") -> Any:
        bag = self.catalog.choose("plot", name + options).build()
        subject = self.get(which, watched)
        assert bag.unsuited(subject) == ""
        return bag.draw(subject)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(tmp_path_factory.mktemp("inside"))


def lines(axes: Any) -> dict[str, np.ndarray]:
    """The lines of a legend by their words: x and y, (2, points)."""
    return {line.get_label(): np.array(line.get_data(), float) for line in axes.lines}


#: (name, which, watched): in the gate every third, so that each picture and each run has its turn in both ways.
CASES = some([(name, which, watched) for watched in (True, False) for name in NAMES for which in CHOICES], 3)


def test_each_picture_and_each_run_has_its_turn() -> None:
    assert {case[0] for case in CASES if case[2]} == {*NAMES} and {case[1] for case in CASES if case[2]} == {*CHOICES}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "which", "watched"),
    CASES,
    ids=lambda part: part if isinstance(part, str) else "watched" if part else "not",
)
def test_every_picture_is_drawn_or_says_why_not(
    name: str, which: str, watched: bool, runs: Runs, tmp_path: Path
) -> None:
    bag, subject = runs.catalog.choose("plot", name + SMALLER.get(name, "")).build(), runs.get(which, watched)
    why = bag.unsuited(subject)
    if name == "update_sizes" and not watched:
        assert why == "the run was not watched while it trained: train with --watch norms (or all)"
        return
    assert (UNSUITED.get((which, name), "") in why) and bool(why) == ((which, name) in UNSUITED)
    if why:
        return
    figure = bag.draw(subject)
    assert subject.folder.name.partition("-")[2] in figure.get_suptitle() and figure.axes
    for axes in figure.axes:
        if axes.axison and axes.get_label() != "<colorbar>":
            assert axes.get_xlabel()
    if name in ("signals", "gradient_norms", "activation_histograms") and not watched:
        assert "train with --watch" in figure.get_supxlabel()
    if watched:
        figure.savefig(tmp_path / "picture.png", dpi=50)  # warnings are errors: all has room, no glyph is missing


# --- layer by layer -----------------------------------------------------------------------------------------


def test_gradients_by_layer_and_by_epoch_are_those_that_were_watched(runs: Runs) -> None:
    subject = runs.get("regression")
    seen, widths = subject.watched, np.array(subject.trained.network.widths)
    assert seen is not None
    sizes = seen.gradients / np.sqrt(widths[:-1] * widths[1:])
    by_layer, by_epoch = runs.draw("gradient_norms", "regression").axes
    assert list(lines(by_layer)) == [f"epoch {number}" for number in range(5)]
    for number in range(5):
        np.testing.assert_allclose(lines(by_layer)[f"epoch {number}"], [[1, 2, 3, 4], sizes[number]])
    for layer, name in enumerate(("layer 1", "layer 2", "layer 3", "output")):
        np.testing.assert_allclose(lines(by_epoch)[name], [range(5), sizes[:, layer]])
    whole = runs.draw("gradient_norms", "regression", options=":per=layer").axes[1]
    np.testing.assert_allclose(lines(whole)["output"][1], seen.gradients[:, 3])
    dashes = {(line.get_linestyle(), line.get_marker()) for line in by_epoch.lines}
    assert len(dashes) == 4, "lines are told apart without their colour"


def test_signals_go_forward_and_slopes_come_back(runs: Runs) -> None:
    seen = runs.get("binary").watched
    assert seen is not None
    forward, _, back, back_by_epoch = runs.draw("signals", "binary").axes
    np.testing.assert_allclose(lines(forward)["epoch 4"][1], seen.spreads[4])
    np.testing.assert_allclose(lines(back)["epoch 0"][1], seen.slopes[0])
    np.testing.assert_allclose(lines(back_by_epoch)["layer 2"][1], seen.slopes[:, 1])
    assert back.get_yscale() == "log" and back.get_ylim() == back_by_epoch.get_ylim()


def test_updates_begin_with_the_first_epoch(runs: Runs) -> None:
    seen = runs.get("binary").watched
    assert seen is not None
    (axes,) = runs.draw("update_sizes", "binary").axes
    np.testing.assert_allclose(lines(axes)["layer 1"], [[1, 2, 3, 4], seen.updates[1:, 0]])


def test_shares_of_units_in_percent_and_bars_for_a_single_epoch(runs: Runs) -> None:
    subject = runs.get("regression")
    dead, saturated = runs.draw("dead_and_saturated", "regression").axes
    assert subject.watched is not None and list(lines(dead)) == ["layer 1", "layer 2", "layer 3"]
    for layer, name in enumerate(lines(dead)):
        np.testing.assert_allclose(lines(dead)[name][1], 100 * subject.watched.dead[:, layer])
        np.testing.assert_allclose(lines(saturated)[name][1], 100 * subject.watched.saturated[:, layer])
    _, bars = runs.draw("dead_and_saturated", "regression", watched=False).axes
    np.testing.assert_allclose([bar.get_height() for bar in bars.patches], 100 * subject.watched.saturated[-1])


# --- histograms ---------------------------------------------------------------------------------------------


def test_histograms_are_those_of_the_activations(runs: Runs) -> None:
    subject = runs.get("binary", watched=False)
    network, rows = subject.trained.network, subject.rows("train")
    z = rows.X @ network.view(network.w, "weight", 0) + network.view(network.w, "bias", 0)
    counts, edges = np.histogram(np.tanh(z), 40)
    figure = runs.draw("activation_histograms", "binary", watched=False)
    (stairs,) = figure.axes[0].patches
    np.testing.assert_allclose(stairs.get_data().values, 100 * counts / z.size, atol=1e-9)
    np.testing.assert_allclose(stairs.get_data().edges, edges)
    assert [axes.get_title() for axes in figure.axes] == ["layer 1", "layer 2", "output"]


def test_other_bins_keep_what_is_there() -> None:
    counts, edges = np.array([4, 0, 6]), np.array([0.0, 1.0, 2.0, 3.0])
    np.testing.assert_allclose(rebinned(counts, edges, np.array([-1.0, 0.5, 2.5, 4.0])), [0.2, 0.5, 0.3])
    np.testing.assert_allclose(rebinned(counts, edges, edges), [0.4, 0, 0.6])


def test_gradients_of_exactly_zero_are_said_and_the_others_shown(runs: Runs) -> None:
    subject = runs.get("regression")
    seen, widths = subject.watched, subject.trained.network.widths
    assert seen is not None
    zeros = 1 - seen.gradient_counts[-1, 0].sum() / (widths[0] * widths[1])
    panel = runs.draw("gradient_histograms", "regression").axes[0]
    assert (f"{100 * zeros:.3g} % are 0" in panel.get_title()) == (zeros > 0)
    shares = panel.patches[-1].get_data()
    np.testing.assert_allclose(shares.values.sum(), 100 * (1 - zeros))
    assert shares.edges[1] / shares.edges[0] == pytest.approx(10**0.25) and panel.get_xscale() == "log"


# --- the loss surface ---------------------------------------------------------------------------------------


def test_the_surface_has_the_loss_of_scikit_learn_at_the_final_weights(runs: Runs) -> None:
    for which, watched in (("binary", True), ("binary", False)):
        subject = runs.get(which, watched)
        plane = landscape.Plane.of(subject)
        found = plane.losses(subject, np.array([0.0, 1.0]), np.array([0.0]), rows=10_000)
        y = subject.outputs("train")[:, 0]
        assert found[0, 1] == pytest.approx(log_loss(subject.rows("train").t[:, 0], y), rel=1e-9)
        start = subject.training()
        y = start.network.predict(start.data.train.X)[:, 0]
        assert found[0, 0] == pytest.approx(log_loss(start.data.train.t[:, 0], y), rel=1e-9)
        assert plane.first @ plane.second == pytest.approx(0, abs=1e-9 * (plane.first @ plane.first))
        assert np.linalg.norm(plane.second) == pytest.approx(np.linalg.norm(plane.first))


def test_the_path_goes_from_the_initial_weights_through_the_plane_to_the_final_ones(runs: Runs) -> None:
    subject = runs.get("binary")
    axes = runs.draw("loss_surface", "binary", options=":points=7").axes[0]
    path = lines(axes)["path of the training"]
    np.testing.assert_allclose(path[:, 0], [0, 0], atol=1e-6)
    np.testing.assert_allclose(path[:, -1], [1, 0], atol=1e-6)
    assert subject.watched is not None and path.shape[1] == len(subject.watched.path) + 1
    steps = subject.watched.path - subject.watched.path[0]
    way = subject.trained.network.w - subject.watched.path[0]
    np.testing.assert_allclose(path[0, 1:-1], (steps @ way / (way @ way))[1:], atol=1e-5)
    strayed = steps - np.outer(steps @ way / (way @ way), way)  # no direction holds more of it than the first
    shown = np.linalg.norm(path[1, 1:-1]) * np.linalg.norm(way)
    assert shown == pytest.approx(np.linalg.norm(strayed, ord=2), rel=1e-4)
    assert "where the path strays most" in axes.get_ylabel()
    alone = runs.draw("loss_surface", "binary", watched=False, options=":points=7").axes[0]
    assert "path of the training" not in lines(alone) and "--watch path" in alone.get_title()
    assert not [one for one in axes.collections if isinstance(one, QuadMesh)]


def test_the_surface_of_a_run_that_did_not_move_is_refused(runs: Runs) -> None:
    recording = record(run(Experiment(dataset="xor", epochs=0), runs.catalog), runs.folder / "still")
    assert not list(recording)
    still = load(recording.folder, catalog=runs.catalog)
    assert (
        runs.catalog.choose("plot", "loss_surface").build().unsuited(still) == "its weights are still the initial ones"
    )


# --- the diagram --------------------------------------------------------------------------------------------


def test_the_diagram_shows_each_weight_by_sign_and_size(runs: Runs) -> None:
    subject = runs.get("multiclass")
    network = subject.trained.network
    axes = runs.draw("network_diagram", "multiclass").axes[0]
    positive, negative = (one for one in axes.collections if isinstance(one, LineCollection))
    W = np.concatenate([network.view(network.w, "weight", layer).ravel() for layer in (0, 1)])
    largest = np.abs(W).max()
    for drawn, weights, colour in ((positive, W, pictures.BLUE), (negative, -W, pictures.ORANGE)):
        shown = np.sort(weights[weights > FAINTEST * largest])
        assert len(drawn.get_segments()) == len(shown)
        np.testing.assert_allclose(drawn.get_linewidths(), np.maximum(THICKEST * shown / largest, 0.4))
        np.testing.assert_allclose(drawn.get_colors()[0][:3], to_rgb(colour))
    assert positive.get_linestyles() != negative.get_linestyles(), "signs are told apart without colour"
    units = [one for one in axes.collections if isinstance(one, PathCollection)]
    assert [len(one.get_offsets()) for one in units[:3]] == [4, 6, 3]
    words = [text.get_text() for text in axes.texts]
    assert {"petal length", "versicolor", "inputs", "layer 1\nrelu", "output\nsoftmax"} <= set(words)
    assert f"a weight of {pictures.significant(largest)} in size" in axes.get_title()


def test_wide_layers_are_shown_in_part_and_say_so(runs: Runs) -> None:
    axes = runs.draw("network_diagram", "no hidden layer", options=":units=6").axes[0]
    units = [one for one in axes.collections if isinstance(one, PathCollection)]
    assert [len(one.get_offsets()) for one in units[:2]] == [6, 1]
    words = [text.get_text() for text in axes.texts]
    assert (
        "… 30 inputs" in words and "benign" in words and "mean radius" in words and "worst fractal dimension" in words
    )


# --- trials -------------------------------------------------------------------------------------------------


def test_the_rate_range_is_an_exponential_sweep_that_leaves_no_trace(runs: Runs) -> None:
    training = runs.get("multiclass").training()
    before = [array.copy() for array in (training.network.w, training.network.running)]
    found = rate_range(training, low=1e-5, high=1.0, steps=60)
    np.testing.assert_allclose(np.diff(np.log(found.rates)), np.log(1e5) / 59)
    for array, old in zip((training.network.w, training.network.running), before, strict=True):
        np.testing.assert_array_equal(array, old)
    same = rate_range(training, low=1e-5, high=1.0, steps=60)
    np.testing.assert_array_equal(found.losses, same.losses)
    rows = training.data.train
    every = -(-len(rows) // 500)
    losses = training.objective.losses(training.network.scores(rows.X[::every]), rows.t[::every])
    assert found.level[0] == pytest.approx(losses.mean())
    assert found.suggested == found.bottom / 10 and found.rates[0] < found.bottom <= found.rates[-1]


def test_a_rate_range_that_fails_leaves_the_weights_as_they_were() -> None:
    def rated(lr: float = 0.1) -> Optimizer:
        """Two steps and no more."""

        def update(w: Any, g: Any, state: Any, step: int) -> Any:
            if step == 3:
                raise RuntimeError("no more")
            return -lr * g, state

        return Optimizer(init=lambda w: {}, update=update)

    training = run(Experiment(dataset="iris", optimizer=rated), Catalog.discover(guests=False))
    before = training.network.w.copy()
    with pytest.raises(GlassnetError, match="RuntimeError: no more"):
        rate_range(training, steps=20)
    np.testing.assert_array_equal(training.network.w, before)


def test_a_constant_rate_range_is_an_ordinary_training(runs: Runs) -> None:
    """With the rate held at the optimizer's own, its steps are those of the one loop."""
    experiment = Experiment(dataset="moons", hidden=(8,), epochs=2, l2=0.01, clip_norm=0.5)
    training = run(experiment, runs.catalog, keep_step_losses=True)
    steps = len(training.data.train) // 32
    found = rate_range(training, low=1e-3, high=1e-3, steps=steps)
    first = next(iter(training))
    np.testing.assert_allclose(found.losses, first.step_losses[:steps], rtol=1e-12)


def test_a_rate_that_is_too_high_ends_the_sweep(runs: Runs) -> None:
    experiment = Experiment(dataset="diabetes", hidden=(20,), optimizer="sgd")
    found = rate_range(run(experiment, runs.catalog), low=1e-3, high=1e6, steps=200)
    assert found.rates[-1] < 1e3 and np.isfinite(found.level).all() and found.suggested < 1


def test_where_nothing_is_learned_no_rate_is_suggested(runs: Runs) -> None:
    experiment = Experiment(dataset="moons", hidden=(8,), optimizer="sgd")
    found = rate_range(run(experiment, runs.catalog), low=1e-12, high=1e-9, steps=40)
    assert found.bottom is None and found.suggested is None


def test_the_picture_of_the_rate_range_marks_what_is_suggested(runs: Runs) -> None:
    found = rate_range(runs.get("binary").training(), 1e-4, 1.0, 50)
    (axes,) = runs.draw("learning_rate_range", "binary", options=":low=1e-4,high=1.0,steps=50").axes
    drawn = lines(axes)
    np.testing.assert_array_equal(drawn["a step's own batch"], [found.rates, found.losses])
    np.testing.assert_array_equal(drawn["the same rows before each step"], [found.rates, found.level])
    assert drawn[f"suggested: {found.suggested:.2g}"][0, 0] == found.suggested
    assert drawn["the run's own: 0.001"][0, 0] == 0.001


def test_an_optimizer_without_a_rate_is_refused(runs: Runs) -> None:
    with pytest.raises(GlassnetError, match="lbfgs has no rate"):
        rate_range(runs.get("solver").training())


def test_batch_trials_count_their_steps_and_leave_no_trace(runs: Runs) -> None:
    training = runs.get("binary").training()
    before, n = training.network.w.copy(), len(training.data.train)
    whole, batches, single = batch_trials(training, (0, 32, 1), epochs=3, rows=100)
    assert n > 100 and whole.rows == len(training.data.train.X[:: -(-n // 100)])
    assert whole.steps.tolist() == [0, 1, 2, 3] and single.steps.tolist() == [0, *(single.rows * k for k in (1, 2, 3))]
    assert batches.steps[1] == -(-batches.rows // 32) and (np.diff(batches.seconds) > 0).all()
    assert whole.losses[0] == batches.losses[0] == single.losses[0] and len({*whole.losses}) == 4
    np.testing.assert_array_equal(training.network.w, before)
    with_norm = runs.get("multiclass").training()
    assert [trial.batch_size for trial in batch_trials(with_norm, (1,), epochs=1)] == [2]


def test_strategies_stand_beside_each_other_by_epochs_updates_and_seconds(runs: Runs) -> None:
    by_epochs, by_updates, by_seconds = runs.draw("batch_strategies", "binary", options=":rows=60,epochs=2").axes
    names = list(lines(by_epochs))
    assert names == [f"all {names[0].split()[1]} rows a step", "32 rows a step", "1 row a step"]
    for line in by_epochs.lines:
        assert len(line.get_xdata()) == 3
    rows = int(names[0].split()[1])
    assert by_updates.lines[2].get_xdata().tolist() == [rows, 2 * rows]
    np.testing.assert_array_equal(by_updates.lines[1].get_ydata(), by_epochs.lines[1].get_ydata()[1:])
    assert by_seconds.get_xlabel() == "seconds of training"
    assert runs.catalog.choose("plot", "batch_strategies").build().costly


# --- activations --------------------------------------------------------------------------------------------


def draw_part(catalog: Catalog, phrase: object) -> Any:
    bag, choice = catalog.choose("plot", "activation_slope").build(), catalog.choose("activation", phrase)
    assert bag.unsuited([choice]) == ""
    return bag.draw([choice])


def test_an_activation_is_drawn_with_its_slope_and_where_it_is_flat(runs: Runs) -> None:
    figure = draw_part(runs.catalog, "sigmoid")
    drawn = lines(figure.axes[0])
    z, s = drawn["f(z)"][0], expit(drawn["f(z)"][0])
    np.testing.assert_allclose(drawn["f(z)"][1], s)
    np.testing.assert_allclose(drawn["slope f'(z)"][1], s * (1 - s))
    (flat,) = figure.axes[0].collections
    beyond = -np.log((1 - np.sqrt(0.95)) / (1 + np.sqrt(0.95)))  # there s (1 - s) is a twentieth of 1/4
    inner = np.abs(flat.get_paths()[-1].vertices[:, 0]).min()
    assert inner == pytest.approx(beyond, abs=z[1] - z[0])
    assert figure.axes[0].get_title() == "f(z) = 1 / (1 + e^-z)" and figure.get_suptitle() == "sigmoid"
    assert "slope 0.2" in draw_part(runs.catalog, "leaky_relu:slope=0.2").get_suptitle()


def test_a_slope_that_is_not_given_is_derived(runs: Runs) -> None:
    def squared() -> Activation:
        """The square."""
        return Activation(f=lambda z: z**2)

    drawn = lines(draw_part(runs.catalog, squared).axes[0])
    np.testing.assert_allclose(drawn["slope f'(z)"][1], 2 * drawn["f(z)"][0], atol=1e-6)


def test_what_is_no_curve_is_refused(runs: Runs) -> None:
    unsuited = runs.catalog.choose("plot", "activation_slope").build().unsuited
    assert "columns of softmax mix" in unsuited([runs.catalog.choose("activation", "softmax")])
    assert "adam is no activation" in unsuited([runs.catalog.choose("optimizer", "adam")])
